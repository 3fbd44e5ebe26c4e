//! Features of the local packages in one image: those that the settings, the binaries and other local packages ask for.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{Metadata, PackageId};

use super::super::select::Selected;
use crate::settings::Settings;

type Active = BTreeMap<PackageId, BTreeSet<String>>;

/// The active features by package.
///
/// No crate of a registry depends on a local package, so what local packages ask of each other is all there is. A
/// dependency that is optional counts as if it were there: code is read rather than left out.
pub(super) fn active(metadata: &Metadata, selected: &Selected, settings: &Settings) -> Active {
    let shipped = &metadata[&selected.package];
    let mut active = Active::new();
    let mut queue: Vec<(PackageId, String)> = Vec::new();
    let own = crate::features::requested(shipped, settings).into_iter();
    let binaries: Vec<&str> = selected.binaries().collect();
    let targets = shipped
        .targets
        .iter()
        .filter(|target| binaries.contains(&target.name.as_str()));
    let required = targets.flat_map(|target| target.required_features.clone());
    queue.extend(
        own.chain(required)
            .map(|feature| (shipped.id.clone(), feature)),
    );
    for (from, to, dependency) in edges(metadata) {
        let asked = dependency.features.iter().cloned();
        let default = dependency
            .uses_default_features
            .then(|| "default".to_owned());
        let is_reached = *from != *to;
        queue.extend(
            asked
                .chain(default)
                .filter(|_| is_reached)
                .map(|feature| (to.clone(), feature)),
        );
    }
    while let Some((id, feature)) = queue.pop() {
        let package = &metadata[&id];
        let Some(implied) = package.features.get(&feature) else {
            continue;
        };
        if !active.entry(id.clone()).or_default().insert(feature) {
            continue;
        }
        for other in implied {
            match other.split_once('/') {
                None => queue.push((id.clone(), other.clone())),
                Some((name, feature)) => {
                    let name = name.trim_end_matches('?');
                    let behind = edges(metadata).filter(|(from, _, dependency)| {
                        *from == &id
                            && dependency.rename.as_deref().unwrap_or(&dependency.name) == name
                    });
                    queue.extend(behind.map(|(_, to, _)| (to.clone(), feature.to_owned())));
                }
            }
        }
    }
    active
}

/// The dependencies between local packages, tests left out.
fn edges(
    metadata: &Metadata,
) -> impl Iterator<Item = (&PackageId, &PackageId, &cargo_metadata::Dependency)> {
    let locals = metadata
        .packages
        .iter()
        .filter(|package| package.source.is_none());
    locals.flat_map(|package| {
        let dependencies = package.dependencies.iter();
        let paths = dependencies.filter(|dependency| {
            dependency.path.is_some()
                && dependency.kind != cargo_metadata::DependencyKind::Development
        });
        paths.filter_map(|dependency| {
            let manifest = dependency.path.as_ref()?.join("Cargo.toml");
            let mut packages = metadata.packages.iter();
            let other =
                packages.find(|other| other.source.is_none() && other.manifest_path == manifest)?;
            Some((&package.id, &other.id, dependency))
        })
    })
}
