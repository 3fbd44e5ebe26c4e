//! Static or dynamic, from the graph, the sources and the settings; and the libraries that go with it.
//!
//! The crates here only have the names of real ones: the tables go by the name.

use serde_json::Value;

use crate::project::{Project, manifest};

const TABLE: &str = "[package.metadata.dockerize]\n";
const SYSTEM: &str = "openssl-sys@0.9.100";
const CXX: &str = "link-cplusplus@1.0.9";
const LOADS: &str = "libloading@0.8.5";
const THREADS: &str = "rayon-core@1.12.0";

/// A program that depends on crates with these names and versions.
pub(crate) fn with_crates(crates: &[&str], keys: &str) -> Project {
    let mut text = format!(
        "{}[workspace]\n{TABLE}{keys}[dependencies]\n",
        manifest("app")
    );
    let mut project = Project::empty().file("src/main.rs", "fn main() {}\n");
    for crate_ in crates {
        let (name, version) = crate_.split_once('@').unwrap();
        text += &format!("{name} = {{ path = \"fake/{name}\" }}\n");
        let own = manifest(name).replace("0.1.0", version);
        project = project
            .file(&format!("fake/{name}/Cargo.toml"), &own)
            .file(&format!("fake/{name}/src/lib.rs"), "");
    }
    project.file("Cargo.toml", &text).locked()
}

/// libc, whether static, and the runtime image.
#[track_caller]
fn route(project: &Project, arguments: &[&str]) -> (String, bool, String) {
    let image = project.image(arguments);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (
        text(&image["build"]["libc"]["value"]),
        image["build"]["is_static"].as_bool().unwrap(),
        text(&image["runtime"]["image"]["value"]),
    )
}

fn expected(libc: &str, is_static: bool, image: &str) -> (String, bool, String) {
    (libc.to_owned(), is_static, image.to_owned())
}

const CC: &str = "gcr.io/distroless/cc-debian13:nonroot";

#[test]
fn the_graph_chooses_the_smallest_sound_route() {
    for (crates, libc, is_static, image) in [
        (&[][..], "musl", true, "scratch"),
        (&[THREADS][..], "glibc", true, "scratch"),
        (&[CXX][..], "glibc", true, "scratch"),
        (&[LOADS][..], "glibc", false, CC),
        (&[SYSTEM][..], "glibc", false, CC),
        (&[THREADS, SYSTEM, CXX][..], "glibc", false, CC),
    ] {
        let project = with_crates(crates, "");
        assert_eq!(
            route(&project, &[]),
            expected(libc, is_static, image),
            "{crates:?}"
        );
    }
}

#[test]
fn settings_choose_among_the_routes() {
    let project = with_crates(&[THREADS], "");
    for (arguments, libc, is_static, image) in [
        (&["--libc", "musl"][..], "musl", true, "scratch"),
        (&["--libc", "glibc"][..], "glibc", false, CC),
        (&["--linkage", "dynamic"][..], "glibc", false, CC),
        (&["--linkage", "static"][..], "glibc", true, "scratch"),
        (
            &["--libc", "glibc", "--linkage", "static"][..],
            "glibc",
            true,
            "scratch",
        ),
        (&["--runtime", "scratch"][..], "glibc", true, "scratch"),
        (&["--runtime", "distroless"][..], "glibc", false, CC),
        (
            &["--runtime", "distroless", "--linkage", "static"][..],
            "glibc",
            true,
            "gcr.io/distroless/static-debian13:nonroot",
        ),
    ] {
        assert_eq!(
            route(&project, arguments),
            expected(libc, is_static, image),
            "{arguments:?}"
        );
    }
    project
        .run(&["--libc", "musl", "--linkage", "dynamic"])
        .refuses("linkage");
    project
        .generate(&["--libc", "musl"])
        .says("warning[musl-allocator]")
        .says("rayon-core");
}

