//! Files whose names say that they hold secrets: no rule lets them in, unless they are named one by one.

use serde_json::json;

use crate::buildah::Storage;
use crate::dockerfile::{Context, Ignore, check_context};
use crate::engine::{docker, docker_ok, turn};
use crate::project::{MAIN, Project, manifest};
use crate::stale::RUST;

/// What is put into each folder that is let in.
const SECRETS: [&str; 9] = [
    ".env",
    ".env.production",
    "tls.key",
    "server.pem",
    "deep/secrets.yaml",
    "deep/credentials",
    ".git/config",
    ".kube/config",
    ".cargo/credentials.toml",
];
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

fn main_with(expression: &str) -> String {
    format!("fn main() {{ let _ = {expression}; }}\n")
}

/// A package without a lock file yet.
fn app() -> Project {
    Project::empty()
        .file("Cargo.toml", &manifest("app"))
        .file("src/main.rs", MAIN)
}

fn app_with(lines: &str) -> Project {
    app().file("Cargo.toml", &format!("{}{lines}\n", manifest("app")))
}

/// A project that depends on a crate of this name, which lies in a folder of it.
fn depending_on(name: &str) -> Project {
    app_with(&format!(
        "[dependencies]\n{name} = {{ path = \"stand-in\" }}\n[workspace]\nexclude = [\"stand-in\"]\n"
    ))
    .library("stand-in", name)
}

/// Each rule that lets a folder in: its name, a project where it does, and the folder.
fn rules() -> Vec<(&'static str, Project, &'static str)> {
    let build = |literal: &str| {
        app().file(
            "build.rs",
            &format!("fn main() {{ let _ = \"{literal}\"; }}\n"),
        )
    };
    vec![
        ("sources", app(), "src"),
        ("build script's folder", app_with("").file("Cargo.toml", &manifest("app").replace("edition", "build = \"build/main.rs\"\nedition")).file("build/main.rs", MAIN), "build"),
        ("embedded file", app().file("data/a.txt", "").file("src/main.rs", &main_with("include_str!(\"../data/a.txt\")")), "data"),
        ("embedded folder", app().file("data/a.txt", "").file("src/main.rs", "#[derive(Embed)]\n#[folder = \"data/\"]\nstruct Data;\nfn main() {}\n"), "data"),
        ("argument of a macro", app().file("data/a.txt", "").file("src/main.rs", &main_with("route!(\"/data\")")), "data"),
        ("convention", depending_on("askama").file("templates/a.html", ""), "templates"),
        ("literal of a build script", build("data").file("data/a.txt", ""), "data"),
        ("rerun-if-changed", build("cargo:rerun-if-changed=data/a.txt").file("data/a.txt", ""), "data"),
        ("schema", build("proto/a.proto").file("proto/a.proto", ""), "proto"),
        ("symlink", app().file("elsewhere/a.txt", ""), "elsewhere"),
        ("`include`", app_with("[package.metadata.dockerize]\ninclude = [\"data\"]").file("data/a.txt", ""), "data"),
        ("`assets`", app_with("[package.metadata.dockerize]\nassets = [\"data\"]").file("data/a.txt", ""), "data"),
        ("`.cargo` as an asset", app_with("[package.metadata.dockerize]\nassets = [\".cargo\"]").file(".cargo/config.toml", ""), ".cargo"),
        ("front end", app().file("web/package.json", "{ \"scripts\": { \"build\": \"x\" } }").file("web/package-lock.json", "{}").file("web/dist/index.html", "").file("src/main.rs", &main_with("include_str!(\"../web/dist/index.html\")")), "web"),
        ("path dependency", depending_on("other"), "stand-in"),
        ("patch", app_with("[patch.crates-io]\nother = { path = \"stand-in\" }\n[workspace]\nexclude = [\"stand-in\"]").library("stand-in", "other"), "stand-in"),
        ("member", app_with("[dependencies]\nother = { path = \"member\" }\n[workspace]\nmembers = [\"member\"]").library("member", "other"), "member/src"),
    ]
}

/// The context of a project whose root is its root.
fn context(project: &Project) -> Context {
    let files = json!({ "context": ".", "ignore_file": "Dockerfile.dockerignore" });
    Context::read(project, &json!({ "files": files }))
}

#[test]
fn no_rule_lets_a_secret_in() {
    for (rule, project, folder) in rules() {
        let inside = |name: &str| format!("{folder}/{name}");
        if rule == "symlink" {
            std::os::unix::fs::symlink("../elsewhere", project.path("src/link")).unwrap();
        }
        project.write(&inside("kept.txt"), "");
        let project = project.locked();
        check_context(&project, &[], &[&inside("kept.txt")]);
        // They come later than the ignore file, and change nothing.
        for name in SECRETS {
            project.write(&inside(name), "secret");
        }
        let files = context(&project).files;
        assert!(files.contains(&inside("kept.txt")), "{rule}: {files:?}");
        for name in SECRETS {
            assert!(!files.contains(&inside(name)), "{rule}: {name}");
        }
        let said = project.run(&["check"]).exits(0);
        let is_named = said.stderr.contains("[secrets-kept-out]");
        assert!(is_named, "{rule}: {}", said.stderr);
    }
}

