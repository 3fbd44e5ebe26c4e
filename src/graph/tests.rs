//! The graph is compared with what `cargo tree` prints for the same project, features and target.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};

use super::{Index, resolve};
use crate::features::Features;
use crate::platform::{TRIPLES, Target};
use crate::settings::Libc;

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
    metadata(folder, "--offline")
}

/// As the tool asks cargo.
fn metadata(folder: &Path, flag: &str) -> Metadata {
    let platforms = TRIPLES
        .iter()
        .map(|triple| format!("--filter-platform={triple}"));
    MetadataCommand::new()
        .manifest_path(folder.join("Cargo.toml"))
        .features(CargoOpt::AllFeatures)
        .other_options(platforms.chain([flag.to_owned()]).collect::<Vec<_>>())
        .exec()
        .expect("cargo metadata reads the workspace")
}

/// Name, version and features of every package that `cargo tree` shows, once for each set of features.
fn tree(folder: &Path, package: &str, flags: &[&str], triple: &str) -> BTreeSet<String> {
    let output = Command::new(std::env::var_os("CARGO").expect("cargo runs the test"))
        .args(["tree", "--offline", "-e", "normal,build", "-p", package])
        .args(["--prefix", "none", "-f", "{p}|{f}"])
        .args(["--target", triple])
        .args(flags)
        // A project's own flags may set conditions, such as `tokio_unstable`.
        .env("RUSTFLAGS", "")
        .current_dir(folder)
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("names are UTF-8");
    // `name v1.0.0 (proc-macro) (/its/folder)|features`
    let lines = text.lines().filter_map(|line| line.split_once('|'));
    lines
        .map(|(package, features)| {
            let name = package.split(" (").next().unwrap_or(package);
            // What was shown before.
            let features = features.trim_end_matches(" (*)");
            format!("{name} {features}").trim().to_owned()
        })
        .collect()
}

fn ours(
    metadata: &Metadata,
    name: &str,
    features: &Features,
    libc: Libc,
    is_unified: bool,
) -> BTreeSet<String> {
    let image = Target::linux("x86_64", libc);
    let host = Target::linux("x86_64", Libc::Glibc);
    let package = metadata
        .workspace_packages()
        .into_iter()
        .find(|package| package.name.as_str() == name)
        .expect("the package");
    let index = Index::new(metadata);
    let graph = resolve(&index, &package.id, features, &image, &host, is_unified);
    let mut found = BTreeSet::new();
    for (id, node) in graph.nodes() {
        let package = &metadata[id];
        let line = |features: &BTreeSet<String>| {
            let features: Vec<&str> = features.iter().map(String::as_str).collect();
            let features = features.join(",");
            format!("{} v{} {features}", package.name, package.version)
                .trim()
                .to_owned()
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

/// Flags of cargo, and the same as settings.
fn choices(named: &'static str) -> Vec<(Vec<&'static str>, Features)> {
    let mut choices = vec![
        (vec![], Features::default()),
        (
            vec!["--no-default-features"],
            Features {
                no_default: true,
                ..Features::default()
            },
        ),
        (
            vec!["--all-features"],
            Features {
                all: true,
                ..Features::default()
            },
        ),
    ];
    if !named.is_empty() {
        let features = Features {
            named: vec![named.to_owned()],
            ..Features::default()
        };
        choices.push((vec!["--features", named], features));
    }
    choices
}

#[test]
fn it_is_what_cargo_tree_shows() {
    for resolver in ["1", "2"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let metadata = workspace(folder.path(), resolver);
        for (flags, features) in choices("full") {
            for (libc, env) in [(Libc::Glibc, "gnu"), (Libc::Musl, "musl")] {
                let triple = format!("x86_64-unknown-linux-{env}");
                let expected = tree(folder.path(), "app", &flags, &triple);
                assert!(expected.len() > 2, "{expected:?}");
                let found = ours(&metadata, "app", &features, libc, resolver == "1");
                assert_eq!(found, expected, "resolver {resolver}, {flags:?}, {env}");
            }
        }
    }
}

/// By hand: `DOCKERIZE_PROJECTS=FOLDER cargo test --lib real_projects -- --ignored --nocapture`
/// compares every member that has a program, in each clone in the folder.
#[test]
#[ignore = "needs a folder with clones of public projects"]
#[expect(
    clippy::print_stdout,
    clippy::disallowed_macros,
    reason = "the counts are what it is run for"
)]
fn it_is_what_cargo_tree_shows_of_real_projects() {
    let folder = std::env::var_os("DOCKERIZE_PROJECTS").expect("DOCKERIZE_PROJECTS names a folder");
    let mut projects: Vec<_> = fs_err::read_dir(folder)
        .expect("the folder of the projects")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.join("Cargo.lock").is_file())
        .collect();
    projects.sort();
    assert!(!projects.is_empty(), "there is no project with a lock file");
    let mut wrong = Vec::new();
    for project in &projects {
        let metadata = metadata(project, "--locked");
        let is_unified = is_unified(project, &metadata);
        let programs = metadata.workspace_packages().into_iter();
        let (mut graphs, mut packages) = (0, 0);
        for package in programs.filter(|package| package.targets.iter().any(|t| t.is_bin())) {
            let spec = format!("{}@{}", package.name, package.version);
            for (flags, features) in choices("") {
                let expected = tree(project, &spec, &flags, "x86_64-unknown-linux-gnu");
                let found = ours(&metadata, &package.name, &features, Libc::Glibc, is_unified);
                (graphs, packages) = (graphs + 1, packages + expected.len());
                for line in expected.symmetric_difference(&found) {
                    let side = if found.contains(line) {
                        "ours"
                    } else {
                        "cargo"
                    };
                    let shown = project.display();
                    wrong.push(format!("{shown}: {spec} {flags:?}: only {side}: {line}"));
                }
            }
        }
        let shown = project.display();
        println!("{shown}: {graphs} graphs, {packages} packages");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether the workspace has resolver 1.
fn is_unified(project: &Path, metadata: &Metadata) -> bool {
    let text = fs_err::read_to_string(project.join("Cargo.toml")).expect("a manifest");
    let table: toml::Table = text.parse().expect("TOML");
    let resolver = ["workspace", "package"]
        .iter()
        .find_map(|name| table.get(*name)?.get("resolver")?.as_str());
    match resolver {
        Some(resolver) => resolver == "1",
        None => metadata
            .root_package()
            .is_none_or(|package| matches!(package.edition.as_str(), "2015" | "2018")),
    }
}
