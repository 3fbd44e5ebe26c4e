//! The arguments, named and shaped as cargo's own.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use toml::Spanned;

use crate::config::{self, Layer, Libc, Linkage, Strategy};
use crate::error::Result;
use crate::inspect::Request;

/// What cargo calls: `cargo dockerize`.
#[derive(Debug, Parser)]
#[command(name = "cargo", bin_name = "cargo", styles = clap_cargo::style::CLAP_STYLING, disable_help_subcommand = true)]
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
    /// Binary to ship
    #[arg(long, value_name = "NAME", global = true, help_heading = "Project")]
    bin: Option<String>,
    /// Image to write, where the manifest names several
    #[arg(
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
    #[arg(long, value_name = "SPEC", global = true, help_heading = "Project")]
    exclude: Vec<String>,
    /// Features to activate, separated by commas or spaces
    #[arg(
        short = 'F',
        long,
        value_name = "FEATURES",
        global = true,
        help_heading = "Project"
    )]
    features: Vec<String>,
    /// Activate all features
    #[arg(long, global = true, help_heading = "Project")]
    all_features: bool,
    /// Do not activate the `default` feature
    #[arg(long, global = true, help_heading = "Project")]
    no_default_features: bool,
    /// Cargo profile to build with [default: release]
    #[arg(long, value_name = "NAME", global = true, help_heading = "Project")]
    profile: Option<String>,
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH", global = true, help_heading = "Project")]
    manifest_path: Option<PathBuf>,
    /// Require that the lock file is up to date
    #[arg(long, global = true, help_heading = "Project")]
    locked: bool,
    /// Run without network
    #[arg(long, global = true, help_heading = "Project")]
    offline: bool,

    /// auto, scratch, distroless, or an image [default: auto]
    #[arg(long, value_name = "IMAGE", global = true, help_heading = "Image")]
    runtime: Option<String>,
    /// C library to link [default: from the dependencies]
    #[arg(
        long,
        value_name = "LIBC",
        global = true,
        help_heading = "Image",
        hide_possible_values = true
    )]
    libc: Option<LibcFlag>,
    /// static or dynamic [default: from the dependencies]
    #[arg(
        long,
        value_name = "LINKAGE",
        global = true,
        help_heading = "Image",
        hide_possible_values = true
    )]
    linkage: Option<LinkageFlag>,
    /// Image to build in [default: the official Rust image]
    #[arg(long, value_name = "IMAGE", global = true, help_heading = "Image")]
    builder_image: Option<String>,
    /// Platform to build for, such as linux/arm64; may be repeated
    #[arg(
        long,
        value_name = "PLATFORM",
        global = true,
        value_delimiter = ',',
        help_heading = "Image"
    )]
    platform: Vec<String>,
    /// Port the program listens on; may be repeated
    #[arg(long, value_name = "PORT", global = true, help_heading = "Image")]
    port: Vec<u16>,

    /// How what was compiled lasts: layers, mounts, hybrid [default: layers]
    #[arg(
        long,
        value_name = "STRATEGY",
        global = true,
        help_heading = "Image",
        hide_possible_values = true
    )]
    strategy: Option<StrategyFlag>,

    /// Where the Dockerfile goes [default: Dockerfile in the workspace's root]
    #[arg(
        short,
        long,
        value_name = "PATH",
        global = true,
        help_heading = "Output"
    )]
    output: Option<String>,
    /// Overwrite files that are not ours, were edited or are newer
    #[arg(long, global = true, help_heading = "Output")]
    force: bool,
    /// Show the files instead of writing them
    #[arg(long, global = true, help_heading = "Output")]
    dry_run: bool,
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
    /// Print help
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
    Check,
    /// Show every decision with its evidence
    Plan(PlanArguments),
    /// Show what is known about a crate, and who asked for it
    Explain(ExplainArguments),
    /// Write what dependencies hang on to --output, for --build-context skeleton=DIR
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
    /// The crate, by its name in Cargo.lock
    #[arg(value_name = "CRATE")]
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

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LibcFlag {
    Glibc,
    Musl,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LinkageFlag {
    Static,
    Dynamic,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum StrategyFlag {
    Layers,
    Mounts,
    Hybrid,
}

impl Arguments {
    /// The folder that the skeleton goes to; without one, the process ends as for any wrong usage.
    pub(super) fn folder(&self) -> PathBuf {
        match &self.output {
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
        self.output.as_deref().unwrap_or("docker/templates")
    }

    pub(super) fn is_forced(&self) -> bool {
        self.force
    }

    pub(super) fn is_dry_run(&self) -> bool {
        self.dry_run
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
            variables: config::read_variables(std::env::vars_os())?,
            flags: self.layer(),
            locked: self.locked,
            offline: self.offline,
            fresh: self.force,
            cache: None,
            progress,
        })
    }

    fn layer(&self) -> Layer {
        fn flag<T>(value: T) -> Spanned<T> {
            Spanned::new(0..0, value)
        }
        let features: Vec<String> = self
            .features
            .iter()
            .flat_map(|list| list.split([',', ' ']))
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        Layer {
            bin: self.bin.clone().map(flag),
            features: (!features.is_empty()).then(|| flag(features.into())),
            no_default_features: self.no_default_features.then(|| flag(true)),
            all_features: self.all_features.then(|| flag(true)),
            profile: self.profile.clone().map(flag),
            runtime: self.runtime.clone().map(flag),
            libc: self.libc.map(|libc| {
                flag(match libc {
                    LibcFlag::Glibc => Libc::Glibc,
                    LibcFlag::Musl => Libc::Musl,
                })
            }),
            linkage: self.linkage.map(|linkage| {
                flag(match linkage {
                    LinkageFlag::Static => Linkage::Static,
                    LinkageFlag::Dynamic => Linkage::Dynamic,
                })
            }),
            builder_image: self.builder_image.clone().map(flag),
            platforms: (!self.platform.is_empty()).then(|| flag(self.platform.clone())),
            port: (!self.port.is_empty()).then(|| flag(self.port.clone().into())),
            strategy: self.strategy.map(|strategy| {
                flag(match strategy {
                    StrategyFlag::Layers => Strategy::Layers,
                    StrategyFlag::Mounts => Strategy::Mounts,
                    StrategyFlag::Hybrid => Strategy::Hybrid,
                })
            }),
            output: match self.command {
                Some(Command::Skeleton) => None,
                _ => self.output.clone().map(flag),
            },
            ..Layer::default()
        }
    }
}
