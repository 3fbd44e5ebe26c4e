//! Text of others in files of ours: it stays a value, or it is refused.

use crate::dockerfile::{Instruction, kinds, pairs, parse};
use crate::project::{MAIN, Project};
use crate::stages::Stages;

/// What a Dockerfile of a program without dependencies consists of.
const PLAIN: &[&str] = &[
    "ARG",
    "FROM",
    "WORKDIR",
    "COPY",
    "RUN",
    "FROM",
    "WORKDIR",
    "RUN",
    "COPY",
    "RUN",
    "COPY",
    "RUN",
    "FROM",
    "LABEL",
    "WORKDIR",
    "COPY",
    "ENV",
    "USER",
    "ENTRYPOINT",
];

/// As [`PLAIN`], where no target has to be added.
const GLIBC: &[&str] = &[
    "ARG",
    "FROM",
    "WORKDIR",
    "COPY",
    "RUN",
    "FROM",
    "WORKDIR",
    "COPY",
    "RUN",
    "COPY",
    "RUN",
    "FROM",
    "LABEL",
    "COPY",
    "USER",
    "ENTRYPOINT",
];

fn hostile(lines: &str) -> Project {
    Project::empty()
        .file(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n{lines}\n"
            ),
        )
        .file("src/main.rs", MAIN)
        .locked()
}

fn instructions(project: &Project, arguments: &[&str]) -> Vec<Instruction> {
    parse(&project.dockerfile(arguments))
}

fn labels(instructions: &[Instruction]) -> Vec<(String, String)> {
    instructions
        .iter()
        .filter(|instruction| instruction.kind == "LABEL")
        .flat_map(|instruction| pairs(&instruction.text))
        .map(|(name, value)| (name.replace("org.opencontainers.image.", ""), value))
        .collect()
}

#[test]
fn a_plain_project_has_the_plain_instructions() {
    assert_eq!(kinds(&instructions(&Project::single(), &[])), PLAIN);
}

#[test]
fn descriptions_stay_labels() {
    let texts = [
        ("line\nRUN rm -rf /\n", "line RUN rm -rf /"),
        ("a\\\nUSER root", "a\\ USER root"),
        ("end\"\nRUN id", "end\" RUN id"),
        ("\" other=\"x", "\" other=\"x"),
        ("$HOME ${PATH:-x} $(id) `id`", "$HOME ${PATH:-x} $(id) `id`"),
        ("back\\slash\\", "back\\slash\\"),
        ("it's # no comment", "it's # no comment"),
        ("<<EOF\nRUN id\nEOF", "<<EOF RUN id EOF"),
        (
            "tab\there\r\nnext\u{85}line\u{2028}end",
            "tab here next line end",
        ),
        ("null\u{0}bell\u{7}esc\u{1b}[31m", "nullbellesc[31m"),
        (
            "{{why}} {{{binary}}} {{> build}}",
            "{{why}} {{{binary}}} {{> build}}",
        ),
        ("日本語 <b>&amp;</b>", "日本語 <b>&amp;</b>"),
        ("\u{202e}txt.exe", "txt.exe"),
    ];
    for (text, expected) in texts {
        let quoted = serde_json::to_string(text).unwrap().replace('\u{7f}', "");
        let project = hostile(&format!("description = {quoted}"));
        let instructions = instructions(&project, &[]);
        assert_eq!(kinds(&instructions), PLAIN, "{text:?}");
        let labels = labels(&instructions);
        assert_eq!(labels.len(), 3, "{text:?}: {labels:?}");
        let description = labels.iter().find(|(name, _)| name == "description");
        assert_eq!(description.unwrap().1, expected);
    }
}

#[test]
fn the_other_texts_of_the_manifest_stay_labels() {
    let value = "\"x\\\"\\nRUN id\\n$HOME `id` \\\\\"";
    for key in ["license", "repository", "homepage", "documentation"] {
        let project = hostile(&format!("{key} = {value}"));
        let instructions = instructions(&project, &[]);
        assert_eq!(kinds(&instructions), PLAIN, "{key}");
        let labels = labels(&instructions);
        assert!(
            labels
                .iter()
                .any(|(_, value)| value == "x\" RUN id $HOME `id` \\"),
            "{key}: {labels:?}"
        );
    }
}

