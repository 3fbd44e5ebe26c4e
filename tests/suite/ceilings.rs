//! Crates that do not compile with a newer Rust.
//!
//! The crates only have the names and versions of real ones.

use crate::project::{MAIN, Project, manifest};

/// A program that uses this version of `time`.
fn project(version: &str) -> Project {
    let app = format!(
        "{}[dependencies]\ntime = {{ path = \"time\" }}\n[workspace]\n",
        manifest("app")
    );
    let time = manifest("time").replace("0.1.0", version);
    Project::empty()
        .file("Cargo.toml", &app)
        .file("src/main.rs", MAIN)
        .file("time/Cargo.toml", &time)
        .file("time/src/lib.rs", "")
        .locked()
}

#[test]
fn a_locked_crate_that_is_too_old_for_the_rust_is_warned_of() {
    let ran = project("0.3.34").run(&["plan"]).exits(0);
    ran.says("warning[rust-too-new]: `time@0.3.34` does not compile with Rust")
        .says("cargo update -p time@0.3.34 --precise 0.3.35");
    for version in ["0.3.35", "0.2.27"] {
        let ran = project(version).run(&["plan"]).exits(0);
        ran.keeps_quiet_about("rust-too-new");
    }
}

#[test]
fn an_older_rust_compiles_it() {
    let pinned =
        project("0.3.34").file("rust-toolchain.toml", "[toolchain]\nchannel = \"1.79.0\"\n");
    let ran = pinned.run(&["plan"]).exits(0);
    ran.keeps_quiet_about("rust-too-new");
}
