//! The part of the workspace that a program is built from.
//!
//! Two `awk` programs cut the manifest of the root and the lock file down to it. They know lines and not
//! TOML, so what they make of this project is worked out here first. Which features the other members ask for
//! cannot be read off a lock file: cargo takes away what is left of those, and the build checks that it adds
//! nothing.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, Package, PackageId};
use toml::{Table, Value};

use super::script;
use crate::decide::inputs::Order;
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::{ManifestFacts, Workspace, folder};
use crate::paths::{is_in, relative, slashed};
use crate::plan::Reduction;
use crate::shell::is_plain;

const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// What the skeleton is made of.
pub(crate) struct Scope<'a> {
    /// The local packages in it.
    pub(super) packages: Vec<&'a Package>,
    /// The manifest of the root.
    pub(super) root: Cow<'a, ManifestFacts>,
    /// The lock file, as far as it is TOML.
    pub(super) locked: Option<Cow<'a, Table>>,
    pub(crate) reduction: Option<Reduction>,
}

impl<'a> Scope<'a> {
    fn whole(workspace: &'a Workspace) -> Self {
        Self {
            packages: workspace.local_packages().collect(),
            root: Cow::Borrowed(&workspace.root_manifest),
            locked: workspace.locked.as_ref().map(Cow::Borrowed),
            reduction: None,
        }
    }

    /// Whether a manifest, or the lock file, is part of it.
    pub(crate) fn has_file(&self, workspace: &Workspace, path: &Path) -> bool {
        path.parent() == Some(&workspace.root)
            || self.packages.iter().any(|it| it.manifest_path == path)
    }

    /// What tells it from those of other images.
    pub(super) fn ids(&self) -> Vec<PackageId> {
        self.packages.iter().map(|it| it.id.clone()).collect()
    }
}

/// Decides on the part of the workspace that `shipped` packages are built from.
///
/// `needed` are the files and folders that it is compiled from, `vendored` those that are copied whole.
pub(crate) fn decide<'a>(
    workspace: &'a Workspace,
    (order, is_private): (&Order<'_>, bool),
    shipped: &[&PackageId],
    (needed, vendored): (&HashSet<&Path>, &HashSet<&Path>),
    diagnostics: &mut Vec<Diagnostic>,
) -> Scope<'a> {
    let packages = closure(workspace, shipped);
    let ids: BTreeSet<&PackageId> = packages.iter().map(|package| &package.id).collect();
    let mut others = workspace.members().filter(|it| !ids.contains(&it.id));
    let Some(text) = &workspace.lock_file else {
        return Scope::whole(workspace);
    };
    let Some(other) = others.next() else {
        return Scope::whole(workspace);
    };
    let private = is_private.then(|| "private code is fetched before anything is built".to_owned());
    let reduced = private
        .or_else(|| refuse(workspace, order, &packages, needed, vendored))
        .map_or(Ok(()), Err)
        .and_then(|()| reduce(workspace, packages, text));
    reduced.unwrap_or_else(|reason| {
        diagnostics.push(
            Diagnostic::info(
                Code::WorkspaceUnreduced,
                format!(
                    "an edit of an unrelated member, such as `{}`, can compile the dependencies again",
                    other.name
                ),
            )
            .note(reason)
            .help("`cargo dockerize skeleton` leaves other members out in every case"),
        );
        Scope::whole(workspace)
    })
}

/// The local packages that cargo reads for some of them: all that manifests name by path, whatever the features.
fn closure<'a>(workspace: &'a Workspace, shipped: &[&PackageId]) -> Vec<&'a Package> {
    let root = workspace.metadata.root_package();
    let mut queue: Vec<&Package> = shipped.iter().map(|id| workspace.package_of(id)).collect();
    // The root's manifest is read in any case.
    queue.extend(root);
    let patches = &workspace.root_manifest.patches;
    queue.extend(
        workspace
            .local_packages()
            .filter(|it| patches.contains(&folder(it))),
    );
    let mut found: BTreeSet<&PackageId> = BTreeSet::new();
    while let Some(package) = queue.pop() {
        if found.insert(&package.id) {
            let is_member = workspace.is_member(&package.id);
            let dependencies = package.dependencies.iter();
            let is_read = |kind| is_member || kind != DependencyKind::Development;
            let dependencies = dependencies.filter(|it| is_read(it.kind));
            queue.extend(dependencies.filter_map(|it| workspace.at_path_of(it)));
            let resolved = workspace.node(&package.id).into_iter();
            let resolved = resolved.flat_map(|node| &node.dependencies);
            let resolved = resolved.map(|id| workspace.package_of(id));
            queue.extend(resolved.filter(|package| package.source.is_none()));
        }
    }
    let locals = workspace.local_packages();
    locals.filter(|it| found.contains(&it.id)).collect()
}

