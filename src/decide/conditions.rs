//! What a compile asks of the machine that it runs on, and what an image's build can give it.

mod arguments;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use cargo_metadata::{DependencyKind, Package, PackageId};
use serde::Deserialize;

use self::arguments::{Local, location};
use super::native::Findings;
use crate::decision::{Decision, Evidence};
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::{Mark, Workspace};
use crate::shell::ShellText;

/// Crates that fetch over HTTP: a build script has them for nothing else.
const CLIENTS: &[&str] = &["attohttpc", "curl", "minreq", "reqwest", "ureq"];
/// Crates that ask git while the program compiles, and take nothing for an answer.
const GIT: &[&str] = &[
    "built",
    "shadow-rs",
    "vergen",
    "vergen-git2",
    "vergen-gitcl",
    "vergen-gix",
];

/// A crate whose build script downloads.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Download {
    #[serde(rename = "crate")]
    name: String,
    #[serde(default)]
    any: Vec<String>,
    #[serde(default)]
    none: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Downloads {
    download: Vec<Download>,
}

fn downloads() -> &'static [Download] {
    static DOWNLOADS: OnceLock<Vec<Download>> = OnceLock::new();
    DOWNLOADS.get_or_init(|| {
        toml::from_str::<Downloads>(include_str!("../knowledge/downloads.toml"))
            .expect("the table that is compiled in is valid")
            .download
    })
}

/// Build arguments that the compile of the program reads.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) names: Vec<Decision<String>>,
    /// Options of `docker build` for those that somebody has to give.
    pub(crate) options: Vec<ShellText>,
}

/// The build arguments that the compile of the program reads; what it lacks otherwise is said.
pub(crate) fn decide(
    workspace: &Workspace,
    findings: &Findings,
    (locals, compiled): (&[&Package], &BTreeSet<PackageId>),
) -> (Arguments, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let sources = &workspace.sources;
    let locals: Vec<Local<'_>> = locals
        .iter()
        .filter_map(|package| Some((*package, sources.get(&package.id)?)))
        .collect();
    diagnostics.extend(locals.iter().filter_map(|local| queries(workspace, local)));
    diagnostics.extend(network(workspace, findings, &locals, compiled));
    let arguments = of_git(workspace, &locals);
    diagnostics.extend(git(workspace, &locals, compiled, &arguments));
    let needed = arguments::needed(&locals);
    diagnostics.extend(arguments::unset(workspace, &needed));
    let all = arguments::with_variables(workspace, &locals, arguments);
    let options = all.iter().filter_map(|argument| {
        let name = argument.value.as_str();
        let value = arguments::value(name);
        let is_needed = needed.iter().any(|variable| variable.name == name);
        (is_needed || value.is_some()).then(|| arguments::option(name))
    });
    let options = options.collect();
    let arguments = Arguments {
        names: all,
        options,
    };
    (arguments, diagnostics)
}

/// Queries that sqlx checks while they compile, and that it has no answers to.
fn queries(workspace: &Workspace, (package, sources): &Local<'_>) -> Option<Diagnostic> {
    let mark = sources.marked(Mark::Query).next()?;
    let is_recorded = sources
        .needed
        .iter()
        .any(|file| file.path.ends_with(".sqlx") || file.path.ends_with("sqlx-data.json"));
    if is_recorded {
        return None;
    }
    let warning = Diagnostic::warning(
        Code::SqlxQueries,
        format!(
            "the queries of `{}` are checked against a database while they compile, and the build has none",
            package.name
        ),
    );
    let command = match workspace.metadata.workspace_members.len() {
        1 => "cargo sqlx prepare",
        _ => "cargo sqlx prepare --workspace",
    };
    Some(
        warning
            .at(location(workspace, mark))
            .note("there is no `.sqlx`, in which sqlx keeps the answers of the database")
            .help(format!("{command}, and commit the folder")),
    )
}

/// The crates that a package's build script has on the platforms of the image, with the features that count.
fn called<'a>(
    workspace: &'a Workspace,
    package: &'a Package,
    compiled: &'a BTreeSet<PackageId>,
) -> impl Iterator<Item = &'a Package> {
    let mut targets = package.targets.iter();
    let has_script = targets.any(|target| target.is_custom_build());
    let node = workspace.node(&package.id).filter(|_| has_script);
    let edges = node.into_iter().flat_map(|node| &node.deps);
    let edges = edges.filter(|edge| {
        let mut kinds = edge.dep_kinds.iter();
        compiled.contains(&edge.pkg) && kinds.any(|kind| kind.kind == DependencyKind::Build)
    });
    edges.map(|edge| workspace.package_of(&edge.pkg))
}

