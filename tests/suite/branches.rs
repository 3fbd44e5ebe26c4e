//! Checkouts of different branches that are built in turn through the same cache mounts.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::engine::Image;
use crate::project::{Project, manifest};
use crate::sequences::{for_mounts, set_dates};
use crate::stale::{RUST, fresh_word};

/// What is different between the branches.
struct Branch {
    core: u64,
    api: u64,
    scripted: u64,
    app: u64,
    /// Whether `api` depends on `core`: an edge of the graph.
    has_edge: bool,
}

/// The last one has the manifests of the first, so that even a mount that begins with a layer is shared;
/// each has files that are another's.
const BRANCHES: [Branch; 3] = [
    Branch {
        core: 1,
        api: 1,
        scripted: 1,
        app: 1,
        has_edge: true,
    },
    Branch {
        core: 2,
        api: 2,
        scripted: 1,
        app: 2,
        has_edge: false,
    },
    Branch {
        core: 2,
        api: 1,
        scripted: 3,
        app: 1,
        has_edge: true,
    },
];
const BUILDS: usize = 20;

impl Branch {
    fn checkout(&self, app: &str) -> Project {
        let edge = match self.has_edge {
            true => "[dependencies]\ncore-of-all = { path = \"../core\" }\n",
            false => "",
        };
        let below = if self.has_edge { "core_of_all::X" } else { "0" };
        let Self {
            core,
            api,
            scripted,
            app: own,
            ..
        } = self;
        Project::at(app)
            .file(
                "Cargo.toml",
                "[workspace]\nmembers = [\"app\", \"api\", \"core\", \"scripted\"]\nresolver = \"2\"\n[profile.release]\nopt-level = 0\n",
            )
            .file("core/Cargo.toml", &manifest("core-of-all"))
            .file("core/src/lib.rs", &format!("pub const X: u64 = {core};\n"))
            .file("api/Cargo.toml", &format!("{}{edge}", manifest("api")))
            .file("api/src/lib.rs", &format!("pub const X: u64 = {api};\npub const BELOW: u64 = {below};\n"))
            .file("scripted/Cargo.toml", &manifest("scripted"))
            .file("scripted/src/lib.rs", "include!(concat!(env!(\"OUT_DIR\"), \"/x.rs\"));\n")
            .file(
                "scripted/build.rs",
                &format!(
                    "fn main() {{ std::fs::write(std::env::var(\"OUT_DIR\").unwrap() + \"/x.rs\", \"pub const X: u64 = {scripted};\").unwrap(); }}\n"
                ),
            )
            .file(
                "app/Cargo.toml",
                &format!(
                    "{}[dependencies]\napi = {{ path = \"../api\" }}\ncore-of-all = {{ path = \"../core\" }}\nscripted = {{ path = \"../scripted\" }}\n",
                    manifest(app)
                ),
            )
            .file(
                "app/src/main.rs",
                &format!("fn main() {{ print!(\"{{}} {{}} {{}} {{}} {own}\", core_of_all::X, api::X, api::BELOW, scripted::X); }}\n"),
            )
            .locked()
    }

    fn expected(&self) -> String {
        let below = if self.has_edge { self.core } else { 0 };
        let (core, api, scripted, app) = (self.core, self.api, self.scripted, self.app);
        format!("{core} {api} {below} {scripted} {app}")
    }
}

/// xorshift64: the same numbers from the same seed.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

#[test]
#[ignore = "needs Docker"]
fn branches_in_turn_are_each_their_own() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = u64::try_from(now.as_nanos()).unwrap_or(1);
    for_mounts(|strategy| {
        let mut numbers = Numbers(seed);
        let app = format!("app-{}-{strategy}", fresh_word());
        let checkouts = BRANCHES.each_ref().map(|branch| branch.checkout(&app));
        for checkout in &checkouts {
            checkout.generate(&["--libc", "glibc", "--strategy", strategy]);
        }
        let mut order = Vec::new();
        for _ in 0..BUILDS {
            let at = numbers.next(3) as usize;
            order.push(at);
            let checkout = &checkouts[at];
            // No layer knows this file: the program is made in the mount each time.
            checkout.write("app/src/run.txt", &fresh_word());
            // From 2015 to 2024.
            set_dates(checkout, || 1_420_070_400 + numbers.next(300_000_000));
            let image = Image::build(checkout, &app, &[RUST]);
            assert!(image.log.contains("Finished `release`"), "{}", image.log);
            assert_eq!(
                image.prints(&[]),
                BRANCHES[at].expected(),
                "{strategy}, seed {seed}, in the order {order:?}"
            );
        }
    });
}
