//! What is wrong with a template, and where.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use handlebars::{RenderError, RenderErrorReason, TemplateError, TemplateErrorReason};

use super::built_in::BuiltIn;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::paths::normalize;
use crate::plan::TemplateFile;

/// What is wrong, before anybody knows where.
#[derive(Debug, Clone)]
pub(super) struct Fault(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    code: Code,
    message: String,
    label: &'static str,
    notes: Vec<String>,
    help: Vec<String>,
    /// The part of the tag that is meant; all of it where this is empty.
    word: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Fault {}

impl From<Fault> for RenderError {
    fn from(fault: Fault) -> Self {
        RenderErrorReason::NestedError(Box::new(fault)).into()
    }
}

impl Fault {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            code,
            message: message.into(),
            label: "here",
            notes: Vec::new(),
            help: Vec::new(),
            word: String::new(),
        }))
    }

    /// The part of the tag that is meant.
    pub(super) fn word(mut self, word: impl Into<String>) -> Self {
        self.0.word = word.into();
        self
    }

    pub(super) fn label(mut self, label: &'static str) -> Self {
        self.0.label = label;
        self
    }

    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        self.0.notes.push(note.into());
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help.push(help.into());
        self
    }

    /// Names what may be meant, or all that there is.
    pub(super) fn nearest<'a>(
        mut self,
        wanted: &str,
        names: impl Iterator<Item = &'a str> + Clone,
        shown: impl Fn(&str) -> String,
    ) -> Self {
        let alike = crate::names::alike(wanted, names.clone());
        for name in &alike {
            self.0.help.push(format!("did you mean `{}`?", shown(name)));
        }
        if alike.is_empty() {
            let mut names: Vec<&str> = names.collect();
            names.sort_unstable();
            self.0.help.push(format!("there are: {}", names.join(", ")));
        }
        self
    }

    /// Says where: at the tag that begins in this line and column, both counted from 1.
    pub(super) fn at(self, file: &File<'_>, line: usize, column: usize) -> Diagnostic {
        let text = file.text();
        let begin = offset(text, line, column);
        let span = match tag(text, begin) {
            Some(tag) => match text[tag.clone()].find(&self.0.word) {
                Some(at) if !self.0.word.is_empty() => {
                    tag.start + at..tag.start + at + self.0.word.len()
                }
                _ => tag,
            },
            None => begin..end_of_char(text, begin),
        };
        self.diagnostic(file.location(span))
    }

    fn diagnostic(self, location: Location) -> Diagnostic {
        let mut diagnostic =
            Diagnostic::error(self.0.code, self.0.message).at(location.label(self.0.label));
        diagnostic.notes = self.0.notes;
        diagnostic.help = self.0.help;
        diagnostic
    }
}

/// A template as it is shown: the project's, or a built-in one.
pub(super) enum File<'a> {
    Own(&'a TemplateFile, &'a Path),
    BuiltIn(&'static BuiltIn),
}

impl File<'_> {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Own(source, _) => &source.text,
            Self::BuiltIn(template) => template.text,
        }
    }

    fn location(&self, span: Range<usize>) -> Location {
        match self {
            Self::Own(source, root) => source.location(&normalize(&root.join(&source.file)), span),
            Self::BuiltIn(BuiltIn { name, text }) => {
                Location::new(format!("{name}.hbs (built in)"), text, span)
            }
        }
    }
}

/// What the parser says.
pub(super) fn of_syntax(error: &TemplateError) -> (Fault, (usize, usize)) {
    let message = match error.reason() {
        TemplateErrorReason::MismatchingClosedHelper(open, close)
        | TemplateErrorReason::MismatchingClosedDecorator(open, close) => {
            let [open, close] = [open, close].map(|name| name.trim_matches('"'));
            format!("`{{{{#{open}}}}}` is closed by `{{{{/{close}}}}}`")
        }
        TemplateErrorReason::InvalidSyntax(reason) => {
            // At the end of the text the parser lists all that may follow.
            match reason.contains("helper_block_end") {
                true => "a block is not closed: `{{#name …}}` ends with `{{/name}}`".to_owned(),
                false => {
                    let reason = reason.replace(", or trailing_tilde_to_omit_whitespace", "");
                    format!("this is not valid Handlebars: {}", reason.replace('_', " "))
                }
            }
        }
        other => other.to_string(),
    };
    (
        Fault::new(Code::TemplateSyntax, message),
        error.pos().unwrap_or((1, 1)),
    )
}

/// What rendering says.
pub(super) fn of_render(error: &RenderError, file: &File<'_>) -> Diagnostic {
    let fault = match error.reason() {
        RenderErrorReason::NestedError(inner) => inner.downcast_ref::<Fault>().cloned(),
        _ => None,
    };
    let fault =
        fault.unwrap_or_else(|| Fault::new(Code::TemplateValue, error.reason().to_string()));
    let line = error.line_no.unwrap_or(1);
    fault.at(file, line, error.column_no.unwrap_or(1))
}

/// The byte at a line and a column, both counted from 1, the column in characters.
pub(super) fn offset(text: &str, line: usize, column: usize) -> usize {
    let lines = text.split_inclusive('\n').take(line.saturating_sub(1));
    let begin: usize = lines.map(str::len).sum();
    let chars = text[begin..].char_indices().nth(column.saturating_sub(1));
    chars.map_or(text.len(), |(at, _)| begin + at)
}

/// The tag that begins at an offset.
fn tag(text: &str, begin: usize) -> Option<Range<usize>> {
    let tag = text.get(begin..)?;
    if !tag.starts_with("{{") {
        return None;
    }
    let end = tag.find("}}")? + 2;
    let braces = tag[end..].bytes().take_while(|byte| *byte == b'}').count();
    Some(begin..begin + end + braces.min(2))
}

fn end_of_char(text: &str, begin: usize) -> usize {
    let char = text[begin..].chars().next();
    char.map_or(begin, |char| begin + char.len_utf8())
}
