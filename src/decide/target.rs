//! The C library, and whether the program is static.

mod obstacles;
mod route;

use self::obstacles::Obstacles;
pub(crate) use self::obstacles::is_official;
pub(crate) use self::route::{Route, RuntimeKind, Target};
use super::native::{Findings, Graphs};
use super::unread;
use crate::decision::{Decision, Evidence, Origin};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::inspect::Workspace;
use crate::knowledge::{Knowledge, SystemLibc};
use crate::names::alike;
use crate::settings::{Libc, Linkage};

/// Chooses.
pub(crate) fn decide(
    workspace: &Workspace,
    graphs: &Graphs,
    is_cross: bool,
) -> Result<(Target, Option<Diagnostic>)> {
    let obstacles = Obstacles::find(workspace, graphs, is_cross);
    let chosen = workspace
        .settings
        .runtime
        .as_ref()
        .filter(|chosen| chosen.value != "auto");
    if let Some(chosen) = chosen {
        crate::quote::check_reference(&chosen.value, "runtime")?;
        refuse_misspelled(&chosen.value)?;
    }
    let chosen_image = chosen.map(|chosen| chosen.value.as_str());
    let (route, is_free) = match asked(workspace, chosen_image)? {
        Some(route) => (route, false),
        None => (free(workspace, graphs, &obstacles, chosen_image), true),
    };
    let warning = obstacles.warn(&route, is_free);
    let findings = graphs.findings(route.value.libc());
    let runtime = match chosen {
        Some(chosen) => {
            let kind = match chosen.value.as_str() {
                "scratch" => RuntimeKind::Scratch,
                "distroless" => RuntimeKind::Distroless,
                other => RuntimeKind::Named(other.to_owned()),
            };
            Decision::new(
                kind,
                Evidence::new(chosen.origin.clone(), "this runtime was asked for"),
            )
        }
        None => auto(workspace, route.value, findings),
    };
    let target = Target {
        route,
        runtime,
        is_cross,
    };
    Ok((target, warning))
}

/// Refuses a word that is nearly one of those with a meaning, and no image that is known.
fn refuse_misspelled(runtime: &str) -> Result<()> {
    const WORDS: [&str; 3] = ["auto", "distroless", "scratch"];
    let is_word = runtime.chars().all(|char| char.is_ascii_alphabetic());
    let is_known = WORDS.contains(&runtime) || Knowledge::shipped().image(runtime).is_some();
    let near = alike(runtime, WORDS.into_iter()).into_iter().next();
    match near.filter(|_| is_word && !is_known) {
        None => Ok(()),
        Some(word) => Err(Diagnostic::error(
            Code::ImageReference,
            format!("there is no runtime `{}`", runtime.escape_debug()),
        )
        .help(format!("did you mean `{word}`?"))
        .help(format!("or, for an image of that name: `{runtime}:latest`"))
        .into()),
    }
}

/// The route that the settings or cargo's configuration name.
fn asked(workspace: &Workspace, image: Option<&str>) -> Result<Option<Decision<Route>>> {
    let settings = &workspace.settings;
    let linkage = settings.linkage.as_ref();
    if let Some(libc) = &settings.libc {
        let route = match (libc.value, linkage.map(|chosen| chosen.value)) {
            (Libc::Musl, Some(Linkage::Dynamic)) => {
                return Err(Diagnostic::error(
                    Code::Linkage,
                    "a program for musl is always static here",
                )
                .note(format!("`linkage = \"dynamic\"` and `{}`", libc.origin))
                .help("libc = \"glibc\"")
                .into());
            }
            (Libc::Musl, _) => Route::Musl,
            (Libc::Glibc, Some(Linkage::Static)) => Route::StaticGlibc,
            (Libc::Glibc, _) => Route::Dynamic,
        };
        let because = Evidence::new(libc.origin.clone(), "this C library was asked for");
        return Ok(Some(Decision::new(route, because)));
    }
    if let Some(chosen) = linkage.filter(|chosen| chosen.value == Linkage::Dynamic) {
        let because = Evidence::new(chosen.origin.clone(), "this linkage was asked for");
        return Ok(Some(Decision::new(Route::Dynamic, because)));
    }
    let configured = workspace.cargo_configs.iter().find_map(|config| {
        let target = config.get(&["build", "target"])?.as_str()?;
        Some((config, target))
    });
    if let Some((config, target)) = configured.filter(|(_, target)| target.contains("-linux-musl"))
    {
        return Ok(Some(Decision::new(
            Route::Musl,
            Evidence::file(
                workspace.display(&config.path),
                config.line_at(&["build", "target"]),
                format!("`build.target` is `{target}`"),
            ),
        )));
    }
    Ok(match image {
        Some(image) if image != "scratch" && linkage.is_none() && has_glibc(image) => {
            Some(Decision::new(
                Route::Dynamic,
                Evidence::new(
                    Origin::Default,
                    format!("the C library of `{image}`; `linkage = \"static\"` needs none"),
                ),
            ))
        }
        _ => None,
    })
}

