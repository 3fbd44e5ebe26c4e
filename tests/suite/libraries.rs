//! Shared libraries in images: those that the program needs, with their packages' records, or no image.

use std::collections::BTreeSet;

use crate::engine::{Image, docker_ok, turn};
use crate::linking::with_crates;
use crate::project::{Project, manifest};

const MAIN: &str = "#[link(name = \"lz4\")]
unsafe extern \"C\" {
    safe fn LZ4_versionNumber() -> i32;
}
fn main() {
    println!(\"lz4 {}\", LZ4_versionNumber() / 10000);
}
";

/// A program that links a library which no distroless image has.
fn lz4() -> Project {
    let keys = "[package.metadata.dockerize]\nbuild-packages = [\"liblz4-dev\"]\n";
    let text = manifest("app").replace("2021", "2024") + keys;
    Project::empty()
        .file("Cargo.toml", &text)
        .file("src/main.rs", MAIN)
        .locked()
}

/// The files of an image, as `tar` lists them.
fn files(image: &Image) -> BTreeSet<String> {
    let id = docker_ok(&["create", &image.tag]);
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("image.tar");
    docker_ok(&["export", "--output", archive.to_str().unwrap(), id.trim()]);
    docker_ok(&["rm", id.trim()]);
    let output = std::process::Command::new("tar")
        .args(["--list", "--file"])
        .arg(&archive)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// Debian packages that scanners find records of.
fn records(files: &BTreeSet<String>) -> BTreeSet<&str> {
    let records = files
        .iter()
        .filter_map(|file| file.strip_prefix("var/lib/dpkg/status.d/"));
    let is_record = |name: &&str| !name.is_empty() && !name.ends_with(".md5sums");
    records.filter(is_record).collect()
}

#[test]
#[ignore = "needs Docker"]
fn exactly_what_the_image_lacks_is_copied_with_its_record() {
    let _turn = turn();
    let project = lz4();
    let version = ["--build-arg=RUST_VERSION=1"];
    project.generate(&[]);
    let image = Image::build(&project, "libraries-distroless", &version);
    assert_eq!(image.prints(&[]), "lz4 1\n");
    let base = docker_ok(&["image", "inspect", "gcr.io/distroless/cc-debian13:nonroot"]);
    assert!(base.contains("65532"), "{base}");
    let with = files(&image);
    project.generate(&["--runtime", "scratch"]);
    let image = Image::build(&project, "libraries-scratch", &version);
    assert_eq!(image.prints(&[]), "lz4 1\n");
    let alone = files(&image);
    assert_eq!(
        records(&alone),
        // liblz4 itself needs libxxhash.
        BTreeSet::from(["base-files", "libc6", "libgcc-s1", "liblz4-1", "libxxhash0"]),
        "{alone:#?}"
    );
    let new: Vec<_> = with
        .iter()
        .filter(|file| {
            ["lz4", "xxhash", "libgcc_s"]
                .iter()
                .any(|part| file.contains(part))
        })
        .collect();
    let machine = std::env::consts::ARCH;
    assert_eq!(
        new,
        [
            &format!("usr/lib/{machine}-linux-gnu/libgcc_s.so.1"),
            &format!("usr/lib/{machine}-linux-gnu/liblz4.so.1"),
            &format!("usr/lib/{machine}-linux-gnu/libxxhash.so.0"),
            "var/lib/dpkg/status.d/liblz4-1",
            "var/lib/dpkg/status.d/libxxhash0",
        ],
        "{with:#?}"
    );
    project.generate(&["--runtime", "debian:trixie-slim"]);
    let image = Image::build(&project, "libraries-debian", &version);
    assert_eq!(image.prints(&[]), "lz4 1\n");
}

#[test]
#[ignore = "needs Docker"]
fn a_library_that_cannot_be_found_stops_the_build() {
    let _turn = turn();
    // It is there while the program is linked, where no loader looks for it.
    let script = "fn main() {
    let out = std::env::var(\"OUT_DIR\").unwrap();
    let status = std::process::Command::new(\"cc\")
        .args([\"-shared\", \"answer.c\", \"-Wl,-soname,libnowhere.so\", \"-o\"])
        .arg(format!(\"{out}/libnowhere.so\"))
        .status()
        .unwrap();
    assert!(status.success());
    println!(\"cargo::rustc-link-search=native={out}\");
    println!(\"cargo::rustc-link-lib=nowhere\");
}
";
    let main = "unsafe extern \"C\" { safe fn answer() -> i32; }
fn main() { println!(\"{}\", answer()); }
";
    let keys = "[package.metadata.dockerize]\ninclude = [\"answer.c\"]\n";
    let project = Project::empty()
        .file(
            "Cargo.toml",
            &(manifest("app").replace("2021", "2024") + keys),
        )
        .file("answer.c", "int answer(void) { return 42; }\n")
        .file("build.rs", script)
        .file("src/main.rs", main)
        .locked();
    project.generate(&[]);
    let version = ["--build-arg=RUST_VERSION=1"];
    let Err(log) = Image::try_build(&project, "libraries-missing", &version) else {
        panic!("an image that cannot start was built");
    };
    assert!(log.contains("libnowhere.so"), "{log}");
}

#[test]
#[ignore = "needs Docker"]
fn a_static_program_finds_names_without_any_file_of_glibc() {
    let _turn = turn();
    let main = "use std::net::ToSocketAddrs;
fn main() {
    let address = std::thread::spawn(|| (\"db.internal\", 80).to_socket_addrs().unwrap().next());
    println!(\"{}\", address.join().unwrap().unwrap());
}
";
    let project = Project::single().file("src/main.rs", main);
    project.generate(&[]).says("glibc, static");
    let image = Image::build(&project, "names", &["--build-arg=RUST_VERSION=1"]);
    let words = [
        "run",
        "--rm",
        "--add-host=db.internal:192.0.2.7",
        &image.tag,
    ];
    assert_eq!(docker_ok(&words), "192.0.2.7:80\n");
    let found: Vec<_> = files(&image)
        .into_iter()
        .filter(|file| !file.ends_with('/') && file.contains("bin/"))
        .collect();
    assert_eq!(found, ["usr/local/bin/app"]);
    image.assert_no_shell();
}

#[test]
#[ignore = "needs Docker"]
fn files_of_debian_come_with_the_records_of_their_packages() {
    let _turn = turn();
    let main = "use std::fs;
fn main() {
    let bundle = fs::read_to_string(\"/etc/ssl/certs/ca-certificates.crt\").unwrap();
    assert!(bundle.contains(\"BEGIN CERTIFICATE\"));
    let zone = fs::read(\"/usr/share/zoneinfo/Asia/Tokyo\").unwrap();
    assert!(zone.starts_with(b\"TZif\"));
    fs::write(\"/tmp/own\", \"text\").unwrap();
    println!(\"{}\", std::env::var(\"HOME\").unwrap());
}
";
    let crates = [
        "rustls-native-certs@0.8.4",
        "iana-time-zone@0.1.65",
        "tempfile@3.0.0",
        "dirs@6.0.0",
        "rayon-core@1.12.0",
    ];
    let project = with_crates(&crates, "").file("src/main.rs", main);
    project.generate(&[]).says("scratch");
    let image = Image::build(&project, "records", &["--build-arg=RUST_VERSION=1"]);
    assert_eq!(
        docker_ok(&["run", "--rm", "--cap-drop=ALL", &image.tag]),
        "/app\n"
    );
    let files = files(&image);
    assert_eq!(
        records(&files),
        BTreeSet::from(["base-files", "ca-certificates", "tzdata"])
    );
    assert!(files.contains("usr/lib/os-release"), "scanners read it");
}
