//! What lasts from one build to the next: strategies, the skeleton, layers for local packages.

use crate::files::date;
use crate::project::{MAIN, Project, manifest};
use crate::stages::Stages;

/// A program over `api` over `core`, and a member that it does not contain.
fn workspace() -> Project {
    Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"app\", \"api\", \"core\", \"other\"]\nresolver = \"2\"\n\
             [workspace.package]\nversion = \"0.3.0\"\n",
        )
        .file(
            "app/Cargo.toml",
            &format!(
                "{}[dependencies]\napi = {{ path = \"../api\", version = \"0.3\" }}\n",
                manifest("app")
            ),
        )
        .file(
            "app/src/main.rs",
            "fn main() { print!(\"{} {}\", api::name(), env!(\"CARGO_PKG_VERSION\")); }\n",
        )
        .file(
            "api/Cargo.toml",
            "[package]\nname = \"api\"\nversion.workspace = true\nedition = \"2021\"\n\
             [dependencies.core-lib]\npath = \"../core\"\nversion = \"0.1.0\"\npackage = \"core\"\n",
        )
        .file(
            "api/src/lib.rs",
            "pub fn name() -> String { format!(\"api-{}-{}\", env!(\"CARGO_PKG_VERSION\"), core_lib::name()) }\n",
        )
        .library("core", "core")
        .library("other", "other")
        .locked()
}

const APP: &[&str] = &["-p", "app", "--libc", "glibc"];

