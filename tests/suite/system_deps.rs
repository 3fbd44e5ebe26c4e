//! Crates without a row that declare what they need in `[package.metadata.system-deps]`.

use serde_json::Value;
use snapbox::str;

use crate::project::{MAIN, Project, manifest};
use crate::teach::{lesson, names};

/// `app` uses `bar-sys`, which declares `lines` for system-deps.
fn project(lines: &str) -> Project {
    named(
        "bar-sys",
        &format!("[package.metadata.system-deps]\n{lines}"),
    )
}

fn named(name: &str, metadata: &str) -> Project {
    let app = format!(
        "{}[dependencies]\n{name} = {{ path = \"{name}\" }}\n[features]\nnew = [\"{name}/v4_12\"]\nnewest = [\"{name}/v4_99\", \"new\"]\nextra = [\"{name}/extra\"]\n",
        manifest("app")
    );
    let package = format!(
        "{}links = \"bar\"\n[build-dependencies]\nsystem-deps = {{ path = \"../system-deps\" }}\n\
         [features]\nv4_12 = []\nv4_99 = [\"v4_12\"]\nextra = []\n{metadata}\n",
        manifest(name)
    );
    Project::empty()
        .file("Cargo.toml", &app)
        .file("src/main.rs", MAIN)
        .file(&format!("{name}/Cargo.toml"), &package)
        .file(&format!("{name}/src/lib.rs"), "")
        .file(&format!("{name}/build.rs"), MAIN)
        .library("system-deps", "system-deps")
        .locked()
}

fn packages(project: &Project, arguments: &[&str]) -> Vec<String> {
    let image = project.image(arguments);
    let names = names(&image["builder"]["packages"]);
    names.into_iter().map(str::to_owned).collect()
}

fn codes(image: &Value) -> Vec<&str> {
    let diagnostics = image["diagnostics"].as_array().unwrap();
    let codes = diagnostics.iter().map(|found| found["code"].as_str());
    codes.map(Option::unwrap).collect()
}

const BOOKWORM: [&str; 2] = ["--runtime", "debian:bookworm-slim"];

#[test]
fn a_module_leads_to_its_packages() {
    let image = project("gtk4 = \"4.0\"").image(&[]);
    assert_eq!(
        names(&image["builder"]["packages"]),
        ["libgtk-4-dev", "pkg-config"]
    );
    assert_eq!(
        names(&image["runtime"]["libraries"]["packages"]),
        ["libgtk-4-1"]
    );
    assert_eq!(image["build"]["libc"]["value"], "glibc");
    let because = &image["builder"]["packages"][0]["because"][0];
    assert_eq!(because["origin"]["name"], "bar-sys");
    assert_eq!(codes(&image), [""; 0]);
}

#[test]
fn packages_are_those_of_the_release() {
    let project = project(
        "wand = { name = \"MagickWand\", version = \"6\" }\nglib_2_0 = { name = \"glib-2.0\", version = \"2.56\" }",
    );
    assert_eq!(
        packages(&project, &[]),
        ["libglib2.0-dev", "libmagickwand-7.q16-dev", "pkg-config"]
    );
    assert_eq!(
        packages(&project, &BOOKWORM),
        ["libglib2.0-dev", "libmagickwand-6.q16-dev", "pkg-config"]
    );
    let image = project.image(&BOOKWORM);
    assert_eq!(
        names(&image["runtime"]["libraries"]["packages"]),
        ["libglib2.0-0", "libmagickwand-6.q16-6"]
    );
}

#[test]
fn what_is_switched_off_is_not_wanted() {
    let pkg = |lines: &str, arguments: &[&str]| packages(&project(lines), arguments);
    // The crate system-deps itself runs it.
    let none = ["pkg-config"];
    assert_eq!(
        pkg("gtk4 = { version = \"4\", optional = true }", &[]),
        none
    );
    assert_eq!(
        pkg("libudev = { version = \"200\", feature = \"extra\" }", &[]),
        none
    );
    assert_eq!(
        pkg(
            "libudev = { version = \"200\", feature = \"extra\" }",
            &["-F", "extra"]
        ),
        ["libudev-dev", "pkg-config"]
    );
    assert_eq!(
        pkg(
            "gtk4 = { version = \"4\", v4_12 = { version = \"4.12\", optional = true } }",
            &["-F", "new"]
        ),
        none
    );
    let cfgs = "[package.metadata.system-deps.'cfg(windows)']\nopenssl = \"1\"\n\
        [package.metadata.system-deps.'cfg(target_os = \"linux\")']\nlibudev = \"200\"\n\
        [package.metadata.system-deps.'cfg(not(target_os = \"macos\"))'.xkb]\nname = \"xkbcommon\"\nversion = \"1\"";
    assert_eq!(
        packages(&named("bar-sys", cfgs), &[]),
        ["libudev-dev", "libxkbcommon-dev", "pkg-config"]
    );
    // It needs nothing of the system then, and can be static.
    let image = project("gtk4 = { version = \"4\", optional = true }").image(&[]);
    assert_eq!(image["build"]["libc"]["value"], "musl");
}

#[test]
fn a_module_may_have_another_name() {
    assert_eq!(
        packages(
            &project("foo = { version = \"1\", fallback-names = [\"foo-1\", \"libudev\"] }"),
            &[]
        ),
        ["libudev-dev", "pkg-config"]
    );
    let project = project(
        "x = { name = \"gtk4\", version = \"4\", v4_12 = { version = \"1\", name = \"libudev\" } }",
    );
    assert_eq!(packages(&project, &[]), ["libgtk-4-dev", "pkg-config"]);
    assert_eq!(
        packages(&project, &["-F", "new"]),
        ["libudev-dev", "pkg-config"]
    );
}

