//! Files on disk: written, left alone, refused, compared.

use crate::project::{MAIN, Project, manifest};

const BOTH: [&str; 2] = ["Dockerfile", "Dockerfile.dockerignore"];

fn files(project: &Project) -> [String; 2] {
    BOTH.map(|path| project.read(path))
}

#[test]
fn created_unchanged_updated() {
    let project = Project::single();
    project
        .generate(&[])
        .says("Created Dockerfile\n")
        .says("Created Dockerfile.dockerignore\n")
        .says("docker build -t app .\n");
    project
        .generate(&[])
        .says("Unchanged Dockerfile\n")
        .says("Unchanged Dockerfile.dockerignore\n");
    project
        .generate(&["--port", "9000"])
        .says("Updated Dockerfile\n")
        .keeps_quiet_about("Created");
    assert!(project.read("Dockerfile").contains("EXPOSE 9000\n"));
}

#[test]
fn only_the_two_files_are_written() {
    let project = Project::single();
    let before = project.snapshot().len();
    project.generate(&[]);
    assert_eq!(project.snapshot().len(), before + 2);
}

#[test]
fn the_header_names_version_and_command() {
    let project = Project::single();
    project.generate(&[
        "--bin",
        "app",
        "--port",
        "80",
        "--libc",
        "glibc",
        "--profile",
        "dev",
    ]);
    for text in files(&project) {
        let mut lines = text.lines();
        let first = lines.next().unwrap();
        assert!(first.contains(env!("CARGO_PKG_VERSION")), "{first}");
        let command = lines.next().unwrap().trim_start_matches(['#', ' ']);
        assert_eq!(
            command,
            "cargo dockerize --bin app --profile dev --libc glibc --port 80"
        );
    }
}

#[test]
fn the_command_of_the_header_changes_nothing() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"2\"\n",
        )
        .program("a", "a")
        .program("b", "b")
        .locked();
    project
        .run_in("a", &["--port", "80", "--output", "../docker/a.Dockerfile"])
        .exits(0);
    let text = project.read("docker/a.Dockerfile");
    let command = text.lines().nth(1).unwrap().trim_start_matches(['#', ' ']);
    let words: Vec<&str> = command.split(' ').skip(2).collect();
    project
        .run(&words)
        .exits(0)
        .says("Unchanged docker/a.Dockerfile\n");
}

#[test]
fn a_foreign_dockerfile_is_left_alone() {
    let project = Project::single().file("Dockerfile", "FROM scratch\r\n# mine\n");
    project
        .run(&[])
        .refuses("foreign-file")
        .says("Dockerfile` was not written by cargo dockerize")
        .says("--force");
    assert_eq!(project.read("Dockerfile"), "FROM scratch\r\n# mine\n");
    assert!(
        !project.has("Dockerfile.dockerignore"),
        "half of the files were written"
    );
    project
        .generate(&["--force"])
        .says("Updated Dockerfile\n")
        .says("Created Dockerfile.dockerignore\n");
}

#[test]
fn a_foreign_ignore_file_stops_both() {
    let project = Project::single().file("Dockerfile.dockerignore", "target\n");
    project
        .run(&[])
        .refuses("foreign-file")
        .says("Dockerfile.dockerignore");
    assert!(!project.has("Dockerfile"), "half of the files were written");
    assert_eq!(project.read("Dockerfile.dockerignore"), "target\n");
}

#[test]
fn a_foreign_file_that_is_no_text_is_left_alone() {
    let project = Project::single();
    fs_err::write(project.path("Dockerfile"), [0xff, 0xfe, 0, 1]).unwrap();
    project.run(&[]).refuses("foreign-file");
    assert_eq!(
        fs_err::read(project.path("Dockerfile")).unwrap(),
        [0xff, 0xfe, 0, 1]
    );
    project.run(&["check"]).exits(1);
}

#[test]
fn a_folder_in_the_place_of_the_file() {
    let project = Project::single().file("Dockerfile/x", "");
    let ran = project.run(&[]).exits(101);
    assert!(ran.stderr.contains("Dockerfile"), "{}", ran.stderr);
    assert!(!project.has("Dockerfile.dockerignore"));
}

