//! Crates that do not compile with a newer Rust.

use std::sync::OnceLock;

use semver::{Version, VersionReq};
use serde::Deserialize;

/// Versions of a crate that a newer Rust does not compile.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ceiling {
    pub(crate) name: String,
    pub(crate) versions: VersionReq,
    /// The first Rust that does not compile them, such as `1.80`.
    pub(crate) since: String,
    /// The first later version of the crate that compiles.
    pub(crate) fixed: Version,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "crate")]
    crates: Vec<Ceiling>,
}

fn table() -> &'static [Ceiling] {
    static TABLE: OnceLock<Vec<Ceiling>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let file: File = toml::from_str(include_str!("ceilings.toml"))
            .expect("the table that is compiled in is valid");
        file.crates
    })
}

/// What is known of a version of a crate.
pub(crate) fn ceiling(name: &str, version: &Version) -> Option<&'static Ceiling> {
    let mut rows = table().iter();
    rows.find(|row| row.name == name && row.versions.matches(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_order_and_end_where_they_say() {
        assert!(table().is_sorted_by_key(|row| &row.name));
        for row in table() {
            assert!(!row._source.is_empty(), "{}", row.name);
            assert!(crate::version::parse(&row.since).is_some(), "{}", row.name);
            assert!(ceiling(&row.name, &row.fixed).is_none(), "{}", row.name);
            let patch = row
                .fixed
                .patch
                .checked_sub(1)
                .expect("it has a version before");
            let before = Version::new(row.fixed.major, row.fixed.minor, patch);
            let found = ceiling(&row.name, &before).expect("the one before fails");
            assert_eq!(found.since, row.since);
        }
    }
}
