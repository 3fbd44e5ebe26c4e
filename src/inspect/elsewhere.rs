//! Packages that only other platforms compile: cargo reads their manifests for every build all the same.

use std::collections::BTreeSet;
use std::path::PathBuf;

use cargo_metadata::{DependencyKind, Metadata, Package};

use super::cargo;
use super::request::Request;
use crate::error::Result;

/// Adds the packages that local ones name by path, and that the graph of no platform of an image has.
pub(super) fn add(request: &Request<'_>, metadata: &mut Metadata) -> Result<()> {
    let mut known: BTreeSet<PathBuf> = metadata.packages.iter().map(manifest).collect();
    loop {
        let unknown: BTreeSet<PathBuf> = metadata
            .packages
            .iter()
            .filter(|package| package.source.is_none())
            .flat_map(|package| named(metadata, package))
            .filter(|path| !known.contains(path))
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        for path in unknown {
            let described = cargo::described(request, &path)?;
            let mut packages = described.packages.into_iter();
            let package = packages.find(|package| manifest(package) == path);
            metadata.packages.extend(package);
            known.insert(path);
        }
    }
}

fn manifest(package: &Package) -> PathBuf {
    package.manifest_path.clone().into_std_path_buf()
}

/// The manifests that a package names by path and that cargo reads: those of tests only for members.
fn named(metadata: &Metadata, package: &Package) -> Vec<PathBuf> {
    let is_member = metadata.workspace_members.contains(&package.id);
    let dependencies = package
        .dependencies
        .iter()
        .filter(|dependency| is_member || dependency.kind != DependencyKind::Development);
    let paths = dependencies.filter_map(|dependency| dependency.path.as_ref());
    paths
        .map(|path| crate::paths::normalize(path.join("Cargo.toml").as_std_path()))
        .collect()
}
