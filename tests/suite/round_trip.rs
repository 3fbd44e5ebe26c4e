//! A plan that was printed and read back gives the same files. `check_context` sees to it for each project that it
//! is given, recorded cases among them, and `ROUND_TRIP=1 cargo test --test suite` for whatever a test generates.

use crate::bake::fleet;
use crate::settings::workspace;
use crate::templates::project;

/// Writes the files, and compares them with those of the plan.
fn comes_back(project: &crate::project::Project, arguments: &[&str]) {
    project.generate(arguments);
    project.has_the_files_of(&project.plan(arguments));
}

#[test]
fn with_a_bake_file_and_what_is_shared() {
    let images =
        workspace("[workspace.metadata.dockerize]\nbake = { registry = \"ghcr.io/acme\" }");
    comes_back(&images, &["--workspace"]);
    let fleet = fleet();
    fleet.lock(".");
    comes_back(&fleet, &["--workspace"]);
    assert!(fleet.has("dependencies.Dockerfile"));
}

#[test]
fn with_snippets() {
    let snippets =
        project("snippets = { before-user = 'LABEL a=\"b\"', stages = 'FROM scratch AS extra' }");
    comes_back(&snippets, &[]);
    assert!(
        snippets
            .read("Dockerfile")
            .contains("FROM scratch AS extra")
    );
}

#[test]
fn with_names_of_this_table_of_secrets_only() {
    let snippets = project("");
    let mut plan = snippets.plan(&[]);
    let read = |plan: &serde_json::Value| {
        serde_json::from_value::<cargo_dockerize::plan::Plan>(plan.clone())
            .map_err(|e| e.to_string())
    };
    assert!(read(&plan).is_ok());
    // Patterns go into the ignore file as they are.
    plan["images"][0]["context"]["secrets"]["rules"][0]["names"][0] = "x\n!**".into();
    let refused = read(&plan).unwrap_err();
    assert!(refused.contains("not in the table of secrets"), "{refused}");
}
