//! What the manifest teaches about crates: `[package.metadata.dockerize.crates.NAME]`.

use serde_json::Value;
use snapbox::str;

use crate::dockerfile::{Instruction, kinds, pairs, parse};
use crate::project::{MAIN, Project, manifest};

/// A build script that nobody can follow.
const UNCLEAR: &str = "fn main() {\n    duct::cmd(\"make\").run();\n}\n";
/// A crate with a build script that says it links a library.
pub(crate) fn native(project: Project, name: &str, links: &str, lines: &str) -> Project {
    let head = format!("{}links = \"{links}\"\n{lines}", manifest(name));
    project
        .file(&format!("{name}/Cargo.toml"), &head)
        .file(&format!("{name}/build.rs"), UNCLEAR)
        .file(&format!("{name}/src/lib.rs"), "")
}

/// `app` uses `middle`, which uses `foo-sys` of version 0.1.0, which links `foo`.
pub(crate) fn project(lines: &str) -> Project {
    let app = format!(
        "{}[dependencies]\nmiddle = {{ path = \"middle\" }}\n[features]\nfast = [\"middle/fast\"]\n{lines}\n",
        manifest("app")
    );
    let middle = format!(
        "{}[dependencies]\nfoo-sys = {{ path = \"../foo-sys\" }}\n[features]\nfast = [\"foo-sys/fast\"]\n",
        manifest("middle")
    );
    let project = Project::empty()
        .file("Cargo.toml", &app)
        .file("src/main.rs", MAIN)
        .file("middle/Cargo.toml", &middle)
        .file("middle/src/lib.rs", "");
    native(project, "foo-sys", "foo", "[features]\nfast = []\n").locked()
}

const RULE: &str = "[package.metadata.dockerize.crates.foo-sys]\n";
/// The line that the first one after the project's own is on.
const LINE: u64 = 9;

pub(crate) fn names(decisions: &Value) -> Vec<&str> {
    let decisions = decisions.as_array().unwrap();
    decisions
        .iter()
        .map(|decision| decision["value"].as_str().unwrap())
        .collect()
}

#[test]
fn three_lines_teach() {
    let project = project(&format!(
        "{RULE}build = [\"libfoo-dev\", \"pkg-config\"]\nruntime = [\"libfoo1\"]"
    ));
    let image = project.image(&[]);
    assert_eq!(
        names(&image["builder"]["packages"]),
        ["libfoo-dev", "pkg-config"]
    );
    assert_eq!(image["build"]["libc"]["value"], "glibc");
    let because = &image["builder"]["packages"][0]["because"][0];
    assert_eq!(because["fact"], "needed to build foo-sys");
    assert_eq!(because["origin"]["name"], "foo-sys");
    assert_eq!(because["origin"]["through"][0], "middle");
    assert_eq!(because["origin"]["rule"]["file"], "Cargo.toml");
    assert_eq!(because["origin"]["rule"]["line"], LINE);
    assert_eq!(
        names(&image["runtime"]["libraries"]["packages"]),
        ["libfoo1"]
    );
    assert_eq!(
        image["runtime"]["libraries"]["packages"][0]["because"][0]["origin"]["rule"]["line"],
        LINE
    );
    let ran = project
        .run(&["plan"])
        .exits(0)
        .keeps_quiet_about("unknown-native");
    let evidence =
        "crate foo-sys 0.1.0 (through middle) by the rule in Cargo.toml:9: needed to build foo-sys";
    assert!(ran.stdout.contains(evidence), "{}", ran.stdout);
    let text = project.dockerfile(&[]);
    // The line would make the file differ whenever another one is added above it.
    assert!(
        text.contains("#   libfoo-dev: needed to build foo-sys (Cargo.toml has a rule)\n"),
        "{text}"
    );
    assert!(
        text.contains("apt-get install --yes --no-install-recommends libfoo-dev pkg-config"),
        "{text}"
    );
}

