//! Asking rustc.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use semver::Version;

/// The compiler that runs where the tool runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiler {
    /// Its version, with the channel as pre-release (`1.97.0-nightly`).
    pub version: Version,
}

/// Asks rustc for its version; `None` where there is none.
pub(super) fn compiler(current_dir: &Path) -> Option<Compiler> {
    let output = Command::new(rustc())
        .arg("-vV")
        .current_dir(current_dir)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let release = text
        .lines()
        .find_map(|line| line.strip_prefix("release: "))?;
    Some(Compiler {
        version: Version::parse(release.trim()).ok()?,
    })
}

/// The compiler of the environment, or else the first one on `PATH`.
///
/// Where that is rustup's, the compiler that it would start is run at once, as cargo does: it is asked several times,
/// and rustup takes about as long as the compiler.
pub(super) fn rustc() -> OsString {
    let var = std::env::var_os;
    if let Some(rustc) = var("RUSTC") {
        return rustc;
    }
    let behind_rustup = || {
        // rustup sets both variables for what it starts.
        let toolchain = PathBuf::from(var("RUSTUP_TOOLCHAIN")?);
        let home = PathBuf::from(var("RUSTUP_HOME")?);
        let is_name = toolchain
            .components()
            .eq([Component::Normal(toolchain.as_os_str())]);
        let rustc = home.join("toolchains").join(&toolchain).join("bin/rustc");
        // It puts itself on `PATH` under many names, as links or as copies.
        let size = |name| {
            fs_err::metadata(which::which(name).ok()?)
                .ok()
                .map(|file| file.len())
        };
        let is_rustup = size("rustc")? == size("rustup")?;
        (is_name && home.is_absolute() && is_rustup && rustc.is_file()).then_some(rustc)
    };
    behind_rustup().map_or_else(|| "rustc".into(), PathBuf::into_os_string)
}
