//! What the build gets from the project, and in which order.

mod place;
mod stubs;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::Package;
use serde::Serialize;

use self::place::{Input, Place};
pub use self::stubs::Stubs;
use super::quote;
use crate::decision::Evidence;
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::inspect::{Workspace, folder};
use crate::paths::{common_ancestor, relative, slashed};

/// Where the project is in the builder stage.
const WORKDIR: &str = "/build";
/// More folders of manifests than this are gathered in a stage of their own.
const MANY_MANIFESTS: usize = 12;

/// What the build gets from the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Context {
    /// The build context, absolute.
    #[serde(skip)]
    pub root: PathBuf,
    /// The working directory of the builder stage: the workspace's root in it.
    pub workdir: String,
    /// Manifests, lock file and cargo configuration: what the dependencies hang on.
    pub manifests: Vec<Copy>,
    /// Whether the manifests are so many that a stage gathers them.
    pub gathers_manifests: bool,
    /// Packages outside the workspace's members, whole: `[patch]` and path dependencies.
    pub vendored: Vec<Copy>,
    /// Empty targets that stand in for the real ones while dependencies compile.
    pub stubs: Stubs,
    /// The sources of the program.
    pub sources: Vec<Copy>,
    /// What the ignore file lets in, relative to the context; empty where that is everything.
    pub included: Vec<String>,
    /// What it keeps out of the folders that are let in.
    pub excluded: Vec<String>,
}

/// One `COPY` from the context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Copy {
    /// Relative to the context.
    pub sources: Vec<String>,
    /// Relative to the working directory; ends with `/` where several files go into a folder.
    pub destination: String,
    /// Why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Evidence>,
}

