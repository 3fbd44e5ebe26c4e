//! The arguments, named and shaped as cargo's own.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};

use super::settings::SettingFlags;
use crate::error::Result;
use crate::inspect::Request;
use crate::settings::{self, Caller};

/// What cargo calls: `cargo dockerize`.
#[derive(Debug, Parser)]
#[command(name = "cargo", bin_name = "cargo", styles = clap_cargo::style::CLAP_STYLING)]
pub(super) enum Cargo {
    Dockerize(Arguments),
}

/// Write the Dockerfile of a Rust program, from what cargo knows about it
#[derive(Debug, Args)]
#[command(
    version,
    args_conflicts_with_subcommands = false,
    disable_help_flag = true,
    disable_version_flag = true
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,

    /// Package with the binary
    #[arg(
        short,
        long,
        value_name = "SPEC",
        global = true,
        help_heading = "Project"
    )]
    package: Option<String>,
    #[command(flatten)]
    settings: SettingFlags,
    /// Image to write, where the manifest names several
    #[arg(
        hide_short_help = true,
        long,
        value_name = "NAME",
        global = true,
        help_heading = "Project",
        conflicts_with = "bin"
    )]
    image: Option<String>,
    /// Every member of the workspace that ships a program
    #[arg(long, global = true, help_heading = "Project", conflicts_with_all = ["package", "bin", "image", "output"])]
    workspace: bool,
    /// Members to leave out, by name or folder; may be a glob
    #[arg(
        hide_short_help = true,
        long,
        value_name = "SPEC",
        global = true,
        help_heading = "Project"
    )]
    exclude: Vec<String>,
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH", global = true, help_heading = "Project")]
    manifest_path: Option<PathBuf>,
    /// Require an up-to-date lock file; `--frozen` is this and `--offline`
    #[arg(long, global = true, help_heading = "Project")]
    locked: bool,
    /// Run without network
    #[arg(hide_short_help = true, long, global = true, help_heading = "Project")]
    offline: bool,
    /// The same as `--locked --offline`
    #[arg(long, global = true, hide = true)]
    frozen: bool,

    /// Overwrite files that are not ours, were edited or are newer
    #[arg(long, global = true, help_heading = "Output")]
    force: bool,
    /// Show the files instead of writing them
    #[arg(long, global = true, help_heading = "Output")]
    dry_run: bool,
    /// Exit with 1 if there are warnings; `generate` then writes nothing
    #[arg(hide_short_help = true, long, global = true, help_heading = "Output")]
    deny_warnings: bool,
    /// Print nothing but errors
    #[arg(
        short,
        long,
        global = true,
        help_heading = "Output",
        conflicts_with = "verbose"
    )]
    pub(super) quiet: bool,
    /// Print all evidence
    #[arg(short, long, global = true, help_heading = "Output")]
    pub(super) verbose: bool,
    /// auto, always, never
    #[arg(
        hide_short_help = true,
        long,
        value_name = "WHEN",
        global = true,
        default_value = "auto",
        hide_default_value = true,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    pub(super) color: Color,
    // By hand, or they would have a heading of their own: the help fits one screen.
    /// Print help; `--help` shows all options
    #[arg(short, long, global = true, action = ArgAction::Help, help_heading = "Output")]
    help: Option<bool>,
    /// Print version
    #[arg(short = 'V', long, action = ArgAction::Version, help_heading = "Output")]
    version: Option<bool>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write the Dockerfile and its ignore file (what happens without a command)
    Generate,
    /// Compare with the files that are there; exit code 1 if they differ
    Check(CheckArguments),
    /// Show every decision with its evidence
    Plan(PlanArguments),
    /// Explain a crate and what it needs, or the code of a message
    Explain(ExplainArguments),
    /// Write manifests and stubs to --output, for --build-context skeleton=DIR
    Skeleton,
    /// List the built-in templates; `templates eject` writes them out to start from
    Templates(TemplatesArguments),
    /// Print the JSON schema of the settings in Cargo.toml, for editors
    Schema,
}

#[derive(Debug, Args)]
pub(super) struct TemplatesArguments {
    #[command(subcommand)]
    pub(super) command: Option<TemplatesCommand>,
}

#[derive(Debug, Subcommand)]
pub(super) enum TemplatesCommand {
    /// Write one of them, or all, to --output [default: docker/templates]
    Eject {
        /// The template, as `cargo dockerize templates` lists it [default: all of them]
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// human, json, github or gitlab
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "human",
        hide_possible_values = true
    )]
    pub(super) format: CheckFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CheckFormat {
    /// For people.
    Human,
    /// One object with all findings.
    Json,
    /// Annotations of GitHub Actions.
    Github,
    /// A report of code quality for GitLab.
    Gitlab,
}

