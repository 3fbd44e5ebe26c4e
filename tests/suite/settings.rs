//! Where wishes come from: flags, variables, and the tables of package, image and workspace.

use crate::project::{Project, manifest};

/// A workspace with the packages `api` and `worker`, and these lines at the end of its root manifest.
pub(crate) fn workspace(lines: &str) -> Project {
    let root = format!("[workspace]\nmembers = [\"services/*\"]\nresolver = \"2\"\n{lines}\n");
    Project::empty()
        .file("Cargo.toml", &root)
        .program("services/api", "api")
        .program("services/worker", "worker")
        .locked()
}

fn add(project: &Project, member: &str, lines: &str) {
    let path = format!("services/{member}/Cargo.toml");
    project.write(&path, &format!("{}{lines}\n", project.read(&path)));
}

/// The settings of an image, as `key = value (place)`.
fn settings(plan: &serde_json::Value, image: usize) -> Vec<String> {
    let list = plan["images"][image]["settings"].as_array().unwrap();
    list.iter()
        .map(|setting| {
            let origin = &setting["because"][0]["origin"];
            let place = match origin["kind"].as_str().unwrap() {
                "key" => format!("{}:{}", origin["file"].as_str().unwrap(), origin["line"]),
                "flag" => origin["flag"].as_str().unwrap().to_owned(),
                "variable" => origin["variable"].as_str().unwrap().to_owned(),
                other => other.to_owned(),
            };
            format!(
                "{} = {} ({place})",
                setting["key"].as_str().unwrap(),
                setting["value"]
            )
        })
        .collect()
}

#[test]
fn the_nearest_place_wins() {
    let table = "[workspace.metadata.dockerize]\nruntime = \"distroless\"\nprofile = \"dev\"\nlibc = \"glibc\"\noptimize = \"size\"";
    let project = workspace(table);
    add(
        &project,
        "api",
        "[package.metadata.dockerize]\nruntime = \"scratch\"\nprofile = \"release\"\nlibc = \"glibc\"",
    );
    let ran = project.run_with(
        &["plan", "--format", "json", "-p", "api", "--libc", "musl"],
        &[
            ("CARGO_DOCKERIZE_PROFILE", "bench"),
            ("CARGO_DOCKERIZE_LIBC", "glibc"),
        ],
    );
    let plan = serde_json::from_str(&ran.exits(0).stdout).unwrap();
    assert_eq!(
        settings(&plan, 0),
        [
            "libc = \"musl\" (--libc)",
            "optimize = \"size\" (Cargo.toml:8)",
            "profile = \"bench\" (CARGO_DOCKERIZE_PROFILE)",
            "runtime = \"scratch\" (services/api/Cargo.toml:6)",
        ]
    );
}

#[test]
fn lists_add_to_what_is_inherited_or_take_its_place() {
    let project = workspace(
        "[workspace.metadata.dockerize]\nport = 9090\nbuild-packages = [\"make\"]\nenv = { RUST_LOG = \"info\", TZ = \"UTC\" }",
    );
    add(
        &project,
        "api",
        "[package.metadata.dockerize]\nport = { add = [8080] }\nbuild-packages = [\"cmake\"]\nenv = { RUST_LOG = \"debug\" }",
    );
    let plan = project.plan(&["-p", "api"]);
    assert_eq!(
        settings(&plan, 0),
        [
            "build-packages = [\"cmake\"] (services/api/Cargo.toml:7)",
            "env = {\"RUST_LOG\":\"info\",\"TZ\":\"UTC\"} (Cargo.toml:7)",
            "env = {\"RUST_LOG\":\"debug\"} (services/api/Cargo.toml:8)",
            "port = [9090] (Cargo.toml:5)",
            "port = [8080] (services/api/Cargo.toml:6)",
        ]
    );
    let text = project.instructions(&["-p", "api"]);
    for line in [
        "EXPOSE 9090\n",
        "EXPOSE 8080\n",
        "RUST_LOG=\"debug\"",
        "TZ=\"UTC\"",
        " cmake",
    ] {
        assert!(text.contains(line), "no `{line}` in\n{text}");
    }
    assert!(!text.contains(" make "), "{text}");
}

#[test]
fn paths_start_from_the_manifest_that_names_them() {
    let project = workspace("[workspace.metadata.dockerize]\nassets = [\"shared\"]");
    add(
        &project,
        "api",
        "[package.metadata.dockerize]\nassets = { add = [\"static\"] }",
    );
    project.write("shared/a.txt", "a");
    project.write("services/api/static/b.txt", "b");
    let text = project.instructions(&["-p", "api"]);
    assert!(
        text.contains(
            "65532 shared shared
"
        ),
        "{text}"
    );
    assert!(text.contains("services/api/static"), "{text}");
}

