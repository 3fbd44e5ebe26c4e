//! The rule that holds for a crate, and where it comes from.

use std::collections::BTreeSet;

use cargo_metadata::Package;

use super::knowledge::{Knowledge, Rule};
use super::teach::Taught;
use crate::decision::{Origin, Place};
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::inspect::Workspace;

/// What is known about crates: what the manifest teaches comes before what the tables say.
#[derive(Debug)]
pub(crate) struct Rules {
    taught: Taught,
}

/// A rule whose conditions hold.
#[derive(Debug)]
pub(crate) struct Held<'a> {
    pub(crate) rule: &'a Rule,
    source: Source<'a>,
}

/// Where a rule comes from.
#[derive(Debug)]
enum Source<'a> {
    Taught(&'a Place),
    Shipped,
}

impl Held<'_> {
    /// The crate, and the rule of the manifest that describes it, where there is one.
    pub(crate) fn origin(&self, of: &Origin) -> Origin {
        match self.source {
            Source::Taught(place) => of.clone().taught_at(place),
            Source::Shipped => of.clone(),
        }
    }
}

impl Rules {
    /// Reads what the manifest teaches.
    pub(crate) fn read(workspace: &Workspace) -> Result<Self> {
        Ok(Self {
            taught: Taught::read(workspace)?,
        })
    }

    /// Warns of rules that nothing needs.
    pub(crate) fn unused(&self, workspace: &Workspace) -> Vec<Diagnostic> {
        self.taught.unused(&workspace.metadata)
    }

    /// The first rule that holds for a crate.
    pub(crate) fn find(&self, package: &Package, features: &BTreeSet<String>) -> Option<Held<'_>> {
        let taught = self.taught.rules(&package.name);
        let taught = taught
            .iter()
            .find(|taught| taught.rule.holds(&package.version, features));
        if let Some(taught) = taught {
            return Some(Held {
                rule: &taught.rule,
                source: Source::Taught(&taught.place),
            });
        }
        let rule = Knowledge::shipped().rule(&package.name, &package.version, features)?;
        Some(Held {
            rule,
            source: Source::Shipped,
        })
    }

    /// Whether anything is known about a crate, whatever its version and features are.
    pub(crate) fn knows(&self, name: &str) -> bool {
        Knowledge::shipped().knows(name)
    }
}
