//! Whether the image says if the program is healthy.

use std::time::{Duration, Instant};

use crate::engine::{Image, docker, docker_ok, turn};
use crate::project::Project;

/// Answers with the status that `STATUS` has, to the path that is asked for only; listens on nothing without it.
const SERVER: &str = r#"use std::io::{Read, Write};
fn main() {
    let Ok(status) = std::env::var("STATUS") else {
        loop { std::thread::park(); }
    };
    let listener = std::net::TcpListener::bind("0.0.0.0:8080").unwrap();
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let mut request = [0; 512];
        let read = stream.read(&mut request).unwrap();
        let is_asked = request[..read].starts_with(b"GET /healthz?full=1 HTTP/1.1\r\n");
        let status = if is_asked { status.as_str() } else { "404" };
        write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n").unwrap();
    }
}
"#;

/// A server with these settings.
pub(crate) fn server(lines: &str) -> Project {
    Project::with(&format!("[package.metadata.dockerize]\n{lines}\n")).file("src/main.rs", SERVER)
}

#[test]
fn nothing_of_it_is_there_unless_it_is_asked_for() {
    let text = server("").dockerfile(&[]);
    assert!(
        !text.to_lowercase().contains("health") && !text.contains("rustc "),
        "{text}"
    );
    assert!(server("").image(&[])["runtime"]["healthcheck"].is_null());
}

#[test]
fn a_path_is_probed_at_the_only_port() {
    let project = server("healthcheck = \"/healthz\"");
    let text = project.dockerfile(&[]);
    let line =
        "HEALTHCHECK CMD [\"/usr/local/libexec/healthcheck\", \"8080\", \"/healthz\"]\nUSER ";
    assert!(text.contains(line), "{text}");
    // Before the sources: a change in them does not compile it again.
    let (probe, sources) = (text.find("rustc --edition"), text.find("COPY src src"));
    assert!(probe.is_some() && probe < sources, "{text}");
    let health = &project.image(&[])["runtime"]["healthcheck"];
    let because = health["because"].as_array().unwrap();
    assert_eq!(because.len(), 2, "{because:?}");
    assert_eq!(because[1]["fact"], "`0.0.0.0:8080`");
    let shown = project.run(&["plan"]).exits(0).stdout;
    let row = "      health /usr/local/libexec/healthcheck 8080 /healthz\n";
    assert!(shown.contains(row), "{shown}");
    // The variable says the same.
    let project = server("");
    let variable = [("CARGO_DOCKERIZE_HEALTHCHECK", ":9000/ready")];
    project.run_with(&[], &variable).exits(0);
    let text = project.read("Dockerfile");
    assert!(text.contains("\"9000\", \"/ready\"]"), "{text}");
}

#[test]
fn the_probe_is_compiled_as_the_program_is() {
    let options = |arguments: &[&str]| {
        let image = server("healthcheck = \"/healthz\"").image(arguments);
        let words = &image["runtime"]["healthcheck"]["probe"];
        let words = words.as_array().unwrap().iter();
        let words: Vec<_> = words.map(|word| word.as_str().unwrap()).collect();
        words[4..].join(" ")
    };
    assert_eq!(
        options(&["--libc", "musl"]),
        "--target \"$(uname -m)-unknown-linux-musl\""
    );
    assert_eq!(
        options(&["--libc", "glibc", "--linkage", "static"]),
        "-C target-feature=+crt-static --target \"$(uname -m)-unknown-linux-gnu\""
    );
    assert_eq!(options(&["--libc", "glibc", "--linkage", "dynamic"]), "");
    assert_eq!(
        options(&["--libc", "musl", "--platform", "linux/amd64,linux/arm64"]),
        "--target \"$RUST_TARGET\" -C linker=\"${RUST_TARGET%%-*}-linux-gnu-gcc\""
    );
}

#[test]
fn a_port_that_is_not_plain_has_to_be_named() {
    let ran = Project::with("[package.metadata.dockerize]\nhealthcheck = \"/healthz\"").run(&[]);
    ran.refuses("healthcheck")
        .says("no port was found that the program listens on")
        .says("healthcheck = \":8080/healthz\"");
    let ran = server("healthcheck = \"/healthz\"\nport = [8080, 9090]").run(&[]);
    ran.refuses("healthcheck")
        .says("the program listens on several ports: 8080, 9090");
    let project = server("healthcheck = \":9090/healthz\"\nport = [8080, 9090]");
    assert!(project.dockerfile(&[]).contains("\"9090\", \"/healthz\"]"));
}

