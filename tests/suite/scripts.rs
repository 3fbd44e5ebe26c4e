//! Build scripts of the project that have to do with native code.
//!
//! The crates only have the names of real ones: the tables go by the name.

use crate::project::{Project, manifest};

/// A program whose build script uses crates with these names.
fn project(tools: &[&str], script: &str, code: &str) -> Project {
    let mut text = format!("{}[workspace]\n[build-dependencies]\n", manifest("app"));
    let mut project = Project::empty()
        .file("src/main.rs", &format!("fn main() {{}}\n{code}\n"))
        .file("build.rs", script);
    for tool in tools {
        text += &format!("{tool} = {{ path = \"fake/{tool}\" }}\n");
        project = project.library(&format!("fake/{tool}"), tool);
    }
    project.file("Cargo.toml", &text).locked()
}

/// libc, whether static, and whether the project is asked what it needs.
fn route(project: &Project, arguments: &[&str]) -> (String, bool, bool) {
    let image = project.image(arguments);
    let libc = image["build"]["libc"]["value"].as_str().unwrap();
    let mut diagnostics = image["diagnostics"].as_array().unwrap().iter();
    let is_unknown = diagnostics.any(|diagnostic| diagnostic["code"] == "unknown-native");
    (
        libc.to_owned(),
        image["build"]["is_static"].as_bool().unwrap(),
        is_unknown,
    )
}

const READS: &str = "fn main() {\n    bindgen::builder().header(\"a.h\");\n}\n";

#[test]
fn headers_of_the_builder_are_glibc_s() {
    let project = project(&["bindgen"], READS, "");
    assert_eq!(route(&project, &[]), ("glibc".to_owned(), true, false));
    let image = project.image(&[]);
    assert_eq!(image["builder"]["packages"][0]["value"], "libclang-dev");
    let because = &image["build"]["libc"]["because"][0];
    assert_eq!(because["origin"]["file"], "build.rs");
    assert_eq!(because["origin"]["line"], 2);
    project
        .generate(&["--libc", "musl"])
        .says("warning[musl-blocked]")
        .says("build.rs:2: reads headers with `bindgen`");
    // Nothing is left to teach.
    let ran = project.run(&["explain", "app"]).exits(0);
    assert!(!ran.stdout.contains("builds with"), "{}", ran.stdout);
}

#[test]
fn tools_that_a_script_does_not_use_count_for_nothing() {
    for (tools, script, expected) in [
        (&["bindgen", "cc"][..], READS, ("glibc", true, false)),
        (&["bindgen", "pkg-config"], READS, ("glibc", true, false)),
        (&["cc"], "fn main() {}\n", ("musl", true, false)),
    ] {
        let (libc, is_static, is_unknown) = route(&project(tools, script, ""), &[]);
        assert_eq!(
            (libc.as_str(), is_static, is_unknown),
            expected,
            "{tools:?}"
        );
    }
}

#[test]
fn what_else_a_script_links_or_compiles_is_not_known() {
    for (tools, script, code) in [
        (
            &["bindgen"][..],
            READS,
            "#[link(name = \"foo\")] extern \"C\" {}",
        ),
        (
            &["bindgen"][..],
            "fn main() { bindgen::builder(); println!(\"cargo::rustc-link-lib=foo\"); }\n",
            "",
        ),
        (
            &["bindgen"][..],
            "fn main() { bindgen::builder(); println!(\"cargo::rustc-link-lib=static=foo\"); }\n",
            "",
        ),
        (
            &["bindgen"][..],
            "fn main() { bindgen::builder(); println!(\"cargo::rustc-link-arg=-lfoo\"); }\n",
            "",
        ),
    ] {
        let project = project(tools, script, code);
        let expected = ("glibc".to_owned(), false, true);
        assert_eq!(route(&project, &[]), expected, "{tools:?} {script} {code}");
    }
}
