//! `cargo dockerize explain`, of a crate and of a code.

use serde_json::Value;
use snapbox::str;

use crate::project::{MAIN, Project, manifest};
use crate::teach::{native, project};

#[track_caller]
fn explains(project: &Project, arguments: &[&str], expected: impl snapbox::IntoData) {
    let ran = project.run(&[&["explain"], arguments].concat()).exits(0);
    snapbox::assert_data_eq!(ran.stdout, expected);
    assert_eq!(ran.stderr, "");
}

#[track_caller]
fn json(project: &Project, arguments: &[&str]) -> Value {
    let words = [&["explain", "--format", "json"], arguments].concat();
    serde_json::from_str(&project.run(&words).exits(0).stdout).unwrap()
}

/// `app` uses openssl-sys, and openssl-sys uses cc where it is built.
fn openssl() -> Project {
    let app = format!(
        "{}[dependencies]\nopenssl-sys = {{ path = \"openssl-sys\" }}\nplain = {{ path = \"plain\" }}\n\
         [features]\nvendored = [\"openssl-sys/vendored\"]\n",
        manifest("app")
    );
    let project = Project::empty()
        .file("Cargo.toml", &app)
        .file("src/main.rs", MAIN)
        .library("cc", "cc")
        .library("plain", "plain");
    native(
        project,
        "openssl-sys",
        "openssl",
        "[features]\nvendored = []\n[build-dependencies]\ncc = { path = \"../cc\" }\n",
    )
    .locked()
}

