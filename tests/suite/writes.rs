//! What the tool may write, and what it leaves alone.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::project::{MAIN, Project, Ran, manifest};

/// A project in the folder `repo` of another one, with these lines at the end of its manifest.
fn inside(lines: &str) -> (Project, Project) {
    let outer = Project::at("outer");
    let repo = outer
        .below("repo")
        .file("Cargo.toml", &format!("{}{lines}\n", manifest("app")))
        .file("src/main.rs", MAIN)
        .file("t.hbs", "[build]\nrustc-wrapper = \"wrap.sh\"\n")
        .locked();
    (outer, repo)
}

fn output(path: &str) -> String {
    format!("[package.metadata.dockerize]\ntemplate = \"t.hbs\"\noutput = \"{path}\"")
}

const COMMANDS: [&[&str]; 4] = [&[], &["check"], &["plan"], &["--dry-run"]];

/// Asserts that no command writes or goes on.
#[track_caller]
fn assert_refused(outer: &Project, repo: &Project) {
    let before = outer.snapshot();
    for command in COMMANDS {
        repo.run(command).refuses("output-outside");
        assert!(outer.snapshot() == before, "{command:?} wrote something");
    }
}

#[test]
fn a_manifest_writes_inside_of_the_project_only() {
    let elsewhere = Project::empty();
    let absolute = elsewhere.path("config.toml");
    for path in [
        "../.cargo/config.toml",
        "a/../../x",
        absolute.to_str().unwrap(),
    ] {
        let (outer, repo) = inside(&output(path));
        assert_refused(&outer, &repo);
        repo.run(&[])
            .says(&format!("`{path}` lies outside of the project"))
            .says("Cargo.toml:7:11\n")
            .says("chosen here");
    }
    assert!(elsewhere.snapshot().is_empty());
}

#[test]
fn nor_does_one_of_several_images() {
    let (outer, repo) =
        inside("[package.metadata.dockerize.images.web]\noutput = \"../web.Dockerfile\"");
    assert_refused(&outer, &repo);
    let before = outer.snapshot();
    repo.run(&["--workspace"]).refuses("output-outside");
    repo.run(&["--image", "web"]).refuses("output-outside");
    assert!(outer.snapshot() == before);
}

#[test]
fn links_lead_nowhere_else() {
    for (link, target, path) in [
        ("docker", "..", "docker/Dockerfile"),
        ("deep/docker", "../../new", "deep/docker/Dockerfile"),
        ("Dockerfile", "../secret", "Dockerfile"),
        ("Dockerfile", "../new", "Dockerfile"),
        ("hooks", ".git", "hooks/x"),
    ] {
        let (outer, repo) = inside(&output(path));
        outer.write("secret", "secret");
        repo.write(".git/HEAD", "");
        repo.write("deep/x", "");
        symlink(target, repo.path(link)).unwrap();
        assert_refused(&outer, &repo);
    }
}

#[test]
fn the_folder_of_git_belongs_to_git() {
    for path in [".git/hooks/post-checkout", ".GIT/x", "sub/.git/x"] {
        let (outer, repo) = inside(&output(path));
        repo.write(".git/HEAD", "");
        assert_refused(&outer, &repo);
    }
}

#[test]
fn what_a_link_outside_points_to_is_not_shown() {
    for link in ["Dockerfile", "Dockerfile.dockerignore"] {
        let (outer, repo) = inside("");
        outer.write("secret", "the secret\n");
        symlink("../secret", repo.path(link)).unwrap();
        for command in [&["check"][..], &[], &["--force"]] {
            let ran = repo.run(command).refuses("output-outside").says(link);
            let said = ran.stdout + &ran.stderr;
            assert!(!said.contains("the secret"), "{said}");
        }
        assert_eq!(outer.read("secret"), "the secret\n");
    }
}

#[test]
fn all_of_the_repository_can_be_written_to() {
    let (outer, repo) =
        inside("[package.metadata.dockerize]\noutput = \"../docker/app.Dockerfile\"");
    outer.write(".git/HEAD", "");
    repo.run(&[]).exits(0);
    assert!(outer.has("docker/app.Dockerfile.dockerignore"));
    repo.run(&["check"]).exits(0);
}

#[test]
fn a_home_folder_that_is_a_repository_is_not_the_project() {
    let (outer, repo) = inside(&output("../.cargo/config.toml"));
    outer.write(".git/HEAD", "");
    let home = [("HOME", outer.root().to_str().unwrap())];
    repo.run_with(&[], &home).refuses("output-outside");
    assert!(!outer.has(".cargo"));
}

