//! Images for several platforms: what one machine compiles for all of them, and what it cannot.

use serde_json::Value;

use crate::dockerfile::parse;
use crate::linking::with_crates;
use crate::project::Project;

pub(crate) const BOTH: [&str; 4] = ["--platform", "linux/amd64", "--platform", "linux/arm64"];
const THREADS: &str = "rayon-core@1.12.0";
const SYSTEM: &str = "openssl-sys@0.9.100";
const BUNDLED: &str = "zstd-sys@2.0.9";
const CXX: &str = "link-cplusplus@1.0.9";

fn values(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|item| item["value"].as_str().unwrap()).collect()
}

/// The instructions of the stage with this name, one a line.
fn stage(text: &str, name: &str) -> String {
    let mut is_in = false;
    let mut found = String::new();
    for line in parse(text) {
        if line.kind == "FROM" {
            is_in = line.text.ends_with(&format!(" AS {name}"));
        }
        if is_in {
            found += &format!("{} {}\n", line.kind, line.text);
        }
    }
    assert!(!found.is_empty(), "no stage {name} in\n{text}");
    found
}

#[test]
fn one_machine_compiles_for_all() {
    let project = with_crates(&[THREADS], "");
    let ran = project.generate(&BOTH);
    ran.says("docker buildx build --platform linux/amd64,linux/arm64 -t app .");
    let text = project.read("Dockerfile");
    assert!(text.contains(" --platform linux/amd64,linux/arm64\n"));
    // What compiles is the machine's own; what runs is the platform's.
    let images: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("FROM "))
        .collect();
    let rust = "FROM --platform=$BUILDPLATFORM rust:${RUST_VERSION}-slim-trixie AS";
    assert_eq!(
        images,
        [
            &format!("{rust} skeleton"),
            &format!("{rust} builder"),
            "FROM builder AS builder-amd64",
            "FROM builder AS builder-arm64",
            "FROM builder-${TARGETARCH} AS build",
            "FROM scratch",
        ]
    );
    assert!(!text.contains("uname"), "{text}");
    let arm = stage(&text, "builder-arm64");
    for part in [
        "gcc-aarch64-linux-gnu",
        "libc6-dev:arm64",
        "rustup target add aarch64-unknown-linux-gnu",
        "RUST_TARGET=aarch64-unknown-linux-gnu",
        "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc",
    ] {
        assert!(arm.contains(part), "no {part} in\n{arm}");
        assert!(!stage(&text, "builder-amd64").contains(part), "{text}");
    }
    let build = stage(&text, "build");
    assert_eq!(
        build.matches("--target \"$RUST_TARGET\"").count(),
        2,
        "{build}"
    );
    assert!(
        build.contains("\"target/$RUST_TARGET/release\"/app"),
        "{build}"
    );
}

#[test]
fn every_strategy_compiles_for_the_target() {
    let project = with_crates(&[THREADS], "");
    for (strategy, first) in [
        ("layers", "build"),
        ("mounts", "build"),
        ("hybrid", "dependencies"),
    ] {
        let text = project.dockerfile(&[&BOTH[..], &["--strategy", strategy]].concat());
        assert!(
            stage(&text, first).starts_with("FROM builder-${TARGETARCH}"),
            "{text}"
        );
        assert!(!text.contains("uname"), "{text}");
        // Nothing of another target is compiled or removed.
        let commands = ["cargo build", "cargo clean"].map(|word| text.matches(word).count());
        assert_eq!(
            text.matches("--target \"$RUST_TARGET\"").count(),
            commands.iter().sum::<usize>(),
            "{text}"
        );
        let has_mount =
            text.contains("id=app-glibc-release-rust-${RUST_VERSION}-slim-trixie-${TARGETARCH}");
        assert_eq!(has_mount, strategy != "layers", "{text}");
    }
}

