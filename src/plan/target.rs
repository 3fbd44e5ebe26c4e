//! The C library, and whether the program is static.

use super::knowledge::Knowledge;
use super::native::{Findings, Graphs};
use crate::config::Libc;
use crate::decision::{Decision, Evidence, Origin};
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::inspect::{Mark, Workspace};

/// What the program is compiled for.
#[derive(Debug)]
pub(crate) struct Target {
    /// The C library.
    pub(crate) libc: Decision<Libc>,
    /// The kind of runtime image.
    pub(crate) runtime: Decision<RuntimeKind>,
}

/// The kind of image that the program runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RuntimeKind {
    /// Nothing but the program.
    Scratch,
    /// The smallest distroless image that fits.
    Distroless,
    /// Debian's own image, for shared libraries that distroless has not.
    Debian,
    /// An image that the user named.
    Named(String),
}

/// Chooses.
pub(crate) fn decide(
    workspace: &Workspace,
    graphs: &Graphs,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Target> {
    let musl = graphs.findings(Libc::Musl);
    let blockers = blockers(workspace, musl);
    let wished = workspace
        .settings
        .runtime
        .as_ref()
        .filter(|wish| wish.value != "auto");
    if let Some(wish) = wished {
        super::quote::check_reference(&wish.value, "runtime")?;
    }
    let libc = libc(
        workspace,
        musl,
        &blockers,
        wished.map(|wish| wish.value.as_str()),
    );
    if libc.value == Libc::Musl {
        if let Some(blocker) = musl.musl_blockers.first() {
            diagnostics.push(
                Diagnostic::warning("musl-blocked", "this program may not build for musl")
                    .note(blocker.to_string())
                    .help("libc = \"glibc\""),
            );
        } else if let [first, ..] = blockers.as_slice() {
            diagnostics.push(
                Diagnostic::warning(
                    "musl-allocator",
                    "musl's allocator is slow where several threads use it",
                )
                .note(first.to_string())
                .help("set a `#[global_allocator]`, such as mimalloc's"),
            );
        }
    }
    let runtime = match wished {
        Some(wish) => {
            let kind = match wish.value.as_str() {
                "scratch" => RuntimeKind::Scratch,
                "distroless" => RuntimeKind::Distroless,
                other => RuntimeKind::Named(other.to_owned()),
            };
            Decision::new(
                kind,
                Evidence::new(wish.origin.clone(), "this runtime was asked for"),
            )
        }
        None => auto(&libc, graphs.findings(Libc::Glibc)),
    };
    Ok(Target { libc, runtime })
}

/// What speaks against a static program for musl, the hard reasons first.
fn blockers(workspace: &Workspace, musl: &Findings) -> Vec<Evidence> {
    let mut blockers = musl.musl_blockers.clone();
    let sets_allocator = workspace
        .sources
        .values()
        .any(|sources| sources.marked(Mark::GlobalAllocator).next().is_some());
    let has_allocator = sets_allocator && !musl.allocators.is_empty();
    if !has_allocator {
        let by_hand = workspace.sources.iter().filter(|(id, _)| {
            let name = workspace.metadata[*id].name.as_str();
            **id == workspace.selected.package || musl.linked.contains_key(name)
        });
        let by_hand = by_hand
            .filter_map(|(_, sources)| sources.marked(Mark::Threads).next())
            .map(|mark| {
                Evidence::file(
                    workspace.display(&mark.path),
                    Some(mark.line),
                    "starts threads",
                )
            });
        blockers.extend(musl.threads.iter().cloned().chain(by_hand));
    }
    blockers
}

fn libc(
    workspace: &Workspace,
    musl: &Findings,
    blockers: &[Evidence],
    runtime: Option<&str>,
) -> Decision<Libc> {
    if let Some(wish) = &workspace.settings.libc {
        return Decision::new(
            wish.value,
            Evidence::new(wish.origin.clone(), "this C library was asked for"),
        );
    }
    let configured = workspace.cargo_configs.iter().find_map(|config| {
        let target = config.get(&["build", "target"])?.as_str()?;
        Some((config, target))
    });
    if let Some((config, target)) = configured.filter(|(_, target)| target.contains("-linux-musl"))
    {
        return Decision::new(
            Libc::Musl,
            Evidence::file(
                workspace.display(&config.path),
                config.line_of(target),
                format!("`build.target` is `{target}`"),
            ),
        );
    }
    let static_is_possible = musl.musl_blockers.is_empty();
    match (runtime, blockers) {
        (Some("scratch"), _) if static_is_possible => Decision::new(
            Libc::Musl,
            Evidence::cargo("nothing stands against a static program, which `scratch` asks for"),
        ),
        (None, []) => {
            let allocator = musl.allocators.first().cloned();
            let because = if musl.compiles_c {
                "every native crate of the graph is known to build for musl"
            } else {
                "the graph has no native code"
            };
            let decision = Decision::new(Libc::Musl, Evidence::cargo(because));
            match allocator {
                Some(allocator) => decision.and(allocator),
                None => decision.and(Evidence::cargo("nothing starts threads")),
            }
        }
        (None | Some("scratch"), [first, rest @ ..]) => {
            let first = match static_is_possible {
                true => Evidence::new(
                    first.origin.clone(),
                    format!("{}, for which musl's allocator is slow", first.fact),
                ),
                false => first.clone(),
            };
            Decision {
                value: Libc::Glibc,
                because: std::iter::once(first)
                    .chain(rest.iter().take(2).cloned())
                    .collect(),
            }
        }
        (Some(image), _) => Decision::new(
            Libc::Glibc,
            Evidence::new(
                Origin::Default,
                format!("the C library of `{image}`; `libc = \"musl\"` links statically"),
            ),
        ),
    }
}

fn auto(libc: &Decision<Libc>, glibc: &Findings) -> Decision<RuntimeKind> {
    if libc.value == Libc::Musl {
        return Decision::new(
            RuntimeKind::Scratch,
            Evidence::default("a static program needs no other file"),
        );
    }
    let distroless = Knowledge::shipped().image("gcr.io/distroless/cc-debian13:nonroot");
    let missing = glibc
        .runtime
        .iter()
        .find(|(package, _)| distroless.is_none_or(|image| !image.packages.contains(*package)));
    match missing {
        Some((package, because)) => {
            let decision = Decision::new(
                RuntimeKind::Debian,
                Evidence::default(format!("distroless has no `{package}`")),
            );
            because.iter().cloned().fold(decision, Decision::and)
        }
        None => Decision::new(
            RuntimeKind::Distroless,
            Evidence::default("the smallest image with glibc and libgcc, and no shell"),
        ),
    }
}
