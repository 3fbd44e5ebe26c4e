//! What `check` says to machines.

use serde_json::{Value, json};

use crate::project::{Project, manifest};

const SERVER: &str =
    "fn main() {\n    std::net::TcpListener::bind(\"127.0.0.1:8080\").unwrap();\n}\n";

/// A server that nobody can reach, whose files are older than its port.
fn outdated() -> Project {
    let project = Project::empty()
        .file("Cargo.toml", &manifest("app"))
        .file("src/main.rs", &SERVER.replace("8080", "9090"))
        .locked();
    project.generate(&[]);
    project.file("src/main.rs", SERVER)
}

#[test]
fn json_is_one_object() {
    let project = outdated();
    let ran = project.run(&["check", "--format", "json"]).exits(1);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(found["drift"], true);
    assert_eq!(
        found["findings"][0],
        json!({
            "code": "drift",
            "severity": "error",
            "message": "Dockerfile is outdated",
            "file": "Dockerfile",
            "line": 1,
            "help": ["cargo dockerize"],
        })
    );
    let findings = found["findings"].as_array().unwrap();
    let loopback = findings.iter().find(|found| found["code"] == "loopback");
    let loopback = loopback.unwrap();
    assert_eq!(
        (&loopback["file"], &loopback["line"]),
        (&json!("src/main.rs"), &json!(2))
    );
    project.generate(&[]);
    let ran = project.run(&["check", "--format", "json"]).exits(0);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(found["drift"], false);
}

#[test]
fn github_gets_a_line_for_each() {
    let ran = outdated().run(&["check", "--format", "github"]).exits(1);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        lines[0],
        "::error file=Dockerfile,line=1,title=cargo-dockerize%3A drift::Dockerfile is outdated%0Ahelp: cargo dockerize"
    );
    let loopback = "::warning file=src/main.rs,line=2,title=cargo-dockerize%3A loopback::`127.0.0.1:8080` cannot be";
    assert!(
        lines.iter().any(|line| line.starts_with(loopback)),
        "{}",
        ran.stdout
    );
    assert!(
        lines.iter().all(|line| line.starts_with("::")),
        "{}",
        ran.stdout
    );
}

#[test]
fn no_name_of_a_file_begins_a_command_of_github() {
    let odd = "src/a,b%0A::error::x.rs";
    let target = format!("[[bin]]\nname = \"app\"\npath = \"{odd}\"\n");
    let project = Project::empty()
        .file("Cargo.toml", &format!("{}{target}", manifest("app")))
        .file(odd, SERVER)
        .locked();
    let ran = project.run(&["check", "--format", "github"]).exits(1);
    let loopback = "::warning file=src/a%2Cb%250A%3A%3Aerror%3A%3Ax.rs,line=2,title=cargo-dockerize%3A loopback::";
    assert!(ran.stdout.contains(loopback), "{}", ran.stdout);
    let mut lines = ran.stdout.lines();
    assert!(lines.all(|line| line.starts_with("::") && !line.starts_with("::error::")));
}

#[test]
fn gitlab_gets_a_report() {
    let ran = outdated().run(&["check", "--format", "gitlab"]).exits(1);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let entries = report.as_array().unwrap();
    assert_eq!(entries[0]["check_name"], "drift");
    assert_eq!(entries[0]["severity"], "major");
    assert_eq!(
        entries[0]["location"],
        json!({ "path": "Dockerfile", "lines": { "begin": 1 } })
    );
    let mut prints: Vec<&Value> = entries.iter().map(|entry| &entry["fingerprint"]).collect();
    prints.dedup();
    assert_eq!(prints.len(), entries.len());
}

#[test]
fn files_are_named_from_where_the_command_runs() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nresolver = \"2\"\nmembers = [\"a\"]\n",
        )
        .program("a", "a")
        .locked();
    let ran = project.run_in("a", &["check", "--format", "json"]).exits(1);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(found["findings"][0]["file"], "../Dockerfile");
}
