//! What a repository makes cargo run: planning runs none of it, and says so.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use crate::project::{Project, Ran};

/// Leaves a trace, and does what it stands for.
const PROGRAM: &str = "#!/bin/sh\necho ran >> \"$TRACE\"\n\
                       case \"$1\" in rustc|*/rustc) shift;; esac\nexec rustc \"$@\"\n";
const TRACE: &str = "trace";

/// A project with a program, and with these lines as cargo's configuration.
fn configured(lines: &str) -> Project {
    let project = Project::single().file(".cargo/config.toml", lines);
    project.executable("own.sh", PROGRAM);
    project
}

/// Runs a program as somebody would who has set nothing.
fn run(project: &Project, program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .current_dir(project.root())
        .env("CARGO_HOME", project.cargo_home())
        .env("TRACE", project.path(TRACE))
        .env_remove("RUSTC")
        .env_remove("RUSTC_WRAPPER")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .env_remove("http_proxy")
        .env_remove("HTTP_PROXY")
        .env_remove("CARGO_HTTP_PROXY")
        .output()
        .unwrap()
}

/// Whether cargo runs the program when it is asked what planning asks.
fn cargo_runs_it(project: &Project) -> bool {
    let words = ["metadata", "--format-version=1", "--offline"];
    let platform = "--filter-platform=x86_64-unknown-linux-gnu";
    let output = run(project, env!("CARGO"), &[&words[..], &[platform]].concat());
    assert!(output.status.success(), "{output:?}");
    let ran = project.has(TRACE);
    let _ = fs_err::remove_file(project.path(TRACE));
    ran
}

#[test]
fn planning_runs_nothing_that_a_repository_names() {
    for (lines, key, line) in [
        ("[build]\nrustc = \"./own.sh\"", "build.rustc", 2),
        (
            "[build]\nrustc-wrapper = \"./own.sh\"",
            "build.rustc-wrapper",
            2,
        ),
        (
            "[build]\n\nrustc-workspace-wrapper = \"./own.sh\"",
            "build.rustc-workspace-wrapper",
            3,
        ),
    ] {
        let project = configured(lines);
        assert!(cargo_runs_it(&project), "{lines}");
        for command in [
            &["plan"][..],
            &["check"],
            &[],
            &["skeleton", "--output", "sk"],
        ] {
            let words = [&["dockerize"], command].concat();
            let output = run(&project, env!("CARGO_BIN_EXE_cargo-dockerize"), &words);
            assert!(!project.has(TRACE), "{lines}: {command:?} runs it");
            let said = String::from_utf8_lossy(&output.stderr);
            if !command.contains(&"skeleton") {
                let warning = format!(
                    "warning[repository-runs-program]: cargo runs `./own.sh`, as `{key}` of the repository says"
                );
                assert!(said.contains(&warning), "{command:?}\n{said}");
                assert!(
                    said.contains(&format!(".cargo/config.toml:{line}")),
                    "{said}"
                );
            }
        }
    }
}

#[test]
fn files_that_are_included_count() {
    let project = configured("include = [\"more.toml\"]\n").file(
        ".cargo/more.toml",
        "[build]\nrustc-wrapper = \"./own.sh\"\n",
    );
    let ran = project.run(&["plan"]).exits(0);
    ran.says("warning[repository-runs-program]")
        .says(".cargo/more.toml:2");
}

/// What cargo does not run is not warned of, and neither are programs of the user's own `PATH`.
#[test]
fn nothing_else_is_warned_of() {
    for lines in [
        "[build]\nrustdoc = \"./own.sh\"",
        "[target.x86_64-unknown-linux-gnu]\nrunner = \"./own.sh\"\nlinker = \"./own.sh\"",
        "[build]\nrustflags = [\"-Clinker=./own.sh\"]",
        "[alias]\nx = \"!./own.sh\"",
        "[env]\nRUSTC = \"./own.sh\"\nRUSTC_WRAPPER = { value = \"./own.sh\", force = true }",
    ] {
        let project = configured(lines);
        assert!(!cargo_runs_it(&project), "{lines}");
        let ran = project.run(&["plan"]).exits(0);
        ran.keeps_quiet_about("repository-runs-program");
    }
    let project = configured("[build]\nrustc-wrapper = \"sccache\"");
    let ran = project.run(&["plan"]).exits(0);
    ran.keeps_quiet_about("repository-runs-program");
}

