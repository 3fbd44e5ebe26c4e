//! The programs of this machine.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Result;

/// Runs a program to its end and returns its standard output.
///
/// # Errors
///
/// What it printed, if it fails.
pub(crate) fn run<S: AsRef<OsStr>>(
    program: &str,
    arguments: &[S],
    folder: &Path,
) -> Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run `{program}`: {error}"))?;
    if !output.status.success() {
        let words: Vec<_> = arguments
            .iter()
            .map(|word| word.as_ref().to_string_lossy())
            .collect();
        let stderr = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{program} {}` failed:\n{stderr}", words.join(" ")).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs the cargo that runs this benchmark.
pub(crate) fn cargo(arguments: &[&str], folder: &Path) -> Result<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    run(&cargo, arguments, folder)
}

/// The official image of this machine's Rust, for the Dockerfiles of others: ours take that version too.
pub(crate) fn rust_image() -> Result<String> {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let text = run(&rustc, &["--version"], Path::new("."))?;
    let version = text
        .split_whitespace()
        .nth(1)
        .ok_or("`rustc --version` has no version")?;
    let parts: Vec<_> = version.split('.').take(2).collect();
    Ok(format!("rust:{}-slim-trixie", parts.join(".")))
}
