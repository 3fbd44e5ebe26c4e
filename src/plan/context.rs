//! What the build gets from the project.

use serde::{Deserialize, Serialize};

use super::secrets::Secrets;
use crate::decision::Evidence;

/// What the build gets from the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Context {
    /// The working directory of the builder stage: the workspace's root in it.
    pub workdir: String,
    /// Where the workspace's root is copied to: the same, or a place to compare it from.
    pub copied_to: String,
    /// What is copied whole before the dependencies are compiled: `[patch]` and path dependencies outside of
    /// the members.
    pub vendored: Vec<Copy>,
    /// The sources of the program.
    pub sources: Vec<Copy>,
    /// What the ignore file lets in, relative to the context; empty where that is everything.
    pub included: Vec<String>,
    /// What it keeps out of the folders that are let in.
    pub excluded: Vec<String>,
    /// What stays out of them because of its name, and what comes in in spite of it.
    pub secrets: Secrets,
}

/// One `COPY` from the context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Copy {
    /// The stage that they come from, where it is not the context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The files or the folder of one `COPY`, relative to the context; absolute where they come from a stage.
    pub sources: Vec<String>,
    /// Where they go, relative to the working directory; ends with `/` where several files go into a folder.
    pub destination: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Evidence>,
}
