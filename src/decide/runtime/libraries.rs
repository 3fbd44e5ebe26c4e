//! Shared libraries, found in the builder by the loader itself.

use crate::decide::builder;
use crate::decide::native::Findings;
use crate::decide::target::Target;
use crate::decision::{Decision, Evidence};
use crate::inspect::{Mark, Workspace};
use crate::knowledge::{Release, RuntimeImage};
use crate::plan::Libraries;
use crate::shell::ShellText;

/// What an image has to have for a program that links nothing but the C library and libgcc.
const ALWAYS_LINKED: [&str; 2] = ["libc6", "libgcc-s1"];

/// Decides whether they are looked for: where something may be linked that the image lacks.
pub(super) fn decide(
    workspace: &Workspace,
    target: &Target,
    findings: &Findings,
    release: &Release,
    image: &str,
    known: Option<&RuntimeImage>,
) -> Option<Libraries> {
    if target.is_static() {
        return None;
    }
    let packages: Vec<Decision<String>> = findings
        .libraries
        .iter()
        .map(|(package, because)| Decision {
            value: release.package(package).to_owned(),
            because: because.clone(),
        })
        .collect();
    let loads = findings.loads.iter().map(|(pattern, because)| Decision {
        value: ShellText::pattern(pattern),
        because: because.clone(),
    });
    let loads = loads.collect();
    let with_loader = image == "scratch";
    let mut because: Vec<Evidence> = packages
        .iter()
        .flat_map(|package| package.because.iter().cloned())
        .collect();
    because.extend(
        findings
            .unknown
            .iter()
            .map(|(_, evidence)| evidence.clone()),
    );
    because.extend(own(workspace));
    // What is linked may have no name in a table.
    let blockers = findings.glibc_blockers.iter();
    for evidence in blockers.map(|blocker| &blocker.evidence) {
        if !because.iter().any(|known| known.origin == evidence.origin) {
            because.push(evidence.clone());
        }
    }
    let has_base = known.is_some_and(|image| {
        let mut always = ALWAYS_LINKED.iter();
        always.all(|package| image.packages.contains(*package))
    });
    if !has_base {
        let fact = match with_loader {
            true => "a dynamic program needs a loader and the C library".to_owned(),
            false => format!("`{image}` may lack what every program links"),
        };
        because.insert(0, Evidence::default(fact));
    }
    let unsure = builder::is_unsure(workspace, image, release).filter(|_| !with_loader);
    let compares_glibc = unsure.is_some();
    because.extend(unsure);
    because.dedup();
    (!because.is_empty()).then_some(Libraries {
        packages,
        loads,
        with_loader,
        compares_glibc,
        because,
    })
}

/// Libraries that packages of the project name.
fn own(workspace: &Workspace) -> impl Iterator<Item = Evidence> {
    let marks = workspace.sources.values();
    let marks = marks.flat_map(|sources| sources.marked(Mark::Links));
    marks.map(|mark| {
        let place = workspace.display(&mark.path);
        Evidence::file(place, Some(mark.line), "names a library to link")
    })
}
