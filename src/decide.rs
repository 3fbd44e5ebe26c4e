//! The decisions: a pure function from facts and settings to one [`Plan`].
//!
//! Nothing here reads a file, runs a program or looks at the environment.

mod allowed;
mod bake;
mod basis;
mod build;
mod builder;
mod caching;
mod command;
mod common;
mod compiled;
mod conditions;
mod configuration;
mod context;
mod explain;
mod features;
mod flags;
mod front_ends;
mod inputs;
mod native;
mod platforms;
mod private;
mod programs;
mod rules;
mod runtime;
mod settings;
mod skeleton;
mod system_deps;
mod target;
mod teach;
mod unread;

pub(crate) use self::allowed::split as allow;
pub use self::explain::explain;
pub(crate) use self::skeleton::named_by_version;
#[cfg(test)]
pub(crate) use self::teach::RuleList;

use cargo_metadata::Package;

use self::basis::Basis;
use self::common::Common;
use crate::decision::{Decision, Evidence};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::inspect::{Project, Workspace};
use crate::plan::{Builder, Image, PLAN_VERSION, PackageFacts, Plan, TemplateFile};

/// Decides.
///
/// # Errors
///
/// Settings that contradict each other or the project, each with the way out.
pub fn plan(workspace: &Workspace) -> Result<Plan> {
    plan_all(std::slice::from_ref(workspace))
}