#[test]
fn the_summary_shows_no_escape_sequence() {
    let project = hostile(
        "description = \"\\u001b[2J\\u0007\"\n[package.metadata.dockerize]\ncmd = [\"\\u001b[2J\"]",
    );
    let ran = project.run(&["--verbose"]);
    let said = ran.stdout + &ran.stderr;
    assert!(!said.contains(['\u{1b}', '\u{7}']), "{said:?}");
    let ran = project.run(&["plan"]);
    let said = ran.stdout + &ran.stderr;
    assert!(!said.contains(['\u{1b}', '\u{7}']), "{said:?}");
}

#[test]
fn environment_values_stay_values() {
    let values = [
        ("a  b   c ", "a  b   c "),
        ("\\\" B=\\\"c", "\" B=\"c"),
        ("$HOME $(id) `id`", "$HOME $(id) `id`"),
        ("\\\\", "\\"),
        ("", ""),
    ];
    for (value, expected) in values {
        let project = hostile(&format!(
            "[package.metadata.dockerize]\nenv = {{ NAME = \"{value}\" }}"
        ));
        let ran = project.run(&[]);
        if ran.code == 101 {
            continue; // a clear refusal is as good
        }
        let instructions = parse(&project.read("Dockerfile"));
        let set = instructions.iter().filter(|i| i.kind == "ENV");
        let set: Vec<_> = set.flat_map(|i| pairs(&i.text)).collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(set, [pair("HOME", "/app"), pair("NAME", expected)]);
    }
}

#[test]
fn environment_names_stay_names() {
    for name in [
        "A=1 B",
        "A\\nRUN id\\n",
        "A B",
        "",
        "$X",
        "A\\\"",
        "A#",
        "-e",
    ] {
        let project = hostile(&format!(
            "[package.metadata.dockerize.env]\n\"{name}\" = \"v\""
        ));
        let ran = project.run(&[]);
        assert!(
            ran.code == 101 && ran.stderr.contains("error["),
            "the name {name:?} is not the name of a variable, and was taken: {}",
            project.read("Dockerfile")
        );
        assert!(!project.has("Dockerfile"));
    }
}

#[test]
fn images_are_references_or_refused() {
    for image in [
        "rust AS x\\nRUN id",
        "rust\\nRUN id",
        "--platform=linux/arm64 rust",
        "rust $(id)",
        "${X}",
        "rust\\\"",
        "",
        " ",
        "-x",
        "rust:1 # x",
        "rüst",
    ] {
        for key in ["builder-image", "runtime"] {
            let project = hostile(&format!(
                "[package.metadata.dockerize]\n{key} = \"{image}\""
            ));
            project.run(&[]).refuses("image-reference");
            assert!(!project.has("Dockerfile"));
        }
    }
}

#[test]
fn packages_are_names_or_refused() {
    for package in [
        "-y",
        "a b",
        "x;id",
        "$(id)",
        "a\\nRUN id",
        "x=1",
        "",
        "--allow-unauthenticated",
        "/etc",
    ] {
        let project = hostile(&format!(
            "[package.metadata.dockerize]\nbuild-packages = [\"{package}\"]"
        ));
        project.run(&[]).refuses("debian-package");
    }
}

#[test]
fn profiles_and_outputs_with_line_breaks_are_refused() {
    for key in ["profile", "output"] {
        let project = hostile(&format!(
            "[package.metadata.dockerize]\n{key} = \"a\\nRUN id\""
        ));
        let ran = project.run(&[]).exits(101);
        assert!(ran.stderr.contains("error["), "{}", ran.stderr);
        assert!(!project.has("Dockerfile"));
    }
}

