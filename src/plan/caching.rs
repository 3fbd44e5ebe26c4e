//! Where build artifacts are cached.

use serde::{Deserialize, Serialize};

use super::context::Copy;
use crate::decision::Decision;
use crate::settings::Strategy;
use crate::shell::ShellText;

/// Where build artifacts are cached between builds of the image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Caching {
    /// Where what was compiled lasts.
    pub strategy: Decision<Strategy>,
    /// Whether dependencies have a layer of their own.
    pub has_dependency_layer: bool,
    /// Whether they have a stage of their own, too.
    pub has_dependency_stage: bool,
    /// Whether the bake file may put a stage in its place that serves other programs, too.
    pub is_shareable: bool,
    /// The words after `cargo build` in the dependency layer, for each program that it serves.
    pub builds: Vec<Vec<ShellText>>,
    /// The id of the cache mount that the program is compiled in, where there is one.
    pub mount: Option<String>,
    /// The words after `cargo clean` that remove everything compiled from local packages from the mount; empty
    /// without one.
    pub local_clean_arguments: Vec<ShellText>,
    /// Whether instructions of the project (`before-build`) change the builder after the sources were copied,
    /// so that its files are listed after them.
    pub is_builder_changed: bool,
    /// Whether what cargo downloads lasts in cache mounts, too.
    pub has_download_mounts: bool,
    /// Cargo's target folder, relative to that mount.
    pub target_dir: String,
    /// The same as a pattern of `find` that only it matches.
    pub target_pattern: String,
    /// Whether there is a skeleton stage.
    pub needs_skeleton: bool,
    /// Whether the stage of the program copies the skeleton, too: cargo looks for targets that are not
    /// copied.
    pub copies_skeleton: bool,
    /// Whether empty targets are compiled under a wrapper, which gives them file names of their own;
    /// else they are cleaned away.
    pub is_wrapped: bool,
    /// The words after `cargo clean` that take away what was compiled of the empty targets.
    pub clean_arguments: Vec<ShellText>,
    /// Local packages that are compiled before the others.
    pub layers: Vec<LocalLayer>,
}

/// Local packages with a layer of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LocalLayer {
    /// The names of the packages.
    pub packages: Vec<Decision<String>>,
    /// Their sources.
    pub sources: Vec<Copy>,
    /// The words after `cargo clean` that take away what is still empty.
    pub clean_arguments: Vec<ShellText>,
}
