//! Where build artifacts are cached from one build of the image to the next.

mod layers;

use std::collections::BTreeSet;

use cargo_metadata::{Package, PackageId};

use super::inputs::{Inputs, Order};
use super::target::Target;
use crate::decision::{Decision, Evidence};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::inspect::Workspace;
use crate::plan::layout::{TARGET_DIR, WORKDIR};
use crate::plan::{Build, Builder, Caching, LocalLayer, Private};
use crate::quote;
use crate::settings::{Libc, Strategy};
use crate::shell::ShellText;

/// Puts the local packages of the graph in order.
///
/// # Errors
///
/// `layers` names a package that does not exist, or the shipped one.
pub(crate) fn order<'a>(
    workspace: &'a Workspace,
    locals: &[&'a Package],
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Order<'a>> {
    let early_ids = early(workspace);
    let own = locals
        .iter()
        .copied()
        .filter(|package| workspace.is_member(&package.id));
    let (early, mut late): (Vec<_>, Vec<_>) =
        own.partition(|package| early_ids.contains(&package.id));
    let mut layers = layers::choose(workspace, &late, diagnostics)?;
    if strategy(workspace).value == Strategy::Mounts && !layers.is_empty() {
        layers.clear();
        diagnostics.push(
            Diagnostic::info(Code::LayersUnused, "`layers` means nothing to cache mounts")
                .help("use `strategy = \"layers\"` or `\"hybrid\"`"),
        );
    }
    let uncleanable = late.iter().find(|package| has_namesake(workspace, package));
    if let Some(package) = uncleanable.filter(|_| !layers.is_empty()) {
        layers.clear();
        let name = &package.name;
        diagnostics.push(
            Diagnostic::warning(
                Code::LayersNamesake,
                format!("local packages get no layers: a dependency is called `{name}`, too"),
            )
            .note("cargo cannot clean the one without the other")
            .help("rename the package, or remove `layers`"),
        );
    }
    if let Some((first, second)) = layers::shared(workspace, &layers, &late) {
        let message = format!(
            "local packages get no layers: what `{}` is compiled from holds a target of `{}`",
            first.name, second.name
        );
        layers.clear();
        diagnostics.push(
            Diagnostic::warning(Code::LayersShared, message)
                .note("a layer would compile that target before what it depends on is there")
                .help("move the sources apart, or remove `layers`"),
        );
    }
    let layered: BTreeSet<&PackageId> = layers.iter().flatten().map(|(p, _)| &p.id).collect();
    late.retain(|package| !layered.contains(&package.id));
    Ok(Order {
        all: locals.to_vec(),
        early,
        layers,
        late,
    })
}

/// Members that a package from elsewhere depends on, by `[patch]`, and what they depend on themselves.
fn early(workspace: &Workspace) -> BTreeSet<&PackageId> {
    let resolve = workspace.metadata.resolve.iter();
    let nodes = resolve.flat_map(|resolve| &resolve.nodes);
    let is_member = |id: &PackageId| workspace.is_member(id);
    let mut queue: Vec<&PackageId> = nodes
        .filter(|node| !is_member(&node.id))
        .flat_map(|node| &node.dependencies)
        .filter(|id| is_member(id))
        .collect();
    let mut found = BTreeSet::new();
    while let Some(id) = queue.pop() {
        if found.insert(id) {
            let below = workspace.node(id).into_iter();
            let below = below.flat_map(|node| &node.dependencies);
            queue.extend(below.filter(|id| is_member(id)));
        }
    }
    found
}

/// Whether another package of the graph has files of the same name.
///
/// cargo cleans by name: it would take away what was compiled of the other one.
fn has_namesake(workspace: &Workspace, package: &Package) -> bool {
    workspace.index.has_namesake(package)
}

/// Whether the program is compiled in a cache mount.
pub(crate) fn has_mount(workspace: &Workspace) -> bool {
    strategy(workspace).value != Strategy::Layers
}

fn strategy(workspace: &Workspace) -> Decision<Strategy> {
    match &workspace.settings.strategy {
        Some(chosen) => Decision::new(
            chosen.value,
            Evidence::new(chosen.origin.clone(), "this strategy was asked for"),
        ),
        None => Decision::new(
            Strategy::Layers,
            Evidence::default(
                "layers work with every builder and can be shared through a registry",
            ),
        ),
    }
}

