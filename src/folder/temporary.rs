//! The names of files that have not taken their places.

use std::ffi::OsStr;

/// What the names of files begin and end with until they take their place.
pub(super) const PREFIX: &str = ".cargo-dockerize-";

pub(super) const SUFFIX: &str = ".tmp";

/// The letters between them.
pub(super) const RANDOM: usize = 6;

/// Whether a file has the name of one that has not taken its place.
pub(super) fn is_temporary(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let random = name.strip_prefix(PREFIX);
    let random = random.and_then(|rest| rest.strip_suffix(SUFFIX));
    random.is_some_and(|random| {
        random.len() == RANDOM && random.chars().all(|char| char.is_ascii_alphanumeric())
    })
}
