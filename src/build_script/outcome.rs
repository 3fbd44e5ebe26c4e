//! What comes of generating from a build script.

use std::path::PathBuf;

use super::surroundings::Skipped;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Nothing was looked at, for a good reason.
    Skipped(Skipped),
    /// The files are as planned.
    Unchanged,
    /// These files are new.
    Written(Vec<PathBuf>),
    /// These files are not as planned, or missing; nothing was written, as only a check was asked for.
    Differs(Vec<PathBuf>),
}
