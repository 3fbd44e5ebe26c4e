//! All images of a workspace in one build.

use std::collections::BTreeMap;
use std::process::Command;

use crate::engine::{Image, turn};
use crate::project::Project;
use crate::settings::workspace;

/// A workspace of 22 libraries and 8 services; every other service has `serde`, too.
pub(crate) fn fleet() -> Project {
    let manifest = |name: &str, dependencies: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\n\n[dependencies]\n{dependencies}"
        )
    };
    let root = "[workspace]\nmembers = [\"libs/*\", \"services/*\"]\nresolver = \"2\"\n\n[workspace.package]\nversion = \"1.2.3\"\nedition = \"2021\"\n\n[workspace.dependencies]\nitoa = \"1\"\nmemchr = \"2\"\nserde = \"1\"\n";
    let mut project = Project::empty().with_registry().file("Cargo.toml", root);
    for number in 0..22 {
        let below = match number % 3 {
            0 => String::new(),
            _ => format!("lib{0} = {{ path = \"../lib{0}\" }}\n", number - 1),
        };
        let name = format!("lib{number}");
        project = project
            .file(
                &format!("libs/{name}/Cargo.toml"),
                &manifest(&name, &format!("{below}memchr.workspace = true\n")),
            )
            .file(
                &format!("libs/{name}/src/lib.rs"),
                &format!("pub fn n() -> usize {{ memchr::memchr(b'x', b\"xx\").unwrap_or(99) + {number} }}\n"),
            );
    }
    for number in 0..8 {
        let name = format!("service{number}");
        let lib = number * 2 + 1;
        let serde = if number % 2 == 1 {
            "serde.workspace = true\n"
        } else {
            ""
        };
        let dependencies = format!(
            "itoa.workspace = true\n{serde}lib{lib} = {{ path = \"../../libs/lib{lib}\" }}\n"
        );
        project = project
            .file(&format!("services/{name}/Cargo.toml"), &manifest(&name, &dependencies))
            .file(
                &format!("services/{name}/src/main.rs"),
                &format!("fn main() {{ println!(\"{name} {{}}\", itoa::Buffer::new().format(lib{lib}::n())); }}\n"),
            );
    }
    project
}

#[test]
fn the_bake_file_has_every_image() {
    let project = workspace(
        "[workspace.metadata.dockerize]\nbake = { registry = \"ghcr.io/acme\", cache = \"ghcr.io/acme/cache\" }",
    );
    project.generate(&["--workspace"]);
    let bake = project.read("docker-bake.hcl");
    for line in [
        "  default = \"ghcr.io/acme/\"\n",
        "  default = \"ghcr.io/acme/cache\"\n",
        "target \"dependencies\" {\n  context    = \".\"\n  dockerfile = \"dependencies.Dockerfile\"\n",
        "target \"api\" {\n  context    = \".\"\n  dockerfile = \"services/api/Dockerfile\"\n  contexts   = { dependencies = \"target:dependencies\" }\n  tags       = [\"${REGISTRY}api:${TAG}\"]\n",
    ] {
        assert!(bake.contains(line), "no `{line}` in\n{bake}");
    }
    let shared = project.read("dependencies.Dockerfile");
    for line in [
        "--package api --bin api\n",
        "--package worker --bin worker\n",
    ] {
        assert_eq!(shared.matches(line).count(), 1, "{shared}");
    }
    assert!(!shared.contains("USER"), "{shared}");
}

#[test]
fn only_what_is_compiled_alike_is_shared() {
    let project = workspace("").program("services/other", "other").locked();
    let manifest = project.read("services/other/Cargo.toml");
    project.write(
        "services/other/Cargo.toml",
        &format!("{manifest}[package.metadata.dockerize]\nlibc = \"glibc\"\n"),
    );
    let plan = project.plan(&["--workspace"]);
    let shared = plan["bake"]["shared"].as_array().unwrap();
    assert_eq!(shared.len(), 1);
    let images: Vec<_> = shared[0]["images"]
        .as_array()
        .unwrap()
        .iter()
        .map(|image| &image["value"])
        .collect();
    assert_eq!(images, ["api", "worker"]);
    let targets = plan["bake"]["targets"].as_array().unwrap();
    let other = targets
        .iter()
        .find(|target| target["name"] == "other")
        .unwrap();
    assert!(other["shared"].is_null());
}

#[test]
fn a_program_with_packages_of_its_own_shares_a_builder_that_has_them() {
    let project = workspace("");
    let manifest = project.read("services/worker/Cargo.toml");
    project.write(
        "services/worker/Cargo.toml",
        &format!("{manifest}[package.metadata.dockerize]\nbuild-packages = [\"make\"]\n"),
    );
    project.generate(&["--workspace"]);
    let installs = |file: &str| project.read(file).contains("--no-install-recommends make");
    assert!(installs("dependencies.Dockerfile") && installs("services/worker/Dockerfile"));
    assert!(!installs("services/api/Dockerfile"));
}

