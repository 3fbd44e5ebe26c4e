//! Images for arm64, built on another machine that emulates nothing; and their programs, run under qemu.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::engine::{Image, docker_ok, turn};
use crate::platforms::BOTH;
use crate::project::{Project, manifest};

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

#[test]
#[ignore = "needs Docker, and qemu-user"]
fn the_probe_is_of_the_platform() {
    let _turn = turn();
    let keys = "healthcheck = \"/healthz?full=1\"\nlinkage = \"static\"\nlibc = \"glibc\"";
    let project = crate::health::server(keys);
    project.generate(&BOTH);
    let (_folder, root) = arm64(&project, "platforms-health");
    let emulated = |program: &str| {
        let path = root.join(program);
        let bytes = fs_err::read(&path).unwrap();
        assert_eq!((&bytes[..4], bytes[18]), (&b"\x7fELF"[..], 183));
        let mut command = Command::new(qemu());
        command.arg("-L").arg(&root).arg(path);
        command
    };
    let is_healthy = || {
        let mut probe = emulated("usr/local/libexec/healthcheck");
        probe.args(["8080", "/healthz?full=1"]);
        probe.status().unwrap().success()
    };
    assert!(!is_healthy());
    let mut server = emulated("usr/local/bin/app");
    let mut server = server.env("STATUS", "200").spawn().unwrap();
    crate::docker::answer("/");
    let was_healthy = is_healthy();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(was_healthy);
}
