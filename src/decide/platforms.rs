//! The platforms of the image, and how one machine compiles for all of them.

mod stages;

use super::flags;
use super::native::{Findings, Graphs};
use crate::decision::{Decision, Evidence};
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::Workspace;
use crate::knowledge::Release;
use crate::knowledge::cross::Cross;
use crate::plan::{Platforms, Runtime};
use crate::platform::{MACHINES, PLATFORMS, Target};
use crate::settings::{Libc, Sourced};

pub(crate) use self::stages::stages;

/// How an engine comes to emulate. See <https://docs.docker.com/build/building/multi-platform/>.
const BINFMT: &str = "where the engine emulates nothing yet: docker run --privileged --rm tonistiigi/binfmt --install all";

/// Decides how the platforms that were asked for are compiled for; none where nobody asked.
pub(crate) fn decide(
    workspace: &Workspace,
    graphs: &Graphs,
    release: &Release,
) -> (Option<Platforms>, Option<Diagnostic>) {
    let Some(chosen) = &workspace.settings.platforms else {
        return (None, None);
    };
    let mut obstacles = obstacles(workspace, graphs, release);
    let warning = (!obstacles.is_empty()).then(|| emulated(&obstacles));
    let is_cross = match obstacles.is_empty() {
        true => Decision::new(
            true,
            Evidence::cargo("all native code of the graph is known to compile for another machine"),
        ),
        false => {
            let first = Decision::new(false, obstacles.remove(0));
            obstacles.into_iter().fold(first, Decision::and)
        }
    };
    let platforms = Platforms {
        names: names(chosen),
        is_cross,
    };
    (Some(platforms), warning)
}

fn names(chosen: &Sourced<Vec<String>>) -> Decision<Vec<String>> {
    let is_asked = |name: &&str| chosen.value.iter().any(|asked| asked == name);
    let known = PLATFORMS.iter().map(|platform| platform.docker);
    Decision::new(
        known.filter(is_asked).map(str::to_owned).collect(),
        Evidence::new(chosen.origin.clone(), "these platforms were asked for"),
    )
}

fn emulated(obstacles: &[Evidence]) -> Diagnostic {
    let warning = Diagnostic::warning(
        Code::PlatformsEmulated,
        "platforms other than that of the build machine are emulated: this program is not cross compiled",
    );
    let warning = obstacles.iter().fold(warning, |warning, obstacle| {
        warning.note(obstacle.to_string())
    });
    warning.help(BINFMT)
}

/// What stands against cross compiling.
fn obstacles(workspace: &Workspace, graphs: &Graphs, release: &Release) -> Vec<Evidence> {
    let findings = graphs.findings(Libc::Glibc);
    let mut found: Vec<Evidence> = builder_image(workspace).into_iter().collect();
    found.extend(findings.linked_unknown.iter().cloned());
    found.extend(by_table(findings, release));
    found.extend(linkers(workspace));
    found.dedup_by(|later, first| later.origin == first.origin);
    found
}

/// Only the official image is known to have apt, and rustup to add targets with.
fn builder_image(workspace: &Workspace) -> Option<Evidence> {
    let chosen = workspace.settings.builder_image.as_ref()?;
    let fact = format!("`{}` may have no cross compiler to install", chosen.value);
    (!super::target::is_official(&chosen.value)).then(|| Evidence::new(chosen.origin.clone(), fact))
}

/// Crates and packages that the table does not let pass.
fn by_table(findings: &Findings, release: &Release) -> Vec<Evidence> {
    let cross = Cross::shipped();
    let crates = findings.linked.iter().filter_map(|(name, (_, origin))| {
        let fact = cross.obstacle(name)?;
        Some(Evidence::new(origin.clone(), fact))
    });
    let packages = findings.linked_build.iter().flat_map(|(name, because)| {
        let fact = match (cross.is_tool(name), cross.is_library(name)) {
            (true, _) => None,
            (false, false) => Some(format!(
                "builds with `{name}`, which is not known to serve another machine"
            )),
            (false, true) if cross.has_library(&release.codename, name) => None,
            (false, true) => Some(format!(
                "wants `{name}`, which is not known to install for another machine"
            )),
        };
        let has_rule = because.iter().any(|evidence| evidence.origin.is_by_rule());
        // Who teaches a library answers for it; apt stops the build if it cannot be had.
        let fact = fact.filter(|_| !(has_rule && cross.is_library(name)));
        fact.into_iter().flat_map(|fact| {
            because
                .iter()
                .map(move |e| Evidence::new(e.origin.clone(), &fact))
        })
    });
    crates.chain(packages).collect()
}

/// Linkers of the project's own choice: they know one machine, or have to be told of another.
fn linkers(workspace: &Workspace) -> Vec<Evidence> {
    let platforms: Vec<Target> = MACHINES
        .iter()
        .flat_map(|machine| [Libc::Glibc, Libc::Musl].map(|libc| Target::linux(machine, libc)))
        .collect();
    let mut found = Vec::new();
    for config in &workspace.cargo_configs {
        let named = flags::tables(config, &platforms)
            .filter_map(|(key, table)| Some((key, table.get("linker")?.as_str()?)));
        for (key, _) in named.filter(|(_, linker)| !linker.ends_with("gcc")) {
            found.push(Evidence::file(
                workspace.display(&config.path),
                config.line_at(&["target", key, "linker"]),
                "names a linker, which may know one machine only",
            ));
        }
    }
    found
}

/// Says that apt in the image runs on the image's own platform.
pub(crate) fn installs(platforms: Option<&Platforms>, runtime: &Runtime) -> Option<Diagnostic> {
    let package = runtime.packages.first()?;
    platforms.filter(|platforms| platforms.is_cross.value)?;
    let message = format!(
        "apt installs `{}` under emulation, where the image is for another machine",
        package.value
    );
    let note = Diagnostic::info(Code::PlatformsRuntime, message);
    let because = package.because.first().map(ToString::to_string);
    Some(note.note(because.unwrap_or_default()).help(BINFMT))
}