#[test]
fn a_flag_may_name_any_place() {
    let (outer, repo) = inside("");
    let words = ["--output", "../docker/new/app.Dockerfile"];
    repo.run(&words).exits(0);
    assert!(outer.has("docker/new/app.Dockerfile.dockerignore"));
    repo.run(&["check", words[0], words[1]]).exits(0);
    let variables = [("CARGO_DOCKERIZE_OUTPUT", "../docker/other.Dockerfile")];
    repo.run_with(&[], &variables).exits(0);
    assert!(outer.has("docker/other.Dockerfile"));
    // The links below are the repository's, whoever names them.
    symlink("..", repo.path("docker")).unwrap();
    repo.run(&["--output", "docker/x"])
        .refuses("output-outside");
    repo.run(&["templates", "eject", "--output", "docker/x"])
        .refuses("output-outside");
    repo.run(&["skeleton", "--output", "docker/x"])
        .refuses("output-outside");
    assert!(!outer.has("x"));
}

#[test]
fn a_dockerfile_that_is_a_link_stays_one() {
    let (_, repo) = inside("");
    repo.write("docker/x", "");
    symlink("docker/app.Dockerfile", repo.path("Dockerfile")).unwrap();
    repo.run(&[]).exits(0).says("Created Dockerfile\n");
    repo.run(&["--port", "80"])
        .exits(0)
        .says("Updated Dockerfile\n");
    assert!(repo.path("Dockerfile").is_symlink());
    assert!(repo.read("docker/app.Dockerfile").contains("EXPOSE 80\n"));
    assert!(repo.has("Dockerfile.dockerignore"));
}

/// The project, where its lock file lacks a package; the same with a lock file that fits, and without one.
fn lock_files() -> [Project; 3] {
    let app = |dependencies: &str| format!("{}[dependencies]\n{dependencies}", manifest("app"));
    ["outdated", "fits", "missing"].map(|kind| {
        let outer = Project::at("with space")
            .library("lib", "lib")
            .library("other", "other");
        let project = outer.below("repo").file("src/main.rs", MAIN);
        project.write("Cargo.toml", &app("lib.path = \"../lib\"\n"));
        if kind == "outdated" {
            project.lock(".");
        }
        project.write(
            "Cargo.toml",
            &app("lib.path = \"../lib\"\nother.path = \"../other\"\n"),
        );
        if kind == "fits" {
            project.lock(".");
        }
        project
    })
}

#[test]
fn a_lock_file_is_only_read() {
    let [outdated, fits, missing] = lock_files();
    let age = SystemTime::now() - Duration::from_secs(1_000);
    let file = fs_err::OpenOptions::new()
        .append(true)
        .open(outdated.path("Cargo.lock"));
    file.unwrap().file().set_modified(age).unwrap();
    for project in [&outdated, &missing] {
        let before = project.snapshot();
        for command in [
            &["check"][..],
            &["plan"],
            &["--dry-run"],
            &["explain", "other"],
        ] {
            project.run(command);
            assert!(project.snapshot() == before, "{command:?} wrote something");
        }
    }
    let lock = fs_err::metadata(outdated.path("Cargo.lock")).unwrap();
    assert_eq!(lock.modified().unwrap(), age, "it was written anew");
    outdated
        .run(&["plan"])
        .says("warning[outdated-lock-file]")
        .says("cargo update --workspace");
    outdated
        .run(&["plan", "--locked"])
        .refuses("cargo-metadata");
    fits.run(&["plan"]).keeps_quiet_about("outdated-lock-file");
    missing.run(&["plan"]).says("warning[no-lock-file]");
}

#[test]
fn a_plan_is_the_same_whatever_the_lock_file() {
    let [outdated, fits, missing] = lock_files();
    let expected = fits.image(&[]);
    let texts = |project: &Project| project.run(&["--dry-run"]).exits(0).stdout;
    assert_eq!(texts(&outdated), texts(&fits));
    let image = missing.image(&[]);
    for key in ["package", "binary", "files"] {
        assert_eq!(image[key], expected[key], "{key}");
    }
    assert_eq!(image["context"]["sources"], expected["context"]["sources"]);
    // Where temporary files are is nothing that a plan shows, however the folder is called.
    let odd = missing.path("../odd \" % é");
    fs_err::create_dir_all(&odd).unwrap();
    let ran = missing.run_with(
        &["plan", "--format", "json"],
        &[("TMPDIR", odd.to_str().unwrap())],
    );
    assert_eq!(
        ran.exits(0).stdout,
        missing.run(&["plan", "--format", "json"]).stdout
    );
    assert!(
        fs_err::read_dir(odd).unwrap().next().is_none(),
        "something was left"
    );
}

/// A cargo that runs these lines before it is itself, and `after` on what it prints.
fn cargo(project: &Project, lines: &str, after: &str) -> PathBuf {
    let text = format!("#!/bin/sh\n{lines}\n'{}' \"$@\" {after}\n", env!("CARGO"));
    project.executable("../cargo.sh", &text)
}