/// Whether an image may have glibc: Alpine has not, and runs static programs only.
fn has_glibc(image: &str) -> bool {
    let system = Knowledge::shipped().system(image);
    system.is_none_or(|system| system.libc == SystemLibc::Glibc)
}

/// The route that the graph leaves open: the smallest image that is sound.
fn free(
    workspace: &Workspace,
    graphs: &Graphs,
    obstacles: &Obstacles,
    image: Option<&str>,
) -> Decision<Route> {
    let musl = graphs.findings(Libc::Musl);
    let wants_static = image.is_some() || workspace.settings.linkage.is_some();
    let first = obstacles.musl.first().map(|blocker| &blocker.evidence);
    match (first, obstacles.slow.first(), obstacles.glibc.first()) {
        (None, None, _) => {
            let because = if musl.compiles_c {
                "every native crate of the graph is known to build for musl"
            } else {
                "the graph has no native code"
            };
            let decision = Decision::new(Route::Musl, Evidence::cargo(because));
            decision.and(match musl.allocators.first() {
                Some(allocator) => allocator.clone(),
                None => unread::evidence(workspace, "elsewhere nothing starts threads")
                    .unwrap_or_else(|| Evidence::cargo("nothing starts threads")),
            })
        }
        (Some(hard), _, None) => Decision::new(Route::StaticGlibc, hard.clone())
            .and(Evidence::cargo("nothing loads libraries while it runs")),
        (None, Some(slow), None) => Decision::new(Route::StaticGlibc, trap(slow))
            .and(Evidence::cargo("nothing loads libraries while it runs")),
        (None, Some(slow), Some(_)) if wants_static => Decision::new(
            Route::Musl,
            Evidence::cargo("nothing prevents a static program, which was asked for"),
        )
        .and(trap(slow)),
        (_, _, Some(_)) if workspace.settings.linkage.is_some() => Decision::new(
            Route::StaticGlibc,
            Evidence::cargo("a static program was asked for"),
        ),
        (_, _, Some(hard)) => {
            let rest = obstacles.glibc.iter().skip(1).take(2);
            rest.fold(
                Decision::new(Route::Dynamic, hard.evidence.clone()),
                |decision, blocker| decision.and(blocker.evidence.clone()),
            )
        }
    }
}

/// Threads speak against musl, not against a static program.
fn trap(threads: &Evidence) -> Evidence {
    Evidence::new(
        threads.origin.clone(),
        format!("{}, for which musl's allocator is slow", threads.fact),
    )
}

fn auto(workspace: &Workspace, route: Route, findings: &Findings) -> Decision<RuntimeKind> {
    if let Some(chosen) = workspace.settings.runtime_packages.first() {
        let because = Evidence::new(
            chosen.origin.clone(),
            "asks for packages, which apt installs",
        );
        return Decision::new(RuntimeKind::Debian, because);
    }
    if let Some((package, because)) = findings.programs.iter().next() {
        let fact = format!("distroless has no `{package}`");
        let decision = Decision::new(RuntimeKind::Debian, Evidence::default(fact));
        return because.iter().cloned().fold(decision, Decision::and);
    }
    if route.is_static() {
        return Decision::new(
            RuntimeKind::Scratch,
            Evidence::default("a static program needs no other files"),
        );
    }
    Decision::new(
        RuntimeKind::Distroless,
        Evidence::default("the smallest image with glibc and libgcc; it has no shell"),
    )
}
