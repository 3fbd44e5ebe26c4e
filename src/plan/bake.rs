//! All images of a workspace in one build.

use serde::{Deserialize, Serialize};

use super::build::Build;
use super::builder::Builder;
use super::caching::Caching;
use super::context::Context;
use super::image::Files;
use super::private::Private;
use super::skeleton::Skeleton;
use crate::decision::Decision;
use crate::shell::ShellText;

/// What builds all images with `docker buildx bake`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Bake {
    /// The bake file, relative to the workspace's root.
    pub file: String,
    /// The command that regenerates it.
    pub command: ShellText,
    /// What tags begin with, with a slash at its end; empty for images that stay on the machine.
    pub registry: String,
    /// Where layers are kept for other builders; empty where nowhere.
    pub cache: String,
    /// Whether any of them needs the keys of the user's agent.
    pub ssh: bool,
    /// The build arguments of all of them.
    pub arguments: Vec<String>,
    /// The images.
    pub targets: Vec<BakeTarget>,
    /// Dependencies that are compiled once for several of them.
    pub shared: Vec<Shared>,
}

/// One image in the bake file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct BakeTarget {
    /// What it is called in the bake file.
    pub name: String,
    /// What its tags are called.
    pub tag: String,
    /// The build context, relative to the workspace's root.
    pub context: String,
    /// The Dockerfile, relative to the build context.
    pub dockerfile: String,
    /// The platforms that it is built for; empty for that of the machine that builds.
    pub platforms: Vec<String>,
    /// The target that its dependencies come from; none where it compiles them itself.
    pub shared: Option<String>,
    /// What it fetches with a key or a token, unless the shared stage does.
    pub private: Option<Private>,
    /// Build arguments that the compile of the program reads; null where nobody sets them.
    pub arguments: Vec<String>,
}

/// A stage with the dependencies of several programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Shared {
    /// What it is called in the bake file.
    pub name: String,
    /// Which image of the plan is the first of them, counted from 0: its templates are used.
    pub first: usize,
    /// The images that it is for, by their targets.
    pub images: Vec<Decision<String>>,
    /// The Dockerfile, relative to the build context.
    pub dockerfile: String,
    /// The platforms that it is built for; empty for that of the machine that builds.
    pub platforms: Vec<String>,
    /// Where its files go.
    pub files: Files,
    /// The stage that compiles: packages and environment are those of all programs.
    pub builder: Builder,
    /// How cargo is called; the arguments are those of the first program.
    pub build: Build,
    /// What it fetches with a key or a token.
    pub private: Option<Private>,
    /// Where build artifacts are cached.
    pub caching: Caching,
    /// What the dependency layer depends on.
    pub skeleton: Skeleton,
    /// What it gets from the project.
    pub context: Context,
}
