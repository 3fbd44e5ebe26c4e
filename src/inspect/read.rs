//! Reads what all images of a project have in common.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::Metadata;

use super::index::PackageIndex;
use super::package::folder;
use super::project::Project;
use super::request::Request;
use super::{cargo, compiler, config, elsewhere, manifest, place, programs, targets, toolchain};
use crate::error::Result;
use crate::settings::{ManifestTable, read_table};

/// The workspaces that path dependencies from outside may inherit from.
fn foreign_roots(metadata: &Metadata, index: &PackageIndex) -> Result<Vec<PathBuf>> {
    let mut roots = BTreeSet::new();
    let mut others = BTreeSet::new();
    let locals = metadata
        .packages
        .iter()
        .filter(|package| package.source.is_none());
    for package in locals.filter(|package| !index.is_member(&package.id)) {
        let folder = folder(package);
        for manifest in folder
            .ancestors()
            .skip(1)
            .map(|folder| folder.join("Cargo.toml"))
        {
            if roots.contains(&manifest) {
                break;
            }
            if others.contains(&manifest)
                || !manifest.is_file()
                || manifest.parent() == Some(metadata.workspace_root.as_std_path())
            {
                continue;
            }
            if manifest::read(&manifest)?.is_workspace_root {
                roots.insert(manifest);
                break;
            }
            others.insert(manifest);
        }
    }
    Ok(roots.into_iter().collect())
}

impl Project {
    /// Asks cargo, and reads what it does not say.
    pub(super) fn read(request: &Request<'_>) -> Result<Self> {
        // rustup would run the compiler of a toolchain that the repository has with it: nothing is asked before
        // that is refused.
        toolchain::find(&request.current_dir)?;
        let (outcome, compiler) = std::thread::scope(|scope| {
            let compiler = scope.spawn(|| compiler::compiler(&request.current_dir));
            let outcome = cargo::metadata(request);
            (outcome, compiler.join().ok().flatten())
        });
        let cargo::Outcome {
            mut metadata,
            lock_file,
            is_lock_file_outdated,
        } = outcome?;
        elsewhere::add(request, &mut metadata)?;
        targets::normalize(&mut metadata)?;
        let root = metadata.workspace_root.clone().into_std_path_buf();
        let index = PackageIndex::of(&metadata);
        let root_manifest = manifest::read(&root.join("Cargo.toml"))?;
        let mut manifests = BTreeMap::new();
        for package in metadata.packages.iter().filter(|p| p.source.is_none()) {
            let facts = manifest::read(package.manifest_path.as_std_path())?;
            manifests.insert(package.id.clone(), facts);
        }
        let repository = root
            .ancestors()
            .find(|folder| folder.join(".git").exists())
            .map(Path::to_path_buf);
        Ok(Self {
            table: read_table(
                &root.join("Cargo.toml"),
                &root_manifest.text,
                ManifestTable::Workspace,
            )?,
            bounds: place::bounds(&metadata, repository.as_deref()),
            repository,
            foreign_roots: foreign_roots(&metadata, &index)?,
            toolchain: toolchain::find(&root)?,
            cargo_configs: config::find(&root)?,
            member_configs: config::of_members(
                &root,
                metadata
                    .workspace_packages()
                    .into_iter()
                    .filter_map(|package| package.manifest_path.parent())
                    .map(|folder| folder.as_std_path()),
            ),
            programs: programs::find(&[&request.current_dir, &root]),
            root,
            index,
            metadata,
            locked: lock_file
                .as_deref()
                .and_then(|text| toml::from_str(text).ok()),
            lock_file,
            is_lock_file_outdated,
            compiler,
            manifests,
            root_manifest,
        })
    }
}
