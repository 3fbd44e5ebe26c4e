//! Odd names in every place of a Dockerfile: each comes back as it was, and none is a command.

use std::process::Command;

use crate::buildah::Storage;
use crate::dockerfile::{self, Instruction, pairs, parse};
use crate::engine::{Image, turn};
use crate::hostile::NAMES;
use crate::project::{MAIN, Project, manifest};
use crate::stages::Stages;
use crate::stale::RUST;

const GLIBC: &[&str] = &["--libc", "glibc", "--linkage", "dynamic"];

/// What a word may be made of to be taken for something else.
const PIECES: &[&str] = &[
    "'",
    "\"",
    "\\",
    "$",
    "`",
    "${",
    "}",
    "$(",
    ")",
    "#",
    "{{",
    "}}",
    "{{{",
    "%",
    "-",
    "--",
    " ",
    "  ",
    ";",
    "&&",
    "|",
    "<",
    ">",
    "*",
    "?",
    "[",
    "]",
    "!",
    "~",
    "=",
    ":",
    ",",
    "@",
    "^",
    "é",
    "日本",
    "\u{1f980}",
    "a",
    "B7",
    "HOME",
    "touch",
    "/tmp",
    "_",
];

/// The same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        // Knuth's MMIX generator; its high bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn text(&mut self, longest: usize) -> String {
        let count = 1 + self.below(longest);
        (0..count)
            .map(|_| PIECES[self.below(PIECES.len())])
            .collect()
    }
}

/// The words that a `RUN` passes to `cargo build` and to `install`, as a shell splits them.
#[track_caller]
fn words(instruction: &Instruction) -> Vec<String> {
    let script = format!(
        "printf_words() {{ printf '%s\\0' \"$@\"; }}; cargo() {{ printf_words \"$@\"; }}; \
         install() {{ printf_words \"$@\"; }}; rustup() {{ :; }}; ln() {{ :; }}; {}",
        instruction.text
    );
    let folder = tempfile::TempDir::with_prefix("words-").unwrap();
    let output = Command::new("/bin/sh")
        .args(["-c", &script])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}\n{output:?}", instruction.text);
    let left: Vec<_> = fs_err::read_dir(folder.path()).unwrap().collect();
    assert!(left.is_empty(), "it ran: {}", instruction.text);
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_terminator('\0').map(str::to_owned).collect()
}

/// Plans the project; `None` where cargo or the tool refuses it, in words.
#[track_caller]
fn planned(project: &Project, arguments: &[&str]) -> Option<Vec<Instruction>> {
    let ran = project.run(arguments);
    if ran.code == 101 {
        assert!(ran.stderr.contains("error["), "{}", ran.stderr);
        assert!(!project.has("Dockerfile"));
        return None;
    }
    ran.exits(0);
    Some(parse(&project.read("Dockerfile")))
}

#[test]
fn random_names_come_back_as_they_were() {
    let mut random = Random(12);
    let mut taken = 0;
    for round in 0..40 {
        let (bin, value, label) = (random.text(6), random.text(12), random.text(12));
        let (profile, asset, target_dir) = (random.text(4), random.text(5), random.text(6));
        // cargo names files after programs.
        let bin = bin.replace('/', "");
        let json = |text: &str| serde_json::to_string(text).unwrap();
        let text = format!(
            "{}description = {}\n[[bin]]\nname = {}\npath = \"src/main.rs\"\n[package.metadata.dockerize]\n\
             env = {{ NAME = {} }}\nprofile = {}\n{}",
            manifest("app"),
            json(&label),
            json(&bin),
            json(&value),
            json(&profile),
            if round % 2 == 0 {
                format!("assets = [{}]\n", json(&asset))
            } else {
                String::new()
            },
        );
        let config = format!(
            "[build]\ntarget-dir = {}\n[profile.{}]\ninherits = \"release\"\n",
            json(&target_dir),
            json(&profile)
        );
        let project = Project::empty()
            .file("Cargo.toml", &text)
            .file("src/main.rs", MAIN)
            .file(".cargo/config.toml", &config)
            .file(
                "Cargo.lock",
                "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n",
            );
        if round % 2 == 0 && !asset.ends_with('/') {
            project.write(asset.trim_start_matches('/'), "x");
        }
        let libc = ["glibc", "musl"][round / 2 % 2];
        let Some(instructions) = planned(&project, &["--libc", libc]) else {
            continue;
        };
        taken += 1;
        let compile = instructions
            .iter()
            .filter(|one| one.kind == "RUN" && one.text.contains("install -D"));
        let compile: Vec<_> = compile.collect();
        let said: Vec<String> = instructions
            .iter()
            .filter(|one| one.kind == "RUN" && one.text.contains("cargo build"))
            .flat_map(words)
            .collect();
        assert!(said.contains(&bin), "{bin:?} is not in {said:?}");
        assert!(said.contains(&profile), "{profile:?} is not in {said:?}");
        for instruction in compile {
            let said = words(instruction);
            let end = format!("/{profile}/{bin}");
            let path = said.last().unwrap();
            assert!(
                path.starts_with("target/") && path.ends_with(&end),
                "{said:?}"
            );
        }
        let copies = instructions.iter().filter(|one| one.kind == "COPY");
        let copies: Vec<_> = copies.map(|one| dockerfile::copy(&one.text)).collect();
        assert!(!copies.is_empty());
        let all: Vec<_> = instructions
            .iter()
            .filter(|one| one.kind == "LABEL" || one.kind == "ENV")
            .flat_map(|one| pairs(&one.text))
            .collect();
        // A label is one line; a variable keeps its spaces.
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for expected in [
            ("NAME", value.clone()),
            ("CARGO_TARGET_DIR", "target".to_owned()),
            ("org.opencontainers.image.description", line(&label)),
        ] {
            let found = all
                .iter()
                .any(|(name, value)| *name == expected.0 && *value == expected.1);
            assert!(
                found || expected.1.is_empty(),
                "{expected:?} is not in {all:?}"
            );
        }
        let last = &instructions.last().unwrap().text;
        let entrypoint: Vec<String> = serde_json::from_str(last).unwrap();
        assert_eq!(entrypoint, [format!("/usr/local/bin/{bin}")]);
    }
    assert!(taken >= 8, "only {taken} of the projects were planned");
}

