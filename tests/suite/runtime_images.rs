//! Images that programs run in: the builder's glibc is never newer than theirs, or nothing ships.

use serde_json::Value;

use crate::engine::{Image, docker, docker_ok, turn};
use crate::project::{MAIN, Project, manifest};

fn planned(runtime: &str) -> Value {
    Project::single().image(&["--runtime", runtime, "--libc", "glibc"])
}

fn release(image: &Value) -> &str {
    image["builder"]["release"]["value"].as_str().unwrap()
}

#[test]
fn the_builder_follows_the_runtime() {
    for (runtime, expected) in [
        ("debian:13", "trixie"),
        ("debian:stable-slim", "trixie"),
        ("debian", "trixie"),
        ("debian:trixie-20260101-slim", "trixie"),
        ("debian:testing", "trixie"),
        ("debian:12-slim", "bookworm"),
        ("debian:12.11", "bookworm"),
        ("debian:oldstable", "bookworm"),
        ("docker.io/library/debian:bookworm", "bookworm"),
        ("public.ecr.aws/docker/library/debian:12", "bookworm"),
        ("node:22-bookworm-slim", "bookworm"),
        ("gcr.io/distroless/cc-debian12", "bookworm"),
        ("gcr.io/distroless/cc", "bookworm"),
        ("gcr.io/distroless/cc-debian13:nonroot", "trixie"),
        ("dhi.io/debian-base:bookworm", "bookworm"),
        ("dhi.io/node:24-debian13", "trixie"),
        ("ubuntu:26.04", "trixie"),
        ("ubuntu:24.04", "bookworm"),
        ("ubuntu", "bookworm"),
        ("registry.example:5000/base:noble-1", "bookworm"),
        ("cgr.dev/chainguard/glibc-dynamic", "trixie"),
        // Nobody knows: compared while the image is built.
        ("registry.example:5000/base:1", "trixie"),
        (
            "debian@sha256:0000000000000000000000000000000000000000000000000000000000000000",
            "trixie",
        ),
    ] {
        assert_eq!(release(&planned(runtime)), expected, "{runtime}");
    }
}

#[test]
fn a_pinned_rust_has_an_image_of_the_release() {
    let project = Project::single().file("rust-toolchain", "1.80.0\n");
    let image = project.image(&["--runtime", "debian:13", "--libc", "glibc"]);
    assert_eq!(release(&image), "bookworm");
    assert_eq!(
        image["builder"]["image"]["value"],
        "rust:${RUST_VERSION}-slim-bookworm"
    );
}

#[test]
fn a_glibc_that_is_too_old_is_refused() {
    for (runtime, glibc) in [
        ("debian:11", "2.31"),
        ("debian:bullseye-slim", "2.31"),
        ("gcr.io/distroless/cc-debian11", "2.31"),
        ("ubuntu:22.04", "2.35"),
        ("ubuntu:focal", "2.31"),
        ("redhat/ubi9", "2.34"),
        ("amazonlinux:2023", "2.34"),
    ] {
        Project::single()
            .run(&["--runtime", runtime, "--libc", "glibc"])
            .refuses("runtime-glibc")
            .says(&format!(
                "`{runtime}` has glibc {glibc}, but the program is linked against glibc 2.36"
            ))
            .says("linkage = \"static\"");
    }
    // A static program runs everywhere.
    for runtime in ["debian:11", "ubuntu:20.04", "amazonlinux:2"] {
        let image = Project::single().image(&["--runtime", runtime, "--linkage", "static"]);
        assert_eq!(image["build"]["is_static"], true, "{runtime}");
    }
    // An older builder is no fault.
    let arguments = [
        "--runtime",
        "debian:trixie-slim",
        "--builder-image",
        "rust:1.95-bookworm",
    ];
    Project::single()
        .run(&[&["plan"], &arguments[..]].concat())
        .exits(0);
    let arguments = ["--runtime", "ubuntu:24.04", "--builder-image", "rust:1.95"];
    Project::single()
        .run(&arguments)
        .refuses("runtime-glibc")
        .says("has glibc 2.39")
        .says("glibc 2.41 comes from the builder image `rust:1.95`");
}

#[test]
fn images_without_glibc_run_static_programs_only() {
    for runtime in [
        "alpine:3.22",
        "alpine",
        "nginx:1.29-alpine",
        "dhi.io/alpine-base:3.23",
        "busybox:musl",
        "gcr.io/distroless/static-debian13:nonroot",
        "gcr.io/distroless/static",
        "cgr.dev/chainguard/static:latest",
    ] {
        let image = Project::single().image(&["--runtime", runtime]);
        assert_eq!(image["build"]["is_static"], true, "{runtime}");
        assert_eq!(image["runtime"]["image"]["value"], runtime);
        assert_eq!(image["runtime"]["libraries"], Value::Null, "{runtime}");
        for arguments in [["--libc", "glibc"], ["--linkage", "dynamic"]] {
            let all = [&["--runtime", runtime], &arguments[..]].concat();
            Project::single()
                .run(&all)
                .refuses("runtime-libc")
                .says(runtime);
        }
    }
}

