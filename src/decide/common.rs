//! What is worked out once for all images of a project.

use std::collections::HashSet;
use std::path::PathBuf;

use super::inputs::File;
use super::skeleton::{self, Remembered};
use crate::graph;
use crate::inspect::{Project, folder};
use crate::paths::common_ancestor;

/// What the images of a project have in common.
pub(crate) struct Common<'a> {
    /// The edges of the dependency graph.
    pub(crate) index: graph::Index<'a>,
    /// Skeletons, by what they depend on.
    pub(crate) skeletons: Remembered,
    /// The manifests of all local packages and the lock file.
    pub(crate) manifests: Vec<File>,
    /// The folders of all local packages, and the workspace's root.
    pub(crate) folders: HashSet<PathBuf>,
    /// The deepest folder that holds all of these, where there is one.
    pub(crate) ancestor: Option<PathBuf>,
}

impl<'a> Common<'a> {
    /// Reads the graph; the rest is filled as images ask for it.
    pub(crate) fn of(project: &'a Project) -> Self {
        let mut folders: HashSet<PathBuf> = project.local_packages().map(folder).collect();
        folders.insert(project.root.clone());
        Self {
            index: graph::Index::new(&project.metadata),
            skeletons: Remembered::default(),
            manifests: skeleton::manifests(project),
            ancestor: common_ancestor(folders.iter().map(PathBuf::as_path)),
            folders,
        }
    }
}
