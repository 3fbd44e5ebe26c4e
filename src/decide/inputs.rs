//! What the build gets from the project, as the steps that decide on it hand it to each other.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cargo_metadata::Package;

use crate::decision::Evidence;
use crate::plan::{Context, Copy, Skeleton};

/// The local packages by when they are compiled.
pub(crate) struct Order<'a> {
    /// All of them, those outside of the members too.
    pub(crate) all: Vec<&'a Package>,
    /// With the dependencies: crates of a registry depend on them.
    pub(crate) early: Vec<&'a Package>,
    /// In layers of their own.
    pub(crate) layers: Vec<Vec<(&'a Package, Evidence)>>,
    /// With the program.
    pub(crate) late: Vec<&'a Package>,
}

/// A manifest, absolute, with the reason where it is not plain.
pub(crate) type File = (PathBuf, Vec<Evidence>);

/// A file or a folder, and why it is needed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Input {
    pub(crate) is_folder: bool,
    pub(crate) because: Vec<Evidence>,
}

/// Files and folders that are needed, absolute.
pub(crate) type Found = BTreeMap<PathBuf, Input>;

/// The copies of each layer of local packages.
pub(crate) type Layers = Vec<Vec<Copy>>;

/// What the build gets from the project, in the order in which it gets it.
pub(crate) struct Inputs {
    /// The build context, absolute.
    pub(crate) root: PathBuf,
    pub(crate) context: Context,
    pub(crate) skeleton: Skeleton,
    pub(crate) layers: Layers,
}
