//! What people read, in cargo's voice.

use std::fmt::Display;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use similar::TextDiff;

use super::arguments::Color;
use super::rows::{linkage, rows};
use crate::diagnostic::{Diagnostic, Severity};
use crate::plan::{Image, Origin, Plan, Tuning};

pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const NAME: Style = AnsiColor::Cyan.on_default().bold();
pub(super) const DIM: Style = Style::new().dimmed();
const ADDED: Style = AnsiColor::Green.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();

/// Prints to the terminal.
pub(super) struct Report {
    color: ColorChoice,
    is_quiet: bool,
    is_verbose: bool,
    has_progressed: AtomicBool,
}

impl Report {
    pub(super) fn new(color: Color, is_quiet: bool, is_verbose: bool) -> Self {
        Self {
            color: match color {
                Color::Auto => ColorChoice::Auto,
                Color::Always => ColorChoice::Always,
                Color::Never => ColorChoice::Never,
            },
            is_quiet,
            is_verbose,
            has_progressed: AtomicBool::new(false),
        }
    }

    fn err(&self, text: impl Display) {
        // Nobody is left to be told that the terminal is gone.
        let _ = write!(AutoStream::new(std::io::stderr(), self.color), "{text}");
    }

    /// What a script reads, on standard output.
    pub(super) fn text(&self, text: &str) {
        let _ = write!(AutoStream::new(std::io::stdout(), self.color), "{text}");
    }

    /// A line as cargo's own: the word right-aligned.
    pub(super) fn status(&self, word: &str, text: &str) {
        if !self.is_quiet {
            self.err(format_args!("{GOOD}{word:>12}{GOOD:#} {text}\n"));
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
            self.err(format_args!("{line}\n"));
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
            if !self.is_quiet {
                self.err(format_args!(
                    "{:>13}{NAME}{:<width$}{NAME:#} {DIM}{}, {}{}{DIM:#}\n",
                    "",
                    image.name,
                    linkage(&image.build),
                    image.runtime.image.value,
                    ports.collect::<String>(),
                ));
            }
        }
        self.all_diagnostics(images);
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
            if is_usual && !self.is_verbose {
                continue;
            }
            let first = because.first().map(ToString::to_string).unwrap_or_default();
            self.err(format_args!(
                "{NAME}{name:>12}{NAME:#} {value} {DIM}({first}){DIM:#}\n"
            ));
            if self.is_verbose {
                for evidence in because.iter().skip(1) {
                    self.err(format_args!("{:>13}{DIM}{evidence}{DIM:#}\n", ""));
                }
            }
        }
        if image.build.tuning == Tuning::None {
            self.err(format_args!(
                "{NAME}{:>12}{NAME:#} the profile sets neither lto, strip nor codegen-units {DIM}(`optimize = \"size\"` or \"speed\" under [package.metadata.dockerize] does){DIM:#}\n",
                "tuning"
            ));
        }
        self.diagnostics(image);
    }

    /// What to type next.
    pub(super) fn next(&self, plan: &Plan) {
        let image = match (&plan.bake, plan.images.as_slice()) {
            (Some(bake), _) => {
                let file = match bake.file.as_str() {
                    "docker-bake.hcl" => String::new(),
                    other => format!(" -f {other}"),
                };
                return self.status("Next", &format!("docker buildx bake{file}"));
            }
            (None, [image]) => image,
            (None, _) => return,
        };
        let mut words = match &image.platforms {
            Some(platforms) => {
                let names = platforms.names.value.join(",");
                vec![format!("docker buildx build --platform {names}")]
            }
            None => vec!["docker build".to_owned()],
        };
        words.extend(
            image
                .private
                .iter()
                .flat_map(|private| private.flags.clone()),
        );
        match image.files.dockerfile.as_str() {
            "Dockerfile" => {}
            other => words.push(format!("-f {other}")),
        }
        words.push(format!("-t {}", image.name.to_lowercase()));
        words.push(image.files.context.clone());
        self.status("Next", &words.join(" "));
    }

    /// All decisions with all their evidence, on standard output.
    pub(super) fn plan(&self, image: &Image) {
        let mut text = format!(
            "{NAME}{} v{}{NAME:#}\n",
            image.package.name, image.package.version
        );
        for (name, value, because) in rows(image) {
            text.push_str(&format!("{name:>12} {value}\n"));
            for evidence in because {
                text.push_str(&format!("{:>13}{DIM}{evidence}{DIM:#}\n", ""));
            }
        }
        for setting in image.settings.iter().filter(|_| self.is_verbose) {
            text.push_str(&format!(
                "{:>12} {} = {}\n",
                "setting", setting.key, setting.value
            ));
            for evidence in &setting.because {
                text.push_str(&format!("{:>13}{DIM}{}{DIM:#}\n", "", evidence.origin));
            }
        }
        self.text(&text);
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
        for (diagnostic, names) in said {
            if names.len() == images.len() {
                self.diagnostic(diagnostic);
                continue;
            }
            let plural = if names.len() > 1 { "s" } else { "" };
            let note = format!("about the image{plural} {}", names.join(", "));
            self.diagnostic(&diagnostic.clone().note(note));
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
                self.diagnostic(&Diagnostic::error("failed", text));
            }
        }
    }

    fn diagnostic(&self, diagnostic: &Diagnostic) {
        let level = match diagnostic.severity {
            Severity::Note => Level::NOTE,
            Severity::Warning => Level::WARNING,
            Severity::Error => Level::ERROR,
        };
        let path = diagnostic
            .location
            .as_ref()
            .map(|location| shown(&location.path));
        let mut group =
            Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.code));
        if let (Some(location), Some(path)) = (&diagnostic.location, &path) {
            if location.text.is_empty() {
                group = group.element(annotate_snippets::Origin::path(path).line(location.line));
            } else {
                let annotation = AnnotationKind::Primary
                    .span(location.span.clone())
                    .label(&location.label);
                group = group.element(
                    Snippet::source(&location.text)
                        .path(path)
                        .annotation(annotation),
                );
            }
        }
        for note in &diagnostic.notes {
            group = group.element(Level::NOTE.message(note));
        }
        for help in &diagnostic.help {
            group = group.element(Level::HELP.message(help));
        }
        let text = Renderer::styled().render(&[group]);
        self.err(format_args!("{text}\n"));
    }

    /// A unified diff, on standard output.
    pub(super) fn diff(&self, path: &str, there: &str, planned: &str) {
        let diff = TextDiff::from_lines(there, planned);
        let mut unified = diff.unified_diff();
        let text = unified
            .context_radius(3)
            .header(path, &format!("{path} (planned)"))
            .to_string();
        for line in text.lines() {
            let style = match line.as_bytes().first() {
                Some(b'+') => ADDED,
                Some(b'-') => REMOVED,
                _ => Style::new(),
            };
            self.text(&format!("{style}{line}{style:#}\n"));
        }
    }
}

/// A path as it is typed in the current folder, where it lies in it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    crate::paths::slashed(path.strip_prefix(here).unwrap_or(path))
}