#[test]
fn rules_about_crates_are_inherited_and_corrected() {
    let rule = |package: &str| {
        format!("[workspace.metadata.dockerize.crates.lib]\nbuild = [\"{package}\"]")
    };
    let project = workspace(&rule("make"));
    project.write("lib/Cargo.toml", &manifest("lib"));
    project.write("lib/src/lib.rs", "");
    add(
        &project,
        "api",
        "[dependencies]\nlib = { path = \"../../lib\" }",
    );
    let installed = |project: &Project| -> Vec<String> {
        project.lock(".");
        let plan = project.plan(&["-p", "api"]);
        let packages = plan["images"][0]["builder"]["packages"]
            .as_array()
            .unwrap()
            .clone();
        packages
            .iter()
            .map(|package| package["value"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(installed(&project), ["make"]);
    add(
        &project,
        "api",
        "[package.metadata.dockerize.crates.lib]\nbuild = [\"cmake\"]",
    );
    assert_eq!(installed(&project), ["cmake"]);
}

#[test]
fn what_is_wrong_with_a_variable_is_said() {
    let project = Project::single();
    for (variable, value, says) in [
        (
            "CARGO_DOCKERIZE_RUNTIM",
            "scratch",
            "did you mean CARGO_DOCKERIZE_RUNTIME?",
        ),
        ("CARGO_DOCKERIZE_LIBC", "uclibc", "unknown variant `uclibc`"),
        ("CARGO_DOCKERIZE_PORT", "80,x", "`x` is not a number"),
        ("CARGO_DOCKERIZE_PORT", "70000", "expected u16"),
        (
            "CARGO_DOCKERIZE_ALL_FEATURES",
            "yes",
            "`yes` is neither true nor false",
        ),
    ] {
        project
            .run_with(&[], &[(variable, value)])
            .refuses("variable")
            .says(says);
        assert!(!project.has("Dockerfile"), "{variable}={value}");
    }
    project
        .run_with(&["plan"], &[("CARGO_DOCKERIZE_LIBC", "")])
        .exits(0);
}

#[test]
fn keys_stand_where_they_have_a_meaning() {
    for (line, place) in [
        ("bin = \"api\"", "[package.metadata.dockerize]"),
        ("output = \"Dockerfile\"", "[package.metadata.dockerize]"),
        ("images = {}", "[package.metadata.dockerize]"),
    ] {
        let project = workspace(&format!("[workspace.metadata.dockerize]\n{line}"));
        project
            .run(&["-p", "api"])
            .refuses("misplaced-key")
            .says("Cargo.toml:5:")
            .says(place);
    }
    for line in [
        "members = [\"a\"]",
        "exclude = [\"a\"]",
        "images.a.images = {}",
        "images.a.exclude = []",
    ] {
        let project = Project::with(&format!("[package.metadata.dockerize]\n{line}"));
        project
            .run(&[])
            .refuses("misplaced-key")
            .says("Cargo.toml:6:");
    }
}

#[test]
fn a_list_takes_no_other_key_than_add() {
    Project::with("[package.metadata.dockerize]\nassets = { ad = [\"a\"] }")
        .run(&[])
        .refuses("manifest-key")
        .says("did you mean `add`?");
}

#[test]
fn plan_shows_where_settings_come_from() {
    let project = workspace("[workspace.metadata.dockerize]\noptimize = \"size\"");
    let shown = project
        .run(&["plan", "-p", "api", "--verbose"])
        .exits(0)
        .stdout;
    assert!(
        shown.contains(
            "     setting optimize = \"size\"\n             Cargo.toml:5 workspace.metadata.dockerize.optimize\n"
        ),
        "{shown}"
    );
}

#[test]
fn relative_paths_have_a_base_everywhere() {
    let project = workspace("").file("services/api/data/words.txt", "x");
    for (variable, list) in [
        ("CARGO_DOCKERIZE_INCLUDE", "needed"),
        ("CARGO_DOCKERIZE_ASSETS", "assets"),
    ] {
        // The package's folder, wherever the tool is called.
        for folder in ["", "services", "services/worker"] {
            let text = ["--dry-run", "-p", "api"];
            let ran = project
                .below(folder)
                .run_with(&text, &[(variable, "data/words.txt")]);
            let ran = ran.exits(0);
            assert!(
                ran.stdout.contains("services/api/data/words.txt"),
                "{list}: {}",
                ran.stdout
            );
        }
    }
    // A path in a flag is what it is for a shell, and the command is for the root.
    project
        .run_in("services", &["-p", "api", "-o", "../docker/x.Dockerfile"])
        .exits(0);
    let text = project.read("docker/x.Dockerfile");
    let command = "#   cargo dockerize -p api --output docker/x.Dockerfile\n";
    assert!(text.contains(command), "{text}");
}

#[test]
fn what_comes_next_works_where_it_is_typed() {
    let project = workspace("");
    let next = |folder: &str, arguments: &[&str]| {
        let ran = project.run_in(folder, arguments).exits(0);
        let line = ran
            .stderr
            .lines()
            .find(|line| line.contains("Next "))
            .unwrap();
        line.trim().to_owned()
    };
    assert_eq!(next("", &["-p", "api"]), "Next docker build -t api .");
    assert_eq!(
        next(
            "services/api",
            &["-p", "api", "-o", "../../my files/Dockerfile"]
        ),
        "Next docker build -f '../../my files/Dockerfile' -t api ../.."
    );
    assert_eq!(
        next("services", &["--workspace"]),
        "Next (cd .. && docker buildx bake)"
    );
}