#[test]
fn a_builder_without_glibc_is_refused() {
    for builder in [
        "rust:1.95-alpine",
        "rust:alpine3.22",
        "registry.example/rust:alpine",
    ] {
        Project::single()
            .run(&["--builder-image", builder])
            .refuses("builder-libc")
            .says("leave out `builder-image`");
    }
}

#[test]
fn what_nobody_knows_is_compared_before_it_ships() {
    let compares = |arguments: &[&str]| {
        let arguments = [&["--libc", "glibc"], arguments].concat();
        let text = Project::single().dockerfile(&arguments);
        let is_compared = text.contains("readelf --wide --version-info");
        assert_eq!(
            is_compared,
            text.contains(" AS base\n") && is_compared,
            "{text}"
        );
        is_compared
    };
    assert!(compares(&["--runtime", "registry.example:5000/base:1"]));
    assert!(compares(&["--runtime", "debian:stable-slim"]));
    assert!(compares(&["--builder-image", "registry.example/rust:1"]));
    assert!(!compares(&["--runtime", "debian:12-slim"]));
    assert!(!compares(&["--runtime", "gcr.io/distroless/cc-debian13"]));
    assert!(!compares(&[]));
    let image = Project::single().image(&[
        "--runtime",
        "registry.example/base:1",
        "--linkage",
        "static",
    ]);
    assert_eq!(image["runtime"]["libraries"], Value::Null);
}

/// A base image with a glibc that has no newer version than 2.17, and nothing else.
fn old_base(tag: &str) {
    let folder = Project::empty().file(
        "Dockerfile",
        "FROM rust:1-slim-trixie AS glibc\n\
         RUN echo 'GLIBC_2.2.5 {}; GLIBC_2.17 {} GLIBC_2.2.5;' > /versions \\\n \
         && echo 'int nothing;' > /c.c \\\n \
         && gcc -shared -nostdlib /c.c -Wl,--version-script=/versions -o /libc.so.6\n\
         FROM scratch\n\
         COPY --from=glibc /libc.so.6 /lib64/libc.so.6\n",
    );
    let root = folder.root().to_str().unwrap();
    docker_ok(&["build", "--network=host", "--tag", tag, root]);
}

#[test]
#[ignore = "needs Docker"]
fn a_glibc_that_is_too_old_stops_the_build() {
    let _turn = turn();
    let project = Project::empty()
        .file("Cargo.toml", &manifest("app"))
        .file("src/main.rs", MAIN)
        .locked();
    docker_ok(&["tag", "debian:trixie-slim", "dockerize-test-base:same"]);
    project.generate(&["--runtime", "dockerize-test-base:same"]);
    let image = Image::build(&project, "glibc-same", &["--build-arg=RUST_VERSION=1"]);
    assert_eq!(image.prints(&[]), "hello\n");

    old_base("dockerize-test-base:old");
    project.generate(&["--runtime", "dockerize-test-base:old"]);
    let root = project.root().to_str().unwrap();
    let output = docker(&[
        "build",
        "--network=host",
        "--progress=plain",
        "--build-arg=RUST_VERSION=1",
        root,
    ]);
    assert!(!output.status.success());
    let log = String::from_utf8_lossy(&output.stderr);
    let says = "the runtime image's glibc is too old for the program, which needs GLIBC_2.";
    assert!(log.contains(says), "{log}");

    project.generate(&["--runtime", "gcr.io/distroless/static-debian13:nonroot"]);
    let image = Image::build(&project, "glibc-none", &["--build-arg=RUST_VERSION=1.85"]);
    assert_eq!(image.prints(&[]), "hello\n");
}

#[test]
fn a_runtime_that_is_misspelled_is_no_image() {
    Project::single()
        .run(&["plan", "--runtime", "distrolless"])
        .refuses("image-reference")
        .says("there is no runtime `distrolless`")
        .says("help: did you mean `distroless`?")
        .says("`distrolless:latest`");
    for image in [
        "distrolless:latest",
        "registry.test/distrolles",
        "alpine",
        "ubuntu",
    ] {
        let ran = Project::single().run(&["plan", "--runtime", image]);
        ran.keeps_quiet_about("did you mean");
    }
}
