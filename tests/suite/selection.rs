//! Which package and which binary are shipped, and what is said where that is not plain.

use snapbox::str;

use crate::project::{MAIN, Project, manifest};

fn binary(project: &Project, arguments: &[&str]) -> String {
    project.image(arguments)["binary"]["value"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn refusal(project: &Project, arguments: &[&str], expected: impl snapbox::IntoData) {
    let before = project.snapshot();
    let ran = project.run(arguments).exits(101);
    snapbox::assert_data_eq!(ran.stderr, expected);
    assert_eq!(ran.stdout, "");
    assert!(project.snapshot() == before, "a refusal wrote something");
}

fn two_binaries() -> Project {
    Project::empty()
        .file("Cargo.toml", &manifest("app"))
        .file("src/bin/one.rs", MAIN)
        .file("src/bin/two.rs", MAIN)
        .locked()
}

fn workspace() -> Project {
    Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"web\", \"worker\", \"core\"]\nresolver = \"2\"\n",
        )
        .program("web", "web")
        .program("worker", "worker")
        .library("core", "core")
        .locked()
}

#[test]
fn the_only_binary() {
    let project = Project::single();
    assert_eq!(binary(&project, &[]), "app");
    let text = project.instructions(&[]);
    assert!(text.contains("--bin app"), "{text}");
    assert!(
        text.contains(r#"ENTRYPOINT ["/usr/local/bin/app"]"#),
        "{text}"
    );
}

#[test]
fn a_binary_that_was_asked_for() {
    let project = two_binaries();
    assert_eq!(binary(&project, &["--bin", "two"]), "two");
    let image = project.image(&["--bin", "two"]);
    assert_eq!(image["binary"]["because"][0]["origin"]["flag"], "--bin");
}

#[test]
fn several_binaries_are_listed_with_their_flags() {
    refusal(
        &two_binaries(),
        &[],
        str![[r#"
error[several-binaries]: found 2 binaries; choose one
  |
  = note: nothing in the manifests says which one the image is for
  = help: cargo dockerize --bin one
  = help: cargo dockerize --bin two

"#]],
    );
}

#[test]
fn several_packages_are_listed_with_their_flags() {
    refusal(
        &workspace(),
        &[],
        str![[r#"
error[several-binaries]: found 2 binaries; choose one, or use `--workspace`
  |
  = note: nothing in the manifests says which one the image is for
  = help: cargo dockerize -p web --bin web
  = help: cargo dockerize -p worker --bin worker

"#]],
    );
}

#[test]
fn the_flags_that_are_listed_work() {
    let project = workspace();
    assert_eq!(
        binary(&project, &["-p", "worker", "--bin", "worker"]),
        "worker"
    );
    assert_eq!(binary(&project, &["-p", "web"]), "web");
    assert_eq!(binary(&project, &["--bin", "worker"]), "worker");
}

#[test]
fn the_package_of_the_current_folder() {
    let project = workspace();
    let ran = project
        .run_in("worker/src", &["plan", "--format", "json"])
        .exits(0);
    let plan: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(plan["images"][0]["binary"]["value"], "worker");
    assert_eq!(
        plan["images"][0]["package"]["manifest"],
        "worker/Cargo.toml"
    );
    assert_eq!(plan["images"][0]["files"]["dockerfile"], "Dockerfile");
}

#[test]
fn the_package_of_the_named_manifest() {
    let project = workspace();
    assert_eq!(
        binary(&project, &["--manifest-path", "web/Cargo.toml"]),
        "web"
    );
}

#[test]
fn the_default_run_of_a_package() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            &format!("{}default-run = \"two\"\n", manifest("app")),
        )
        .file("src/bin/one.rs", MAIN)
        .file("src/bin/two.rs", MAIN)
        .locked();
    assert_eq!(binary(&project, &[]), "two");
    assert_eq!(binary(&project, &["--bin", "one"]), "one");
}

#[test]
fn helper_binaries_are_not_shipped() {
    let project = Project::single()
        .file("src/bin/app-completions.rs", MAIN)
        .file("src/bin/app_mangen.rs", MAIN)
        .file("examples/show.rs", MAIN);
    assert_eq!(binary(&project, &[]), "app");
    assert_eq!(
        binary(&project, &["--bin", "app-completions"]),
        "app-completions"
    );
}

#[test]
fn helper_members_are_not_shipped() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"web\", \"xtask\", \"benches\"]\nresolver = \"2\"\n",
        )
        .program("web", "web")
        .program("xtask", "xtask")
        .program("benches", "web-benches")
        .locked();
    assert_eq!(binary(&project, &[]), "web");
}

#[test]
fn a_helper_that_is_all_there_is_is_shipped() {
    let project = Project::empty().program(".", "fuzz").locked();
    assert_eq!(binary(&project, &[]), "fuzz");
}

#[test]
fn required_features_choose_and_are_switched_on() {
    let extra = "[features]\nserver = []\n[[bin]]\nname = \"srv\"\npath = \"src/srv.rs\"\n\
                 required-features = [\"server\"]\n";
    let project = Project::with(extra).file("src/srv.rs", MAIN);
    // Without the feature there is one binary that a plain build makes.
    assert_eq!(binary(&project, &[]), "app");
    let text = project.instructions(&["--bin", "srv"]);
    assert!(text.contains("--bin srv --features server"), "{text}");
    project
        .run(&["--features", "server"])
        .refuses("several-binaries");
    // The feature is not given twice where it is on already.
    let text = project.instructions(&["--bin", "srv", "--features", "server", "--force"]);
    assert!(text.contains("--features server"), "{text}");
    assert!(!text.contains("server,server"), "{text}");
}

#[test]
fn default_features_make_a_binary_available() {
    let extra = "[features]\ndefault = [\"server\"]\nserver = []\n[[bin]]\nname = \"app\"\n\
                 path = \"src/main.rs\"\nrequired-features = [\"server\"]\n";
    let project = Project::with(extra);
    let text = project.instructions(&[]);
    assert!(!text.contains("--features"), "{text}");
    let text = project.instructions(&["--no-default-features", "--force"]);
    assert!(
        text.contains("--no-default-features --features server"),
        "{text}"
    );
}

#[test]
fn no_binary() {
    refusal(
        &Project::empty().library(".", "lib").locked(),
        &[],
        str![[r#"
error[no-binary]: there is no binary to put into an image
  |
  = note: `[ROOT]/Cargo.toml` has no binary target
  = help: add a `src/main.rs` or a `[[bin]]` section

"#]],
    );
}

#[test]
fn no_binary_in_the_package_but_in_another() {
    let project = workspace();
    project
        .run(&["-p", "core"])
        .refuses("no-binary")
        .says("help: cargo dockerize -p web --bin web\n")
        .says("help: cargo dockerize -p worker --bin worker\n");
}

#[test]
fn no_manifest() {
    refusal(
        &Project::empty(),
        &[],
        str![[r#"
error[no-manifest]: no `Cargo.toml` in `[ROOT]` or in any folder above it
  |
  = help: run it in a Rust project, or give `--manifest-path`

"#]],
    );
}

#[test]
fn a_manifest_two_folders_below() {
    let project = Project::empty().program("backend/server", "server");
    project.lock("backend/server");
    refusal(
        &project,
        &[],
        str![[r#"
error[no-manifest]: no `Cargo.toml` in `[ROOT]` or in any folder above it
  |
  = help: cargo dockerize --manifest-path backend/server/Cargo.toml

"#]],
    );
    project.generate(&["--manifest-path", "backend/server/Cargo.toml"]);
    assert!(project.has("backend/server/Dockerfile"));
}

#[test]
fn a_manifest_path_that_is_none() {
    let project = Project::single();
    for path in ["nowhere/Cargo.toml", "src", "src/main.rs"] {
        project
            .run(&["--manifest-path", path])
            .refuses("no-manifest")
            .says(path);
    }
}

#[test]
fn a_manifest_that_does_not_parse() {
    let project = Project::single().file(
        "Cargo.toml",
        "[package]\nname = \"app\nversion = \"0.1.0\"\n",
    );
    project
        .run(&[])
        .refuses("cargo-metadata")
        .says("Cargo.toml:2:")
        .says("help: make `cargo metadata` succeed first");
    assert!(!project.has("Dockerfile"));
}

#[test]
fn a_manifest_without_targets() {
    let project = Project::empty().file("Cargo.toml", &manifest("app"));
    project
        .run(&[])
        .refuses("cargo-metadata")
        .says("src/main.rs");
}

#[test]
fn a_package_that_is_not_there() {
    refusal(
        &workspace(),
        &["-p", "wbe"],
        str![[r#"
error[unknown-package]: no package `wbe` in this workspace
  |
  = help: did you mean `-p web`?
  = help: did you mean `-p core`?
  = help: did you mean `-p worker`?

"#]],
    );
}

#[test]
fn a_binary_that_is_not_there() {
    refusal(
        &two_binaries(),
        &["--bin", "tow"],
        str![[r#"
error[unknown-binary]: no binary `tow` in package `app`
  |
  = help: did you mean `--bin two`?
  = help: did you mean `--bin one`?

"#]],
    );
    workspace()
        .run(&["--bin", "wroker"])
        .refuses("unknown-binary")
        .says("`--bin worker`");
}

#[test]
fn no_lock_file() {
    let project = Project::empty().program(".", "app");
    project
        .generate(&[])
        .says("warning[no-lock-file]")
        .says("cargo generate-lockfile");
    assert!(!project.has("Cargo.lock"), "a lock file was left behind");
    let text = project.read("Dockerfile");
    assert!(!text.contains("--locked"), "{text}");
    assert!(!text.contains("Cargo.lock"), "{text}");
    assert!(
        !project
            .read("Dockerfile.dockerignore")
            .contains("Cargo.lock")
    );
}

#[test]
fn no_lock_file_in_a_workspace_seen_from_a_member() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"web\"]\nresolver = \"2\"\n",
        )
        .program("web", "web");
    project
        .run_in("web", &[])
        .exits(0)
        .says("warning[no-lock-file]");
    assert!(!project.has("Cargo.lock") && !project.has("web/Cargo.lock"));
    assert!(project.has("Dockerfile"));
}

#[test]
fn no_lock_file_where_cargo_must_not_write() {
    let project = Project::empty().program(".", "app");
    project
        .run(&["--locked"])
        .refuses("cargo-metadata")
        .says("--locked");
    assert!(!project.has("Cargo.lock"));
    assert!(!project.has("Dockerfile"));
}

#[test]
fn a_lock_file_is_used_and_kept() {
    let project = Project::single();
    let before = project.read("Cargo.lock");
    let text = project.instructions(&[]);
    assert!(text.contains("--locked"), "{text}");
    assert_eq!(project.read("Cargo.lock"), before);
}

#[test]
fn a_virtual_workspace_with_one_program() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"web\", \"core\"]\nresolver = \"2\"\n",
        )
        .program("web", "web")
        .library("core", "core")
        .locked();
    assert_eq!(binary(&project, &[]), "web");
    let text = project.instructions(&[]);
    assert!(text.contains("--package web --bin web"), "{text}");
}

#[test]
fn default_members_narrow_the_choice() {
    let project = workspace();
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"web\", \"worker\", \"core\"]\ndefault-members = [\"worker\"]\nresolver = \"2\"\n",
    );
    assert_eq!(binary(&project, &[]), "worker");
}

#[test]
fn a_root_package_that_is_a_workspace_too() {
    let project = Project::empty()
        .program(".", "app")
        .file(
            "Cargo.toml",
            &format!("{}[workspace]\nmembers = [\"tools\"]\n", manifest("app")),
        )
        .program("tools", "tools")
        .locked();
    assert_eq!(binary(&project, &[]), "app");
    assert_eq!(binary(&project, &["-p", "tools"]), "tools");
}

#[test]
fn a_root_library_leaves_the_choice_to_the_members() {
    let project = Project::empty()
        .library(".", "root")
        .program("server", "server")
        .file(
            "Cargo.toml",
            &format!("{}[workspace]\nmembers = [\"server\"]\n", manifest("root")),
        )
        .locked();
    assert_eq!(binary(&project, &[]), "server");
}

#[test]
fn wrong_flags_are_a_usage_error() {
    let project = Project::single();
    project.run(&["--libc", "uclibc"]).exits(2);
    project.run(&["--port", "70000"]).exits(2);
    project.run(&["--quiet", "--verbose"]).exits(2);
    project.run(&["frobnicate"]).exits(2);
    assert!(!project.has("Dockerfile"));
}

#[test]
fn one_image_has_a_server_and_its_command() {
    let project = Project::with(
        "[[bin]]\nname = \"server\"\npath = \"src/main.rs\"\n[[bin]]\nname = \"ctl\"\npath = \"src/ctl.rs\"\nrequired-features = [\"ctl\"]\n[[bin]]\nname = \"other\"\npath = \"src/other.rs\"\n[features]\nctl = []\n[package.metadata.dockerize]\nbin = \"server\"\nextra-bins = [\"ctl\"]\naliases = [\"served\", \"a b\"]",
    )
    .file("src/ctl.rs", MAIN)
    .file("src/other.rs", MAIN);
    for runtime in ["scratch", "distroless"] {
        let text = project.instructions(&["--runtime", runtime, "--linkage", "dynamic", "--force"]);
        for part in [
            "--bin server --bin ctl --features ctl",
            "target/release/server target/release/ctl",
            "for name in served 'a b'; do ln --symbolic server \"/rootfs/usr/local/bin/$name\"; done",
            "COPY --from=build /rootfs/ /",
            "ENTRYPOINT [\"/usr/local/bin/server\"]",
        ] {
            assert!(text.contains(part), "no `{part}` in\n{text}");
        }
        assert!(!text.contains("--bin other"), "{text}");
    }
    let text = project.instructions(&["--runtime", "scratch", "--linkage", "dynamic", "--force"]);
    assert!(
        text.contains("for program in /usr/local/bin/server /usr/local/bin/ctl; do ld.so --list \"/rootfs$program\" || exit 1; done"),
        "{text}"
    );
}

#[test]
fn what_no_image_can_have_is_refused() {
    for (line, code) in [
        ("extra-bins = [\"nine\"]", "unknown-binary"),
        ("aliases = [\"a/b\"]", "alias"),
        ("aliases = [\"..\"]", "alias"),
        ("aliases = [\"app\"]", "alias"),
        ("aliases = [\"a\\nRUN b\"]", "alias"),
    ] {
        let project = Project::with(&format!("[package.metadata.dockerize]\n{line}"));
        project.run(&[]).refuses(code);
        assert!(!project.has("Dockerfile"), "{line}");
    }
}

/// A workspace with programs in these folders, each named like the last part of its folder.
fn programs(folders: &[&str]) -> Project {
    let table = format!("[workspace]\nresolver = \"2\"\nmembers = {folders:?}\n");
    let project = Project::empty().file("Cargo.toml", &table);
    let project = folders.iter().fold(project, |project, folder| {
        let name = folder.rsplit('/').next().unwrap();
        project.program(folder, name)
    });
    project.locked()
}

#[test]
fn members_in_folders_of_helpers_are_no_programs_to_ship() {
    for helper in [
        "examples/hello",
        "benchmarks/load",
        "tools/gen2",
        "fuzz/parse",
        "crates/tests/all",
    ] {
        let project = programs(&["app", helper]);
        assert_eq!(binary(&project, &[]), "app", "{helper}");
        let plan = project.plan(&["--workspace"]);
        assert_eq!(plan["images"].as_array().unwrap().len(), 1, "{helper}");
    }
    // Where nothing else is left, they are what there is.
    let project = programs(&["examples/hello", "examples/world"]);
    let plan = project.plan(&["--workspace"]);
    assert_eq!(plan["images"].as_array().unwrap().len(), 2);
}

#[test]
fn programs_for_a_browser_or_a_desktop_are_left_out() {
    for file in ["Trunk.toml", "tauri.conf.json"] {
        let project = programs(&["server", "ui"]).file(&format!("ui/{file}"), "");
        assert_eq!(binary(&project, &[]), "server", "{file}");
        let plan = project.plan(&["--workspace"]);
        assert_eq!(plan["images"].as_array().unwrap().len(), 1, "{file}");
    }
}

#[test]
fn the_likeliest_program_is_named_first() {
    let private = manifest("api") + "publish = false\n";
    let project = programs(&["api", "web", "worker"]).file("api/Cargo.toml", &private);
    let said = project.run(&[]).refuses("several-binaries").stderr;
    let first = said.lines().find(|line| line.contains("help:")).unwrap();
    assert!(
        first.ends_with("cargo dockerize -p web --bin web"),
        "{said}"
    );
    let project = programs(&["api", "project", "project-server"]);
    let said = project.run(&[]).refuses("several-binaries").stderr;
    let first = said.lines().find(|line| line.contains("help:")).unwrap();
    assert!(first.contains("-p project-server "), "{said}");
    let project = programs(&["api", "project", "worker"]);
    let said = project.run(&[]).refuses("several-binaries").stderr;
    let first = said.lines().find(|line| line.contains("help:")).unwrap();
    assert!(
        first.ends_with("cargo dockerize -p project --bin project"),
        "{said}"
    );
}

#[test]
fn a_member_that_cannot_be_decided_does_not_stop_the_others() {
    let project = programs(&["api", "web"])
        .file("api/src/bin/one.rs", MAIN)
        .file("api/src/bin/two.rs", MAIN);
    fs_err::remove_file(project.path("api/src/main.rs")).unwrap();
    let ran = project
        .run(&["--workspace"])
        .exits(1)
        .says("warning[several-binaries]: `api` is left out: found 2 binaries; choose one")
        .says("add to api/Cargo.toml: [package.metadata.dockerize] bin = \"two\"");
    assert_eq!(ran.stderr.matches("is left out").count(), 1);
    assert!(project.has("web/Dockerfile") && !project.has("api/Dockerfile"));
    // Where none can be decided, there is nothing to write.
    let project = programs(&["api", "xtask"])
        .file("api/src/bin/one.rs", MAIN)
        .file("api/src/bin/two.rs", MAIN);
    project.run(&["--workspace"]).refuses("several-binaries");
}

#[test]
fn images_of_one_name_have_tags_of_their_own() {
    let program = |project: Project, folder: &str| {
        let text = manifest(folder) + "[[bin]]\nname = \"server\"\npath = \"src/main.rs\"\n";
        project.file(&format!("{folder}/Cargo.toml"), &text)
    };
    let project = program(program(programs(&["a", "b", "c"]), "a"), "b");
    let plan = project.plan(&["--workspace"]);
    let targets = plan["bake"]["targets"].as_array().unwrap().iter();
    let names: Vec<String> = targets
        .map(|target| format!("{} {}", target["name"], target["tag"]).replace('"', ""))
        .collect();
    assert_eq!(names, ["a a", "b b", "c c"]);
}
