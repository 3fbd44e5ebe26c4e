//! Packages whose code runs while others compile.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Package, PackageId};

use crate::inspect::project::Project;

/// The local packages whose code runs while others compile: procedural macros, what build scripts call, and what is
/// below both.
pub(in crate::inspect::sources) fn run_early(project: &Project) -> BTreeSet<PackageId> {
    let nodes = project.metadata.resolve.iter().flat_map(|it| &it.nodes);
    let mut below: BTreeMap<&PackageId, Vec<&PackageId>> = BTreeMap::new();
    let mut queue: Vec<&PackageId> = Vec::new();
    for node in nodes {
        for edge in &node.deps {
            if project.package_of(&edge.pkg).source.is_some() {
                continue;
            }
            below.entry(&node.id).or_default().push(&edge.pkg);
            let mut kinds = edge.dep_kinds.iter();
            if kinds.any(|kind| kind.kind == DependencyKind::Build) {
                queue.push(&edge.pkg);
            }
        }
    }
    let is_macro = |package: &&Package| package.targets.iter().any(|target| target.is_proc_macro());
    let macros = project.local_packages().filter(is_macro);
    queue.extend(macros.map(|package| &package.id));
    let mut early = BTreeSet::new();
    while let Some(id) = queue.pop() {
        if early.insert(id.clone()) {
            queue.extend(below.get(id).into_iter().flatten());
        }
    }
    early
}
