//! Images for several platforms: what one machine compiles for all of them, and what it cannot.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::dockerfile::parse;
use crate::engine::{Image, docker_ok, turn};
use crate::linking::with_crates;
use crate::project::{Project, manifest};

const BOTH: [&str; 4] = ["--platform", "linux/amd64", "--platform", "linux/arm64"];
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
    assert!(text.contains(" --platform linux/amd64 --platform linux/arm64\n"));
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
        let compiles = text.matches("cargo build").count();
        assert_eq!(
            text.matches("--target \"$RUST_TARGET\"").count(),
            compiles,
            "{text}"
        );
        let has_mount = text.contains("id=app-glibc-release-${RUST_VERSION}-${TARGETARCH}");
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
    unknown.write("fake/strange-sys/build.rs", "fn main() {}\n");
    is_emulated(&unknown, &[], "says `links = \"strange\"`");
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

/// A program that runs what is compiled for arm64.
fn qemu() -> &'static str {
    let names = ["qemu-aarch64-static", "qemu-aarch64"];
    let runs = |name: &&str| Command::new(name).arg("--version").output().is_ok();
    names
        .into_iter()
        .find(runs)
        .expect("qemu-aarch64 is on PATH (Debian: qemu-user)")
}

/// Builds an image for arm64 on this machine, and unpacks its files.
#[track_caller]
fn arm64(project: &Project, name: &str) -> (tempfile::TempDir, PathBuf) {
    assert_eq!(
        std::env::consts::ARCH,
        "x86_64",
        "this is about another machine than arm64"
    );
    let emulated = Path::new("/proc/sys/fs/binfmt_misc/qemu-aarch64");
    assert!(
        !emulated.exists(),
        "an emulated build would be taken for a cross compiled one"
    );
    let image = Image::build(
        project,
        name,
        &["--platform=linux/arm64", "--build-arg=RUST_VERSION=1.85"],
    );
    assert_eq!(image.inspect("{{.Architecture}}"), "arm64");
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("image.tar");
    let root = folder.path().join("root");
    fs_err::create_dir(&root).unwrap();
    let id = docker_ok(&["create", "--platform=linux/arm64", &image.tag]);
    docker_ok(&["export", "--output", archive.to_str().unwrap(), id.trim()]);
    docker_ok(&["rm", id.trim()]);
    let status = Command::new("tar")
        .arg("-xf")
        .arg(&archive)
        .arg("-C")
        .arg(&root)
        .status();
    assert!(status.unwrap().success());
    (folder, root)
}

/// Asserts that the program in unpacked files is one for arm64, and gives what it prints.
#[track_caller]
fn prints(root: &Path, program: &str) -> String {
    let program = root.join("usr/local/bin").join(program);
    let bytes = fs_err::read(&program).unwrap();
    // The machine in the header of ELF: 183 is AArch64.
    assert_eq!((&bytes[..4], bytes[18]), (&b"\x7fELF"[..], 183));
    let output = Command::new(qemu())
        .arg("-L")
        .arg(root)
        .arg(&program)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[ignore = "needs Docker, and qemu-user"]
fn the_example_is_cross_compiled() {
    let _turn = turn();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("example-app");
    let project = Project::copy_of(&folder, "example-app").with_registry();
    project.generate(&[&BOTH[..], &["--force"]].concat());
    let (_folder, root) = arm64(&project, "platforms-example");
    let program = root.join("usr/local/bin/example-app");
    let mut server = Command::new(qemu()).arg(&program).spawn().unwrap();
    let answer = crate::docker::answer("/add/40/2");
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.contains("42"),
        "{answer}"
    );
}

#[test]
#[ignore = "needs Docker, qemu-user, and the registry"]
fn bundled_c_is_cross_compiled() {
    let _turn = turn();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/native/projects/zstd-roundtrip");
    let project = Project::copy_of(&folder, "zstd-roundtrip").with_registry();
    project.generate(&BOTH).says("glibc, static");
    let (_folder, root) = arm64(&project, "platforms-bundled");
    assert_eq!(prints(&root, "zstd-roundtrip"), "small true, same true\n");
}

#[test]
#[ignore = "needs Docker, and qemu-user"]
fn a_library_of_the_platform_is_linked_and_copied() {
    let _turn = turn();
    let main = "#[link(name = \"lz4\")]
unsafe extern \"C\" {
    safe fn LZ4_versionNumber() -> i32;
}
fn main() {
    println!(\"lz4 {}\", LZ4_versionNumber() / 10000);
}
";
    let keys = "[package.metadata.dockerize]\nbuild-packages = [\"liblz4-dev\"]\n";
    let project = Project::empty()
        .file(
            "Cargo.toml",
            &(manifest("app").replace("2021", "2024") + keys),
        )
        .file("src/main.rs", main)
        .locked();
    project.generate(&[&BOTH[..], &["--runtime", "scratch", "--linkage", "dynamic"]].concat());
    let (_folder, root) = arm64(&project, "platforms-library");
    assert_eq!(prints(&root, "app"), "lz4 1\n");
    let records = fs_err::read_dir(root.join("var/lib/dpkg/status.d")).unwrap();
    let mut records: Vec<String> = records
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    records.sort();
    assert_eq!(
        records,
        ["base-files", "libc6", "libgcc-s1", "liblz4-1", "libxxhash0"]
    );
    let record = fs_err::read_to_string(root.join("var/lib/dpkg/status.d/liblz4-1")).unwrap();
    assert!(record.contains("\nArchitecture: arm64\n"), "{record}");
}