#[test]
fn an_output_with_odd_characters_stays_a_comment() {
    let project = hostile("");
    project
        .run(&["--output", "my $(id) 'x'.Dockerfile"])
        .exits(0);
    let text = project.read("my $(id) 'x'.Dockerfile");
    assert_eq!(kinds(&parse(&text)), PLAIN);
    project
        .run(&["check", "--output", "my $(id) 'x'.Dockerfile"])
        .exits(0);
    project
        .run(&["--output", "a\nRUN id"])
        .refuses("control-character");
}

#[test]
fn features_with_odd_names() {
    let project = hostile("[features]\n\"a+b.c\" = []\n\"_x-1\" = []\n\"0\" = []");
    let text = project.instructions(&["--features", "a+b.c,_x-1 0"]);
    assert!(text.contains("--features a+b.c,_x-1,0"), "{text}");
    for feature in ["x;id", "$(id)", "a\nRUN id", "--config=x", "'"] {
        let project = hostile("");
        let ran = project.run(&[&format!("--features={feature}")]);
        if ran.code == 0 {
            let instructions = parse(&project.read("Dockerfile"));
            assert_eq!(kinds(&instructions), PLAIN, "{feature}");
            let text = project.read("Dockerfile");
            assert!(text.contains('\''), "{feature} is not quoted: {text}");
        } else {
            assert!(ran.stderr.contains("error["), "{}", ran.stderr);
        }
    }
}

#[test]
fn binaries_with_odd_names() {
    // cargo takes these; what it refuses is not our business.
    for name in [
        "my app", "a$b", "it's", "x;id", "(y)", "a#b", "ü", "a&&b", "-x", "a[1]", "`id`", "a!b",
        "%s",
    ] {
        let quoted = serde_json::to_string(name).unwrap();
        let project = Project::empty()
            .file(
                "Cargo.toml",
                &format!(
                    "{}[[bin]]\nname = {quoted}\npath = \"src/main.rs\"\n",
                    crate::project::manifest("app")
                ),
            )
            .file("src/main.rs", MAIN);
        let output = std::process::Command::new(env!("CARGO"))
            .args(["generate-lockfile", "--offline"])
            .env("CARGO_HOME", project.cargo_home())
            .current_dir(project.root())
            .output()
            .unwrap();
        if !output.status.success() {
            project.run(&[]).refuses("cargo-metadata");
            continue;
        }
        let ran = project.run(&["--libc", "glibc"]);
        if ran.code == 101 {
            assert!(ran.stderr.contains("error["), "{name}: {}", ran.stderr);
            continue;
        }
        let instructions = parse(&project.read("Dockerfile"));
        assert_eq!(kinds(&instructions), GLIBC, "{name}");
        let entrypoint = &instructions.last().unwrap().text;
        let words: Vec<String> = serde_json::from_str(entrypoint).unwrap();
        assert_eq!(words, [format!("/usr/local/bin/{name}")]);
    }
}

pub(crate) const NAMES: &[&str] = &[
    "two words",
    "$HOME",
    "a[1]",
    "#hash",
    "b!ang",
    "ünï-日本",
    "semi;colon",
    "paren(1)",
    "per%cent",
    "tick`id`",
    "a&b",
    "~tilde",
    "a,b",
    "--flag",
    "plus+",
    "dot.",
];

/// A program that embeds files of these names, at the top and in a folder; what it prints.
pub(crate) fn embedding(names: &[&str]) -> (Project, String) {
    let project = Project::empty().file("Cargo.toml", &crate::project::manifest("app"));
    let mut main = String::from("fn main() {\n");
    for (at, name) in names.iter().enumerate() {
        project.write(&format!("{name}.txt"), &format!("{at}-top "));
        project.write(&format!("assets/{name}/{name}"), &format!("{at}-deep "));
        for path in [format!("../{name}.txt"), format!("../assets/{name}/{name}")] {
            let path = serde_json::to_string(&path).unwrap();
            main.push_str(&format!("    print!(\"{{}}\", include_str!({path}));\n"));
        }
    }
    project.write("src/main.rs", &(main + "}\n"));
    let expected = (0..names.len()).map(|at| format!("{at}-top {at}-deep "));
    (project.locked(), expected.collect())
}

