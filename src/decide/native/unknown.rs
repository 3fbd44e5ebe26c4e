//! Native code of crates that no table knows.

use std::collections::BTreeSet;

use cargo_metadata::{Dependency, DependencyKind, Package};

use super::blockers::Blocker;
use super::findings::{Findings, add};
use super::scripts::{self, READS_HEADERS, Understood};
use crate::decide::rules::{Compiled, Rules};
use crate::decide::teach;
use crate::decision::{Evidence, Origin};
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::{Mark, NATIVE_TOOLS, Workspace};
use crate::settings::Libc;

/// What makes Rust of headers, and compiles nothing.
const HEADERS: &str = "bindgen";

impl Findings {
    /// A crate that no table knows: its build script says what it needs, or else its manifest shows native code.
    pub(super) fn unknown(
        &mut self,
        workspace: &Workspace,
        rules: &Rules,
        compiled: Compiled<'_>,
        origin: &Origin,
        (libc, is_linked): (Libc, bool),
    ) {
        let Compiled {
            package, features, ..
        } = compiled;
        if let Some(evidence) = only_reads_headers(workspace, package, features) {
            if is_linked {
                self.headers(evidence);
            }
            return;
        }
        let is_shown = shown(package, features).is_some();
        match scripts::understand(workspace, rules, package, features, origin) {
            Some(Understood::Needs(needs)) => {
                let read = needs.read.as_deref();
                self.rule(&needs.rule, origin, read, libc, is_linked);
                if let Some(evidence) = needs.headers.filter(|_| is_linked) {
                    self.headers(evidence);
                }
                // What a program does that is not known is not known either.
                let ran = needs.missing.first().filter(|_| is_shown && read.is_none());
                if let Some((_, ran)) = ran {
                    self.not_known(package, ran.clone(), is_linked);
                }
                for (name, because) in needs.missing {
                    let warning = missing(workspace, package, name.as_deref(), &because);
                    add(&mut self.warnings, warning);
                }
            }
            Some(Understood::Unclear(evidence)) if is_shown => {
                self.not_known(package, evidence, is_linked);
            }
            Some(Understood::Unclear(_)) => {}
            None => {
                if let Some(fact) = shown(package, features) {
                    self.not_known(package, Evidence::new(origin.clone(), fact), is_linked);
                }
            }
        }
    }

    /// Headers of the builder are read for the machine that builds, too.
    fn headers(&mut self, evidence: Evidence) {
        add(&mut self.linked_unknown, evidence.clone());
        let help = None;
        add(&mut self.musl_blockers, Blocker { evidence, help });
    }

    fn not_known(&mut self, package: &Package, evidence: Evidence, is_linked: bool) {
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

/// Warns of a program that the build does not have.
fn missing(
    workspace: &Workspace,
    package: &Package,
    name: Option<&str>,
    because: &Evidence,
) -> Diagnostic {
    let crate_ = &package.name;
    let message = match name {
        Some(name) => format!(
            "the build script of `{crate_}` runs `{}`, which the builder does not have",
            name.escape_debug()
        ),
        None => format!("which program the build script of `{crate_}` runs is not known"),
    };
    let warning = Diagnostic::warning(Code::BuildProgram, message).note(because.to_string());
    let manifest = workspace.package().manifest_path.as_std_path();
    let manifest = workspace.display(manifest);
    warning
        .help(format!(
            "say in {manifest} which Debian packages it needs, a list may be empty:\n{}",
            teach::lesson(crate_)
        ))
        .help("or use a builder image that has it, with `builder-image`")
}

/// What a manifest and a build script show of native code that nothing tells more about.
pub(crate) fn code(
    workspace: &Workspace,
    rules: &Rules,
    package: &Package,
    features: &BTreeSet<String>,
    origin: &Origin,
) -> Option<String> {
    if only_reads_headers(workspace, package, features).is_some() {
        return None;
    }
    let shown = shown(package, features);
    match scripts::understand(workspace, rules, package, features, origin) {
        // What a program does that is not known is not known either.
        Some(Understood::Needs(needs)) => {
            let unknown = needs.missing.into_iter().next().zip(shown);
            needs.read.or(unknown.map(|((_, ran), _)| ran.fact))
        }
        Some(Understood::Unclear(evidence)) => shown.map(|_| evidence.fact),
        None => shown,
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
    let file = workspace.display(&at.path);
    Some(Evidence::file(file, Some(at.line), READS_HEADERS))
}