#[test]
fn a_taught_rule_wins_over_the_tables() {
    let app = |lines: &str| {
        let app = format!(
            "{}[dependencies]\nopenssl-sys = {{ path = \"openssl-sys\" }}\n{lines}\n",
            manifest("app")
        );
        let project = Project::empty()
            .file("Cargo.toml", &app)
            .file("src/main.rs", MAIN);
        native(project, "openssl-sys", "openssl", "").locked()
    };
    let shipped = app("").image(&[]);
    assert_eq!(
        names(&shipped["builder"]["packages"]),
        ["libssl-dev", "pkg-config"]
    );
    let table = "[package.metadata.dockerize.crates.openssl-sys]\n";
    let taught = app(&format!("{table}build = [\"libboring-dev\"]")).image(&[]);
    assert_eq!(names(&taught["builder"]["packages"]), ["libboring-dev"]);
    assert_eq!(names(&taught["runtime"]["libraries"]["packages"]), [""; 0]);
    // Where no condition holds, the tables count.
    let other = app(&format!(
        "{table}version = \"^9\"\nbuild = [\"libboring-dev\"]"
    ))
    .image(&[]);
    assert_eq!(
        names(&other["builder"]["packages"]),
        ["libssl-dev", "pkg-config"]
    );
}

#[test]
fn the_first_rule_of_a_list_that_holds_counts() {
    let list = "[[package.metadata.dockerize.crates.foo-sys]]\nfeatures = [\"fast\"]\nbuild = [\"nasm\"]\n\
        [[package.metadata.dockerize.crates.foo-sys]]\nversion = \">=2\"\nbuild = [\"cmake\"]\n\
        [[package.metadata.dockerize.crates.foo-sys]]\nbuild = [\"make\"]";
    let project = project(list);
    let packages = |arguments: &[&str]| {
        let packages = &project.image(arguments)["builder"]["packages"];
        let line = &packages[0]["because"][0]["origin"]["rule"]["line"];
        format!("{} {line}", packages[0]["value"])
    };
    assert_eq!(packages(&[]), format!("\"make\" {}", LINE + 6));
    assert_eq!(packages(&["-F", "fast"]), format!("\"nasm\" {LINE}"));
    let inline = "[package.metadata.dockerize.crates]\nfoo-sys = [{ no-feature = [\"fast\"], build = [\"make\"] }, { any-feature = [\"slow\", \"fast\"], build = [\"nasm\"] }]";
    let project = self::project(inline);
    let first =
        |arguments: &[&str]| project.image(arguments)["builder"]["packages"][0]["value"].clone();
    assert_eq!(first(&[]), "make");
    assert_eq!(first(&["-F", "fast"]), "nasm");
}

#[test]
fn what_needs_no_library_of_the_system_stays_static() {
    for (rule, libc) in [
        ("", "musl"),
        ("compiles = \"c\"", "musl"),
        ("build = [\"cmake\"]", "musl"),
        ("build = [\"libclang-dev\"]", "musl"),
        ("build = [\"libfoo-dev\"]", "glibc"),
        ("build = [\"libfoo-dev\"]\nmusl = \"ok\"", "musl"),
        ("runtime = [\"libfoo1\"]", "glibc"),
        ("musl = \"no\"", "glibc"),
        ("musl = \"c++\"", "glibc"),
        ("threads = true", "glibc"),
    ] {
        let image = project(&format!("{RULE}{rule}")).image(&[]);
        assert_eq!(image["build"]["libc"]["value"], libc, "{rule}");
    }
}

#[test]
fn every_key_of_the_tables_can_be_used() {
    let project = project(&format!(
        "{RULE}compiles = \"c\"\nbuild = [\"cmake\"]\nmusl = \"ok\"\nmusl-build = [\"make\"]\n\
         env = {{ FOO_STATIC = \"1\" }}\nneeds = [\"ca-certificates\", \"tmp\"]\nallocator = true\n\
         help = \"use bar\""
    ));
    let image = project.image(&["--libc", "musl"]);
    assert_eq!(names(&image["builder"]["packages"]), ["make", "musl-tools"]);
    let variable = &image["builder"]["env"][0];
    assert_eq!(variable["value"]["name"], "FOO_STATIC");
    assert_eq!(variable["value"]["value"], "1");
    assert_eq!(variable["because"][0]["origin"]["rule"]["line"], LINE);
    let file = &image["runtime"]["files"][0]["value"]["path"];
    assert_eq!(file, "/etc/ssl/certs/ca-certificates.crt");
    assert_eq!(image["runtime"]["tmp"]["value"], true);
    let image = project.image(&["--libc", "glibc"]);
    assert_eq!(names(&image["builder"]["packages"]), ["cmake"]);
}

