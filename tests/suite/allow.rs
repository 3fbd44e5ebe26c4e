//! Warnings that were read: `allow` in the settings, and `--deny-warnings`.

use crate::project::{MAIN, Project, manifest};

/// A package without a lock file, which is a warning.
fn unlocked(lines: &str) -> Project {
    Project::empty()
        .file("Cargo.toml", &format!("{}{lines}\n", manifest("app")))
        .file("src/main.rs", MAIN)
}

const ALLOWED: &str = "[package.metadata.dockerize]\nallow = [\"no-lock-file\"]";

#[test]
fn what_is_allowed_is_not_said_and_is_in_the_plan() {
    unlocked("").run(&[]).exits(0).says("warning[no-lock-file]");
    let project = unlocked(ALLOWED);
    for command in [&["plan"][..], &[], &["check"], &["--deny-warnings"]] {
        let ran = project.run(command).exits(0);
        ran.keeps_quiet_about("no-lock-file");
    }
    let ran = project.run(&["plan"]).exits(0);
    assert!(
        ran.stdout.contains(
            "     allowed no-lock-file\n             Cargo.toml:6 package.metadata.dockerize.allow: this code is allowed\n"
        ),
        "{}",
        ran.stdout
    );
    let image = project.image(&[]);
    assert_eq!(image["allowed"][0]["value"]["code"], "no-lock-file");
    assert_eq!(image["diagnostics"].as_array().unwrap().len(), 0);
    // A code that does not occur is fine: the next change may bring it back.
    unlocked("[package.metadata.dockerize]\nallow = { add = [\"loopback\"] }")
        .run(&["plan"])
        .exits(0)
        .says("warning[no-lock-file]");
}

#[test]
fn a_workspace_allows_for_its_members() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"one\", \"two\"]\nresolver = \"2\"\n\
             [workspace.metadata.dockerize]\nallow = [\"no-lock-file\"]\n",
        )
        .file("one/Cargo.toml", &manifest("one"))
        .file("one/src/main.rs", MAIN)
        .file(
            "two/Cargo.toml",
            &format!(
                "{}[package.metadata.dockerize]\nallow = []\n",
                manifest("two")
            ),
        )
        .file("two/src/main.rs", MAIN);
    project
        .run(&["plan", "-p", "one", "--deny-warnings"])
        .exits(0)
        .keeps_quiet_about("no-lock-file");
    project
        .run(&["plan", "-p", "two", "--deny-warnings"])
        .exits(1)
        .says("warning[no-lock-file]");
}

#[test]
fn denied_warnings_end_with_1_and_nothing_is_written() {
    let project = unlocked("");
    let before = project.snapshot();
    for command in [
        &["plan"][..],
        &[],
        &["--dry-run"],
        &["plan", "--format", "json"],
    ] {
        let ran = project
            .run(&[command, &["--deny-warnings"]].concat())
            .exits(1);
        let ran = ran.says("error[denied-warnings]: `--deny-warnings` denies `no-lock-file`");
        ran.says("allow = [\"no-lock-file\"]");
    }
    assert!(project.snapshot() == before);
    project.run(&[]).exits(0);
    project.run(&["check"]).exits(0);
    project.run(&["check", "--deny-warnings"]).exits(1);
    project
        .run(&["check", "--deny-warnings", "-q"])
        .exits(1)
        .says("denies `no-lock-file`");
    // Without a warning it changes nothing.
    Project::single().run(&["--deny-warnings"]).exits(0);
}

#[test]
fn an_unknown_code_is_an_error_at_its_line() {
    unlocked("[package.metadata.dockerize]\nallow = [\"assets\", \"no-lock-fil\"]")
        .run(&["plan"])
        .refuses("manifest-key")
        .says("Cargo.toml:6:")
        .says("there is no code `no-lock-fil`; did you mean `no-lock-file`?");
    unlocked("")
        .run_with(
            &["plan"],
            &[("CARGO_DOCKERIZE_ALLOW", "nothing-like-it-at-all")],
        )
        .refuses("variable")
        .says("there is no code `nothing-like-it-at-all`");
    unlocked("")
        .run_with(
            &["plan"],
            &[("CARGO_DOCKERIZE_ALLOW", "loopback,no-lock-file")],
        )
        .exits(0)
        .keeps_quiet_about("no-lock-file");
}
