//! The platforms of an image, and what is compiled with for each.

use serde::{Deserialize, Serialize};

use super::build::Variable;
use crate::decision::Decision;

/// The platforms that the image is built for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Platforms {
    /// As Docker names them.
    pub names: Decision<Vec<String>>,
    /// Whether the machine that builds compiles for all of them; else each is compiled on its own, under
    /// emulation where the machine is another.
    pub is_cross: Decision<bool>,
}

/// What a program for one platform is compiled with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PlatformStage {
    /// The platform, as Docker names it.
    pub platform: String,
    /// Its architecture, as Docker and Debian name it.
    pub architecture: String,
    /// The target, as Rust names it.
    pub target: String,
    /// Debian packages of this architecture: the C library to link with, and others.
    pub libraries: Vec<Decision<String>>,
    /// Debian packages with the compilers, where the machine that builds is another.
    pub compilers: Vec<Decision<String>>,
    /// The variables that tell cargo and build scripts of them.
    pub env: Vec<Variable>,
}
