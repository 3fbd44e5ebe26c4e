//! What build scripts need, read from the scripts themselves: of the project, and of crates that no table knows.
//!
//! The tools only have the names of real ones: the scripts are read, not run.

use crate::project::{MAIN, Project, manifest};

/// `app` uses the crate `other`, whose build script uses these tools.
fn project(tools: &[&str], script: &str) -> Project {
    let app = format!(
        "{}[dependencies]\nother = {{ path = \"other\" }}\n[workspace]\n",
        manifest("app")
    );
    let mut other = format!("{}[build-dependencies]\n", manifest("other"));
    let mut project = Project::empty()
        .file("Cargo.toml", &app)
        .file("src/main.rs", MAIN);
    for tool in tools {
        other += &format!("{tool} = {{ path = \"../fake/{tool}\" }}\n");
        project = project.library(&format!("fake/{tool}"), tool);
    }
    project
        .file("other/Cargo.toml", &other)
        .file("other/src/lib.rs", "")
        .file("other/build.rs", script)
        .locked()
}

/// The packages of the builder.
fn packages(project: &Project) -> Vec<String> {
    let image = project.image(&[]);
    let packages = image["builder"]["packages"].as_array().unwrap();
    let names = packages.iter().map(|package| &package["value"]);
    names
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_a_script_uses_is_installed() {
    for (tools, script, expected, libc) in [
        (
            &["cc"][..],
            "cc::Build::new().file(\"a.c\").compile(\"a\");",
            &["musl-tools"][..],
            "musl",
        ),
        (
            &["cc"],
            "cc::Build::new().cpp(true).file(\"a.cpp\").compile(\"a\");",
            &["g++"],
            "glibc",
        ),
        (
            &["cc"],
            "cc::Build::new().files([\"a.cc\"]).compile(\"a\");",
            &["g++"],
            "glibc",
        ),
        (
            &["cmake"],
            "let to = cmake::build(\"native\");",
            &["cmake", "g++", "make"],
            "glibc",
        ),
        (
            &["pkg-config"],
            "pkg_config::probe_library(\"gtk4\").unwrap();",
            &["libgtk-4-dev", "pkg-config"],
            "glibc",
        ),
        (
            &[],
            "assert!(std::process::Command::new(\"make\").status().unwrap().success());",
            &["make"],
            "musl",
        ),
        (
            &[],
            "let tool = \"protoc\"; std::process::Command::new(tool).arg(\"a\").status().unwrap();",
            &["protobuf-compiler"],
            "musl",
        ),
        (
            &[],
            "std::process::Command::new(\"sh\").status();",
            &[],
            "musl",
        ),
    ] {
        let project = project(tools, &format!("fn main() {{\n    {script}\n}}\n"));
        assert_eq!(packages(&project), expected, "{script}");
        let image = project.image(&[]);
        assert_eq!(image["build"]["libc"]["value"], libc, "{script}");
        assert_eq!(project.run(&["plan"]).exits(0).stderr, "", "{script}");
        let text = project.run(&["plan"]).exits(0).stdout;
        let is_said = text.contains("other/build.rs:2)");
        assert_eq!(is_said, !expected.is_empty(), "{script}: {text}");
    }
}

#[test]
fn what_is_for_other_systems_needs_nothing() {
    for script in [
        "fn main() {\n    if std::env::var(\"CARGO_CFG_TARGET_OS\").unwrap() == \"android\" { native() }\n}\nfn native() { cc::Build::new().cpp(true).compile(\"a\"); }\n",
        "#[cfg(windows)]\nfn main() { cc::Build::new().cpp(true).compile(\"a\"); }\n#[cfg(not(windows))]\nfn main() {}\n",
        "mod native;\nfn main() { if cfg!(target_os = \"macos\") { native::build(); } }\n",
    ] {
        let project = project(&["cc"], script).file(
            "other/native.rs",
            "pub fn build() { cc::Build::new().cpp(true).compile(\"a\"); }\n",
        );
        let ran = project.run(&["plan"]).exits(0);
        assert_eq!(ran.stderr, "", "{script}");
        assert!(packages(&project).is_empty(), "{script}");
        let ran = project.run(&["explain", "other"]).exits(0);
        let says = "its build script does nothing native for Linux (other/";
        assert!(ran.stdout.contains(says), "{}", ran.stdout);
    }
}

#[test]
fn features_decide_what_a_script_does() {
    let script = "fn main() {\n    if std::env::var_os(\"CARGO_FEATURE_BUNDLED\").is_some() {\n        cc::Build::new().cpp(true).compile(\"a\");\n    }\n}\n";
    let project = project(&["cc"], script);
    assert!(packages(&project).is_empty());
    let other = project.read("other/Cargo.toml");
    project.write(
        "other/Cargo.toml",
        &format!("{other}[features]\ndefault = [\"bundled\"]\nbundled = []\n"),
    );
    assert_eq!(packages(&project), ["g++"]);
}

#[test]
fn what_is_not_understood_is_said_with_its_line() {
    for (script, fact) in [
        ("println!(\"cargo::rustc-link-lib=foo\");", "links `foo`"),
        (
            "println!(\"cargo::rustc-link-lib={}\", name());",
            "links a library whose name is not plain",
        ),
        (
            "println!(\"cargo::rustc-link-lib=static=foo\");",
            "links `foo`",
        ),
        (
            "pkg_config::probe_library(\"quux\").unwrap();",
            "asks pkg-config for `quux`, and which Debian package has that is not known",
        ),
        (
            "pkg_config::probe_library(&name()).unwrap();",
            "asks pkg-config for a module whose name is not plain",
        ),
        (
            "if std::env::var(\"SYSTEM\").is_ok() { pkg_config::probe_library(\"gtk4\").unwrap(); }\n    cc::Build::new().compile(\"a\");",
            "may look for `gtk4`, or compile it",
        ),
    ] {
        let project = project(
            &["cc", "pkg-config"],
            &format!("fn main() {{\n    {script}\n}}\n"),
        );
        project
            .run(&["plan"])
            .exits(0)
            .says("warning[unknown-native]: what the crate `other` needs is not known")
            .says(&format!("note: other/build.rs:2: {fact}"));
    }
    let broken = project(&["cc"], "fn main() {");
    broken
        .run(&["plan"])
        .exits(0)
        .says("other/build.rs:1: its build script is not read: it does not parse as Rust");
}

#[test]
fn programs_that_debian_does_not_have_are_warned_of() {
    for (call, message) in [
        (
            "std::process::Command::new(\"pnpm\")",
            "the build script of `other` runs `pnpm`, which the builder does not have",
        ),
        (
            "std::process::Command::new(name())",
            "which program the build script of `other` runs is not known",
        ),
    ] {
        let script = format!("fn main() {{\n    {call}.status().unwrap();\n}}\n");
        let project = project(&[], &script);
        let ran = project.run(&["plan"]).exits(0);
        ran.says(&format!("warning[build-program]: {message}"))
            .says("other/build.rs:2")
            .says("[package.metadata.dockerize.crates.other]");
        let own = project.read("Cargo.toml");
        let lines = "[package.metadata.dockerize.crates.other]\nbuild = []\n";
        project.write("Cargo.toml", &format!("{own}{lines}"));
        project
            .run(&["plan"])
            .exits(0)
            .keeps_quiet_about("build-program");
    }
}
