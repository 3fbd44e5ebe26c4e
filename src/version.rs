//! Versions of Rust, as images and toolchain files write them.

use semver::Version;

/// Reads `1.92` and `1.92.1`; `None` for `stable` and the like.
pub(crate) fn parse(text: &str) -> Option<Version> {
    let numbers: Vec<u64> = text
        .trim()
        .split('.')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    match numbers.as_slice() {
        [major, minor] => Some(Version::new(*major, *minor, 0)),
        [major, minor, patch] => Some(Version::new(*major, *minor, *patch)),
        _ => None,
    }
}

/// The tag that follows patch releases: `1.92`.
pub(crate) fn minor_tag(version: &Version) -> String {
    format!("{}.{}", version.major, version.minor)
}