#[test]
fn a_lock_file_that_appears_meanwhile_stays() {
    let [_, _, project] = lock_files();
    let lines = format!(
        "echo '# made by somebody' > '{}'",
        project.path("Cargo.lock").display()
    );
    for (before, after) in [(lines.as_str(), ""), ("", &*format!("; {lines}"))] {
        let cargo = cargo(&project, before, after);
        project.run_with(&["plan"], &[("CARGO", cargo.to_str().unwrap())]);
        assert_eq!(project.read("Cargo.lock"), "# made by somebody\n");
        fs_err::remove_file(project.path("Cargo.lock")).unwrap();
    }
}

#[test]
fn relative_paths_of_cargo_are_refused() {
    let project = Project::single();
    for (from, to) in [
        ("\"workspace_root\":\"[^\"]*\"", "\"workspace_root\":\".\""),
        ("\"src_path\":\"[^\"]*\"", "\"src_path\":\"..\\/main.rs\""),
    ] {
        let cargo = cargo(&project, "", &format!("| sed 's/{from}/{to}/'"));
        // Only what looks: nothing is written or removed if this should ever pass.
        for command in ["plan", "check"] {
            project
                .run_with(&[command], &[("CARGO", cargo.to_str().unwrap())])
                .refuses("cargo-metadata")
                .says("is not absolute");
        }
    }
}

#[test]
fn the_file_of_a_newer_version_is_kept() {
    let project = Project::single();
    let ours = format!("cargo-dockerize {}", env!("CARGO_PKG_VERSION"));
    let newer = project
        .dockerfile(&[])
        .replacen(&ours, "cargo-dockerize 99.1.0", 1);
    assert!(newer.contains("99.1.0"));
    project.write("Dockerfile", &newer);
    project
        .run(&["--port", "8080"])
        .refuses("newer-file")
        .says("was written by cargo-dockerize 99.1.0")
        .says("--force");
    assert_eq!(project.read("Dockerfile"), newer);
    project
        .run(&["check", "--port", "8080"])
        .exits(1)
        .says("Newer Dockerfile\n");
    project
        .generate(&["--force", "--port", "8080"])
        .says("Updated Dockerfile\n");
    // An older one is what it was made for.
    let older = newer.replacen("99.1.0", "0.0.1", 1);
    project.write("Dockerfile", &older);
    project
        .generate(&["--port", "8080"])
        .says("Updated Dockerfile\n");
}

/// Runs with files of at most so many blocks of 512 bytes, as on a disk that is full.
fn run_short_of_space(project: &Project, arguments: &str) -> Ran {
    let program = env!("CARGO_BIN_EXE_cargo-dockerize");
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            &format!("trap '' XFSZ; ulimit -f 24; exec '{program}' dockerize {arguments}"),
        ])
        .current_dir(project.root())
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_HOME", project.cargo_home())
        .envs(crate::project::rustc());
    Ran::new(command.output().unwrap(), project.root())
}

#[test]
fn a_disk_that_is_full_halfway_changes_nothing() {
    let long = "x".repeat(20_000);
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"a\", \"b\", \"c\"]\nresolver = \"2\"\n",
        )
        .program("a", "a")
        .program("b", "b")
        .program("c", "c")
        .locked();
    project.write(
        "b/Cargo.toml",
        &format!("{}description = \"{long}\"\n", manifest("b")),
    );
    project.run(&["plan", "--workspace"]).exits(0);
    let before = project.snapshot();
    let ran = run_short_of_space(&project, "--workspace")
        .refuses("write-failed")
        .says("b/Dockerfile`: ")
        .says("no file was changed");
    assert!(!ran.stderr.contains(".tmp"), "{}", ran.stderr);
    assert!(project.snapshot() == before, "something was written");
    project.generate(&["--workspace"]);
}

#[test]
fn what_killed_runs_left_goes_away() {
    let project = Project::single();
    let old = [".cargo-dockerize-aB3dE9.tmp"];
    let others = [
        ".cargo-dockerize-aB3dE9x.tmp",
        ".cargo-dockerize-aB3.E9.tmp",
        "cargo-dockerize-aB3dE9.tmp",
        ".cargo-dockerize-Folder.tmp/x",
        ".cargo-dockerize-aB3dE9.tmp.rs",
    ];
    let age = SystemTime::now() - Duration::from_secs(3_600);
    for path in old.iter().chain(&others) {
        project.write(path, "");
        let file = fs_err::OpenOptions::new()
            .append(true)
            .open(project.path(path));
        file.unwrap().file().set_modified(age).unwrap();
    }
    // Another run may still be at it.
    project.write(".cargo-dockerize-young1.tmp", "");
    project.generate(&[]);
    assert!(old.iter().all(|path| !project.has(path)));
    assert!(others.iter().all(|path| project.has(path)));
    assert!(project.has(".cargo-dockerize-young1.tmp"));
}

