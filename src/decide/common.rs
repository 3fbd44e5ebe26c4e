//! What is worked out once for all images of a project.

use super::skeleton::Remembered;
use crate::graph;
use crate::inspect::Project;

/// What the images of a project have in common.
pub(crate) struct Common<'a> {
    /// The edges of the dependency graph.
    pub(crate) index: graph::Index<'a>,
    /// Skeletons, by what they depend on.
    pub(crate) skeletons: Remembered,
}

impl<'a> Common<'a> {
    /// Reads the graph; the rest is filled as images ask for it.
    pub(crate) fn of(project: &'a Project) -> Self {
        Self {
            index: graph::Index::new(&project.metadata),
            skeletons: Remembered::default(),
        }
    }
}
