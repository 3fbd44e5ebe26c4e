//! Features of the local packages in one image: those that the settings, the binaries and other local packages ask for.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{Dependency, DependencyKind, Package, PackageId};

use crate::inspect::project::Project;
use crate::inspect::select::Selected;
use crate::settings::Settings;

type Active = BTreeMap<PackageId, BTreeSet<String>>;

/// The active features by package.
///
/// No crate of a registry depends on a local package, so what local packages ask of each other is all there is. A
/// dependency that is optional counts as if it were there: code is read rather than left out.
pub(super) fn active(project: &Project, selected: &Selected, settings: &Settings) -> Active {
    let shipped = project.package_of(&selected.package);
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
    let locals = project.local_packages();
    for (from, to, dependency) in locals.flat_map(|package| edges(project, package)) {
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
        let package = project.package_of(&id);
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
                    let behind = edges(project, package).filter(|(_, _, dependency)| {
                        dependency.rename.as_deref().unwrap_or(&dependency.name) == name
                    });
                    queue.extend(behind.map(|(_, to, _)| (to.clone(), feature.to_owned())));
                }
            }
        }
    }
    active
}

/// The dependencies of a local package on others, tests left out.
fn edges<'a>(
    project: &'a Project,
    package: &'a Package,
) -> impl Iterator<Item = (&'a PackageId, &'a PackageId, &'a Dependency)> {
    let dependencies = package.dependencies.iter();
    let dependencies =
        dependencies.filter(|dependency| dependency.kind != DependencyKind::Development);
    dependencies.filter_map(|dependency| {
        let other = project
            .at_path_of(dependency)
            .filter(|_| package.source.is_none())?;
        Some((&package.id, &other.id, dependency))
    })
}
