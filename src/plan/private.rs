//! What is fetched with a key or a token.

use serde::{Deserialize, Serialize};

use crate::decision::Decision;
use crate::shell::ShellText;

/// Sources that need a key or a token, and how they are fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Private {
    /// The hosts that are reached over ssh, with the keys of the user's agent.
    pub hosts: Vec<Decision<String>>,
    /// Keys of these hosts, as lines of `known_hosts`, where git and not cargo fetches.
    pub known_hosts: Vec<Decision<String>>,
    /// The registries that may need a token.
    pub registries: Vec<Decision<Registry>>,
    /// The words after `cargo fetch`, quoted for a shell.
    pub arguments: Vec<ShellText>,
    /// The words after `docker build` that hand agent and tokens over.
    pub flags: Vec<ShellText>,
}

/// A registry that may need a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Registry {
    /// Its name in cargo's configuration.
    pub name: String,
    /// Its index, without a password.
    pub index: String,
    /// The variable that cargo reads the token from, which is also the id of the secret.
    pub token: String,
    /// The variable that says where cargo looks for a token.
    pub provider: String,
}
