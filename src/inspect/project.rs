//! What all images of a project have in common.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, Package, PackageId};

use super::{
    CargoConfig, CargoProgram, Compiler, ManifestFacts, PackageIndex, Request, ToolchainFile,
};
use super::{cargo, config, elsewhere, manifest, place, programs, sources, targets, toolchain};
use crate::error::Result;
use crate::settings::{ManifestTable, SettingsTable, read_table};

/// The inspected facts that do not depend on what is shipped.
#[derive(Debug)]
pub struct Project {
    /// The workspace's root folder, absolute.
    pub root: PathBuf,
    /// What `cargo metadata` says, all features on, for the platforms an image can have.
    pub metadata: Metadata,
    /// `[workspace.metadata.dockerize]`.
    pub table: SettingsTable,
    /// The lock file's text, where there is one; as cargo would update it, where it is out of date.
    pub lock_file: Option<String>,
    /// Whether cargo would change the lock file.
    pub is_lock_file_outdated: bool,
    /// What is in it, as far as it is TOML.
    pub locked: Option<toml::Table>,
    /// The file that pins the toolchain.
    pub toolchain: Option<ToolchainFile>,
    /// The compiler that runs here.
    pub compiler: Option<Compiler>,
    /// `.cargo/config.toml` of the workspace, and those of the folders above it up to the repository, each followed
    /// by the files that it includes.
    pub cargo_configs: Vec<CargoConfig>,
    /// Configuration of members that cargo reads in their own folders only.
    pub member_configs: Vec<CargoConfig>,
    /// Programs of the repository that its configuration of cargo names.
    pub programs: Vec<CargoProgram>,
    /// What the manifests say that `cargo metadata` does not repeat, by package.
    pub manifests: BTreeMap<PackageId, ManifestFacts>,
    /// What the workspace's root manifest says.
    pub root_manifest: ManifestFacts,
    /// The folder that holds `.git`, absolute, where there is one.
    pub repository: Option<PathBuf>,
    /// The folder that belongs to the project, absolute: its settings may have files written in it.
    pub bounds: PathBuf,
    /// Root manifests of other workspaces that path dependencies belong to, absolute.
    pub foreign_roots: Vec<PathBuf>,
    /// Where packages are in what cargo said.
    pub index: PackageIndex,
}

impl Project {
    /// Asks cargo, and reads what it does not say.
    pub(super) fn read(request: &Request<'_>) -> Result<Self> {
        // rustup would run the compiler of a toolchain that the repository has with it: nothing is asked before
        // that is refused.
        toolchain::find(&request.current_dir)?;
        let (outcome, compiler) = std::thread::scope(|scope| {
            let compiler = scope.spawn(|| cargo::compiler(&request.current_dir));
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

    /// Whether features are unified over everything that is built, tests too: what resolver 1 does.
    pub fn unifies_features(&self) -> bool {
        match self.root_manifest.resolver.as_deref() {
            Some(resolver) => resolver == "1",
            // Without the key the edition of the root package decides; a virtual workspace has none.
            None => self
                .metadata
                .root_package()
                .is_none_or(|root| matches!(root.edition.as_str(), "2015" | "2018")),
        }
    }

    /// The packages of the workspace, and those that it names by path.
    pub fn local_packages(&self) -> impl Iterator<Item = &Package> {
        let packages = self.metadata.packages.iter();
        packages.filter(|package| package.source.is_none())
    }

    /// A path as the user would write it: relative to the workspace's root.
    pub fn display(&self, path: &Path) -> String {
        crate::paths::slashed(&crate::paths::relative(path, &self.root))
    }
}

/// The workspaces that path dependencies from outside may inherit from.
fn foreign_roots(metadata: &Metadata, index: &PackageIndex) -> Result<Vec<PathBuf>> {
    let mut roots = BTreeSet::new();
    let mut others = BTreeSet::new();
    let locals = metadata
        .packages
        .iter()
        .filter(|package| package.source.is_none());
    for package in locals.filter(|package| !index.is_member(&package.id)) {
        let folder = sources::folder(package);
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
