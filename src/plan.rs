//! The decisions: a pure function from facts and wishes to one serializable value.
//!
//! The [`Plan`] is what `cargo dockerize plan --format json` prints, what the templates receive and
//! what tests snapshot. Nothing here reads a file, runs a program or looks at the environment.

mod build;
mod builder;
mod caching;
mod conditions;
mod context;
mod explain;
mod fetch;
mod flags;
mod front_ends;
mod graph;
mod knowledge;
mod native;
mod quote;
mod rules;
mod runtime;
mod skeleton;
mod system_deps;
mod target;
mod teach;
mod wishes;

use cargo_metadata::Package;
use serde::Serialize;

pub use self::build::{Build, Tuning, Variable};
pub use self::builder::Builder;
pub use self::caching::{Caching, LocalLayer};
pub use self::context::{Context, Copy};
pub use self::explain::{Explanation, Found, Lesson, RuleFacts, RuleSource, explain};
pub use self::front_ends::FrontEnd;
pub use self::runtime::{Libraries, Port, Runtime, RuntimeFile};
pub(crate) use self::skeleton::MASKED_VERSION;
pub use self::skeleton::{Masks, Skeleton, StubGroup, StubKind, Stubs};
pub use crate::decision::{Decision, Evidence, Origin, Place};

pub(crate) use self::quote::{copy_destination, copy_source, dockerfile, ignore, shell};

use crate::config::{Libc, Linkage, Strategy};
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
}

/// One image: what is in it, how it is built, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Image {
    /// The name to give the image, that of the binary.
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
    /// How what was compiled lasts.
    pub caching: Caching,
    /// What the dependencies hang on.
    pub skeleton: Skeleton,
    /// What it gets from the project.
    pub context: Context,
    /// The stage that makes the front end.
    pub front_end: Option<FrontEnd>,
    /// The stage that runs.
    pub runtime: Runtime,
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
    Ok(Plan {
        version: PLAN_VERSION,
        images: vec![image(workspace)?],
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
    let mut unmade = Vec::new();
    let order = caching::order(workspace, &locals, &mut diagnostics)?;
    let front_end = front_ends::choose(workspace, &locals, &mut unmade)?;
    let (context, skeleton, layers) = context::decide(
        workspace,
        &order,
        &locals,
        front_end.as_ref(),
        &mut diagnostics,
    )?;
    let mut runtime = runtime::decide(
        workspace,
        &target,
        findings,
        &release,
        (&context, &locals, front_end.as_ref()),
        &mut diagnostics,
    )?;
    let mut builder = builder::decide(workspace, &target, findings, &release, &mut diagnostics)?;
    builder.arguments = conditions::decide(workspace, findings, &locals, &mut diagnostics);
    let common = build::common_arguments(workspace, &target);
    let caching = caching::decide(
        workspace,
        &order,
        layers,
        (&skeleton, &context),
        &builder,
        &target,
        &common,
    );
    // A cache mount is no part of the stage's files.
    runtime.is_staged |= caching.mount.is_some();
    diagnostics.extend(unmade);
    let place = context::Place {
        workspace,
        root: &context.root,
    };
    let front_end = front_end.map(|chosen| chosen.stage(&place));
    diagnostics.extend(rules.unused(workspace));
    diagnostics.extend(fetch::check(graphs.packages(workspace, target.libc())));
    diagnostics.extend(no_lock_file(workspace));
    Ok(Image {
        name: workspace.selected.binary.clone(),
        package: PackageFacts {
            name: package.name.to_string(),
            version: package.version.to_string(),
            manifest: workspace.display(package.manifest_path.as_std_path()),
        },
        binary: Decision {
            value: workspace.selected.binary.clone(),
            because: workspace.selected.because.clone(),
        },
        files: files(workspace, package, &context),
        builder,
        build,
        caching,
        skeleton,
        context,
        front_end,
        runtime,
        diagnostics,
    })
}

fn no_lock_file(workspace: &Workspace) -> Option<Diagnostic> {
    let warning = || {
        Diagnostic::warning(
            "no-lock-file",
            "there is no `Cargo.lock`: each image resolves its dependencies anew",
        )
        .help("cargo generate-lockfile, and commit the file")
    };
    workspace.lock_file.is_none().then(warning)
}

fn files(workspace: &Workspace, package: &Package, context: &Context) -> Files {
    let dockerfile = workspace.display(&workspace.dockerfile);
    Files {
        ignore_file: format!("{dockerfile}.dockerignore"),
        context: workspace.display(&context.root),
        command: command(workspace, package, &dockerfile),
        dockerfile,
    }
}

/// The command that writes the same files from the workspace's root.
fn command(workspace: &Workspace, package: &Package, dockerfile: &str) -> String {
    let mut words = vec!["cargo dockerize".to_owned()];
    let flag = |words: &mut Vec<String>, name: &str, value: &str| {
        words.push(format!("{name} {}", quote::shell(value)));
    };
    let members = workspace.metadata.workspace_packages().len();
    let settings = &workspace.settings;
    let is_flag = |origin: &Origin| matches!(origin, Origin::Flag { .. });
    if members > 1 {
        flag(&mut words, "-p", &package.name);
    }
    if let Some(wish) = settings.bin.as_ref().filter(|wish| is_flag(&wish.origin)) {
        flag(&mut words, "--bin", &wish.value);
    }
    if let Some(wish) = settings
        .features
        .as_ref()
        .filter(|wish| is_flag(&wish.origin))
    {
        flag(&mut words, "--features", &wish.value.join(","));
    }
    for (wish, name) in [
        (&settings.no_default_features, "--no-default-features"),
        (&settings.all_features, "--all-features"),
    ] {
        if wish
            .as_ref()
            .is_some_and(|wish| wish.value && is_flag(&wish.origin))
        {
            words.push(name.to_owned());
        }
    }
    for (wish, name) in [
        (&settings.profile, "--profile"),
        (&settings.runtime, "--runtime"),
        (&settings.builder_image, "--builder-image"),
    ] {
        if let Some(wish) = wish.as_ref().filter(|wish| is_flag(&wish.origin)) {
            flag(&mut words, name, &wish.value);
        }
    }
    if let Some(wish) = settings.libc.as_ref().filter(|wish| is_flag(&wish.origin)) {
        let value = match wish.value {
            Libc::Glibc => "glibc",
            Libc::Musl => "musl",
        };
        flag(&mut words, "--libc", value);
    }
    if let Some(wish) = settings
        .linkage
        .as_ref()
        .filter(|wish| is_flag(&wish.origin))
    {
        let value = match wish.value {
            Linkage::Static => "static",
            Linkage::Dynamic => "dynamic",
        };
        flag(&mut words, "--linkage", value);
    }
    if let Some(wish) = settings
        .strategy
        .as_ref()
        .filter(|wish| is_flag(&wish.origin))
    {
        let value = match wish.value {
            Strategy::Layers => "layers",
            Strategy::Mounts => "mounts",
            Strategy::Hybrid => "hybrid",
        };
        flag(&mut words, "--strategy", value);
    }
    for port in settings
        .port
        .iter()
        .filter(|wish| is_flag(&wish.origin))
        .flat_map(|w| &w.value.0)
    {
        flag(&mut words, "--port", &port.to_string());
    }
    if settings
        .output
        .as_ref()
        .is_some_and(|wish| is_flag(&wish.origin))
    {
        flag(&mut words, "--output", dockerfile);
    }
    words.join(" ")
}
