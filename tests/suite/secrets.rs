//! Whether an image holds what its build was given.
//!
//! It is looked for in every byte of every layer, in the history, in the configuration and in the log of
//! the image, and of the stage that fetched.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::engine::{Image, docker_ok};
use crate::project::{Project, manifest};

pub(crate) const CONFIG: &str = ".cargo/config.toml";
/// What the private crate says, and what its sources hold.
pub(crate) const GREETING: &str = "hello from the inside";

#[track_caller]
pub(crate) fn ok(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}\n{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A library that greets.
pub(crate) fn library(name: &str) -> Project {
    let text = format!("pub fn greeting() -> &'static str {{ \"{GREETING}\" }}\n");
    Project::empty()
        .file("Cargo.toml", &manifest(name))
        .file("src/lib.rs", &text)
}

/// A program with one dependency, inspected by the real cargo in a home of its own.
pub(crate) fn program(dependency: &str, config: &str) -> Project {
    let app = format!("{}[dependencies]\ninside = {dependency}\n", manifest("app"));
    let project = Project::empty()
        .with_registry()
        .file("Cargo.toml", &app)
        .file("src/main.rs", &main(1))
        .file(CONFIG, config);
    fs_err::create_dir_all(project.cargo_home()).unwrap();
    project
}

pub(crate) fn main(version: u32) -> String {
    format!("fn main() {{ print!(\"{{}} {version}\", inside::greeting()); }}\n")
}

/// Makes the lock file, if there is none, and runs the program; what it says.
#[track_caller]
pub(crate) fn generate(
    project: &Project,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> String {
    let home = project.cargo_home();
    let mut all = variables.to_vec();
    all.push(("CARGO_HOME", home.to_str().unwrap()));
    if !project.has("Cargo.lock") {
        ok(Command::new(env!("CARGO"))
            .arg("generate-lockfile")
            .current_dir(project.root())
            .envs(all.iter().copied()));
    }
    let arguments = [&["--libc", "glibc", "--force"], arguments].concat();
    project.run_with(&arguments, &all).exits(0).stderr
}

/// Asserts that none of the secrets is in an image, and that a text that is no secret would be found.
#[track_caller]
pub(crate) fn assert_nowhere(image: &Image, secrets: &[String], is_found: Option<&str>) {
    let folder = TempDir::with_prefix("layers-").unwrap();
    let mut save = Command::new("docker")
        .args(["save", &image.tag])
        .stdout(Stdio::piped())
        .spawn()
        .expect("docker is on PATH");
    ok(Command::new("tar")
        .arg("-x")
        .current_dir(folder.path())
        .stdin(save.stdout.take().unwrap()));
    assert!(save.wait().unwrap().success(), "{} is saved", image.tag);
    decompress(folder.path());
    let history = [
        "history",
        "--no-trunc",
        "--format",
        "{{json .}}",
        &image.tag,
    ];
    for (name, words) in [
        ("history", &history[..]),
        ("inspect", &["image", "inspect", &image.tag]),
    ] {
        fs_err::write(folder.path().join(name), docker_ok(words)).unwrap();
    }
    fs_err::write(folder.path().join("log"), &image.log).unwrap();
    // All of them in one pass: a stage has gigabytes.
    let found = |texts: &[String]| {
        let mut grep = Command::new("grep");
        grep.args(["-raohF", "-m1"]);
        for text in texts {
            grep.args(["-e", text]);
        }
        let output = grep.arg(folder.path()).output().unwrap();
        assert!(output.status.code() < Some(2), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(found(secrets), "", "in {}", image.tag);
    if let Some(text) = is_found {
        let texts = found(&[text.to_owned()]);
        assert!(
            texts.starts_with(text),
            "nothing like `{text}` is in {}",
            image.tag
        );
    }
}

/// Puts what is in compressed files of a folder beside them.
fn decompress(folder: &Path) {
    for entry in fs_err::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            decompress(&path);
            continue;
        }
        let mut start = [0; 2];
        let _ = fs_err::File::open(&path).unwrap().read(&mut start);
        if start == [0x1f, 0x8b] {
            let plain = fs_err::File::create(path.with_extension("plain")).unwrap();
            let mut gzip = Command::new("gzip");
            let gzip = gzip.arg("-dc").arg(&path).stdout(plain.into_parts().0);
            assert!(gzip.status().unwrap().success(), "{}", path.display());
        }
    }
}
