//! Packages whose build script keeps their Dockerfile current, built by the real cargo.

use std::path::Path;
use std::process::Command;

use crate::engine::{Image, turn};
use crate::project::{Project, copy_tree, manifest};
use crate::scripted::{CRATE, DEPENDENCY, script, shared};

#[test]
fn the_file_follows_the_project() {
    let project = Project::scripted("follows", ".generate()");
    project.build();
    let first = project.read("Dockerfile");
    assert!(first.contains("\n#   cargo dockerize\n"), "{first}");
    project.agrees_with_the_command_line(&[]);
    project.rests();

    project.append("Cargo.toml", "[package.metadata.dockerize]\nport = 9000\n");
    project.build();
    assert!(project.read("Dockerfile").contains("\nEXPOSE 9000\n"));
    project.agrees_with_the_command_line(&[]);
    project.rests();

    for file in ["Dockerfile", "Dockerfile.dockerignore"] {
        let text = project.read(file);
        fs_err::remove_file(project.path(file)).unwrap();
        project.build();
        assert_eq!(project.read(file), text);
        project.rests();
    }
}

#[test]
fn the_file_follows_sources_and_is_not_written_without_need() {
    let project = Project::scripted("sources", ".generate()");
    project.build();
    let first = project.modified("Dockerfile");
    let main = |address: &str| {
        format!("fn main() {{ let _ = std::net::TcpListener::bind({address:?}); }}\n")
    };
    project.write("src/main.rs", "fn main() { println!(\"edited\"); }\n");
    project.build();
    assert_eq!(project.modified("Dockerfile"), first);
    project.write("src/main.rs", &main("0.0.0.0:8123"));
    project.build();
    assert!(project.read("Dockerfile").contains("\nEXPOSE 8123\n"));
    project.rests();
    // A file that is new in a folder, and one that is read beside the sources.
    project.write(
        "src/other.rs",
        "pub fn other() { let _ = std::net::TcpListener::bind(\"0.0.0.0:8124\"); }\n",
    );
    project.write("src/main.rs", "mod other;\nfn main() { other::other(); }\n");
    project.build();
    assert!(project.read("Dockerfile").contains("8124"));
    project.write(".cargo/config.toml", "[alias]\nb = \"build\"\n");
    // Cargo watches no file that is missing: this one is seen with the next change.
    project.append("Cargo.toml", "# A change.\n");
    project.build();
    assert!(project.read("Dockerfile.dockerignore").contains(".cargo"));
    project.rests();
}

/// A folder of sources is watched whole: a target that is new in it changes the skeleton, and nothing else has to change.
#[test]
fn a_new_source_file_alone_is_seen() {
    let project = Project::scripted("new-file", ".bin(\"new-file\").generate()");
    project.build();
    assert!(!project.read("Dockerfile").contains("second"));
    project.rests();
    project.write("src/bin/second.rs", "fn main() {}\n");
    project.build();
    let text = project.read("Dockerfile");
    assert!(text.contains("src/bin/second.rs"), "{text}");
    project.rests();
    // Nothing asks for it yet, but the script looks.
    let first = project.modified("Dockerfile");
    project.write("src/unused.rs", "");
    let ran = project.cargo(&["build", "--verbose"]).exits(0);
    assert!(ran.stderr.contains("Running"), "{}", ran.stderr);
    assert_eq!(project.modified("Dockerfile"), first);
    project.rests();
}

#[test]
fn a_package_below_its_sources_comes_to_rest() {
    // The folder of the library is that of the package, with the target folder in it.
    let project = Project::scripted("flat", ".generate()")
        .file("lib.rs", "pub mod part;\n")
        .file("part.rs", "");
    project.append("Cargo.toml", "[lib]\npath = \"lib.rs\"\n");
    project.build();
    project.rests();
    project.write("part.rs", "pub const ADDRESS: &str = \"0.0.0.0:8125\";\n");
    project.build();
    project.rests();
}

