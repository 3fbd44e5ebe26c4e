//! Programs that code starts, and where Debian has them.

use std::sync::OnceLock;

use serde::Deserialize;

/// A program.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Program {
    pub(crate) name: String,
    /// The Debian package.
    pub(crate) package: String,
    /// Whether every image of Debian has it.
    #[serde(default)]
    pub(crate) essential: bool,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Programs {
    program: Vec<Program>,
}

/// What is known of a program of this name.
pub(crate) fn program(name: &str) -> Option<&'static Program> {
    all().iter().find(|program| program.name == name)
}

fn all() -> &'static [Program] {
    static ALL: OnceLock<Vec<Program>> = OnceLock::new();
    ALL.get_or_init(|| {
        let programs: Programs = toml::from_str(include_str!("started.toml"))
            .expect("the table that is compiled in is valid");
        programs.program
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_in_order_and_their_packages_are_packages() {
        let names: Vec<&str> = all().iter().map(|program| program.name.as_str()).collect();
        assert!(names.is_sorted_by(|one, two| one < two), "{names:?}");
        for program in all() {
            assert!(crate::quote::is_package(&program.package), "{program:?}");
            assert!(program._source.starts_with("https://"), "{program:?}");
        }
    }
}
