//! All images of a workspace, and packages with several images.

use crate::engine::{Image, turn};
use crate::project::{MAIN, Project, manifest};
use crate::settings::workspace;

fn images(plan: &serde_json::Value) -> Vec<String> {
    let images = plan["images"].as_array().unwrap();
    images
        .iter()
        .map(|image| {
            format!(
                "{} {}",
                image["name"].as_str().unwrap(),
                image["files"]["dockerfile"].as_str().unwrap()
            )
        })
        .collect()
}

#[test]
fn every_member_with_a_program_has_files_of_its_own() {
    let project = workspace("")
        .library("services/lib", "lib")
        .program("services/xtask", "xtask")
        .locked();
    let ran = project.run(&["--workspace"]).exits(0);
    for file in ["services/api/Dockerfile", "services/worker/Dockerfile"] {
        assert!(
            project.has(file) && project.has(&format!("{file}.dockerignore")),
            "{file}"
        );
        let text = project.read(file);
        assert!(text.contains("#   cargo dockerize --workspace\n"), "{text}");
        assert!(text.contains("COPY Cargo.toml Cargo.lock ./"), "{text}");
    }
    assert!(!project.has("services/lib/Dockerfile") && !project.has("services/xtask/Dockerfile"));
    assert!(!project.has("Dockerfile"));
    ran.says("Created services/api/Dockerfile")
        .says("Planned 2 images");
    project
        .run(&["--workspace"])
        .exits(0)
        .says("Unchanged services/api/Dockerfile");
}

#[test]
fn globs_choose_the_members() {
    for (lines, flags, expected) in [
        ("members = [\"services/w*\"]", vec![], vec!["worker"]),
        (
            "members = [\"*\"]\nexclude = [\"services/api\"]",
            vec![],
            vec!["worker", "xtask"],
        ),
        ("exclude = [\"api\"]", vec![], vec!["worker"]),
        ("members = [\"xtask\"]", vec![], vec!["xtask"]),
        ("", vec!["--exclude", "w*"], vec!["api"]),
    ] {
        let project = workspace(&format!("[workspace.metadata.dockerize]\n{lines}"))
            .program("services/xtask", "xtask")
            .locked();
        let plan = project.plan(&[vec!["--workspace"], flags].concat());
        let names: Vec<_> = images(&plan)
            .iter()
            .map(|image| image.split(' ').next().unwrap().to_owned())
            .collect();
        assert_eq!(names, expected, "{lines}");
    }
}

#[test]
fn a_glob_that_names_nobody_is_refused() {
    workspace("[workspace.metadata.dockerize]\nexclude = [\"wroker\"]")
        .run(&["--workspace"])
        .refuses("unknown-member")
        .says("Cargo.toml:5 workspace.metadata.dockerize.exclude")
        .says("there is `worker`");
    workspace("")
        .run(&["--workspace", "--exclude", "*"])
        .refuses("no-binary");
}

#[test]
fn check_reports_every_drift_in_one_run() {
    let project = workspace("");
    project.generate(&["--workspace"]);
    project.run(&["check", "--workspace"]).exits(0);
    let edited = project
        .read("services/api/Dockerfile")
        .replace("USER", "# by hand\nUSER");
    project.write("services/api/Dockerfile", &edited);
    fs_err::remove_file(project.path("services/worker/Dockerfile.dockerignore")).unwrap();
    let before = project.snapshot();
    project
        .run(&["check", "--workspace"])
        .exits(1)
        .says("Edited services/api/Dockerfile")
        .says("Missing services/worker/Dockerfile.dockerignore")
        .says("Unchanged services/worker/Dockerfile");
    assert!(project.snapshot() == before);
}

#[test]
fn one_image_that_cannot_be_planned_leaves_all_as_they_were() {
    let project = workspace("");
    project.generate(&["--workspace"]);
    let manifest = project.read("services/worker/Cargo.toml");
    project.write(
        "services/worker/Cargo.toml",
        &format!("{manifest}[package.metadata.dockerize]\nruntime = \"not an image\"\n"),
    );
    let before = project.snapshot();
    project.run(&["--workspace"]).exits(101);
    assert!(project.snapshot() == before);
}

