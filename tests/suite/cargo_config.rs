//! cargo's configuration and the toolchain file: what they name is in the build, what cannot hold there is said.

use serde_json::Value;

use crate::project::{MAIN, Project, manifest};

fn with_config(config: &str) -> Project {
    Project::single().file(".cargo/config.toml", config)
}

fn with_toolchain(lines: &str) -> Project {
    Project::single().file("rust-toolchain.toml", &format!("[toolchain]\n{lines}\n"))
}

/// The only warning with a code, as `file:line message`; empty where there is none.
fn warned(image: &Value, code: &str) -> String {
    let all = image["diagnostics"].as_array().unwrap().iter();
    let with_code: Vec<_> = all.filter(|found| found["code"] == code).collect();
    assert!(with_code.len() < 2, "{with_code:?}");
    let shown = with_code.first().map(|found| {
        let place = &found["location"];
        let path = place["path"].as_str().unwrap();
        let message = found["message"].as_str().unwrap();
        format!("{path}:{} {message}", place["line"])
    });
    shown.unwrap_or_default()
}

fn env(image: &Value, name: &str) -> Option<String> {
    let mut all = image["builder"]["env"].as_array().unwrap().iter();
    let found = all.find(|variable| variable["value"]["name"] == name)?;
    Some(found["value"]["value"].as_str().unwrap().to_owned())
}

#[test]
fn wrappers_of_the_machine_are_left_out() {
    for (config, variable) in [
        ("[build]\nrustc-wrapper = 'sccache'\n", "RUSTC_WRAPPER"),
        (
            "build.rustc-wrapper = '/opt/bin/cachepot'\n",
            "RUSTC_WRAPPER",
        ),
        (
            "[build]\nrustc-workspace-wrapper = 'clippy-driver'\n",
            "RUSTC_WORKSPACE_WRAPPER",
        ),
        ("include = ['own.toml']\n", "RUSTC_WRAPPER"),
    ] {
        let project =
            with_config(config).file(".cargo/own.toml", "[build]\nrustc-wrapper = 'sccache'\n");
        let image = project.image(&[]);
        assert_eq!(env(&image, variable).as_deref(), Some(""), "{config}");
        assert_eq!(warned(&image, "config-path"), "", "{config}");
        let text = project.dockerfile(&[]);
        assert!(text.contains(&format!("\nENV {variable}=\"\"\n")), "{text}");
        project.run(&["plan"]).exits(0);
    }
    let image = with_config("[build]\nrustc-wrapper = ''\n").image(&[]);
    assert_eq!(env(&image, "RUSTC_WRAPPER"), None);
}

#[test]
fn a_wrapper_of_the_repository_comes_with_it() {
    let project = with_config("[build]\nrustc-wrapper = 'tools/wrap'\n").file("tools/wrap", "");
    project.executable("tools/wrap", "#!/bin/sh\nexec \"$@\"\n");
    assert_eq!(env(&project.image(&[]), "RUSTC_WRAPPER"), None);
    let text = project.dockerfile(&[]);
    assert!(text.contains("COPY tools/wrap tools/\n"), "{text}");
    assert!(
        project
            .read("Dockerfile.dockerignore")
            .contains("\n!tools/wrap\n")
    );
}

#[test]
fn included_files_are_followed() {
    let project = with_config(
        "include = ['flags.toml', { path = '../ci/shared.toml', optional = true }, \
         { path = 'none.toml', optional = true }]\n",
    )
    .file(
        ".cargo/flags.toml",
        "[build]\nrustflags = ['-Clink-arg=-fuse-ld=mold']\n",
    )
    .file("rust-toolchain", "1.95.0\n")
    .file("ci/shared.toml", "include = ['more.toml']\n")
    .file(
        "ci/more.toml",
        "[target.'cfg(unix)']\nrustflags = ['-Ctarget-cpu=native']\n",
    );
    let image = project.image(&[]);
    assert!(warned(&image, "native-cpu").starts_with("ci/more.toml:2 "));
    assert_eq!(image["builder"]["packages"][0]["value"], "mold");
    let text = project.dockerfile(&[]);
    for copied in [
        "COPY .cargo/config.toml .cargo/flags.toml .cargo/\n",
        "COPY ci/shared.toml ci/more.toml ci/\n",
    ] {
        assert!(text.contains(copied), "no {copied} in\n{text}");
    }
    let ignore = project.read("Dockerfile.dockerignore");
    assert!(ignore.contains("\n!ci/more.toml\n"), "{ignore}");
    assert_eq!(warned(&image, "config-include"), "");
}

