//! `[package.metadata.dockerize]`: what is refused, what each key does, and that flags win.

use snapbox::str;

use crate::project::{MAIN, Project};

const TABLE: &str = "[package.metadata.dockerize]\n";

fn with(keys: &str) -> Project {
    Project::with(&format!("[features]\nextra = []\n{TABLE}{keys}"))
}

fn refusal(project: &Project, arguments: &[&str], expected: impl snapbox::IntoData) {
    let before = project.snapshot();
    let ran = project.run(arguments).exits(101);
    snapbox::assert_data_eq!(ran.stderr, expected);
    assert!(project.snapshot() == before, "a refusal wrote something");
}

#[test]
fn an_unknown_key_points_at_its_line() {
    let project = Project::single();
    project.generate(&[]);
    let manifest = project.read("Cargo.toml") + TABLE + "runtim = \"scratch\"\n";
    project.write("Cargo.toml", &manifest);
    refusal(
        &project,
        &[],
        str![[r#"
error[manifest-key]: there is no key `runtim` in `[package.metadata.dockerize]`
 --> Cargo.toml:6:1
  |
6 | runtim = "scratch"
  | ^^^^^^ this key
  |
  = help: did you mean `runtime`?

"#]],
    );
    project.run(&["check"]).refuses("manifest-key");
    project.run(&["plan"]).refuses("manifest-key");
}

#[test]
fn wrong_types_point_at_their_line() {
    for (line, says) in [
        ("port = \"80\"", "a list of ports"),
        ("port = [80, -1]", "expected u16"),
        ("port = [70000]", "expected u16"),
        ("libc = \"uclibc\"", "unknown variant `uclibc`"),
        ("optimize = \"fast\"", "unknown variant `fast`"),
        ("features = \"extra\"", "expected a list of strings"),
        ("all-features = \"yes\"", "expected a boolean"),
        ("env = { PORT = 80 }", "expected a string"),
        ("env = [\"A=1\"]", "expected a map"),
        ("runtime = true", "expected a string"),
    ] {
        let project = with(line);
        project
            .run(&[])
            .refuses("manifest-key")
            .says(says)
            .says("Cargo.toml:8:")
            .says(line);
        assert!(!project.has("Dockerfile"), "{line}");
    }
}

#[test]
fn a_table_that_is_none() {
    let project = Project::with("[package.metadata]\ndockerize = true\n");
    project
        .run(&[])
        .refuses("manifest-key")
        .says("Cargo.toml:6:");
}

#[test]
fn tables_of_other_tools_are_left_to_them() {
    let project =
        Project::with("[package.metadata.docker]\nx = 1\n[package.metadata]\nother = []\n");
    project.generate(&[]);
}

#[test]
fn the_table_of_a_member_that_is_not_shipped_is_not_read() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"2\"\n",
        )
        .program("a", "a")
        .program("b", "b")
        .locked();
    let manifest = project.read("b/Cargo.toml") + TABLE + "nonsense = 1\n";
    project.write("b/Cargo.toml", &manifest);
    project.generate(&["-p", "a"]);
    project
        .run(&["-p", "b"])
        .refuses("manifest-key")
        .says("b/Cargo.toml:6:1");
}

#[test]
fn bin() {
    let project = with("bin = \"two\"")
        .file("src/bin/two.rs", MAIN)
        .file("src/bin/three.rs", MAIN);
    assert!(
        project
            .instructions(&[])
            .contains("ENTRYPOINT [\"/usr/local/bin/two\"]")
    );
    let text = project.instructions(&["--bin", "three", "--force"]);
    assert!(
        text.contains("ENTRYPOINT [\"/usr/local/bin/three\"]"),
        "{text}"
    );
    with("bin = \"nine\"")
        .run(&[])
        .refuses("unknown-binary")
        .says("no binary `nine`");
}

#[test]
fn features() {
    let project = with("features = [\"extra\"]");
    assert!(
        project
            .instructions(&[])
            .contains("--bin app --features extra")
    );
    project.write(
        "Cargo.toml",
        &project
            .read("Cargo.toml")
            .replace("extra = []", "extra = []\nmore = []"),
    );
    let text = project.instructions(&["--features", "more"]);
    assert!(
        text.contains("--features more") && !text.contains("extra"),
        "{text}"
    );
}

#[test]
fn features_that_do_not_exist_are_refused() {
    let ran = Project::single().run(&["--features", "nonsense"]);
    assert_eq!(ran.code, 101, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("nonsense"), "{}", ran.stderr);
}

