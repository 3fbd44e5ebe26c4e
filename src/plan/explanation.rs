//! What is known about one crate, which `cargo dockerize explain` prints.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::decision::Place;

/// What is known about one crate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The crate's name.
    pub name: String,
    /// The binary whose graph was looked at.
    pub binary: String,
    /// The crate in that graph, each of its versions; empty where the binary is not compiled from it.
    pub found: Vec<Found>,
    /// Every rule about the crate that the manifest or a table has: the first that holds counts.
    pub rules: Vec<RuleFacts>,
    /// How to teach what it needs, where there is no rule.
    pub lesson: Option<Lesson>,
}

/// One version of the crate, compiled for one purpose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Found {
    /// Its version.
    pub version: String,
    /// Whether it is linked into the program; else it is compiled for a build script or a macro.
    pub is_linked: bool,
    /// The packages that lead to it, from the shipped one to the crate itself.
    pub path: Vec<String>,
    /// Its active features.
    pub features: Vec<String>,
    /// The rule that holds.
    pub rule: Option<RuleFacts>,
    /// What its manifest shows of native code: a `links` key, or a build tool.
    pub native: Option<String>,
}

/// A rule about a crate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuleFacts {
    /// When it holds, by the keys of the tables; always, where empty.
    pub conditions: BTreeMap<String, Value>,
    /// What it leads to, by the keys of the tables; nothing, where empty.
    pub leads_to: BTreeMap<String, Value>,
    /// Where it comes from.
    pub source: RuleSource,
}

/// Where a rule comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RuleSource {
    /// A rule of a manifest.
    Manifest(Place),
    /// A table of the tool.
    Table {
        /// What the row was made from.
        source: String,
    },
    /// What the crate asks pkg-config for, in its `package.metadata.system-deps`.
    SystemDeps,
}

/// How to teach a crate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Lesson {
    /// The manifest to edit, relative to the workspace's root.
    pub manifest: String,
    /// The lines to add, to be filled in.
    pub lines: String,
}
