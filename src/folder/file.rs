//! A file that is to be written.

use std::path::PathBuf;

/// A file that was rendered and not yet written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Where it goes, absolute.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}