#[test]
fn a_version_that_the_release_does_not_have_is_said() {
    let project = project(
        "gtk4 = { version = \"4.0\", v4_12 = { version = \"4.12\" }, v4_99 = { version = \"4.99\" } }",
    );
    assert_eq!(codes(&project.image(&[])), [""; 0]);
    assert_eq!(codes(&project.image(&["-F", "new"])), [""; 0]);
    assert_eq!(codes(&project.image(&BOOKWORM)), [""; 0]);
    let bookworm = [&["plan", "-F", "new"], BOOKWORM.as_slice()].concat();
    let ran = project.run(&bookworm).exits(0);
    snapbox::assert_data_eq!(
        ran.stderr,
        str![[r#"
warning[library-version]: the crate `bar-sys` needs `gtk4` 4.12 or later, and Debian bookworm has 4.8.3
  |
  = note: crate bar-sys 0.1.0: the feature `v4_12` asks for it
  = help: use images of Debian trixie, which has 4.18.6

"#]]
    );
    let ran = project.run(&["plan", "-F", "newest"]).exits(0);
    snapbox::assert_data_eq!(
        ran.stderr,
        str![[r#"
warning[library-version]: the crate `bar-sys` needs `gtk4` 4.99 or later, and Debian trixie has 4.18.6
  |
  = note: crate bar-sys 0.1.0: the feature `v4_99` asks for it
  = help: do not activate the feature `v4_99` of `bar-sys`, or build with an image that has the library

"#]]
    );
    for (versions, is_fine) in [
        ("4.18.6", true),
        ("4.18.7", false),
        (">= 4.2, < 5", true),
        (">= 4.2, < 4.18", false),
        ("5", false),
    ] {
        let image = self::project(&format!("gtk4 = \"{versions}\"")).image(&[]);
        assert_eq!(codes(&image).is_empty(), is_fine, "{versions}");
    }
}

#[test]
fn a_row_of_the_tables_is_checked_too() {
    let metadata =
        "[package.metadata.system-deps.gtk4]\nversion = \"4.0\"\nv4_12 = { version = \"4.12\" }";
    let project = named("gtk4-sys", metadata);
    let bookworm = [&["plan", "-F", "new"], BOOKWORM.as_slice()].concat();
    project
        .run(&bookworm)
        .exits(0)
        .says("warning[library-version]: the crate `gtk4-sys` needs `gtk4` 4.12 or later");
    // zstd-sys has a row, which compiles its own copy.
    named(
        "zstd-sys",
        "[package.metadata.system-deps]\nlibzstd = \"99\"",
    )
    .run(&["plan"])
    .exits(0)
    .keeps_quiet_about("warning");
}

#[test]
fn a_module_that_is_not_known_can_be_taught() {
    let project = project("gtk4 = \"4\"\nquux = \"1\"");
    let ran = project.run(&["plan"]).exits(0);
    snapbox::assert_data_eq!(
        ran.stderr,
        str![[r#"
warning[unknown-native]: which Debian package has `quux`, which the crate `bar-sys` asks pkg-config for, is not known
  |
  = note: crate bar-sys 0.1.0: `package.metadata.system-deps` names it
  = help: say in Cargo.toml which Debian packages it needs, a list may be empty:
          [package.metadata.dockerize.crates.bar-sys]
          build = ["…"]
          runtime = ["…"]

"#]]
    );
    assert_eq!(packages(&project, &[]), ["libgtk-4-dev", "pkg-config"]);
    let lines = lesson(&project.image(&[]), "unknown-native").replace('…', "libquux-dev");
    let own = project.read("Cargo.toml");
    project.write("Cargo.toml", &format!("{own}{lines}\n"));
    let ran = project.run(&["plan"]).exits(0);
    assert_eq!(ran.stderr, "");
    assert_eq!(packages(&project, &[]), ["libquux-dev", "pkg-config"]);
}

#[test]
fn who_does_not_use_system_deps_has_declared_nothing() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            &format!(
                "{}[package.metadata.system-deps.gtk4]\nurl = \"https://example.org\"\nversion = \"4\"\n",
                manifest("app")
            ),
        )
        .file("src/main.rs", MAIN)
        .locked();
    let none: [&str; 0] = [];
    assert_eq!(packages(&project, &[]), none);
}

#[test]
fn odd_declarations_do_no_harm() {
    for lines in [
        "gtk4 = 4",
        "gtk4 = [\"4\"]",
        "gtk4 = {}",
        "gtk4 = { version = \"four\" }",
        "gtk4 = { version = \"4\", name = 4, fallback-names = \"x\", optional = \"yes\" }",
    ] {
        assert_eq!(
            packages(&project(lines), &[]),
            ["libgtk-4-dev", "pkg-config"],
            "{lines}"
        );
    }
    let project = project(
        "\"a\\nRUN id\\u001b[2J\" = \"1\\nRUN id\"\n[package.metadata.system-deps.'cfg(']\nx = \"1\"",
    );
    let ran = project.run(&["plan"]).exits(0).says("unknown-native");
    assert!(!ran.stderr.contains('\u{1b}'), "{:?}", ran.stderr);
    let text = project.dockerfile(&[]);
    assert!(!text.contains("RUN id"), "{text}");
}