/// Crates that download while they compile.
fn network(
    workspace: &Workspace,
    findings: &Findings,
    locals: &[Local<'_>],
    compiled: &BTreeSet<PackageId>,
) -> Vec<Diagnostic> {
    let mut because = Vec::new();
    for row in downloads() {
        let Some((features, origin)) = findings.linked.get(&row.name) else {
            continue;
        };
        let has = |feature: &String| features.contains(feature);
        if (row.any.is_empty() || row.any.iter().any(has)) && !row.none.iter().any(has) {
            because.push(format!("{origin}: its build script downloads"));
        }
    }
    for (package, _) in locals {
        let mut called = called(workspace, package, compiled);
        if let Some(client) = called.find(|called| CLIENTS.contains(&called.name.as_str())) {
            because.push(format!(
                "the build script of `{}` has `{}`",
                package.name, client.name
            ));
        }
    }
    if because.is_empty() {
        return Vec::new();
    }
    let info = Diagnostic::info(
        Code::BuildNetwork,
        "the compile downloads more than crates: with `--network=none` it cannot work",
    );
    vec![because.into_iter().fold(info, Diagnostic::note)]
}

/// Variables that the build scripts take instead of asking git.
fn of_git(workspace: &Workspace, locals: &[Local<'_>]) -> Vec<Decision<String>> {
    let mut arguments: BTreeMap<&str, Decision<String>> = BTreeMap::new();
    for (package, sources) in locals {
        let asks = |name: &&str| {
            package
                .dependencies
                .iter()
                .any(|dependency| dependency.name == **name)
        };
        let runs_git = sources.marked(Mark::BuildGit).next().is_some();
        for (name, mark) in &sources.build_variables {
            let is_vergen_s = name.starts_with("VERGEN_");
            if !(if is_vergen_s {
                GIT.iter()
                    .any(|name| name.starts_with("vergen") && asks(name))
            } else {
                runs_git
            }) {
                continue;
            }
            let place = workspace.display(&mark.path);
            let evidence =
                Evidence::file(place, Some(mark.line), "read while the program compiles");
            let argument = || Decision::new(name.clone(), evidence);
            arguments.entry(name).or_insert_with(argument);
        }
    }
    arguments.into_values().collect()
}

/// What is asked of git: there is no `.git` in the build.
fn git(
    workspace: &Workspace,
    locals: &[Local<'_>],
    compiled: &BTreeSet<PackageId>,
    arguments: &[Decision<String>],
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut because = Vec::new();
    for (package, sources) in locals {
        if let Some(mark) = sources.marked(Mark::GitVersion).next() {
            found.push(
                Diagnostic::warning(
                    Code::GitVersion,
                    "`git_version!` does not compile in the image: there is no `.git` in the build",
                )
                .at(location(workspace, mark))
                .help("give it something to say instead: `git_version!(fallback = \"unknown\")`"),
            );
        }
        if let Some(mark) = sources.marked(Mark::GitFallback).next() {
            let place = workspace.display(&mark.path);
            let line = mark.line;
            because.push(format!("{place}:{line}: `git_version!` says its fallback"));
        }
        if let Some(mark) = sources.marked(Mark::BuildGit).next() {
            let place = workspace.display(&mark.path);
            because.push(format!("{place}:{}: the build script runs git", mark.line));
        }
        let crates = called(workspace, package, compiled);
        let crates = crates.filter(|called| GIT.contains(&called.name.as_str()));
        because.extend(crates.map(|dependency| {
            format!(
                "the build script of `{}` asks git through `{}`",
                package.name, dependency.name
            )
        }));
    }
    if because.is_empty() {
        return found;
    }
    because.sort();
    because.dedup();
    let info = Diagnostic::info(
        Code::BuildGit,
        "there is no `.git` in the build: what is asked of git while the program compiles stays unknown",
    );
    let info = because.into_iter().fold(info, Diagnostic::note);
    found.push(match arguments {
        [] => info,
        _ => info.help(format!("docker build {} …", options(arguments))),
    });
    found
}

/// The options of `docker build` that give each argument what git says.
fn options(arguments: &[Decision<String>]) -> ShellText {
    let names = arguments.iter();
    let options = names.map(|argument| arguments::option(&argument.value));
    ShellText::command(&options.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_has_a_source() {
        assert!(
            downloads()
                .iter()
                .all(|row| !row._source.is_empty() && !row.name.is_empty())
        );
        assert!(downloads().len() > 5);
    }
}