#[test]
fn static_glibc_is_a_flag_for_the_target_alone() {
    let project = with_crates(&[CXX], "");
    let text = project.instructions(&[]);
    assert!(
        text.contains("ENV CARGO_BUILD_RUSTFLAGS=\"-C target-feature=+crt-static\"\n"),
        "{text}"
    );
    let target = "--target \"$(uname -m)-unknown-linux-gnu\"";
    assert_eq!(
        text.matches(target).count(),
        2,
        "dependencies, program: {text}"
    );
    assert!(!text.contains("rustup target add"), "{text}");
    assert!(
        text.contains("install --yes --no-install-recommends g++"),
        "{text}"
    );
}

#[test]
fn flags_of_the_project_stay() {
    let project = with_crates(&[THREADS], "");
    let variables = |config: &str| {
        project.write(".cargo/config.toml", config);
        let image = project.image(&[]);
        let env = image["builder"]["env"].as_array().unwrap();
        let names = env
            .iter()
            .map(|variable| variable["value"]["name"].as_str());
        let names: Vec<_> = names.map(|name| name.unwrap().to_owned()).collect();
        (names, image["build"]["is_static"].as_bool().unwrap())
    };
    let build = vec!["CARGO_BUILD_RUSTFLAGS".to_owned()];
    let target: Vec<_> = ["X86_64", "AARCH64"]
        .iter()
        .map(|machine| format!("CARGO_TARGET_{machine}_UNKNOWN_LINUX_GNU_RUSTFLAGS"))
        .collect();
    // cargo joins a variable with the key of its name, and flags of a target hide those of `build`.
    let flags = "rustflags = [\"--cfg\", \"tokio_unstable\"]\n";
    assert_eq!(
        variables(&format!("[build]\n{flags}")),
        (build.clone(), true)
    );
    for key in ["x86_64-unknown-linux-gnu", "'cfg(unix)'"] {
        let config = format!("[target.{key}]\n{flags}");
        assert_eq!(variables(&config), (target.clone(), true), "{key}");
    }
    let other = format!("[target.x86_64-pc-windows-msvc]\n{flags}");
    assert_eq!(variables(&other), (build, true));
    // What is for another system says nothing about the image.
    let other = "[target.x86_64-pc-windows-msvc]\nrustflags = [\"-Ctarget-feature=+crt-static\"]\n";
    assert_eq!(
        variables(other),
        (vec!["CARGO_BUILD_RUSTFLAGS".to_owned()], true)
    );
    let own = "[build]\nrustflags = [\"-C\", \"target-feature=-crt-static\"]\n";
    assert_eq!(variables(own), (Vec::new(), false));
    project
        .generate(&[])
        .says(".cargo/config.toml:2: says how to link with `crt-static`");
}

#[test]
fn a_builder_of_the_user_may_have_no_static_library() {
    let project = with_crates(&[THREADS], "builder-image = \"example.org/rust:1\"\n");
    let (libc, is_static, _) = route(&project, &[]);
    assert_eq!((libc.as_str(), is_static), ("glibc", false));
    let (libc, is_static, _) = route(&project, &["--builder-image", "rust:1.90-trixie"]);
    assert_eq!((libc.as_str(), is_static), ("glibc", true));
}

#[test]
fn libraries_that_the_project_names_are_looked_for() {
    for (path, text) in [
        (
            "src/main.rs",
            "#[link(name = \"lz4\")]\nunsafe extern \"C\" {}\nfn main() {}\n",
        ),
        (
            "build.rs",
            "fn main() { println!(\"cargo::rustc-link-lib=lz4\"); }\n",
        ),
    ] {
        let project = with_crates(&[], "").file(path, text);
        assert_eq!(route(&project, &[]), expected("glibc", false, CC), "{path}");
        let because = &project.image(&[])["runtime"]["libraries"]["because"];
        assert_eq!(because[0]["fact"], "names a library to link", "{path}");
        assert_eq!(because[0]["origin"]["file"], path, "{path}");
    }
    for text in [
        "#[link(name = \"c\")]\nunsafe extern \"C\" {}\nfn main() {}\n",
        "#[link(name = \"own\", kind = \"static\")]\nunsafe extern \"C\" {}\nfn main() {}\n",
        "fn main() { /* rustc-link-lib=lz4 */ }\n",
    ] {
        let project = with_crates(&[], "").file("src/main.rs", text);
        assert_eq!(
            route(&project, &[]),
            expected("musl", true, "scratch"),
            "{text}"
        );
    }
}

