//! Empty targets that stand in for the real ones while the dependencies compile.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{Package, Target, TargetKind};

use crate::decide::context::Place;
use crate::inspect::{Workspace, folder};
use crate::paths::is_in;
use crate::plan::{StubGroup, Stubs};

/// From this many folders on, targets of the same place in them are named together.
const MANY: usize = 4;

/// Every target that cargo looks for when it reads the manifests; and where these are, absolute.
pub(super) fn decide(
    workspace: &Workspace,
    vendored: &BTreeSet<PathBuf>,
    place: &Place<'_>,
) -> (Stubs, Vec<PathBuf>) {
    // What is copied whole has its real targets.
    let is_real = |path: &Path| is_in(path, |folder| vendored.contains(folder));
    let mut paths: Vec<PathBuf> = workspace
        .local_packages()
        .filter(|package| !is_real(&folder(package)))
        .flat_map(|package| needed_targets(workspace, package))
        .filter(|path| !is_real(path))
        .collect();
    paths.sort();
    // Two packages may have one file.
    paths.dedup();
    let mut targets: BTreeSet<String> = paths.iter().map(|path| place.in_workdir(path)).collect();
    let mut stubs = Stubs {
        groups: groups(&mut targets),
        ..Stubs::default()
    };
    stubs.files = targets.iter().cloned().collect();
    let folders: BTreeSet<&str> = targets
        .iter()
        .filter_map(|path| Some(path.rsplit_once('/')?.0))
        .collect();
    // `mkdir -p` makes the parents too: only the deepest folders are named.
    let parents: BTreeSet<&str> = folders.iter().flat_map(|folder| above(folder)).collect();
    let is_deepest = |folder: &&&str| !parents.contains(**folder);
    stubs.folders = folders
        .iter()
        .filter(is_deepest)
        .map(|folder| (*folder).to_owned())
        .collect();
    (stubs, paths)
}

/// The folders that a path is in, innermost first.
fn above(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.rmatch_indices('/');
    ends.map(|(end, _)| &path[..end])
}

/// The targets that cargo misses when they are not there.
fn needed_targets(workspace: &Workspace, package: &Package) -> Vec<PathBuf> {
    let listed = workspace
        .manifests
        .get(&package.id)
        .map(|facts| &facts.listed_targets);
    let is_needed = |target: &&Target| {
        let has = |kind: &TargetKind| target.kind.contains(kind);
        let is_optional =
            has(&TargetKind::Test) || has(&TargetKind::Bench) || has(&TargetKind::Example);
        !is_optional || listed.is_some_and(|names| names.contains(&target.name))
    };
    let targets = package.targets.iter().filter(is_needed);
    targets
        .map(|target| target.src_path.clone().into_std_path_buf())
        .collect()
}

/// Takes out of `targets` those that are at the same place in many folders.
fn groups(targets: &mut BTreeSet<String>) -> Vec<StubGroup> {
    let mut found: BTreeMap<(String, String, String), Vec<String>> = BTreeMap::new();
    for path in targets.iter() {
        // `crates/` `core` `/src` `/lib.rs`
        let mut parts: Vec<&str> = path.split('/').collect();
        let Some(file) = parts.pop() else { continue };
        let folder = match parts.last() {
            Some(&"src") => parts.pop().unwrap_or_default(),
            _ => "",
        };
        let Some(name) = parts.pop() else { continue };
        let before = match parts.as_slice() {
            [] => String::new(),
            parts => format!("{}/", parts.join("/")),
        };
        let key = (before, folder.to_owned(), file.to_owned());
        found.entry(key).or_default().push(name.to_owned());
    }
    let mut groups = Vec::new();
    for ((before, folder, file), names) in found {
        if names.len() < MANY {
            continue;
        }
        let behind = match folder.as_str() {
            "" => format!("/{file}"),
            folder => format!("/{folder}/{file}"),
        };
        for name in &names {
            targets.remove(&format!("{before}{name}{behind}"));
        }
        groups.push(StubGroup {
            before,
            names,
            folder,
            file,
        });
    }
    groups
}