#[test]
fn includes_that_the_builder_cannot_read_are_said() {
    let old = with_config("include = ['more.toml']\n")
        .file(".cargo/more.toml", "")
        .file("rust-toolchain", "1.90.0\n");
    let said = warned(&old.image(&[]), "config-include");
    assert_eq!(
        said,
        ".cargo/config.toml:1 cargo 1.90 does not follow `include`"
    );

    let outside = Project::at("home/app")
        .file("Cargo.toml", &manifest("app"))
        .file("src/main.rs", MAIN)
        .file(".cargo/config.toml", "include = ['../../mine.toml']\n")
        .file("../mine.toml", "")
        .file("rust-toolchain", "1.95.0\n")
        .locked();
    let said = warned(&outside.image(&[]), "config-include");
    assert!(
        said.ends_with("home/mine.toml` lies outside the project"),
        "{said}"
    );
    assert!(!outside.dockerfile(&[]).contains("mine.toml"));
}

#[test]
fn files_that_the_configuration_names_are_in_the_build() {
    let project = with_config("[http]\ncainfo = 'certs/company.pem'\n")
        .file("certs/company.pem", "-----BEGIN CERTIFICATE-----\n")
        .file("certs/company.key", "-----BEGIN PRIVATE KEY-----\n");
    assert_eq!(warned(&project.image(&[]), "config-path"), "");
    let text = project.dockerfile(&[]);
    assert!(text.contains("COPY certs/company.pem certs/\n"), "{text}");
    let ignore = project.read("Dockerfile.dockerignore");
    assert!(ignore.contains("\n!certs/company.pem\n"), "{ignore}");
    assert!(!ignore.contains("company.key"), "{ignore}");

    let linker = with_config("[target.'cfg(target_os = \"linux\")']\nlinker = 'tools/ld'\n")
        .file("tools/ld", "#!/bin/sh\nexec cc \"$@\"\n");
    let text = linker.dockerfile(&[]);
    assert!(text.contains("COPY tools/ld tools/\n"), "{text}");
}

#[test]
fn files_of_this_machine_are_said() {
    for (config, line) in [
        ("[http]\ncainfo = '/home/me/ca.pem'\n", 2),
        ("[http]\ncainfo = 'missing.pem'\n", 2),
        ("\n\ntarget.'cfg(unix)'.linker = '/opt/cross/ld'\n", 3),
    ] {
        let said = warned(&with_config(config).image(&[]), "config-path");
        let expected = format!(".cargo/config.toml:{line} ");
        assert!(said.starts_with(&expected), "{config}: {said}");
    }
    for config in [
        "http.cainfo = '/etc/ssl/certs/ca-certificates.crt'\n",
        "[target.'cfg(windows)']\nlinker = '/opt/cross/ld'\n",
        "[target.'cfg(unix)']\nlinker = '/usr/bin/clang'\n",
        "[target.'cfg(unix)']\nlinker = 'gcc'\n",
    ] {
        assert_eq!(
            warned(&with_config(config).image(&[]), "config-path"),
            "",
            "{config}"
        );
    }
}

#[test]
fn relative_variables_bring_what_they_name() {
    let project = with_config(
        "[env]\nSCHEMA = { value = 'api/v1', relative = true }\nTEXT = 'api/v2'\n\
         CARGO_WORKSPACE_DIR = { value = '', relative = true }\n\
         OUT = { value = 'target/out', relative = true }\nNONE = { value = 'none', relative = true }\n",
    )
    .file("api/v1/a.txt", "")
    .file("api/v2/a.txt", "")
    .file("notes.txt", "");
    let text = project.dockerfile(&[]);
    assert!(text.contains("COPY api/v1 api/v1\n"), "{text}");
    let ignore = project.read("Dockerfile.dockerignore");
    assert!(
        !ignore.contains("v2") && !ignore.contains("notes"),
        "{ignore}"
    );
}

#[test]
fn a_native_processor_is_warned_about() {
    for config in [
        "[build]\nrustflags = ['-C', 'target-cpu=native']\n",
        "\nbuild.rustflags = '-Ctarget-cpu=native -Cdebuginfo=0'\n",
        "[target.x86_64-unknown-linux-musl]\nrustflags = ['-Ctarget-cpu=native']\n",
    ] {
        let said = warned(&with_config(config).image(&[]), "native-cpu");
        assert!(
            said.starts_with(".cargo/config.toml:2 "),
            "{config}: {said}"
        );
    }
    for config in [
        "[build]\nrustflags = ['-C', 'target-cpu=x86-64-v3']\n",
        "[target.x86_64-pc-windows-msvc]\nrustflags = ['-Ctarget-cpu=native']\n",
    ] {
        assert_eq!(
            warned(&with_config(config).image(&[]), "native-cpu"),
            "",
            "{config}"
        );
    }
}

