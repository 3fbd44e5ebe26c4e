//! What people read, in cargo's voice.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};
use similar::TextDiff;

use super::arguments::Color;
use super::rows::{Row, linkage, rows};
use super::terminal::{Terminal, Text};
use crate::command::{self, Place};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::{Image, Origin, Plan, Tuning};

pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const NAME: Style = AnsiColor::Cyan.on_default().bold();
/// For files that are not as planned.
const DRIFT: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const DIM: Style = Style::new().dimmed();
const ADDED: Style = AnsiColor::Green.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();

/// Words for the terminal.
pub(super) struct Report {
    terminal: Terminal,
    is_quiet: bool,
    is_verbose: bool,
    has_progressed: AtomicBool,
}

impl Report {
    pub(super) fn new(color: Color, is_quiet: bool, is_verbose: bool) -> Self {
        Self {
            terminal: Terminal {
                color: match color {
                    Color::Auto => ColorChoice::Auto,
                    Color::Always => ColorChoice::Always,
                    Color::Never => ColorChoice::Never,
                },
            },
            is_quiet,
            is_verbose,
            has_progressed: AtomicBool::new(false),
        }
    }

    /// What a script reads, on standard output.
    pub(super) fn text(&self, text: &Text) {
        self.terminal.out(text);
    }

    /// What people read on standard output.
    pub(super) fn prose(&self, text: &Text) {
        self.terminal.shown(text);
    }

    /// Lines on standard output.
    pub(super) fn lines(&self, text: &str) {
        self.text(&Text::new().lines(text));
    }

    /// A file as it would be written, below a line with its path.
    pub(super) fn file(&self, path: &str, text: &str) {
        let head = Text::new().add("# ").add(path).end();
        self.text(&head.lines(text).end());
    }

    /// A value as JSON, on standard output.
    pub(super) fn json(&self, value: &impl serde::Serialize) -> crate::Result<()> {
        let json = serde_json::to_string_pretty(value).map_err(std::io::Error::from)?;
        self.text(&Text::new().json(&json).end());
        Ok(())
    }

    /// A line as cargo's own: the word right-aligned.
    pub(super) fn status(&self, word: &str, text: &str) {
        if !self.is_quiet {
            let line = Text::new().column(GOOD, word).add(text);
            self.terminal.err(&line.end());
        }
    }

    /// The state of a file that is not as planned.
    pub(super) fn drift(&self, word: &str, path: &str) {
        if !self.is_quiet {
            let line = Text::new().column(DRIFT, word).add(path);
            self.terminal.err(&line.end());
        }
    }

    /// A line of cargo's, shown where cargo has to fetch something.
    pub(super) fn progress(&self, line: &str) {
        if self.is_quiet
            || !["Updating", "Downloading", "Blocking"]
                .iter()
                .any(|word| line.trim_start().starts_with(word))
        {
            return;
        }
        if self.is_verbose || !self.has_progressed.swap(true, Ordering::Relaxed) {
            self.terminal.err(&Text::new().add(line).end());
        }
    }

    /// What is to be known before the files are used.
    pub(super) fn warnings(&self, plan: &Plan) {
        match plan.images.as_slice() {
            images if images.len() > 1 && !self.is_verbose => self.all_diagnostics(images),
            images => images.iter().for_each(|image| self.diagnostics(image)),
        }
    }

    /// What was decided: a few lines for one image, a line each for many.
    pub(super) fn summaries(&self, plan: &Plan) {
        match plan.images.as_slice() {
            images if images.len() > 1 && !self.is_verbose => self.overview(images),
            images => images.iter().for_each(|image| self.summary(image)),
        }
    }

    fn overview(&self, images: &[Image]) {
        self.status("Planned", &format!("{} images", images.len()));
        let longest = images.iter().map(|image| image.name.chars().count());
        let width = longest.max().unwrap_or_default();
        for image in images {
            let ports = image
                .runtime
                .ports
                .iter()
                .map(|port| format!(", port {}", port.value));
            let udp = image.runtime.udp_ports.iter();
            let ports = ports.chain(udp.map(|port| format!(", port {}/udp", port.value)));
            let how = format!(
                "{}, {}{}",
                linkage(&image.build),
                image.runtime.image.value,
                ports.collect::<String>()
            );
            if !self.is_quiet {
                let line = Text::new().column(Style::new(), "");
                let line = line.styled(NAME, &format!("{:<width$}", image.name));
                self.terminal.err(&line.add(" ").styled(DIM, &how).end());
            }
        }
    }

    /// The few lines after `generate`: what was decided, each with its first evidence.
    fn summary(&self, image: &Image) {
        if self.is_quiet {
            return;
        }
        self.status(
            "Planned",
            &format!(
                "{} v{}, binary `{}`",
                image.package.name, image.package.version, image.name
            ),
        );
        for (name, value, because) in rows(image) {
            // What is done for every project is left to `plan`.
            let is_usual = matches!(
                name,
                "builder"
                    | "release"
                    | "caching"
                    | "installs"
                    | "user"
                    | "workdir"
                    | "writes"
                    | "env"
            ) && because
                .iter()
                .all(|evidence| evidence.origin == Origin::Default);
            // What need not be said again is left to it, too.
            let is_left_out = is_usual || name == "allowed";
            if is_left_out && !self.is_verbose {
                continue;
            }
            self.decision((name, value, because));
        }
        if image.build.tuning == Tuning::None {
            let line = Text::new()
                .column(NAME, "tuning")
                .add("the profile sets neither lto, strip nor codegen-units ");
            let how =
                "(`optimize = \"size\"` or \"speed\" under [package.metadata.dockerize] does)";
            self.terminal.err(&line.styled(DIM, how).end());
        }
    }

