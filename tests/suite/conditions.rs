//! What a compile asks of the machine that it runs on.

use serde_json::Value;

use crate::dockerfile::parse;
use crate::engine::{Image, turn};
use crate::project::{MAIN, Project};

fn found<'a>(image: &'a Value, code: &str) -> Option<&'a Value> {
    let mut diagnostics = image["diagnostics"].as_array().unwrap().iter();
    diagnostics.find(|diagnostic| diagnostic["code"] == code)
}

#[test]
fn queries_without_recorded_answers() {
    let main = |code: &str| format!("fn main() {{\n    {code};\n}}\n");
    for code in [
        "sqlx::query!(\"SELECT 1\")",
        "sqlx::query_as!(Row, \"SELECT 1\")",
        "query_scalar!(\"SELECT 1\")",
        "sqlx::query_file!(\"a.sql\")",
        "sqlx::query_as_unchecked!(Row, \"SELECT 1\")",
    ] {
        let project = Project::with_crates_in("dependencies", &["sqlx"], &main(code));
        let image = project.image(&[]);
        let warning = found(&image, "sqlx-queries").unwrap_or_else(|| panic!("nothing for {code}"));
        assert_eq!(warning["severity"], "warning");
        assert_eq!(warning["location"]["path"], "src/main.rs");
        assert_eq!(warning["location"]["line"], 2);
        assert_eq!(
            warning["help"][0],
            "cargo sqlx prepare --workspace, and commit the folder"
        );
        project.write(".sqlx/query-1.json", "{}");
        assert_eq!(found(&project.image(&[]), "sqlx-queries"), None);
    }
    for code in [
        "sqlx::query(\"SELECT 1\")",
        "println!(\"query!\")",
        "sqlx::migrate!(\"./m\")",
    ] {
        let project = Project::with_crates_in("dependencies", &["sqlx"], &main(code));
        assert_eq!(found(&project.image(&[]), "sqlx-queries"), None, "{code}");
    }
    let project =
        Project::with_crates_in("dependencies", &["diesel"], &main("query!(\"SELECT 1\")"));
    assert_eq!(found(&project.image(&[]), "sqlx-queries"), None);
}

#[test]
fn git_version_needs_a_fallback() {
    let main = |arguments: &str| {
        format!(
            "use git_version::git_version;\n\n\n\n\n\nconst V: &str = git_version!({arguments});\nfn main() {{}}\n"
        )
    };
    let project = Project::with_crates_in(
        "dependencies",
        &["git-version"],
        &main("args = [\"--always\"]"),
    );
    let image = project.image(&[]);
    assert_eq!(found(&image, "git-version").unwrap()["location"]["line"], 7);
    for other in ["fallback = \"unknown\"", "cargo_suffix = \"-dev\""] {
        let image =
            Project::with_crates_in("dependencies", &["git-version"], &main(other)).image(&[]);
        assert_eq!(found(&image, "git-version"), None);
        let note = &found(&image, "build-git").unwrap()["notes"][0];
        assert_eq!(note, "src/main.rs:7: `git_version!` says its fallback");
    }
}

const SCRIPT: &str = r#"use std::process::Command;
fn main() {
    let version = std::env::var("APP_VERSION").or_else(|_| from_git());
    let _ = std::env::var("CARGO_PKG_VERSION");
    let _ = std::env::var("TARGET");
    let _ = std::env::var("DATABASE_URL");
}
fn from_git() -> Option<String> {
    Command::new("git").args(["describe", "--tags"]).output().ok()
}
"#;

#[test]
fn a_build_script_that_asks_git_gets_an_argument() {
    let project = Project::single().file("build.rs", SCRIPT);
    let image = project.image(&["--libc", "glibc"]);
    let arguments = image["builder"]["arguments"].as_array().unwrap();
    assert_eq!(arguments.len(), 2);
    assert_eq!(arguments[1]["value"], "DATABASE_URL");
    assert_eq!(arguments[0]["value"], "APP_VERSION");
    assert_eq!(arguments[0]["because"][0]["origin"]["line"], 3);
    let note = found(&image, "build-git").unwrap();
    assert_eq!(note["severity"], "note");
    assert_eq!(note["notes"][0], "build.rs:9: the build script runs git");
    assert_eq!(
        note["help"][0],
        "docker build --build-arg APP_VERSION=\"$(git describe --always --tags)\" …"
    );
    // Behind the dependencies, directly in front of the program's own build.
    for strategy in ["layers", "mounts", "hybrid"] {
        let text = project.dockerfile(&["--libc", "glibc", "--strategy", strategy]);
        let instructions = parse(&text);
        let at = instructions
            .iter()
            .position(|i| i.kind == "ARG" && i.text == "APP_VERSION")
            .unwrap();
        let next = instructions[at..].iter().find(|i| i.kind != "ARG").unwrap();
        assert_eq!(next.kind, "RUN", "{text}");
        let builds = |i: &&crate::dockerfile::Instruction| i.text.contains("cargo build");
        assert_eq!(
            instructions[at..].iter().filter(builds).count(),
            1,
            "{text}"
        );
        assert!(!project.read("Dockerfile.dockerignore").contains("!.git\n"));
    }
}

