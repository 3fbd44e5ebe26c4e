//! What the user asked for: flags over variables over the package's table over the workspace's.

mod list;
mod settings;
mod snippets;
mod tables;
mod values;
mod variables;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::decision::Origin;

pub use self::list::List;
pub use self::settings::{Level, Setting, Settings, Wish};
pub use self::snippets::{Snippet, Snippets};
pub(crate) use self::tables::wrong_key;
pub use self::tables::{Table, read_table};
pub use self::values::{BakeWishes, LocalLayers};
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
            Self::CommandLine => Origin::Flag {
                // Docker's own flag is in the singular: it is given once for each.
                flag: match key {
                    "platforms" => "--platform".to_owned(),
                    _ => format!("--{key}"),
                },
            },
            Self::BuildScript => Origin::BuildScript {
                setter: key.replace('-', "_"),
            },
        }
    }
}

/// The wishes of one place: a manifest's table, or the command line.
///
/// The keys of `[package.metadata.dockerize]` and `[workspace.metadata.dockerize]`; `None` means that the place
/// says nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Layer {
    /// The binary to ship.
    pub bin: Option<Spanned<String>>,
    /// Further binaries of the package that go into the same image.
    pub extra_bins: Option<Spanned<List<String>>>,
    /// Further names of the program: links to it, for one that looks at the name that it is called by.
    pub aliases: Option<Spanned<List<String>>>,
    /// Features to activate.
    pub features: Option<Spanned<List<String>>>,
    /// Leave out the package's default features.
    pub no_default_features: Option<Spanned<bool>>,
    /// Activate all features of the package.
    pub all_features: Option<Spanned<bool>>,
    /// The cargo profile, `release` if not said.
    pub profile: Option<Spanned<String>>,
    /// `auto`, `scratch`, `distroless`, or an image reference.
    pub runtime: Option<Spanned<String>>,
    /// The C library; decided from the graph if not said.
    pub libc: Option<Spanned<Libc>>,
    /// Static or dynamic; decided from the graph if not said.
    pub linkage: Option<Spanned<Linkage>>,
    /// The image that the program is built in.
    pub builder_image: Option<Spanned<String>>,
    /// Platforms that the image is built for, as Docker names them.
    pub platforms: Option<Spanned<Vec<String>>>,
    /// Ports that the program listens on.
    pub port: Option<Spanned<List<u16>>>,
    /// Tune the build for size or speed.
    pub optimize: Option<Spanned<Optimize>>,
    /// How what was compiled lasts until the next build.
    pub strategy: Option<Spanned<Strategy>>,
    /// Local packages that have a layer of their own; `"auto"` finds them.
    pub layers: Option<Spanned<LocalLayers>>,
    /// Where the Dockerfile goes, relative to the workspace's root.
    pub output: Option<Spanned<String>>,
    /// Files or folders that the compile needs and that could not be found, relative to the package.
    pub include: Option<Spanned<List<String>>>,
    /// Files or folders that the program opens when it runs, relative to the package.
    pub assets: Option<Spanned<List<String>>>,
    /// Whether a stage makes the front end, where it is plain how.
    pub front_end: Option<Spanned<bool>>,
    /// Debian packages to install in the builder, beside those that are found.
    pub build_packages: Option<Spanned<List<String>>>,
    /// Debian packages with programs or data that the program needs at run time.
    pub runtime_packages: Option<Spanned<List<String>>>,
    /// Environment of the program.
    pub env: Option<Spanned<std::collections::BTreeMap<String, String>>>,
    /// The template of the Dockerfile, relative to the manifest. No flag has it.
    pub template: Option<Spanned<String>>,
    /// A folder of partials, relative to the manifest. No flag has it.
    pub partials: Option<Spanned<String>>,
    /// Lines for places of the built-in templates. No flag has any.
    pub snippets: Option<Spanned<Snippets>>,
    /// The images of the package, each with wishes of its own. Only for a package.
    pub images: Option<Spanned<std::collections::BTreeMap<String, Layer>>>,
    /// Members that are shipped, as globs of names or folders. Only for a workspace.
    pub members: Option<Spanned<Vec<String>>>,
    /// Members that are not shipped, as globs of names or folders. Only for a workspace.
    pub exclude: Option<Spanned<Vec<String>>>,
    /// What the bake file of all images says. Only for a workspace.
    pub bake: Option<Spanned<BakeWishes>>,
    /// Rules about crates; what is in them is read when the plan is made. No flag has any.
    pub crates: Option<Spanned<toml::Table>>,
    /// Who wishes it, where that is not the manifest.
    #[serde(skip)]
    pub asker: Asker,
}