#[test]
fn a_package_has_several_images() {
    let tables = "[package.metadata.dockerize]\nprofile = \"release\"\n[package.metadata.dockerize.images.web]\nbin = \"server\"\nport = 8080\n[package.metadata.dockerize.images.worker]\nbin = \"jobs\"\nruntime = \"distroless\"";
    let project = Project::empty()
        .file("Cargo.toml", &format!("{}{tables}\n", manifest("app")))
        .file("src/bin/server.rs", MAIN)
        .file("src/bin/jobs.rs", MAIN)
        .locked();
    assert_eq!(
        images(&project.plan(&[])),
        ["web web.Dockerfile", "worker worker.Dockerfile"]
    );
    project.generate(&[]);
    let (web, worker) = (
        project.read("web.Dockerfile"),
        project.read("worker.Dockerfile"),
    );
    assert!(
        web.contains("EXPOSE 8080") && web.contains("--bin server"),
        "{web}"
    );
    assert!(
        !worker.contains("EXPOSE") && worker.contains("--bin jobs"),
        "{worker}"
    );
    assert!(web.contains("#   cargo dockerize --image web\n"), "{web}");

    // The command of the header writes the same bytes.
    fs_err::remove_file(project.path("web.Dockerfile")).unwrap();
    project.generate(&["--image", "web"]);
    assert_eq!(project.read("web.Dockerfile"), web);

    project
        .run(&["--image", "wbe"])
        .refuses("unknown-image")
        .says("cargo dockerize --image web");
    project
        .run(&["explain", "app"])
        .refuses("several-images")
        .says("cargo dockerize --image worker");
    let plan = project.plan(&["--bin", "jobs"]);
    assert_eq!(images(&plan), ["jobs Dockerfile"]);
}

#[test]
fn images_have_names_that_every_registry_takes() {
    for name in ["Web", "\"a b\"", "a-", "\"\"", "\"../x\"", "\"a\\nRUN b\""] {
        let project = Project::with(&format!("[package.metadata.dockerize.images.{name}]"));
        project.run(&[]).refuses("image-name");
        assert!(!project.has("Dockerfile"));
    }
}

#[test]
fn two_images_do_not_share_a_dockerfile() {
    Project::with("[package.metadata.dockerize]\noutput = \"Dockerfile\"\n[package.metadata.dockerize.images.a]\n[package.metadata.dockerize.images.b]")
        .run(&[])
        .refuses("same-dockerfile")
        .says("the image `a` of `app`");
}

#[test]
fn cargo_is_called_once() {
    let mut project = Project::empty().file(
        "Cargo.toml",
        "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"2\"\n",
    );
    for number in 0..40 {
        project = project.program(&format!("crates/p{number}"), &format!("p{number}"));
    }
    let project = project.locked();
    let log = project.path("../calls.txt");
    let text = format!(
        "#!/bin/sh\necho \"$1\" >> '{}'\nexec '{}' \"$@\"\n",
        log.display(),
        env!("CARGO")
    );
    let cargo = project.executable("../cargo.sh", &text);
    let ran = project.run_with(
        &["plan", "--workspace", "--format", "json"],
        &[("CARGO", cargo.to_str().unwrap())],
    );
    let plan: serde_json::Value = serde_json::from_str(&ran.exits(0).stdout).unwrap();
    assert_eq!(plan["images"].as_array().unwrap().len(), 40);
    assert_eq!(fs_err::read_to_string(log).unwrap(), "metadata\n");
}