/// Decides how what was compiled lasts.
///
/// `arguments` are those of `cargo clean` without any package.
pub(crate) fn decide(
    workspace: &Workspace,
    order: &Order<'_>,
    inputs: &Inputs,
    (builder, build, private): (&Builder, &Build, Option<&Private>),
    target: &Target,
    arguments: &[ShellText],
) -> Caching {
    let skeleton = &inputs.skeleton;
    let strategy = strategy(workspace);
    let clean = |packages: &[&Package]| -> Vec<ShellText> {
        let packages = packages
            .iter()
            .map(|package| ShellText::option("--package", &ShellText::word(&package.name)));
        arguments.iter().cloned().chain(packages).collect()
    };
    let rest = |from: usize| -> Vec<&Package> {
        let layered = order.layers.iter().skip(from).flatten();
        let mut rest: Vec<_> = layered.map(|(package, _)| *package).collect();
        rest.extend(&order.late);
        rest.sort_by(|left, right| left.name.cmp(&right.name));
        rest
    };
    // Under the wrapper all members get other file names, and so would what depends on an early one.
    let empty = rest(0);
    let is_wrapped =
        order.early.is_empty() || empty.iter().any(|package| has_namesake(workspace, package));
    let layers = order.layers.iter().zip(&inputs.layers).enumerate();
    let layers = layers
        .map(|(at, (packages, sources))| LocalLayer {
            packages: packages
                .iter()
                .map(|(package, evidence)| {
                    Decision::new(package.name.to_string(), evidence.clone())
                })
                .collect(),
            sources: sources.clone(),
            clean_arguments: clean(&rest(at + 1)),
        })
        .collect();
    let has_dependency_layer = strategy.value != Strategy::Mounts;
    let has_mount = has_mount(workspace);
    let is_shareable = workspace.is_one_of_all && strategy.value == Strategy::Layers;
    let below = inputs
        .context
        .workdir
        .strip_prefix(WORKDIR)
        .unwrap_or_default();
    let target_dir = format!(".{below}/{TARGET_DIR}");
    Caching {
        has_dependency_layer,
        has_dependency_stage: is_shareable || strategy.value == Strategy::Hybrid,
        is_shareable,
        builds: vec![build.arguments.clone()],
        mount: has_mount.then(|| mount(workspace, builder, target)),
        local_clean_arguments: match has_mount {
            true => clean(&order.all),
            false => Vec::new(),
        },
        is_builder_changed: has_mount && has_instructions(workspace, "before-build"),
        target_pattern: quote::find_pattern(&target_dir),
        target_dir,
        has_download_mounts: !has_dependency_layer && private.is_none(),
        needs_skeleton: has_dependency_layer || skeleton.is_needed_later || private.is_some(),
        copies_skeleton: has_mount
            && (skeleton.is_needed_later || (private.is_some() && !has_dependency_layer)),
        clean_arguments: if is_wrapped {
            Vec::new()
        } else {
            clean(&empty)
        },
        is_wrapped,
        layers,
        strategy,
    }
}

/// Whether the project has instructions of its own for this place of the templates.
fn has_instructions(workspace: &Workspace, place: &str) -> bool {
    let is_instruction = |line: &str| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with('#') && !line.starts_with("{{!")
    };
    let mut templates = workspace.templates.iter();
    templates.any(|template| {
        template.name == place && !template.is_blank() && template.text.lines().any(is_instruction)
    })
}

/// Names repository, package, program, C library, profile, builder and architecture.
///
/// Builds that differ in one of them would compile over each other's files. The name need not tell all
/// of them apart: the build compares what is in the mount with what it was given.
fn mount(workspace: &Workspace, builder: &Builder, target: &Target) -> String {
    let package = workspace.package();
    let mut parts: Vec<String> = package.repository.iter().map(|url| place(url)).collect();
    parts.push(plain(&package.name));
    if workspace.selected.binary != package.name.as_str() {
        parts.push(plain(&workspace.selected.binary));
    }
    parts.push(
        match target.libc() {
            Libc::Glibc => "glibc",
            Libc::Musl => "musl",
        }
        .to_owned(),
    );
    parts.push(plain(workspace.settings.profile()));
    // Without the digest: that of a new image would leave a mount behind.
    let image = builder.image.value.split('@').next().unwrap_or_default();
    let around: Vec<String> = image.split("${RUST_VERSION}").map(plain).collect();
    parts.push(around.join("${RUST_VERSION}"));
    parts.extend(
        builder
            .toolchain
            .iter()
            .map(|toolchain| plain(&toolchain.value)),
    );
    parts.push("${TARGETARCH}".to_owned());
    parts.join("-")
}

/// Host and path of a repository's address.
fn place(url: &str) -> String {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.rsplit('@').next().unwrap_or_default();
    let path = path.trim_end_matches('/').trim_end_matches(".git");
    plain(&format!("{host}/{path}"))
}

/// A word without meaning for a shell or a Dockerfile.
fn plain(text: &str) -> String {
    let keep = |char: char| char.is_ascii_alphanumeric() || "._-".contains(char);
    let keep = |char| if keep(char) { char } else { '-' };
    text.chars().map(keep).collect()
}
