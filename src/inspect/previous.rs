//! The Dockerfile of an earlier run.

use std::path::Path;

use semver::Version;

use crate::header::Header;
use crate::limits;

/// What an earlier run left in the Dockerfile that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// Its `ARG RUST_VERSION`.
    pub rust_version: Option<Version>,
}

/// Reads it, if it is one of ours.
pub(super) fn read(path: &Path) -> Option<Previous> {
    let text = limits::read(path, limits::TEXT).ok()?;
    Header::read(&text)?;
    let rust_version = text
        .lines()
        .find_map(|line| line.strip_prefix("ARG RUST_VERSION="))
        .and_then(crate::version::parse);
    Some(Previous { rust_version })
}
