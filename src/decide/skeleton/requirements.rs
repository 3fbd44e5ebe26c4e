//! Whether all that depends on a package still finds it once its version is masked.
//!
//! A dependency by path has no version in the skeleton. Others name one, and reach a package of the project
//! through `[patch]`, `[replace]` or cargo's configuration. With `--locked` cargo refuses a version that does
//! not fit, so each requirement is compared with the masked version.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{Dependency, DependencyKind, Package, PackageId};
use semver::Version;
use toml::{Table, Value};

use crate::inspect::Workspace;
use crate::plan::layout::MASKED_VERSION;

/// The packages whose version has to stay, each with what asks for it; `masked` are all that could change.
pub(crate) fn named_by_version<'a>(
    workspace: &'a Workspace,
    masked: &[&'a Package],
) -> BTreeMap<&'a str, String> {
    let Ok(version) = Version::parse(MASKED_VERSION) else {
        return BTreeMap::new();
    };
    let names: BTreeSet<&str> = masked.iter().map(|it| it.name.as_str()).collect();
    let ids: BTreeSet<&PackageId> = masked.iter().map(|package| &package.id).collect();
    let elsewhere = resolved_elsewhere(workspace, &ids);
    let mut named = BTreeMap::new();
    for package in &workspace.metadata.packages {
        let is_masked = ids.contains(&package.id);
        let is_read = |dependency: &&Dependency| {
            workspace.is_member(&package.id) || dependency.kind != DependencyKind::Development
        };
        for dependency in package.dependencies.iter().filter(is_read) {
            let Some(name) = names.get(dependency.name.as_str()) else {
                continue;
            };
            // The skeleton has no version beside a path.
            let is_by_path = is_masked && dependency.path.is_some();
            let is_other = elsewhere.contains(&(&package.id, *name));
            if !(is_by_path || is_other || dependency.req.matches(&version)) {
                let reason = format!(
                    "`{}` depends on version `{}` of `{name}`, not on its path",
                    package.name, dependency.req
                );
                named.entry(*name).or_insert(reason);
            }
        }
    }
    unread(workspace, &names, &mut named);
    named
}

/// Packages, and names of theirs that are resolved to packages from elsewhere only.
fn resolved_elsewhere<'a>(
    workspace: &'a Workspace,
    masked: &BTreeSet<&PackageId>,
) -> BTreeSet<(&'a PackageId, &'a str)> {
    let metadata = &workspace.metadata;
    let nodes = metadata.resolve.iter().flat_map(|it| &it.nodes);
    let mut elsewhere = BTreeSet::new();
    for node in nodes {
        let (own, others): (Vec<&PackageId>, Vec<&PackageId>) =
            node.dependencies.iter().partition(|id| masked.contains(id));
        for other in others {
            let name = metadata[other].name.as_str();
            if !own.iter().any(|id| metadata[*id].name.as_str() == name) {
                elsewhere.insert((&node.id, name));
            }
        }
    }
    elsewhere
}

/// Packages of the lock file that no platform of an image has: cargo does not say what they require.
fn unread<'a>(
    workspace: &Workspace,
    names: &BTreeSet<&'a str>,
    named: &mut BTreeMap<&'a str, String>,
) {
    let lock = workspace.lock_file.as_deref().unwrap_or_default();
    let lock: Table = toml::from_str(lock).unwrap_or_default();
    let text = |package: &Value, key: &str| package.get(key)?.as_str().map(str::to_owned);
    let known: BTreeSet<(String, String)> = workspace
        .metadata
        .packages
        .iter()
        .map(|package| (package.name.to_string(), package.version.to_string()))
        .collect();
    let packages = lock.get("package").and_then(Value::as_array);
    for package in packages.into_iter().flatten() {
        let (Some(name), Some(version)) = (text(package, "name"), text(package, "version")) else {
            continue;
        };
        if known.contains(&(name.clone(), version.clone())) {
            continue;
        }
        let dependencies = package.get("dependencies").and_then(Value::as_array);
        let dependencies = dependencies.into_iter().flatten().filter_map(Value::as_str);
        for dependency in dependencies {
            // `name`, or `name version` where several have the name.
            let dependency = dependency.split(' ').next().unwrap_or_default();
            if let Some(own) = names.get(dependency) {
                let reason = format!("`{name}` {version} of the lock file depends on `{own}`");
                named.entry(*own).or_insert(reason);
            }
        }
    }
}
