//! Variables without which the program does not start.

mod handed;

use std::collections::BTreeMap;
use std::path::Path;

use cargo_metadata::Package;

use super::arguments::Wanted;
use super::test_files::is_test;
use crate::decision::{Decision, Evidence};
use crate::inspect::Workspace;
use crate::plan::Variable;
use crate::source::{Fact, Meaning, Otherwise};

/// Variables that are there wherever a program runs, or only where cargo runs it.
const GIVEN: &[&str] = &[
    "CARGO", "HOME", "HOSTNAME", "OUT_DIR", "PATH", "PROFILE", "PWD", "TARGET",
];

/// Variables that the code reads and cannot do without.
pub(super) fn decide(
    workspace: &Workspace,
    env: &[Decision<Variable>],
    wanted: &Wanted,
    locals: &[&Package],
) -> Vec<Decision<String>> {
    let mut found: BTreeMap<String, Vec<Evidence>> = BTreeMap::new();
    let mut add = |name: &str, file: &Path, line: usize| {
        let is_set = env.iter().any(|variable| variable.value.name == name);
        let is_given = GIVEN.contains(&name) || name.starts_with("CARGO_");
        if is_set || is_given || !is_name(name) {
            return;
        }
        let file = workspace.display(file);
        let because = Evidence::file(file, Some(line), "fails where it is not set");
        let all = found.entry(name.to_owned()).or_default();
        if !all.contains(&because) {
            all.push(because);
        }
    };
    for (name, file, line) in &wanted.variables {
        add(name, file, *line);
    }
    let sources = workspace.sources_of(locals);
    let facts: Vec<&Fact> = sources.flat_map(|sources| &sources.facts).collect();
    for fact in &facts {
        // `?` on an option gives none to whoever asked: the program goes on.
        let is_needed = fact.meaning == Meaning::ReadVariable
            && fact.otherwise == Otherwise::Fails
            && fact.row != "env::var_os";
        if !is_needed || fact.is_build_script || is_test(workspace, &fact.at.file) {
            continue;
        }
        if let Some(name) = fact.arguments.first().and_then(|name| name.whole()) {
            // `if env::var("A").is_ok() { env::var("A").unwrap() }`
            let is_asked_about = facts.iter().any(|other| {
                other.meaning == Meaning::ReadVariable
                    && other.otherwise == Otherwise::Handled
                    && other.at.file == fact.at.file
                    && other.at.line <= fact.at.line
                    && other.arguments == fact.arguments
            });
            if is_asked_about {
                continue;
            }
            add(name, &fact.at.file, fact.at.line);
        }
    }
    for (name, file, line) in handed::decide(workspace, locals) {
        add(&name, &file, line);
    }
    let decision = |(value, because)| Decision { value, because };
    found.into_iter().map(decision).collect()
}

/// Whether every shell takes it for the name of a variable.
fn is_name(name: &str) -> bool {
    name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
        && name
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || char == '_')
}
