//! A package, and what it calls while it compiles.

use std::collections::BTreeMap;

use cargo_metadata::{DependencyKind, Package, PackageId};

use super::super::said::PackageSources;
use crate::inspect::project::Project;

/// What is found of each package.
pub(super) type Found = BTreeMap<PackageId, PackageSources>;

pub(super) struct Reader<'a> {
    pub(super) project: &'a Project,
    pub(super) found: &'a Found,
    pub(super) package: &'a Package,
}

impl Reader<'_> {
    pub(super) fn has_script(&self) -> bool {
        let mut targets = self.package.targets.iter();
        targets.any(|target| target.is_custom_build())
    }

    /// The packages that one depends on.
    pub(super) fn direct(&self, id: &PackageId, kind: DependencyKind) -> Vec<&Package> {
        let node = self.project.node(id);
        let dependencies = node.into_iter().flat_map(|node| &node.deps);
        let of_kind = dependencies.filter(|dependency| {
            let mut kinds = dependency.dep_kinds.iter();
            kinds.any(|known| known.kind == kind)
        });
        of_kind
            .map(|dependency| self.project.package_of(&dependency.pkg))
            .collect()
    }

    /// The local packages that one depends on.
    pub(super) fn reached(&self, id: &PackageId, kind: DependencyKind) -> Vec<&Package> {
        let mut reached = self.direct(id, kind);
        reached.retain(|package| self.found.contains_key(&package.id) && package.id != *id);
        reached
    }

    /// Packages with all local ones that they depend on.
    pub(super) fn with_all_below<'p>(&'p self, mut packages: Vec<&'p Package>) -> Vec<&'p Package> {
        let mut at = 0;
        while let Some(package) = packages.get(at) {
            for below in self.reached(&package.id, DependencyKind::Normal) {
                if !packages.iter().any(|known| known.id == below.id) {
                    packages.push(below);
                }
            }
            at += 1;
        }
        packages
    }

    /// The procedural macros of the workspace that the package can use, also those that another package hands on.
    pub(super) fn macros(&self) -> Vec<&Package> {
        let direct = self.reached(&self.package.id, DependencyKind::Normal);
        let all = self.with_all_below(direct).into_iter();
        let is_macro =
            |package: &&Package| package.targets.iter().any(|target| target.is_proc_macro());
        all.filter(is_macro).collect()
    }
}
