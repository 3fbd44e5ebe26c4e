//! The stage that runs.

use serde::{Deserialize, Serialize};

use super::build::Variable;
use super::context::Copy;
use crate::decision::{Decision, Evidence};
use crate::shell::ShellText;

/// The stage that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Runtime {
    /// The image.
    pub image: Decision<String>,
    /// Whether the program is put together with other files under `/rootfs` first.
    pub is_staged: bool,
    /// The copy of the program from where cargo leaves it, where it is not staged.
    pub copied: Option<Copy>,
    /// The stage that the image begins with, where the builder looks into it.
    pub base: Option<String>,
    /// The shared libraries that the builder finds and copies.
    pub libraries: Option<Libraries>,
    /// Whether a writable `/tmp` has to be made.
    pub tmp: Option<Decision<bool>>,
    /// The line of a passwd file that has to be made.
    pub passwd: Option<Decision<String>>,
    /// Files of Debian, from the builder.
    pub files: Vec<Decision<RuntimeFile>>,
    /// Debian packages, where the image can install them.
    pub packages: Vec<Decision<String>>,
    /// The working directory, where it is not left to the image.
    pub workdir: Option<Decision<String>>,
    /// Folders that are made for the user, absolute: the program may write there.
    pub folders: Vec<Decision<String>>,
    /// Folders that are volumes.
    pub volumes: Vec<Decision<String>>,
    /// Files that the program opens when it runs; destinations are relative to `workdir`.
    pub assets: Vec<Copy>,
    /// The program that the image starts.
    pub program: String,
    /// Further programs.
    pub extra_programs: Vec<Decision<String>>,
    /// Links to the program, by their names.
    pub aliases: Vec<Decision<String>>,
    /// Who runs it.
    pub user: Decision<String>,
    /// Its default arguments.
    pub cmd: Vec<Decision<String>>,
    /// Its environment.
    pub env: Vec<Decision<Variable>>,
    /// Variables without which it does not start, and for which the image has no value.
    pub required_env: Vec<Decision<String>>,
    /// TCP ports that it listens on.
    pub ports: Vec<Decision<Port>>,
    /// UDP ports that it takes datagrams at.
    pub udp_ports: Vec<Decision<Port>>,
    /// Labels, from the manifest.
    pub labels: Vec<Decision<Variable>>,
    /// The signal that stops it, where it is not SIGTERM.
    pub stop_signal: Option<Decision<String>>,
    /// How an engine finds out whether it is healthy.
    pub healthcheck: Option<Healthcheck>,
}

/// How an engine finds out whether the program is healthy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Healthcheck {
    /// The command that it runs, in the exec form.
    pub command: Vec<String>,
    /// The words after `rustc` that a probe is compiled with, for the program's own target; empty without one.
    pub probe: Vec<ShellText>,
    /// Who asked for it, and where the port comes from.
    pub because: Vec<Evidence>,
}

/// A file or a folder of Debian, from the builder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RuntimeFile {
    /// The path, in builder and image.
    pub path: String,
    /// The Debian package that it comes from.
    pub package: String,
}

/// A port.
pub type Port = u16;

/// The shared libraries of a dynamic program that the image lacks: found when the image is built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Libraries {
    /// Debian packages that they are expected to come from.
    pub packages: Vec<Decision<String>>,
    /// Files that they load in their turn, as patterns of a shell.
    pub loads: Vec<Decision<ShellText>>,
    /// Whether the image has none at all, not even a loader.
    pub with_loader: bool,
    /// Whether it is compared, when the image is built, whether the image has the glibc that the program needs.
    pub compares_glibc: bool,
    /// Why they are looked for.
    pub because: Vec<Evidence>,
}