#[test]
fn an_edited_file_is_reported_with_a_diff() {
    let project = Project::single();
    let edited = project
        .dockerfile(&[])
        .replace("USER 65532:65532", "USER 0");
    project.write("Dockerfile", &edited);
    let ran = project
        .run(&[])
        .refuses("edited-file")
        .says("was edited by hand")
        .says("--force");
    assert!(
        ran.stdout.contains("-USER 0\n+USER 65532:65532\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(project.read("Dockerfile"), edited);
    project.run(&["check"]).exits(1).says("Edited Dockerfile\n");
    project.generate(&["--force"]).says("Updated Dockerfile\n");
    assert!(project.read("Dockerfile").contains("USER 65532:65532\n"));
}

#[test]
fn an_edited_ignore_file_is_reported_too() {
    let project = Project::single();
    project.generate(&[]);
    let edited = project.read("Dockerfile.dockerignore") + "!secrets\n";
    project.write("Dockerfile.dockerignore", &edited);
    let ran = project.run(&["--port", "90"]).refuses("edited-file");
    assert!(ran.stdout.contains("-!secrets\n"), "{}", ran.stdout);
    assert_eq!(project.read("Dockerfile.dockerignore"), edited);
    assert!(
        !project.read("Dockerfile").contains("EXPOSE 90"),
        "half of the files were written"
    );
}

#[test]
fn check_is_content_right_after_generate() {
    let project = Project::single();
    project.generate(&[]);
    let ran = project
        .run(&["check"])
        .exits(0)
        .says("Unchanged Dockerfile\n");
    assert_eq!(ran.stdout, "");
    // With the wishes of the first run in the file's command, not in the manifest.
    project.generate(&["--port", "9000"]);
    project.run(&["check", "--port", "9000"]).exits(0);
}

#[test]
fn check_shows_drift_as_a_unified_diff() {
    let project = Project::single();
    let before = files({
        project.generate(&[]);
        &project
    });
    project.write(
        "Cargo.toml",
        &format!("{}description = \"new\"\n", manifest("app")),
    );
    let ran = project
        .run(&["check"])
        .exits(1)
        .says("Outdated Dockerfile\n");
    for line in [
        "--- Dockerfile\n",
        "+++ Dockerfile (planned)\n",
        "@@ ",
        "description=\"new\"",
    ] {
        assert!(ran.stdout.contains(line), "no {line:?} in {}", ran.stdout);
    }
    assert!(
        ran.stderr.ends_with("        Next cargo dockerize\n"),
        "{}",
        ran.stderr
    );
    let quiet = project.run(&["check", "--quiet"]).exits(1);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    let variable = [("CARGO_TERM_QUIET", "true")];
    let quiet = project.run_with(&["check"], &variable).exits(1);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    let below = project.run_in("src", &["check"]).exits(1);
    below.says("        Next (cd .. && cargo dockerize)\n");
    let variable = [("CARGO_TERM_COLOR", "always")];
    let colored = project.run_with(&["check"], &variable).exits(1);
    // Yellow, never green.
    colored.says("\u{1b}[1m\u{1b}[33mOutdated").exits(1);
    assert_eq!(files(&project), before, "check wrote something");
    project.generate(&[]).says("Updated Dockerfile\n");
    project.run(&["check"]).exits(0);
}

#[test]
fn check_without_files() {
    let project = Project::single();
    let ran = project
        .run(&["check"])
        .exits(1)
        .says("Missing Dockerfile\n");
    assert!(ran.stdout.contains("+ENTRYPOINT"), "{}", ran.stdout);
    assert!(!project.has("Dockerfile"));
}

#[test]
fn check_of_a_foreign_file() {
    let project = Project::single().file("Dockerfile", "FROM scratch\n");
    let ran = project
        .run(&["check"])
        .exits(1)
        .says("Foreign Dockerfile\n")
        .keeps_quiet_about("Next");
    assert!(ran.stdout.contains("+ENTRYPOINT"), "{}", ran.stdout);
}

#[test]
fn check_of_a_project_without_lock_file_leaves_none() {
    let project = Project::empty().program(".", "app");
    project.generate(&[]);
    project.run(&["check"]).exits(0);
    assert!(!project.has("Cargo.lock"));
}

#[test]
fn a_dry_run_shows_and_writes_nothing() {
    let project = Project::single();
    let before = project.snapshot();
    let ran = project.run(&["--dry-run"]).exits(0);
    assert!(ran.stdout.contains("# Dockerfile\n"), "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("\nENTRYPOINT [\"/usr/local/bin/app\"]\n"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("# Dockerfile.dockerignore\n"),
        "{}",
        ran.stdout
    );
    assert!(project.snapshot() == before, "a dry run wrote something");
    // What it shows is what is written.
    project.generate(&[]);
    for text in files(&project) {
        assert!(ran.stdout.contains(&text), "{}", ran.stdout);
    }
}

#[test]
fn quiet_prints_nothing() {
    let project = Project::empty().program(".", "app");
    let ran = project.run(&["--quiet"]).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    assert!(project.has("Dockerfile"));
    let ran = project.run(&["check", "--quiet"]).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
}

#[test]
fn quiet_still_says_why_it_failed() {
    let project = Project::single().file("Dockerfile", "FROM scratch\n");
    project.run(&["--quiet"]).refuses("foreign-file");
}

#[test]
fn colours_are_for_terminals() {
    let project = Project::single();
    let ran = project.run(&["--dry-run"]).exits(0);
    assert!(!(ran.stdout + &ran.stderr).contains('\x1b'));
    let ran = project.run(&["--color", "always"]).exits(0);
    assert!(ran.stderr.contains('\x1b'));
    let ran = project.run(&["--color", "never"]).exits(0);
    assert!(!ran.stderr.contains('\x1b'));
}

fn checked_out_with_crlf() -> Project {
    let project = Project::single();
    project.generate(&[]);
    for path in BOTH {
        project.write(path, &project.read(path).replace('\n', "\r\n"));
    }
    project
}

#[test]
fn a_checkout_with_crlf_is_not_edited() {
    let project = checked_out_with_crlf();
    project.run(&["check"]).keeps_quiet_about("Edited");
    project.generate(&[]).keeps_quiet_about("edited");
}

#[test]
fn a_checkout_with_crlf_has_no_drift() {
    let project = checked_out_with_crlf();
    project
        .run(&["check"])
        .exits(0)
        .says("Unchanged Dockerfile\n");
}

#[test]
fn the_file_of_another_image_is_refused() {
    let project = Project::empty()
        .file("Cargo.toml", &manifest("app"))
        .file("src/bin/one.rs", MAIN)
        .file("src/bin/two.rs", MAIN)
        .locked();
    project.generate(&["--bin", "one"]);
    let before = files(&project);
    project
        .run(&["--bin", "two"])
        .refuses("other-image")
        .says("--output");
    assert_eq!(files(&project), before);
    project.generate(&["--bin", "two", "--output", "docker/two.Dockerfile"]);
    assert!(
        project.has("docker/two.Dockerfile") && project.has("docker/two.Dockerfile.dockerignore")
    );
    project
        .generate(&["--bin", "two", "--force"])
        .says("Updated Dockerfile\n");
}

#[test]
fn the_file_of_another_package_is_refused() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"web\", \"worker\"]\nresolver = \"2\"\n",
        )
        .program("web", "web")
        .program("worker", "worker")
        .locked();
    project.generate(&["-p", "web"]);
    project.run(&["-p", "worker"]).refuses("other-image");
}

#[test]
fn an_output_elsewhere_keeps_the_context() {
    let project = Project::single();
    project
        .generate(&["--output", "deploy/app.Dockerfile"])
        .says("docker build -f deploy/app.Dockerfile -t app .\n");
    assert!(project.has("deploy/app.Dockerfile.dockerignore"));
    assert!(!project.has("Dockerfile"));
    project
        .run(&["check", "--output", "deploy/app.Dockerfile"])
        .exits(0);
}

#[test]
fn the_mode_of_a_file_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::single();
    project.generate(&[]);
    let mode = |path: &str| {
        fs_err::metadata(project.path(path))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode("Dockerfile"), 0o644);
    fs_err::set_permissions(project.path("Dockerfile"), PermissionsExt::from_mode(0o600)).unwrap();
    project.generate(&["--port", "90"]);
    assert_eq!(mode("Dockerfile"), 0o600);
}

