//! The edges of `cargo metadata`, joined with the lines of the manifests that asked for them.

use std::collections::HashMap;

use cargo_metadata::{Dependency, DependencyKind, Metadata, Package, PackageId};

/// An edge of `cargo metadata`, with the manifest's line for it.
pub(super) struct Edge<'a> {
    pub(super) declared: &'a Dependency,
    pub(super) to: usize,
}

/// The packages and edges of `cargo metadata`, ready to be walked for any platform.
pub(crate) struct Index<'a> {
    pub(super) packages: Vec<&'a Package>,
    pub(super) positions: HashMap<&'a PackageId, usize>,
    pub(super) edges: Vec<Vec<Edge<'a>>>,
    /// Dev-dependencies: resolver 1 activates their features in every build.
    pub(super) development: Vec<Vec<Edge<'a>>>,
}

impl<'a> Index<'a> {
    /// Joins the resolved dependencies with the lines of the manifests that asked for them.
    pub(crate) fn new(metadata: &'a Metadata) -> Self {
        let packages: Vec<&Package> = metadata.packages.iter().collect();
        let positions: HashMap<&PackageId, usize> = packages
            .iter()
            .enumerate()
            .map(|(at, package)| (&package.id, at))
            .collect();
        let (edges, development) = edges(metadata, &packages, &positions);
        Self {
            packages,
            positions,
            edges,
            development,
        }
    }
}

fn edges<'a>(
    metadata: &'a Metadata,
    packages: &[&'a Package],
    index: &HashMap<&PackageId, usize>,
) -> (Vec<Vec<Edge<'a>>>, Vec<Vec<Edge<'a>>>) {
    let none = || -> Vec<Vec<Edge<'a>>> { packages.iter().map(|_| Vec::new()).collect() };
    let (mut edges, mut development) = (none(), none());
    for node in metadata.resolve.iter().flat_map(|resolve| &resolve.nodes) {
        let Some(&from) = index.get(&node.id) else {
            continue;
        };
        let mut named: HashMap<&str, Vec<_>> = HashMap::new();
        for dep in &node.deps {
            if let Some(&to) = index.get(&dep.pkg) {
                let name = packages[to].name.as_str();
                named.entry(name).or_default().push((dep, to));
            }
        }
        for declared in &packages[from].dependencies {
            let candidates = named.get(declared.name.as_str());
            let candidates = candidates.map_or(&[][..], Vec::as_slice);
            let fits = |to: usize| declared.req.matches(&packages[to].version);
            // Two packages of one name are told apart by what the code calls them.
            let called = key_of(declared).replace('-', "_");
            let best = candidates
                .iter()
                .find(|(dep, to)| fits(*to) && dep.name.as_str() == called)
                .or_else(|| candidates.iter().find(|(_, to)| fits(*to)))
                .or_else(|| candidates.first());
            let list = match declared.kind {
                DependencyKind::Development => &mut development,
                _ => &mut edges,
            };
            if let Some((_, to)) = best {
                list[from].push(Edge { declared, to: *to });
            }
        }
    }
    (edges, development)
}

/// The name that the manifest gives a dependency.
pub(super) fn key_of(declared: &Dependency) -> &str {
    declared.rename.as_deref().unwrap_or(&declared.name)
}
