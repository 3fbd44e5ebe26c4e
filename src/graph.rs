//! The dependency graph of one package as cargo builds it: chosen features, one target, no other member.
//!
//! `cargo metadata` gives the union over the workspace, over dev-dependencies and over all features.
//! This works out what is left of it for one package, with the rules of cargo's feature resolver
//! (<https://doc.rust-lang.org/cargo/reference/resolver.html#feature-resolver-version-2>).

mod index;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use cargo_metadata::{Dependency, DependencyKind, Package, PackageId, TargetKind};

pub(crate) use self::index::Index;
use self::index::{Edge, key_of};
use crate::decision::Origin;
use crate::features::Features;
use crate::platform::Target;

/// One package of the graph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Node {
    /// Features that are active where it is compiled into the program.
    pub(crate) features: BTreeSet<String>,
    /// Features that are active where it is compiled for a build script or a procedural macro.
    pub(crate) host_features: BTreeSet<String>,
    /// Whether it is compiled into the program.
    pub(crate) is_linked: bool,
    /// Whether it is compiled for a build script or a procedural macro.
    pub(crate) is_for_host: bool,
    /// The package that first led to it.
    parent: Option<PackageId>,
}

/// The packages that one build compiles.
#[derive(Debug, Clone)]
pub(crate) struct Graph {
    nodes: BTreeMap<PackageId, Node>,
    names: HashMap<PackageId, (String, String)>,
    root: PackageId,
}

impl Graph {
    /// All packages, in the order of their ids.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = (&PackageId, &Node)> {
        self.nodes.iter()
    }

    /// The crate, and the crates that lead to it.
    pub(crate) fn origin(&self, id: &PackageId) -> Origin {
        /// A longer way tells nobody anything.
        const LONGEST: usize = 32;
        let mut through = Vec::new();
        let mut at = self.nodes.get(id).and_then(|node| node.parent.as_ref());
        while let Some(parent) = at.filter(|parent| **parent != self.root) {
            if through.len() == LONGEST {
                through.push("…".to_owned());
                break;
            }
            through.push(self.name(parent).0.to_owned());
            at = self.nodes.get(parent).and_then(|node| node.parent.as_ref());
        }
        through.reverse();
        let (name, version) = self.name(id);
        Origin::Crate {
            name: name.to_owned(),
            version: version.to_owned(),
            through,
            rule: None,
        }
    }

    /// Name and version of a package.
    fn name(&self, id: &PackageId) -> (&str, &str) {
        let names = self.names.get(id);
        names.map_or(("", ""), |(name, version)| (name, version))
    }
}

/// Where a package is compiled for: the image, or the machine that builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum For {
    Image,
    Host,
}

struct Resolver<'a> {
    packages: &'a [&'a Package],
    edges: &'a [Vec<Edge<'a>>],
    image: &'a Target,
    host: &'a Target,
    /// Resolver 1 knows no difference between image and host, and no inactive platform.
    is_unified: bool,
    features: HashMap<(usize, For), BTreeSet<String>>,
    optional: HashSet<(usize, For, String)>,
    weak: Vec<(usize, For, String, String)>,
    reached: HashSet<(usize, For)>,
    pending: VecDeque<(usize, For)>,
}

/// Works out the graph of `root` on `image`.
///
/// `is_unified` is resolver 1, for workspaces that have not moved to a later one.
pub(crate) fn resolve(
    index: &Index<'_>,
    root: &PackageId,
    features: &Features,
    image: &Target,
    host: &Target,
    is_unified: bool,
) -> Graph {
    let mut resolver = Resolver {
        packages: &index.packages,
        edges: &index.edges,
        image,
        host,
        is_unified,
        features: HashMap::new(),
        optional: HashSet::new(),
        weak: Vec::new(),
        reached: HashSet::new(),
        pending: VecDeque::new(),
    };
    let at = index.positions[root];
    resolver.activate_root(at, features);
    if is_unified {
        resolver.activate_development(&index.development[at]);
    }
    resolver.run();
    resolver.graph(at)
}

impl<'a> Resolver<'a> {
    fn activate_root(&mut self, root: usize, features: &Features) {
        self.reach(root, For::Image);
        let package = self.packages[root];
        if features.all {
            for name in package.features.keys() {
                self.activate(root, For::Image, name);
            }
            return;
        }
        if !features.no_default {
            self.activate(root, For::Image, "default");
        }
        for name in &features.named {
            let own = format!("{}/", package.name);
            let name = name.strip_prefix(&own).unwrap_or(name);
            self.activate(root, For::Image, name);
        }
    }

