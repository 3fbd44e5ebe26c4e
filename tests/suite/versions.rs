//! What does not concern the dependencies does not compile them again.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use crate::engine::{Image, turn};
use crate::offline::lock;
use crate::project::{Project, manifest};
use crate::stale::{RUST, fresh_word};

const MAIN: &str = "fn main() {\n    print!(\"{} {} {}\", env!(\"CARGO_PKG_VERSION\"), library::VERSION, itoa::Buffer::new().format(7));\n}\n";

/// A workspace: the shipped `app`, its `library`, and a `tool` that is not shipped.
struct Shop {
    project: Project,
    app: String,
}

impl Shop {
    fn new() -> Self {
        let app = format!("app-{}", fresh_word());
        let project = Project::at(&app)
            .with_registry()
            .file("app/src/main.rs", MAIN)
            .file(
                "library/src/lib.rs",
                "pub const VERSION: &str = env!(\"CARGO_PKG_VERSION\");\n",
            )
            .program("tool", "tool");
        let shop = Self { project, app };
        shop.set_versions("1.0.0", "0.3.0");
        shop.set_tool("");
        shop.generate();
        shop
    }

    fn generate(&self) {
        lock(&self.project);
        self.project
            .generate(&["--libc", "glibc", "--package", &self.app]);
    }

    /// Versions of the workspace and of the library, as a release tool writes them.
    fn set_versions(&self, workspace: &str, library: &str) {
        self.project.write(
            "Cargo.toml",
            &format!(
                "[workspace]\nmembers = [\"app\", \"library\", \"tool\"]\nresolver = \"2\"\n\
                 [workspace.package]\nversion = \"{workspace}\"\n[profile.release]\nopt-level = 0\n"
            ),
        );
        self.project.write(
            "library/Cargo.toml",
            &format!(
                "[package]\nname = \"library\"\nversion = \"{library}\"\nedition = \"2021\"\n"
            ),
        );
        self.project.write(
            "app/Cargo.toml",
            &format!(
                "[package]\nname = \"{}\"\nversion.workspace = true\nedition = \"2021\"\n\
                 [dependencies]\nitoa = \"1\"\nlibrary = {{ path = \"../library\", version = \"{library}\" }}\n",
                self.app
            ),
        );
    }

    /// Other dependencies of what is not shipped.
    fn set_tool(&self, dependencies: &str) {
        self.project.write(
            "tool/Cargo.toml",
            &format!(
                "{}[dependencies]\nlibrary = {{ path = \"../library\" }}\n{dependencies}",
                manifest("tool")
            ),
        );
    }

    /// Builds the image; whether the crate of the registry was compiled.
    #[track_caller]
    fn compiles(&self, options: &[&str], expected: &str) -> bool {
        let mut words = vec![RUST];
        words.extend(options);
        let image = Image::build(&self.project, &self.app, &words);
        assert_eq!(image.prints(&[]), expected);
        let is_compiled = |name: &str| image.log.contains(&format!("Compiling {name} v"));
        assert!(is_compiled(&self.app), "{}", image.log);
        is_compiled("itoa")
    }

    /// The skeleton, as an option of `docker build`.
    fn skeleton(&self) -> String {
        let folder = self.project.path("../skeleton");
        let folder = folder.to_str().unwrap();
        let mut words = vec!["skeleton", "--output", folder];
        words.extend(["--libc", "glibc", "--package", &self.app]);
        lock(&self.project);
        self.project.generate(&words);
        format!("--build-context=skeleton={folder}")
    }
}

#[test]
#[ignore = "needs Docker"]
fn a_new_version_compiles_no_dependency() {
    let _turn = turn();
    let shop = Shop::new();
    assert!(shop.compiles(&[], "1.0.0 0.3.0 7"));
    for (workspace, library) in [("1.0.0", "0.3.1"), ("1.1.0", "0.3.1"), ("2.0.0", "0.4.0")] {
        shop.set_versions(workspace, library);
        shop.generate();
        let expected = format!("{workspace} {library} 7");
        assert!(!shop.compiles(&[], &expected), "{expected}");
    }
}

#[test]
#[ignore = "needs Docker"]
fn a_skeleton_of_the_tool_knows_nothing_of_other_programs() {
    let _turn = turn();
    let shop = Shop::new();
    let option = shop.skeleton();
    assert!(shop.compiles(&[&option], "1.0.0 0.3.0 7"));
    shop.set_versions("1.1.0", "0.4.0");
    let option = shop.skeleton();
    assert!(!shop.compiles(&[&option], "1.1.0 0.4.0 7"), "a new version");
    shop.set_tool("itoa = \"1\"\n");
    // Beside the manifest of `tool` something of `app` has to be new, or it is not built at all.
    let main = shop.project.read("app/src/main.rs").replace("(7)", "(88)");
    shop.project.write("app/src/main.rs", &main);
    let option = shop.skeleton();
    assert!(
        !shop.compiles(&[&option], "1.1.0 0.4.0 88"),
        "a dependency of `tool`"
    );
}

#[test]
#[ignore = "needs Docker"]
fn a_mount_keeps_the_dependencies_of_a_layer_and_then_its_packages() {
    let _turn = turn();
    // Files of a checkout have one of these, by the umask; what the Dockerfile makes has the first.
    for mode in [0o644, 0o664] {
        let shop = Shop::new();
        let manifest = shop.project.read("app/Cargo.toml");
        let keys =
            "[package.metadata.dockerize]\nstrategy = \"hybrid\"\nlayers = [[\"library\"]]\n";
        shop.project.write("app/Cargo.toml", &(manifest + keys));
        shop.generate();
        let set_modes = || {
            for (path, _) in shop.project.snapshot() {
                fs_err::set_permissions(path, Permissions::from_mode(mode)).unwrap();
            }
        };
        // A new mount has fewer files than the project: its local packages are compiled once more.
        let main = shop.project.read("app/src/main.rs");
        for (digit, of_registry, of_layer) in [("7", 1, 2), ("8", 0, 0)] {
            let main = main.replace("(7)", &format!("({digit})"));
            shop.project.write("app/src/main.rs", &main);
            set_modes();
            let image = Image::build(&shop.project, &shop.app, &[RUST]);
            assert_eq!(image.prints(&[]), format!("1.0.0 0.3.0 {digit}"));
            for (package, expected) in [("itoa v", of_registry), ("library v0.3.0", of_layer)] {
                let count = image.log.matches(&format!("Compiling {package}")).count();
                assert_eq!(count, expected, "{package}, mode {mode:o}\n{}", image.log);
            }
        }
    }
}