/// A program in a folder of a repository that embeds a file from above it.
fn below(folder: &str) -> (Project, Project) {
    let repository = Project::empty()
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .file("VERSION", "7.0")
        .file(&format!("{folder}/Cargo.toml"), &manifest("app"))
        .file(
            &format!("{folder}/src/main.rs"),
            "fn main() { print!(\"{}\", include_str!(\"../../VERSION\")); }\n",
        );
    repository.lock(folder);
    let project = repository.below(folder);
    (repository, project)
}

#[test]
fn workspaces_in_odd_folders() {
    // In folders with a `%` the linker itself fails, on every machine.
    let fails = |name: &&&str| name.starts_with('-') || name.contains('%');
    for folder in NAMES.iter().filter(|name| !fails(name)) {
        let (_repository, project) = below(folder);
        let stages = Stages::build(&project, GLIBC);
        assert_eq!(stages.output(), "7.0", "{folder}");
        for strategy in ["mounts", "hybrid"] {
            let words = [GLIBC, &["--force", "--strategy", strategy]].concat();
            let instructions = parse(&project.dockerfile(&words));
            let folders = instructions.iter().filter(|one| one.kind == "WORKDIR");
            let folders: Vec<_> = folders
                .map(|one| dockerfile::word(&one.text).unwrap())
                .collect();
            let place = format!("/{folder}");
            assert!(
                folders.iter().any(|path| path.ends_with(&place)),
                "{folder}: {folders:?}"
            );
        }
    }
}

#[test]
fn a_cache_mount_leaves_out_the_folder_of_what_was_compiled() {
    // `find` takes it for a pattern.
    let (_repository, project) = below("a[1]");
    let image = project.image(&["--strategy", "mounts"]);
    assert_eq!(image["caching"]["target_pattern"], r"./a\[1]/target");
}

const TARGET_DIRS: &[&str] = &[
    "$(touch pwned)",
    "my out",
    "/elsewhere/out",
    "it's",
    "../out",
    "\n",
    "-x",
    "${HOME}/`id`",
];

/// A program whose configuration says where cargo compiles.
fn compiling_in(key: &str, folder: &str) -> Project {
    let folder = serde_json::to_string(folder).unwrap();
    Project::single().file(
        ".cargo/config.toml",
        &format!("[build]\n{key} = {folder}\n"),
    )
}

#[test]
fn the_folder_of_cargo_s_configuration_means_nothing_in_an_image() {
    for folder in TARGET_DIRS {
        let project = compiling_in("target-dir", folder);
        let stages = Stages::build(&project, GLIBC);
        assert_eq!(stages.output(), "hello\n", "{folder}");
        let text = project.read("Dockerfile");
        assert!(text.contains("ENV CARGO_TARGET_DIR=\"target\""), "{text}");
        assert!(
            !text.contains("pwned") && !text.contains("elsewhere"),
            "{text}"
        );
        project.run(&["plan"]).exits(0);
    }
    let project = compiling_in("build-dir", "{workspace-root}/../b");
    let stages = Stages::build(&project, GLIBC);
    assert_eq!(stages.output(), "hello\n");
    assert!(
        project
            .read("Dockerfile")
            .contains("ENV CARGO_BUILD_BUILD_DIR=\"target\"")
    );
}

