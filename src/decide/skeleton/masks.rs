//! One version for all packages of the project, so that a new one changes no dependency.
//!
//! Three `sed` expressions do it in the skeleton stage. They know lines and not TOML, so what they make
//! of this project is worked out here first: where a manifest is written in another way, nothing is masked.

use std::collections::BTreeSet;
use std::path::PathBuf;

use cargo_metadata::Package;
use toml::{Table, Value};

use super::requirements::named_by_version;
use crate::decide::inputs::Order;
use crate::inspect::{ManifestFacts, Workspace, folder};
use crate::paths::is_in;
use crate::plan::Masks;
use crate::plan::layout::MASKED_VERSION;

/// Works out the masks; `Err` says why the versions cannot be masked.
pub(super) fn decide(
    workspace: &Workspace,
    order: &Order<'_>,
    vendored: &BTreeSet<PathBuf>,
) -> Result<Masks, String> {
    // What is copied whole has its real manifest.
    let packages: Vec<&Package> = workspace
        .local_packages()
        .filter(|package| !is_in(&folder(package), |folder| vendored.contains(folder)))
        .collect();
    let names: BTreeSet<&str> = packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let mut manifests = vec![("Cargo.toml".to_owned(), &workspace.root_manifest)];
    for package in &packages {
        let path = workspace.display(package.manifest_path.as_std_path());
        if let Some(facts) = workspace.manifests.get(&package.id) {
            manifests.push((path, facts));
        }
    }
    let mut masks = Masks {
        workspace_package: workspace.root_manifest.is_workspace_root,
        // Asked for where it could be needed tomorrow, too: an edit must not break the build.
        inline: packages.len() > 1,
        tables: Vec::new(),
        lock_file: workspace.lock_file.is_some(),
        kept: Vec::new(),
    };
    for (_, facts) in &manifests {
        look_at(&mut masks, facts);
    }
    masks.tables.sort();
    masks.tables.dedup();
    for (path, facts) in &manifests {
        let expected = mask_table(facts.table.clone());
        let ours = toml::from_str::<Table>(&masked(&masks, &facts.text));
        if ours.ok().as_ref() != Some(&expected) {
            return Err(format!(
                "`{path}` writes a version in a way that a line-based tool cannot mask"
            ));
        }
    }
    early_versions(workspace, order)?;
    if let Some(reason) = named_by_version(workspace, &packages).into_values().next() {
        return Err(reason);
    }
    if workspace.lock_file.is_some() {
        let Some(lock) = &workspace.locked else {
            return Err("`Cargo.lock` is no TOML".to_owned());
        };
        masks.kept = kept(lock, &names);
        check_lock(lock, &names)?;
    }
    Ok(masks)
}

/// Early packages are compiled for real: what depends on them must find their version.
fn early_versions(workspace: &Workspace, order: &Order<'_>) -> Result<(), String> {
    for package in &order.early {
        let table = workspace
            .manifests
            .get(&package.id)
            .map(|facts| &facts.table);
        let version = table.and_then(|table| table.get("package")?.get("version"));
        if version.is_some_and(Value::is_table) || !package.version.pre.is_empty() {
            return Err(format!(
                "a crate of a registry depends on `{}`, which inherits its version",
                package.name
            ));
        }
    }
    Ok(())
}

/// Packages without a source that are no members: their manifests stay as they are.
fn kept(lock: &Table, masked: &BTreeSet<&str>) -> Vec<String> {
    let mut names: Vec<String> = packages(lock)
        .filter(|package| package.get("source").is_none())
        .filter_map(|package| package.get("name")?.as_str())
        .filter(|name| !masked.contains(name))
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    names
}

fn packages(lock: &Table) -> impl Iterator<Item = &Value> {
    let list = lock.get("package").and_then(Value::as_array);
    list.into_iter().flatten()
}

/// Notes the forms that a manifest uses.
fn look_at(masks: &mut Masks, facts: &ManifestFacts) {
    let mut section = String::new();
    for line in facts.text.lines() {
        if let Some(header) = header(line) {
            section = header.to_owned();
        }
        let has_version = version_at(line).is_some();
        masks.inline |= has_version && has_path(line);
        if line.starts_with("version") && has_version {
            let name = section
                .rsplit_once("dependencies.")
                .map(|(_, name)| name.to_owned());
            let is_by_path = |name: &String| {
                dependency_tables(&facts.table)
                    .iter()
                    .filter_map(|table| table.get(name))
                    .any(|dependency| dependency.get("path").is_some())
            };
            masks.tables.extend(name.filter(is_by_path));
        }
    }
}

