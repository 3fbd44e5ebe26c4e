//! Manifests and lock file with nothing in them that no dependency depends on.

use std::collections::BTreeSet;

use cargo_metadata::Package;
use toml::{Table, Value};

use crate::error::Result;
use crate::inspect::{Workspace, folder};
use crate::paths::{relative, slashed};
use crate::plan::layout::MASKED_VERSION;

/// What of `[package]` can change how a dependency is compiled, or how cargo reads the manifest.
const PACKAGE_KEYS: &[&str] = &[
    "autobins",
    "autolib",
    "build",
    "default-run",
    "edition",
    "links",
    "name",
    "rust-version",
];
/// What of a manifest can.
const KEYS: &[&str] = &[
    "bin",
    "build-dependencies",
    "cargo-features",
    "dependencies",
    "features",
    "lib",
];
/// What only the root's can.
const ROOT_KEYS: &[&str] = &["patch", "profile", "replace"];
const DEVELOPMENT: &str = "dev-dependencies";

/// The manifest of a member, with this version.
pub(super) fn member(workspace: &Workspace, manifest: &Table, version: &str) -> Result<String> {
    text(&reduced(workspace, manifest, version))
}

/// The manifest of the root, for these packages and their versions.
pub(super) fn root(
    workspace: &Workspace,
    packages: &[&Package],
    version: &dyn Fn(&Package) -> String,
) -> Result<String> {
    let facts = &workspace.root_manifest;
    let path = workspace.root.join("Cargo.toml");
    let mut own = packages.iter();
    let mut manifest = match own.find(|package| package.manifest_path == path) {
        Some(package) => reduced(workspace, &facts.table, &version(package)),
        None => Table::new(),
    };
    for key in ROOT_KEYS {
        if let Some(value) = facts.table.get(*key) {
            manifest.insert((*key).to_owned(), value.clone());
        }
    }
    let old = facts.table.get("workspace").and_then(Value::as_table);
    manifest.insert(
        "workspace".to_owned(),
        Value::Table(reduced_workspace(workspace, packages, old)),
    );
    text(&manifest)
}

fn text(manifest: &Table) -> Result<String> {
    toml::to_string(manifest).map_err(|error| std::io::Error::other(error).into())
}

fn reduced(workspace: &Workspace, manifest: &Table, version: &str) -> Table {
    let mut reduced = Table::new();
    let mut package = kept(manifest.get("package"), PACKAGE_KEYS);
    package.insert("version".to_owned(), Value::from(version));
    reduced.insert("package".to_owned(), Value::Table(package));
    let mut keys = KEYS.to_vec();
    // Features that only tests ask for are in the program, too.
    if workspace.unifies_features() {
        keys.push(DEVELOPMENT);
    }
    let mut body = kept(Some(&Value::Table(manifest.clone())), &keys);
    without_versions(&mut body);
    reduced.extend(body);
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets: Table = targets
        .into_iter()
        .flatten()
        .map(|(target, value)| {
            let mut tables = kept(Some(value), &keys);
            without_versions(&mut tables);
            (target.clone(), Value::Table(tables))
        })
        .collect();
    if !targets.is_empty() {
        reduced.insert("target".to_owned(), Value::Table(targets));
    }
    reduced
}

/// These keys of a table.
fn kept(table: Option<&Value>, keys: &[&str]) -> Table {
    let table = table.and_then(Value::as_table).into_iter().flatten();
    table
        .filter(|(key, _)| keys.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Takes the versions away that dependencies by path name.
fn without_versions(tables: &mut Table) {
    for kind in ["dependencies", "build-dependencies", DEVELOPMENT] {
        let dependencies = tables.get_mut(kind).and_then(Value::as_table_mut);
        for (_, dependency) in dependencies.into_iter().flatten() {
            if let Some(dependency) = dependency.as_table_mut().filter(|d| d.contains_key("path")) {
                dependency.remove("version");
            }
        }
    }
}

fn reduced_workspace(workspace: &Workspace, packages: &[&Package], old: Option<&Table>) -> Table {
    let old = |key: &str| old.and_then(|table| table.get(key));
    let mut reduced = Table::new();
    if let Some(exclude) = old("exclude") {
        reduced.insert("exclude".to_owned(), exclude.clone());
    }
    // A root that is no package any more would choose another one.
    let resolver = workspace.root_manifest.resolver.clone();
    let resolver = resolver.unwrap_or_else(|| match workspace.metadata.root_package() {
        Some(root) if root.edition.as_str() == "2021" => "2".to_owned(),
        Some(_) if !workspace.unifies_features() => "3".to_owned(),
        _ => "1".to_owned(),
    });
    reduced.insert("resolver".to_owned(), Value::from(resolver));
    let members: Vec<Value> = packages
        .iter()
        .filter(|package| workspace.is_member(&package.id))
        .map(|package| slashed(&relative(&folder(package), &workspace.root)))
        .filter(|path| path != ".")
        .map(Value::from)
        .collect();
    reduced.insert("members".to_owned(), Value::Array(members));
    let mut package = kept(old("package"), &["edition", "rust-version"]);
    if old("package").is_some_and(|package| package.get("version").is_some()) {
        package.insert("version".to_owned(), Value::from(MASKED_VERSION));
    }
    reduced.insert("package".to_owned(), Value::Table(package));
    let inherited = inherited(workspace, packages);
    let mut tables = kept_dependencies(old("dependencies"), &inherited);
    without_versions(&mut tables);
    reduced.extend(tables);
    reduced
}

fn kept_dependencies(dependencies: Option<&Value>, names: &BTreeSet<&str>) -> Table {
    let dependencies = dependencies.and_then(Value::as_table).into_iter().flatten();
    let kept: Table = dependencies
        .filter(|(name, _)| names.contains(name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Table::from_iter([("dependencies".to_owned(), Value::Table(kept))])
}

/// Names of the dependencies that packages inherit from the workspace.
fn inherited<'a>(workspace: &'a Workspace, packages: &[&Package]) -> BTreeSet<&'a str> {
    let manifests = packages
        .iter()
        .filter_map(|package| workspace.manifests.get(&package.id));
    let tables = manifests.flat_map(|facts| {
        let targets = facts.table.get("target").and_then(Value::as_table);
        let targets = targets.into_iter().flat_map(Table::values);
        targets.filter_map(Value::as_table).chain([&facts.table])
    });
    tables
        .flat_map(|table| {
            ["dependencies", "build-dependencies", DEVELOPMENT]
                .iter()
                .filter_map(|kind| table.get(*kind)?.as_table())
        })
        .flatten()
        .filter(|(_, dependency)| dependency.get("workspace").is_some())
        .map(|(name, _)| name.as_str())
        .collect()
}

/// The lock file with one version for all of these packages.
pub(crate) fn masked_lock(lock: &str, names: &BTreeSet<&str>) -> String {
    let mut is_own = false;
    let mut lines: Vec<String> = Vec::new();
    for line in lock.lines() {
        if let Some(name) = line.strip_prefix("name = \"") {
            is_own = names.contains(name.trim_end_matches('"'));
        }
        let is_version = is_own && line.starts_with("version = \"");
        lines.push(match is_version {
            true => format!("version = \"{MASKED_VERSION}\""),
            false => line.to_owned(),
        });
    }
    lines.join("\n") + "\n"
}
