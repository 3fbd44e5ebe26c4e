//! Builds of projects with a crate of the registry: without a network, and without a lock file.

use std::cell::RefCell;
use std::process::Command;

use crate::engine::{Image, turn};
use crate::project::{Project, manifest};
use crate::stale::{RUST, fresh_word};

const STRATEGIES: [&str; 3] = ["layers", "mounts", "hybrid"];

/// Makes the lock file with crates of the registry.
pub(crate) fn lock(project: &Project) {
    let output = Command::new(env!("CARGO"))
        .arg("generate-lockfile")
        .current_dir(project.root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

fn main(value: u64) -> String {
    format!("fn main() {{ print!(\"{{}}\", itoa::Buffer::new().format({value}u64)); }}\n")
}

fn project() -> (Project, String) {
    let app = format!("app-{}", fresh_word());
    let project = Project::at(&app)
        .with_registry()
        .file(
            "Cargo.toml",
            &format!("{}[dependencies]\nitoa = \"1\"\n", manifest(&app)),
        )
        .file("src/main.rs", &main(1));
    (project, app)
}

/// Builds, edits, and builds with the options that come out of a function.
#[track_caller]
fn assert_builds_again(strategy: &str, options: impl Fn(&Project, &str) -> Vec<String>) {
    let (project, app) = project();
    lock(&project);
    project.generate(&["--libc", "glibc", "--strategy", strategy]);
    let image = Image::build(&project, &app, &[RUST]);
    assert_eq!(image.prints(&[]), "1", "{strategy}");
    let options = options(&project, &app);
    project.write("src/main.rs", &main(22));
    let mut words = vec![RUST];
    words.extend(options.iter().map(String::as_str));
    let image = Image::build(&project, &app, &words);
    assert_eq!(image.prints(&[]), "22", "{strategy}");
}

#[test]
#[ignore = "needs Docker"]
fn once_dependencies_are_there_nothing_is_asked_of_the_registry() {
    let _turn = turn();
    for strategy in STRATEGIES {
        // Nobody listens there, and it is no part of what a layer hangs on.
        let proxy = "--build-arg=HTTPS_PROXY=http://127.0.0.1:9";
        assert_builds_again(strategy, |_, _| vec![proxy.to_owned()]);
    }
}

#[test]
#[ignore = "needs Docker"]
fn mounts_build_again_without_a_network() {
    let _turn = turn();
    assert_builds_again("mounts", |_, _| vec!["--network=none".to_owned()]);
}

/// BuildKit knows a layer by its network, too: the dependencies are given to it as an image.
#[test]
#[ignore = "needs Docker"]
fn a_layer_that_is_an_image_builds_again_without_a_network() {
    let _turn = turn();
    let dependencies = RefCell::new(None);
    assert_builds_again("hybrid", |project, app| {
        let name = format!("{app}-dependencies");
        let image = Image::build(project, &name, &[RUST, "--target=dependencies"]);
        let context = format!("--build-context=dependencies=docker-image://{}", image.tag);
        dependencies.replace(Some(image));
        vec!["--network=none".to_owned(), context]
    });
}

#[test]
#[ignore = "needs Docker"]
fn a_project_without_a_lock_file() {
    let _turn = turn();
    for strategy in STRATEGIES {
        let (project, app) = project();
        project
            .generate(&["--libc", "glibc", "--strategy", strategy])
            .says("warning[no-lock-file]");
        // cargo metadata may have left one.
        let _ = fs_err::remove_file(project.path("Cargo.lock"));
        let image = Image::build(&project, &app, &[RUST]);
        assert_eq!(image.prints(&[]), "1", "{strategy}");
        project.write("src/main.rs", &main(22));
        let image = Image::build(&project, &app, &[RUST]);
        assert_eq!(image.prints(&[]), "22", "{strategy}");
    }
}
