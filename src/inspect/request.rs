//! What is asked for.

use std::path::PathBuf;

use crate::settings::{Caller, SettingsTable};

/// What to look at, as the command line or a build script says it.
#[derive(Default)]
pub struct Request<'a> {
    /// The folder that the search for a manifest starts from; absolute.
    pub current_dir: PathBuf,
    /// A manifest, instead of the one found from the current folder.
    pub manifest_path: Option<PathBuf>,
    /// The package to ship (`-p`).
    pub package: Option<String>,
    /// All members that are shipped, instead of one package.
    pub whole_workspace: bool,
    /// Members to leave out of them, as globs.
    pub exclude: Vec<String>,
    /// As one of all members, where there are several: with its files beside the package.
    pub beside_package: bool,
    /// The image of the package, where it has several.
    pub image: Option<String>,
    /// Who asks.
    pub caller: Caller,
    /// The settings of the caller, which override all others.
    pub overrides: SettingsTable,
    /// The settings of the environment.
    pub variables: SettingsTable,
    /// Pass `--locked` to cargo.
    pub locked: bool,
    /// Pass `--offline` to cargo.
    pub offline: bool,
    /// Do not keep anything from a Dockerfile that is there.
    pub fresh: bool,
    /// Where cargo keeps what it learns of the compiler, instead of the project's target folder.
    pub cache: Option<PathBuf>,
    /// Called with each line that cargo writes to its standard error.
    pub progress: Option<&'a (dyn Fn(&str) + Sync)>,
}