#[test]
fn no_default_features() {
    let text = with("no-default-features = true").instructions(&[]);
    assert!(text.contains("--no-default-features"), "{text}");
    let text = with("no-default-features = false").instructions(&[]);
    assert!(!text.contains("--no-default-features"), "{text}");
    let text = Project::single().instructions(&["--no-default-features"]);
    assert!(text.contains("--no-default-features"), "{text}");
}

#[test]
fn all_features() {
    let text = with("all-features = true").instructions(&[]);
    assert!(text.contains("--all-features"), "{text}");
    let text = Project::single().instructions(&["--all-features"]);
    assert!(text.contains("--all-features"), "{text}");
}

#[test]
fn profile() {
    let project = with("profile = \"small\"\n[profile.small]\ninherits = \"release\"");
    let text = project.instructions(&[]);
    assert!(text.contains("cargo build --profile small"), "{text}");
    assert!(text.contains("/small"), "{text}");
    assert!(!text.contains("--release"), "{text}");
    let text = project.instructions(&["--profile", "dev"]);
    assert!(text.contains("cargo build --profile dev"), "{text}");
    assert!(text.contains("/debug"), "{text}");
}

#[test]
fn a_profile_that_does_not_exist_is_refused() {
    let ran = Project::single().run(&["--profile", "nonsense"]);
    assert_eq!(ran.code, 101, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn runtime() {
    let project = with("runtime = \"debian:bookworm-slim\"");
    let text = project.instructions(&[]);
    assert!(text.contains("FROM debian:bookworm-slim\n"), "{text}");
    assert!(
        text.contains("-slim-bookworm AS build"),
        "the same release for both: {text}"
    );
    let text = project.instructions(&["--runtime", "distroless"]);
    assert!(
        text.contains("FROM gcr.io/distroless/cc-debian13:nonroot\n"),
        "{text}"
    );
    assert!(text.contains("-slim-trixie AS build"), "{text}");
    let text = project.instructions(&["--runtime", "scratch"]);
    assert!(text.contains("FROM scratch\n"), "{text}");
}

#[test]
fn libc() {
    let project = with("libc = \"glibc\"");
    let text = project.instructions(&[]);
    assert!(
        text.contains("FROM gcr.io/distroless/cc-debian13:nonroot\n"),
        "{text}"
    );
    assert!(!text.contains("musl"), "{text}");
    let text = project.instructions(&["--libc", "musl"]);
    assert!(
        text.contains("FROM scratch\n") && text.contains("-unknown-linux-musl"),
        "{text}"
    );
    let text = project.instructions(&["--libc", "glibc", "--runtime", "scratch"]);
    assert!(
        text.contains("FROM scratch\n") && !text.contains("musl"),
        "{text}"
    );
    assert!(text.contains("ld"), "the loader is copied: {text}");
    let text = project.instructions(&["--libc", "musl", "--runtime", "distroless"]);
    assert!(
        text.contains("FROM gcr.io/distroless/static-debian13:nonroot\n"),
        "{text}"
    );
}

#[test]
fn builder_image() {
    let project = with("builder-image = \"registry.example:5000/rust:1.88-bookworm\"");
    let text = project.instructions(&[]);
    assert!(
        text.contains("FROM registry.example:5000/rust:1.88-bookworm AS build"),
        "{text}"
    );
    assert!(!text.contains("RUST_VERSION"), "{text}");
    let text = project.instructions(&["--libc", "glibc"]);
    assert!(
        text.contains("distroless/cc-debian12:nonroot"),
        "the builder's release: {text}"
    );
    let text = project.instructions(&["--builder-image", "rust:1.80"]);
    assert!(text.contains("FROM rust:1.80 AS build"), "{text}");
}

#[test]
fn releases_that_do_not_fit_are_refused() {
    let project = with("runtime = \"debian:bookworm-slim\"\nbuilder-image = \"rust:1-trixie\"");
    project
        .run(&[])
        .refuses("runtime-glibc")
        .says("glibc 2.36")
        .says("2.41");
}

#[test]
fn port() {
    let project = with("port = [8080, 53]");
    let text = project.instructions(&[]);
    assert!(text.contains("EXPOSE 8080\nEXPOSE 53\n"), "{text}");
    let text = project.instructions(&["--port", "1", "--port", "2"]);
    assert!(
        text.contains("EXPOSE 1\nEXPOSE 2\n") && !text.contains("8080"),
        "{text}"
    );
}

#[test]
fn optimize() {
    let text = with("optimize = \"size\"").instructions(&[]);
    for variable in ["LTO=", "CODEGEN_UNITS=", "STRIP=", "OPT_LEVEL="] {
        assert!(
            text.contains(&format!("CARGO_PROFILE_RELEASE_{variable}")),
            "{text}"
        );
    }
    let text = with("optimize = \"speed\"").instructions(&[]);
    assert!(text.contains("CARGO_PROFILE_RELEASE_LTO="), "{text}");
    assert!(!text.contains("OPT_LEVEL"), "{text}");
    let text = with(
        "optimize = \"speed\"\nprofile = \"my-prof\"\n[profile.my-prof]\ninherits = \"release\"",
    )
    .instructions(&[]);
    assert!(text.contains("CARGO_PROFILE_MY_PROF_LTO="), "{text}");
    let text = Project::single().instructions(&[]);
    assert!(
        !text.contains("CARGO_PROFILE"),
        "a profile is the project's own: {text}"
    );
}

#[test]
fn output() {
    let project = with("output = \"deploy/Dockerfile\"");
    project.generate(&[]).says("Created deploy/Dockerfile\n");
    assert!(project.has("deploy/Dockerfile") && project.has("deploy/Dockerfile.dockerignore"));
    project
        .generate(&["--output", "other"])
        .says("Created other\n");
    // The key is relative to the workspace's root, wherever it is run.
    project
        .run_in("src", &[])
        .exits(0)
        .says("Unchanged deploy/Dockerfile\n");
}

#[test]
fn include() {
    let project = with("include = [\"data/table.csv\", \"more\"]")
        .file("data/table.csv", "1")
        .file("data/unused.csv", "1")
        .file("more/a", "1");
    let context = crate::dockerfile::check_context(
        &project,
        &[],
        &["data/table.csv", "more/a", "src/main.rs"],
    );
    assert!(!context.files.contains(&"data/unused.csv".to_owned()));
    with("include = [\"nowhere\"]")
        .run(&[])
        .refuses("include-missing")
        .says("`nowhere` does not exist");
}

#[test]
fn build_packages() {
    let text = with("build-packages = [\"protobuf-compiler\", \"libfoo-dev\"]").instructions(&[]);
    assert!(
        text.contains("apt-get install --yes --no-install-recommends libfoo-dev protobuf-compiler"),
        "{text}"
    );
}

#[test]
fn env() {
    let text = with("env = { B = \"two words\", A = \"1\" }").instructions(&[]);
    assert!(
        text.contains("ENV A=\"1\"\nENV B=\"two words\"\n"),
        "{text}"
    );
}

#[test]
fn a_key_is_evidence_with_its_line() {
    let project = with("port = [8080]");
    let image = project.image(&[]);
    let origin = &image["runtime"]["ports"][0]["because"][0]["origin"];
    assert_eq!(origin["key"], "package.metadata.dockerize.port");
    assert_eq!(origin["file"], "Cargo.toml");
    assert_eq!(origin["line"], 8);
    let image = project.image(&["--port", "9"]);
    assert_eq!(
        image["runtime"]["ports"][0]["because"][0]["origin"]["flag"],
        "--port"
    );
}

#[test]
fn evidence_points_at_the_value_and_not_at_a_comment() {
    let config = "# mold links fast, clang drives it\n[build]\nrustflags = [\n  \"-C\",\n  \"link-arg=-fuse-ld=mold\",\n]\n";
    let project = Project::single().file(".cargo/config.toml", config);
    let image = project.image(&[]);
    let packages = image["builder"]["packages"].as_array().unwrap();
    let mold = packages
        .iter()
        .find(|package| package["value"] == "mold")
        .unwrap();
    let origin = &mold["because"][0]["origin"];
    assert_eq!(
        (&origin["file"], &origin["line"]),
        (&".cargo/config.toml".into(), &5.into())
    );
}

#[test]
fn a_table_that_is_misspelled_is_refused() {
    for (table, name) in [
        ("package.metadata.dockerise", "package.metadata.dockerize"),
        (
            "workspace.metadata.dockerized",
            "workspace.metadata.dockerize",
        ),
    ] {
        Project::with(&format!("[workspace]\n[{table}]\nport = 3000"))
            .run(&["plan"])
            .refuses("manifest-key")
            .says(&format!("there is no table `{table}`"))
            .says(" --> Cargo.toml:6:")
            .says(&format!("did you mean `{name}`?"));
    }
    // Tables of other tools.
    for table in [
        "package.metadata.docker",
        "package.metadata.docs.rs",
        "package.metadata.doc",
    ] {
        Project::with(&format!("[{table}]\nport = 3000")).image(&[]);
    }
}