/// Decides what is copied.
pub(crate) fn decide(
    workspace: &Workspace,
    locals: &[&Package],
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Context> {
    let mut needed = needed(workspace, locals);
    let root = root(workspace, &mut needed, diagnostics);
    let place = Place {
        workspace,
        root: &root,
    };
    let members = &workspace.metadata.workspace_members;
    let is_member = |package: &Package| members.contains(&package.id);
    let (own, foreign): (Vec<_>, Vec<_>) = locals
        .iter()
        .copied()
        .partition(|package| is_member(package));

    let mut manifest_files = manifest_files(workspace);
    let outside: Vec<PathBuf> = foreign.iter().map(|package| folder(package)).collect();
    let mut vendored: BTreeSet<PathBuf> = outside.iter().cloned().collect();
    vendored.extend(
        workspace
            .root_manifest
            .patches
            .iter()
            .filter(|p| !own.iter().any(|o| folder(o) == **p))
            .cloned(),
    );
    vendored.extend(source_replacements(workspace));
    manifest_files.retain(|(path, _)| !vendored.iter().any(|folder| path.starts_with(folder)));

    let in_vendored = |path: &Path| vendored.iter().any(|folder| path.starts_with(folder));
    let sources: Vec<_> = needed
        .iter()
        .filter(|(path, _)| !in_vendored(path))
        .map(|(path, input)| (path.clone(), input.clone()))
        .collect();

    let mut included: BTreeSet<PathBuf> = manifest_files
        .iter()
        .map(|(path, _)| path.clone())
        .collect();
    included.extend(vendored.iter().cloned());
    included.extend(sources.iter().map(|(path, _)| path.clone()));
    let folders: BTreeSet<_> = manifest_files
        .iter()
        .filter_map(|(path, _)| path.parent())
        .collect();
    let gathers_manifests = folders.len() > MANY_MANIFESTS;
    let context = Context {
        workdir: match slashed(&relative(&workspace.root, &root)).as_str() {
            "." => WORKDIR.to_owned(),
            below => format!("{WORKDIR}/{below}"),
        },
        manifests: place.files(&manifest_files),
        gathers_manifests,
        vendored: vendored
            .iter()
            .map(|path| {
                place.whole(
                    path,
                    vec![Evidence::cargo(
                        "a package outside the members, compiled with the dependencies",
                    )],
                )
            })
            .collect(),
        stubs: stubs::decide(workspace, &vendored, &place),
        sources: place.sources(&sources),
        excluded: excluded(&included, &place),
        included: match included.contains(&root) {
            true => Vec::new(),
            false => outermost(&included)
                .iter()
                .map(|path| place.in_context(path))
                .collect(),
        },
        root,
    };
    quote::check_paths(&context)?;
    Ok(context)
}

type Found = BTreeMap<PathBuf, Input>;

/// The files and folders that the local packages of the graph are compiled from.
fn needed(workspace: &Workspace, locals: &[&Package]) -> Found {
    let mut found = Found::new();
    for package in locals {
        let sources = workspace.sources.get(&package.id);
        for file in sources.iter().flat_map(|sources| &sources.needed) {
            let evidence = match &file.found_at {
                Some(mark) => {
                    Evidence::file(workspace.display(&mark.path), Some(mark.line), &file.fact)
                }
                None => Evidence::cargo(&file.fact),
            };
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
fn root(workspace: &Workspace, needed: &mut Found, diagnostics: &mut Vec<Diagnostic>) -> PathBuf {
    let locals = workspace
        .metadata
        .packages
        .iter()
        .filter(|package| package.source.is_none());
    let mut folders: Vec<PathBuf> = locals.map(folder).collect();
    folders.extend(workspace.root_manifest.patches.iter().cloned());
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
            .filter_map(|config| config.path.parent()?.parent())
            .map(Path::to_path_buf),
    );
    folders.push(workspace.root.clone());
    let packages = common_ancestor(folders.iter().map(PathBuf::as_path))
        .unwrap_or_else(|| workspace.root.clone());
    let repository = workspace.repository.as_deref().unwrap_or(&packages);
    let outside: Vec<PathBuf> = needed
        .keys()
        .filter(|path| !path.starts_with(&packages) && !path.starts_with(repository))
        .cloned()
        .collect();
    for path in outside {
        let because = needed.remove(&path).unwrap_or_default().because;
        let warning = Diagnostic::warning(
            "outside-context",
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

/// Manifests of all members (cargo reads every one), the lock file, and cargo's configuration.
fn manifest_files(workspace: &Workspace) -> Vec<(PathBuf, Vec<Evidence>)> {
    let root = &workspace.root;
    let mut files = vec![(root.join("Cargo.toml"), Vec::new())];
    if workspace.has_lock_file {
        files.push((root.join("Cargo.lock"), Vec::new()));
    }
    for config in &workspace.cargo_configs {
        files.push((
            config.path.clone(),
            vec![Evidence::cargo("cargo's configuration")],
        ));
    }
    files.extend(
        workspace
            .foreign_roots
            .iter()
            .map(|path| (path.clone(), Vec::new())),
    );
    let mut locals: Vec<PathBuf> = workspace
        .metadata
        .packages
        .iter()
        .filter(|package| package.source.is_none())
        .map(|package| package.manifest_path.clone().into_std_path_buf())
        .filter(|path| *path != root.join("Cargo.toml"))
        .collect();
    locals.sort();
    files.extend(locals.into_iter().map(|path| (path, Vec::new())));
    files
}

/// Folders that cargo's configuration reads crates from instead of a registry.
fn source_replacements(workspace: &Workspace) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for config in &workspace.cargo_configs {
        let Some(sources) = config.table.get("source").and_then(toml::Value::as_table) else {
            continue;
        };
        let base = config
            .path
            .parent()
            .and_then(Path::parent)
            .unwrap_or(&workspace.root);
        for source in sources.values() {
            let directory = source.get("directory").and_then(toml::Value::as_str);
            folders.extend(directory.map(|path| crate::paths::normalize(&base.join(path))));
        }
    }
    folders
}

/// What a folder of a whole package holds that no compile needs.
fn excluded(included: &BTreeSet<PathBuf>, place: &Place<'_>) -> Vec<String> {
    let roots: BTreeSet<PathBuf> = place
        .workspace
        .metadata
        .packages
        .iter()
        .filter(|package| package.source.is_none())
        .map(folder)
        .chain([place.workspace.root.clone()])
        .collect();
    let mut excluded = Vec::new();
    for path in included.iter().filter(|path| {
        roots.contains(*path) || place.workspace.root_manifest.patches.contains(path)
    }) {
        for name in [".git", "target"] {
            excluded.push(place.in_context(&path.join(name)));
        }
    }
    excluded
}

fn outermost(paths: &BTreeSet<PathBuf>) -> Vec<&PathBuf> {
    paths
        .iter()
        .filter(|path| {
            !paths
                .iter()
                .any(|other| other != *path && path.starts_with(other))
        })
        .collect()
}