#[test]
fn an_unknown_key_of_a_rule_points_at_its_line() {
    let ran = project(&format!("{RULE}bild = [\"make\"]"))
        .run(&[])
        .refuses("manifest-key");
    snapbox::assert_data_eq!(
        ran.stderr,
        str![[r#"
error[manifest-key]: there is no key `bild` in `[package.metadata.dockerize.crates]`
  --> Cargo.toml:10:1
   |
10 | bild = ["make"]
   | ^^^^ this key
   |
   = help: did you mean `build`?

"#]]
    );
}

#[test]
fn wrong_values_of_a_rule_point_at_their_line() {
    for (line, says) in [
        ("build = \"make\"", "expected a sequence"),
        ("build = [1]", "expected a string"),
        ("musl = true", "wanted string or table"),
        ("musl = \"maybe\"", "unknown variant `maybe`"),
        ("version = \"new\"", "unexpected character"),
        ("needs = [\"coffee\"]", "unknown variant `coffee`"),
        ("env = { A = 1 }", "expected a string"),
        ("threads = 1", "expected a boolean"),
    ] {
        project(&format!("{RULE}{line}"))
            .run(&[])
            .refuses("manifest-key")
            .says(says)
            .says("Cargo.toml:10:")
            .says(line);
    }
    for lines in [
        "[package.metadata.dockerize]\ncrates = true",
        "[package.metadata.dockerize.crates]\nfoo-sys = \"libfoo-dev\"",
        "[package.metadata.dockerize.crates]\nfoo-sys = [\"libfoo-dev\"]",
    ] {
        project(lines)
            .run(&[])
            .refuses("manifest-key")
            .says("Cargo.toml:10:");
    }
}

#[test]
fn names_that_are_none_are_refused() {
    let line = LINE.to_string();
    for (rule, code) in [
        ("build = [\"…\"]", "debian-package"),
        ("build = [\"make cmake\"]", "debian-package"),
        ("build = [\"--allow-unauthenticated\"]", "debian-package"),
        ("build = [\"a\\nRUN id\"]", "debian-package"),
        ("build = [\"make=4.3\"]", "debian-package"),
        ("musl-build = [\"$(id)\"]", "debian-package"),
        ("runtime = [\"a;id\"]", "debian-package"),
        ("env = { \"A B\" = \"1\" }", "variable-name"),
        (
            "env = { \"A=1\\nRUN id\\nENV B\" = \"1\" }",
            "variable-name",
        ),
    ] {
        let project = project(&format!("{RULE}{rule}"));
        project
            .run(&[])
            .refuses(code)
            .says(&format!("Cargo.toml:{line}:"));
        assert!(!project.has("Dockerfile"), "{rule}");
        // A rule that does not hold is refused as well.
        let other = format!("{RULE}version = \"^9\"\n{rule}");
        self::project(&other).run(&[]).refuses(code);
    }
}

#[test]
fn values_of_variables_stay_values() {
    let plain = project(&format!("{RULE}env = {{ A = \"1\" }}"));
    let plain = parse(&plain.dockerfile(&[]));
    let variables = |instructions: &[Instruction]| -> Vec<String> {
        let set = instructions.iter().filter(|one| one.kind == "ENV");
        let set = set.flat_map(|one| pairs(&one.text));
        set.map(|(name, _)| name).collect()
    };
    for text in [
        "line\nRUN id",
        "a\\\nUSER root",
        "end\" B=\"x",
        "$HOME $(id) `id`",
        "<<EOF\nRUN id\nEOF",
    ] {
        let quoted = serde_json::to_string(text).unwrap();
        let project = project(&format!("{RULE}env = {{ A = {quoted} }}"));
        let instructions = parse(&project.dockerfile(&[]));
        assert_eq!(kinds(&instructions), kinds(&plain), "{text:?}");
        // The variable itself, and the folder of the program.
        assert_eq!(variables(&instructions), ["A", "HOME"], "{text:?}");
    }
}

#[test]
fn a_rule_about_no_crate_of_the_graph_is_said() {
    let project = project("[package.metadata.dockerize.crates.foo-sis]\nbuild = [\"make\"]");
    project
        .run(&["plan"])
        .exits(0)
        .says("warning[unused-rule]: no crate `foo-sis` is in the graph")
        .says("Cargo.toml:9 has a rule about it")
        .says("did you mean `foo-sys`?");
}

/// The lines of TOML that the help of a warning shows.
#[track_caller]
pub(crate) fn lesson(image: &Value, code: &str) -> String {
    let diagnostics = image["diagnostics"].as_array().unwrap();
    let warning = diagnostics.iter().find(|found| found["code"] == code);
    let help = warning.unwrap_or_else(|| panic!("no {code}: {diagnostics:?}"))["help"][0].as_str();
    let (_, lines) = help.unwrap().split_once('\n').unwrap();
    lines.to_owned()
}

#[test]
fn the_warning_of_an_unknown_crate_shows_the_lines_that_teach_it() {
    let project = project("");
    let ran = project.run(&["plan"]).exits(0);
    snapbox::assert_data_eq!(
        ran.stderr,
        str![[r#"
warning[unknown-native]: what the crate `foo-sys` needs is not known
  |
  = note: foo-sys/build.rs:2: its build script runs programs in a way that is not followed
  = help: say in Cargo.toml which Debian packages it needs, a list may be empty:
          [package.metadata.dockerize.crates.foo-sys]
          build = ["…"]
          runtime = ["…"]

"#]]
    );
    let lines = lesson(&project.image(&[]), "unknown-native");
    assert_eq!(lines.lines().count(), 3, "{lines}");
    let own = project.read("Cargo.toml");
    project.write("Cargo.toml", &format!("{own}{lines}\n"));
    project
        .run(&["plan"])
        .refuses("debian-package")
        .says("`…` is not the name of a Debian package");
    let filled = lines
        .replacen("…", "libfoo-dev", 1)
        .replacen("…", "libfoo1", 1);
    project.write("Cargo.toml", &format!("{own}{filled}\n"));
    let ran = project.run(&["plan"]).exits(0);
    assert_eq!(ran.stderr, "");
    let image = project.image(&[]);
    assert_eq!(names(&image["builder"]["packages"]), ["libfoo-dev"]);
    assert_eq!(
        names(&image["runtime"]["libraries"]["packages"]),
        ["libfoo1"]
    );
    // A crate that needs nothing is taught with empty lists.
    let empty = lines.replace("\"…\"", "");
    project.write("Cargo.toml", &format!("{own}{empty}\n"));
    let ran = project.run(&["plan"]).exits(0);
    assert_eq!(ran.stderr, "");
    assert_eq!(project.image(&[])["build"]["libc"]["value"], "musl");
}

#[test]
fn native_build_tools_are_warned_of_with_the_lines_too() {
    let app = format!(
        "{}[build-dependencies]\ncc = {{ path = \"cc\" }}\n",
        manifest("app")
    );
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"app\"]\nresolver = \"2\"\n",
        )
        .file("app/Cargo.toml", &app.replace("\"cc\"", "\"../cc\""))
        .file("app/src/main.rs", MAIN)
        .file(
            "app/build.rs",
            "fn main() { cc::Build::new().cuda(true).compile(\"a\"); }\n",
        )
        .library("cc", "cc")
        .locked();
    let ran = project.run(&["plan"]).exits(0);
    let ran = ran
        .says("what the crate `app` needs is not known")
        .says("app/build.rs:1: its build script compiles for CUDA")
        .says("say in app/Cargo.toml");
    let lines = lesson(&project.image(&[]), "unknown-native").replace("\"…\"", "");
    let own = project.read("app/Cargo.toml");
    project.write(
        "app/Cargo.toml",
        &format!("{own}{lines}\ncompiles = \"c\"\n"),
    );
    let taught = project.run(&["plan"]).exits(0);
    assert!(ran.stderr.contains("unknown-native") && taught.stderr.is_empty());
    let image = project.image(&[]);
    assert_eq!(names(&image["builder"]["packages"]), ["musl-tools"]);
}

#[test]
fn conditions_that_always_hold_are_known() {
    for (condition, holds) in [("true", true), ("false", false), ("not(true)", false)] {
        let app = format!(
            "{}[target.'cfg({condition})'.dependencies]\nfoo-sys = {{ path = \"foo-sys\" }}\n",
            manifest("app")
        );
        let project = Project::empty()
            .file("Cargo.toml", &app)
            .file("src/main.rs", MAIN);
        let project = native(project, "foo-sys", "foo", "").locked();
        let ran = project.run(&["plan"]).exits(0);
        let is_seen = ran.stderr.contains("unknown-native");
        assert_eq!(is_seen, holds, "{condition}: {}", ran.stderr);
    }
}