/// Secrets beside a certificate that is embedded, a folder that a macro is given, and named by a build script.
fn beside() -> Project {
    app()
        .file("src/main.rs", "macro_rules! route { ($_:literal) => {} }\nfn main() { route!(\"/config\"); print!(\"{}\", include_str!(\"../certs/ca.crt\")); }\n")
        .file("build.rs", "fn main() { println!(\"cargo:rerun-if-changed=.env\"); }\n")
        .file("certs/ca.crt", "the certificate")
        .file("certs/ca.pem", CERTIFICATE)
        .file("certs/tls.key", "SECRET")
        .file("config/app.yaml", "")
        .file("config/secrets.yaml", "SECRET")
        .file(".env", "SECRET")
        .file(".env.example", "")
        .locked()
}

#[test]
fn what_stays_out_is_named() {
    let project = beside();
    let said = project.generate(&[]);
    for text in [
        "warning[secrets-kept-out]: files that usually hold secrets stay out of the build: \
         `.env`, `certs/tls.key`, `config/secrets.yaml`\n",
        "`.env`, build.rs:1: named by the build script\n",
        "`certs/tls.key` is in `certs`, src/main.rs:2: embedded by `include_str!`\n",
        "include = [\".env\"]\n",
    ] {
        assert!(said.stderr.contains(text), "{}", said.stderr);
    }
    let context = check_context(
        &project,
        &["--force"],
        &["certs/ca.crt", "certs/ca.pem", "config/app.yaml"],
    );
    let files = context.files.join("\n");
    assert!(
        !files.contains("secrets.yaml") && !files.contains("tls.key") && !files.contains(".env")
    );
}

#[test]
fn nothing_is_said_of_what_no_rule_lets_in() {
    let project = Project::single()
        .file(".env", "A=1")
        .file("deploy/tls.key", "k")
        .file("target/x.pem", "k");
    project.generate(&[]).keeps_quiet_about("secret");
    // Beside sources nobody reads it: it is no warning.
    project.write("src/.env", "A=1");
    let said = project.generate(&["--force"]);
    assert!(
        said.stderr.contains("note[secrets-kept-out]"),
        "{}",
        said.stderr
    );
}

#[test]
fn what_is_named_one_by_one_comes_in() {
    // By the code, which is worth a warning: whoever has the image has it.
    let code = |path: &str| {
        app()
            .file(
                "src/main.rs",
                &main_with(&format!("include_bytes!(\"../{path}\")")),
            )
            .file(path, "SECRET")
            .file("certs/other.key", "SECRET")
            .locked()
    };
    for path in ["certs/tls.key", ".env", "certs/.ssh/id_ed25519"] {
        let project = code(path);
        let said = project.generate(&[]);
        let warning = format!("warning[secret-shipped]: `{path}` becomes a part of the program");
        assert!(said.stderr.contains(&warning), "{}", said.stderr);
        assert!(
            said.stderr
                .contains("src/main.rs:1: embedded by `include_bytes!`"),
            "{}",
            said.stderr
        );
        let files = check_context(&project, &["--force"], &[path]).files;
        assert!(!files.contains(&"certs/other.key".to_owned()), "{files:?}");
    }
    // By a setting.
    for (key, is_shipped) in [("include", false), ("assets", true)] {
        let project = app_with(&format!(
            "[package.metadata.dockerize]\n{key} = [\"certs/tls.key\", \".env\"]"
        ))
        .file("certs/tls.key", "SECRET")
        .file("certs/other.key", "SECRET")
        .file(".env", "SECRET")
        .locked();
        let said = project.generate(&[]).keeps_quiet_about("secrets-kept-out");
        assert_eq!(
            said.stderr.contains("warning[secret-shipped]"),
            is_shipped,
            "{}",
            said.stderr
        );
        let files = check_context(&project, &["--force"], &["certs/tls.key", ".env"]).files;
        assert!(!files.contains(&"certs/other.key".to_owned()), "{files:?}");
    }
}

#[test]
fn a_folder_that_is_named_comes_in_without_other_secrets() {
    let project = app_with("[package.metadata.dockerize]\ninclude = [\".git\"]")
        .file(".git/HEAD", "ref: refs/heads/main")
        .file(".git/x/tls.key", "SECRET")
        .locked();
    project.generate(&[]);
    let files = context(&project).files;
    assert!(files.contains(&".git/HEAD".to_owned()), "{files:?}");
    assert!(!files.contains(&".git/x/tls.key".to_owned()), "{files:?}");
}