fn workspace(config: &str) -> Project {
    Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = ['app', 'nested/svc']\nresolver = '2'\n",
        )
        .program("app", "app")
        .program("nested/svc", "svc")
        .file("nested/svc/.cargo/config.toml", config)
        .locked()
}

#[test]
fn a_configuration_of_a_member_is_warned_about() {
    let project =
        workspace("[alias]\nx = 'run'\n\n[build]\njobs = 2\nrustflags = ['--cfg', 'a']\n");
    let said = warned(&project.image(&["-p", "svc"]), "member-config");
    let expected = "nested/svc/.cargo/config.toml:6 `build.rustflags` of `nested/svc/.cargo/config.toml` does not hold in the image";
    assert_eq!(said, expected);
    // Another member's does not count for it.
    assert_eq!(warned(&project.image(&["-p", "app"]), "member-config"), "");

    let between = workspace("").file("nested/.cargo/config", "[env]\nREGION = 'eu'\nZONE = 'a'\n");
    let said = warned(&between.image(&["-p", "svc"]), "member-config");
    assert!(
        said.starts_with("nested/.cargo/config:2 `env.REGION`, `env.ZONE` "),
        "{said}"
    );

    let quiet = workspace("[alias]\nx = 'run'\n[build]\ntarget-dir = 'out'\n");
    assert_eq!(warned(&quiet.image(&["-p", "svc"]), "member-config"), "");
    let broken = workspace("[build\n");
    assert_eq!(warned(&broken.image(&["-p", "svc"]), "member-config"), "");
}

#[test]
fn nightly_is_asked_for_where_stable_cannot_compile() {
    let feature = |attribute: &str| {
        Project::single()
            .file("src/main.rs", &format!("{attribute}\nfn main() {{}}\n"))
            .image(&[])
    };
    let certain =
        "src/main.rs:2 only nightly Rust compiles this, and the image is built with stable Rust";
    for attribute in [
        "\n#![feature(never_type)]",
        "// a server\n#![feature(test, let_chains)]",
        "\n#![cfg_attr(unix, feature(never_type))]",
    ] {
        assert_eq!(
            warned(&feature(attribute), "nightly-needed"),
            certain,
            "{attribute}"
        );
    }
    for attribute in [
        "#![cfg_attr(docsrs, feature(doc_cfg))]",
        "#![cfg_attr(nightly, feature(test))]",
        "#![cfg_attr(windows, feature(test))]",
        "#![cfg_attr(feature = \"nightly\", feature(test))]",
        "#![allow(unused_features)]\n// #![feature(test)]",
        "#[cfg(feature = \"test\")]\nmod a {}",
    ] {
        assert_eq!(
            warned(&feature(attribute), "nightly-needed"),
            "",
            "{attribute}"
        );
    }
    let dependency = "[dependencies]\nown = { path = 'own' }\n[workspace]\n";
    let library = Project::empty()
        .file("Cargo.toml", &(manifest("app") + dependency))
        .file("src/main.rs", MAIN)
        .library("own", "own")
        .file(
            "own/src/lib.rs",
            "//! Docs.\n#![feature(never_type)]\npub fn a() {}\n",
        )
        .locked();
    assert!(warned(&library.image(&[]), "nightly-needed").starts_with("own/src/lib.rs:2 "));

    // A stable compiler that runs here refuses it before any plan is made.
    with_config("[build]\nrustflags = ['-Zshare-generics=y']\n")
        .run_with(&["plan"], &[("RUSTC_BOOTSTRAP", "1")])
        .exits(0)
        .says("warning[nightly-needed]: only nightly")
        .says("--> .cargo/config.toml:2");
    let ignored = with_config("[unstable]\nbuild-std = ['std']\n").image(&[]);
    let said = ".cargo/config.toml:2 stable Rust ignores a part of cargo's configuration";
    assert_eq!(warned(&ignored, "nightly-needed"), said);
}

