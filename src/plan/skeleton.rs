//! What the dependency layer depends on.

use serde::{Deserialize, Serialize};

use super::context::Copy;

/// What the dependency layer depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Skeleton {
    /// Manifests, lock file and cargo configuration.
    pub manifests: Vec<Copy>,
    /// Whether the manifests are so many that a stage gathers them.
    pub is_gathered: bool,
    /// How versions of the project are made to look the same; null where that is not possible.
    pub masks: Option<Masks>,
    /// Empty targets that stand in for the real ones while dependencies compile.
    pub stubs: Stubs,
    /// Whether there is any.
    pub has_stubs: bool,
    /// Whether cargo looks for some of these targets when the real sources are there, too.
    pub is_needed_later: bool,
}

/// How versions are masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Masks {
    /// Whether packages can inherit their version from the workspace.
    pub workspace_package: bool,
    /// Whether a dependency by path can name a version on the same line.
    pub inline: bool,
    /// Names of dependencies by path that name a version in a table of their own.
    pub tables: Vec<String>,
    /// Whether there is a lock file to mask.
    pub lock_file: bool,
    /// Packages of the lock file that keep their version.
    pub kept: Vec<String>,
}

/// Empty targets, relative to the working directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Stubs {
    /// Targets that are at the same place in many folders.
    pub groups: Vec<StubGroup>,
    /// Folders to make for the others.
    pub folders: Vec<String>,
    /// The files of the others.
    pub files: Vec<String>,
}

/// Targets at the same place in many folders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct StubGroup {
    /// What is before the name of each folder.
    pub before: String,
    /// The names of the folders.
    pub names: Vec<String>,
    /// The folder in each; may be empty.
    pub folder: String,
    /// The file in it.
    pub file: String,
}

impl StubGroup {
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
