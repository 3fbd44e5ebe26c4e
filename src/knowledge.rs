//! What is known about crates, frameworks and images: tables, each row with its source.

pub(crate) mod ceilings;
pub(crate) mod cross;
mod images;
pub(crate) mod pkg_config;
pub(crate) mod programs;
mod rule;
pub(crate) mod started;
#[cfg(test)]
mod validate;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

pub(crate) use self::images::{NodeImage, Release, RuntimeImage, System, SystemLibc, parts};
pub(crate) use self::rule::{Compiles, Musl, Need, Rule};

/// A web framework that listens where its variables say.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Framework {
    #[serde(rename = "crate")]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) features: Vec<String>,
    pub(crate) port: Option<u16>,
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    /// Arguments without which it does not serve.
    #[serde(default)]
    pub(crate) cmd: Vec<String>,
    /// Variables that choose its configuration, and what an image wants there.
    #[serde(default)]
    pub(crate) chosen: BTreeMap<String, String>,
    /// Whether it waits for SIGTERM by itself.
    #[serde(default)]
    pub(crate) stops: bool,
    /// Whether clients link the same crate with the same features: only code that listens makes a server.
    #[serde(default, rename = "serves-clients")]
    pub(crate) serves_clients: bool,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Crates {
    #[serde(rename = "crate")]
    crates: Vec<Crate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Crate {
    name: String,
    source: String,
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Frameworks {
    framework: Vec<Framework>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Images {
    node: NodeImage,
    release: Vec<Release>,
    image: Vec<RuntimeImage>,
    system: Vec<System>,
}

/// The tables of crates.
const CRATES: [&str; 2] = [
    include_str!("knowledge/native.toml"),
    include_str!("knowledge/runtime.toml"),
];

/// All tables.
pub(crate) struct Knowledge {
    crates: BTreeMap<String, (String, Vec<Rule>)>,
    pub(crate) frameworks: Vec<Framework>,
    pub(crate) releases: Vec<Release>,
    pub(crate) images: Vec<RuntimeImage>,
    pub(crate) systems: Vec<System>,
    pub(crate) node: NodeImage,
}

impl Knowledge {
    /// The tables that the tool ships.
    pub(crate) fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Knowledge> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            // A test reads every table: what is shipped parses.
            Self::read().expect("the tables that are compiled in are valid")
        })
    }

    fn read() -> Result<Self, toml::de::Error> {
        let mut crates = BTreeMap::new();
        for text in CRATES {
            for row in toml::from_str::<Crates>(text)?.crates {
                crates.insert(row.name, (row.source, row.rule));
            }
        }
        let frameworks: Frameworks = toml::from_str(include_str!("knowledge/frameworks.toml"))?;
        let images: Images = toml::from_str(include_str!("knowledge/images.toml"))?;
        Ok(Self {
            crates,
            frameworks: frameworks.framework,
            releases: images.release,
            images: images.image,
            systems: images.system,
            node: images.node,
        })
    }

    /// The names of all crates that have a row.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.crates.keys().map(String::as_str)
    }

    /// Whether the crate has a row, whatever its rules say.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.crates.contains_key(name)
    }

    /// The source of a crate's row, and its rules: the first whose conditions hold counts.
    pub(crate) fn row(&self, name: &str) -> Option<(&str, &[Rule])> {
        let (source, rules) = self.crates.get(name)?;
        Some((source, rules))
    }

    /// The row of a runtime image, by its reference; that of the same release, where its tag has no row.
    pub(crate) fn image(&self, reference: &str) -> Option<&RuntimeImage> {
        let exact = self.images.iter().find(|image| {
            image.reference() == reference
                || (image.tag.is_empty() && image.name == reference)
                || reference
                    .strip_prefix(image.name.as_str())
                    .is_some_and(|tag| image.name.contains('/') && tag.starts_with([':', '@']))
        });
        exact.or_else(|| {
            let (repository, _) = images::parts(reference);
            let release = self.system(reference)?.release.as_ref()?;
            self.images
                .iter()
                .find(|image| image.name == repository && image.release.as_ref() == Some(release))
        })
    }

    /// The system that an image is made of, by its reference.
    pub(crate) fn system(&self, reference: &str) -> Option<&System> {
        self.systems.iter().find(|system| system.is_of(reference))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use semver::Version;

    use super::*;

    #[test]
    fn every_row_is_read_and_has_a_source() {
        let knowledge = Knowledge::read().expect("the tables parse");
        assert!(
            knowledge.crates.len() > 250,
            "{} rows",
            knowledge.crates.len()
        );
        for (name, (source, rules)) in &knowledge.crates {
            assert!(!source.is_empty(), "{name} has no source");
            assert!(!rules.is_empty(), "{name} has no rule");
        }
        for framework in &knowledge.frameworks {
            assert!(
                !framework._source.is_empty(),
                "{} has no source",
                framework.name
            );
        }
        assert!(!knowledge.node._source.is_empty());
        for image in &knowledge.images {
            let known =
                |release: &String| knowledge.releases.iter().any(|r| r.codename == *release);
            assert!(image.release.as_ref().is_none_or(known), "{}", image.name);
        }
    }

    #[test]
    fn features_choose_the_rule() {
        let knowledge = Knowledge::shipped();
        let version = Version::new(0, 9, 118);
        let rule = |features: &[&str]| {
            let features = features.iter().map(|name| (*name).to_owned()).collect();
            let (_, rules) = knowledge.row("openssl-sys").expect("it has a row");
            let mut rules = rules.iter();
            rules
                .find(|rule| rule.holds(&version, &features))
                .expect("the last rule has no conditions")
        };
        assert_eq!(rule(&["vendored"]).musl(), Musl::Fine);
        assert_eq!(rule(&[]).musl(), Musl::Impossible);
        assert_eq!(rule(&[]).runtime, ["libssl3t64"]);
    }

    #[test]
    fn images_are_found_by_reference() {
        let knowledge = Knowledge::shipped();
        let release = |reference: &str| {
            knowledge
                .image(reference)
                .and_then(|image| image.release.as_deref())
        };
        assert_eq!(release("debian:bookworm-slim"), Some("bookworm"));
        assert_eq!(
            release("gcr.io/distroless/cc-debian13:latest"),
            Some("trixie")
        );
        assert_eq!(release("gcr.io/distroless/cc-debian130:latest"), None);
    }

    /// Crates that compile their own copy, unless pkg-config finds the library of a package that another
    /// crate brought: the variable that keeps them to it. libusb1-sys has none, see its row.
    const PINS: &[(&str, &str)] = &[
        ("audiopus_sys", "OPUS_NO_PKG"),
        ("audiopus_sys", "OPUS_STATIC"),
        ("bzip2-sys", "BZIP2_NO_PKG_CONFIG"),
        ("curl-sys", "LIBCURL_NO_PKG_CONFIG"),
        ("expat-sys", "EXPAT_NO_PKG_CONFIG"),
        ("libz-sys", "LIBZ_SYS_STATIC"),
        ("liblzma-sys", "LZMA_API_STATIC"),
        ("lzma-sys", "LZMA_API_STATIC"),
        ("pcre2-sys", "PCRE2_SYS_STATIC"),
    ];

    #[test]
    fn packages_of_others_do_not_change_how_a_crate_links() {
        for (name, variable) in PINS {
            let (_, rules) = Knowledge::shipped().row(name).expect("it has a row");
            let last = rules.last().expect("it has a rule");
            assert!(last.runtime.is_empty(), "{name} links a shared library");
            assert_eq!(
                last.env.get(*variable).map(String::as_str),
                Some("1"),
                "{name}"
            );
            // A feature decides by itself.
            let others = rules
                .iter()
                .filter(|rule| !rule.env.contains_key(*variable));
            for rule in others {
                let is_chosen = !rule.features.is_empty() || !rule.any_feature.is_empty();
                assert!(is_chosen, "{name} is not pinned: {rule:?}");
            }
        }
    }

    #[test]
    fn every_variable_gets_through_a_shell() {
        for (name, (_, rules)) in &Knowledge::shipped().crates {
            for variable in rules.iter().flat_map(|rule| rule.env.keys()) {
                assert!(crate::quote::is_variable(variable), "{name}: {variable}");
            }
        }
    }

    #[test]
    fn packages_have_the_names_of_their_release() {
        let knowledge = Knowledge::shipped();
        let name = |codename: &str, package: &str| {
            let mut releases = knowledge.releases.iter();
            let release = releases.find(|release| release.codename == codename);
            release.expect("it is known").package(package).to_owned()
        };
        assert_eq!(name("trixie", "libssl3t64"), "libssl3t64");
        assert_eq!(name("bookworm", "libssl3t64"), "libssl3");
        assert_eq!(name("bookworm", "libgdal36"), "libgdal32");
        assert_eq!(name("bookworm", "libpq5"), "libpq5");
        let used: BTreeSet<&String> = knowledge
            .crates
            .values()
            .flat_map(|(_, rules)| rules)
            .flat_map(|rule| &rule.runtime)
            .collect();
        for release in &knowledge.releases {
            for package in release.renamed.keys() {
                assert!(used.contains(package), "no rule has {package}");
            }
        }
    }
}
