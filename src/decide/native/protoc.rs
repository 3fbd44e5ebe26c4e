//! What protoc needs, and whether it is needed at all.

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Package, PackageId, Target};

use super::findings::{Findings, push};
use crate::decision::{Evidence, Origin};
use crate::graph::Graph;
use crate::inspect::Workspace;

/// Crates that bring their own protoc, or do without.
pub(super) const OWN_PROTOC: &[&str] = &["protobuf-src", "protoc-bin-vendored", "protox"];
/// The Debian package with the compiler.
const COMPILER: &str = "protobuf-compiler";
/// The Debian package with the messages of Google's that schemas import.
const MESSAGES: &str = "libprotobuf-dev";
/// The Debian package with those for plugins of protoc.
const PLUGIN_MESSAGES: &str = "libprotoc-dev";
/// The import that needs it.
const PLUGIN: &str = "google/protobuf/compiler/";

/// Leaves of protoc's packages what the schemas need.
pub(super) fn settle(findings: &mut Findings, workspace: &Workspace, graphs: &[Graph]) {
    let ids: BTreeSet<&PackageId> = graphs.iter().flat_map(Graph::nodes).map(|n| n.0).collect();
    let brings = |id: &&PackageId| OWN_PROTOC.contains(&workspace.package_of(id).name.as_str());
    if ids.iter().any(brings) {
        let is_protoc_s = |package: &String| [COMPILER, MESSAGES].contains(&package.as_str());
        findings
            .build
            .retain(|package, because| !is_protoc_s(package) || is_by_rule(because));
    }
    let Some(because) = findings.build.get(MESSAGES).filter(|b| !is_by_rule(b)) else {
        return;
    };
    let wanting: BTreeSet<(&str, String)> = because.iter().filter_map(crate_of).collect();
    let seeds = ids.iter().copied().filter(|id| {
        let package = workspace.package_of(id);
        wanting.contains(&(package.name.as_str(), package.version.to_string()))
    });
    let callers = callers(workspace, &ids, seeds.collect());
    let reasons: Option<Vec<_>> = callers
        .iter()
        .map(|package| reason(workspace, package))
        .collect();
    let reasons = match reasons {
        // Who calls it is not known.
        _ if callers.is_empty() => return,
        // Some crate of a registry may import them.
        None => return,
        Some(reasons) => reasons,
    };
    let reasons: Vec<Reason> = reasons.into_iter().flatten().collect();
    if let Some(reason) = reasons.iter().find(|reason| reason.is_for_plugins) {
        push(
            &mut findings.build,
            PLUGIN_MESSAGES,
            reason.evidence.clone(),
        );
    }
    let reasons: Vec<Evidence> = reasons.into_iter().map(|reason| reason.evidence).collect();
    if reasons.is_empty() {
        findings.build.remove(MESSAGES);
    } else if let Some(because) = findings.build.get_mut(MESSAGES) {
        because.splice(0..0, reasons);
    }
}

fn is_by_rule(because: &[Evidence]) -> bool {
    because.iter().any(|evidence| evidence.origin.is_by_rule())
}

fn crate_of(evidence: &Evidence) -> Option<(&str, String)> {
    match &evidence.origin {
        Origin::Crate { name, version, .. } => Some((name, version.clone())),
        _ => None,
    }
}

/// The packages of the graph whose build scripts can call one of the seeds.
fn callers<'a>(
    workspace: &'a Workspace,
    ids: &BTreeSet<&PackageId>,
    seeds: BTreeSet<&'a PackageId>,
) -> Vec<&'a Package> {
    let nodes = workspace.metadata.resolve.iter();
    let nodes: Vec<_> = nodes
        .flat_map(|resolve| &resolve.nodes)
        .filter(|node| ids.contains(&node.id))
        .collect();
    let depends = |node: &cargo_metadata::Node, kind, on: &BTreeSet<&PackageId>| {
        node.deps
            .iter()
            .any(|dep| on.contains(&dep.pkg) && dep.dep_kinds.iter().any(|info| info.kind == kind))
    };
    let mut passing_on = seeds;
    loop {
        let more = nodes.iter().filter(|node| {
            !passing_on.contains(&node.id) && depends(node, DependencyKind::Normal, &passing_on)
        });
        let more: Vec<&PackageId> = more.map(|node| &node.id).collect();
        if more.is_empty() {
            break;
        }
        passing_on.extend(more);
    }
    let callers = nodes
        .iter()
        .filter(|node| depends(node, DependencyKind::Build, &passing_on));
    let callers = callers.map(|node| workspace.package_of(&node.id));
    callers
        .filter(|package| package.targets.iter().any(Target::is_custom_build))
        .collect()
}

/// Why the schemas of a package need Google's messages.
struct Reason {
    evidence: Evidence,
    /// Whether they import those for plugins of protoc.
    is_for_plugins: bool,
}

/// Why the schemas of a package need Google's messages: the first reason, or `Some(None)` if they do not.
///
/// `None` where the package is none of the project's.
fn reason(workspace: &Workspace, package: &Package) -> Option<Option<Reason>> {
    if package.source.is_some() {
        return None;
    }
    let schemas = &workspace.sources.get(&package.id)?.schemas;
    let at = |(name, mark): &(String, crate::inspect::SourceMark), what: &str| {
        let name = name.escape_debug();
        let fact = format!("{what} `{name}`");
        Evidence::file(workspace.display(&mark.path), Some(mark.line), fact)
    };
    let plugin = schemas
        .google
        .iter()
        .find(|(name, _)| name.starts_with(PLUGIN));
    let is_for_plugins = plugin.is_some();
    let google = plugin.or(schemas.google.first());
    let google = google.map(|import| at(import, "imports"));
    let unseen = schemas.unseen.first();
    let unseen = unseen.map(|name| at(name, "names a schema that is not seen:"));
    let manifest = workspace.display(package.manifest_path.as_std_path());
    let none = (schemas.count == 0)
        .then(|| Evidence::file(manifest, None, "compiles schemas that are not seen"));
    Some(google.or(unseen).or(none).map(|evidence| Reason {
        evidence,
        is_for_plugins,
    }))
}
