//! What the tool has to say about a project, as plain data.

mod code;

use std::ops::Range;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use code::{Code, UnknownCode};

/// How much a [`Diagnostic`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Diagnostic {
    /// What it is about: a stable name, such as `several-binaries`.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence, lower case, no full stop.
    pub message: String,
    /// The place in a file that the message is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// Where the facts came from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What to type or to change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub help: Vec<String>,
}

/// A span of a file that the user can edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Location {
    /// The file.
    #[serde(serialize_with = "crate::paths::serialize_slashed")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub path: PathBuf,
    /// Line, counted from 1.
    pub line: usize,
    /// The lines that are meant, as the file has them; empty where they are not shown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub excerpt: String,
    /// The bytes of `excerpt` that are meant.
    #[serde(default, skip_serializing_if = "Range::is_empty")]
    #[cfg_attr(test, schemars(with = "Span"))]
    pub span: Range<usize>,
    /// What to say at the span.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
}

/// A part of a text, in bytes.
#[cfg(test)]
#[derive(Serialize, schemars::JsonSchema)]
struct Span {
    /// Where it begins.
    start: usize,
    /// Where it ends: the first byte after it.
    end: usize,
}

impl Location {
    /// Points at `span` of the file at `path`, whose whole content is `text`.
    pub fn new(path: impl Into<PathBuf>, text: &str, span: Range<usize>) -> Self {
        // Behind the last line there is nothing to show: its end is meant.
        let last = text.strip_suffix('\n').unwrap_or(text).len();
        let end = span.end.min(text.len());
        let start = span.start.min(end).min(last);
        let (before, behind) = (&text.as_bytes()[..start], &text.as_bytes()[end..]);
        let first = before.iter().rposition(|byte| *byte == b'\n');
        let first = first.map_or(0, |at| at + 1);
        let last = behind.iter().position(|byte| *byte == b'\n');
        let last = last.map_or(text.len(), |at| end + at);
        let excerpt = text.get(first..last).unwrap_or_default();
        let excerpt = excerpt.trim_end_matches(['\r', '\n']);
        Self {
            path: path.into(),
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            span: (start - first).min(excerpt.len())..(end - first).min(excerpt.len()),
            excerpt: excerpt.to_owned(),
            label: String::new(),
        }
    }

    /// Points at a line, counted from 1, of a file whose text is not shown.
    pub fn line(path: impl Into<PathBuf>, line: usize) -> Self {
        Self {
            path: path.into(),
            line,
            excerpt: String::new(),
            span: 0..0,
            label: String::new(),
        }
    }

    /// Points at a part of its excerpt.
    #[must_use]
    pub fn within(&self, span: Range<usize>) -> Self {
        let within = Self::new(&self.path, &self.excerpt, span);
        Self {
            line: self.line + within.line - 1,
            ..within
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
        self.at(Location::line(path, line))
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_its_lines_and_comes_back() {
        let text = "a = 1\r\nb = [\n  2,\n]\r\nc = 3\n";
        let begin = text.find("[").unwrap();
        let place = Location::new("Cargo.toml", text, begin..text.find("]").unwrap() + 1);
        assert_eq!((place.line, place.excerpt.as_str()), (2, "b = [\n  2,\n]"));
        assert_eq!(&place.excerpt[place.span.clone()], "[\n  2,\n]");
        let two = place.within(8..9);
        assert_eq!(
            (two.line, two.excerpt.as_str(), two.span.clone()),
            (3, "  2,", 2..3)
        );
        let end = Location::new("x", text, text.len()..text.len() + 4);
        assert_eq!(
            (end.line, end.excerpt.as_str(), end.span),
            (5, "c = 3", 5..5)
        );

        let warning = Diagnostic::warning(Code::Alias, "odd")
            .at(two.label("here"))
            .note("so");
        let json = serde_json::to_string(&warning).unwrap();
        assert_eq!(serde_json::from_str::<Diagnostic>(&json).unwrap(), warning);
        let bare = Diagnostic::warning(Code::Alias, "odd").at_line("x", 3);
        let json = serde_json::to_value(&bare).unwrap();
        assert_eq!(
            json["location"],
            serde_json::json!({ "path": "x", "line": 3 })
        );
        assert_eq!(serde_json::from_value::<Diagnostic>(json).unwrap(), bare);
    }
}
