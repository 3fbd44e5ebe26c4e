//! The Dockerfile of an earlier run.

use std::path::Path;

use semver::Version;

use crate::folder::Folder;
use crate::header::Header;

/// What an earlier run left in the Dockerfile that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// Its `ARG RUST_VERSION`.
    pub rust_version: Option<Version>,
}

/// Reads it, if it is one of ours; links out of the project are not followed.
pub(super) fn read(path: &Path, bounds: &Path) -> Option<Previous> {
    // A path outside was typed by the user.
    let folder = match path.starts_with(bounds) {
        true => bounds,
        false => path.parent()?,
    };
    let bytes = Folder::open(folder)
        .ok()?
        .read(path.strip_prefix(folder).ok()?);
    let text = String::from_utf8(bytes.ok()??).ok()?;
    Header::read(&text)?;
    let rust_version = text
        .lines()
        .find_map(|line| line.strip_prefix("ARG RUST_VERSION="))
        .and_then(crate::version::parse);
    Some(Previous { rust_version })
}
