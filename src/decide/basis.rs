//! What the decisions about an image stand on, worked out once: for the plan, and for what is explained.

use cargo_metadata::Package;

use super::native::{Findings, Graphs};
use super::rules::Rules;
use super::target::Target;
use super::{builder, platforms, settings, target};
use crate::decision::Decision;
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::graph;
use crate::inspect::Workspace;
use crate::knowledge::Release;
use crate::plan::Platforms;
use crate::quote;

/// What the decisions about an image stand on.
pub(crate) struct Basis<'a> {
    /// The release of Debian that builder and runtime share.
    pub(crate) release: Decision<&'static Release>,
    /// What is known about crates, by the tables and the project.
    pub(crate) rules: Rules,
    /// The dependency graphs, one for each C library and machine.
    pub(crate) graphs: Graphs,
    /// The platforms, where any are asked for.
    pub(crate) platforms: Option<Platforms>,
    /// What the program is compiled for, and what it runs on.
    pub(crate) target: Target,
    /// The packages of the project that it is compiled from.
    pub(crate) locals: Vec<&'a Package>,
    /// Those of them that are linked into it.
    pub(crate) linked: Vec<&'a Package>,
}

impl<'a> Basis<'a> {
    /// Works it out, and says what there is to say about it.
    pub(crate) fn of(
        workspace: &'a Workspace,
        index: &graph::Index<'_>,
    ) -> Result<(Self, Vec<Diagnostic>)> {
        settings::check(workspace)?;
        quote::refuse_control_characters(workspace)?;
        let release = builder::release(workspace);
        let rules = Rules::read(workspace, release.value)?;
        let graphs = Graphs::resolve(workspace, &rules, index);
        let (platforms, emulated) = platforms::decide(workspace, &graphs, release.value);
        let is_cross = platforms.as_ref().is_some_and(|p| p.is_cross.value);
        let (target, obstacle) = target::decide(workspace, &graphs, is_cross)?;
        let basis = Self {
            locals: graphs.local_packages(workspace, target.libc()),
            linked: graphs.linked_packages(workspace, target.libc()),
            release,
            rules,
            graphs,
            platforms,
            target,
        };
        Ok((basis, emulated.into_iter().chain(obstacle).collect()))
    }

    /// What the graph of the program needs.
    pub(crate) fn findings(&self) -> &Findings {
        self.graphs.findings(self.target.libc())
    }
}