#[test]
fn what_only_looks_like_a_secret_comes_in() {
    let project = app()
        .file(
            "src/main.rs",
            "mod credentials;\nmod kubeconfig;\nfn main() {}\n",
        )
        .file("src/credentials/mod.rs", "")
        .file("src/credentials/.env", "SECRET")
        .file("src/credentials/id_rsa", "SECRET")
        .file("src/kubeconfig.rs", "")
        .file("src/secrets.rs", "")
        .file("src/ca.pem", CERTIFICATE)
        .file(
            "src/both.pem",
            &format!("{CERTIFICATE}-----BEGIN PRIVATE KEY-----\n"),
        )
        .file("src/.env.example", "A=")
        .file("src/.npmrc", "engine-strict=true\n")
        .file("src/id_rsa.pub", "")
        .locked();
    let needed = [
        "src/credentials/mod.rs",
        "src/kubeconfig.rs",
        "src/secrets.rs",
        "src/ca.pem",
        "src/.env.example",
        "src/.npmrc",
        "src/id_rsa.pub",
    ];
    let files = check_context(&project, &[], &needed).files;
    for path in [
        "src/credentials/.env",
        "src/credentials/id_rsa",
        "src/both.pem",
    ] {
        assert!(!files.contains(&path.to_owned()), "{path}");
    }
}

#[test]
fn a_package_in_a_folder_of_that_name_is_compiled() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\".aws/tool\"]\nresolver = \"2\"\n",
        )
        .program(".aws/tool", "tool")
        .file(".aws/config", "SECRET")
        .file(".aws/tool/src/.env", "SECRET")
        .locked();
    let files = check_context(
        &project,
        &[],
        &[".aws/tool/src/main.rs", ".aws/tool/Cargo.toml"],
    )
    .files;
    assert!(
        files
            .iter()
            .all(|path| !path.contains("config") && !path.contains(".env")),
        "{files:?}"
    );
}

#[test]
fn crates_that_cargo_compares_with_their_checksums_are_whole() {
    let project = Project::single()
        .file(
            ".cargo/config.toml",
            "[source.vendored]\ndirectory = \"vendor\"\n",
        )
        .file("vendor/tls/tests/server.key", "a key for tests");
    check_context(&project, &[], &["vendor/tls/tests/server.key"]);
}

#[test]
fn shared_dependencies_keep_them_out_too() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"one\", \"two\"]\nexclude = [\"dep\"]\nresolver = \"2\"\n",
        )
        .program("one", "one")
        .program("two", "two")
        .library("dep", "dep")
        .file("dep/.env", "SECRET");
    for name in ["one", "two"] {
        let text = manifest(name) + "[dependencies]\ndep = { path = \"../dep\" }\n";
        project.write(&format!("{name}/Cargo.toml"), &text);
    }
    let project = project.locked();
    project.generate(&["--workspace"]);
    let ignore = Ignore::parse(&project.read("dependencies.Dockerfile.dockerignore"));
    assert!(ignore.lets_in("dep/src/lib.rs"));
    assert!(!ignore.lets_in("dep/.env") && !ignore.lets_in("dep/src/tls.key"));
}

const SHOW: &str = "find / -xdev -type f ( -name .env* -o -name *.key -o -name secrets.yaml -o -path /build/* -o -path /src/* )";

/// The names of files that matter among those that a stage has.
#[track_caller]
fn assert_kept_out(listed: &str, by: &str) {
    let own = listed
        .lines()
        .filter(|line| line.starts_with("/build/") || line.starts_with("/src/"));
    let own: Vec<&str> = own.collect();
    let has = |name: &str| own.iter().any(|path| path.ends_with(name));
    assert!(has("certs/ca.crt") && has("certs/ca.pem"), "{by}: {own:?}");
    for name in [".env", "tls.key", "secrets.yaml"] {
        assert!(!has(name), "{by}: {own:?}");
    }
}

#[test]
#[ignore = "needs Docker"]
fn no_stage_of_docker_has_them() {
    let _turn = turn();
    for strategy in ["layers", "mounts", "hybrid"] {
        let project = beside();
        project.generate(&["--strategy", strategy, "--libc", "glibc"]);
        let tag = format!("dockerize-test-named-secrets-{strategy}");
        let root = project.root().to_str().unwrap();
        let file = project.path("Dockerfile");
        let file = file.to_str().unwrap();
        docker_ok(&[
            "build",
            "--network=host",
            RUST,
            "--target",
            "build",
            "--tag",
            &tag,
            "--file",
            file,
            root,
        ]);
        let words = ["run", "--rm", "--network=none", &tag];
        let listed = docker_ok(&[&words[..], &SHOW.split(' ').collect::<Vec<_>>()[..]].concat());
        docker(&["image", "rm", "--force", &tag]);
        assert_kept_out(&listed, strategy);
    }
}

#[test]
#[ignore = "needs Docker and buildah"]
fn no_stage_of_buildah_has_them() {
    let _turn = turn();
    let storage = Storage::new();
    let show: Vec<&str> = SHOW.split(' ').collect();
    let project = beside();
    for strategy in ["layers", "mounts", "hybrid"] {
        project.generate(&["--strategy", strategy, "--libc", "glibc"]);
        let listed = storage.run_in_stage(project.root(), "build", &show);
        assert_kept_out(&listed, &format!("buildah, {strategy}"));
    }
}