#[test]
fn settings_of_the_script_override_those_of_the_manifest() {
    let calls = ".bin(\"second\").port([7001u16]).port([7002u16]).profile(\"dev\").output(\"docker/Dockerfile\").generate()";
    let project = Project::scripted("wishes", calls).file("src/bin/second.rs", "fn main() {}\n");
    project.append("Cargo.toml", "[package.metadata.dockerize]\nport = 9000\n");
    project.build();
    let text = project.read("docker/Dockerfile");
    assert!(text.contains("\n#   cargo build --bin second\n"), "{text}");
    assert!(text.contains("EXPOSE 7002\n"), "{text}");
    assert!(!text.contains("--release"), "{text}");
    // The folder that the script names is no input of the compile.
    assert!(!text.contains("COPY docker"), "{text}");
    project.rests();
    project.append("build.rs", "// edited\n");
    project.build();
    assert_eq!(project.read("docker/Dockerfile"), text);
    project.rests();
}

#[test]
fn a_member_of_a_workspace() {
    let members = "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"2\"\n";
    let project = Project::at("members")
        .file("Cargo.toml", members)
        .scripted_package("crates/web", "web", ".generate()")
        .program("crates/other", "other")
        .library("crates/shared", "shared")
        .linked();
    project.append(
        "crates/web/Cargo.toml",
        "[dependencies]\nshared = { path = \"../shared\" }\n",
    );
    project.build();
    let file = "crates/web/Dockerfile";
    let text = project.read(file);
    assert!(
        text.contains("\n#   cargo dockerize --workspace\n"),
        "{text}"
    );
    assert!(!project.has("Dockerfile"));
    project.rests();
    // What another member says counts, if the program is compiled from it.
    project.write(
        "crates/shared/src/lib.rs",
        "pub fn name() { let _ = std::net::TcpListener::bind(\"0.0.0.0:8126\"); }\n",
    );
    project.build();
    assert!(project.read(file).contains("\nEXPOSE 8126\n"));
    project.rests();
    // The command line writes the same bytes, beside those of the other member.
    project
        .dockerize(&["--workspace"])
        .exits(0)
        .says(&format!("Unchanged {file}\n"));
    // Each package has files of its own.
    project.write("crates/other/build.rs", &script(".generate()"));
    project.write("crates/other/Cargo.toml", &(manifest("other") + DEPENDENCY));
    fs_err::remove_file(project.path("crates/other/Dockerfile")).unwrap();
    project.build();
    assert!(project.has("crates/other/Dockerfile"));
}

#[test]
fn a_variable_says_more() {
    let project = Project::scripted("variable", ".generate()");
    let build = |value: &str| project.cargo_with(&["build"], &[("CARGO_DOCKERIZE", value)]);
    build("off").exits(0).keeps_quiet_about("cargo-dockerize:");
    assert!(!project.has("Dockerfile"));
    build("check")
        .exits(0)
        .says("`[ROOT]/Dockerfile` is not up to date");
    assert!(!project.has("Dockerfile"));
    build("deny")
        .exits(101)
        .says("error: variable@0.1.0: cargo-dockerize: `[ROOT]/Dockerfile` is not");
    build("of")
        .exits(0)
        .says("CARGO_DOCKERIZE is `of`: nothing is done");
    assert!(!project.has("Dockerfile"));
    project.build();
    build("deny").exits(0).keeps_quiet_about("cargo-dockerize:");
}

#[test]
fn a_script_that_only_checks() {
    let project = Project::scripted("checks", ".check_only(true).strict(true).generate()");
    project
        .cargo(&["build"])
        .exits(101)
        .says("help: CARGO_DOCKERIZE=generate cargo build");
    assert!(!project.has("Dockerfile"));
    project
        .cargo_with(&["build"], &[("CARGO_DOCKERIZE", "generate")])
        .exits(0);
    project.build();
    project.rests();
    project.append("Cargo.toml", "[package.metadata.dockerize]\nport = 9000\n");
    let before = project.read("Dockerfile");
    project.cargo(&["build"]).exits(101);
    assert_eq!(project.read("Dockerfile"), before);
}