    /// What dev-dependencies switch on counts for all builds, though they are not compiled.
    fn activate_development(&mut self, edges: &[Edge<'_>]) {
        for Edge { declared, to } in edges {
            self.reach(*to, For::Image);
            if declared.uses_default_features {
                self.activate(*to, For::Image, "default");
            }
            for feature in &declared.features {
                self.activate(*to, For::Image, feature);
            }
        }
    }

    fn key(&self, at: usize, side: For) -> (usize, For) {
        (at, if self.is_unified { For::Image } else { side })
    }

    fn reach(&mut self, at: usize, side: For) {
        let key = self.key(at, side);
        if self.reached.insert(key) {
            self.pending.push_back(key);
        }
    }

    fn run(&mut self) {
        while let Some((from, side)) = self.pending.pop_front() {
            for index in 0..self.edges[from].len() {
                if !self.edges[from][index].declared.optional {
                    self.follow(from, side, index);
                }
            }
        }
    }

    fn side(&self, edge: &Edge<'_>, side: For) -> For {
        let is_macro = self.packages[edge.to]
            .targets
            .iter()
            .any(|target| target.kind.contains(&TargetKind::ProcMacro));
        if side == For::Host || edge.declared.kind == DependencyKind::Build || is_macro {
            For::Host
        } else {
            For::Image
        }
    }

    /// Whether the edge exists on the platform that its user is compiled for.
    fn is_active(&self, declared: &Dependency, side: For) -> bool {
        let target = match side {
            For::Host => self.host,
            For::Image if declared.kind == DependencyKind::Build => self.host,
            For::Image => self.image,
        };
        target.matches(declared.target.as_ref())
    }

    fn follow(&mut self, from: usize, side: For, index: usize) {
        let edge = &self.edges[from][index];
        let declared = edge.declared;
        if !self.is_seen(declared, side) {
            return;
        }
        let (to, to_side) = (edge.to, self.side(edge, side));
        self.reach(to, to_side);
        if declared.uses_default_features {
            self.activate(to, to_side, "default");
        }
        for feature in &declared.features {
            self.activate(to, to_side, feature);
        }
    }

    fn activate(&mut self, at: usize, side: For, feature: &str) {
        let key = self.key(at, side);
        let package = self.packages[at];
        let Some(values) = package.features.get(feature) else {
            self.value(at, side, feature);
            return;
        };
        if !self
            .features
            .entry(key)
            .or_default()
            .insert(feature.to_owned())
        {
            return;
        }
        for value in values {
            self.value(at, side, value);
        }
    }

    /// One value of a feature: `name`, `dep:name`, `name/feature`, `name?/feature`.
    fn value(&mut self, at: usize, side: For, value: &str) {
        if let Some(name) = value.strip_prefix("dep:") {
            self.enable(at, side, name);
        } else if let Some((name, feature)) = value.split_once('/') {
            if let Some(name) = name.strip_suffix('?') {
                self.weak
                    .push((at, side, name.to_owned(), feature.to_owned()));
                self.pass_on(at, side, name, feature);
                return;
            }
            if self.packages[at].features.contains_key(name) && self.is_optional(at, side, name) {
                self.activate(at, side, name);
            }
            self.enable(at, side, name);
            self.pass_on(at, side, name, feature);
        } else if self.packages[at].features.contains_key(value) {
            self.activate(at, side, value);
        }
    }

    /// Whether the dependency is optional where its user is compiled for.
    fn is_optional(&self, at: usize, side: For, name: &str) -> bool {
        self.edges[at].iter().any(|edge| {
            key_of(edge.declared) == name
                && edge.declared.optional
                && self.is_seen(edge.declared, side)
        })
    }

    /// Whether features follow the edge: resolver 1 does so for all platforms.
    fn is_seen(&self, declared: &Dependency, side: For) -> bool {
        self.is_unified || self.is_active(declared, side)
    }

    /// Whether the edge is not optional, or was enabled.
    ///
    /// This is asked of each edge: one manifest may name a dependency twice, as optional for some
    /// platforms and as required for others, as rusqlite does.
    fn is_enabled(&self, at: usize, side: For, declared: &Dependency) -> bool {
        let (at, side) = self.key(at, side);
        let name = key_of(declared).to_owned();
        !declared.optional || self.optional.contains(&(at, side, name))
    }

    fn enable(&mut self, at: usize, side: For, name: &str) {
        let (_, key_side) = self.key(at, side);
        if !self.is_optional(at, side, name)
            || !self.optional.insert((at, key_side, name.to_owned()))
        {
            return;
        }
        for index in 0..self.edges[at].len() {
            let declared = self.edges[at][index].declared;
            if declared.optional && key_of(declared) == name {
                self.follow(at, side, index);
            }
        }
        let waiting: Vec<_> = self
            .weak
            .iter()
            .filter(|(weak, _, dependency, _)| *weak == at && dependency == name)
            .cloned()
            .collect();
        for (at, side, name, feature) in waiting {
            self.pass_on(at, side, &name, &feature);
        }
    }

    /// Activates a feature of a dependency wherever that is enabled.
    fn pass_on(&mut self, at: usize, side: For, name: &str, feature: &str) {
        for index in 0..self.edges[at].len() {
            let edge = &self.edges[at][index];
            if key_of(edge.declared) == name
                && self.is_enabled(at, side, edge.declared)
                && self.is_seen(edge.declared, side)
            {
                let (to, to_side) = (edge.to, self.side(edge, side));
                self.activate(to, to_side, feature);
            }
        }
    }

    /// Walks from the root over what the features left standing, shortest way first.
    fn graph(&self, root: usize) -> Graph {
        let mut nodes: BTreeMap<PackageId, Node> = BTreeMap::new();
        let mut names = HashMap::new();
        let mut seen = HashSet::from([(root, For::Image)]);
        let mut queue = VecDeque::from([(root, For::Image, None)]);
        while let Some((at, side, parent)) = queue.pop_front() {
            let package = self.packages[at];
            let features = self
                .features
                .get(&self.key(at, side))
                .cloned()
                .unwrap_or_default();
            let node = nodes.entry(package.id.clone()).or_insert_with(|| {
                let name = (package.name.to_string(), package.version.to_string());
                names.insert(package.id.clone(), name);
                Node {
                    parent,
                    ..Node::default()
                }
            });
            match side {
                For::Image => (node.is_linked, node.features) = (true, features),
                For::Host => (node.is_for_host, node.host_features) = (true, features),
            }
            for edge in &self.edges[at] {
                let declared = edge.declared;
                let is_on = self.is_active(declared, side) && self.is_enabled(at, side, declared);
                let to_side = self.side(edge, side);
                if is_on && seen.insert((edge.to, to_side)) {
                    queue.push_back((edge.to, to_side, Some(package.id.clone())));
                }
            }
        }
        Graph {
            names,
            nodes,
            root: self.packages[root].id.clone(),
        }
    }
}
