//! Where things are in what cargo said: its own lookups go through all of it each time.

use std::collections::{HashMap, HashSet};

use cargo_metadata::camino::Utf8PathBuf;
use cargo_metadata::{Metadata, Package, PackageId};

/// Places of packages in what cargo said, by their ids.
#[derive(Debug, Default)]
pub struct PackageIndex {
    pub(super) packages: HashMap<PackageId, usize>,
    pub(super) nodes: HashMap<PackageId, usize>,
    /// Packages of this machine, by their manifests.
    pub(super) manifests: HashMap<Utf8PathBuf, usize>,
    pub(super) members: HashSet<PackageId>,
    /// How many packages have a name, as the files of their artifacts have it.
    names: HashMap<String, usize>,
}

impl PackageIndex {
    /// Goes through everything once.
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let ids = metadata.packages.iter().map(|package| package.id.clone());
        let nodes = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
        let nodes = nodes.map(|node| node.id.clone());
        let locals = metadata.packages.iter().enumerate();
        let locals = locals.filter(|(_, package)| package.source.is_none());
        let locals = locals.map(|(at, package)| (package.manifest_path.clone(), at));
        let mut names = HashMap::new();
        for package in &metadata.packages {
            *names.entry(file_name(package)).or_default() += 1;
        }
        Self {
            names,
            manifests: locals.collect(),
            packages: ids.zip(0..).collect(),
            nodes: nodes.zip(0..).collect(),
            members: metadata.workspace_members.iter().cloned().collect(),
        }
    }

    /// A package that is named somewhere and described nowhere.
    pub(crate) fn unknown<'a>(&self, metadata: &'a Metadata) -> Option<&'a PackageId> {
        let resolve = metadata.resolve.iter();
        let nodes = resolve.flat_map(|resolve| &resolve.nodes);
        let named = nodes.flat_map(|node| {
            let deps = node.deps.iter().map(|dep| &dep.pkg);
            deps.chain(&node.dependencies).chain([&node.id])
        });
        let mut named = named.chain(&metadata.workspace_members);
        named.find(|id| !self.packages.contains_key(id))
    }

    /// Whether a package is a member of the workspace.
    pub(crate) fn is_member(&self, id: &PackageId) -> bool {
        self.members.contains(id)
    }

    /// Whether another package has a name that cargo cannot tell from that of this one.
    pub(crate) fn has_namesake(&self, package: &Package) -> bool {
        self.names
            .get(&file_name(package))
            .is_some_and(|count| *count > 1)
    }
}

fn file_name(package: &Package) -> String {
    package.name.replace('-', "_")
}