const SKELETON: [&str; 3] = ["skeleton", "--output", "out"];

#[test]
fn a_skeleton_takes_the_place_of_the_one_before() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            &format!(
                "{}[[bin]]\nname = \"app\"\npath = \"src/one.rs\"\n",
                manifest("app")
            ),
        )
        .file("src/one.rs", MAIN)
        .locked();
    project.generate(&SKELETON);
    assert!(project.has("out/build/src/one.rs") && project.has("out/CACHEDIR.TAG"));
    let text = project
        .read("Cargo.toml")
        .replace("src/one.rs", "other/two.rs");
    let project = project.file("Cargo.toml", &text).file("other/two.rs", MAIN);
    project.generate(&SKELETON);
    assert!(project.has("out/build/other/two.rs"));
    assert!(!project.has("out/build/src"));
    let before = project.snapshot();
    project.generate(&SKELETON);
    assert!(project.snapshot() == before);
}

#[test]
fn a_skeleton_removes_nothing_that_it_did_not_write() {
    type Change = fn(&Project);
    let changes: [(&str, Change); 4] = [
        ("out/build/notes.txt", |project| {
            project.write("out/build/notes.txt", "mine")
        }),
        ("out/notes.txt", |project| {
            project.write("out/notes.txt", "mine")
        }),
        ("out/build/Cargo.toml", |project| {
            project.write("out/build/Cargo.toml", "mine")
        }),
        ("out/build/link", |project| {
            symlink("../../src", project.path("out/build/link")).unwrap()
        }),
    ];
    for (path, change) in changes {
        let project = Project::single();
        project.generate(&SKELETON);
        change(&project);
        let before = project.snapshot();
        project
            .run(&SKELETON)
            .refuses("foreign-folder")
            .says(&format!(
                "one of them is `{}`",
                path.trim_start_matches("out/")
            ));
        assert!(project.snapshot() == before, "{path}");
    }
    // The tag alone, which anybody can write, makes no folder ours.
    let project = Project::single();
    project.generate(&SKELETON);
    let tag = project.read("out/CACHEDIR.TAG");
    let project = project.file("src/CACHEDIR.TAG", &tag);
    let before = project.snapshot();
    project
        .run(&["skeleton", "--output", "src"])
        .refuses("foreign-folder");
    assert!(project.snapshot() == before);
}

#[test]
fn sources_that_are_not_understood_are_named() {
    let project = Project::single().file("src/main.rs", "mod other;\nfn main() {}\n");
    for (text, reason) in [
        (
            &b"// caf\xe9\nfn f() { std::thread::spawn(|| ()); }\n"[..],
            "it is not UTF-8",
        ),
        (
            b"fn f() { std::thread::spawn(|| ()); ",
            "it does not parse as Rust",
        ),
    ] {
        fs_err::write(project.path("src/other.rs"), text).unwrap();
        let ran = project.run(&["plan"]).exits(0).says(&format!(
            "warning[unread-source]: `src/other.rs` could not be understood: {reason}"
        ));
        assert!(
            ran.stdout.contains("elsewhere nothing starts threads"),
            "{}",
            ran.stdout
        );
    }
    project.write("src/other.rs", "");
    let ran = project
        .run(&["plan"])
        .exits(0)
        .keeps_quiet_about("unread-source");
    assert!(
        ran.stdout.contains("nothing starts threads"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("elsewhere"));
}

#[test]
fn only_one_module_writes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = fs_err::read_to_string(root.join("clippy.toml")).unwrap();
    for name in [
        "write",
        "remove_file",
        "remove_dir",
        "remove_dir_all",
        "rename",
        "create_dir_all",
    ] {
        for library in ["std::fs", "fs_err"] {
            let path = format!("\"{library}::{name}\"");
            assert!(config.contains(&path), "clippy.toml lacks {path}");
        }
    }
    // What reads and what prints have places of their own, and the crate's root switches the lint on.
    let allowed = [
        "folder.rs",
        "folder/batch.rs",
        "limits.rs",
        "cli/terminal.rs",
        "build_script/directives.rs",
        "lib.rs",
    ];
    let source = root.join("src");
    let mut open = vec![source.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs_err::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if !allowed.iter().any(|name| path == source.join(name)) {
                let text = fs_err::read_to_string(&path).unwrap();
                assert!(
                    !text.contains("disallowed_methods"),
                    "{} writes",
                    path.display()
                );
            }
        }
    }
}