#[test]
fn a_warning_says_which_images_it_is_about() {
    let loopback = "fn main() { let _ = std::net::TcpListener::bind(\"127.0.0.1:80\"); }\n";
    let project = workspace("").file("services/worker/src/main.rs", loopback);
    let about = "  = note: about the image `worker`\n";
    for command in [&["--workspace"][..], &["check", "--workspace"]] {
        project.run(command).exits(0).says(about);
    }
    // What holds for all is said once, and needs no names.
    let project = workspace("[workspace.metadata.dockerize.crates.nope]");
    let ran = project.run(&["--workspace"]).exits(0);
    assert_eq!(ran.stderr.matches("no crate `nope`").count(), 1);
    ran.keeps_quiet_about("about the image");
}

/// One repository with two workspaces and a package of neither: `shop` takes a member of `billing`, and both take it.
fn monorepo() -> Project {
    let member = |name: &str, dependencies: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\n[dependencies]\n{dependencies}"
        )
    };
    let workspace = |members: &str| {
        format!(
            "[workspace]\nmembers = [{members}]\nresolver = \"2\"\n[workspace.package]\nversion = \"0.3.0\"\nedition = \"2021\"\n"
        )
    };
    let project = Project::empty()
        .with_registry()
        .library("shared", "shared")
        .file("billing/Cargo.toml", &workspace("\"core\", \"server\""))
        .library("billing/core", "core-types")
        .file("billing/core/Cargo.toml", &member("core-types", ""))
        .file(
            "billing/server/Cargo.toml",
            &member(
                "server",
                "core-types = { path = \"../core\" }\nshared = { path = \"../../shared\" }\n",
            ),
        )
        .file("shop/Cargo.toml", &workspace("\"web\""))
        .file(
            "shop/web/Cargo.toml",
            &member(
                "web",
                "core-types = { path = \"../../billing/core\" }\nshared = { path = \"../../shared\" }\n",
            ),
        )
        .file("notes/huge.bin", "no part of any image");
    for main in ["billing/server/src/main.rs", "shop/web/src/main.rs"] {
        project.write(
            main,
            "fn main() { print!(\"{} {}\", core_types::name(), shared::name()); }\n",
        );
    }
    project.lock("billing");
    project.lock("shop");
    project
}

#[test]
#[ignore = "needs a Docker engine"]
fn two_workspaces_of_one_repository_are_built() {
    let _turn = turn();
    let project = monorepo();
    for (folder, member) in [("billing", "server"), ("shop", "web")] {
        let inner = project.below(folder);
        inner.generate(&["--workspace", "--libc", "glibc"]);
        let file = project.path(&format!("{folder}/{member}/Dockerfile"));
        let options = ["--file", file.to_str().unwrap()];
        let image = Image::build(&project, member, &options);
        assert_eq!(image.prints(&[]), "core-types shared");
        // A change in a package of neither workspace reaches the program.
        project.write(
            "shared/src/lib.rs",
            "pub fn name() -> &'static str { \"changed\" }\n",
        );
        let image = Image::build(&project, member, &options);
        assert_eq!(image.prints(&[]), "core-types changed");
        project.write(
            "shared/src/lib.rs",
            "pub fn name() -> &'static str { \"shared\" }\n",
        );
        let check = ["check", "--workspace", "--libc", "glibc"];
        inner.run(&check).exits(0);
    }
}

#[test]
fn what_explains_a_code_is_said_once() {
    let server =
        "fn main() { let l = std::net::TcpListener::bind(\"0.0.0.0:8080\").unwrap(); drop(l); }\n";
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nresolver = \"2\"\nmembers = [\"a\", \"b\"]\n",
        )
        .program("a", "a")
        .file("a/src/main.rs", server)
        .program("b", "b")
        .file("b/src/main.rs", server)
        .locked();
    let ran = project.run(&["--workspace"]).exits(0);
    for (text, times) in [
        ("note[no-signal]", 2),
        ("as process 1 it is only stopped", 1),
        ("wait for it, with ctrlc", 1),
        ("a/src/main.rs:1: it listens", 1),
        ("b/src/main.rs:1: it listens", 1),
        ("about the image `b`", 1),
    ] {
        assert_eq!(
            ran.stderr.matches(text).count(),
            times,
            "{text}:\n{}",
            ran.stderr
        );
    }
}