#[test]
fn pure_rust_is_linked_to_musl_without_a_library_of_debian() {
    let project = with_crates(&[], "");
    let text = project.dockerfile(&BOTH);
    let arm = stage(&text, "builder-arm64");
    assert!(
        arm.contains("RUST_TARGET=aarch64-unknown-linux-musl"),
        "{arm}"
    );
    let linker = "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER=aarch64-linux-gnu-gcc";
    assert!(arm.contains(linker), "{arm}");
    assert!(!arm.contains("add-architecture"), "{arm}");
}

#[test]
fn bundled_c_is_linked_to_glibc_statically() {
    let project = with_crates(&[BUNDLED], "");
    assert_eq!(project.image(&[])["build"]["libc"]["value"], "musl");
    let image = project.image(&BOTH);
    assert_eq!(image["platforms"]["is_cross"]["value"], true);
    assert_eq!(image["build"]["libc"]["value"], "glibc");
    assert_eq!(image["build"]["is_static"], true);
    let because = image["build"]["libc"]["because"].to_string();
    assert!(
        because.contains("Debian has no compiler for musl that cross compiles"),
        "{because}"
    );
    let asked = [&BOTH[..], &["--libc", "musl"]].concat();
    project.generate(&asked).says("warning[musl-blocked]");
    assert!(!project.read("Dockerfile").contains("musl-tools"));
}

#[test]
fn libraries_are_those_of_the_platform_and_tools_those_of_the_machine() {
    let project = with_crates(
        &[SYSTEM, CXX],
        "build-packages = [\"libfoo-dev\", \"mold\"]\n",
    );
    let image = project.image(&BOTH);
    assert_eq!(image["platforms"]["is_cross"]["value"], true);
    assert_eq!(
        values(&image["builder"]["packages"]),
        ["g++", "mold", "pkg-config"]
    );
    let arm = &image["builder"]["platforms"][1];
    assert_eq!(arm["platform"], "linux/arm64");
    assert_eq!(
        values(&arm["libraries"]),
        [
            "libc6-dev:arm64",
            "libfoo-dev:arm64",
            "libssl-dev:arm64",
            "libssl3t64:arm64",
            "libstdc++6:arm64",
        ]
    );
    let compilers = ["gcc-aarch64-linux-gnu", "g++-aarch64-linux-gnu"];
    assert_eq!(values(&arm["compilers"]), compilers);
    let text = project.dockerfile(&BOTH);
    let folders = "PKG_CONFIG_LIBDIR_aarch64_unknown_linux_gnu=/usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig";
    assert!(text.contains(folders), "{text}");
    // No loader of another machine runs here.
    assert!(
        !text.contains("ld.so --list") && text.contains("readelf"),
        "{text}"
    );
}

#[test]
fn what_build_scripts_link_stays_with_the_machine() {
    let project = with_crates(&[SYSTEM], "");
    let text = project
        .read("Cargo.toml")
        .replace("[dependencies]", "[build-dependencies]");
    project.write("Cargo.toml", &text);
    project.write("build.rs", "fn main() {}\n");
    project.lock(".");
    let image = project.image(&BOTH);
    assert_eq!(
        values(&image["builder"]["packages"]),
        ["libssl-dev", "pkg-config"]
    );
    assert_eq!(
        image["builder"]["platforms"][1]["libraries"],
        Value::Array(Vec::new())
    );
}

/// Asserts that this is not cross compiled, for a reason, and that the file is what it would be without
/// platforms.
#[track_caller]
fn is_emulated(project: &Project, arguments: &[&str], reason: &str) {
    let body = |text: String| -> String {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.map(|line| format!("{line}\n")).collect()
    };
    let plain = body(project.dockerfile(arguments));
    let asked = [&BOTH[..], arguments].concat();
    let ran = project.generate(&asked);
    let ran = ran.says("warning[platforms-emulated]").says(reason);
    ran.says("binfmt")
        .says("docker buildx build --platform linux/amd64,linux/arm64");
    assert_eq!(body(project.read("Dockerfile")), plain);
}