#[test]
fn what_goes_wrong_is_a_warning() {
    let project = Project::scripted("wrong", ".generate()");
    project.write("Dockerfile", "FROM scratch\n");
    let ran = project.cargo(&["build"]).exits(0);
    ran.says("warning: wrong@0.1.0: cargo-dockerize: `[ROOT]/Dockerfile` was not written by cargo dockerize");
    assert_eq!(project.read("Dockerfile"), "FROM scratch\n");
    project.append("Cargo.toml", "[package.metadata.dockerize]\nprot = 1\n");
    project
        .cargo(&["build"])
        .exits(0)
        .says("there is no key `prot`");
    // Once it is right, it goes on.
    let text = project.read("Cargo.toml").replace("prot", "port");
    project.write("Cargo.toml", &text);
    fs_err::remove_file(project.path("Dockerfile")).unwrap();
    project.build();
    assert!(project.has("Dockerfile"));
}

#[test]
fn the_plan_can_be_looked_at_before_anything_is_written() {
    let project = Project::scripted("looks", ".generate()");
    project.write(
        "build.rs",
        "fn main() {
            let build = cargo_dockerize::Build::new();
            let plan = build.try_plan().unwrap().unwrap();
            assert!(!std::path::Path::new(\"Dockerfile\").exists());
            assert_eq!(plan.images[0].name, \"looks\");
            let outcome = build.try_generate().unwrap();
            assert!(matches!(outcome, cargo_dockerize::Outcome::Written(files) if files.len() == 2));
            assert_eq!(build.try_generate().unwrap(), cargo_dockerize::Outcome::Unchanged);
        }\n",
    );
    project.build();
    project.rests();
}

/// A wrapper and a target folder elsewhere are this build's own business.
#[test]
fn how_the_build_runs_does_not_matter() {
    let project = Project::at("ways").scripted_package(".", "ways", ".generate()");
    let target = shared().target.to_str().unwrap();
    let run = |command: &str, variables: &[(&str, &str)]| {
        project.append("Cargo.toml", "# The script runs again.\n");
        let ran = project.cargo_with(&[command, "--target-dir", target], variables);
        ran.exits(0).keeps_quiet_about("cargo-dockerize:");
    };
    run("build", &[]);
    let (text, time) = (project.read("Dockerfile"), project.modified("Dockerfile"));
    run("check", &[("RUSTC_WORKSPACE_WRAPPER", "/usr/bin/env")]);
    run("test", &[]);
    assert_eq!(project.read("Dockerfile"), text);
    assert_eq!(project.modified("Dockerfile"), time);
    assert!(!project.has("target"));
}

#[test]
fn a_dependency_keeps_still() {
    let project = Project::at("outer")
        .program("outer", "outer")
        .scripted_package("inner", "inner", ".generate()")
        .file("inner/src/lib.rs", "");
    let outer = project.below("outer").linked();
    outer.append(
        "Cargo.toml",
        "[dependencies]\ninner = { path = \"../inner\" }\n",
    );
    outer.build();
    assert!(!project.has("inner/Dockerfile"));
    assert!(!project.has("inner/Cargo.lock"));
    assert!(!project.has("outer/Dockerfile"));
    // Vendored, from a registry, or of a checkout.
    for sign in [
        "Cargo.toml.orig",
        ".cargo-checksum.json",
        ".cargo-ok",
        ".cargo_vcs_info.json",
    ] {
        let project = Project::scripted("packaged", ".generate()").file(sign, "{}");
        project.build();
        assert!(!project.has("Dockerfile"), "{sign}");
    }
    let project = Project::scripted("documented", ".generate()");
    project.cargo_with(&["build"], &[("DOCS_RS", "1")]).exits(0);
    assert!(!project.has("Dockerfile"));
}

#[test]
fn publishing_verifies_an_untouched_tree() {
    let project = Project::scripted("published", ".generate()").file(
        "index/config.json",
        "{\"dl\": \"http://localhost:9/\", \"api\": \"http://localhost:9\"}",
    );
    let more =
        "description = \"x\"\nlicense = \"MIT\"\nexclude = [\"/Dockerfile*\", \"/index\"]\n[build-";
    let manifest = project.read("Cargo.toml").replace("[build-", more);
    project.write("Cargo.toml", &manifest);
    project.build();
    let before = project.snapshot();
    // A registry of one commit: nothing is asked of the network.
    let index = project.path("index");
    for words in [
        &["init", "--quiet"][..],
        &["add", "--all"],
        &[
            "-c",
            "user.name=x",
            "-c",
            "user.email=x",
            "commit",
            "--quiet",
            "--message=x",
        ],
    ] {
        let status = Command::new("git").args(words).current_dir(&index).status();
        assert!(status.unwrap().success());
    }
    let registry = format!("registries.local.index=\"file://{}\"", index.display());
    let words = [
        "publish",
        "--dry-run",
        "--allow-dirty",
        "--registry=local",
        "--config",
        &registry,
    ];
    let ran = project
        .cargo_with(&words, &[("CARGO_NET_OFFLINE", "false")])
        .exits(0);
    ran.says("Verifying published")
        .says("aborting upload due to dry run")
        .keeps_quiet_about("cargo-dockerize:");
    fs_err::remove_dir_all(index.join(".git")).unwrap();
    assert_eq!(project.snapshot(), before);
    let unpacked = shared().target.join("package/published-0.1.0");
    assert!(unpacked.join("build.rs").exists());
    assert!(!unpacked.join("Dockerfile").exists());
}

#[test]
fn a_tree_that_cannot_be_written_breaks_nothing() {
    let project = Project::scripted("readonly", ".output(\"locked/Dockerfile\").generate()");
    project.write("locked", "a file in place of the folder");
    project
        .cargo(&["build"])
        .exits(0)
        .says("warning: readonly@0.1.0: cargo-dockerize:");
}

#[test]
fn the_cost_is_the_one_that_is_written_down() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--no-default-features"])
        .args(["--edges=normal,build", "--prefix=none", "--no-dedupe"])
        .current_dir(CRATE)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let tree = String::from_utf8(output.stdout).unwrap();
    let crates: std::collections::BTreeSet<&str> = tree.lines().collect();
    let text = fs_err::read_to_string(Path::new(CRATE).join("docs/build-script.md")).unwrap();
    let shown = format!("| sort -u | wc -l\n{}\n", crates.len());
    assert!(text.contains(&shown), "{} lines:\n{tree}", crates.len());
}

#[test]
#[ignore = "needs a Docker engine"]
fn the_image_builds_although_the_script_runs_inside() {
    let _turn = turn();
    // Vendored in the project itself, and compiled in a target folder of its own for that.
    let project = Project::at("inside").scripted_package(".", "inside", ".strict(true).generate()");
    let project = project.file(".gitignore", "target\n").file(
        ".cargo/config.toml",
        "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"vendor\"\n",
    );
    copy_tree(&shared().vendor, &project.path("vendor"));
    project.append(
        "Cargo.toml",
        "[package.metadata.dockerize]\nlibc = \"glibc\"\n",
    );
    project.build();
    let text = project.read("Dockerfile");
    assert!(text.contains("\nENV CARGO_DOCKERIZE=\"off\"\n"), "{text}");
    let image = Image::build(&project, "inside", &[]);
    assert_eq!(image.prints(&[]), "hello\n");
    // Where nothing switches it off it runs, and says so.
    let (before, program) = text.rsplit_once("RUN cargo build").unwrap();
    let denied = format!("{before}RUN CARGO_DOCKERIZE=deny cargo build{program}");
    project.write("Dockerfile", &denied);
    let log = Image::try_build(&project, "inside", &[]).err().unwrap();
    assert!(log.contains("cargo-dockerize:"), "{log}");
}