#[test]
fn the_loader_is_asked_where_something_may_be_missing() {
    let project = with_crates(&[SYSTEM], "");
    for (image, base) in [
        (CC, Some(CC)),
        ("debian:trixie-slim", Some("debian:trixie-slim")),
        ("example.org/own:1", Some("example.org/own:1")),
        ("scratch", None),
    ] {
        let text = project.instructions(&["--linkage", "dynamic", "--runtime", image]);
        assert!(
            text.contains("ld.so --list /rootfs/usr/local/bin/app"),
            "{text}"
        );
        assert!(!text.contains("libssl3t64"), "found, not installed: {text}");
        let mount = "RUN --mount=type=bind,from=base,target=/base ld.so";
        assert_eq!(text.contains(mount), base.is_some(), "{text}");
        if let Some(base) = base {
            assert!(text.contains(&format!("FROM {base} AS base\n")), "{text}");
        }
        let last = if base.is_some() {
            "FROM base\n"
        } else {
            "FROM scratch\n"
        };
        assert!(text.contains(last), "{text}");
    }
    // Nothing but the C library and libgcc: they are in the image.
    let text = with_crates(&[THREADS], "").instructions(&["--libc", "glibc"]);
    assert!(!text.contains("ld.so"), "{text}");
    // There libgcc is missing.
    let base = "gcr.io/distroless/base-debian13:nonroot";
    let text = with_crates(&[THREADS], "").instructions(&["--runtime", base]);
    assert!(text.contains("ld.so"), "{text}");
}

#[test]
fn what_a_library_loads_itself_is_copied_too() {
    let project = with_crates(&["mysqlclient-sys@0.5.2"], "");
    let text = project.instructions(&[]);
    assert!(
        text.contains("printf '%s\\n' /usr/lib/*/libmariadb3/plugin/*.so >> /tmp/libraries.txt"),
        "{text}"
    );
}

#[test]
fn one_change_that_would_help_is_named() {
    let project = with_crates(&[SYSTEM], "");
    let ran = project.generate(&[]);
    ran.says("note[static-possible]").says("vendored");
    let project = with_crates(&[SYSTEM, LOADS], "");
    project.generate(&[]).keeps_quiet_about("static-possible");
    let project = with_crates(&[SYSTEM], "linkage = \"static\"\n");
    project.generate(&[]).says("warning[static-blocked]");
}

#[test]
fn packages_for_the_runtime_image() {
    let project = with_crates(&[], "runtime-packages = [\"git\", \"rsync\"]\n");
    let text = project.instructions(&[]);
    assert!(text.contains("FROM debian:trixie-slim\n"), "{text}");
    assert!(
        text.contains("apt-get install --yes --no-install-recommends git rsync &&"),
        "{text}"
    );
    for image in ["scratch", "distroless"] {
        project
            .run(&["--runtime", image])
            .refuses("runtime-package");
    }
    for name in ["git; rm -rf /", "Git", ""] {
        let keys = format!("runtime-packages = [{name:?}]\n");
        with_crates(&[], &keys).run(&[]).refuses("debian-package");
    }
    // A crate that runs a program of the system.
    let project = with_crates(&["headless_chrome@1.0.0"], "");
    let text = project.instructions(&[]);
    assert!(text.contains("--no-install-recommends chromium"), "{text}");
    project
        .generate(&["--runtime", "scratch"])
        .says("warning[runtime-package]");
}
