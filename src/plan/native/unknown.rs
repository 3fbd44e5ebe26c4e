//! Native code of crates that no table knows.

use std::collections::BTreeSet;

use cargo_metadata::{Dependency, DependencyKind, Package};

use super::{Blocker, Findings, add};
use crate::decision::{Evidence, Origin};
use crate::inspect::{Mark, Workspace};

/// What makes Rust of headers, and compiles nothing.
const HEADERS: &str = "bindgen";
/// Build dependencies that show that a crate compiles or looks for native code.
const NATIVE_TOOLS: &[&str] = &[
    "autotools",
    HEADERS,
    "cc",
    "cmake",
    "cxx-build",
    "meson",
    "nasm-rs",
    "pkg-config",
    "system-deps",
    "vcpkg",
];

impl Findings {
    /// A crate that no table knows: harmless unless its manifest shows native code.
    pub(super) fn unknown(
        &mut self,
        workspace: &Workspace,
        package: &Package,
        features: &BTreeSet<String>,
        origin: &Origin,
        is_linked: bool,
    ) {
        if let Some(evidence) = only_reads_headers(workspace, package, features) {
            if is_linked {
                // They are read for the machine that builds, too.
                add(&mut self.linked_unknown, evidence.clone());
                let help = None;
                add(&mut self.musl_blockers, Blocker { evidence, help });
            }
            return;
        }
        let Some(fact) = shown(package, features) else {
            return;
        };
        let evidence = Evidence::new(origin.clone(), fact);
        if is_linked {
            let blocker = Blocker {
                evidence: evidence.clone(),
                help: None,
            };
            add(&mut self.musl_blockers, blocker.clone());
            add(&mut self.glibc_blockers, blocker);
            self.compiles_c = true;
            add(&mut self.linked_unknown, evidence.clone());
        }
        let name = package.name.as_str();
        if !self.unknown.iter().any(|(known, _)| known == name) {
            self.unknown.push((name.to_owned(), evidence));
        }
    }
}

/// What a manifest shows of native code that nothing tells more about.
pub(crate) fn code(
    workspace: &Workspace,
    package: &Package,
    features: &BTreeSet<String>,
) -> Option<String> {
    match only_reads_headers(workspace, package, features) {
        Some(_) => None,
        None => shown(package, features),
    }
}

fn shown(package: &Package, features: &BTreeSet<String>) -> Option<String> {
    let tool = tools(package, features).next();
    match (&package.links, tool) {
        (Some(links), _) => Some(format!("says `links = \"{links}\"`")),
        (None, Some(tool)) => Some(format!("builds with `{}`", tool.name)),
        (None, None) => None,
    }
}

fn tools<'a>(
    package: &'a Package,
    features: &'a BTreeSet<String>,
) -> impl Iterator<Item = &'a Dependency> {
    let is_on = |name: &str| features.contains(name);
    build_dependencies(package).filter(move |dependency| {
        NATIVE_TOOLS.contains(&dependency.name.as_str())
            && (!dependency.optional
                || is_on(dependency.rename.as_ref().unwrap_or(&dependency.name)))
    })
}

fn build_dependencies(package: &Package) -> impl Iterator<Item = &Dependency> {
    let dependencies = package.dependencies.iter();
    dependencies.filter(|dependency| dependency.kind == DependencyKind::Build)
}

/// Where the build script of a local package reads headers, if it plainly does nothing else that matters.
///
/// The headers of the builder are glibc's: what is made of them does not fit musl.
fn only_reads_headers(
    workspace: &Workspace,
    package: &Package,
    features: &BTreeSet<String>,
) -> Option<Evidence> {
    if package.source.is_some() || package.links.is_some() {
        return None;
    }
    let is_headers = |dependency: &Dependency| dependency.name == HEADERS;
    let is_other = |dependency: &Dependency| !is_headers(dependency) && dependency.path.is_some();
    if !tools(package, features).all(&is_headers) || build_dependencies(package).any(is_other) {
        return None;
    }
    let sources = workspace.sources.get(&package.id)?;
    let links = [Mark::Links, Mark::LinksArchive];
    if links
        .iter()
        .any(|mark| sources.marked(*mark).next().is_some())
    {
        return None;
    }
    let at = sources.marked(Mark::ReadsHeaders).next()?;
    let fact = "reads headers with `bindgen`, and those of the builder are glibc's";
    let file = workspace.display(&at.path);
    Some(Evidence::file(file, Some(at.line), fact))
}
