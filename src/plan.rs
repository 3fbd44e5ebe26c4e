//! The decisions: a pure function from facts and wishes to one serializable value.
//!
//! The [`Plan`] is what `cargo dockerize plan --format json` prints, what the templates receive and
//! what tests snapshot. Nothing here reads a file, runs a program or looks at the environment.

mod bake;
mod build;
mod builder;
mod caching;
mod command;
mod conditions;
mod context;
mod explain;
mod flags;
mod front_ends;
mod graph;
mod knowledge;
mod native;
mod private;
mod quote;
mod rules;
mod runtime;
mod skeleton;
mod system_deps;
mod target;
mod teach;
mod wishes;

use serde::Serialize;

pub use self::bake::{Bake, Shared, Target as BakeTarget};
pub use self::build::{Build, Tuning, Variable};
pub use self::builder::Builder;
pub use self::caching::{Caching, LocalLayer};
pub use self::context::{Context, Copy};
pub use self::explain::{Explanation, Found, Lesson, RuleFacts, RuleSource, explain};
pub use self::private::{Private, Registry};
pub use self::runtime::{Libraries, Port, Runtime, RuntimeFile};
pub(crate) use self::skeleton::MASKED_VERSION;
pub use self::skeleton::{Masks, Skeleton, StubGroup, StubKind, Stubs};
pub use crate::decision::{Decision, Evidence, Origin, Place};

pub(crate) use self::quote::{copy_destination, copy_source, dockerfile, hcl, ignore, shell};

use crate::config::Setting;
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::inspect::Workspace;

/// The version of the plan's shape: raised when a key changes its meaning or goes away.
pub const PLAN_VERSION: u32 = 1;

/// Everything that was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The version of this shape.
    pub version: u32,
    /// The images, each with its own Dockerfile.
    pub images: Vec<Image>,
    /// What builds all of them at once, for a whole workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bake: Option<Bake>,
}

/// One image: what is in it, how it is built, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Image {
    /// The name to give the image: that of the binary, or the one that the manifest gives it.
    pub name: String,
    /// The package that the binary belongs to.
    pub package: PackageFacts,
    /// The binary that is shipped.
    pub binary: Decision<String>,
    /// Where the files go.
    pub files: Files,
    /// The stage that compiles.
    pub builder: Builder,
    /// How cargo is called in it.
    pub build: Build,
    /// What it fetches with a key or a token; none where everything is public.
    pub private: Option<Private>,
    /// How what was compiled lasts.
    pub caching: Caching,
    /// What the dependencies hang on.
    pub skeleton: Skeleton,
    /// What it gets from the project.
    pub context: Context,
    /// The stage that runs.
    pub runtime: Runtime,
    /// What was wished, and where.
    pub settings: Vec<Setting>,
    /// What there is to say about it.
    pub diagnostics: Vec<Diagnostic>,
}

/// The package of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackageFacts {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its manifest, relative to the workspace's root.
    pub manifest: String,
}

/// The files of an image, and what they are built from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Files {
    /// The Dockerfile, relative to the workspace's root.
    pub dockerfile: String,
    /// Its ignore file, relative to the workspace's root.
    pub ignore_file: String,
    /// The build context, relative to the workspace's root.
    pub context: String,
    /// The command that regenerates both.
    pub command: String,
}

/// Decides.
///
/// # Errors
///
/// Wishes that contradict each other or the project, each with the way out.
pub fn plan(workspace: &Workspace) -> Result<Plan> {
    plan_all(std::slice::from_ref(workspace))
}

/// Decides for several images at once.
///
/// # Errors
///
/// Those of [`plan()`].
pub fn plan_all(workspaces: &[Workspace]) -> Result<Plan> {
    let images: Vec<Image> = workspaces.iter().map(image).collect::<Result<_>>()?;
    let first = workspaces.iter().find(|workspace| workspace.is_one_of_all);
    Ok(Plan {
        version: PLAN_VERSION,
        bake: first.map(|workspace| bake::decide(&workspace.project, &images)),
        images,
    })
}

fn image(workspace: &Workspace) -> Result<Image> {
    let package = workspace.package();
    let mut diagnostics = Vec::new();
    wishes::check(workspace)?;
    quote::refuse_control_characters(workspace)?;
    let release = builder::release(workspace)?;
    let rules = rules::Rules::read(workspace, release.value)?;
    let graphs = native::Graphs::resolve(workspace, &rules);
    let target = target::decide(workspace, &graphs, &mut diagnostics)?;
    let findings = graphs.findings(target.libc());
    let locals = graphs.local_packages(workspace, target.libc());
    let build = build::decide(workspace, &target);
    let order = caching::order(workspace, &locals, &mut diagnostics)?;
    let (context, skeleton, layers) =
        context::decide(workspace, &order, &locals, &mut diagnostics)?;
    let mut runtime = runtime::decide(
        workspace,
        &target,
        findings,
        &release,
        (&context, &locals),
        &mut diagnostics,
    )?;
    let mut builder = builder::decide(workspace, &target, findings, &release, &mut diagnostics)?;
    builder.arguments = conditions::decide(workspace, findings, &locals, &mut diagnostics);
    let private = private::decide(workspace, (&builder, &build), &mut diagnostics)?;
    let common = build::common_arguments(workspace, &target);
    let caching = caching::decide(
        workspace,
        &order,
        layers,
        (&skeleton, &context),
        (&builder, &build, private.as_ref()),
        &target,
        &common,
    );
    // A cache mount is no part of the stage's files.
    runtime.is_staged |= caching.mount.is_some();
    diagnostics.extend(front_ends::check(workspace, &locals));
    diagnostics.extend(rules.unused(workspace));
    if workspace.lock_file.is_none() {
        diagnostics.push(
            Diagnostic::warning(
                "no-lock-file",
                "there is no `Cargo.lock`: each image resolves its dependencies anew",
            )
            .help("cargo generate-lockfile, and commit the file"),
        );
    }
    Ok(Image {
        name: workspace
            .image
            .clone()
            .unwrap_or_else(|| workspace.selected.binary.clone()),
        package: PackageFacts {
            name: package.name.to_string(),
            version: package.version.to_string(),
            manifest: workspace.display(package.manifest_path.as_std_path()),
        },
        binary: Decision {
            value: workspace.selected.binary.clone(),
            because: workspace.selected.because.clone(),
        },
        files: command::files(workspace, package, &context),
        builder,
        build,
        private,
        caching,
        skeleton,
        context,
        runtime,
        settings: workspace.settings.in_force(),
        diagnostics,
    })
}
