//! The plan as JSON: its shape, its evidence, and recorded plans and files of whole projects.
//!
//! A case is a folder of `tests/cases`: the project in `in/`, the arguments in `arguments` (one a line,
//! if there are any), what is put into cargo's home in `home/`, and what is expected beside it, as real
//! files that can be linted.
//! `SNAPSHOTS=overwrite cargo test --test suite` records them anew. The version of Rust in them is that
//! of `tests/tools/rustc`, not of the machine.

use std::path::{Path, PathBuf};

use serde_json::Value;
use snapbox::{Assert, Data, data::DataFormat};

use crate::dockerfile::check_context;
use crate::project::{Project, copy_tree};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

/// The project of a case, and its arguments.
pub(crate) fn case(name: &str) -> (Project, Vec<String>) {
    let folder = cases().join(name);
    let arguments = std::fs::read_to_string(folder.join("arguments")).unwrap_or_default();
    let arguments = arguments.lines().map(str::to_owned).collect();
    let project = Project::copy_of(&folder.join("in"), name);
    if folder.join("home").exists() {
        copy_tree(&folder.join("home"), &project.cargo_home());
    }
    (project, arguments)
}

#[track_caller]
fn recorded(name: &str) {
    let (project, arguments) = case(name);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let plan = project.plan(&arguments);
    evidence(&plan, "plan");
    check_context(&project, &arguments, &[]);
    project
        .run(&[&["check"], arguments.as_slice()].concat())
        .exits(0);
    let folder = cases().join(name);
    let plan = serde_json::to_string_pretty(&plan).unwrap() + "\n";
    let texts = [
        ("Dockerfile", project.read("Dockerfile")),
        (
            "Dockerfile.dockerignore",
            project.read("Dockerfile.dockerignore"),
        ),
        ("plan.json", plan),
    ];
    for (file, text) in texts {
        let expected = Data::read_from(&folder.join(file), Some(DataFormat::Text));
        Assert::new()
            .action_env("SNAPSHOTS")
            .eq(text, expected.raw());
    }
}

/// Asserts that every decision has evidence, and every piece of it a fact and an origin.
fn evidence(value: &Value, place: &str) {
    match value {
        Value::Object(keys) => {
            if let Some(because) = keys.get("because") {
                let because = because
                    .as_array()
                    .unwrap_or_else(|| panic!("{place}.because"));
                assert!(!because.is_empty(), "{place} has no evidence");
                for evidence in because {
                    assert_ne!(evidence["fact"], "", "{place}");
                    assert!(evidence["fact"].is_string(), "{place}");
                    assert!(evidence["origin"]["kind"].is_string(), "{place}");
                }
            } else {
                assert!(
                    !keys.contains_key("value") || keys.contains_key("name"),
                    "{place} is a value without evidence"
                );
            }
            for (key, value) in keys {
                evidence(value, &format!("{place}.{key}"));
            }
        }
        Value::Array(values) => {
            for (at, value) in values.iter().enumerate() {
                evidence(value, &format!("{place}[{at}]"));
            }
        }
        _ => {}
    }
}

#[test]
fn the_shape() {
    let plan = Project::single().plan(&[]);
    let keys =
        |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(keys(&plan), ["images", "version"]);
    assert_eq!(plan["version"], 1);
    assert_eq!(
        keys(&plan["images"][0]),
        [
            "binary",
            "build",
            "builder",
            "caching",
            "context",
            "diagnostics",
            "files",
            "front_end",
            "name",
            "package",
            "platforms",
            "private",
            "runtime",
            "settings",
            "skeleton",
            "templates"
        ]
    );
}

#[test]
fn the_json_is_all_that_is_on_standard_output() {
    let project = Project::empty().program(".", "app");
    let ran = project.run(&["plan", "--format", "json"]).exits(0);
    assert!(ran.stdout.starts_with("{\n") && ran.stdout.ends_with("}\n"));
    serde_json::from_str::<Value>(&ran.stdout).unwrap();
    assert!(!project.has("Dockerfile"));
}

#[test]
fn the_plan_for_people_names_every_decision() {
    let project = Project::single();
    let ran = project.run(&["plan", "--port", "8080"]).exits(0);
    for row in [
        "binary app",
        "rust 1.90",
        "libc musl, static",
        "runtime scratch",
        "port 8080",
        "--port",
        "user 65532:65532",
    ] {
        assert!(ran.stdout.contains(row), "no `{row}` in\n{}", ran.stdout);
    }
}

#[test]
fn every_case_is_run() {
    let mut folders: Vec<String> = fs_err::read_dir(cases())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    assert_eq!(folders, CASES);
}

macro_rules! cases {
    ($($name:ident),*) => {
        /// The folders of `tests/cases`.
        pub(crate) const CASES: &[&str] = &[$(stringify!($name)),*];
        $(#[test]
        fn $name() {
            recorded(stringify!($name));
        })*
    };
}

cases!(
    embedding, hybrid, layers, mounts, openssl, pinned, platforms, private, server, single,
    workspace
);
