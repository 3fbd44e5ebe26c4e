//! Which Debian package has a module of pkg-config.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// A module of pkg-config, as a release of Debian has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Module {
    /// The package with the module's file, and with headers.
    pub(crate) package: String,
    /// The version that the module says it has.
    pub(crate) version: String,
    /// The packages with the shared libraries.
    pub(crate) runtime: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    release: Vec<Release>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    codename: String,
    #[serde(rename = "source")]
    _source: String,
    packages: BTreeMap<String, Package>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Package {
    modules: BTreeMap<String, String>,
    #[serde(default)]
    runtime: Vec<String>,
}

type Modules = BTreeMap<String, BTreeMap<String, Module>>;

/// The module of this name in the release with this codename.
pub(crate) fn module(release: &str, name: &str) -> Option<&'static Module> {
    // It is read when a crate asks: few do.
    static SHIPPED: OnceLock<Modules> = OnceLock::new();
    let modules = SHIPPED.get_or_init(|| {
        // A test reads the table: what is shipped parses.
        read().expect("the table that is compiled in is valid")
    });
    modules.get(release)?.get(name)
}

fn read() -> Result<Modules, toml::de::Error> {
    let table: Table = toml::from_str(include_str!("pkg-config.toml"))?;
    let mut releases = Modules::new();
    for release in table.release {
        let modules = releases.entry(release.codename).or_default();
        for (package, row) in release.packages {
            for (name, version) in row.modules {
                let module = Module {
                    package: package.clone(),
                    version,
                    runtime: row.runtime.clone(),
                };
                modules.insert(name, module);
            }
        }
    }
    Ok(releases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Knowledge;
    use crate::quote;

    #[test]
    fn every_release_has_modules_of_one_package_each() {
        let table: Table = toml::from_str(include_str!("pkg-config.toml")).expect("it parses");
        let read = read().expect("it parses");
        for release in &Knowledge::shipped().releases {
            assert!(
                read[&release.codename].len() > 400,
                "{}: {} modules",
                release.codename,
                read[&release.codename].len()
            );
        }
        for release in &table.release {
            assert!(!release._source.is_empty(), "{}", release.codename);
            let count: usize = release.packages.values().map(|row| row.modules.len()).sum();
            assert_eq!(
                count,
                read[&release.codename].len(),
                "a module of {} is in two packages",
                release.codename
            );
            for (name, row) in &release.packages {
                assert!(!row.modules.is_empty(), "{name} has no module");
                assert!(quote::is_package(name), "{name}");
                for library in &row.runtime {
                    assert!(quote::is_package(library), "{library}");
                }
                for version in row.modules.values() {
                    assert!(
                        version.split('.').all(|part| part.parse::<u64>().is_ok()),
                        "{name}: `{version}` is not made of numbers"
                    );
                }
            }
        }
    }

    #[test]
    fn a_module_is_found_in_its_release() {
        let gtk = |release| module(release, "gtk4").map(|module| module.package.as_str());
        assert_eq!(gtk("trixie"), Some("libgtk-4-dev"));
        assert_eq!(gtk("bookworm"), Some("libgtk-4-dev"));
        assert_eq!(gtk("sid"), None);
        assert_eq!(module("trixie", "no-such-module"), None);
    }
}
