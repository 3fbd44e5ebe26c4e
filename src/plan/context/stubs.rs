//! Empty targets that stand in for the real ones while the dependencies compile.

use std::collections::BTreeSet;
use std::path::PathBuf;

use cargo_metadata::{Package, TargetKind};
use serde::Serialize;

use super::place::Place;
use crate::inspect::{Workspace, folder};

/// Empty targets, relative to the working directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stubs {
    /// Folders to make.
    pub folders: Vec<String>,
    /// Libraries: empty files.
    pub libraries: Vec<String>,
    /// Build scripts: they do nothing.
    pub build_scripts: Vec<String>,
    /// Programs: they say what they are and fail.
    pub programs: Vec<String>,
}

/// Every target that cargo looks for when it reads the manifests.
pub(super) fn decide(
    workspace: &Workspace,
    vendored: &BTreeSet<PathBuf>,
    place: &Place<'_>,
) -> Stubs {
    let mut stubs = Stubs::default();
    let mut folders = BTreeSet::new();
    // What is copied whole has its real targets.
    let is_real = |package: &&Package| {
        let folder = folder(package);
        vendored.iter().any(|whole| folder.starts_with(whole))
    };
    let packages = workspace
        .metadata
        .packages
        .iter()
        .filter(|package| package.source.is_none() && !is_real(package));
    for package in packages {
        let listed = workspace
            .manifests
            .get(&package.id)
            .map(|facts| &facts.listed_targets);
        for target in &package.targets {
            let has = |kind: &TargetKind| target.kind.contains(kind);
            let path = place.in_workdir(target.src_path.as_std_path());
            let is_listed = || listed.is_some_and(|names| names.contains(&target.name));
            let list = if has(&TargetKind::CustomBuild) {
                &mut stubs.build_scripts
            } else if has(&TargetKind::Bin) {
                &mut stubs.programs
            } else if has(&TargetKind::Test) || has(&TargetKind::Bench) || has(&TargetKind::Example)
            {
                if !is_listed() {
                    continue;
                }
                &mut stubs.programs
            } else {
                &mut stubs.libraries
            };
            if let Some((parent, _)) = path.rsplit_once('/') {
                folders.insert(parent.to_owned());
            }
            if !list.contains(&path) {
                list.push(path);
            }
        }
    }
    // `mkdir -p` makes the parents too: only the deepest folders are named.
    stubs.folders = folders
        .iter()
        .filter(|folder| {
            !folders
                .iter()
                .any(|other| other.starts_with(&format!("{folder}/")))
        })
        .cloned()
        .collect();
    for list in [
        &mut stubs.libraries,
        &mut stubs.build_scripts,
        &mut stubs.programs,
    ] {
        list.sort();
    }
    stubs
}
