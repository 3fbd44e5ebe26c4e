//! Empty targets that stand in for the real ones while the dependencies compile.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use cargo_metadata::{Package, TargetKind};
use serde::Serialize;

use crate::inspect::{Workspace, folder};
use crate::paths::is_in;
use crate::plan::context::Place;

/// From this many folders on, targets of the same place in them are named together.
const MANY: usize = 4;

/// Empty targets, relative to the working directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Stubs {
    /// Targets that are at the same place in many folders.
    pub groups: Vec<Group>,
    /// Folders to make for the others.
    pub folders: Vec<String>,
    /// Libraries: empty files.
    pub libraries: Vec<String>,
    /// Build scripts: they do nothing.
    pub build_scripts: Vec<String>,
    /// Programs: they say what they are and fail.
    pub programs: Vec<String>,
}

/// Targets at the same place in many folders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Group {
    /// What they are.
    pub kind: Kind,
    /// What is before the name of each folder.
    pub before: String,
    /// The names of the folders.
    pub names: Vec<String>,
    /// The folder in each; may be empty.
    pub folder: String,
    /// The file in it.
    pub file: String,
}

/// What an empty target stands in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A library.
    Library,
    /// A build script.
    BuildScript,
    /// A program, a test, a bench or an example.
    Program,
}

impl Kind {
    /// The source of an empty target: it does nothing, and a program says so and fails.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Library => "",
            Self::BuildScript => "fn main() {}\n",
            Self::Program => "fn main() { panic!(\"an empty target\") }\n",
        }
    }
}

impl Group {
    /// The paths of all its targets.
    pub(crate) fn paths(&self) -> impl Iterator<Item = String> {
        let Self {
            before,
            folder,
            file,
            ..
        } = self;
        let folder = if folder.is_empty() {
            String::new()
        } else {
            format!("/{folder}")
        };
        self.names
            .iter()
            .map(move |name| format!("{before}{name}{folder}/{file}"))
    }
}

/// Every target that cargo looks for when it reads the manifests; and where these are, absolute.
pub(super) fn decide(
    workspace: &Workspace,
    vendored: &BTreeSet<PathBuf>,
    place: &Place<'_>,
) -> (Stubs, Vec<PathBuf>) {
    // What is copied whole has its real targets.
    let is_real = |package: &&Package| is_in(&folder(package), |folder| vendored.contains(folder));
    let mut targets: BTreeMap<String, Kind> = BTreeMap::new();
    let mut paths = Vec::new();
    for package in workspace
        .local_packages()
        .filter(|package| !is_real(package))
    {
        for (path, kind) in needed_targets(workspace, package) {
            targets.entry(place.in_workdir(&path)).or_insert(kind);
            paths.push(path);
        }
    }
    let mut stubs = Stubs {
        groups: groups(&mut targets),
        ..Stubs::default()
    };
    for (path, kind) in &targets {
        match kind {
            Kind::Library => &mut stubs.libraries,
            Kind::BuildScript => &mut stubs.build_scripts,
            Kind::Program => &mut stubs.programs,
        }
        .push(path.clone());
    }
    let folders: BTreeSet<&str> = targets
        .keys()
        .filter_map(|path| Some(path.rsplit_once('/')?.0))
        .collect();
    // `mkdir -p` makes the parents too: only the deepest folders are named.
    let parents: BTreeSet<&str> = folders.iter().flat_map(|folder| above(folder)).collect();
    let is_deepest = |folder: &&&str| !parents.contains(**folder);
    stubs.folders = folders
        .iter()
        .filter(is_deepest)
        .map(|folder| (*folder).to_owned())
        .collect();
    (stubs, paths)
}

/// The folders that a path is in, innermost first.
fn above(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.rmatch_indices('/');
    ends.map(|(end, _)| &path[..end])
}

/// The targets that cargo misses when they are not there.
fn needed_targets(workspace: &Workspace, package: &Package) -> Vec<(PathBuf, Kind)> {
    let listed = workspace
        .manifests
        .get(&package.id)
        .map(|facts| &facts.listed_targets);
    let mut found = Vec::new();
    for target in &package.targets {
        let has = |kind: &TargetKind| target.kind.contains(kind);
        let is_optional =
            has(&TargetKind::Test) || has(&TargetKind::Bench) || has(&TargetKind::Example);
        let is_listed = || listed.is_some_and(|names| names.contains(&target.name));
        if is_optional && !is_listed() {
            continue;
        }
        let kind = if has(&TargetKind::CustomBuild) {
            Kind::BuildScript
        } else if is_optional || has(&TargetKind::Bin) {
            Kind::Program
        } else {
            Kind::Library
        };
        found.push((target.src_path.clone().into_std_path_buf(), kind));
    }
    found
}

/// Takes out of `targets` those that are at the same place in many folders.
fn groups(targets: &mut BTreeMap<String, Kind>) -> Vec<Group> {
    let mut found: BTreeMap<(String, String, String, Kind), Vec<String>> = BTreeMap::new();
    for (path, kind) in targets.iter() {
        // `crates/` `core` `/src` `/lib.rs`
        let mut parts: Vec<&str> = path.split('/').collect();
        let Some(file) = parts.pop() else { continue };
        let folder = match parts.last() {
            Some(&"src") => parts.pop().unwrap_or_default(),
            _ => "",
        };
        let Some(name) = parts.pop() else { continue };
        let before = match parts.as_slice() {
            [] => String::new(),
            parts => format!("{}/", parts.join("/")),
        };
        let key = (before, folder.to_owned(), file.to_owned(), *kind);
        found.entry(key).or_default().push(name.to_owned());
    }
    let mut groups = Vec::new();
    for ((before, folder, file, kind), names) in found {
        if names.len() < MANY {
            continue;
        }
        let behind = match folder.as_str() {
            "" => format!("/{file}"),
            folder => format!("/{folder}/{file}"),
        };
        for name in &names {
            targets.remove(&format!("{before}{name}{behind}"));
        }
        groups.push(Group {
            kind,
            before,
            names,
            folder,
            file,
        });
    }
    groups
}
