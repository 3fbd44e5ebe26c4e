//! What the build gets from the project, and in which order.

mod absent;
mod place;
mod secrets;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use cargo_metadata::Package;

pub(crate) use self::place::Place;
use self::secrets::Gate;
use super::common::Common;
use super::compiled;
use super::configuration;
use super::front_ends::Chosen;
use super::inputs::{File, Found, Inputs, Order};
use super::skeleton;
use crate::decision::Evidence;
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::inspect::{Workspace, folder};
use crate::paths::{common_ancestor, is_in};
use crate::plan::Context;
use crate::plan::layout::{WAITING, WORKDIR};
use crate::quote;
use crate::settings::Strategy;

/// Decides what is copied.
pub(crate) fn decide(
    workspace: &Workspace,
    (common, order): (&Common<'_>, &Order<'_>),
    locals: &[&Package],
    front_end: Option<&Chosen<'_>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Inputs> {
    let mut needed = needed(workspace, locals);
    let is_made = |path: &Path| front_end.is_some_and(|chosen| chosen.makes(path));
    needed.retain(|path, _| !is_made(path));
    diagnostics.extend(absent::missing(workspace, locals, is_made));
    diagnostics.extend(absent::ignored(workspace, &needed, is_made));
    let root = root(workspace, common, locals, &mut needed, diagnostics);
    let place = Place {
        workspace,
        root: &root,
    };
    let mut gate = Gate::new(&place, locals);
    needed.retain(|path, input| gate.admits(path, input));
    let vendored = vendored(workspace, order, locals);
    let in_vendored =
        |path: &Path| !vendored.is_empty() && is_in(path, |folder| vendored.contains_key(folder));
    let configuration = configuration::files(workspace);
    let stays = |file: &&File| !in_vendored(&file.0);
    let mut files: Vec<&File> = common.manifests.iter().filter(stays).collect();
    let manifests = files.len();
    files.extend(configuration.iter().filter(stays));
    needed.retain(|path, _| !in_vendored(path));

    let whole: BTreeSet<PathBuf> = vendored.keys().cloned().collect();
    let paths: Vec<&Path> = needed.keys().map(PathBuf::as_path).collect();
    let (skeleton, unmasked) = skeleton::decide(
        workspace,
        (&common.skeletons, order),
        &files,
        &whole,
        &paths,
        &place,
    );
    diagnostics.extend(unmasked);

    let own = files.iter().map(|(path, _)| path);
    let own = own.chain(vendored.keys()).chain(needed.keys());
    let assets = workspace.assets.iter().map(|asset| &asset.path);
    let included: BTreeSet<PathBuf> = own
        .chain(assets.filter(|path| !is_made(path)))
        .cloned()
        .chain(front_end.map(|chosen| chosen.folder().to_path_buf()))
        .collect();
    let is_compared = workspace
        .settings
        .strategy
        .as_ref()
        .is_some_and(|chosen| chosen.value != Strategy::Layers);
    // The configuration is there already where nothing is compared.
    let waiting = match is_compared {
        true => &files[..],
        false => &files[..manifests],
    };
    // An asset must not end up beside the sources: a change in it would compile them again.
    let assets = workspace.assets.iter().map(|asset| &asset.path);
    let apart = whole.iter().chain(assets).map(PathBuf::as_path);
    let apart = apart.chain(front_end.map(Chosen::folder));
    let apart: BTreeSet<PathBuf> = apart.map(Path::to_path_buf).collect();
    let (mut layers, mut sources) = place.in_order(order, &needed, waiting, &apart, is_compared);
    if let Some(chosen) = front_end {
        chosen.bring(&place, order, &mut layers, &mut sources);
    }
    let excluded = excluded(&included, &common.folders, front_end, &place);
    let folders = whole
        .iter()
        .cloned()
        .chain(front_end.map(|chosen| chosen.folder().to_path_buf()));
    gate.folders.extend(folders);
    gate.checked = source_replacements(workspace);
    let secrets = gate.decide(&included, &excluded, &needed, diagnostics);
    let context = Context {
        secrets,
        workdir: place.below(WORKDIR),
        copied_to: place.below(if is_compared { WAITING } else { WORKDIR }),
        vendored: vendored
            .iter()
            .map(|(path, fact)| place.whole(path, vec![Evidence::cargo(*fact)]))
            .collect(),
        sources,
        excluded,
        included: match included.contains(&root) {
            true => Vec::new(),
            false => outermost(&included)
                .iter()
                .map(|path| place.in_context(path))
                .collect(),
        },
    };
    let copies = [&skeleton.manifests, &context.vendored, &context.sources];
    quote::check_paths(&context, copies.into_iter().chain(&layers).flatten())?;
    Ok(Inputs {
        root,
        context,
        skeleton,
        layers,
    })
}

