//! The stage that makes the front end.

use serde::{Deserialize, Serialize};

use super::context::Copy;
use crate::decision::Decision;
use crate::shell::ShellText;

/// The stage that makes the front end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FrontEnd {
    /// The image.
    pub image: Decision<String>,
    /// The working directory.
    pub workdir: String,
    /// What its packages depend on; none where installing them needs the sources.
    pub manifests: Option<Copy>,
    /// The command that installs its packages.
    pub install: Decision<ShellText>,
    /// Its sources.
    pub sources: Copy,
    /// The command that builds it.
    pub build: Decision<ShellText>,
}