/// Decides for several images at once.
///
/// # Errors
///
/// Those of [`plan()`].
pub fn plan_all(workspaces: &[Workspace]) -> Result<Plan> {
    let mut images = Vec::new();
    let mut common: Option<(&Project, Common<'_>)> = None;
    for workspace in workspaces {
        let project: &Project = &workspace.project;
        // Images of one project come one after another.
        let known = match common.take() {
            Some((of, known)) if std::ptr::eq(of, project) => known,
            _ => Common::of(project),
        };
        images.push(image(workspace, &known)?);
        common = Some((project, known));
    }
    Ok(Plan {
        version: PLAN_VERSION,
        images,
        bake: None,
    })
}

/// Decides for all images of a workspace, and how one build makes all of them.
///
/// # Errors
///
/// Those of [`plan()`].
pub fn plan_workspace(project: &Project, workspaces: &[Workspace]) -> Result<Plan> {
    let mut plan = plan_all(workspaces)?;
    plan.bake = Some(bake::decide(project, &plan.images));
    Ok(plan)
}

fn image(workspace: &Workspace, common: &Common<'_>) -> Result<Image> {
    let (basis, mut diagnostics) = Basis::of(workspace, &common.index)?;
    let (target, release, locals) = (&basis.target, &basis.release, &basis.locals);
    let findings = basis.findings();
    builder::check(workspace, target, release)?;
    let build = build::decide(workspace, target);
    let mut unmade = Vec::new();
    let order = caching::order(workspace, locals, &mut diagnostics)?;
    let front_end = front_ends::choose(workspace, locals, &mut unmade)?;
    let inputs = context::decide(
        workspace,
        (common, &order),
        locals,
        front_end.as_ref(),
        &mut diagnostics,
    )?;
    let runtime = runtime::decide(
        workspace,
        (target, &build),
        findings,
        release,
        (&inputs, &basis.linked, front_end.as_ref()),
        &mut diagnostics,
    )?;
    let compiled = basis.graphs.ids(target.libc());
    let (arguments, unset) = conditions::decide(workspace, findings, (locals, &compiled));
    let builder = builder::decide(
        workspace,
        target,
        findings,
        release,
        (runtime.libraries.as_ref(), arguments),
        &mut diagnostics,
    )?;
    diagnostics.extend(unset);
    let private = private::decide(workspace, (&builder, &build), &mut diagnostics)?;
    let clean = build::common_arguments(workspace, target);
    let caching = caching::decide(
        workspace,
        &order,
        &inputs,
        (&builder, &build, private.as_ref()),
        target,
        &clean,
    );
    compiled::check(workspace, locals, &inputs, &caching)?;
    diagnostics.extend(platforms::installs(basis.platforms.as_ref(), &runtime));
    diagnostics.extend(unmade);
    let place = context::Place {
        workspace,
        root: &inputs.root,
    };
    let front_end = front_end.map(|chosen| chosen.stage(&place));
    diagnostics.extend(basis.rules.unused(workspace));
    diagnostics.extend(warnings(workspace, locals, &builder));
    let (allowed, diagnostics) = allowed::split(&workspace.settings, diagnostics);
    Ok(Image {
        name: workspace
            .image
            .clone()
            .unwrap_or_else(|| workspace.selected.binary.clone()),
        package: package_facts(workspace),
        binary: binary(workspace),
        platforms: basis.platforms,
        files: command::files(workspace, workspace.package(), &inputs.root),
        builder,
        build,
        private,
        caching,
        skeleton: inputs.skeleton,
        context: inputs.context,
        front_end,
        runtime,
        templates: templates(workspace),
        settings: workspace.settings.in_force(),
        diagnostics,
        allowed,
    })
}

/// Walks the graph of every member of the workspace.
#[cfg(any(fuzzing, test))]
pub(crate) fn walk(metadata: &cargo_metadata::Metadata) {
    let index = crate::graph::Index::new(metadata);
    let target = crate::platform::Target::linux("x86_64", crate::settings::Libc::Glibc);
    let features = crate::features::Features {
        all: true,
        ..Default::default()
    };
    for id in &metadata.workspace_members {
        crate::graph::resolve(&index, id, &features, &target, &target, false);
    }
}

/// What there is to say that no decision depends on.
fn warnings(workspace: &Workspace, locals: &[&Package], builder: &Builder) -> Vec<Diagnostic> {
    let mut warnings = workspace.undecided.clone();
    warnings.extend(configuration::warn(workspace, builder));
    warnings.extend(unread::warn(workspace, locals));
    warnings.extend(no_lock_file(workspace));
    warnings.extend(outdated_lock_file(workspace));
    warnings.extend(programs::warned_of(workspace));
    warnings
}

fn binary(workspace: &Workspace) -> Decision<String> {
    Decision {
        value: workspace.selected.binary.clone(),
        because: workspace.selected.because.clone(),
    }
}

fn package_facts(workspace: &Workspace) -> PackageFacts {
    let package = workspace.package();
    PackageFacts {
        name: package.name.to_string(),
        version: package.version.to_string(),
        manifest: workspace.display(package.manifest_path.as_std_path()),
    }
}

fn no_lock_file(workspace: &Workspace) -> Option<Diagnostic> {
    let warning = || {
        Diagnostic::warning(
            Code::NoLockFile,
            "there is no `Cargo.lock`: every build resolves its dependencies again",
        )
        .help("cargo generate-lockfile, and commit the file")
    };
    workspace.lock_file.is_none().then(warning)
}

/// A lock file that cargo would change, which `--locked` forbids.
fn outdated_lock_file(workspace: &Workspace) -> Option<Diagnostic> {
    let warning = || {
        Diagnostic::warning(
            Code::OutdatedLockFile,
            "`Cargo.lock` does not match the manifests: the image is built with `--locked`, which will fail",
        )
        .note("planned with the lock file that cargo would make of it; the file itself is left as it is")
        .help("cargo update --workspace, and commit the file")
    };
    workspace.is_lock_file_outdated.then(warning)
}

/// The templates of the project, and the keys that ask for them.
fn templates(workspace: &Workspace) -> Vec<Decision<TemplateFile>> {
    let templates = workspace.templates.iter().map(|source| {
        let fact = match source.within {
            Some(_) => "lines for this place",
            None => "a template of the project",
        };
        let file = TemplateFile {
            name: source.name.clone(),
            file: workspace.display(&source.path),
            text: source.text.clone(),
            within: source.within.clone(),
        };
        Decision::new(file, Evidence::new(source.origin.clone(), fact))
    });
    templates.collect()
}
