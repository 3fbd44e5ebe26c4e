//! Images, and the releases of Debian that they are made of.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::Need;

/// A release of Debian that there are builder images of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Release {
    pub(crate) codename: String,
    pub(crate) debian: u32,
    pub(crate) glibc: String,
    /// The suffix of the official image's tag.
    pub(crate) rust: String,
    /// The oldest Rust with such an image, `major.minor`.
    pub(crate) since_rust: String,
    /// Names of trixie's packages that are others here.
    #[serde(default)]
    pub(super) renamed: BTreeMap<String, String>,
    #[serde(rename = "note")]
    _note: Option<String>,
}

impl Release {
    /// The name that a package of trixie has here.
    pub(crate) fn package<'a>(&'a self, name: &'a str) -> &'a str {
        match self.renamed.get(name) {
            Some(other) => other,
            // 64-bit time renamed the packages of trixie.
            None if self.debian < 13 => name.trim_end_matches("t64"),
            None => name,
        }
    }
}

/// An image that a program can run in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuntimeImage {
    pub(crate) name: String,
    pub(crate) tag: String,
    pub(crate) release: Option<String>,
    pub(crate) has: Vec<String>,
    pub(crate) packages: BTreeSet<String>,
    /// The user that its tag runs as; none where that is root.
    pub(crate) user: Option<u32>,
    #[serde(rename = "shell")]
    _shell: bool,
    pub(crate) apt: bool,
    #[serde(rename = "source")]
    pub(super) _source: String,
}

impl RuntimeImage {
    /// The reference with its tag.
    pub(crate) fn reference(&self) -> String {
        match self.tag.as_str() {
            "" => self.name.clone(),
            tag => format!("{}:{tag}", self.name),
        }
    }

    /// Whether what a program needs is there.
    pub(crate) fn provides(&self, need: Need) -> bool {
        let name = match need {
            Need::CaCertificates => "ca-certificates",
            Need::Tzdata => "tzdata",
            Need::Tmp => "tmp",
            Need::Home => "home",
        };
        self.has.iter().any(|has| has == name)
    }
}

/// The official image of Node.js.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct NodeImage {
    /// A line with long-term support.
    pub(crate) lts: u32,
    /// The last line that has corepack.
    pub(crate) last_with_corepack: u32,
    #[serde(rename = "source")]
    pub(super) _source: String,
}
