//! What the tool has to say about a project, as plain data.

mod code;

use std::ops::Range;
use std::path::PathBuf;

use serde::Serialize;

pub use code::{Code, UnknownCode};

/// How much a [`Diagnostic`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to know; nothing has to be done.
    Note,
    /// The image is built, but may not do what its user expects.
    Warning,
    /// Nothing is written.
    Error,
}

/// One finding, with a stable code, where it came from and the way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Diagnostic {
    /// What it is about: a stable name, such as `several-binaries`.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence, lower case, no full stop.
    pub message: String,
    /// The place in a file that the message is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// Where the facts came from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What to type or to change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub help: Vec<String>,
}

/// A span of a file that the user can edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Location {
    /// The file.
    #[serde(serialize_with = "crate::paths::serialize_slashed")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub path: PathBuf,
    /// Line, counted from 1.
    pub line: usize,
    /// The text of the file, kept so that the line can be shown.
    #[serde(skip)]
    pub text: String,
    /// The bytes of `text` that are meant.
    #[serde(skip)]
    pub span: Range<usize>,
    /// What to say at the span.
    #[serde(skip)]
    pub label: String,
}

impl Location {
    /// Points at `span` of the file at `path`, whose whole content is `text`.
    pub fn new(path: impl Into<PathBuf>, text: &str, span: Range<usize>) -> Self {
        let end = span.end.min(text.len());
        let start = span.start.min(end);
        let line = text.as_bytes()[..start]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            + 1;
        Self {
            path: path.into(),
            line,
            text: text.to_owned(),
            span: start..end,
            label: String::new(),
        }
    }

    /// Says something at the span.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }
}

impl Diagnostic {
    /// An error: nothing is written.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// A warning: the image may not do what its user expects.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// A note: good to know, nothing has to be done.
    pub fn info(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Note, message)
    }

    fn new(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            location: None,
            notes: Vec::new(),
            help: Vec::new(),
        }
    }

    /// Names the place it is about.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// Names the line that it is about, counted from 1, of a file whose text is not shown.
    #[must_use]
    pub fn at_line(self, path: impl Into<PathBuf>, line: usize) -> Self {
        self.at(Location {
            path: path.into(),
            line,
            text: String::new(),
            span: 0..0,
            label: String::new(),
        })
    }

    /// Adds where a fact came from.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds one thing to type or to change.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}
