//! What is known about one crate, and how the program came to have it.

use std::collections::BTreeMap;

use cargo_metadata::Package;
use serde_json::Value;

use super::basis::Basis;
use super::native::{self, Graphs};
use super::rules::{Applied, Compiled, Rules, Source};
use super::teach;
use crate::decision::Origin;
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::graph;
use crate::inspect::Workspace;
use crate::knowledge::Musl;
use crate::names::alike;
use crate::plan::{Explanation, Found, Lesson, RuleFacts, RuleSource};
use crate::platform::{self, MACHINES};
use crate::settings::Libc;

/// The keys of a rule that are conditions, in the order in which they are shown.
const CONDITIONS: [&str; 4] = ["features", "any-feature", "no-feature", "version"];

/// Says what is known about the crate `name`.
///
/// # Errors
///
/// Neither the dependency graph nor a table has a crate of this name; and what [`plan`](super::plan)
/// refuses about the project's target and images.
pub fn explain(workspace: &Workspace, name: &str) -> Result<Explanation> {
    let (basis, _) = Basis::of(workspace, &graph::Index::new(&workspace.metadata))?;
    let (rules, graphs) = (&basis.rules, &basis.graphs);
    let packages = &workspace.metadata.packages;
    if !rules.knows(name) && !packages.iter().any(|package| package.name.as_str() == name) {
        return Err(unknown(workspace, rules, name).into());
    }
    let libc = basis.target.libc();
    let found = found(workspace, graphs, rules, name, libc);
    let about: Vec<_> = rules.about(name).iter().map(facts).collect();
    let is_covered = !about.is_empty() || found.iter().any(|found| found.rule.is_some());
    let manifest = workspace.package().manifest_path.as_std_path();
    Ok(Explanation {
        name: name.to_owned(),
        binary: workspace.selected.binary.clone(),
        found,
        rules: about,
        lesson: (!is_covered).then(|| Lesson {
            manifest: workspace.display(manifest),
            lines: teach::lesson(name),
        }),
    })
}

fn unknown(workspace: &Workspace, rules: &Rules, name: &str) -> Diagnostic {
    let packages = workspace.metadata.packages.iter();
    let names = packages.map(|package| package.name.as_str());
    let codes = Code::ALL.iter().map(|code| code.as_str());
    let known = alike(name, names.chain(rules.names()).chain(codes));
    let message = format!(
        "no crate `{}` is in the graph or in a table",
        name.escape_debug()
    );
    let error = Diagnostic::error(Code::UnknownCrate, message);
    match known.as_slice() {
        [] => error.help("`cargo tree` shows the graph"),
        known => known.iter().fold(error, |error, name| {
            error.help(format!("did you mean `{name}`?"))
        }),
    }
}

fn found(
    workspace: &Workspace,
    graphs: &Graphs,
    rules: &Rules,
    name: &str,
    libc: Libc,
) -> Vec<Found> {
    let mut all = Vec::new();
    for (machine, graph) in MACHINES.iter().zip(graphs.of(libc)) {
        let image = platform::Target::linux(machine, libc);
        let host = platform::Target::linux(machine, Libc::Glibc);
        for (id, node) in graph.nodes() {
            let package = workspace.package_of(id);
            if package.name.as_str() != name {
                continue;
            }
            let sides = [
                (node.is_linked, &node.features, &image),
                (node.is_for_host, &node.host_features, &host),
            ];
            for (is_linked, (_, features, target)) in [true, false]
                .into_iter()
                .zip(sides)
                .filter(|(_, side)| side.0)
            {
                let compiled = Compiled {
                    package,
                    features,
                    target,
                };
                let found = Found {
                    version: package.version.to_string(),
                    is_linked,
                    path: path(workspace, package, graph.origin(id)),
                    features: features.iter().cloned().collect(),
                    rule: rules.find(compiled).as_ref().map(facts),
                    native: native::code(workspace, rules, package, features, &graph.origin(id)),
                };
                // The machines mostly agree.
                if !all.contains(&found) {
                    all.push(found);
                }
            }
        }
    }
    all
}

fn path(workspace: &Workspace, package: &Package, origin: Origin) -> Vec<String> {
    let root = workspace.package();
    if root.id == package.id {
        return vec![root.name.to_string()];
    }
    let through = match origin {
        Origin::Crate { through, .. } => through,
        _ => Vec::new(),
    };
    std::iter::once(root.name.to_string())
        .chain(through)
        .chain([package.name.to_string()])
        .collect()
}

fn facts(applied: &Applied<'_>) -> RuleFacts {
    let mut rule = applied.rule.clone().into_owned();
    // What follows from the packages is said as well.
    if rule.musl() == Musl::Impossible {
        rule.musl = Some(Musl::Impossible);
    }
    let keys: BTreeMap<String, Value> = match serde_json::to_value(&rule) {
        Ok(Value::Object(keys)) => keys.into_iter().filter(|(_, value)| says(value)).collect(),
        _ => BTreeMap::new(),
    };
    let (conditions, leads_to) = keys
        .into_iter()
        .partition(|(key, _)| CONDITIONS.contains(&key.as_str()));
    RuleFacts {
        conditions,
        leads_to,
        source: match applied.source {
            Source::Manifest(place) => RuleSource::Manifest(place.clone()),
            Source::Table(source) => RuleSource::Table {
                source: source.to_owned(),
            },
            Source::SystemDeps => RuleSource::SystemDeps,
        },
    }
}

/// Whether a key of a rule says something: not what it says when it is left out.
fn says(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is_so) => *is_so,
        Value::String(text) => text != "nothing",
        Value::Array(values) => !values.is_empty(),
        Value::Object(keys) => !keys.is_empty(),
        Value::Number(_) => true,
    }
}
