//! Images built from generated files, unedited, and run.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::engine::{Image, docker, docker_ok, turn};
use crate::files::{date, rich};
use crate::project::Project;

struct Container {
    id: String,
}

impl Container {
    #[track_caller]
    fn start(image: &Image) -> Self {
        let id = docker_ok(&[
            "run",
            "--detach",
            "--read-only",
            "--cap-drop=ALL",
            "--network=host",
            &image.tag,
        ]);
        Self {
            id: id.trim().to_owned(),
        }
    }

    /// The answer to a GET, once the server listens.
    #[track_caller]
    fn get(&self, path: &str) -> String {
        match wait_for(path) {
            Ok(answer) => answer,
            Err(error) => panic!("{error}\n{:?}", docker(&["logs", &self.id])),
        }
    }

    #[track_caller]
    fn assert_serves(&self) {
        let answer = self.get("/healthz");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let answer = self.get("/add/40/2");
        assert!(
            answer.starts_with("HTTP/1.1 200 ") && answer.contains("42"),
            "{answer}"
        );
        let answer = self.get("/");
        assert!(
            answer.starts_with("HTTP/1.1 200 ") && answer.contains('<'),
            "{answer}"
        );
    }

    /// The user of the process, from the kernel.
    fn user(&self) -> String {
        let pid = docker_ok(&["inspect", "--format", "{{.State.Pid}}", &self.id]);
        let status = fs_err::read_to_string(format!("/proc/{}/status", pid.trim())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("Uid:"))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    }

    #[track_caller]
    fn assert_stops(&self) {
        let start = Instant::now();
        docker_ok(&["stop", "--time", "10", &self.id]);
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{:?}",
            start.elapsed()
        );
        let code = docker_ok(&["inspect", "--format", "{{.State.ExitCode}}", &self.id]);
        assert_eq!(code.trim(), "0", "killed, not stopped");
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        docker(&["rm", "--force", &self.id]);
    }
}

/// The answer of a server on this machine to a GET, once it listens.
#[track_caller]
pub(crate) fn answer(path: &str) -> String {
    wait_for(path).unwrap()
}