/// The skeleton stage as it comes out: paths and texts.
fn skeleton_stage(project: &Project) -> Vec<(String, Vec<u8>)> {
    let stages = Stages::build(project, APP);
    let root = stages.file("skeleton", "build");
    let mut files = Vec::new();
    let mut queue = vec![root.clone()];
    while let Some(folder) = queue.pop() {
        for entry in fs_err::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                queue.push(entry.path());
            } else {
                let path = entry.path();
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
                files.push((name.to_owned(), fs_err::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn a_new_version_leaves_the_skeleton_as_it_is() {
    let project = workspace();
    let before = skeleton_stage(&project);
    assert_eq!(before.len(), 10);
    for (path, old, new) in [
        ("Cargo.toml", "0.3.0", "0.3.1"),
        (
            "core/Cargo.toml",
            "version = \"0.1.0\"",
            "version = \"0.1.1\"",
        ),
        (
            "other/Cargo.toml",
            "version = \"0.1.0\"",
            "version = \"7.0.0\"",
        ),
        (
            "api/Cargo.toml",
            "version = \"0.1.0\"",
            "version = \"0.1.1\"",
        ),
        ("app/Cargo.toml", "version = \"0.3\"", "version = \"0.3.1\""),
    ] {
        let text = project.read(path);
        assert!(text.contains(old), "{path}: {text}");
        project.write(path, &text.replace(old, new));
    }
    project.lock(".");
    assert_eq!(skeleton_stage(&project), before);
    let stages = Stages::build(&project, APP);
    assert_eq!(stages.output(), "api-0.3.1-core 0.1.0");
}

#[test]
fn versions_that_sed_cannot_hide_are_left_alone() {
    for lines in [
        "package = { name = \"app\", version = \"0.1.0\", edition = \"2021\" }\n",
        "[package]\nname = \"app\"\nversion = '0.1.0'\nedition = \"2021\"\n",
        "[package]\nname = \"app\"\n  version = \"0.1.0\"\nedition = \"2021\"\n",
    ] {
        let project = Project::empty()
            .file("Cargo.toml", lines)
            .file("src/main.rs", MAIN)
            .locked();
        project
            .run(&["--libc", "glibc"])
            .exits(0)
            .says("note[versions-unmasked]: a new version of this project")
            .says("`Cargo.toml` writes a version in a way");
        assert!(!project.read("Dockerfile").contains(" sed "), "{lines}");
        assert_eq!(
            Stages::build(&project, &["--libc", "glibc"]).output(),
            "hello\n"
        );
    }
}

#[test]
fn a_package_that_comes_last_in_the_lock_file_is_masked_too() {
    // `sed` has no next line there.
    let project = Project::empty()
        .file("Cargo.toml", &manifest("zebra"))
        .file("src/main.rs", MAIN)
        .locked();
    assert!(
        project
            .read("Cargo.lock")
            .ends_with("version = \"0.1.0\"\n")
    );
    let stages = Stages::build(&project, &["--libc", "glibc"]);
    let lock = fs_err::read_to_string(stages.file("skeleton", "build/Cargo.lock")).unwrap();
    assert!(
        lock.ends_with("name = \"zebra\"\nversion = \"0.0.0\"\n"),
        "{lock}"
    );
}

#[test]
fn a_member_that_a_patched_crate_depends_on_is_real_from_the_start() {
    // `outer` is no member, as a crate of a registry is none, and depends on a member.
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"app\", \"base\"]\nexclude = [\"outer\"]\nresolver = \"2\"\n",
        )
        .file(
            "app/Cargo.toml",
            &format!(
                "{}[dependencies]\nouter = {{ path = \"../outer\" }}\n",
                manifest("app")
            ),
        )
        .file(
            "app/src/main.rs",
            "fn main() { print!(\"{}\", outer::name()); }\n",
        )
        .library("base", "base")
        .file(
            "outer/Cargo.toml",
            &format!(
                "{}[dependencies]\nbase = {{ path = \"../base\", version = \"0.1.0\" }}\n",
                manifest("outer")
            ),
        )
        .file("outer/src/lib.rs", "pub use base::name;\n")
        .locked();
    date(&project);
    assert_eq!(Stages::build(&project, APP).output(), "base");
    let text = project.read("Dockerfile");
    assert!(
        text.contains("cargo clean --release --locked --package app\n"),
        "{text}"
    );
    assert!(!text.contains("RUSTC_WORKSPACE_WRAPPER"), "{text}");
}

fn skeleton(project: &Project) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    project
        .run(&["skeleton", "-p", "app", "--output", "out"])
        .exits(0)
        .says("files in out");
    let mut files: Vec<_> = project
        .below("out")
        .snapshot()
        .into_iter()
        .map(|(path, _)| (path.clone(), fs_err::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn the_skeleton_of_the_tool_knows_no_version_and_no_other_member() {
    let project = workspace();
    let before = skeleton(&project);
    let names: Vec<String> = before
        .iter()
        .map(|(path, _)| {
            path.strip_prefix(project.path("out"))
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(
        names,
        [
            "CACHEDIR.TAG",
            "build/Cargo.lock",
            "build/Cargo.toml",
            "build/api/Cargo.toml",
            "build/api/src/lib.rs",
            "build/app/Cargo.toml",
            "build/app/src/main.rs",
            "build/core/Cargo.toml",
            "build/core/src/lib.rs",
            "build/other/src/lib.rs",
        ]
    );
    // A version, a comment, a test's wish, and all that another member can wish for.
    let api = project.read("api/Cargo.toml");
    project.write("api/Cargo.toml", &format!("# changed\n{api}"));
    let core = project.read("core/Cargo.toml").replace("0.1.0", "0.1.9");
    project.write(
        "core/Cargo.toml",
        &format!(
            "{core}description = \"x\"\n[dev-dependencies]\nother = {{ path = \"../other\" }}\n"
        ),
    );
    let other = project.read("other/Cargo.toml");
    project.write("other/Cargo.toml", &format!("{other}[features]\nx = []\n"));
    project.lock(".");
    assert_eq!(skeleton(&project), before);
}

#[test]
fn the_skeleton_of_the_tool_is_enough_for_cargo() {
    let project = workspace();
    skeleton(&project);
    let output = std::process::Command::new(env!("CARGO"))
        .args([
            "build",
            "--locked",
            "--offline",
            "-p",
            "app",
            "--bin",
            "app",
        ])
        .current_dir(project.path("out/build"))
        .env("CARGO_HOME", project.cargo_home())
        .env("CARGO_TARGET_DIR", project.path("out/target"))
        .env("DOCKERIZE_STUBS", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_folder_with_other_files_is_left_alone() {
    let project = workspace().file("out/build/mine.txt", "mine");
    project
        .run(&["skeleton", "-p", "app", "--output", "out", "--force"])
        .refuses("foreign-folder");
    assert_eq!(project.read("out/build/mine.txt"), "mine");
    project
        .run(&["skeleton", "-p", "app"])
        .exits(2)
        .says("--output <DIR>");
}

fn with_layers(value: &str) -> Project {
    let project = workspace();
    let app = project.read("app/Cargo.toml");
    project.file(
        "app/Cargo.toml",
        &format!("{app}[package.metadata.dockerize]\nlayers = {value}\n"),
    )
}

/// The packages of each layer.
fn layers(project: &Project) -> Vec<Vec<String>> {
    let image = project.image(APP);
    let list = |value: &serde_json::Value| value.as_array().unwrap().clone();
    list(&image["caching"]["layers"])
        .iter()
        .map(|layer| {
            let packages = list(&layer["packages"]);
            packages
                .iter()
                .map(|package| package["value"].as_str().unwrap().to_owned())
                .collect()
        })
        .collect()
}

#[test]
fn layers_are_named_or_found() {
    assert_eq!(
        layers(&with_layers("[[\"core\"], [\"api\"]]")),
        [["core"], ["api"]]
    );
    // What a package depends on belongs to its layer.
    assert_eq!(layers(&with_layers("[[\"api\"]]")), [["api", "core"]]);
    assert_eq!(layers(&with_layers("\"auto\"")), [["core"], ["api"]]);
    assert!(layers(&with_layers("[]")).is_empty());
    assert!(layers(&with_layers("[[\"other\"]]")).is_empty());
}

#[test]
fn layers_that_cannot_be_are_refused() {
    let ran = with_layers("[[\"nobody\"]]")
        .run(APP)
        .refuses("layers-package");
    assert!(
        ran.stderr
            .contains("local packages of the program: api, core"),
        "{}",
        ran.stderr
    );
    with_layers("[[\"app\"]]")
        .run(APP)
        .refuses("layers-package");
    with_layers("\"all\"").run(APP).refuses("manifest-key");
}

#[test]
fn local_layers_build_and_are_never_stale() {
    let project = with_layers("[[\"core\"], [\"api\"]]");
    date(&project);
    assert_eq!(
        Stages::build(&project, APP).output(),
        "api-0.3.0-core 0.1.0"
    );
    let text = project.read("Dockerfile");
    let core = text.find("COPY core/src core/src\n").unwrap();
    let api = text.find("COPY api/src api/src\n").unwrap();
    let app = text.find("COPY app/src app/src\n").unwrap();
    assert!(core < api && api < app, "{text}");
    project.write(
        "core/src/lib.rs",
        "pub fn name() -> &'static str { \"edited\" }\n",
    );
    date(&project);
    assert_eq!(
        Stages::build(&project, APP).output(),
        "api-0.3.0-edited 0.1.0"
    );
}

#[test]
fn the_strategy_is_a_flag_and_a_key() {
    let project = workspace();
    let with = |strategy: &'static str| [APP, &["--strategy", strategy]].concat();
    assert!(!project.dockerfile(APP).contains("--mount"));
    let mounts = project.dockerfile(&with("mounts"));
    assert!(
        mounts.contains(
            "id=app-glibc-release-rust-${RUST_VERSION}-slim-trixie-${TARGETARCH},target=/build,sharing=locked"
        ),
        "{mounts}"
    );
    assert!(
        mounts.starts_with("# Generated by `cargo dockerize`")
            && mounts.contains("--strategy mounts\n"),
        "{mounts}"
    );
    let hybrid = project.dockerfile(&with("hybrid"));
    assert!(
        hybrid.contains("from=dependencies,source=/build,target=/build"),
        "{hybrid}"
    );
    let keyed = Project::with("[package.metadata.dockerize]\nstrategy = \"mounts\"");
    assert!(keyed.dockerfile(&[]).contains("--mount=type=cache"));
    project.run(&["--strategy", "magic"]).exits(2);
}

#[test]
fn two_hundred_members_stay_readable() {
    let mut members = Project::empty().program("crates/app", "app");
    let mut dependencies = String::new();
    for at in 0..199 {
        members = members.library(
            &format!("crates/member-{at:03}"),
            &format!("member-{at:03}"),
        );
        if at % 4 == 0 {
            dependencies.push_str(&format!(
                "member-{at:03} = {{ path = \"../member-{at:03}\" }}\n"
            ));
        }
    }
    let project = members
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"2\"\n",
        )
        .file(
            "crates/app/Cargo.toml",
            &format!("{}[dependencies]\n{dependencies}", manifest("app")),
        )
        .locked();
    let text = project.dockerfile(APP);
    assert!(text.lines().count() < 110, "{text}");
    let copies = text
        .lines()
        .filter(|line| line.starts_with("COPY") || line.starts_with("RUN"));
    assert!(copies.count() < 20, "{text}");
}

#[test]
fn the_toolchain_file_stays_out_of_the_build() {
    // A build script that reads what nobody can know: all files of the package are let in.
    let reads = "fn main() { std::fs::read(std::env::args().next().unwrap()).unwrap(); }\n";
    let project = Project::single()
        .file("build.rs", reads)
        .file("data.txt", "")
        .file("rust-toolchain.toml", "[toolchain]\nchannel = \"1.92\"\n")
        .file(
            "Cargo.toml",
            &format!("{}[lib]\npath = \"lib.rs\"\n", manifest("app")),
        )
        .file("lib.rs", "")
        .locked();
    let text = project.dockerfile(&["--libc", "glibc"]);
    assert!(text.contains("ARG RUST_VERSION=1.92\n"), "{text}");
    let needed = ["lib.rs", "data.txt"];
    let context = crate::dockerfile::check_context(&project, &["--libc", "glibc"], &needed);
    assert!(
        !context.files.iter().any(|file| file.contains("toolchain")),
        "{:?}",
        context.files
    );
}
