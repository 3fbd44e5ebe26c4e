//! What an image says of itself beside its files: environment, labels, the signal that stops it.

use std::collections::BTreeMap;

use cargo_metadata::Package;

use crate::decide::native::Findings;
use crate::decision::{Decision, Evidence, Origin};
use crate::inspect::{Mark, Workspace};
use crate::knowledge::Knowledge;
use crate::plan::Variable;

/// The home folder, variables of frameworks, of the servers that were found, and those that are asked for; the last one wins.
pub(super) fn environment(
    workspace: &Workspace,
    findings: &Findings,
    listening: &[Decision<Variable>],
    home: Option<&Decision<String>>,
) -> Vec<Decision<Variable>> {
    let mut env: BTreeMap<String, Decision<Variable>> = BTreeMap::new();
    let mut set = |name: &str, value: &str, evidence: Evidence| {
        let variable = Variable {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        env.insert(name.to_owned(), Decision::new(variable, evidence));
    };
    if let Some(Decision { value, because }) = home {
        if let Some(evidence) = because.first() {
            set("HOME", value, evidence.clone());
        }
    }
    for framework in &Knowledge::shipped().frameworks {
        let Some((features, origin)) = findings.linked.get(&framework.name) else {
            continue;
        };
        if framework
            .features
            .iter()
            .all(|feature| features.contains(feature))
        {
            for (name, value) in &framework.env {
                set(
                    name,
                    value,
                    Evidence::new(
                        origin.clone(),
                        "listens on loopback unless it is told otherwise",
                    ),
                );
            }
        }
    }
    for Decision { value, because } in listening {
        if let Some(evidence) = because.first() {
            set(&value.name, &value.value, evidence.clone());
        }
    }
    for chosen in workspace.settings.env.iter() {
        for (name, value) in &chosen.value {
            set(
                name,
                value,
                Evidence::new(chosen.origin.clone(), "asked for"),
            );
        }
    }
    env.into_values().collect()
}

/// Labels of the OCI annotations specification from what the manifest says, and those of the settings over them.
pub(super) fn labels(package: &Package, workspace: &Workspace) -> Vec<Decision<Variable>> {
    let mut labels = of_manifest(package, workspace);
    for set in &workspace.settings.labels {
        for (name, value) in &set.value {
            let variable = Variable {
                name: name.clone(),
                value: value.clone(),
            };
            let label = Decision::new(variable, Evidence::new(set.origin.clone(), "asked for"));
            match labels.iter_mut().find(|known| known.value.name == *name) {
                Some(known) => *known = label,
                None => labels.push(label),
            }
        }
    }
    labels
}

fn of_manifest(package: &Package, workspace: &Workspace) -> Vec<Decision<Variable>> {
    let manifest = workspace.display(package.manifest_path.as_std_path());
    let values = [
        ("title", Some(package.name.to_string()), "name"),
        ("description", package.description.clone(), "description"),
        ("version", Some(package.version.to_string()), "version"),
        ("licenses", package.license.clone(), "license"),
        ("source", package.repository.clone(), "repository"),
        ("url", package.homepage.clone(), "homepage"),
        (
            "documentation",
            package.documentation.clone(),
            "documentation",
        ),
    ];
    values
        .into_iter()
        .filter_map(|(name, value, key)| {
            Some((name, value.filter(|value| !value.trim().is_empty())?, key))
        })
        .map(|(name, value, key)| {
            let variable = Variable {
                name: format!("org.opencontainers.image.{name}"),
                value: value.split_whitespace().collect::<Vec<_>>().join(" "),
            };
            Decision::new(
                variable,
                Evidence::file(manifest.clone(), None, format!("`package.{key}`")),
            )
        })
        .collect()
}

/// As process 1 a program only stops on the signals that it waits for.
pub(super) fn stop_signal(workspace: &Workspace, locals: &[&Package]) -> Option<Decision<String>> {
    let sources = || workspace.sources_of(locals);
    if sources().any(|sources| sources.marked(Mark::Sigterm).next().is_some()) {
        return None;
    }
    let mark = sources().find_map(|sources| sources.marked(Mark::CtrlC).next())?;
    let fact = "waits for ctrl-c, and nothing waits for SIGTERM";
    let evidence = Evidence::new(
        Origin::File {
            file: workspace.display(&mark.path),
            line: Some(mark.line),
        },
        fact,
    );
    Some(Decision::new("SIGINT".to_owned(), evidence))
}

/// Default arguments of the program.
pub(super) fn default_arguments(workspace: &Workspace) -> Vec<Decision<String>> {
    let lists = workspace.settings.cmd.iter();
    let arguments = lists.flat_map(|set| set.value.iter().map(move |argument| (set, argument)));
    arguments
        .map(|(set, argument)| {
            let because = Evidence::new(set.origin.clone(), "a default argument");
            Decision::new(argument.clone(), because)
        })
        .collect()
}