#[test]
fn names_of_targets_are_names_of_a_bake_file() {
    let project = Project::empty()
        .file("Cargo.toml", "[workspace]\nmembers = [\"*\"]\nresolver = \"2\"\n[workspace.metadata.dockerize.bake]\nregistry = \"a\\\"\\n${b}\"\n")
        .program("a", "dependencies")
        .program("b", "Über_Dienst")
        .locked();
    project.generate(&["--workspace"]);
    let bake = project.read("docker-bake.hcl");
    for line in [
        "target \"dependencies\" {",
        "target \"dependencies-2\" {",
        "target \"-ber_Dienst\" {",
        "${REGISTRY}ber_dienst:${TAG}",
        "  default = \"a\\\"\\n$${b}/\"\n",
    ] {
        assert!(bake.contains(line), "no `{line}` in\n{bake}");
    }
}

#[test]
fn a_member_at_the_root_and_a_context_above_the_workspace() {
    let outer = Project::empty().library("shared", "shared");
    let project = outer.below("rust");
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"services/*\"]\nresolver = \"2\"\n",
    );
    for name in ["api", "worker"] {
        project.write(
            &format!("services/{name}/Cargo.toml"),
            &format!(
                "{}[dependencies]\nshared = {{ path = \"../../../shared\" }}\n",
                crate::project::manifest(name)
            ),
        );
        project.write(
            &format!("services/{name}/src/main.rs"),
            crate::project::MAIN,
        );
    }
    project.lock(".");
    project.generate(&["--workspace"]);
    let bake = project.read("docker-bake.hcl");
    for line in [
        "context    = \"..\"\n",
        "dockerfile = \"rust/services/api/Dockerfile\"\n",
        "dockerfile = \"rust/dependencies.Dockerfile\"\n",
    ] {
        assert!(bake.contains(line), "no `{line}` in\n{bake}");
    }
}

/// The table of the whole fleet, with a template for all, and those of two services that wish otherwise.
fn with_settings(project: Project) -> Project {
    let append = |path: &str, text: &str| {
        let manifest = project.read(path);
        project.write(path, &format!("{manifest}\n{text}"));
    };
    append(
        "Cargo.toml",
        "[workspace.metadata.dockerize]\nlibc = \"glibc\"\ntemplate = \"docker/service.hbs\"\nenv = { FLEET = \"all\" }\n",
    );
    append(
        "services/service0/Cargo.toml",
        "[package.metadata.dockerize]\nport = 9000\nenv = { OWN = \"zero\" }\n",
    );
    append(
        "services/service5/Cargo.toml",
        "[package.metadata.dockerize]\nruntime = \"debian:trixie-slim\"\n",
    );
    project.lock(".");
    project
}

#[test]
#[ignore = "needs a Docker engine with buildx"]
fn a_fleet_follows_its_template_and_is_baked() {
    let _turn = turn();
    let project = with_settings(fleet());
    let names: Vec<String> = (0..8).map(|number| format!("service{number}")).collect();
    let eject = ["templates", "eject", "Dockerfile", "--output", "docker"];
    project.run(&eject).exits(0);
    let built_in = project.read("docker/Dockerfile.hbs");
    let label = |team: &str| {
        let text = format!("{built_in}LABEL team=\"{team}\"\n");
        project.write("docker/service.hbs", &text);
    };
    label("red");
    project.generate(&["--workspace"]);
    project.run(&["check", "--workspace"]).exits(0);
    // The template changes, and every file that comes from it is told.
    label("blue");
    let drifted = project.run(&["check", "--workspace"]).exits(1);
    for name in &names {
        let file = format!("services/{name}/Dockerfile");
        assert!(
            drifted.stdout.contains(&format!("+++ {file}")),
            "{}",
            drifted.stdout
        );
    }
    assert_eq!(
        drifted.stdout.matches("\n+LABEL team=\"blue\"\n").count(),
        8
    );
    project.generate(&["--workspace"]);
    project.run(&["check", "--workspace"]).exits(0);

    let log = bake(&project, &names);
    for name in ["itoa", "memchr", "serde"] {
        let compiled = log.matches(&format!("Compiling {name} v")).count();
        assert_eq!(
            compiled, 1,
            "`{name}` was compiled {compiled} times:\n{log}"
        );
    }
    for (number, name) in names.iter().enumerate() {
        let image = Image {
            tag: format!("{name}:dockerize-test"),
            log: String::new(),
        };
        assert_eq!(image.prints(&[]), format!("{name} {}\n", number * 2 + 1));
        assert_eq!(image.inspect("{{.Config.Labels.team}}"), "blue");
        let environment = image.inspect("{{.Config.Env}}");
        assert!(environment.contains("FLEET=all"), "{environment}");
        assert_eq!(environment.contains("OWN=zero"), number == 0);
        let ports = image.inspect("{{.Config.ExposedPorts}}");
        assert_eq!(ports.contains("9000/tcp"), number == 0);
        assert_eq!(image.has("/bin/sh"), number == 5, "{name}");
    }
}

/// Builds all images with `docker buildx bake`, and returns what it said.
fn bake(project: &Project, names: &[String]) -> String {
    let targets = names.iter().map(String::as_str);
    let network: BTreeMap<&str, _> = targets
        .chain(["dependencies"])
        .map(|name| (name, serde_json::json!({ "network": "host" })))
        .collect();
    project.write(
        "network.json",
        &serde_json::json!({ "target": network }).to_string(),
    );
    let output = Command::new("docker")
        .args(["buildx", "bake", "--progress=plain", "--no-cache"])
        .args(["-f", "docker-bake.hcl", "-f", "network.json"])
        .env("TAG", "dockerize-test")
        .current_dir(project.root())
        .output()
        .expect("docker is on PATH");
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{log}");
    log
}