/// What is copied whole before the dependencies are compiled, each with the reason.
fn vendored(
    workspace: &Workspace,
    order: &Order<'_>,
    locals: &[&Package],
) -> BTreeMap<PathBuf, &'static str> {
    let (own, foreign): (Vec<&Package>, Vec<&Package>) = locals
        .iter()
        .copied()
        .partition(|package| workspace.is_member(&package.id));
    let mut vendored = BTreeMap::new();
    for path in &workspace.foreign_roots {
        vendored.insert(
            path.clone(),
            "a manifest that packages of another workspace inherit from",
        );
    }
    for folder in source_replacements(workspace) {
        vendored.insert(folder, "crates that stand in for those of a registry");
    }
    for path in configuration::relative(workspace) {
        vendored.insert(path, "named by `[env]` of cargo's configuration");
    }
    for path in configuration::of_flags(workspace) {
        vendored.insert(path, "named by `rustflags` of cargo's configuration");
    }
    for path in &workspace.root_manifest.patches {
        if !own.iter().any(|package| folder(package) == *path) {
            vendored.insert(path.clone(), "a patch, compiled with the dependencies");
        }
    }
    let early = order.early.iter().copied();
    let early = early.map(|package| (package, "a patch that crates of a registry depend on"));
    let foreign = foreign.into_iter().map(|package| {
        let fact = "a package outside the members, compiled with the dependencies";
        (package, fact)
    });
    for (package, fact) in early.chain(foreign) {
        let folder = folder(package);
        // A target may lie outside of its package, and embed what lies elsewhere.
        let sources = workspace.sources.get(&package.id);
        let needed = sources.into_iter().flat_map(|sources| &sources.needed);
        let outside = needed.filter(|file| !file.path.starts_with(&folder));
        vendored.extend(outside.map(|file| (file.path.clone(), "read by what is copied whole")));
        vendored.insert(folder, fact);
    }
    vendored
}

/// The files and folders that the local packages of the graph are compiled from.
fn needed(workspace: &Workspace, locals: &[&Package]) -> Found {
    let mut found = Found::new();
    for package in locals {
        let sources = workspace.sources.get(&package.id);
        let files = sources.iter().flat_map(|sources| {
            let missing = sources.missing.iter().map(|missing| &missing.file);
            sources.needed.iter().chain(missing)
        });
        for file in files {
            let evidence = secrets::evidence(workspace, file);
            let input = found.entry(file.path.clone()).or_default();
            input.is_folder = file.is_folder;
            if !input.because.contains(&evidence) {
                input.because.push(evidence);
            }
        }
    }
    found
}

