//! The decisions: a pure function from facts and settings to one [`Plan`].
//!
//! Nothing here reads a file, runs a program or looks at the environment.

mod allowed;
mod bake;
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
mod flags;
mod front_ends;
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

pub use self::explain::explain;
pub(crate) use self::skeleton::{MASKED_VERSION, STUB, named_by_version};
#[cfg(test)]
pub(crate) use self::teach::RuleList;

use self::common::Common;
use crate::decision::{Decision, Evidence};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::inspect::{Project, Workspace};
use crate::plan::{Caching, Image, PLAN_VERSION, PackageFacts, Plan, TemplateFile};
use crate::quote;

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
    let mut diagnostics = Vec::new();
    settings::check(workspace)?;
    quote::refuse_control_characters(workspace)?;
    let release = builder::release(workspace);
    let rules = rules::Rules::read(workspace, release.value)?;
    let graphs = native::Graphs::resolve(workspace, &rules, &common.index);
    let platforms = platforms::decide(workspace, &graphs, release.value, &mut diagnostics);
    let is_cross = platforms.as_ref().is_some_and(|p| p.is_cross.value);
    let target = target::decide(workspace, &graphs, is_cross, &mut diagnostics)?;
    builder::check(workspace, &target, &release)?;
    let findings = graphs.findings(target.libc());
    let locals = graphs.local_packages(workspace, target.libc());
    let linked = graphs.linked_packages(workspace, target.libc());
    let build = build::decide(workspace, &target);
    let mut unmade = Vec::new();
    let order = caching::order(workspace, &locals, &mut diagnostics)?;
    let front_end = front_ends::choose(workspace, &locals, &mut unmade)?;
    let inputs = context::decide(
        workspace,
        (common, &order),
        &locals,
        front_end.as_ref(),
        &mut diagnostics,
    )?;
    let mut runtime = runtime::decide(
        workspace,
        &target,
        findings,
        &release,
        (&inputs, &linked, front_end.as_ref()),
        &mut diagnostics,
    )?;
    let mut builder = builder::decide(workspace, &target, findings, &release, &mut diagnostics)?;
    platforms::equip(&mut builder, workspace, &target, findings, &runtime);
    (builder.arguments, builder.argument_options) = conditions::decide(
        workspace,
        findings,
        (&locals, &graphs.ids(target.libc())),
        &mut diagnostics,
    );
    let private = private::decide(workspace, (&builder, &build), &mut diagnostics)?;
    let arguments = build::common_arguments(workspace, &target);
    let caching = caching::decide(
        workspace,
        &order,
        &inputs,
        (&builder, &build, private.as_ref()),
        &target,
        &arguments,
    );
    compiled::check(workspace, &locals, &inputs, &caching)?;
    runtime.is_staged |= is_staged_for_others(workspace, &caching);
    runtime.copied = runtime::copied(&runtime, &inputs.context, &build);
    runtime.is_staged |= runtime.copied.is_none();
    diagnostics.extend(platforms::installs(platforms.as_ref(), &runtime));
    diagnostics.extend(unmade);
    let place = context::Place {
        workspace,
        root: &inputs.root,
    };
    let front_end = front_end.map(|chosen| chosen.stage(&place));
    diagnostics.extend(rules.unused(workspace));
    diagnostics.extend(workspace.undecided.iter().cloned());
    diagnostics.extend(configuration::warn(workspace, &builder));
    diagnostics.extend(unread::warn(workspace, &locals));
    diagnostics.extend(no_lock_file(workspace));
    diagnostics.extend(outdated_lock_file(workspace));
    diagnostics.extend(programs::warned_of(workspace));
    let (allowed, diagnostics) = allowed::split(&workspace.settings, diagnostics);
    Ok(Image {
        name: workspace
            .image
            .clone()
            .unwrap_or_else(|| workspace.selected.binary.clone()),
        package: package_facts(workspace),
        binary: Decision {
            value: workspace.selected.binary.clone(),
            because: workspace.selected.because.clone(),
        },
        platforms,
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

fn package_facts(workspace: &Workspace) -> PackageFacts {
    let package = workspace.package();
    PackageFacts {
        name: package.name.to_string(),
        version: package.version.to_string(),
        manifest: workspace.display(package.manifest_path.as_std_path()),
    }
}

/// Whether the program is brought to one place for what comes after its compile.
fn is_staged_for_others(workspace: &Workspace, caching: &Caching) -> bool {
    // A cache mount is no part of the stage's files.
    let is_mounted = caching.mount.is_some();
    // A snippet finds the program in one place, and can put files beside it.
    let mut templates = workspace.templates.iter();
    is_mounted || templates.any(|template| template.name == "after-build" && !template.is_blank())
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