#[test]
fn that_folder_stays_out_of_the_context() {
    let project = compiling_in("target-dir", "my out")
        .file("my out/big", "x")
        .file(
            "build.rs",
            "fn main() { println!(\"cargo::rerun-if-changed=.\"); }\n",
        );
    let image = project.image(&[]);
    project.generate(&[]);
    let context = dockerfile::Context::read(&project, &image);
    assert!(
        !context.files.contains(&"my out/big".to_owned()),
        "{:?}",
        context.files
    );
    assert!(
        context.files.contains(&"src/main.rs".to_owned()),
        "{:?}",
        context.files
    );
    // But what is compiled is there, whatever the configuration says.
    for folder in ["src", ".", "..", "!x"] {
        let project = compiling_in("target-dir", folder).file(
            "build.rs",
            "fn main() { println!(\"cargo::rerun-if-changed=.\"); }\n",
        );
        let image = project.image(&[]);
        project.generate(&[]);
        let context = dockerfile::Context::read(&project, &image);
        assert!(
            context.files.contains(&"src/main.rs".to_owned()),
            "{folder}"
        );
    }
}

#[test]
fn the_environment_of_the_plan_means_nothing_in_an_image() {
    let project = Project::single();
    let plain = project.dockerfile(&[]);
    for name in [
        "CARGO_TARGET_DIR",
        "CARGO_BUILD_TARGET_DIR",
        "CARGO_BUILD_BUILD_DIR",
    ] {
        project
            .run_with(&["--force"], &[(name, "$(touch pwned)/x")])
            .exits(0);
        assert_eq!(project.read("Dockerfile"), plain, "{name}");
    }
}

const STRATEGIES: [&str; 3] = ["layers", "mounts", "hybrid"];

#[test]
#[ignore = "needs a Docker engine"]
fn images_of_odd_folders() {
    let _turn = turn();
    for folder in ["my ws", "$HOME a[1]"] {
        let (repository, project) = below(folder);
        let file = project.path("Dockerfile");
        let options = [RUST, "--file", file.to_str().unwrap()];
        for strategy in STRATEGIES {
            let words = [GLIBC, &["--force", "--strategy", strategy]].concat();
            project.generate(&words);
            let image = Image::build(&repository, "odd-folder", &options);
            assert_eq!(image.prints(&[]), "7.0", "{folder}, {strategy}");
        }
    }
}

#[test]
#[ignore = "needs a Docker engine"]
fn images_of_odd_target_folders() {
    let _turn = turn();
    for folder in ["$(touch /tmp/pwned)", "my out", "/elsewhere/out"] {
        let project = compiling_in("target-dir", folder);
        for strategy in STRATEGIES {
            // The stand-in of another version has the target for musl.
            let musl = &["--libc", "musl"] as &[&str];
            for (libc, rust) in [(GLIBC, RUST), (musl, "--build-arg=RUST_VERSION=1.85")] {
                let words = [libc, &["--force", "--strategy", strategy]].concat();
                project.generate(&words);
                let image = Image::build(&project, "odd-target", &[rust]);
                let said = image.prints(&[]);
                assert_eq!(said, "hello\n", "{folder}, {strategy}");
            }
        }
    }
}

#[test]
#[ignore = "needs Docker and buildah"]
fn images_of_odd_folders_by_buildah() {
    let _turn = turn();
    let storage = Storage::new();
    // It takes the `[` of a name for a pattern, however it is written.
    for folder in ["my ws", "$HOME"] {
        let (repository, project) = below(folder);
        let config = "[build]\ntarget-dir = \"$(touch /tmp/pwned) x\"\n";
        project.write(".cargo/config.toml", config);
        for strategy in STRATEGIES {
            let words = ["--force", "--libc", "glibc", "--runtime", "scratch"];
            let words = [&words as &[&str], &["--strategy", strategy]].concat();
            project.generate(&words);
            let file = project.path("Dockerfile");
            let options = ["--file", file.to_str().unwrap()];
            let said = storage.print_from(repository.root(), "app", &options);
            assert_eq!(said.as_deref(), Ok("7.0"), "{folder}, {strategy}");
        }
    }
}
