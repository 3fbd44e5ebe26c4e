//! The files that a build script's outcome depends on, as far as cargo can watch them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::surroundings::Surroundings;
use crate::inspect::{self, Workspace};
use crate::output::GeneratedFile;

/// What a project that could not be read depends on: its manifest, and crates that were not fetched yet.
pub(super) fn unread(surroundings: &Surroundings) -> BTreeSet<PathBuf> {
    let mut inputs = BTreeSet::from([surroundings.package.join("Cargo.toml")]);
    inputs.extend(surroundings.lock_file());
    inputs.extend(surroundings.fetched());
    inputs
}

/// What was read, and what was or would be written.
///
/// Cargo runs a script at every build while a file is missing that was named to it. So the generated files
/// are named though they may be missing, and no other file is.
pub(super) fn all(
    views: &[Workspace],
    surroundings: &Surroundings,
    files: &[GeneratedFile],
) -> BTreeSet<PathBuf> {
    let mut inputs = BTreeSet::new();
    for workspace in views {
        inputs.extend(of_view(workspace, surroundings));
    }
    let mut inputs = without_what_folders_hold(inputs);
    inputs.extend(files.iter().map(|file| file.path.clone()));
    inputs
}

fn of_view(workspace: &Workspace, surroundings: &Surroundings) -> BTreeSet<PathBuf> {
    let root = &workspace.root;
    let mut inputs = BTreeSet::from([root.join("Cargo.toml"), root.join("Cargo.lock")]);
    let manifests = workspace.local_packages();
    inputs.extend(manifests.map(|package| package.manifest_path.clone().into_std_path_buf()));
    inputs.extend(workspace.foreign_roots.iter().cloned());
    inputs.extend(workspace.toolchain.iter().map(|file| file.path.clone()));
    let configs = workspace.cargo_configs.iter();
    inputs.extend(configs.map(|config| config.path.clone()));
    inputs.extend(workspace.assets.iter().map(|asset| asset.path.clone()));
    for sources in workspace.sources.values() {
        inputs.extend(sources.needed.iter().map(|needed| needed.path.clone()));
        inputs.extend(sources.read.iter().cloned());
        let front_ends = sources.front_ends.iter();
        inputs.extend(front_ends.map(|front_end| front_end.manifest.clone()));
    }
    let templates = workspace.templates.iter();
    inputs.extend(templates.map(|template| template.path.clone()));
    inputs.retain(|path| path.exists() && !changes_with_every_build(path, workspace, surroundings));
    inputs
}

/// Whether a target folder can lie in a folder: then the files that were read in it stand for it.
fn changes_with_every_build(
    path: &Path,
    workspace: &Workspace,
    surroundings: &Surroundings,
) -> bool {
    let mut packages = workspace.local_packages();
    surroundings.out.starts_with(path)
        || workspace.root.starts_with(path)
        || packages.any(|package| inspect::folder(package).starts_with(path))
}

/// Cargo looks into folders by itself.
fn without_what_folders_hold(inputs: BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    let is_held = |path: &PathBuf| {
        let mut above = path.ancestors().skip(1);
        above.any(|folder| inputs.contains(folder))
    };
    inputs
        .iter()
        .filter(|path| !is_held(path))
        .cloned()
        .collect()
}