#[test]
fn what_is_not_known_to_cross_compile_is_emulated() {
    for (crates, reason) in [
        (["gmp-mpfr-sys@1.6.4"], "builds with `m4`"),
        (["rdkafka-sys@4.8.0"], "is not told of another machine"),
        (
            ["webkit2gtk-sys@2.0.1"],
            "which is not known to install for another machine",
        ),
    ] {
        is_emulated(&with_crates(&crates, ""), &[], reason);
    }
    let unknown = with_crates(&["strange-sys@1.0.0"], "");
    let text = unknown
        .read("fake/strange-sys/Cargo.toml")
        .replace("edition", "links = \"strange\"\nedition");
    unknown.write("fake/strange-sys/Cargo.toml", &text);
    // A script that does nothing needs nothing, whatever the manifest says.
    unknown.write("fake/strange-sys/build.rs", "fn main() {}\n");
    unknown
        .generate(&BOTH)
        .keeps_quiet_about("platforms-emulated");
    unknown.write(
        "fake/strange-sys/build.rs",
        "fn main() { std::process::Command::new(std::env::var(\"TOOL\").unwrap()).status().unwrap(); }\n",
    );
    is_emulated(&unknown, &[], "runs a program whose name is not plain");
    // Who teaches it answers for it.
    let rule = "\n[package.metadata.dockerize.crates.strange-sys]\nbuild = [\"libstrange-dev\"]\n";
    let text = unknown.read("Cargo.toml") + rule;
    unknown.write("Cargo.toml", &text);
    let image = unknown.image(&BOTH);
    assert_eq!(image["platforms"]["is_cross"]["value"], true);
    let libraries = values(&image["builder"]["platforms"][0]["libraries"]);
    assert_eq!(libraries, ["libc6-dev:amd64", "libstrange-dev:amd64"]);
}

#[test]
fn images_and_linkers_of_the_projects_own_are_emulated() {
    let project = with_crates(&[THREADS], "");
    let image = ["--builder-image", "registry.example/rust:1"];
    is_emulated(&project, &image, "may have no cross compiler to install");
    let config = "[target.x86_64-unknown-linux-gnu]\nlinker = \"clang\"\n";
    let project = project.file(".cargo/config.toml", config);
    is_emulated(&project, &[], ".cargo/config.toml:2: names a linker");
    // What people write to cross compile by hand says the same as the stage.
    let config = "[target.aarch64-unknown-linux-gnu]\nlinker = \"aarch64-linux-gnu-gcc\"\n";
    let project = project.file(".cargo/config.toml", config);
    assert_eq!(project.image(&BOTH)["platforms"]["is_cross"]["value"], true);
}

#[test]
fn packages_of_the_runtime_are_said_to_need_emulation() {
    let project = with_crates(&[THREADS], "runtime-packages = [\"git\"]\n");
    project
        .generate(&BOTH)
        .says("note[platforms-runtime]")
        .says("`git`");
    project
        .generate(&["--force"])
        .keeps_quiet_about("platforms-runtime");
}

#[test]
fn the_key_and_the_flag() {
    let project = Project::with("[package.metadata.dockerize]\nplatforms = [\"linux/arm64\"]");
    project
        .generate(&[])
        .says("docker buildx build --platform linux/arm64 -t app .");
    // `docker build .` goes on to work on every machine.
    stage(&project.read("Dockerfile"), "builder-amd64");
    let names = &project.image(&["--platform", "linux/arm64,linux/amd64"])["platforms"]["names"];
    assert_eq!(
        names["value"],
        serde_json::json!(["linux/amd64", "linux/arm64"])
    );
    assert_eq!(names["because"][0]["origin"]["flag"], "--platform");
    let ran = project.run(&["--platform", "linux/riscv64"]);
    ran.refuses("unknown-platform")
        .says("`linux/riscv64`")
        .says("linux/amd64, linux/arm64");
    let none = Project::with("[package.metadata.dockerize]\nplatforms = []");
    none.run(&[])
        .refuses("unknown-platform")
        .says("Cargo.toml:6");
    assert_eq!(Project::single().image(&[])["platforms"], Value::Null);
}
