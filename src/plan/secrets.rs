//! What stays out of the folders that are let in because its name says that it holds secrets.

use std::path::Path;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::decision::Evidence;
use crate::secrets::{self, Secret};

/// What stays out because of its name, and what comes in in spite of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Secrets"))]
#[non_exhaustive]
pub struct Secrets {
    /// The lines of the ignore file, behind those that let folders in: the last one that matches counts.
    pub rules: Vec<SecretRule>,
    /// What is there and stays out, relative to the context.
    pub kept_out: Vec<String>,
}

/// Names that stay out, or a path that comes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SecretRule {
    /// Whether it lets the path in.
    pub lets_in: bool,
    /// The path that comes in, or the folder that the names stay out of, relative to the context; empty for
    /// all folders.
    pub path: String,
    /// Whether everything in the folder comes in, whatever its name is.
    pub is_whole: bool,
    /// The names that stay out, as patterns.
    pub names: Vec<NamePattern>,
    /// Why it comes in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Evidence>,
}

/// A pattern of the program's own table: a template may write it into an ignore file as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline, extend("x-pattern" = true)))]
#[serde(transparent)]
pub struct NamePattern(&'static str);

impl Secrets {
    /// Keeps the rules about all folders, and those about some paths.
    pub(crate) fn keep(&mut self, is_meant: impl Fn(&str) -> bool) {
        self.rules
            .retain(|rule| rule.path.is_empty() || is_meant(&rule.path));
        self.kept_out.retain(|path| is_meant(path));
    }

    /// Whether the rules let a path in, which is relative to the context and in a folder that is let in.
    pub(crate) fn let_in(&self, path: &Path) -> bool {
        let matching = self.rules.iter().rev().find(|rule| match rule.lets_in {
            true => path.starts_with(&rule.path),
            false => path.strip_prefix(&rule.path).is_ok_and(|inside| {
                let mut above = inside.ancestors();
                above.any(|path| rule.names.iter().any(|name| secrets::matches(name.0, path)))
            }),
        });
        matching.is_none_or(|rule| rule.lets_in)
    }
}

impl NamePattern {
    /// The pattern of a row.
    pub(crate) fn of(row: &'static Secret) -> Self {
        Self(&row.name)
    }

    /// The pattern, as Docker's ignore files have them.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl<'de> Deserialize<'de> for NamePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let row = secrets::table().iter().find(|row| row.name == text);
        row.map(Self::of).ok_or_else(|| {
            let text = text.escape_debug();
            D::Error::custom(format!("`{text}` is not in the table of secrets"))
        })
    }
}
