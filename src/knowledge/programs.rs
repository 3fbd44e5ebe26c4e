//! Which Debian packages have the programs that build scripts run.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// What is known of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Program {
    /// The builder image has it.
    InImage,
    /// These packages have it.
    Packages(Vec<String>),
    /// No package of Debian has it.
    Nowhere,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    in_image: InImage,
    program: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InImage {
    programs: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    packages: Option<Vec<String>>,
    #[serde(rename = "source")]
    _source: String,
}

fn read() -> File {
    toml::from_str(include_str!("programs.toml")).expect("the table that is compiled in is valid")
}

/// What is known of a program, by its name or its path.
pub(crate) fn program(name: &str) -> Option<&'static Program> {
    static TABLE: OnceLock<BTreeMap<String, Program>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let File {
            in_image, program, ..
        } = read();
        let rows = program.into_iter().map(|row| {
            let found = row.packages.map_or(Program::Nowhere, Program::Packages);
            (row.name, found)
        });
        let programs = in_image.programs.into_iter();
        let programs = programs.map(|name| (name, Program::InImage));
        rows.chain(programs).collect()
    });
    let name = ["/usr/bin/", "/bin/"]
        .iter()
        .find_map(|folder| name.strip_prefix(folder))
        .unwrap_or(name);
    table.get(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_order_and_have_sources() {
        let file = read();
        let names: Vec<&str> = file.program.iter().map(|row| row.name.as_str()).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(names, sorted);
        let image = &file.in_image;
        assert!(image.programs.is_sorted() && !image._source.is_empty());
        for row in &file.program {
            assert!(!image.programs.contains(&row.name), "{}", row.name);
            assert!(!row._source.is_empty(), "{}", row.name);
            for package in row.packages.iter().flatten() {
                assert!(crate::quote::is_package(package), "{package}");
            }
            let expected = match &row.packages {
                Some(packages) => Program::Packages(packages.clone()),
                None => Program::Nowhere,
            };
            assert_eq!(program(&row.name), Some(&expected));
        }
        assert_eq!(program("/bin/sh"), Some(&Program::InImage));
        assert_eq!(program("quux"), None);
    }
}