#[test]
fn a_build_script_without_git_has_nothing_said_of_git() {
    let script = "fn main() { let _ = std::env::var(\"APP_VERSION\"); }\n";
    let image = Project::single().file("build.rs", script).image(&[]);
    assert_eq!(image["builder"]["arguments"][0]["value"], "APP_VERSION");
    assert_eq!(found(&image, "build-git"), None);
    let image = Project::single().file("src/main.rs", SCRIPT).image(&[]);
    assert_eq!(found(&image, "build-git"), None);
}

#[test]
fn vergen_gets_the_variables_that_the_code_reads() {
    let main = "fn main() {\n    println!(\"{} {:?}\", env!(\"VERGEN_GIT_SHA\"), option_env!(\"VERGEN_GIT_BRANCH\"));\n    let _ = env!(\"VERGEN_BUILD_DATE\");\n}\n";
    let project = Project::with_crates_in("build-dependencies", &["vergen-gitcl"], main)
        .file("build.rs", "fn main() {}\n");
    let image = project.image(&[]);
    let arguments: Vec<_> = image["builder"]["arguments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|argument| argument["value"].as_str().unwrap())
        .collect();
    assert_eq!(arguments, ["VERGEN_GIT_BRANCH", "VERGEN_GIT_SHA"]);
    let help = found(&image, "build-git").unwrap()["help"][0]
        .as_str()
        .unwrap();
    assert_eq!(
        help,
        "docker build --build-arg VERGEN_GIT_BRANCH=\"$(git branch --show-current)\" --build-arg VERGEN_GIT_SHA=\"$(git rev-parse HEAD)\" …"
    );
    let other = Project::single().file("src/main.rs", main).image(&[]);
    assert_eq!(other["builder"]["arguments"], serde_json::json!([]));
}

#[test]
fn names_of_arguments_are_never_instructions() {
    for name in [
        "A_VERSION=1\\nRUN id",
        "$GIT_SHA",
        "a_version",
        "A VERSION",
        "VERSION\\u{0}",
    ] {
        let script = format!("fn main() {{ let _ = std::env::var(\"{name}\"); run(\"git\"); }}\n");
        let image = Project::single().file("build.rs", &script).image(&[]);
        assert_eq!(
            image["builder"]["arguments"],
            serde_json::json!([]),
            "{name}"
        );
        assert!(found(&image, "build-git").is_some());
    }
}

#[test]
fn downloads_are_told() {
    let project = Project::with_crates_in("build-dependencies", &["ureq"], MAIN)
        .file("build.rs", "fn main() { ureq::name(); }\n");
    let image = project.image(&[]);
    let note = found(&image, "build-network").unwrap();
    assert_eq!(note["notes"][0], "the build script of `app` has `ureq`");
    let project = Project::with_crates_in("dependencies", &["utoipa-swagger-ui"], MAIN);
    let note = project.image(&[]);
    let note = found(&note, "build-network").unwrap()["notes"][0]
        .as_str()
        .unwrap();
    assert!(note.starts_with("crate utoipa-swagger-ui 0.1.0"), "{note}");
    // Without a build script, and as a dependency of the program.
    for (kind, names) in [("build-dependencies", ["ureq"]), ("dependencies", ["ureq"])] {
        let image = Project::with_crates_in(kind, &names, MAIN).image(&[]);
        assert_eq!(found(&image, "build-network"), None, "{kind}");
    }
}

#[test]
#[ignore = "needs a Docker engine"]
fn an_argument_reaches_the_build_script_and_is_not_needed() {
    let _turn = turn();
    let script = "fn main() {\n    let version = std::env::var(\"APP_VERSION\").or_else(|_| git()).unwrap_or(\"unknown\".into());\n    println!(\"cargo:rustc-env=V={version}\");\n}\nfn git() -> Result<String, std::io::Error> {\n    std::process::Command::new(\"git\").arg(\"describe\").output().map(|o| String::from_utf8_lossy(&o.stdout).into())\n}\n";
    let project = Project::single().file("build.rs", script).file(
        "src/main.rs",
        "fn main() { print!(\"{}\", env!(\"V\")); }\n",
    );
    project.generate(&["--libc", "glibc"]);
    // The engine has another compiler than the one the tests pretend to have.
    let version = "--build-arg=RUST_VERSION=1";
    let image = Image::build(&project, "argument", &[version]);
    assert_eq!(image.prints(&[]), "unknown");
    let image = Image::build(
        &project,
        "argument",
        &[version, "--build-arg=APP_VERSION=v1.2"],
    );
    assert_eq!(image.prints(&[]), "v1.2");
}
