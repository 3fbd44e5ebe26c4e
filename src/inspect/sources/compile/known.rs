//! The table of what reads no file by itself.

use std::sync::OnceLock;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    crates: Vec<Crates>,
    programs: Vec<Programs>,
    variables: Vec<Programs>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Crates {
    #[cfg_attr(not(test), allow(dead_code))]
    reads: Reads,
    names: Vec<String>,
    #[cfg_attr(not(test), allow(dead_code))]
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Programs {
    names: Vec<String>,
    #[cfg_attr(not(test), allow(dead_code))]
    source: String,
}

/// What a build dependency reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Reads {
    Nothing,
    Given,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        toml::from_str(include_str!("../../compile.toml"))
            .expect("the table that is compiled in is valid")
    })
}

/// Whether it is known what a build dependency reads.
pub(super) fn is_known(name: &str) -> bool {
    let mut names = table().crates.iter().flat_map(|row| &row.names);
    names.any(|known| known == name) || super::super::conventions::has(name)
}

/// Whether a variable is none that an image's build is given.
pub(in super::super) fn is_of_machine(name: &str) -> bool {
    let mut names = table().variables.iter().flat_map(|row| &row.names);
    names.any(|known| known == name)
}

/// Whether a program reads nothing of the project.
pub(super) fn is_harmless(program: &str) -> bool {
    let mut names = table().programs.iter().flat_map(|row| &row.names);
    names.any(|known| known == program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_there_once_in_order_and_has_a_source() {
        let mut all: Vec<&String> = Vec::new();
        for row in &table().crates {
            assert!(row.source.contains("https://"));
            assert!(row.names.len() > 10, "{:?}", row.reads);
            all.extend(&row.names);
        }
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(table().programs.iter().all(|row| !row.source.is_empty()));
        assert!(is_known("cc") && is_known("rust-i18n") && !is_known("nobody-knows"));
        assert!(is_harmless("git") && !is_harmless("sh"));
    }
}
