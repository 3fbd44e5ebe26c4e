//! Lines that cargo reads from a build script's standard output.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::outcome::Outcome;
use crate::diagnostic::{Diagnostic, Severity};
use crate::error::Result;
use crate::plan::Plan;

/// What there is to tell cargo, printed at once.
#[derive(Default)]
pub(super) struct Directives {
    variables: BTreeSet<String>,
    inputs: BTreeSet<PathBuf>,
    messages: Vec<(Severity, String)>,
}

impl Directives {
    /// Runs the script again when this variable changes.
    pub(super) fn variable(&mut self, name: impl Into<String>) {
        self.variables.insert(name.into());
    }

    /// Runs the script again when one of these changes, and no other file.
    pub(super) fn inputs(&mut self, paths: BTreeSet<PathBuf>) {
        self.inputs = paths;
    }

    /// What the plan warns about; notes are left to `cargo dockerize`.
    pub(super) fn report(&mut self, plan: &Plan) {
        let all = plan.images.iter().flat_map(|image| &image.diagnostics);
        for diagnostic in all.filter(|found| found.severity >= Severity::Warning) {
            self.messages.push((Severity::Warning, shown(diagnostic)));
        }
    }

    /// What a build has to be told about the outcome.
    pub(super) fn conclude(&mut self, outcome: &Result<Outcome>, is_strict: bool) {
        let severity = match is_strict {
            true => Severity::Error,
            false => Severity::Warning,
        };
        match outcome {
            Ok(Outcome::Differs(files)) => {
                for file in files {
                    let text = format!(
                        "`{}` is not up to date; help: CARGO_DOCKERIZE=generate cargo build",
                        file.display()
                    );
                    self.messages.push((severity, text));
                }
            }
            Ok(_) => {}
            Err(error) => {
                let text = error.diagnostic().map_or_else(|| chain(error), shown);
                self.messages.push((severity, text));
            }
        }
    }

    /// Prints all of it.
    #[allow(clippy::disallowed_methods, reason = "each line of it is escaped")]
    pub(super) fn print(&self) {
        // Nobody is left to be told that cargo does not listen any more.
        let _ = std::io::stdout().lock().write_all(self.text().as_bytes());
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, value: &str| {
            let _ = writeln!(text, "cargo::{name}={value}");
        };
        for name in &self.variables {
            line("rerun-if-env-changed", name);
        }
        for path in self.inputs.iter().filter_map(|path| nameable(path)) {
            line("rerun-if-changed", path);
        }
        for (severity, message) in &self.messages {
            let name = match severity {
                Severity::Error => "error",
                Severity::Warning | Severity::Note => "warning",
            };
            line(name, &format!("cargo-dockerize: {}", one_line(message)));
        }
        text
    }
}

fn shown(diagnostic: &Diagnostic) -> String {
    let mut text = diagnostic.message.clone();
    if let Some(location) = &diagnostic.location {
        let _ = write!(text, " ({}:{})", location.path.display(), location.line);
    }
    for note in &diagnostic.notes {
        let _ = write!(text, "; {note}");
    }
    for help in &diagnostic.help {
        let _ = write!(text, "; help: {help}");
    }
    text
}

/// A path as cargo reads it back; `None` for one that a line cannot hold.
fn nameable(path: &Path) -> Option<&str> {
    let text = path.to_str()?;
    // Cargo takes white space away from the end of a line.
    (!text.contains(['\n', '\r']) && text.trim_end() == text).then_some(text)
}

/// A text without anything that ends a line or moves a terminal's cursor.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    crate::shown::line(&words.join(" "))
}

/// An error with its causes.
fn chain(error: &crate::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    #[test]
    fn a_name_never_becomes_a_directive() {
        let mut directives = Directives::default();
        directives.variable("CARGO_DOCKERIZE");
        directives.inputs(BTreeSet::from(
            ["/a b", "/a\ncargo::rustc-env=X=1", "/end ", "/c\rd"].map(PathBuf::from),
        ));
        let diagnostic = Diagnostic::error(Code::Failed, "first\ncargo::rustc-env=X=1")
            .note("\u{1b}[31mred")
            .help("help");
        directives.conclude(&Err(diagnostic.into()), false);
        assert_eq!(
            directives.text(),
            "cargo::rerun-if-env-changed=CARGO_DOCKERIZE\n\
             cargo::rerun-if-changed=/a b\n\
             cargo::warning=cargo-dockerize: first cargo::rustc-env=X=1; \\u{1b}[31mred; help: help\n"
        );
    }
}
