//! Asking rustc.

use std::path::Path;
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
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
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