fn wait_for(path: &str) -> std::io::Result<String> {
    let start = Instant::now();
    loop {
        match request(path) {
            Ok(answer) => return Ok(answer),
            Err(error) if start.elapsed() > Duration::from_secs(20) => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}

fn request(path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", 8080))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn example(arguments: &[&str]) -> Project {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("example-app");
    let project = Project::copy_of(&folder, "example-app").with_registry();
    for path in ["Dockerfile", "Dockerfile.dockerignore"] {
        let _ = fs_err::remove_file(project.path(path));
    }
    project.generate(arguments);
    project
}

#[test]
#[ignore = "needs Docker"]
fn the_example_on_distroless() {
    let _turn = turn();
    let project = example(&["--runtime", "distroless"]);
    let image = Image::build(&project, "example-distroless", &[]);
    assert_eq!(image.inspect("{{.Config.User}}"), "65532:65532");
    assert_eq!(
        image.inspect("{{json .Config.ExposedPorts}}"),
        "{\"8080/tcp\":{}}"
    );
    let container = Container::start(&image);
    container.assert_serves();
    assert_eq!(container.user(), "65532");
    container.assert_stops();
    image.assert_no_shell();
}

#[test]
#[ignore = "needs Docker"]
fn the_calculator_on_scratch() {
    let _turn = turn();
    let project = example(&["--bin", "calc", "--no-default-features"]);
    let image = Image::build(&project, "calc", &["--build-arg=RUST_VERSION=1.85"]);
    assert_eq!(image.prints(&["add", "40", "2"]), "42\n");
    let size: u64 = image.inspect("{{.Size}}").parse().unwrap();
    assert!(size < 500_000, "{size} bytes");
    image.assert_no_shell();
}

#[test]
#[ignore = "needs Docker"]
fn the_example_on_scratch_with_musl() {
    let _turn = turn();
    let project = example(&["--libc", "musl", "--runtime", "scratch"]);
    let image = Image::build(&project, "example-musl", &["--build-arg=RUST_VERSION=1.85"]);
    let container = Container::start(&image);
    container.assert_serves();
    assert_eq!(container.user(), "65532");
    container.assert_stops();
    image.assert_no_shell();
}

#[test]
#[ignore = "needs Docker"]
fn the_example() {
    let _turn = turn();
    let project = example(&[]);
    let image = Image::build(&project, "example", &[]);
    let size: u64 = image.inspect("{{.Size}}").parse().unwrap();
    assert!(size < 3_000_000, "{size} bytes");
    let container = Container::start(&image);
    container.assert_serves();
    assert_eq!(container.user(), "65532");
    container.assert_stops();
    image.assert_no_shell();
}

#[test]
#[ignore = "needs Docker"]
fn a_workspace_of_old_dates_never_prints_what_is_stale() {
    let _turn = turn();
    let project = rich();
    date(&project);
    project.generate(&["--libc", "glibc"]);
    // The engine has another compiler than the one the tests pretend to have.
    let version = ["--build-arg=RUST_VERSION=1"];
    let image = Image::build(&project, "rich", &version);
    assert_eq!(
        image.prints(&[]),
        "answer=42 built=yes text=spaced version=1 unused"
    );
    // Of another size: BuildKit takes a file of the same size and date for the same file.
    project.write("VERSION", "22");
    project.write("lib/with space.txt", "edited by hand");
    date(&project);
    let image = Image::build(&project, "rich-edited", &version);
    assert_eq!(
        image.prints(&[]),
        "answer=42 built=yes text=edited by hand version=22 unused"
    );
}

#[test]
#[ignore = "needs Docker"]
fn with_a_target_of_its_own_nothing_is_stale_either() {
    let _turn = turn();
    let project = rich();
    date(&project);
    project.generate(&["--libc", "musl"]);
    let version = ["--build-arg=RUST_VERSION=1.85"];
    let image = Image::build(&project, "rich-musl", &version);
    assert_eq!(
        image.prints(&[]),
        "answer=42 built=yes text=spaced version=1 unused"
    );
    let macros = project.read("macros/src/lib.rs").replace("42", "1000");
    project.write("macros/src/lib.rs", &macros);
    let script = project.read("lib/build.rs").replace("yes", "again");
    project.write("lib/build.rs", &script);
    date(&project);
    let image = Image::build(&project, "rich-musl-edited", &version);
    assert_eq!(
        image.prints(&[]),
        "answer=1000 built=again text=spaced version=1 unused"
    );
}

#[test]
#[ignore = "needs Docker"]
fn paths_with_odd_characters_build() {
    let _turn = turn();
    let (project, expected) = crate::hostile::embedding(crate::hostile::NAMES);
    project.generate(&["--libc", "glibc"]);
    let image = Image::build(&project, "odd", &["--build-arg=RUST_VERSION=1"]);
    assert_eq!(image.prints(&[]), expected);
}

#[test]
#[ignore = "needs a Docker engine"]
fn two_programs_and_a_second_name() {
    let _turn = turn();
    let main = "fn main() { println!(\"{}\", std::env::args().next().unwrap()); }\n";
    let project = Project::with(
        "[package.metadata.dockerize]\nbin = \"server\"\nextra-bins = [\"ctl\"]\naliases = [\"served\"]\nlinkage = \"dynamic\"",
    )
    .file("src/bin/server.rs", main)
    .file("src/bin/ctl.rs", main)
    .with_registry();
    for runtime in ["distroless", "scratch"] {
        project.generate(&["--force", "--runtime", runtime]);
        let image = Image::build(&project, "two-programs", &[]);
        assert_eq!(image.prints(&[]), "/usr/local/bin/server\n");
        for name in ["ctl", "served"] {
            let path = format!("/usr/local/bin/{name}");
            let printed = docker_ok(&[
                "run",
                "--rm",
                "--network=none",
                "--entrypoint",
                &path,
                &image.tag,
            ]);
            assert_eq!(printed, format!("{path}\n"), "{runtime}");
        }
    }
}
