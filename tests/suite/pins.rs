//! Packages that other crates brought do not change what a program links.

use crate::engine::{Image, docker, docker_ok, turn};
use crate::project::{Project, manifest};

/// A crate, the package that would change how it links, the library that would be linked, and a call.
const CRATES: [(&str, &str, &str, &str); 5] = [
    (
        "libz-sys",
        "zlib1g-dev",
        "libz.so",
        "libz_sys::zlibVersion()",
    ),
    (
        "bzip2-sys",
        "libbz2-dev",
        "libbz2.so",
        "bzip2_sys::BZ2_bzCompressInit(std::ptr::null_mut(), 9, 0, 0)",
    ),
    (
        "liblzma-sys",
        "liblzma-dev",
        "liblzma.so",
        "liblzma_sys::lzma_version_number()",
    ),
    (
        "pcre2-sys",
        "libpcre2-dev",
        "libpcre2-8.so",
        "pcre2_sys::pcre2_config_8(9, std::ptr::null_mut())",
    ),
    (
        "curl-sys",
        "libcurl4-openssl-dev",
        "libcurl.so",
        "curl_sys::curl_version()",
    ),
];

fn project() -> Project {
    let packages: Vec<_> = CRATES.iter().map(|row| format!("\"{}\"", row.1)).collect();
    let dependencies: String = CRATES
        .iter()
        .map(|row| {
            format!(
                "{} = {{ version = \"*\", default-features = false }}\n",
                row.0
            )
        })
        .collect();
    let calls: String = CRATES
        .iter()
        .map(|row| format!("    println!(\"{{:?}}\", unsafe {{ {} }});\n", row.3))
        .collect();
    let app = format!(
        "{}[dependencies]\n{dependencies}[package.metadata.dockerize]\n\
         build-packages = [\"pkg-config\", {}]\n",
        manifest("app"),
        packages.join(", ")
    );
    Project::empty()
        .file("Cargo.toml", &app)
        .file("src/main.rs", &format!("fn main() {{\n{calls}}}\n"))
        .with_registry()
}

/// Which of the libraries the program in an image names.
fn linked(image: &Image) -> Vec<&'static str> {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("app");
    let id = docker_ok(&["create", &image.tag]);
    let from = format!("{}:/usr/local/bin/app", id.trim());
    docker_ok(&["cp", &from, program.to_str().unwrap()]);
    docker(&["rm", id.trim()]);
    let bytes = fs_err::read(program).unwrap();
    let has = |text: &str| {
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    let libraries = CRATES.iter().map(|row| row.2);
    libraries.filter(|library| has(library)).collect()
}

#[test]
#[ignore = "needs Docker, and the registry"]
fn packages_in_the_builder_do_not_change_what_is_linked() {
    let _turn = turn();
    let project = project();
    project.generate(&["--libc", "glibc"]);
    let version = ["--build-arg=RUST_VERSION=1"];
    let image = Image::build(&project, "pinned", &version);
    assert_eq!(linked(&image), [""; 0]);
    // It runs where none of the libraries is but zlib.
    assert_eq!(image.prints(&[]).lines().count(), CRATES.len());
    // Without the variables the packages count.
    let text = project.read("Dockerfile");
    let is_pin = |line: &&str| line.starts_with("ENV ") && line.ends_with("=\"1\"");
    assert_eq!(text.lines().filter(is_pin).count(), CRATES.len(), "{text}");
    let unpinned: Vec<&str> = text.lines().filter(|line| !is_pin(line)).collect();
    project.write("Dockerfile", &(unpinned.join("\n") + "\n"));
    let image = Image::build(&project, "unpinned", &version);
    let libraries: Vec<&str> = CRATES.iter().map(|row| row.2).collect();
    assert_eq!(linked(&image), libraries);
}
