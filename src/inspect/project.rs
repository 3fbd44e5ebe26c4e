//! What all images of a project have in common.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cargo_metadata::{Dependency, Metadata, Node, Package, PackageId};

use super::compiler::Compiler;
use super::config::CargoConfig;
use super::index::PackageIndex;
use super::manifest::ManifestFacts;
use super::programs::CargoProgram;
use super::toolchain::ToolchainFile;
use crate::settings::SettingsTable;

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

impl Project {
    /// A package by the id that cargo gave it.
    ///
    /// # Panics
    ///
    /// The id is not from this project.
    pub fn package_of(&self, id: &PackageId) -> &Package {
        &self.metadata.packages[self.index.packages[id]]
    }

    /// The package of this machine that a dependency names by its path.
    pub(crate) fn at_path_of(&self, dependency: &Dependency) -> Option<&Package> {
        let manifest = dependency.path.as_ref()?.join("Cargo.toml");
        let at = self.index.manifests.get(&manifest)?;
        self.metadata.packages.get(*at)
    }

    /// What a package was resolved to depend on.
    pub fn node(&self, id: &PackageId) -> Option<&Node> {
        let nodes = self.metadata.resolve.as_ref().map(|resolve| &resolve.nodes);
        nodes?.get(*self.index.nodes.get(id)?)
    }

    /// Whether a package is a member of the workspace.
    pub fn is_member(&self, id: &PackageId) -> bool {
        self.index.is_member(id)
    }

    /// The members of the workspace.
    pub fn members(&self) -> impl Iterator<Item = &Package> {
        let packages = self.metadata.packages.iter();
        packages.filter(|package| self.is_member(&package.id))
    }

    /// Whether the workspace has other members than one.
    pub fn has_members(&self) -> bool {
        self.index.members.len() > 1
    }
}
