//! Images, and the releases of Debian that they are made of.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;
use serde::Deserialize;

use super::rule::Need;

/// A release of Debian that there are builder images of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Release {
    pub(crate) codename: String,
    pub(crate) debian: u32,
    pub(crate) glibc: String,
    /// The suffix of the official image's tag.
    pub(crate) rust: String,
    /// The oldest Rust with such an image, `major.minor`.
    pub(crate) since_rust: String,
    /// Names of trixie's packages that are others here.
    #[serde(default)]
    pub(super) renamed: BTreeMap<String, String>,
    #[serde(rename = "note")]
    _note: Option<String>,
}

impl Release {
    /// Its glibc.
    pub(crate) fn glibc(&self) -> Option<Version> {
        crate::version::parse(&self.glibc)
    }

    /// The name that a package of trixie has here.
    pub(crate) fn package<'a>(&'a self, name: &'a str) -> &'a str {
        match self.renamed.get(name) {
            Some(other) => other,
            // 64-bit time renamed the packages of trixie.
            None if self.debian < 13 => name.trim_end_matches("t64"),
            None => name,
        }
    }
}

/// A system that images are made of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct System {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) libc: SystemLibc,
    /// The oldest glibc that it can have.
    pub(crate) glibc: Option<String>,
    /// The codename of Debian's release that it is.
    pub(crate) release: Option<String>,
    #[serde(default)]
    images: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    words: Vec<String>,
    #[serde(rename = "source")]
    pub(super) _source: String,
}

/// The C library of a system.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SystemLibc {
    #[default]
    Glibc,
    Musl,
    /// There is none.
    None,
}

/// Registries that have the official images under other names.
const OFFICIAL: [&str; 5] = [
    "docker.io/library/",
    "index.docker.io/library/",
    "public.ecr.aws/docker/library/",
    "mirror.gcr.io/library/",
    "docker.io/",
];

/// The repository and the tag of a reference; an official image by its short name.
pub(crate) fn parts(reference: &str) -> (&str, Option<&str>) {
    let (named, digest) = match reference.split_once('@') {
        Some((named, digest)) => (named, Some(digest)),
        None => (reference, None),
    };
    let path = named.rfind('/').map_or(0, |at| at + 1);
    let (repository, tag) = match named[path..].find(':') {
        Some(at) => (&named[..path + at], Some(&named[path + at + 1..])),
        // A digest alone may be any release.
        None => (named, digest.is_none().then_some("latest")),
    };
    let mut official = OFFICIAL.iter();
    let short = official.find_map(|prefix| repository.strip_prefix(prefix));
    (short.unwrap_or(repository), tag)
}

impl System {
    /// Whether a reference is an image of this system.
    pub(super) fn is_of(&self, reference: &str) -> bool {
        let (repository, tag) = parts(reference);
        let is_listed = self.images.get(repository).is_some_and(|tags| {
            tags.iter().any(|first| {
                let is_begun = |tag: &str| {
                    tag.strip_prefix(first.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
                };
                first == "*" || tag.is_some_and(is_begun)
            })
        });
        let named = reference.split('@').next().unwrap_or_default();
        let mut words = named.split(['-', '_', ':', '/']);
        let is_word = |word: &str| {
            let mut known = self.words.iter();
            known.any(|known| match known.strip_suffix('*') {
                Some(begin) => word.starts_with(begin),
                None => word == known,
            })
        };
        is_listed || words.any(is_word)
    }

    /// Its glibc, where it has one that is known.
    pub(crate) fn glibc(&self) -> Option<Version> {
        crate::version::parse(self.glibc.as_deref()?)
    }
}

/// An image that a program can run in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuntimeImage {
    pub(crate) name: String,
    pub(crate) tag: String,
    pub(crate) release: Option<String>,
    pub(crate) has: Vec<String>,
    pub(crate) packages: BTreeSet<String>,
    /// The user that its tag runs as; none where that is root.
    pub(crate) user: Option<u32>,
    #[serde(rename = "shell")]
    _shell: bool,
    pub(crate) apt: bool,
    #[serde(rename = "source")]
    pub(super) _source: String,
}

impl RuntimeImage {
    /// The reference with its tag.
    pub(crate) fn reference(&self) -> String {
        match self.tag.as_str() {
            "" => self.name.clone(),
            tag => format!("{}:{tag}", self.name),
        }
    }

    /// Whether what a program needs is there.
    pub(crate) fn provides(&self, need: Need) -> bool {
        let name = match need {
            Need::CaCertificates => "ca-certificates",
            Need::Tzdata => "tzdata",
            Need::Tmp => "tmp",
            Need::Home => "home",
        };
        self.has.iter().any(|has| has == name)
    }
}

/// The official image of Node.js.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct NodeImage {
    /// A line with long-term support.
    pub(crate) lts: u32,
    /// The last line that has corepack.
    pub(crate) last_with_corepack: u32,
    #[serde(rename = "source")]
    pub(super) _source: String,
}
