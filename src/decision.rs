//! A decided value and the evidence for it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value and why it is that value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Decision<T> {
    /// What was decided.
    pub value: T,
    /// The evidence, the most telling first; never empty.
    pub because: Vec<Evidence>,
}

impl<T> Decision<T> {
    /// Decides on `value` for one reason.
    pub fn new(value: T, evidence: Evidence) -> Self {
        Self {
            value,
            because: vec![evidence],
        }
    }

    /// Adds a further reason.
    #[must_use]
    pub fn and(mut self, evidence: Evidence) -> Self {
        self.because.push(evidence);
        self
    }
}

/// One fact, and the file, key or crate that it came from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Evidence {
    /// Where the fact was found.
    pub origin: Origin,
    /// The fact, in words.
    pub fact: String,
}

/// Where a fact comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Origin {
    /// A flag of the command line.
    Flag {
        /// The flag, with its dashes.
        flag: String,
    },
    /// A variable of the environment.
    Variable {
        /// Its name.
        variable: String,
    },
    /// A setter of [`crate::Build`], called by the build script.
    BuildScript {
        /// The setter's name.
        setter: String,
    },
    /// A key of a manifest.
    Key {
        /// The key, dotted.
        key: String,
        /// The manifest, relative to the workspace's root where it lies in it.
        file: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// A file, and the line where one is meant.
    File {
        /// The file, relative to the workspace's root.
        file: String,
        /// The line, counted from 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<usize>,
    },
    /// A crate of the dependency graph.
    Crate {
        /// The name of the package.
        name: String,
        /// Its version.
        version: String,
        /// The crates that lead to it, from the shipped package on.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        through: Vec<String>,
        /// The rule of a manifest that the fact follows from; none for what the tool knows by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rule: Option<Box<Place>>,
    },
    /// What `cargo metadata` says of the project.
    Cargo,
    /// The compiler that runs where the tool runs.
    Compiler,
    /// What is done where nothing says otherwise.
    Default,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Place {
    /// The file, relative to the workspace's root where it lies in it.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
}

impl Origin {
    /// The crate as the rule at `place` describes it; any other origin as it is.
    pub(crate) fn by_rule(mut self, place: &Place) -> Self {
        if let Self::Crate { rule, .. } = &mut self {
            *rule = Some(Box::new(place.clone()));
        }
        self
    }

    /// Whether it follows from a rule of a manifest.
    pub(crate) fn is_by_rule(&self) -> bool {
        matches!(self, Self::Crate { rule: Some(_), .. })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl Evidence {
    /// A fact of the given origin.
    pub fn new(origin: Origin, fact: impl Into<String>) -> Self {
        Self {
            origin,
            fact: fact.into(),
        }
    }

    /// A fact found in a file, or on one of its lines.
    pub fn file(file: impl Into<String>, line: Option<usize>, fact: impl Into<String>) -> Self {
        Self::new(
            Origin::File {
                file: file.into(),
                line,
            },
            fact,
        )
    }

    /// What is done where nothing says otherwise.
    pub fn default(fact: impl Into<String>) -> Self {
        Self::new(Origin::Default, fact)
    }

    /// A fact from `cargo metadata`.
    pub fn cargo(fact: impl Into<String>) -> Self {
        Self::new(Origin::Cargo, fact)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag { flag } => f.write_str(flag),
            Self::Variable { variable } => f.write_str(variable),
            Self::BuildScript { setter } => write!(f, "build script, `{setter}`"),
            Self::Key { key, file, line } => write!(f, "{file}:{line} {key}"),
            Self::File {
                file,
                line: Some(line),
            } => write!(f, "{file}:{line}"),
            Self::File { file, line: None } => f.write_str(file),
            Self::Crate {
                name,
                version,
                through,
                rule,
            } => {
                write!(f, "crate {name} {version}")?;
                if !through.is_empty() {
                    write!(f, " (through {})", through.join(" -> "))?;
                }
                match rule {
                    Some(place) => write!(f, " by the rule in {place}"),
                    None => Ok(()),
                }
            }
            Self::Cargo => f.write_str("cargo metadata"),
            Self::Compiler => f.write_str("rustc"),
            Self::Default => f.write_str("default"),
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.origin {
            Origin::Default => f.write_str(&self.fact),
            _ => write!(f, "{}: {}", self.origin, self.fact),
        }
    }
}