#[derive(Debug, Args)]
pub(super) struct PlanArguments {
    /// human or json
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "human",
        hide_possible_values = true
    )]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// A crate by its name in Cargo.lock, or a code such as `loopback`
    #[arg(value_name = "CRATE|CODE")]
    pub(super) name: String,
    /// human or json
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "human",
        hide_possible_values = true
    )]
    pub(super) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Human,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    /// What the flag says, or else `CARGO_TERM_COLOR`.
    pub(super) fn or_of_cargo(self) -> Self {
        match (self, std::env::var("CARGO_TERM_COLOR").as_deref()) {
            (Self::Auto, Ok("always")) => Self::Always,
            (Self::Auto, Ok("never")) => Self::Never,
            _ => self,
        }
    }
}

impl Arguments {
    /// The folder that the skeleton goes to; without one, the process ends as for any wrong usage.
    pub(super) fn folder(&self) -> PathBuf {
        match self.settings.text("output") {
            Some(folder) => PathBuf::from(folder),
            None => Cargo::command()
                .error(
                    ErrorKind::MissingRequiredArgument,
                    "`skeleton` needs a folder to write to: --output <DIR>",
                )
                .exit(),
        }
    }

    /// The folder that templates are written to, relative to the current one.
    pub(super) fn templates_folder(&self) -> &str {
        self.settings.text("output").unwrap_or("docker/templates")
    }

    /// Whether nothing was typed that says what is written, or from what.
    pub(super) fn is_bare(&self) -> bool {
        self.settings.is_empty_but(self.other_settings())
            && self.package.is_none()
            && self.image.is_none()
            && self.manifest_path.is_none()
            && self.exclude.is_empty()
            && !self.workspace
            && !self.force
    }

    /// Flags that do not mean the setting of their name.
    fn other_settings(&self) -> &'static [&'static str] {
        match self.command {
            // Its output is the folder that the skeleton goes to.
            Some(Command::Skeleton) => &["output"],
            _ => &[],
        }
    }

    /// Whether it is about all members.
    pub(super) fn is_of_workspace(&self) -> bool {
        self.workspace
    }

    /// Whether it is a command as headers have it.
    pub(super) fn is_repeatable(&self) -> bool {
        self.command.is_none() && self.manifest_path.is_none() && !self.force && !self.dry_run
    }

    /// Whether it only says which package it is about.
    pub(super) fn is_of_package(&self) -> bool {
        self.package.is_some()
            && self.settings.is_empty()
            && self.image.is_none()
            && self.exclude.is_empty()
            && !self.workspace
    }

    /// The program that is asked for by its own name.
    pub(super) fn program(&self) -> Option<&str> {
        self.settings.text("bin")
    }

    /// Where the files go.
    pub(super) fn output(&self) -> Option<&str> {
        self.settings.text("output")
    }

    /// Takes over how something is done from what was typed.
    pub(super) fn take_manner(&mut self, typed: &Self) {
        self.locked = typed.locked;
        self.offline = typed.offline;
        self.frozen = typed.frozen;
        self.dry_run = typed.dry_run;
        self.deny_warnings = typed.deny_warnings;
        self.quiet = typed.quiet;
        self.verbose = typed.verbose;
    }

    pub(super) fn is_forced(&self) -> bool {
        self.force
    }

    pub(super) fn is_dry_run(&self) -> bool {
        self.dry_run
    }

    pub(super) fn denies_warnings(&self) -> bool {
        self.deny_warnings
    }

    /// The request that these arguments make.
    pub(super) fn request<'a>(
        &self,
        progress: Option<&'a (dyn Fn(&str) + Sync)>,
    ) -> Result<Request<'a>> {
        Ok(Request {
            current_dir: std::env::current_dir()?,
            manifest_path: self.manifest_path.clone(),
            package: self.package.clone(),
            whole_workspace: self.workspace,
            beside_package: false,
            exclude: self.exclude.clone(),
            image: self.image.clone(),
            variables: settings::read_variables(std::env::vars_os())?,
            caller: Caller::CommandLine,
            overrides: self.settings.table(self.other_settings()),
            locked: self.locked || self.frozen,
            offline: self.offline || self.frozen,
            fresh: self.force,
            cache: None,
            progress,
        })
    }
}