/// Why a workspace is not reduced, before anything is tried.
fn refuse(
    workspace: &Workspace,
    order: &Order<'_>,
    packages: &[&Package],
    needed: &HashSet<&Path>,
    vendored: &HashSet<&Path>,
) -> Option<String> {
    if let Some(early) = order.early.first() {
        let name = &early.name;
        return Some(format!(
            "crates of a registry depend on the member `{name}`"
        ));
    }
    if workspace.root_manifest.table.contains_key("replace") {
        return Some("`Cargo.toml` has `[replace]`".to_owned());
    }
    if workspace
        .cargo_configs
        .iter()
        .any(|it| it.table.contains_key("patch"))
    {
        return Some("cargo's configuration has `[patch]`".to_owned());
    }
    let is_whole = |path: &Path| is_in(path, |folder| vendored.contains(folder));
    let mut members = packages.iter().filter(|it| workspace.is_member(&it.id));
    if let Some(member) = members.find(|it| is_whole(&folder(it))) {
        return Some(format!("the member `{}` is copied whole", member.name));
    }
    for name in ["Cargo.toml", "Cargo.lock"] {
        let path = workspace.root.join(name);
        if is_in(&path, |it| needed.contains(it)) || is_whole(&path) {
            return Some(format!("`{name}` is read by what is compiled"));
        }
    }
    let is_odd = |package: &&&Package| {
        let path = slashed(&relative(&folder(package), &workspace.root));
        !is_plain(&path) || !is_plain(&package.name)
    };
    let odd = packages.iter().find(is_odd)?;
    Some(format!(
        "a path of `{}` is not a plain word",
        odd.name.escape_debug()
    ))
}

/// Reduces the workspace as the build does, and checks the result; `Err` says what is wrong with it.
fn reduce<'a>(
    workspace: &'a Workspace,
    packages: Vec<&'a Package>,
    lock_file: &str,
) -> Result<Scope<'a>, String> {
    let members = packages.iter().filter(|it| workspace.is_member(&it.id));
    let mut members: Vec<String> = members
        .map(|package| slashed(&relative(&folder(package), &workspace.root)))
        .collect();
    members.sort();
    let mut names: Vec<String> = packages.iter().map(|it| it.name.to_string()).collect();
    names.sort();
    names.dedup();
    let facts = packages.iter().filter(|it| workspace.is_member(&it.id));
    let facts = facts.filter_map(|it| workspace.manifests.get(&it.id));
    let facts: Vec<&ManifestFacts> = facts.collect();
    let mut texts: Vec<&str> = facts.iter().map(|facts| facts.text.as_str()).collect();
    texts.push(&workspace.root_manifest.text);
    let text = script::manifest(&members, &texts, &workspace.root_manifest.text);
    let table = toml::from_str(&text).map_err(|_| unlike("Cargo.toml"))?;
    let tables = facts.iter().map(|facts| &facts.table);
    check_manifest(&workspace.root_manifest.table, &table, &members, tables)?;
    let locked = check_lock(workspace, &packages, &script::lock(&names, lock_file))?;
    let root = ManifestFacts {
        text,
        table,
        ..workspace.root_manifest.clone()
    };
    Ok(Scope {
        packages,
        root: Cow::Owned(root),
        locked: Some(Cow::Owned(locked)),
        reduction: Some(Reduction {
            members,
            packages: names,
        }),
    })
}

fn unlike(file: &str) -> String {
    format!("`{file}` is written in a way that a line-based tool cannot reduce")
}

