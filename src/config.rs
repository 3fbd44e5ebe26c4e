//! What the user asked for: flags over variables over the package's table over the workspace's.

mod layer;
mod list;
mod settings;
mod snippets;
mod tables;
mod values;
mod variables;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decision::Origin;

pub use self::layer::Layer;
pub use self::list::List;
pub use self::settings::{Level, Setting, Settings, Wish};
pub use self::snippets::{Snippet, Snippets};
#[cfg(test)]
pub(crate) use self::tables::unknown_field;
pub(crate) use self::tables::wrong_key;
pub use self::tables::{Table, read_table};
pub use self::values::{BakeWishes, LocalLayers};
#[cfg(test)]
pub(crate) use self::variables::name as variable;
pub use self::variables::read_variables;
pub(crate) use self::variables::variables;

/// The C library of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Libc {
    /// GNU: what Debian and distroless have.
    Glibc,
    /// Linked statically, always.
    Musl,
}

impl fmt::Display for Libc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Glibc => "glibc",
            Self::Musl => "musl",
        })
    }
}

/// How the program is linked with the C library and others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Linkage {
    /// All in one file.
    Static,
    /// Shared libraries, in the image.
    Dynamic,
}

/// What a release build is tuned for, where the project's own profile says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Optimize {
    /// Small: fat LTO, one codegen unit, stripped, `opt-level = "z"`.
    Size,
    /// Fast: fat LTO, one codegen unit, stripped.
    Speed,
}

/// How what was compiled lasts from one build of the image to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// In layers: works with every builder, and a registry can carry it to another machine.
    Layers,
    /// In cache mounts: nothing is compiled twice on a builder that lasts.
    Mounts,
    /// Dependencies in a layer, which is what a cache mount for the program begins with.
    Hybrid,
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Layers => "layers",
            Self::Mounts => "mounts",
            Self::Hybrid => "hybrid",
        })
    }
}

/// Who has the wishes that stand over those of the manifest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Asker {
    /// The command line.
    #[default]
    CommandLine,
    /// The build script of the package that is shipped.
    BuildScript,
}

impl Asker {
    /// Where a wish with this key comes from.
    fn origin(self, key: &str) -> Origin {
        match self {
            Self::CommandLine => Origin::Flag { flag: flag(key) },
            Self::BuildScript => Origin::BuildScript {
                setter: key.replace('-', "_"),
            },
        }
    }
}

/// The flag of a key.
pub(crate) fn flag(key: &str) -> String {
    match key {
        // Docker's own flag is in the singular: it is given once for each.
        "platforms" => "--platform".to_owned(),
        _ => format!("--{key}"),
    }
}
