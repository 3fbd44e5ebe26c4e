//! The same bytes, whoever asks from wherever.

use std::process::Command;

use crate::project::{Project, rustc, tool};

fn rich(place: &str) -> Project {
    Project::at(place)
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"app\", \"lib-b\", \"lib-a\", \"lib c\"]\nresolver = \"2\"\n",
        )
        .program("app", "app")
        .file(
            "app/Cargo.toml",
            &format!(
                "{}[dependencies]\nlib-a = {{ path = \"../lib-a\" }}\nlib-b = {{ path = \"../lib-b\" }}\n\
                 lib-c = {{ path = \"../lib c\" }}\n[package.metadata.dockerize]\nenv = {{ B = \"2\", A = \"1\" }}\n\
                 port = [9001, 80]\n",
                crate::project::manifest("app")
            ),
        )
        .library("lib-a", "lib-a")
        .library("lib-b", "lib-b")
        .library("lib c", "lib-c")
        .file("lib-a/assets/a.txt", "a")
        .file("lib-a/src/lib.rs", "pub const A: &str = include_str!(\"../assets/a.txt\");\n")
        .file(".cargo/config.toml", "[env]\nX = \"1\"\n")
        .locked()
}

fn files(project: &Project) -> [String; 2] {
    ["Dockerfile", "Dockerfile.dockerignore"].map(|path| project.read(path))
}

#[test]
fn across_runs() {
    let project = rich("project");
    project.generate(&[]);
    let first = files(&project);
    let plan = project.plan(&[]).to_string();
    for _ in 0..3 {
        for path in ["Dockerfile", "Dockerfile.dockerignore"] {
            fs_err::remove_file(project.path(path)).unwrap();
        }
        project.generate(&[]);
        assert_eq!(files(&project), first);
        assert_eq!(project.plan(&[]).to_string(), plan);
    }
}

#[test]
fn across_working_directories() {
    let project = rich("project");
    project.generate(&[]);
    let first = files(&project);
    let absolute = project.path("Cargo.toml");
    let absolute = absolute.to_str().unwrap();
    let runs: [(&str, &[&str]); 5] = [
        ("app", &[]),
        ("app/src", &[]),
        ("lib-a/src", &["--manifest-path", "../../app/Cargo.toml"]),
        ("..", &["--manifest-path", "project/Cargo.toml"]),
        ("..", &["--manifest-path", absolute]),
    ];
    for (folder, arguments) in runs {
        let ran = project.run_in(folder, arguments).exits(0);
        assert!(
            ran.stderr.contains("Unchanged Dockerfile\n"),
            "from {folder}: {}",
            ran.stderr
        );
        assert_eq!(files(&project), first, "from {folder}");
    }
}

#[test]
fn across_places() {
    let here = rich("project");
    let there = rich("mit Leerzeichen/und $äöü [1] 'quoted'/日本");
    for arguments in [
        &[][..],
        &["--runtime", "scratch", "--libc", "glibc", "--output", "d/x"],
    ] {
        here.generate(arguments);
        there.generate(arguments);
    }
    for path in [
        "Dockerfile",
        "Dockerfile.dockerignore",
        "d/x",
        "d/x.dockerignore",
    ] {
        assert_eq!(here.read(path), there.read(path));
    }
    assert_eq!(here.plan(&[]), there.plan(&[]));
}

#[test]
fn nothing_of_the_machine_is_in_the_files() {
    let project = rich("project");
    project.generate(&[]);
    let plan = project.plan(&[]).to_string();
    let home = std::env::var("HOME").unwrap_or_else(|_| "/root".to_owned());
    for text in files(&project).into_iter().chain([plan]) {
        assert!(!text.contains(project.root().to_str().unwrap()), "{text}");
        assert!(!text.contains(&format!("{home}/")), "{text}");
    }
}

#[test]
fn a_symlink_to_the_project_is_the_project() {
    let project = rich("project");
    project.generate(&[]);
    let first = files(&project);
    std::os::unix::fs::symlink(project.root(), project.path("../link")).unwrap();
    project.run_in("../link", &[]).exits(0);
    project
        .run_in("..", &["--manifest-path", "link/app/Cargo.toml"])
        .exits(0);
    assert_eq!(files(&project), first);
}

/// The rustc of the tests answers from its notes what the real one says, and asks it everything else.
#[test]
fn kept_answers_are_those_of_the_compiler() {
    let kept = |words: &[&str]| {
        Command::new(tool("rustc"))
            .args(words)
            .envs(rustc())
            .output()
    };
    let asked = |words: &[&str]| Command::new("rustc").args(words).output();
    // A warning says which of the types this target does not have.
    let types = [
        "--crate-type",
        "bin",
        "--crate-type",
        "dylib",
        "--print=cfg",
    ];
    let probe = ["-", "--crate-name", "___", "--print=file-names"];
    for target in ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-musl"] {
        let words = [&probe[..], &["--target", target], &types].concat();
        for _ in 0..2 {
            let output = kept(&words).unwrap();
            assert!(output.status.success(), "{output:?}");
            let right = asked(&words).unwrap();
            assert_eq!((output.stdout, output.stderr), (right.stdout, right.stderr));
        }
    }
    for words in [&["--print=sysroot"][..], &["--version"]] {
        assert_eq!(kept(words).unwrap().stdout, asked(words).unwrap().stdout);
    }
    // What fails is asked again.
    let wrong = [&probe[..], &["--nonsense"], &types].concat();
    for _ in 0..2 {
        assert!(!kept(&wrong).unwrap().status.success());
    }
}