#[test]
fn what_is_no_path_is_refused() {
    for text in [
        "healthz",
        "curl -f http://localhost/",
        "http://localhost:8080/healthz",
        ":x/healthz",
        ":0/healthz",
        ":70000/healthz",
        ":8080",
        "/a b",
        "/a\\r\\nHost: x",
        "",
    ] {
        let project = server(&format!("healthcheck = \"{text}\""));
        project.run(&[]).refuses("healthcheck");
        assert!(!project.has("Dockerfile"));
    }
    for value in ["[]", "[\"\"]"] {
        let ran = server(&format!("healthcheck = {value}")).run(&[]);
        ran.refuses("healthcheck");
    }
    for value in ["8080", "true", "{ path = \"/\" }", "[1]"] {
        let ran = server(&format!("healthcheck = {value}")).run(&[]);
        ran.refuses("manifest-key").says("Cargo.toml:");
    }
}

#[test]
fn a_command_is_in_the_exec_form() {
    let project = server("healthcheck = [\"/usr/local/bin/app\", \"health\", \"it's $HOME\"]");
    let ran = project.generate(&[]);
    ran.keeps_quiet_about("[healthcheck]");
    let text = project.read("Dockerfile");
    let line = "\nHEALTHCHECK CMD [\"/usr/local/bin/app\", \"health\", \"it's $HOME\"]\n";
    assert!(text.contains(line) && !text.contains("rustc "), "{text}");
}

#[test]
fn a_command_that_the_image_lacks_is_warned_of() {
    for (settings, is_missing) in [
        (
            "healthcheck = [\"curl\", \"-f\", \"http://localhost:8080/\"]",
            true,
        ),
        ("healthcheck = [\"/bin/sh\", \"-c\", \"true\"]", true),
        (
            "healthcheck = [\"/bin/sh\", \"-c\", \"true\"]\nruntime = \"debian:trixie-slim\"",
            false,
        ),
        (
            "healthcheck = [\"curl\", \"-f\", \"http://localhost:8080/\"]\nruntime-packages = [\"curl\"]",
            false,
        ),
        ("healthcheck = [\"app\", \"health\"]", false),
        // Nobody knows what is in there.
        (
            "healthcheck = [\"curl\"]\nruntime = \"registry.example/base:1\"",
            false,
        ),
        (
            "healthcheck = [\"/probe\"]\nsnippets = { before-user = \"COPY --from=probe /probe /probe\" }",
            false,
        ),
    ] {
        let ran = server(settings).generate(&[]);
        let said = ran.stderr.contains("warning[healthcheck]");
        assert_eq!(said, is_missing, "{settings}\n{}", ran.stderr);
    }
}

/// What the engine finds, with this answer of the server.
fn health(image: &Image, status: Option<&str>) -> String {
    let status = status.map(|status| format!("--env=STATUS={status}"));
    let mut words = vec![
        "run",
        "--detach",
        "--read-only",
        "--cap-drop=ALL",
        "--user=65532",
        "--network=none",
        "--health-interval=1s",
        "--health-retries=1",
    ];
    words.extend(status.as_deref());
    words.push(&image.tag);
    let id = docker_ok(&words);
    let start = Instant::now();
    let mut found = "starting".to_owned();
    while found == "starting" && start.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(200));
        let format = "{{.State.Health.Status}}";
        found = docker_ok(&["inspect", "--format", format, id.trim()])
            .trim()
            .to_owned();
    }
    docker(&["rm", "--force", id.trim()]);
    found
}

#[test]
#[ignore = "needs Docker"]
fn the_engine_finds_out() {
    let _turn = turn();
    for (name, settings) in [
        ("musl", "libc = \"musl\""),
        (
            "mounts",
            "libc = \"glibc\"\nlinkage = \"static\"\nstrategy = \"mounts\"",
        ),
        (
            "hybrid",
            "runtime = \"debian:trixie-slim\"\nlinkage = \"dynamic\"\nstrategy = \"hybrid\"",
        ),
    ] {
        let project = server(&format!("healthcheck = \"/healthz?full=1\"\n{settings}"));
        project.generate(&[]);
        let options = ["--build-arg=RUST_VERSION=1.85"];
        let image = Image::build(&project, &format!("health-{name}"), &options);
        assert_eq!(health(&image, Some("204")), "healthy", "{name}");
        assert_eq!(health(&image, Some("302")), "healthy", "{name}");
        assert_eq!(health(&image, Some("500")), "unhealthy", "{name}");
        assert_eq!(health(&image, None), "unhealthy", "{name}");
    }
}
