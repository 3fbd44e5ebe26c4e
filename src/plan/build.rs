//! How the program is compiled.

use serde::{Deserialize, Serialize};

use crate::decision::Decision;
use crate::settings::Libc;
use crate::shell::ShellText;

/// How the program is compiled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Build {
    /// The C library that the program is linked with.
    pub libc: Decision<Libc>,
    /// Whether the program is static.
    pub is_static: bool,
    /// The words after `cargo build`, quoted for a shell; the same for dependencies and program.
    pub arguments: Vec<ShellText>,
    /// The target that cargo is told, as a word of a shell command.
    pub target: Option<ShellText>,
    /// Whether rustup has to add that target.
    pub adds_target: bool,
    /// The cargo profile.
    pub profile: Decision<String>,
    /// The compiled programs, relative to the working directory, as words of a shell command; the first
    /// is the one that the image starts.
    pub programs: Vec<ShellText>,
    /// The path of the first one as it is, where the build has nothing to expand in it.
    pub output: Option<String>,
    /// Environment of the build: tuning of the profile.
    pub env: Vec<Decision<Variable>>,
    /// What the tuning is, or could be.
    pub tuning: Tuning,
}

/// A variable and its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Variable {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// Where the size and the speed of the program come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Tuning {
    /// The manifest's profile sets something; it is left alone.
    Profile,
    /// `optimize` was asked for.
    Asked,
    /// Neither: cargo's defaults.
    None,
}