#[test]
fn nightly_that_is_there_is_enough() {
    let feature = "#![feature(never_type)]\nfn main() {}\n";
    for project in [
        Project::single().file("rust-toolchain", "nightly-2026-01-31\n"),
        Project::single().file("mise.toml", "[tools]\nrust = 'nightly'\n"),
        Project::single().file(".cargo/config.toml", "[env]\nRUSTC_BOOTSTRAP = '1'\n"),
    ] {
        let image = project.file("src/main.rs", feature).image(&[]);
        assert_eq!(warned(&image, "nightly-needed"), "");
    }
    let project = Project::single().file("src/main.rs", feature);
    let image = project.image(&["--builder-image", "rustlang/rust:nightly-slim"]);
    assert_eq!(warned(&image, "nightly-needed"), "");
    let image = project.image(&["--builder-image", "rust:1.95-slim-trixie"]);
    assert!(!warned(&image, "nightly-needed").is_empty());
    // The toolchain file that is there is the one to change.
    let pinned = project.file("rust-toolchain.toml", "[toolchain]\nchannel = '1.95.0'\n");
    pinned
        .run(&["plan"])
        .exits(0)
        .says("name a nightly as the channel in `rust-toolchain.toml`");
}

#[test]
fn the_toolchain_file_is_kept() {
    let nightly = with_toolchain(
        "channel = 'nightly'\ncomponents = ['rust-src', 'clippy', 'llvm-tools-preview', '$(id)']\n\
         targets = ['wasm32-unknown-unknown', 'thumbv7em-none-eabihf', 'aarch64-apple-darwin', '-x']\n\
         profile = 'minimal'",
    );
    let text = nightly.dockerfile(&["--libc", "glibc"]);
    let install = "RUN rustup toolchain install nightly --profile minimal --component rust-src \
                   --component llvm-tools-preview --target wasm32-unknown-unknown --target thumbv7em-none-eabihf\n";
    assert!(text.contains(install), "{text}");

    let complete = with_toolchain("channel = 'nightly'\nprofile = 'complete'");
    assert!(
        complete
            .dockerfile(&[])
            .contains("install nightly --profile complete")
    );
    let default = with_toolchain("channel = 'nightly'\nprofile = 'default'");
    assert!(
        default
            .dockerfile(&[])
            .contains("install nightly --profile minimal")
    );

    let stable =
        with_toolchain("channel = '1.95.0'\ncomponents = ['rust-src', 'rustfmt', 'clippy']");
    let text = stable.dockerfile(&["--libc", "glibc"]);
    assert!(
        text.contains("\nRUN rustup component add rust-src\n"),
        "{text}"
    );
    // Build scripts may format what they write.
    let text = stable
        .file("build.rs", "fn main() {}\n")
        .dockerfile(&["--libc", "glibc"]);
    assert!(
        text.contains("\nRUN rustup component add rust-src rustfmt\n"),
        "{text}"
    );

    let std = with_toolchain("channel = 'nightly'")
        .file(".cargo/config.toml", "[unstable]\nbuild-std = ['std']\n");
    assert!(
        std.dockerfile(&[])
            .contains("--profile minimal --component rust-src")
    );
}

#[test]
fn version_managers_name_the_version_of_rust() {
    let place = |project: Project| {
        let image = project.image(&[]);
        let rust = &image["builder"]["rust_version"];
        let origin = &rust["because"][0]["origin"];
        format!("{} {}:{}", rust["value"], origin["file"], origin["line"]).replace('"', "")
    };
    let with = |file: &str, text: &str| Project::single().file(file, text);
    assert_eq!(
        place(with(".tool-versions", "nodejs 22.1.0\nrust 1.90.0\n")),
        "1.90.0 .tool-versions:2"
    );
    assert_eq!(
        place(with("mise.toml", "[tools]\nrust = '1.91'\n")),
        "1.91 mise.toml:2"
    );
    assert_eq!(
        place(with(
            ".config/mise.toml",
            "[tools.rust]\nversion = '1.90.0'\n"
        )),
        "1.90.0 .config/mise.toml:1"
    );
    // rustup's own file counts first.
    let both = with("mise.toml", "[tools]\nrust = '1.91'\n").file("rust-toolchain", "1.92.0\n");
    assert_eq!(place(both), "1.92.0 rust-toolchain:1");
    let none = with(".tool-versions", "rust latest\n").image(&[]);
    assert_eq!(
        none["builder"]["rust_version"]["because"][0]["origin"]["kind"],
        "compiler"
    );
    with("mise.toml", "[[[").run(&["plan"]).exits(0);
}
