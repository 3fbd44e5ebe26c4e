//! The graph is compared with what `cargo tree` prints for the same project, features and target.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};

use super::{Index, resolve};
use crate::config::Libc;
use crate::features::Features;
use crate::platform::{TRIPLES, Target};

/// Members of the workspace: name, and what stands in the manifest below `[package]`.
const MEMBERS: &[(&str, &str)] = &[
    (
        "app",
        r#"
[features]
default = ["fast"]
fast = ["shared/fast", "weak?/strong"]
full = ["dep:weak", "named/extra"]
[dependencies]
shared = { path = "../shared", default-features = false, features = ["linked"] }
weak = { path = "../weak", optional = true }
named = { path = "../named", optional = true }
macros = { path = "../macros" }
twice = { path = "../twice", features = ["bundled", "chosen"] }
[target.'cfg(target_env = "musl")'.dependencies]
allocator = { path = "../allocator" }
[target.'cfg(windows)'.dependencies]
windows-only = { path = "../windows-only", features = ["inactive"] }
[build-dependencies]
shared = { path = "../shared", features = ["host"] }
[dev-dependencies]
shared = { path = "../shared", features = ["testing"] }
"#,
    ),
    (
        "shared",
        "[features]\ndefault = [\"std\"]\nstd = []\nfast = []\nlinked = []\nhost = []\ntesting = []\n",
    ),
    ("weak", "[features]\nstrong = []\n"),
    ("named", "[features]\nextra = []\n"),
    (
        "macros",
        "[lib]\nproc-macro = true\n[dependencies]\nshared = { path = \"../shared\" }\n",
    ),
    // One dependency, optional on some platforms and required on others, as in rusqlite.
    (
        "twice",
        r#"
[features]
bundled = ["other?/bundled"]
chosen = ["other/chosen"]
[target.'cfg(target_family = "wasm")'.dependencies]
other = { path = "../other", optional = true }
[target.'cfg(not(target_family = "wasm"))'.dependencies]
other = { path = "../other" }
"#,
    ),
    ("other", "[features]\nbundled = []\nchosen = []\n"),
    (
        "allocator",
        "[dependencies]\nweak = { path = \"../weak\" }\n",
    ),
    ("windows-only", "[features]\ninactive = []\n"),
];

fn workspace(folder: &Path, resolver: &str) -> Metadata {
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        fs_err::create_dir_all(path.parent().expect("it has a folder")).expect("a folder");
        fs_err::write(path, text).expect("a file");
    };
    write(
        "Cargo.toml",
        &format!("[workspace]\nmembers = [\"*\"]\nresolver = \"{resolver}\"\n"),
    );
    for (name, rest) in MEMBERS {
        let package = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n{rest}"
        );
        write(&format!("{name}/Cargo.toml"), &package);
        write(&format!("{name}/src/lib.rs"), "");
    }
    write("app/src/main.rs", "fn main() {}");
    write("app/build.rs", "fn main() {}");
    let platforms = TRIPLES
        .iter()
        .map(|triple| format!("--filter-platform={triple}"));
    MetadataCommand::new()
        .manifest_path(folder.join("Cargo.toml"))
        .features(CargoOpt::AllFeatures)
        .other_options(
            platforms
                .chain(["--offline".to_owned()])
                .collect::<Vec<_>>(),
        )
        .exec()
        .expect("cargo metadata reads the workspace")
}

/// Name and features of every package that `cargo tree` shows, once for each set of features.
fn tree(folder: &Path, flags: &[&str], triple: &str) -> BTreeSet<String> {
    let output = Command::new(std::env::var_os("CARGO").expect("cargo runs the test"))
        .args([
            "tree",
            "--offline",
            "-p",
            "app",
            "-e",
            "normal,build",
            "--prefix",
            "none",
        ])
        .args(["--no-dedupe", "-f", "{lib} {f}", "--target", triple])
        .args(flags)
        .current_dir(folder)
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("names are UTF-8");
    let lines = text.lines().filter(|line| !line.starts_with('['));
    lines
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

fn ours(
    metadata: &Metadata,
    features: &Features,
    libc: Libc,
    is_unified: bool,
) -> BTreeSet<String> {
    let image = Target::linux("x86_64", libc);
    let host = Target::linux("x86_64", Libc::Glibc);
    let app = metadata
        .packages
        .iter()
        .find(|package| package.name.as_str() == "app")
        .expect("the app");
    let index = Index::new(metadata);
    let graph = resolve(&index, &app.id, features, &image, &host, is_unified);
    let mut found = BTreeSet::new();
    for (id, node) in graph.nodes() {
        let name = metadata[id].name.replace('-', "_");
        let line = |features: &BTreeSet<String>| {
            let features: Vec<&str> = features.iter().map(String::as_str).collect();
            format!("{name} {}", features.join(",")).trim().to_owned()
        };
        if node.is_linked {
            found.insert(line(&node.features));
        }
        if node.is_for_host {
            found.insert(line(&node.host_features));
        }
    }
    found
}

#[test]
fn it_is_what_cargo_tree_shows() {
    let choices: [(&[&str], Features); 4] = [
        (&[], Features::default()),
        (
            &["--no-default-features"],
            Features {
                no_default: true,
                ..Features::default()
            },
        ),
        (
            &["--features", "full"],
            Features {
                named: vec!["full".to_owned()],
                ..Features::default()
            },
        ),
        (
            &["--all-features"],
            Features {
                all: true,
                ..Features::default()
            },
        ),
    ];
    for resolver in ["1", "2"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let metadata = workspace(folder.path(), resolver);
        for (flags, features) in &choices {
            for (libc, env) in [(Libc::Glibc, "gnu"), (Libc::Musl, "musl")] {
                let triple = format!("x86_64-unknown-linux-{env}");
                let expected = tree(folder.path(), flags, &triple);
                assert!(expected.len() > 2, "{expected:?}");
                let found = ours(&metadata, features, libc, resolver == "1");
                assert_eq!(found, expected, "resolver {resolver}, {flags:?}, {env}");
            }
        }
    }
}
