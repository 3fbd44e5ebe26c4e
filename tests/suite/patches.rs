//! Packages of the project that are asked for by version: their versions are not masked.

use crate::project::{Project, manifest};
use crate::stages::Stages;

const APP: &[&str] = &["--libc", "glibc", "-p", "app"];

/// A program that has its library `base`, version 0.1.0, by these lines.
fn project(lines: &str, root: &str) -> Project {
    Project::empty()
        .file(
            "Cargo.toml",
            &format!("[workspace]\nmembers = [\"app\", \"base\"]\nresolver = \"2\"\n{root}"),
        )
        .file("app/Cargo.toml", &format!("{}{lines}\n", manifest("app")))
        .file(
            "app/src/main.rs",
            "fn main() { print!(\"{}\", base::name()); }\n",
        )
        .library("base", "base")
}

const PATCH: &str = "[patch.crates-io]\nbase = { path = \"base\" }\n";

#[track_caller]
fn stays(project: &Project, reason: &str) {
    project
        .run(APP)
        .exits(0)
        .says("note[versions-unmasked]: a new version of this project")
        .says(reason);
    assert!(!project.read("Dockerfile").contains("0.0.0"));
    assert_eq!(Stages::build(project, APP).output(), "base");
}

#[track_caller]
fn is_masked(project: &Project) {
    project
        .run(APP)
        .exits(0)
        .keeps_quiet_about("versions-unmasked");
    assert!(project.read("Dockerfile").contains("0.0.0"));
    assert_eq!(Stages::build(project, APP).output(), "base");
}

#[test]
fn a_member_by_version() {
    let by_version = [
        "[dependencies]\nbase = \"0.1\"",
        "[dependencies]\nbase = { version = \"=0.1.0\" }",
        "[dependencies.base]\nversion = \"0.1\"",
        "[dependencies]\nbase.workspace = true",
        "[target.'cfg(unix)'.dependencies]\nbase = \"0.1\"",
    ];
    for lines in by_version {
        let shared = "[workspace.dependencies]\nbase = \"0.1\"\n";
        let root = match lines.contains("workspace") {
            true => format!("{PATCH}{shared}"),
            false => PATCH.to_owned(),
        };
        let project = project(lines, &root).locked();
        stays(&project, "of `base`, not on its path");
    }
}

#[test]
fn a_member_by_version_and_another_name() {
    let lines = "[dependencies]\nnamed = { package = \"base\", version = \"0.1\" }";
    let project = project(lines, PATCH)
        .file(
            "app/src/main.rs",
            "fn main() { print!(\"{}\", named::name()); }\n",
        )
        .locked();
    stays(&project, "`app` depends on version `^0.1` of `base`");
}

#[test]
fn a_member_by_version_where_no_image_looks() {
    let lines = "[dependencies]\nbase = { path = \"../base\" }";
    let members = "[workspace]\nmembers = [\"app\", \"base\", \"third\"]\nresolver = \"2\"\n";
    let third = "[target.'cfg(windows)'.dependencies]\nbase = \"0.1\"\n";
    let project = project(lines, "")
        .file("Cargo.toml", &format!("{members}{PATCH}"))
        .library("third", "third")
        .file("third/Cargo.toml", &(manifest("third") + third))
        .locked();
    stays(&project, "`third` depends on version `^0.1` of `base`");
}

/// Crates of a registry, in a folder that stands for it.
fn with_crates(project: Project, crates: &[(&str, &str)]) -> Project {
    let configuration =
        "[source.crates-io]\nreplace-with = \"crates\"\n[source.crates]\ndirectory = \"crates\"\n";
    let project = project.file(".cargo/config.toml", configuration);
    crates.iter().fold(project, |project, (name, lines)| {
        let folder = format!("crates/{name}");
        project
            .library(&folder, name)
            .file(&format!("{folder}/Cargo.toml"), &(manifest(name) + lines))
            .file(&format!("{folder}/.cargo-checksum.json"), "{\"files\":{}}")
    })
}

#[test]
fn a_crate_of_a_registry_that_asks_for_a_member() {
    let root = format!("exclude = [\"crates\"]\n{PATCH}");
    let crates = [("outer", "[dependencies]\nbase = \"0.1\"\n")];
    let lines = "[dependencies]\nbase = { path = \"../base\" }\n[target.'cfg(windows)'.dependencies]\nouter = \"0.1\"";
    let project = with_crates(project(lines, &root), &crates).locked();
    stays(&project, "`outer` 0.1.0 of the lock file depends on `base`");
    // For every platform: the member is real from the start, and the others are masked.
    let lines = "[dependencies]\nbase = { path = \"../base\" }\nouter = \"0.1\"";
    let project = with_crates(self::project(lines, &root), &crates).locked();
    is_masked(&project);
}

#[test]
fn a_member_that_replaces_a_crate() {
    let root = "exclude = [\"crates\"]\n[replace]\n\"base:0.1.0\" = { path = \"base\" }\n";
    let project = project("[dependencies]\nbase = \"0.1\"", root);
    let project = with_crates(project, &[("base", "")]).locked();
    stays(&project, "`base`");
}

#[test]
fn a_patch_in_cargo_s_configuration() {
    let project = project("[dependencies]\nbase = \"0.1\"", "")
        .file(".cargo/config.toml", PATCH)
        .locked();
    stays(&project, "`app` depends on version `^0.1` of `base`");
}

#[test]
fn a_patched_member_that_any_version_fits() {
    for requirement in ["*", ">=0"] {
        let lines = format!("[dependencies]\nbase = \"{requirement}\"");
        is_masked(&project(&lines, PATCH).locked());
    }
    let lines = "[dependencies]\nbase = { path = \"../base\", version = \"0.1\" }";
    is_masked(&project(lines, PATCH).locked());
}

#[test]
fn a_package_from_outside_that_asks_for_a_member_by_version() {
    // On a platform that no image has: cargo does not resolve it here, and reads its manifest all the same.
    let project = project(
        "[dependencies]\nbase = { path = \"../base\" }\n[target.'cfg(windows)'.dependencies]\nouter = { path = \"../outer\" }",
        "exclude = [\"outer\"]\n",
    )
    .file(
        "outer/Cargo.toml",
        &format!(
            "{}[dependencies]\nbase = {{ path = \"../base\", version = \"0.1\" }}\n",
            manifest("outer")
        ),
    )
    .file("outer/src/lib.rs", "")
    .locked();
    // Its manifest is in the skeleton, where versions beside paths are masked too.
    is_masked(&project);
}

#[test]
fn the_skeleton_of_the_tool_keeps_such_a_version() {
    let project = project("[dependencies]\nbase = \"0.1\"", PATCH)
        .program("other", "other")
        .locked();
    project
        .run(&["skeleton", "-p", "app", "--output", "out"])
        .exits(0);
    assert!(
        project
            .read("out/build/base/Cargo.toml")
            .contains("version = \"0.1.0\"")
    );
    assert!(
        project
            .read("out/build/app/Cargo.toml")
            .contains("version = \"0.0.0\"")
    );
    let lock = project.read("out/build/Cargo.lock");
    assert!(
        lock.contains("name = \"base\"\nversion = \"0.1.0\"\n"),
        "{lock}"
    );
    assert!(!lock.contains("unused"), "{lock}");
}