/// A registry asks for a token: cargo runs the provider, and nothing that is set can keep it from that.
#[test]
fn a_provider_of_tokens_is_warned_of() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let answer = "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Cargo login_url=\"http://localhost/me\"\r\n\
                          content-length: 0\r\nconnection: close\r\n\r\n";
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    let lines = format!(
        "[registries.acme]\nindex = \"sparse+http://127.0.0.1:{port}/\"\ncredential-provider = [\"./own.sh\"]\n"
    );
    let project = configured(&lines);
    let ran = project.run(&["plan"]).exits(0);
    let text =
        "cargo runs `./own.sh`, as `registries.acme.credential-provider` of the repository says";
    ran.says(text).says(".cargo/config.toml:3");
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        &format!("{manifest}[dependencies]\nx = {{ version = \"1\", registry = \"acme\" }}\n"),
    );
    run(&project, env!("CARGO"), &["metadata", "--format-version=1"]);
    assert!(project.has(TRACE), "cargo does not run it");
}

#[test]
fn a_toolchain_of_the_repository_is_refused_before_anything_runs() {
    let project = configured("[build]\nrustc-wrapper = \"./own.sh\"");
    let path = project.path("toolchain");
    let text = format!("[toolchain]\npath = \"{}\"\n", path.display());
    let project = project.file("rust-toolchain.toml", &text);
    // cargo would fail, were it asked.
    project.write("Cargo.toml", "no manifest");
    project.run(&["plan"]).refuses("toolchain-file");
}

#[test]
fn passwords_in_the_configuration_are_warned_of_and_never_shown() {
    for (lines, key) in [
        (
            "[http]\nproxy = \"me:hush@proxy.example.com:3128\"",
            Some("http.proxy"),
        ),
        (
            "[http]\nproxy = \"http://me:hush@proxy.example.com\"",
            Some("http.proxy"),
        ),
        (
            "[registries.acme]\nindex = \"sparse+https://me:hush@cargo.example.com/\"",
            Some("registries.acme.index"),
        ),
        (
            "[source.mine]\nregistry = \"https://me:hush@cargo.example.com/index\"",
            Some("source.mine.registry"),
        ),
        (
            "[env]\nAWS_SECRET_ACCESS_KEY = \"hush\"",
            Some("env.AWS_SECRET_ACCESS_KEY"),
        ),
        (
            "[env]\ngithub_token = { value = \"hush\", force = true }",
            Some("env.github_token.value"),
        ),
        (
            "[registries.acme]\nindex = \"sparse+https://cargo.example.com/\"\ncredential-provider = [\"x\", \"--url\", \"https://me:hush@h/\"]",
            Some("registries.acme.credential-provider"),
        ),
        ("[http]\nproxy = \"proxy.example.com:3128\"", None),
        (
            "[registries.acme]\nindex = \"ssh://git@example.com/index\"",
            None,
        ),
        ("[env]\nTOKENIZER = \"bpe\"\nRUST_LOG = \"a:b@c\"", None),
    ] {
        let project = Project::single().file(".cargo/config.toml", lines);
        let ran = project.run(&["plan"]).exits(0);
        match key {
            Some(key) => {
                let warning = format!("warning[password-in-configuration]: the value of `{key}`");
                ran.says(&warning)
                    .says(".cargo/config.toml:")
                    .keeps_quiet_about("hush");
            }
            None => {
                ran.keeps_quiet_about("password-in-configuration");
            }
        }
        assert!(!project.plan(&[]).to_string().contains("hush"), "{lines}");
    }
}

/// rustup takes longer than the compiler that it starts, and cargo asks several times.
#[test]
fn the_compiler_behind_rustup_is_run_at_once() {
    let project = Project::single();
    project.executable("../bin/rustup", "#!/bin/sh\nexit 1\n");
    std::os::unix::fs::symlink("rustup", project.path("../bin/rustc")).unwrap();
    let toolchain = project.path("../home/toolchains/own/bin");
    fs_err::create_dir_all(&toolchain).unwrap();
    let real = Command::new("rustc").args(["--print", "sysroot"]).output();
    let real = String::from_utf8(real.unwrap().stdout).unwrap();
    let real = Path::new(real.trim()).join("bin/rustc");
    std::os::unix::fs::symlink(real, toolchain.join("rustc")).unwrap();
    let usual = std::env::var_os("PATH").unwrap();
    let first = [project.path("../bin")].into_iter();
    let path = std::env::join_paths(first.chain(std::env::split_paths(&usual))).unwrap();
    let plan = |toolchain: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-dockerize"))
            .args(["dockerize", "plan"])
            .current_dir(project.root())
            .env("CARGO_HOME", project.cargo_home())
            .env("PATH", &path)
            .env("RUSTUP_HOME", project.path("../home"))
            .env("RUSTUP_TOOLCHAIN", toolchain)
            .env_remove("RUSTC")
            .output();
        Ran::new(output.unwrap(), project.root())
    };
    plan("own").exits(0);
    // Nothing outside of rustup's folder.
    for outside in ["../toolchains/own", "..", "/own", "none", ""] {
        plan(outside).refuses("cargo-metadata");
    }
}
