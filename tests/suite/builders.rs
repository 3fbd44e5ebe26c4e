//! Images of one mount whose builder, embedded files and project change, with every strategy.

use std::path::Path;

use crate::buildah::Storage;
use crate::engine::{Image, docker, docker_ok, turn};
use crate::files::date;
use crate::mounts;
use crate::project::Project;
use crate::stale::fresh_word;

/// A builder image with a file that build scripts read, always of the same size and date.
fn builder(value: u32) -> Project {
    let folder = Project::empty().file("value", &value.to_string()).file(
        "Dockerfile",
        "FROM rust:1-slim-trixie\nCOPY value /opt/value\n",
    );
    date(&folder);
    folder
}

fn project(image: &str) -> Project {
    let project = mounts::project()
        .file(
            "plain/build.rs",
            "fn main() {\n    println!(\"cargo:rerun-if-changed=build.rs\");\n    \
             println!(\"cargo:rustc-env=VALUE={}\", std::fs::read_to_string(\"/opt/value\").unwrap());\n}\n",
        )
        .file(
            "plain/src/lib.rs",
            "pub fn name() -> &'static str { env!(\"VALUE\") }\n",
        );
    let manifest = project.read("app/Cargo.toml");
    project.file(
        "app/Cargo.toml",
        &format!("{manifest}[package.metadata.dockerize]\nbuilder-image = \"{image}\"\n"),
    )
}

/// Walks through the changes; what was wrong with the images.
fn walk(
    image: &str,
    arguments: &[&str],
    make_builder: impl Fn(&Path),
    print: impl Fn(&Project) -> Result<String, String>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut step = |what: &str, project: &Project, expected: &str| {
        let arguments = [&["-p", "app", "--libc", "glibc"], arguments].concat();
        project.generate(&arguments);
        date(project);
        match print(project) {
            Ok(printed) if printed == expected => {}
            Ok(printed) => wrong.push(format!("{what}: prints {printed:?}, not {expected:?}")),
            Err(log) => wrong.push(format!("{what}: no image\n{log}")),
        }
    };
    let (one, two) = (project(image), project(image));
    make_builder(builder(1).root());
    step("first", &one, "1 a.sql(1)");
    one.write("data/migrations/b.sql", "2");
    step("an embedded file is new", &one, "1 a.sql(1) b.sql(2)");
    make_builder(builder(2).root());
    step("a new builder of the tag", &one, "2 a.sql(1) b.sql(2)");
    fs_err::remove_file(one.path("data/migrations/a.sql")).unwrap();
    step("an embedded file is gone", &one, "2 b.sql(2)");
    two.write("data/migrations/c.rs", "3");
    step("a project of the same name", &two, "2 a.sql(1) c.rs(3)");
    // Of another size, as an engine does not look into a file that keeps size and date.
    two.write("data/migrations/c.rs", "44");
    step("an embedded file is another", &two, "2 a.sql(1) c.rs(44)");
    step("the first project again", &one, "2 b.sql(2)");
    make_builder(builder(1).root());
    step("the first builder again", &one, "1 b.sql(2)");
    wrong
}

#[track_caller]
fn assert_right(strategy: &str) {
    let _turn = turn();
    let name = format!("dockerize-builder-{}-{strategy}", fresh_word());
    let make_builder = |folder: &Path| {
        docker_ok(&["build", "--quiet", "--tag", &name, folder.to_str().unwrap()]);
    };
    let wrong = walk(&name, &["--strategy", strategy], make_builder, |project| {
        Ok(Image::try_build(project, &name, &[])?.prints(&[]))
    });
    docker(&["image", "rm", "--force", &name]);
    assert!(wrong.is_empty(), "{strategy}\n{}", wrong.join("\n"));
}

#[test]
#[ignore = "needs Docker"]
fn builders_and_embedded_files_change_under_layers() {
    assert_right("layers");
}

#[test]
#[ignore = "needs Docker"]
fn builders_and_embedded_files_change_under_mounts() {
    assert_right("mounts");
}

#[test]
#[ignore = "needs Docker"]
fn builders_and_embedded_files_change_under_a_mount_that_begins_with_a_layer() {
    assert_right("hybrid");
}

/// With `DOCKERIZE_MATRIX=full` all strategies; else the one whose mount lasts.
#[test]
#[ignore = "needs Docker and buildah"]
fn builders_and_embedded_files_change_under_buildah() {
    let _turn = turn();
    let storage = Storage::new();
    let strategies = match std::env::var_os("DOCKERIZE_MATRIX").is_some_and(|size| size == "full") {
        true => &["layers", "mounts", "hybrid"][..],
        false => &["mounts"],
    };
    for strategy in strategies {
        let name = format!("dockerize-builder-{}-{strategy}", fresh_word());
        let make_builder = |folder: &Path| {
            storage.build(folder, &name).unwrap();
        };
        let arguments = ["--strategy", *strategy, "--runtime", "scratch"];
        let wrong = walk(&name, &arguments, make_builder, |project| {
            storage.print(project, "app")
        });
        assert!(wrong.is_empty(), "{strategy}\n{}", wrong.join("\n"));
    }
}
