//! What stands against compiling for a machine that is not the one that builds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    tools: BTreeSet<String>,
    #[serde(rename = "crate")]
    crates: Vec<Crate>,
    release: Vec<Release>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Crate {
    name: String,
    fact: String,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    codename: String,
    #[serde(rename = "source")]
    _source: String,
    libraries: BTreeSet<String>,
}

/// The table.
pub(crate) struct Cross {
    tools: BTreeSet<String>,
    crates: BTreeMap<String, String>,
    libraries: BTreeMap<String, BTreeSet<String>>,
}

impl Cross {
    /// The table that the tool ships.
    pub(crate) fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Cross> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            // A test reads the table: what is shipped parses.
            Self::read().expect("the table that is compiled in is valid")
        })
    }

    fn read() -> Result<Self, toml::de::Error> {
        let table: Table = toml::from_str(include_str!("cross.toml"))?;
        let crates = table.crates.into_iter().map(|row| (row.name, row.fact));
        let releases = table.release.into_iter();
        Ok(Self {
            tools: table.tools,
            crates: crates.collect(),
            libraries: releases.map(|row| (row.codename, row.libraries)).collect(),
        })
    }

    /// Why a crate that the program links compiles for the machine that builds only.
    pub(crate) fn obstacle(&self, name: &str) -> Option<&str> {
        self.crates.get(name).map(String::as_str)
    }

    /// Whether a Debian package runs on the machine that builds, and serves other targets.
    pub(crate) fn is_tool(&self, package: &str) -> bool {
        self.tools.contains(package)
    }

    /// Whether a Debian package has a library to link, which is that of the target.
    pub(crate) fn is_library(&self, package: &str) -> bool {
        package.ends_with("-dev") && !self.is_tool(package)
    }

    /// Whether apt can install a library for another machine beside what the machine that builds has.
    pub(crate) fn has_library(&self, release: &str, package: &str) -> bool {
        let libraries = self.libraries.get(release);
        libraries.is_some_and(|libraries| libraries.contains(package))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Knowledge;

    #[test]
    fn the_table_is_read() {
        let cross = Cross::read().expect("the table parses");
        assert!(cross.is_tool("libclang-dev") && !cross.is_library("libclang-dev"));
        assert!(cross.is_library("libssl-dev") && !cross.is_tool("libssl-dev"));
        let knowledge = Knowledge::shipped();
        for name in cross.crates.keys() {
            assert!(knowledge.knows(name), "{name} has no row");
        }
        for release in &knowledge.releases {
            assert!(cross.has_library(&release.codename, "libssl-dev"));
        }
        let libraries = cross.libraries.values().flatten();
        for library in libraries {
            assert!(cross.is_library(library), "{library}");
        }
    }
}
