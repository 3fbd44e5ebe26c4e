//! What is too deep, too large or no file at all: it is bounded, and nothing crashes, hangs or fills the memory.

use std::os::unix::fs::symlink;
use std::process::{Command, Output};

use crate::project::{MAIN, Project, manifest};

/// Runs a line of shell in the project, with the program in `$PROGRAM` and an end after a minute.
fn shell(project: &Project, line: &str) -> Output {
    Command::new("timeout")
        .args(["60", "bash", "-c", line])
        .current_dir(project.root())
        .env("PROGRAM", env!("CARGO_BIN_EXE_cargo-dockerize"))
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_HOME", project.cargo_home())
        .envs(crate::project::rustc())
        .output()
        .unwrap()
}

/// Asserts that a run comes to its own end within a minute.
#[track_caller]
fn ends(project: &Project, arguments: &str, code: i32) -> String {
    let output = shell(project, &format!("\"$PROGRAM\" dockerize {arguments}"));
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    stderr
}

fn fifo(project: &Project, path: &str) {
    let status = Command::new("mkfifo").arg(project.path(path)).status();
    assert!(status.unwrap().success());
}

#[test]
fn deep_sources_are_not_parsed() {
    let many =
        |open: &str, close: &str| format!("{}1{}", open.repeat(40_000), close.repeat(40_000));
    for (name, deep) in [
        ("brackets", format!("const A: u8 = {};\n", many("(", ")"))),
        (
            "attribute",
            format!("#[a({})]\nfn f() {{}}\n", many("(", ")")),
        ),
        (
            "default",
            format!("fn default_port() -> u16 {{ {} }}\n", many("(", ")")),
        ),
        ("not", format!("const A: bool = {};\n", many("!", ""))),
        (
            "calls",
            format!("fn f() {{ x{}; }}\n", ".f()".repeat(40_000)),
        ),
    ] {
        let project = Project::single().file(&format!("src/{name}.rs"), &deep);
        ends(&project, "plan", 0);
    }
}

#[test]
fn deep_conditions_are_not_parsed() {
    let n = 100_000;
    let deep = format!(
        "[package.metadata.system-deps.\"cfg({}unix{})\"]\nfoo = \"1\"\n",
        "not(".repeat(n),
        ")".repeat(n)
    );
    let project = Project::empty()
        .library("system-deps", "system-deps")
        .file("dep/src/lib.rs", "")
        .file("dep/build.rs", "fn main() {}\n")
        .file(
            "dep/Cargo.toml",
            &format!(
                "{}[build-dependencies]\nsystem-deps = {{ path = \"../system-deps\" }}\n{deep}",
                manifest("dep")
            ),
        )
        .file(
            "Cargo.toml",
            &format!(
                "{}[dependencies]\ndep = {{ path = \"dep\" }}\n",
                manifest("app")
            ),
        )
        .file("src/main.rs", MAIN)
        .locked();
    ends(&project, "plan", 0);
}

#[test]
fn deep_configuration_is_refused_or_passed_over() {
    let reads = "fn main() { config::File::with_name(\"Settings\"); config::File::with_name(\"data.json\"); }\n";
    let project = Project::empty()
        .library("config", "config")
        .file(
            "Cargo.toml",
            &format!(
                "{}[dependencies]\nconfig = {{ path = \"config\" }}\n",
                manifest("app")
            ),
        )
        .file("src/main.rs", reads)
        .file(
            "Settings.toml",
            &format!("a = {}{}\n", "[".repeat(100_000), "]".repeat(100_000)),
        )
        .file(
            "data.json",
            &format!("{}{}\n", "[".repeat(100_000), "]".repeat(100_000)),
        )
        .locked();
    ends(&project, "plan", 0);
    project.write(
        "rust-toolchain.toml",
        &format!("[toolchain]\na = {}\n", "[".repeat(100_000)),
    );
    let said = ends(&project, "plan", 101);
    assert!(said.contains("rust-toolchain.toml"), "{said}");
}

#[test]
fn pipes_and_devices_are_not_opened() {
    for path in [
        "src/pipe.rs",
        "Rocket.toml",
        "Settings.toml",
        "web/package.json",
        "a.proto",
    ] {
        for links in [false, true] {
            let project = Project::single()
                .file(
                    "build.rs",
                    "fn main() { f(\"a.proto\"); f(\"web\"); f(\"Settings.toml\"); }\n",
                )
                .file("web/index.html", "");
            if links {
                symlink("/dev/zero", project.path(path)).unwrap();
            } else {
                fifo(&project, path);
            }
            ends(&project, "plan", 0);
        }
    }
}

#[test]
fn a_pipe_in_the_place_of_our_file_is_refused() {
    let project = Project::single();
    fifo(&project, "Dockerfile");
    for command in ["", "check", "--force"] {
        let said = ends(&project, command, 101);
        assert!(said.contains("error[special-file]"), "{said}");
        assert!(said.contains("Dockerfile` is not a regular file"), "{said}");
    }
}

#[test]
fn files_that_are_too_large_are_refused_by_their_name() {
    let project = Project::single().file("rust-toolchain.toml", &" ".repeat(5 << 20));
    let said = ends(&project, "plan", 101);
    assert!(
        said.contains("rust-toolchain.toml` has more than 4 MiB"),
        "{said}"
    );
}

#[test]
fn links_that_go_round_end() {
    let project = Project::single();
    symlink("..", project.path("src/up")).unwrap();
    symlink("round", project.path("src/round")).unwrap();
    symlink("/", project.path("src/root")).unwrap();
    ends(&project, "plan", 0);
}

/// Its tokens would take five gigabytes. Files are forgotten one by one, so that many take no more than one.
#[test]
fn much_source_takes_little_memory() {
    let line = "pub const A: &str = \"a\"; pub fn f(x: u8) -> u8 { x + 1 }\n";
    let text = |bytes: usize| line.repeat(bytes / line.len());
    let one = Project::single().file("src/bindings.rs", &text(50 << 20));
    let many = Project::single();
    for at in 0..4 {
        many.write(&format!("src/m{at}.rs"), &text(1 << 19));
    }
    for project in [one, many] {
        let line = "ulimit -v 900000; \"$PROGRAM\" dockerize plan";
        let output = shell(&project, line);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{stderr}");
    }
}

fn workspace(members: usize) -> Project {
    let mut project = Project::empty().file(
        "Cargo.toml",
        "[workspace]\nresolver = \"2\"\nmembers = [\"members/*\"]\n",
    );
    for at in 0..members {
        project = project.program(&format!("members/m{at:04}"), &format!("m{at:04}"));
    }
    project.locked()
}

/// Time of the processor, which other processes do not change much.
fn seconds(project: &Project) -> f64 {
    let line = "TIMEFORMAT=%U; time \"$PROGRAM\" dockerize plan --workspace >plan 2>said";
    let output = shell(project, line);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    stderr.trim().parse().unwrap()
}

/// Each of n Dockerfiles names n members, which cannot cost less than a square; it was a cube.
#[test]
fn members_cost_no_cube() {
    let (few, many) = (workspace(60), workspace(240));
    let (few, many) = (seconds(&few), seconds(&many));
    assert!(many < few.max(0.2) * 24.0, "{few} s and {many} s");
}