/// What the expressions make of a manifest.
fn masked(masks: &Masks, text: &str) -> String {
    let mut section = String::new();
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        if let Some(header) = header(line) {
            section = header.to_owned();
        }
        let is_package =
            section == "package" || (section == "workspace.package" && masks.workspace_package);
        let is_table = masks
            .tables
            .iter()
            .any(|name| section.ends_with(&format!("dependencies.{name}")));
        let starts = line.starts_with("version") && version_at(line).is_some();
        lines.push(if is_package && starts {
            replaced(line, MASKED_VERSION)
        } else if (is_table && starts) || (masks.inline && has_path(line)) {
            replaced(line, "*")
        } else {
            line.to_owned()
        });
    }
    lines.join("\n")
}
fn check_lock(lock: &Table, masked: &BTreeSet<&str>) -> Result<(), String> {
    // Where two packages have one name, those that depend on one of them name its version.
    let mut dependencies = packages(lock)
        .filter_map(|package| package.get("dependencies")?.as_array())
        .flatten()
        .filter_map(Value::as_str)
        .filter_map(|dependency| Some(dependency.split_once(' ')?.0));
    match dependencies.find(|name| masked.contains(name)) {
        Some(name) => Err(format!("the lock file names the version of `{name}`")),
        None => Ok(()),
    }
}

/// The name in a line like `[package]`.
fn header(line: &str) -> Option<&str> {
    line.strip_prefix('[')?
        .split_once(']')
        .map(|(name, _)| name)
}

/// `path = ` as a key of an inline table.
fn has_path(line: &str) -> bool {
    line.match_indices("path").any(|(at, _)| {
        line[..at].ends_with(['{', ',', ' '])
            && line[at + 4..].trim_start_matches(' ').starts_with('=')
    })
}

/// Where the value of `version = "…"` is in a line, without its quotes.
fn version_at(line: &str) -> Option<std::ops::Range<usize>> {
    line.match_indices("version").find_map(|(at, word)| {
        let rest = &line[at + word.len()..];
        let rest = rest.trim_start_matches(' ').strip_prefix('=')?;
        let value = rest.trim_start_matches(' ').strip_prefix('"')?;
        let start = line.len() - value.len();
        Some(start..start + value.find('"')?)
    })
}

fn replaced(line: &str, version: &str) -> String {
    match version_at(line) {
        Some(range) => format!("{}{version}{}", &line[..range.start], &line[range.end..]),
        None => line.to_owned(),
    }
}

/// All tables of dependencies in a manifest.
fn dependency_tables(manifest: &Table) -> Vec<&Table> {
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets = targets.into_iter().flat_map(Table::values);
    let workspace = manifest.get("workspace");
    targets
        .chain(workspace)
        .filter_map(Value::as_table)
        .chain([manifest])
        .flat_map(|table| kinds.iter().filter_map(|kind| table.get(*kind)?.as_table()))
        .collect()
}

/// A manifest as the masks are meant to leave it.
fn mask_table(mut manifest: Table) -> Table {
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    let mask_dependencies = |table: &mut Table| {
        for kind in kinds {
            let Some(Value::Table(dependencies)) = table.get_mut(kind) else {
                continue;
            };
            for (_, dependency) in dependencies.iter_mut() {
                if dependency.get("path").is_some() && dependency.get("version").is_some() {
                    dependency["version"] = Value::from("*");
                }
            }
        }
    };
    mask_dependencies(&mut manifest);
    for (_, target) in tables_below(&mut manifest, "target") {
        mask_dependencies(target);
    }
    if let Some(Value::Table(workspace)) = manifest.get_mut("workspace") {
        mask_dependencies(workspace);
        if let Some(Value::Table(package)) = workspace.get_mut("package") {
            mask_version(package);
        }
    }
    if let Some(Value::Table(package)) = manifest.get_mut("package") {
        mask_version(package);
    }
    manifest
}

fn mask_version(package: &mut Table) {
    if let Some(version @ Value::String(_)) = package.get_mut("version") {
        *version = Value::from(MASKED_VERSION);
    }
}

fn tables_below<'a>(
    manifest: &'a mut Table,
    key: &str,
) -> impl Iterator<Item = (&'a String, &'a mut Table)> {
    let below = manifest.get_mut(key).and_then(Value::as_table_mut);
    below
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name, value.as_table_mut()?)))
}
