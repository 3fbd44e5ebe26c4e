//! The stage that compiles.

use serde::{Deserialize, Serialize};

use super::build::Variable;
use super::platforms::PlatformStage;
use crate::decision::Decision;
use crate::shell::ShellText;

/// The stage that compiles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Builder {
    /// The image, with `${RUST_VERSION}` where its version is an argument.
    pub image: Decision<String>,
    /// The default of `RUST_VERSION`; null where the user named the image.
    pub rust_version: Option<Decision<String>>,
    /// The release of Debian that builder and runtime share, such as `trixie`.
    pub release: Decision<String>,
    /// A toolchain to install, where no image has it.
    pub toolchain: Option<Decision<String>>,
    /// The profile of rustup that it is installed with; null where no toolchain is installed.
    pub profile: Option<Decision<String>>,
    /// Components that rustup adds, such as the sources of the standard library.
    pub components: Vec<Decision<String>>,
    /// Targets that rustup adds beside the program's.
    pub targets: Vec<Decision<String>>,
    /// What is compiled with for each platform, where the machine that builds may be another.
    pub platforms: Vec<PlatformStage>,
    /// Debian packages to install.
    pub packages: Vec<Decision<String>>,
    /// Environment that pins how crates link.
    pub env: Vec<Decision<Variable>>,
    /// Build arguments that the compile of the program reads. They come after the dependencies, which stay
    /// cached whatever they are.
    pub arguments: Vec<Decision<String>>,
    /// Options of `docker build` for those that the compile fails without, and for those that git or the clock knows.
    pub argument_options: Vec<ShellText>,
}
