//! The skeleton as files: what the skeleton stage of a Dockerfile makes, cut down to one program.
//!
//! The stage can only work with lines, and has to take every member. Here manifests are read and written
//! as TOML: versions of the project, comments, tests and other members' settings are not in them, and the
//! lock file is what cargo makes of the rest. `docker build --build-context skeleton=DIR` takes this in
//! place of the stage; dependencies are then compiled only when one of theirs changes.

mod manifest;

#[cfg(any(fuzzing, test))]
pub(crate) use self::manifest::masked_lock;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Package, PackageId};

use crate::decide::named_by_version;
use crate::error::Result;
use crate::inspect::{self, Workspace, folder};
use crate::limits;
use crate::output::GeneratedFile;
use crate::paths::{normalize, relative, slashed};
use crate::plan::layout::{MASKED_VERSION, STUB};
use crate::plan::{Image, StubGroup, Stubs};

/// The folder of the stage that the files go to; see the templates.
const STAGE_FOLDER: &str = "build";

/// Makes the files of the skeleton of an image, with paths relative to the folder that they go to.
///
/// # Errors
///
/// cargo cannot make a lock file for the program alone.
pub fn skeleton(workspace: &Workspace, image: &Image) -> Result<Vec<GeneratedFile>> {
    let context = normalize(&workspace.root.join(&image.files.context));
    let place = |path: &Path| {
        let inside = relative(path, &context);
        PathBuf::from(STAGE_FOLDER).join(slashed(&inside))
    };
    let is_vendored = |package: &Package| {
        let folder = folder(package);
        let mut whole = image.context.vendored.iter().flat_map(|copy| &copy.sources);
        whole.any(|path| folder.starts_with(normalize(&context.join(path))))
    };
    let packages = packages(workspace);
    let (vendored, own): (Vec<&Package>, Vec<&Package>) = packages
        .iter()
        .copied()
        .partition(|package| is_vendored(package));
    let named = named_by_version(workspace, &own);
    let version = |package: &Package| match named.contains_key(package.name.as_str()) {
        true => package.version.to_string(),
        false => MASKED_VERSION.to_owned(),
    };
    let mut files = Vec::new();
    let mut add = |path: &Path, text: String| {
        let path = place(path);
        files.push(GeneratedFile { path, text });
    };
    let root = workspace.root.join("Cargo.toml");
    add(&root, manifest::root(workspace, &packages, &version)?);
    for package in own.iter().filter(|package| package.manifest_path != root) {
        if let Some(facts) = workspace.manifests.get(&package.id) {
            let text = manifest::member(workspace, &facts.table, &version(package))?;
            add(package.manifest_path.as_std_path(), text);
        }
    }
    for config in &workspace.cargo_configs {
        add(&config.path, config.text.clone());
    }
    for path in stubs(&image.skeleton.stubs) {
        let path = normalize(&workspace.root.join(path));
        add(&path, STUB.join("\n") + "\n");
    }
    if let Some(lock) = &workspace.lock_file {
        let mut tree = files.clone();
        tree.extend(vendored_files(workspace, &vendored, &place)?);
        let names: BTreeSet<&str> = own
            .iter()
            .map(|package| package.name.as_str())
            .filter(|name| !named.contains_key(name))
            .collect();
        let lock_path = place(&workspace.root.join("Cargo.lock"));
        let text = manifest::masked_lock(lock, &names);
        tree.push(GeneratedFile {
            path: lock_path.clone(),
            text,
        });
        let text = inspect::cut_lock_file(&workspace.root, &tree, &lock_path)?;
        files.push(GeneratedFile {
            path: lock_path,
            text,
        });
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(files)
}

/// The local packages that cargo reads for the shipped one: all that manifests name by path, whatever the
/// features.
fn packages(workspace: &Workspace) -> Vec<&Package> {
    let has_development = workspace.unifies_features();
    let locals = || workspace.local_packages();
    let mut found: BTreeSet<&PackageId> = BTreeSet::new();
    // Crates of a registry may depend on local ones by `[patch]`: all of those are taken.
    let is_patched =
        |package: &&Package| workspace.root_manifest.patches.contains(&folder(package));
    let mut queue: Vec<&Package> = locals().filter(is_patched).collect();
    queue.push(workspace.package());
    while let Some(package) = queue.pop() {
        if !found.insert(&package.id) {
            continue;
        }
        for dependency in &package.dependencies {
            let is_development = dependency.kind == DependencyKind::Development;
            if has_development || !is_development {
                queue.extend(workspace.at_path_of(dependency));
            }
        }
    }
    locals()
        .filter(|package| found.contains(&package.id))
        .collect()
}

/// What cargo needs beside the skeleton to make the lock file: manifests and empty targets of packages that
/// the Dockerfile copies whole.
fn vendored_files(
    workspace: &Workspace,
    vendored: &[&Package],
    place: &dyn Fn(&Path) -> PathBuf,
) -> Result<Vec<GeneratedFile>> {
    let mut files = Vec::new();
    let mut add = |path: &Path, text: String| {
        let path = place(path);
        files.push(GeneratedFile { path, text });
    };
    for package in vendored {
        let path = package.manifest_path.as_std_path();
        add(path, limits::read(path, limits::TEXT)?);
        for target in &package.targets {
            add(target.src_path.as_std_path(), String::new());
        }
    }
    for path in &workspace.foreign_roots {
        add(path, limits::read(path, limits::TEXT)?);
    }
    let is_new = |folder: &&PathBuf| {
        !vendored.iter().any(|package| {
            package
                .manifest_path
                .parent()
                .is_some_and(|p| p == folder.as_path())
        })
    };
    for folder in workspace.root_manifest.patches.iter().filter(is_new) {
        let path = folder.join("Cargo.toml");
        add(&path, limits::read(&path, limits::TEXT)?);
        add(&folder.join("src/lib.rs"), String::new());
    }
    Ok(files)
}

/// Paths of the empty targets, relative to the workspace's root.
fn stubs(stubs: &Stubs) -> impl Iterator<Item = String> {
    let groups = stubs.groups.iter().flat_map(StubGroup::paths);
    stubs.files.iter().cloned().chain(groups)
}
