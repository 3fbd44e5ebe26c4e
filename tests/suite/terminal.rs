//! What reaches a terminal or a log: text of others is shown, and does nothing there.

use crate::project::{MAIN, Project, manifest};

/// Escape sequences for a title and a color, a bidirectional override, C1, and commands of GitHub's and
/// Azure's logs, each at the start of a line.
const HOSTILE: &str = "x\u{1b}[31mRED\u{1b}]0;pwned\u{7}\u{9b}2J\u{202e}\r::warning ::a\n::error file=a::pwned\n##[error]pwned\n##vso[task.setvariable variable=a]b";

/// Fails where `said` could do more than be read.
#[track_caller]
fn is_harmless(said: &str) {
    let is_ours = |char: char| char == '\n' || char == '\t';
    let active = |char: char| {
        (char.is_control() && !is_ours(char))
            || matches!(char, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let found: Vec<char> = said.chars().filter(|char| active(*char)).collect();
    assert!(found.is_empty(), "{found:?} in\n{said}");
    for line in said.lines() {
        assert!(!line.trim_start().starts_with("::"), "a command: {line}");
        assert!(
            !line.contains("##[") && !line.contains("##vso["),
            "a command: {line}"
        );
    }
}

/// Takes the styles that the program sets itself out of a colored text: `ESC [ digits ; digits m`.
///
/// What is left of an escape sequence of others would be found: none of ours has the parameters of
/// [`HOSTILE`]'s without bold, nor ends in anything else than `m`.
fn unstyled(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = behind.find(|char: char| !char.is_ascii_digit() && char != ';');
        match end.filter(|end| behind[*end..].starts_with('m')) {
            Some(end) => rest = &behind[end + 1..],
            None => {
                plain.push('\u{1b}');
                rest = behind;
            }
        }
    }
    plain + rest
}

/// Every way to print something about a project.
#[track_caller]
fn prints_nothing_active(project: &Project) {
    for arguments in [
        &["plan"] as &[&str],
        &["plan", "--verbose"],
        &["plan", "--format", "json"],
        &["--dry-run", "--verbose"],
        &["check"],
        &["explain", "evil-sys"],
        &["explain", "evil-sys", "--format", "json"],
        &["--verbose"],
    ] {
        let mut words = arguments.to_vec();
        words.extend(["--color", "always"]);
        let ran = project.run(&words);
        assert!([0, 1, 101].contains(&ran.code), "{words:?}: {ran:?}");
        let said = ran.stdout + &ran.stderr;
        assert!(!said.contains("\u{1b}[31mRED"), "{words:?}: {said:?}");
        is_harmless(&unstyled(&said));
    }
}

/// A program that depends on a crate whose manifest and build script are hostile.
fn with_dependency() -> Project {
    let links = serde_json::to_string(HOSTILE)
        .unwrap()
        .replace('\u{9b}', "\\u009b");
    // What the script does is not plain, so that what is seen of the crate is shown.
    let script = format!(
        "fn main() {{\n    std::process::Command::new({HOSTILE:?}).status();\n    pkg_config::probe_library({HOSTILE:?});\n}}\n"
    );
    Project::empty()
        .file(
            "Cargo.toml",
            &format!(
                "{}[dependencies]\nevil-sys = {{ path = \"dep\" }}\n",
                manifest("app")
            ),
        )
        .file("src/main.rs", "fn main() { evil_sys::run() }\n")
        .file(
            "dep/Cargo.toml",
            &format!(
                "{}build = \"build.rs\"\nlinks = {links}\n",
                manifest("evil-sys")
            ),
        )
        .file("dep/build.rs", &script)
        .file("dep/src/lib.rs", "pub fn run() {}\n")
        .locked()
}

#[test]
fn links_of_a_dependency() {
    let project = with_dependency();
    prints_nothing_active(&project);
    let ran = project.run(&["plan"]).exits(0);
    let said = ran.stdout + &ran.stderr;
    assert!(
        said.contains(r"x\u{1b}[31mRED\u{1b}]0;pwned\u{7}"),
        "{said}"
    );
}

#[test]
fn literals_names_and_settings() {
    let text = serde_json::to_string(HOSTILE).unwrap();
    let rust = format!("{HOSTILE:?}");
    for lines in [
        format!("description = {text}\n"),
        format!("[package.metadata.dockerize]\nenv = {{ A = {text} }}\n"),
        format!("[package.metadata.dockerize]\nruntime = {text}\n"),
        format!("[package.metadata.dockerize]\nassets = [{text}]\n"),
        format!("[package.metadata.dockerize]\n{text} = 1\n"),
        format!("[package.metadata.dockerize.crates.{text}]\nbuild = [\"x\"]\n"),
        format!("[profile.release]\n{text} = 1\n"),
    ] {
        let project = Project::empty()
            .file("Cargo.toml", &format!("{}{lines}", manifest("app")))
            .file("src/main.rs", MAIN);
        prints_nothing_active(&project);
    }
    // What the program's code opens, embeds, listens on and asks for.
    let code = format!(
        "fn main() {{\n    let _ = std::fs::read({rust});\n    let _ = std::env::var({rust});\n    let _ = std::net::TcpListener::bind({rust});\n    let _ = tower_http::services::ServeDir::new({rust});\n    include_dir!({rust});\n}}\n"
    );
    let project = Project::single().file("src/main.rs", &code);
    prints_nothing_active(&project);
}

#[test]
fn names_of_files() {
    // A name has no slash.
    let name = HOSTILE.replace('/', "");
    let project = Project::single()
        .file(&format!("{name}.txt"), "x")
        .file(&format!("::error ::{name}/config.toml"), "x");
    let code = format!(
        "fn main() {{ include_str!({:?}); }}\n",
        format!("../{name}.txt")
    );
    let project = project.file("src/main.rs", &code);
    prints_nothing_active(&project);
}

#[test]
fn files_that_are_shown() {
    // The lines of a manifest, a template and a Dockerfile of the project are shown where they are wrong.
    let project = Project::single().file("Dockerfile", HOSTILE);
    prints_nothing_active(&project);
    let settings = "[package.metadata.dockerize]\ntemplate = \"t.hbs\"\n";
    for text in [
        format!("{{{{> dockerfile}}}} {HOSTILE} {{{{no_such_helper 1}}}}\n"),
        format!("FROM scratch\n# {HOSTILE}\n{{{{ runtime.imgae }}}}"),
        format!("FROM scratch\n{HOSTILE}\n"),
        format!("FROM scratch\n{{{{lookup {HOSTILE}"),
    ] {
        prints_nothing_active(&Project::with(settings).file("t.hbs", &text));
    }
    let broken = format!("{}# {HOSTILE}\nx = [\n", manifest("app"));
    prints_nothing_active(&Project::single().file("Cargo.toml", &broken));
    let config = format!("# {HOSTILE}\n[build]\nx = [\n");
    prints_nothing_active(&Project::single().file(".cargo/config.toml", &config));
}

#[test]
fn arguments_and_variables() {
    let project = Project::single();
    for arguments in [
        &["--strategy", HOSTILE] as &[&str],
        &["--output", HOSTILE],
        &["--bin", HOSTILE],
        &["explain", HOSTILE],
        &["templates", "eject", HOSTILE],
        &[HOSTILE],
    ] {
        let ran = project.run(arguments);
        assert_ne!(ran.code, 0, "{arguments:?}");
        is_harmless(&(ran.stdout + &ran.stderr));
    }
    let ran = project.run_with(&["plan"], &[("CARGO_DOCKERIZE_STRATEGY", HOSTILE)]);
    is_harmless(&(ran.stdout + &ran.stderr));
}

#[test]
fn json_keeps_its_meaning() {
    let project = with_dependency();
    let ran = project.run(&["plan", "--format", "json"]).exits(0);
    let plan: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let found = plan.to_string();
    assert!(
        found.contains("pwned"),
        "the case says nothing any more: {found}"
    );
}

#[test]
fn the_next_command_is_quoted() {
    let project = Project::single();
    let name = "my $(id) 'x'.Dockerfile";
    let ran = project.run(&["--output", name]).exits(0);
    ran.says(r"docker build -f 'my $(id) '\''x'\''.Dockerfile' -t app .");
}