#[track_caller]
fn embeds(names: &[&str]) {
    let (project, expected) = embedding(names);
    let stages = Stages::build(&project, &["--libc", "glibc"]);
    assert_eq!(stages.output(), expected);
}

#[test]
fn embedded_files_with_odd_names_reach_the_compile() {
    embeds(NAMES);
}

#[test]
fn embedded_files_with_braces_reach_the_compile() {
    embeds(&["{brace}", "a{}b"]);
}

/// Names that no form of `COPY` can say on every builder.
const UNSPEAKABLE: &[&str] = &[
    "it's",
    "say \"x\"",
    "!bang",
    "back\\slash",
    "star*",
    "what?",
    "<<EOF",
];

#[test]
fn files_that_no_copy_can_name_are_refused() {
    for name in UNSPEAKABLE {
        let (project, _) = embedding(&[name]);
        project.run(&[]).refuses("path-character");
        assert!(!project.has("Dockerfile"), "{name}");
    }
}

fn member(name: &str) {
    let quoted = serde_json::to_string(name).unwrap();
    let path = serde_json::to_string(&format!("../{name}")).unwrap();
    let project = Project::empty()
        .file(
            "Cargo.toml",
            &format!("[workspace]\nmembers = [\"app\", {quoted}]\nresolver = \"2\"\n"),
        )
        .program("app", "app")
        .library(name, "odd");
    let manifest = format!(
        "{}[dependencies]\nodd = {{ path = {path} }}\n",
        project.read("app/Cargo.toml")
    );
    let project = project
        .file("app/Cargo.toml", &manifest)
        .file(
            "app/src/main.rs",
            "fn main() { print!(\"{}\", odd::name()); }\n",
        )
        .locked();
    let needed = [format!("{name}/src/lib.rs"), format!("{name}/Cargo.toml")];
    let needed: Vec<&str> = needed.iter().map(String::as_str).collect();
    crate::dockerfile::check_context(&project, &[], &needed);
}

#[test]
fn members_with_odd_names_reach_the_compile() {
    // cargo takes the others for patterns.
    for name in NAMES
        .iter()
        .filter(|name| !name.contains(['*', '?', '[']) && !STARTS.contains(name))
    {
        member(name);
    }
}

/// Names that are something else at the start of a word.
const STARTS: &[&str] = &["--flag", "<<EOF"];

#[test]
fn members_with_names_that_start_something_else_reach_the_compile_or_are_refused() {
    for name in STARTS {
        if UNSPEAKABLE.contains(name) {
            continue;
        }
        member(name);
    }
}

#[track_caller]
fn target(path: &str) {
    let quoted = serde_json::to_string(path).unwrap();
    let project = Project::empty()
        .file(
            "Cargo.toml",
            &format!(
                "{}[[bin]]\nname = \"app\"\npath = {quoted}\n",
                crate::project::manifest("app")
            ),
        )
        .file(path, "fn main() { print!(\"odd\"); }\n")
        .locked();
    crate::dockerfile::check_context(&project, &[], &[path]);
    let stages = Stages::build(&project, &["--libc", "glibc"]);
    assert_eq!(stages.output(), "odd", "{path}");
}

#[test]
fn targets_with_odd_paths_reach_the_compile() {
    for path in ["my src/main file.rs", "$x/a[1].rs", "ü/!m.rs", "#/;id.rs"] {
        target(path);
    }
}

#[test]
fn targets_that_no_copy_can_name_are_refused() {
    for folder in ["it's", "\"q\""] {
        let path = format!("{folder}/main.rs");
        let quoted = serde_json::to_string(&path).unwrap();
        let manifest = crate::project::manifest("app");
        let project = Project::empty()
            .file(
                "Cargo.toml",
                &format!("{manifest}[[bin]]\nname = \"app\"\npath = {quoted}\n"),
            )
            .file(&path, "fn main() {}\n")
            .locked();
        project.run(&[]).refuses("path-character");
    }
}
