//! What stands against a static program.

use super::route::Route;
use crate::decide::flags;
use crate::decide::native::{Blocker, Findings, Graphs};
use crate::decision::{Decision, Evidence};
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::{Mark, Workspace};
use crate::platform::{MACHINES, Target as Platform};
use crate::settings::Libc;

/// Words of `rustflags` with which a project says itself how to link.
const LINKAGE_FLAGS: [&str; 2] = ["crt-static", "prefer-dynamic"];

/// What stands against each route.
pub(super) struct Obstacles {
    /// Against linking with musl at all.
    pub(super) musl: Vec<Blocker>,
    /// Against musl's allocator.
    pub(super) slow: Vec<Evidence>,
    /// Against linking statically with glibc.
    pub(super) glibc: Vec<Blocker>,
}

impl Obstacles {
    pub(super) fn find(workspace: &Workspace, graphs: &Graphs, is_cross: bool) -> Self {
        let findings = graphs.findings(Libc::Musl);
        let links = marked(
            workspace,
            findings,
            Mark::Links,
            "links a library from its choice",
        );
        let own: Vec<Blocker> = links.map(blocker).collect();
        let mut musl = findings.musl_blockers.clone();
        musl.extend(own.iter().cloned());
        musl.extend(cross(findings, is_cross).map(blocker));
        let mut glibc = graphs.findings(Libc::Glibc).glibc_blockers.clone();
        glibc.extend(own);
        glibc.extend(own_flags(workspace).map(blocker));
        glibc.extend(builder_image(workspace).map(blocker));
        Self {
            musl,
            slow: slow(workspace, findings),
            glibc,
        }
    }

    /// Warns where a route was asked for that something stands against, and says what would help.
    pub(super) fn warn(&self, route: &Decision<Route>, is_free: bool) -> Option<Diagnostic> {
        Some(
            match (
                route.value,
                self.musl.first(),
                self.slow.first(),
                self.glibc.first(),
            ) {
                (Route::Musl, Some(blocker), ..) => {
                    Diagnostic::warning(Code::MuslBlocked, "this program may not build for musl")
                        .note(blocker.evidence.to_string())
                        .help("libc = \"glibc\"")
                }
                (Route::Musl, None, Some(threads), _) => Diagnostic::warning(
                    Code::MuslAllocator,
                    "musl's allocator is slow where several threads use it",
                )
                .note(threads.to_string())
                .help("set a `#[global_allocator]`, such as mimalloc's"),
                (Route::StaticGlibc, _, _, Some(blocker)) => {
                    Diagnostic::warning(Code::StaticBlocked, "this program may not link statically")
                        .note(blocker.evidence.to_string())
                        .help("linkage = \"dynamic\"")
                }
                (Route::Dynamic, _, _, Some(first)) if is_free => {
                    let help = first.help.as_ref()?;
                    // Where several crates stand against it no single change is enough.
                    if self
                        .glibc
                        .iter()
                        .any(|blocker| blocker.help.as_ref() != Some(help))
                    {
                        return None;
                    }
                    Diagnostic::info(
                        Code::StaticPossible,
                        "one change would make the program static",
                    )
                    .note(first.evidence.to_string())
                    .help(help.clone())
                }
                _ => return None,
            },
        )
    }
}

fn blocker(evidence: Evidence) -> Blocker {
    Blocker {
        evidence,
        help: None,
    }
}

/// Where linked packages of the project do something, the first place in each.
fn marked<'a>(
    workspace: &'a Workspace,
    findings: &'a Findings,
    mark: Mark,
    fact: &'a str,
) -> impl Iterator<Item = Evidence> + 'a {
    let linked = workspace.sources.iter().filter(|(id, _)| {
        let name = workspace.package_of(id).name.as_str();
        **id == workspace.selected.package || findings.linked.contains_key(name)
    });
    linked
        .filter_map(move |(_, sources)| sources.marked(mark).next())
        .map(move |at| Evidence::file(workspace.display(&at.path), Some(at.line), fact))
}

/// Threads, where no allocator of the program's own takes the place of musl's.
fn slow(workspace: &Workspace, musl: &Findings) -> Vec<Evidence> {
    let sets_allocator = workspace
        .sources
        .values()
        .any(|sources| sources.marked(Mark::GlobalAllocator).next().is_some());
    if sets_allocator && !musl.allocators.is_empty() {
        return Vec::new();
    }
    let by_hand = marked(workspace, musl, Mark::Threads, "starts threads");
    musl.threads.iter().cloned().chain(by_hand).collect()
}

/// Flags in cargo's configuration that say how to link.
fn own_flags(workspace: &Workspace) -> impl Iterator<Item = Evidence> {
    let platforms = MACHINES.map(|machine| Platform::linux(machine, Libc::Glibc));
    workspace.cargo_configs.iter().filter_map(move |config| {
        LINKAGE_FLAGS.into_iter().find_map(|word| {
            let mut texts = flags::named(config, &platforms, &["rustflags"]);
            let (keys, text) = texts.find(|(_, text)| text.contains(word))?;
            let place = workspace.display(&config.path);
            let fact = format!("says how to link with `{word}`");
            Some(Evidence::file(place, config.line_in(&keys, text), fact))
        })
    })
}

/// C for musl, where the machine that builds may be another.
fn cross(musl: &Findings, is_cross: bool) -> Option<Evidence> {
    let fact = "C is compiled, and Debian has no compiler for musl that cross compiles";
    (is_cross && musl.compiles_c).then(|| Evidence::default(fact))
}

/// Only the official image is known to have glibc's static library.
fn builder_image(workspace: &Workspace) -> Option<Evidence> {
    let chosen = workspace.settings.builder_image.as_ref()?;
    let fact = "may have no static C library";
    (!is_official(&chosen.value)).then(|| Evidence::new(chosen.origin.clone(), fact))
}

/// Whether an image is the official one of Rust, on Debian.
pub(crate) fn is_official(image: &str) -> bool {
    ["rust:", "docker.io/rust:", "docker.io/library/rust:"]
        .iter()
        .any(|name| image.starts_with(name))
        && !image.contains("alpine")
}