#[test]
fn the_rust_version_is_kept_until_it_is_forced() {
    let project = Project::single();
    let text = project.dockerfile(&[]);
    assert!(text.contains("ARG RUST_VERSION=1.90\n"), "{text}");
    // A colleague's older compiler wrote it: the digest is theirs.
    let older = text.replace("1.90", "1.89");
    let (head, body) = older.split_once("# digest ").unwrap();
    let body = body.split_once('\n').unwrap().1;
    let digest = body.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    project.write(
        "Dockerfile",
        &format!("{head}# digest {digest:016x}\n{body}"),
    );
    let kept = project.dockerfile(&[]);
    assert!(kept.contains("ARG RUST_VERSION=1.89\n"), "{kept}");
    let forced = project.dockerfile(&["--force"]);
    assert!(forced.contains("ARG RUST_VERSION=1.90\n"), "{forced}");
}

#[test]
fn the_help_fits_one_screen() {
    let ran = Project::empty().run(&["--help"]).exits(0);
    assert!(ran.stdout.lines().count() <= 46, "{}", ran.stdout);
    let widths = ran.stdout.lines().map(|line| line.chars().count());
    assert!(widths.max() <= Some(100), "{}", ran.stdout);
    for flag in [
        "--manifest-path",
        "--package",
        "--bin",
        "--features",
        "--runtime",
        "--libc",
        "--linkage",
        "--strategy",
        "--output",
        "--dry-run",
    ] {
        assert!(ran.stdout.contains(flag), "no {flag} in {}", ran.stdout);
    }
}

#[test]
fn the_schema_describes_what_manifests_may_say() {
    let ran = Project::empty().run(&["schema"]).exits(0);
    let schema: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let tables = &schema["definitions"];
    // Keys stand only where the program takes them.
    assert!(tables["Package"]["properties"]["bin"].is_object());
    assert!(tables["Workspace"]["properties"]["bin"].is_null());
    assert!(tables["Workspace"]["properties"]["bake"].is_object());
    assert!(tables["Image"]["properties"]["images"].is_null());
    let images = &tables["Package"]["properties"]["images"];
    assert_eq!(
        images["additionalProperties"]["$ref"],
        "#/definitions/Image"
    );
    assert_eq!(tables["Package"]["additionalProperties"], false);
}

#[test]
fn frozen_is_locked_and_offline() {
    let project = Project::empty()
        .file("Cargo.toml", &manifest("app"))
        .file("src/main.rs", MAIN);
    project.run(&["--frozen"]).refuses("cargo-metadata");
    let project = project.locked();
    project.generate(&["--frozen"]);
    assert!(project.has("Dockerfile"));
}
