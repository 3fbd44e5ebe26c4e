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
use crate::diagnostic::{Diagnostic, Severity};
use crate::plan::{Decision, Evidence, Image, Origin, Plan, Tuning};

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
            let linked = if image.build.is_static {
                "static"
            } else {
                "dynamic"
            };
            let libc = format!("{:?}", image.build.libc.value).to_lowercase();
            let ports = image
                .runtime
                .ports
                .iter()
                .map(|port| format!(", port {}", port.value));
            if !self.is_quiet {
                self.err(format_args!(
                    "{:>13}{NAME}{:<width$}{NAME:#} {DIM}{libc}, {linked}, {}{}{DIM:#}\n",
                    "",
                    image.name,
                    image.runtime.image.value,
                    ports.collect::<String>(),
                ));
            }
        }
        // What holds for all members is said once.
        let mut said = Vec::new();
        for diagnostic in images.iter().flat_map(|image| &image.diagnostics) {
            if !self.is_quiet && !said.contains(&diagnostic) {
                self.diagnostic(diagnostic);
                said.push(diagnostic);
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
                "builder" | "release" | "caching" | "installs" | "user"
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

    pub(super) fn diagnostics(&self, image: &Image) {
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

type Row<'a> = (&'static str, String, &'a [Evidence]);

/// The decisions in the order of the Dockerfile.
fn rows(image: &Image) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut row = |name, value: String, because| rows.push((name, value, because));
    row("binary", image.binary.value.clone(), &image.binary.because);
    for program in &image.runtime.extra_programs {
        let name = program.value.rsplit('/').next().unwrap_or_default();
        row("binary", name.to_owned(), &program.because);
    }
    for alias in &image.runtime.aliases {
        row("alias", alias.value.clone(), &alias.because);
    }
    if let Some(platforms) = &image.platforms {
        let names = &platforms.names;
        row("platforms", names.value.join(", "), &names.because);
        let how = match platforms.is_cross.value {
            true => "on the machine that builds",
            false => "under emulation, where the machine is another",
        };
        row("compiles", how.to_owned(), &platforms.is_cross.because);
    }
    if let Some(rust) = &image.builder.rust_version {
        row("rust", rust.value.clone(), &rust.because);
    }
    let builder = &image.builder;
    row(
        "builder",
        builder.image.value.clone(),
        &builder.image.because,
    );
    row(
        "release",
        builder.release.value.clone(),
        &builder.release.because,
    );
    if let Some(toolchain) = &builder.toolchain {
        row("toolchain", toolchain.value.clone(), &toolchain.because);
    }
    for package in &builder.packages {
        row("installs", package.value.clone(), &package.because);
    }
    for stage in &builder.platforms {
        let packages = stage.compilers.iter().chain(&stage.libraries);
        for package in packages {
            row("installs", package.value.clone(), &package.because);
        }
    }
    for variable in &builder.env {
        let text = format!("{}={}", variable.value.name, variable.value.value);
        row("sets", text, &variable.because);
    }
    for argument in &builder.arguments {
        row("takes", argument.value.clone(), &argument.because);
    }
    if let Some(private) = &image.private {
        for host in &private.hosts {
            row("ssh", host.value.clone(), &host.because);
        }
        for registry in &private.registries {
            row("secret", registry.value.token.clone(), &registry.because);
        }
    }
    if let Some(first) = image.build.env.first() {
        let variables = image.build.env.iter().map(|variable| &variable.value);
        let texts: Vec<_> = variables
            .map(|v| format!("{}={}", v.name, v.value))
            .collect();
        row("sets", texts.join(" "), &first.because);
    }
    let linked = if image.build.is_static {
        "static"
    } else {
        "dynamic"
    };
    row(
        "libc",
        format!("{:?}, {linked}", image.build.libc.value).to_lowercase(),
        &image.build.libc.because,
    );
    if let Some(front_end) = &image.front_end {
        row(
            "front end",
            front_end.image.value.clone(),
            &front_end.image.because,
        );
        row(
            "installs",
            front_end.install.value.clone(),
            &front_end.install.because,
        );
        row(
            "builds",
            front_end.build.value.clone(),
            &front_end.build.because,
        );
    }
    let copies = image.context.vendored.iter().chain(&image.context.sources);
    for copy in copies.filter(|copy| !copy.because.is_empty()) {
        row("copies", copy.sources.join(" "), &copy.because);
    }
    let caching = &image.caching;
    row(
        "caching",
        format!("{:?}", caching.strategy.value).to_lowercase(),
        &caching.strategy.because,
    );
    for layer in &caching.layers {
        for package in &layer.packages {
            row("layer", package.value.clone(), &package.because);
        }
    }
    let runtime = &image.runtime;
    row(
        "runtime",
        runtime.image.value.clone(),
        &runtime.image.because,
    );
    if let Some(libraries) = &runtime.libraries {
        let names = libraries.packages.iter().map(|package| &package.value);
        let names: Vec<_> = names.map(String::as_str).collect();
        let value = match names.as_slice() {
            [] => "libraries that are found".to_owned(),
            names => format!("libraries of {}", names.join(", ")),
        };
        row("copies", value, &libraries.because);
    }
    for package in &runtime.packages {
        row("installs", package.value.clone(), &package.because);
    }
    for file in &runtime.files {
        row("adds", file.value.path.clone(), &file.because);
    }
    let flags: [(&Option<Decision<bool>>, &str); 2] =
        [(&runtime.tmp, "/tmp"), (&runtime.passwd, "/etc/passwd")];
    for (decision, path) in flags {
        if let Some(decision) = decision {
            row("adds", path.to_owned(), &decision.because);
        }
    }
    for asset in &runtime.assets {
        row("adds", asset.sources.join(" "), &asset.because);
    }
    for variable in &runtime.env {
        row(
            "env",
            format!("{}={}", variable.value.name, variable.value.value),
            &variable.because,
        );
    }
    for port in &runtime.ports {
        row("port", port.value.to_string(), &port.because);
    }
    if let Some(signal) = &runtime.stop_signal {
        row("signal", signal.value.clone(), &signal.because);
    }
    row("user", runtime.user.value.clone(), &runtime.user.because);
    for template in &image.templates {
        let text = format!("{} from {}", template.value.name, template.value.file);
        row("template", text, &template.because);
    }
    rows
}
