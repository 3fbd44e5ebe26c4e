//! What a file that pins the toolchain says.

use std::path::PathBuf;

/// `rust-toolchain.toml`, the older `rust-toolchain`, or the file of a version manager that names a version of Rust.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToolchainFile {
    /// Where it is, absolute.
    pub path: PathBuf,
    /// The channel: `1.88.0`, `1.92`, `stable`, `nightly-2026-01-31`.
    pub channel: Option<String>,
    /// The line that names the channel, counted from 1.
    pub line: usize,
    /// Targets that the project builds for.
    pub targets: Vec<String>,
    /// Components beside those of the profile: `rust-src`.
    pub components: Vec<String>,
    /// rustup's profile: `minimal`, `default` or `complete`.
    pub profile: Option<String>,
}
