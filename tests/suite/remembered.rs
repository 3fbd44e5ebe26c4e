//! What was made is remembered: flags, other members, and files that nothing writes any more.

use crate::project::{Project, manifest};

fn workspace() -> Project {
    Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"2\"\n",
        )
        .program("crates/api", "api")
        .program("crates/worker", "worker")
        .locked()
}

fn add_flag(project: &Project, flags: &[&str]) {
    let mut words = vec!["generate"];
    words.extend(flags);
    project.run(&words).exits(0);
}

#[test]
fn flags_are_kept_until_they_are_dropped() {
    let project = Project::single().locked();
    add_flag(
        &project,
        &["--strategy", "mounts", "--output", "docker/Dockerfile"],
    );
    let first = project.read("docker/Dockerfile");
    project
        .run(&[])
        .exits(0)
        .says("Kept `cargo dockerize --strategy mounts --output docker/Dockerfile` of docker/Dockerfile")
        .says("Unchanged docker/Dockerfile");
    assert!(!project.has("Dockerfile"));
    project.run(&["check"]).exits(0);
    assert_eq!(project.read("docker/Dockerfile"), first);
    project.run(&["--force"]).exits(0).keeps_quiet_about("Kept");
    assert!(project.has("Dockerfile"));
}

#[test]
fn a_header_does_not_choose_where_files_go() {
    let project = Project::single().locked();
    add_flag(&project, &["--strategy", "mounts"]);
    let odd = project
        .read("Dockerfile")
        .replace("--strategy mounts", "--output ../elsewhere/Dockerfile");
    project.write("Dockerfile", &odd);
    project.run(&[]).exits(0).keeps_quiet_about("Kept");
    project.run(&["check"]).exits(0);
    assert!(!project.has("../elsewhere/Dockerfile"));
}

#[test]
fn flags_for_another_program_are_not_kept() {
    let project = Project::single()
        .file("src/bin/calc.rs", "fn main() {}\n")
        .file(
            "Cargo.toml",
            &format!("{}default-run = \"app\"\n", manifest("app")),
        )
        .locked();
    add_flag(&project, &["--bin", "calc", "--output", "calc.Dockerfile"]);
    let calc = project.read("calc.Dockerfile");
    project
        .run(&[])
        .exits(0)
        .keeps_quiet_about("Kept")
        .says("Created Dockerfile\n");
    assert_eq!(project.read("calc.Dockerfile"), calc);
    project.run(&["check"]).exits(0);
}

#[test]
fn which_of_several_programs_it_is_was_said_once() {
    let project = workspace();
    project.run(&[]).refuses("several-binaries");
    add_flag(&project, &["-p", "api"]);
    project
        .run(&[])
        .exits(0)
        .says("Kept `cargo dockerize -p api`");
}

#[test]
fn every_file_is_checked_by_its_own_command() {
    let project = workspace();
    add_flag(&project, &["-p", "api", "--port", "8080"]);
    add_flag(
        &project,
        &["-p", "worker", "--output", "docker/worker.Dockerfile"],
    );
    project
        .run(&["check"])
        .exits(0)
        .says("Unchanged Dockerfile")
        .says("Unchanged docker/worker.Dockerfile");
    project.write(
        "crates/worker/Cargo.toml",
        &format!(
            "{}[package.metadata.dockerize]\nport = [9000]\n",
            manifest("worker")
        ),
    );
    project
        .run(&["check"])
        .exits(1)
        .says("Unchanged Dockerfile")
        .says("Outdated docker/worker.Dockerfile");
}

#[test]
fn files_of_members_that_are_gone_are_stale() {
    let project = workspace();
    add_flag(&project, &["--workspace"]);
    project.run(&["check"]).exits(0);
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"crates/api\"]\nresolver = \"2\"\n",
    );
    project.lock(".");
    project
        .run(&["check"])
        .exits(1)
        .says("Stale crates/worker/Dockerfile, which `cargo dockerize --workspace` does not write any more");
}

#[test]
fn a_project_inside_is_another_one() {
    let project = Project::single()
        .file(
            "demo/Cargo.toml",
            &format!("{}[workspace]\n", manifest("demo")),
        )
        .file("demo/src/main.rs", "fn main() {}\n")
        .locked();
    project.lock("demo");
    project.run_in("demo", &["--strategy", "mounts"]).exits(0);
    project.run(&[]).exits(0).keeps_quiet_about("Kept");
    project
        .run(&["check"])
        .exits(0)
        .keeps_quiet_about("demo/Dockerfile");
}

#[test]
fn the_version_of_the_tool_is_no_drift() {
    let project = Project::single().locked();
    add_flag(&project, &[]);
    let text = project.read("Dockerfile");
    let version = concat!("cargo-dockerize ", env!("CARGO_PKG_VERSION"));
    for other in ["cargo-dockerize 0.0.1", "cargo-dockerize 9.0.0"] {
        let written = text.replacen(version, other, 1);
        assert_ne!(written, text);
        project.write("Dockerfile", &written);
        project
            .run(&["check"])
            .exits(0)
            .says("Unchanged Dockerfile");
        project.run(&[]).exits(0).says("Unchanged Dockerfile");
        assert_eq!(project.read("Dockerfile"), written);
    }
}

#[test]
fn the_plan_and_the_skeleton_are_those_of_the_file() {
    let project = Project::single().locked();
    add_flag(&project, &["--strategy", "mounts", "--profile", "dev"]);
    let ran = project.run(&["plan", "--format", "json"]).exits(0);
    let plan: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let image = &plan["images"][0];
    assert_eq!(image["caching"]["strategy"]["value"], "mounts");
    assert_eq!(image["build"]["profile"]["value"], "dev");
    ran.says("Kept `cargo dockerize --profile dev --strategy mounts` of Dockerfile");
    project.has_the_files_of(&plan);
    let ran = project.run(&["plan", "--force"]).exits(0);
    ran.keeps_quiet_about("Kept");
    let ran = project.run(&["plan", "--strategy", "layers"]).exits(0);
    ran.keeps_quiet_about("Kept");
    // Which of several programs it is was said once, for the skeleton too.
    let project = Project::single()
        .file("src/bin/one.rs", "fn main() {}\n")
        .file("src/bin/two.rs", "fn main() {}\n");
    fs_err::remove_file(project.path("src/main.rs")).unwrap();
    project
        .run(&["skeleton", "--output", "skeleton"])
        .refuses("several-binaries");
    add_flag(&project, &["--bin", "two"]);
    project
        .run(&["skeleton", "--output", "skeleton"])
        .exits(0)
        .says("Kept `cargo dockerize --bin two` of Dockerfile");
    assert!(project.has("skeleton/build/Cargo.toml"));
}

#[test]
fn members_that_were_left_out_stay_out() {
    let project = workspace();
    add_flag(
        &project,
        &["--workspace", "--exclude", "work*", "--strategy", "mounts"],
    );
    assert!(!project.has("crates/worker/Dockerfile"));
    let ran = project.run(&[]).exits(0);
    ran.says("Kept `cargo dockerize --workspace --exclude 'work*' --strategy mounts` of")
        .says("Unchanged");
    assert!(!project.has("crates/worker/Dockerfile"));
    project.run(&["check"]).exits(0).keeps_quiet_about("Stale");
}