/// Only the lists of members and dependencies differ, and what is inherited is there.
fn check_manifest<'a>(
    old: &Table,
    new: &Table,
    members: &[String],
    manifests: impl Iterator<Item = &'a Table>,
) -> Result<(), String> {
    let kept = |table: &Table| -> BTreeSet<String> {
        let dependencies = table.get("workspace").and_then(|it| it.get("dependencies"));
        let dependencies = dependencies.and_then(Value::as_table).into_iter();
        dependencies
            .flatten()
            .map(|(name, _)| name.clone())
            .collect()
    };
    let kept = kept(new);
    let mut expected = old.clone();
    if let Some(workspace) = expected.get_mut("workspace").and_then(Value::as_table_mut) {
        workspace.insert("members".to_owned(), Value::from(members.to_vec()));
        workspace.remove("default-members");
        if let Some(Value::Table(dependencies)) = workspace.get_mut("dependencies") {
            dependencies.retain(|name, _| kept.contains(name));
        }
    }
    if expected != *new {
        return Err(unlike("Cargo.toml"));
    }
    for manifest in manifests {
        let targets = manifest.get("target").and_then(Value::as_table);
        let targets = targets.into_iter().flat_map(Table::values);
        let tables = targets.filter_map(Value::as_table).chain([manifest]);
        let lists = tables.flat_map(|table| KINDS.map(|kind| table.get(kind)?.as_table()));
        let mut inherited = lists
            .flatten()
            .flatten()
            .filter(|(_, dependency)| dependency.get("workspace").is_some());
        if inherited.any(|(name, _)| !kept.contains(name)) {
            return Err(unlike("Cargo.toml"));
        }
    }
    Ok(())
}

/// The reduced lock file: each package as it was, and all that cargo resolved for these packages.
fn check_lock(workspace: &Workspace, packages: &[&Package], text: &str) -> Result<Table, String> {
    let reduced: Table = toml::from_str(text).map_err(|_| unlike("Cargo.lock"))?;
    let full = workspace
        .locked
        .as_ref()
        .ok_or_else(|| unlike("Cargo.lock"))?;
    let version = full.get("version").and_then(Value::as_integer);
    if !matches!(version, Some(3 | 4)) {
        return Err("`Cargo.lock` has an old format".to_owned());
    }
    let list = |table| -> Vec<&Value> {
        let packages = Table::get(table, "package").and_then(Value::as_array);
        packages.into_iter().flatten().collect()
    };
    let mut all = list(full).into_iter();
    // In the order of the file.
    if !list(&reduced)
        .iter()
        .all(|it| all.any(|other| other == *it))
    {
        return Err(unlike("Cargo.lock"));
    }
    let text = |value: &Value, key: &str| value.get(key)?.as_str().map(str::to_owned);
    let is_odd = |value: &&Value| {
        let source = text(value, "source").unwrap_or_default();
        let (_, query) = source.split_once('?').unwrap_or_default();
        let query = query.split('#').next().unwrap_or_default();
        let is_safe = |char: char| char.is_ascii_alphanumeric() || "=&._-".contains(char);
        version == Some(3) && !query.chars().all(is_safe)
    };
    if list(&reduced).iter().any(is_odd) {
        return Err(
            "`Cargo.lock` has an old format, and a branch that the new one writes in another way"
                .to_owned(),
        );
    }
    let known: BTreeMap<_, _> = list(&reduced)
        .into_iter()
        .filter_map(|it| Some(((text(it, "name")?, text(it, "version")?), it)))
        .collect();
    let reached = reached(workspace, packages);
    let missing = reached.iter().find(|it| {
        let key = (it.name.to_string(), it.version.to_string());
        !known.contains_key(&key)
    });
    match missing {
        Some(package) => Err(format!(
            "the walk through `Cargo.lock` misses `{}`",
            package.name
        )),
        None => Ok(reduced),
    }
}

/// What cargo resolved for these packages, on the platforms that an image can have.
fn reached<'a>(workspace: &'a Workspace, packages: &[&'a Package]) -> Vec<&'a Package> {
    let mut queue: Vec<&PackageId> = packages.iter().map(|it| &it.id).collect();
    let mut found: BTreeSet<&PackageId> = BTreeSet::new();
    while let Some(id) = queue.pop() {
        if found.insert(id) {
            let below = workspace.node(id).into_iter();
            queue.extend(below.flat_map(|node| &node.dependencies));
        }
    }
    let packages = workspace.metadata.packages.iter();
    packages.filter(|it| found.contains(&it.id)).collect()
}