#[test]
fn a_crate_of_the_tables() {
    explains(
        &openssl(),
        &["openssl-sys"],
        str![[r#"
openssl-sys v0.1.0
      linked app -> openssl-sys
        rule build = ["libssl-dev", "pkg-config"]
             help = "[..]"
             musl = "no"
             runtime = ["libssl3t64"]
      source [..]tried in a clean chroot

"#]],
    );
    explains(
        &openssl(),
        &["openssl-sys", "-F", "vendored"],
        str![[r#"
openssl-sys v0.1.0
      linked app -> openssl-sys
    features vendored
       where features = ["vendored"]
        rule build = ["make", "perl"]
             compiles = "c"
      source [..]tried in a clean chroot

"#]],
    );
    explains(
        &openssl(),
        &["cc"],
        str![[r#"
cc v0.1.0
      builds app -> openssl-sys -> cc
        rule needs nothing
      source [..]

"#]],
    );
}

#[test]
fn a_crate_without_a_rule_shows_how_to_teach() {
    explains(
        &openssl(),
        &["plain"],
        str![[r#"
plain v0.1.0
      linked app -> plain
        rule none
      native nothing shows that it has native code
         add to Cargo.toml; a list may be empty:
             [package.metadata.dockerize.crates.plain]
             build = ["…"]
             runtime = ["…"]

"#]],
    );
    explains(
        &project(""),
        &["foo-sys"],
        str![[r#"
foo-sys v0.1.0
      linked app -> middle -> foo-sys
        rule none
      native its build script runs programs in a way that is not followed
         add to Cargo.toml; a list may be empty:
             [package.metadata.dockerize.crates.foo-sys]
             build = ["…"]
             runtime = ["…"]

"#]],
    );
}

#[test]
fn a_taught_crate_names_the_line() {
    let rules = "[package.metadata.dockerize.crates.foo-sys]\nbuild = [\"libfoo-dev\"]\nenv = { FOO = \"1\" }";
    let project = project(rules);
    explains(
        &project,
        &["foo-sys"],
        str![[r#"
foo-sys v0.1.0
      linked app -> middle -> foo-sys
        rule build = ["libfoo-dev"]
             env = { FOO = "1" }
             musl = "no"
      source Cargo.toml:9

"#]],
    );
    let value = json(&project, &["foo-sys"]);
    let rule = &value["found"][0]["rule"];
    assert_eq!(rule["source"]["kind"], "manifest");
    assert_eq!(rule["source"]["line"], 9);
    assert_eq!(rule["leads_to"]["build"][0], "libfoo-dev");
    assert_eq!(value["lesson"], Value::Null);
}

#[test]
fn a_crate_that_is_not_compiled_shows_all_its_rules() {
    let value = json(&openssl(), &["bzip2-sys"]);
    assert_eq!(value["found"].as_array().unwrap().len(), 0);
    assert_eq!(value["rules"].as_array().unwrap().len(), 2);
    assert_eq!(value["rules"][0]["conditions"]["features"][0], "static");
    assert_eq!(
        value["rules"][1]["leads_to"]["env"]["BZIP2_NO_PKG_CONFIG"],
        "1"
    );
    explains(
        &openssl(),
        &["bzip2-sys"],
        str![[r#"
bzip2-sys is not in the graph of app
       where features = ["static"]
        rule compiles = "c"
        rule compiles = "c"
             env = { BZIP2_NO_PKG_CONFIG = "1" }
      source [..]

"#]],
    );
    // In the lock file, but for tests only.
    let dev = format!(
        "{}[dev-dependencies]\nplain = {{ path = \"plain\" }}\n",
        manifest("app")
    );
    let project = Project::empty()
        .file("Cargo.toml", &dev)
        .file("src/main.rs", MAIN)
        .library("plain", "plain")
        .locked();
    let ran = project.run(&["explain", "plain"]).exits(0);
    assert!(ran.stdout.starts_with("plain is not in the graph of app\n"));
}

#[test]
fn a_crate_that_nobody_knows_is_refused() {
    let ran = openssl()
        .run(&["explain", "opensl-sys"])
        .refuses("unknown-crate");
    assert_eq!(ran.stdout, "");
    ran.says("no crate `opensl-sys` is in the graph or in a table")
        .says("did you mean `openssl-sys`?");
    openssl()
        .run(&["explain", "zzzzzzzzzzzzzz"])
        .refuses("unknown-crate")
        .says("`cargo tree` shows the graph")
        .keeps_quiet_about("did you mean");
    openssl().run(&["explain"]).exits(2).says("<CRATE|CODE>");
    openssl()
        .run(&["explain", "cc", "--format", "xml"])
        .exits(2)
        .says("'xml'");
}

#[test]
fn a_code_needs_no_project() {
    let folder = Project::empty();
    let ran = folder.run(&["explain", "loopback"]).exits(0);
    assert_eq!(ran.stderr, "");
    assert!(
        ran.stdout.starts_with(
            "loopback is the code of a message\n\nThe program listens on an address that cannot be reached"
        ),
        "{}",
        ran.stdout
    );
    // A block of code.
    assert!(
        ran.stdout.contains("\n    let listener = "),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("```"), "{}", ran.stdout);
    let ran = folder.run(&["explain", "--format", "json", "loopback"]);
    let value: Value = serde_json::from_str(&ran.exits(0).stdout).unwrap();
    assert_eq!(value["code"], "loopback");
    assert!(value["page"].as_str().unwrap().contains("0.0.0.0"));
    folder.run(&["explain", "loopbak"]).refuses("no-manifest");
    openssl()
        .run(&["explain", "loopbak"])
        .refuses("unknown-crate")
        .says("did you mean `loopback`?");
}

#[test]
fn a_crate_that_is_called_as_a_code_is_explained_too() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            &format!(
                "{}[dependencies]\nport = {{ path = \"port\" }}\n",
                manifest("app")
            ),
        )
        .file("src/main.rs", MAIN)
        .library("port", "port")
        .locked();
    let ran = project.run(&["explain", "port"]).exits(0);
    let (code, about) = ran.stdout.split_once("\nport is a crate, too\n\n").unwrap();
    assert!(
        code.starts_with("port is the code of a message\n"),
        "{code}"
    );
    assert!(about.starts_with("port v0.1.0\n"), "{about}");
    assert_eq!(json(&project, &["port"])["name"], "port");
}

#[test]
fn both_sides_and_every_version_are_shown() {
    let app = format!(
        "{}[dependencies]\nshared = {{ path = \"shared\" }}\nold = {{ package = \"shared\", path = \"old\", version = \"0.0.1\" }}\n\
         [build-dependencies]\nshared = {{ path = \"shared\" }}\n",
        manifest("app")
    );
    let project = Project::empty()
        .file(
            "Cargo.toml",
            &app.replace("edition", "resolver = \"2\"\nedition"),
        )
        .file("src/main.rs", MAIN)
        .file("build.rs", MAIN)
        .library("shared", "shared")
        .library("old", "shared");
    let old = project.read("old/Cargo.toml").replace("0.1.0", "0.0.1");
    project.write("old/Cargo.toml", &old);
    let value = json(&project.locked(), &["shared"]);
    let mut found: Vec<_> = value["found"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| format!("{} {}", found["version"], found["is_linked"]))
        .collect();
    found.sort();
    assert_eq!(
        found,
        ["\"0.0.1\" true", "\"0.1.0\" false", "\"0.1.0\" true"]
    );
}

#[test]
fn nothing_is_written() {
    let project = openssl();
    let before = project.snapshot();
    project.run(&["explain", "cc"]).exits(0);
    assert!(project.snapshot() == before);
}