    /// The one line of a decision; its reason where there is room, or on request.
    fn decision(&self, (name, value, because): Row<'_>) {
        let first = because.first().map(ToString::to_string).unwrap_or_default();
        let text = Text::new().column(NAME, name).add(&value);
        let with_reason = text.clone().add(" ").styled(DIM, &format!("({first})"));
        if self.is_verbose {
            let text = with_reason.end();
            return self
                .terminal
                .err(&because.iter().skip(1).fold(text, evidence));
        }
        let text = if self.terminal.has_room(&with_reason) {
            with_reason
        } else {
            text
        };
        self.terminal.err(&text.end());
    }

    /// What to type next.
    pub(super) fn next(&self, plan: &Plan, place: Place<'_>) {
        for command in command::builds(plan, place) {
            self.status("Next", command.as_str());
        }
        if let [image] = plan.images.as_slice() {
            self.status("then", command::run(image).as_str());
        }
    }

    /// What brings the files up to date.
    pub(super) fn regenerates(&self, plan: &Plan, place: Place<'_>) {
        for command in command::regenerates(plan, place) {
            self.status("Next", command.as_str());
        }
    }

    /// All decisions with all their evidence, on standard output.
    pub(super) fn plan(&self, image: &Image) {
        let name = format!("{} v{}", image.package.name, image.package.version);
        let mut text = Text::new().styled(NAME, &name).end();
        for (name, value, because) in rows(image) {
            text = text.column(Style::new(), name).add(&value).end();
            text = because.iter().fold(text, evidence);
        }
        for setting in image.settings.iter().filter(|_| self.is_verbose) {
            let value = format!("{} = {}", setting.key, setting.value);
            text = text.column(Style::new(), "setting").add(&value).end();
            let origins = setting.because.iter().map(|because| &because.origin);
            text = origins.fold(text, evidence);
        }
        self.prose(&text);
        self.diagnostics(image);
    }

    /// What is to be said of several images: what holds for more than one is said once, with their names.
    pub(super) fn all_diagnostics(&self, images: &[Image]) {
        if self.is_quiet {
            return;
        }
        let mut said: Vec<(&Diagnostic, Vec<String>)> = Vec::new();
        for image in images {
            let name = format!("`{}`", image.name.escape_debug());
            for diagnostic in &image.diagnostics {
                match said.iter_mut().find(|(known, _)| *known == diagnostic) {
                    Some((_, names)) => names.push(name.clone()),
                    None => said.push((diagnostic, vec![name.clone()])),
                }
            }
        }
        // What explains the same code of another image was read a moment ago.
        let mut explained: BTreeSet<(Code, String)> = BTreeSet::new();
        for (diagnostic, names) in said {
            let mut shown = diagnostic.clone();
            let mut is_new = |text: &String| explained.insert((diagnostic.code, text.clone()));
            shown.notes.retain(&mut is_new);
            shown.help.retain(&mut is_new);
            if names.len() != images.len() {
                let plural = if names.len() > 1 { "s" } else { "" };
                shown = shown.note(format!("about the image{plural} {}", names.join(", ")));
            }
            self.diagnostic(&shown);
        }
    }

    fn diagnostics(&self, image: &Image) {
        if !self.is_quiet {
            for diagnostic in &image.diagnostics {
                self.diagnostic(diagnostic);
            }
        }
    }

    pub(super) fn error(&self, error: &crate::Error) {
        match error.diagnostic() {
            Some(diagnostic) => self.diagnostic(diagnostic),
            None => {
                let mut text = error.to_string();
                let mut source = std::error::Error::source(error);
                while let Some(cause) = source {
                    text.push_str(&format!(": {cause}"));
                    source = cause.source();
                }
                self.diagnostic(&Diagnostic::error(Code::Failed, text));
            }
        }
    }

    fn diagnostic(&self, diagnostic: &Diagnostic) {
        self.terminal.err(&Text::new().diagnostic(diagnostic));
    }

    /// A unified diff, on standard output.
    pub(super) fn diff(&self, path: &str, there: &str, planned: &str) {
        if self.is_quiet {
            return;
        }
        let diff = TextDiff::from_lines(there, planned);
        let mut unified = diff.unified_diff();
        let path = crate::shown::line(path);
        let unified = unified
            .context_radius(3)
            .header(&path, &format!("{path} (planned)"))
            .to_string();
        let mut text = Text::new();
        for line in unified.split_terminator('\n') {
            let style = match line.as_bytes().first() {
                Some(b'+') => ADDED,
                Some(b'-') => REMOVED,
                _ => Style::new(),
            };
            text = text.styled(style, line).end();
        }
        self.text(&text);
    }
}

/// A reason, below what was decided.
fn evidence(text: Text, because: impl ToString) -> Text {
    let text = text.column(Style::new(), "");
    text.styled(DIM, &because.to_string()).end()
}
