//! What a crate needs, and under which conditions.

use std::collections::{BTreeMap, BTreeSet};

use semver::{Version, VersionReq};
use serde::{Deserialize, Serialize};

/// What a crate needs, under the conditions of one rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Rule {
    /// The rule holds where all of these features are active.
    pub(crate) features: Vec<String>,
    /// It holds where one of them is.
    pub(crate) any_feature: Vec<String>,
    /// It holds where none of them is.
    pub(crate) no_feature: Vec<String>,
    /// It holds for these versions, as `">=0.9, <1"`.
    #[cfg_attr(test, schemars(with = "String", extend("x-default" = "any")))]
    pub(crate) version: Option<VersionReq>,
    /// What the crate compiles from source.
    pub(crate) compiles: Compiles,
    /// Debian packages of the builder, beside gcc, libc6-dev and ca-certificates.
    pub(crate) build: Vec<String>,
    /// Whether it can be part of a static program for musl.
    #[cfg_attr(test, schemars(
        with = "Musl",
        extend("x-default" = "`\"no\"` where `runtime` has a package or `build` has one that ends with `-dev`, else `\"ok\"`")
    ))]
    pub(crate) musl: Option<Musl>,
    /// Debian packages of a builder for musl, beside musl-tools.
    #[cfg_attr(test, schemars(with = "Vec<String>", extend("x-default" = "`build`")))]
    pub(crate) musl_build: Option<Vec<String>>,
    /// Debian packages with the shared libraries that it links, by their names in trixie. The libraries themselves
    /// are found when the image is built.
    pub(crate) runtime: Vec<String>,
    /// Debian packages with programs or data that it needs when the program runs. They lead to Debian's image.
    pub(crate) programs: Vec<String>,
    /// Files that these libraries load while the program runs, as absolute paths in which `*` stands for any name.
    pub(crate) loads: Vec<String>,
    /// It links statically with glibc although `musl` is `"no"`.
    pub(crate) crt_static: bool,
    /// It loads libraries while the program runs, which a static program cannot.
    pub(crate) dlopen: bool,
    /// Environment of the build, which pins how the crate links.
    pub(crate) env: BTreeMap<String, String>,
    /// What the program expects to find.
    pub(crate) needs: Vec<Need>,
    /// It starts threads, for which musl's allocator is slow.
    pub(crate) threads: bool,
    /// It is an allocator that replaces the system's.
    pub(crate) allocator: bool,
    /// The change that would make a static program possible.
    #[cfg_attr(test, schemars(with = "String", extend("x-default" = "none")))]
    pub(crate) help: Option<String>,
}

impl Rule {
    /// Whether the conditions hold for a crate.
    pub(crate) fn holds(&self, version: &Version, features: &BTreeSet<String>) -> bool {
        let has = |feature: &String| features.contains(feature);
        self.features.iter().all(has)
            && (self.any_feature.is_empty() || self.any_feature.iter().any(has))
            && !self.no_feature.iter().any(has)
            && self
                .version
                .as_ref()
                .is_none_or(|req| matches(req, version))
    }

    /// Whether the crate can be part of a static program for musl. Where the rule does not say it, a shared library
    /// of Debian's speaks against it: it is there for glibc only.
    pub(crate) fn musl(&self) -> Musl {
        let is_header = |package: &String| package.ends_with("-dev") && package != "libclang-dev";
        let links = !self.runtime.is_empty() || self.build.iter().any(is_header);
        self.musl.unwrap_or(match links {
            true => Musl::Impossible,
            false => Musl::Fine,
        })
    }
}

/// The language of the native code that a crate compiles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum Compiles {
    /// Nothing.
    #[default]
    #[serde(rename = "nothing")]
    Nothing,
    /// C, which brings musl-tools to a build for musl.
    #[serde(rename = "c")]
    C,
    /// C++.
    #[serde(rename = "c++")]
    Cxx,
}

/// Whether a crate can be part of a static program for musl.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum Musl {
    /// It can.
    #[serde(rename = "ok")]
    Fine,
    /// It compiles C++, for which Debian has no compiler for musl.
    #[serde(rename = "c++")]
    NeedsCxx,
    /// It links what there is for glibc only.
    #[serde(rename = "no")]
    Impossible,
}

/// What a program wants to find in its image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Need {
    /// Certificates of authorities.
    CaCertificates,
    /// Time zones.
    Tzdata,
    /// A writable `/tmp`.
    Tmp,
    /// A home folder.
    Home,
}

/// A requirement on the version without its pre-release: `18.0.0-beta.3` counts as `18.0.0`.
fn matches(requirement: &VersionReq, version: &Version) -> bool {
    requirement.matches(&Version::new(version.major, version.minor, version.patch))
}