/// The folder that holds everything: the workspace's root, or what it shares with what lies outside.
fn root(
    workspace: &Workspace,
    common: &Common<'_>,
    locals: &[&Package],
    needed: &mut Found,
    diagnostics: &mut Vec<Diagnostic>,
) -> PathBuf {
    let mut folders: Vec<PathBuf> = workspace.root_manifest.patches.clone();
    folders.extend(
        workspace
            .foreign_roots
            .iter()
            .filter_map(|p| p.parent())
            .map(Path::to_path_buf),
    );
    folders.extend(
        workspace
            .cargo_configs
            .iter()
            .filter(|config| config.path.starts_with(&workspace.bounds))
            .filter_map(|config| config.path.parent())
            .map(Path::to_path_buf),
    );
    let targets = compiled::targets(workspace, locals);
    folders.extend(targets.filter_map(|(_, target)| {
        let folder = target.src_path.parent()?;
        Some(folder.as_std_path().to_path_buf())
    }));
    let all = folders.iter().map(PathBuf::as_path);
    let packages = common.ancestor.as_deref();
    let packages = packages.and_then(|packages| common_ancestor(all.chain([packages])));
    let packages = packages.unwrap_or_else(|| workspace.root.clone());
    let repository = workspace.repository.as_deref().unwrap_or(&packages);
    let outside: Vec<PathBuf> = needed
        .keys()
        .filter(|path| !path.starts_with(&packages) && !path.starts_with(repository))
        .cloned()
        .collect();
    for path in outside {
        let because = needed.remove(&path).unwrap_or_default().because;
        let warning = Diagnostic::warning(
            Code::OutsideContext,
            format!(
                "`{}` lies outside the project and cannot be copied",
                path.display()
            ),
        );
        diagnostics.push(
            because
                .iter()
                .fold(warning, |warning, e| warning.note(e.to_string())),
        );
    }
    let parents = needed
        .iter()
        .filter_map(|(path, input)| match input.is_folder {
            true => Some(path.as_path()),
            false => path.parent(),
        });
    common_ancestor(parents.chain([packages.as_path()])).unwrap_or(packages.clone())
}

/// Folders that cargo's configuration reads crates from instead of a registry.
fn source_replacements(workspace: &Workspace) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for config in &workspace.cargo_configs {
        let Some(sources) = config.table.get("source").and_then(toml::Value::as_table) else {
            continue;
        };
        let base = config.base().unwrap_or(&workspace.root);
        for source in sources.values() {
            let directory = source.get("directory").and_then(toml::Value::as_str);
            folders.extend(directory.map(|path| crate::paths::normalize(&base.join(path))));
        }
    }
    folders
}

/// What a folder of a whole package holds that no compile needs.
fn excluded(
    included: &BTreeSet<PathBuf>,
    roots: &HashSet<PathBuf>,
    front_end: Option<&Chosen<'_>>,
    place: &Place<'_>,
) -> Vec<String> {
    let mut configured = super::build::configured_folders(place.workspace);
    configured.retain(|folder| {
        let packages = place.workspace.local_packages();
        let mut targets = packages.flat_map(|package| &package.targets);
        let is_needed = roots
            .iter()
            .chain(included)
            .any(|path| path.starts_with(folder))
            || targets.any(|target| target.src_path.starts_with(folder));
        let shown = place.in_context(folder);
        !is_needed && quote::is_copyable(&shown) && !shown.chars().any(crate::shown::deceives)
    });
    let own = front_end.iter().flat_map(|chosen| chosen.excluded());
    let mut excluded: Vec<String> = own.map(|path| place.in_context(&path)).collect();
    for path in included.iter().filter(|path| {
        roots.contains(*path) || place.workspace.root_manifest.patches.contains(path)
    }) {
        excluded.push(place.in_context(&path.join("target")));
        let below = configured.iter().filter(|folder| folder.starts_with(path));
        excluded.extend(below.map(|folder| place.in_context(folder)));
        // The builder image has the toolchain: because of this file rustup would get another one.
        let toolchain = place.workspace.toolchain.as_ref().map(|file| &file.path);
        let toolchain = toolchain.filter(|file| file.starts_with(path));
        excluded.extend(toolchain.map(|file| place.in_context(file)));
    }
    excluded
}

/// Those that are in none of the others.
fn outermost(paths: &BTreeSet<PathBuf>) -> Vec<&PathBuf> {
    // What is in a folder comes right after it in the order of paths.
    let mut outermost: Vec<&PathBuf> = Vec::new();
    for path in paths {
        if !outermost.last().is_some_and(|last| path.starts_with(last)) {
            outermost.push(path);
        }
    }
    outermost
}
