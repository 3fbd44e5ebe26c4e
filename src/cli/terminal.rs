//! The one place that prints. It takes [`Text`] only, and every text that is put into one is escaped.

use std::borrow::Cow;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use anstream::{AutoStream, ColorChoice};
use anstyle::Style;

use super::fold::fold;
use crate::diagnostic::{Diagnostic, Severity};
use crate::shown;

/// Where the first column ends, as in cargo's own lines.
const COLUMN: usize = 12;

/// Standard output and standard error.
pub(super) struct Terminal {
    pub(super) color: ColorChoice,
}

#[allow(
    clippy::disallowed_methods,
    reason = "everything else prints through these"
)]
impl Terminal {
    /// What a script reads.
    pub(super) fn out(&self, text: &Text) {
        // Nobody is left to be told that the terminal is gone.
        let _ = AutoStream::new(std::io::stdout(), self.color).write_all(text.shown.as_bytes());
    }

    /// What people read on standard output.
    pub(super) fn shown(&self, text: &Text) {
        let text = folded(&text.shown, std::io::stdout().is_terminal());
        let _ = AutoStream::new(std::io::stdout(), self.color).write_all(text.as_bytes());
    }

    /// Whether a line has room on standard error; everywhere but in a terminal, which ends somewhere.
    pub(super) fn has_room(&self, text: &Text) -> bool {
        let width = width().filter(|_| std::io::stderr().is_terminal());
        let shown = anstream::adapter::strip_str(&text.shown).to_string();
        width.is_none_or(|width| shown.chars().count() <= width)
    }

    /// What people read.
    pub(super) fn err(&self, text: &Text) {
        let text = folded(&text.shown, std::io::stderr().is_terminal());
        let _ = AutoStream::new(std::io::stderr(), self.color).write_all(text.as_bytes());
    }
}

/// The text as the terminal has room for it, where it goes to one.
fn folded(text: &str, is_terminal: bool) -> Cow<'_, str> {
    match width().filter(|_| is_terminal) {
        Some(width) => Cow::Owned(fold(text, width)),
        None => Cow::Borrowed(text),
    }
}

/// How many columns the terminal has; none where there is no terminal.
pub(super) fn width() -> Option<usize> {
    terminal_size::terminal_size()
        .map(|(width, _)| usize::from(width.0))
        .filter(|width| *width > 0)
}

/// What clap has to say of the arguments, help and version among it.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    let plain = error.render().to_string();
    let text = Text::new().lines(&plain);
    if text.shown == plain {
        // With its colors.
        let _ = error.print();
    } else {
        let color = ColorChoice::Never;
        Terminal { color }.err(&text);
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Text for the terminal: styles are the program's own, everything else is escaped when it is added.
#[derive(Clone)]
pub(super) struct Text {
    shown: String,
    begins_line: bool,
}

impl Text {
    pub(super) fn new() -> Self {
        Self {
            shown: String::new(),
            begins_line: true,
        }
    }

    /// The first column: a word, right-aligned.
    pub(super) fn column(self, style: Style, word: &str) -> Self {
        let word = shown::line(word);
        let blank = " ".repeat(COLUMN.saturating_sub(word.chars().count()));
        self.add(&blank).styled(style, &word).add(" ")
    }

    /// Text that stays on the line.
    pub(super) fn add(mut self, text: &str) -> Self {
        let shown = shown::part(text, self.begins_line);
        self.begins_line &= shown.trim().is_empty();
        self.shown.push_str(&shown);
        self
    }

    /// As [`Text::add`], in a style.
    pub(super) fn styled(mut self, style: Style, text: &str) -> Self {
        self.shown.push_str(&style.render().to_string());
        let mut styled = self.add(text);
        styled.shown.push_str(&style.render_reset().to_string());
        styled
    }

    /// Ends the line.
    pub(super) fn end(mut self) -> Self {
        self.shown.push('\n');
        self.begins_line = true;
        self
    }

    /// Whole lines.
    pub(super) fn lines(mut self, text: &str) -> Self {
        self.shown.push_str(&shown::lines(text));
        self.begins_line = text.ends_with('\n');
        self
    }

    /// A line that GitHub takes for a command: its parts are escaped as it asks, and nothing else begins one.
    pub(super) fn workflow_command(
        mut self,
        name: &'static str,
        properties: &[(&'static str, String)],
        message: &str,
    ) -> Self {
        let escaped = |text: &str, is_property: bool| -> String {
            let one = |char: char| match char {
                '%' => "%25".to_owned(),
                '\n' => "%0A".to_owned(),
                '\r' => "%0D".to_owned(),
                ':' if is_property => "%3A".to_owned(),
                ',' if is_property => "%2C".to_owned(),
                char if char.is_control() => char.escape_debug().to_string(),
                char => char.to_string(),
            };
            text.chars().map(one).collect()
        };
        let properties = properties.iter();
        let properties = properties.map(|(key, value)| format!("{key}={}", escaped(value, true)));
        let properties: Vec<String> = properties.collect();
        let line = format!(
            "::{name} {}::{}\n",
            properties.join(","),
            escaped(message, false)
        );
        self.shown.push_str(&line);
        self.begins_line = true;
        self
    }

    /// JSON, which stays JSON.
    pub(super) fn json(mut self, json: &str) -> Self {
        self.shown.push_str(&shown::json(json));
        self.begins_line = json.ends_with('\n');
        self
    }

    /// A finding, with the line that it is about.
    pub(super) fn diagnostic(mut self, diagnostic: &Diagnostic) -> Self {
        let level = match diagnostic.severity {
            Severity::Note => Level::NOTE,
            Severity::Warning => Level::WARNING,
            Severity::Error => Level::ERROR,
        };
        let message = shown::lines(&diagnostic.message);
        let title = level.primary_title(message).id(diagnostic.code.as_str());
        let mut group = Group::with_title(title);
        if let Some(location) = &diagnostic.location {
            let path = shown::line(&path(&location.path));
            let (text, span) = shown::lines_with(&location.excerpt, location.span.clone());
            if text.is_empty() {
                group = group.element(Origin::path(path).line(location.line));
            } else {
                let annotation = AnnotationKind::Primary.span(span);
                let annotation = annotation.label(shown::line(&location.label));
                group = group.element(
                    Snippet::source(text)
                        .path(path)
                        .line_start(location.line)
                        .annotation(annotation),
                );
            }
        }
        for note in &diagnostic.notes {
            group = group.element(Level::NOTE.message(shown::lines(note)));
        }
        for help in &diagnostic.help {
            group = group.element(Level::HELP.message(shown::lines(help)));
        }
        self.shown.push_str(&renderer().render(&[group]));
        self.end()
    }
}

/// Lines of files are cut where the terminal ends.
fn renderer() -> Renderer {
    match width() {
        Some(width) => Renderer::styled().term_width(width),
        None => Renderer::styled(),
    }
}

/// A path as it is typed in the current folder, where it lies in it.
fn path(path: &std::path::Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    crate::paths::slashed(path.strip_prefix(here).unwrap_or(path))
}
