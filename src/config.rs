//! What the user asked for: flags over `[package.metadata.dockerize]`, defaults last.

mod values;

use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::Spanned;

pub use self::values::{LocalLayers, Ports};
use crate::decision::Origin;
use crate::diagnostic::{Diagnostic, Location};
use crate::error::Result;

/// The C library of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Libc {
    /// GNU: what Debian and distroless have.
    Glibc,
    /// musl: linked statically.
    Musl,
}

/// How the program is linked with the C library and others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Linkage {
    /// All in one file.
    Static,
    /// Shared libraries, in the image.
    Dynamic,
}

/// What a release build is tuned for, where the project's own profile says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Optimize {
    /// Small: fat LTO, one codegen unit, stripped, `opt-level = "z"`.
    Size,
    /// Fast: fat LTO, one codegen unit, stripped.
    Speed,
}

/// How what was compiled lasts from one build of the image to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// In layers: works with every builder, and a registry can carry it to another machine.
    Layers,
    /// In cache mounts: nothing is compiled twice on a builder that lasts.
    Mounts,
    /// Dependencies in a layer, which is what a cache mount for the program begins with.
    Hybrid,
}

/// The wishes of one place: a manifest's table, or the command line.
///
/// The keys of `[package.metadata.dockerize]`; `None` means that the place says nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Layer {
    /// The binary to ship.
    pub bin: Option<Spanned<String>>,
    /// Features to activate.
    pub features: Option<Spanned<Vec<String>>>,
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
    /// Ports that the program listens on.
    pub port: Option<Spanned<Ports>>,
    /// Tune the build for size or speed.
    pub optimize: Option<Spanned<Optimize>>,
    /// How what was compiled lasts until the next build.
    pub strategy: Option<Spanned<Strategy>>,
    /// Local packages that have a layer of their own; `"auto"` finds them.
    pub layers: Option<Spanned<LocalLayers>>,
    /// Where the Dockerfile goes, relative to the workspace's root.
    pub output: Option<Spanned<String>>,
    /// Files or folders that the compile needs and that could not be found, relative to the package.
    pub include: Option<Spanned<Vec<String>>>,
    /// Files or folders that the program opens when it runs, relative to the package.
    pub assets: Option<Spanned<Vec<String>>>,
    /// Whether a stage makes the front end, where it is plain how.
    pub front_end: Option<Spanned<bool>>,
    /// Debian packages to install in the builder, beside those that are found.
    pub build_packages: Option<Spanned<Vec<String>>>,
    /// Debian packages with programs or data that the program needs at run time.
    pub runtime_packages: Option<Spanned<Vec<String>>>,
    /// Environment of the program.
    pub env: Option<Spanned<std::collections::BTreeMap<String, String>>>,
    /// Rules about crates; what is in them is read when the plan is made. No flag has any.
    pub crates: Option<Spanned<toml::Table>>,
}

/// A wish and the place that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish<T> {
    /// What is wished.
    pub value: T,
    /// The flag or the key.
    pub origin: Origin,
}

/// All wishes, each with its origin; what nobody wished is `None` and left to the plan.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The binary to ship.
    pub bin: Option<Wish<String>>,
    /// Features to activate.
    pub features: Option<Wish<Vec<String>>>,
    /// Leave out the default features.
    pub no_default_features: Option<Wish<bool>>,
    /// Activate all features.
    pub all_features: Option<Wish<bool>>,
    /// The cargo profile.
    pub profile: Option<Wish<String>>,
    /// The runtime image.
    pub runtime: Option<Wish<String>>,
    /// The C library.
    pub libc: Option<Wish<Libc>>,
    /// The linkage.
    pub linkage: Option<Wish<Linkage>>,
    /// The builder image.
    pub builder_image: Option<Wish<String>>,
    /// Ports to declare.
    pub port: Option<Wish<Ports>>,
    /// Tuning of the build.
    pub optimize: Option<Wish<Optimize>>,
    /// How what was compiled lasts until the next build.
    pub strategy: Option<Wish<Strategy>>,
    /// Local packages with a layer of their own.
    pub layers: Option<Wish<LocalLayers>>,
    /// Where the Dockerfile goes.
    pub output: Option<Wish<String>>,
    /// More files that the compile needs.
    pub include: Option<Wish<Vec<String>>>,
    /// Files that the program opens when it runs.
    pub assets: Option<Wish<Vec<String>>>,
    /// Whether a stage makes the front end.
    pub front_end: Option<Wish<bool>>,
    /// More packages for the builder.
    pub build_packages: Option<Wish<Vec<String>>>,
    /// Packages for the runtime image.
    pub runtime_packages: Option<Wish<Vec<String>>>,
    /// Environment of the program.
    pub env: Option<Wish<std::collections::BTreeMap<String, String>>>,
    /// The text of the manifest, where its table has rules about crates.
    pub crates: Option<Wish<String>>,
}

impl Settings {
    /// Puts the command line's layer over the manifest's.
    ///
    /// `manifest` is the path and the text that `table` was read from.
    pub fn resolve(flags: &Layer, table: &Layer, manifest: (&Path, &str)) -> Self {
        macro_rules! pick {
            ($field:ident, $key:literal) => {
                match (&flags.$field, &table.$field) {
                    (Some(flag), _) => Some(Wish {
                        value: flag.get_ref().clone(),
                        origin: Origin::Flag {
                            flag: concat!("--", $key).to_owned(),
                        },
                    }),
                    (None, Some(key)) => Some(Wish {
                        value: key.get_ref().clone(),
                        origin: Origin::Key {
                            key: concat!("package.metadata.dockerize.", $key).to_owned(),
                            file: crate::paths::slashed(manifest.0),
                            line: Location::new(manifest.0, manifest.1, key.span()).line,
                        },
                    }),
                    (None, None) => None,
                }
            };
        }
        Self {
            bin: pick!(bin, "bin"),
            features: pick!(features, "features"),
            no_default_features: pick!(no_default_features, "no-default-features"),
            all_features: pick!(all_features, "all-features"),
            profile: pick!(profile, "profile"),
            runtime: pick!(runtime, "runtime"),
            libc: pick!(libc, "libc"),
            linkage: pick!(linkage, "linkage"),
            builder_image: pick!(builder_image, "builder-image"),
            port: pick!(port, "port"),
            optimize: pick!(optimize, "optimize"),
            strategy: pick!(strategy, "strategy"),
            layers: pick!(layers, "layers"),
            output: pick!(output, "output"),
            include: pick!(include, "include"),
            assets: pick!(assets, "assets"),
            front_end: pick!(front_end, "front-end"),
            build_packages: pick!(build_packages, "build-packages"),
            runtime_packages: pick!(runtime_packages, "runtime-packages"),
            env: pick!(env, "env"),
            crates: table.crates.as_ref().map(|key| Wish {
                value: manifest.1.to_owned(),
                origin: Origin::Key {
                    key: "package.metadata.dockerize.crates".to_owned(),
                    file: crate::paths::slashed(manifest.0),
                    line: Location::new(manifest.0, manifest.1, key.span()).line,
                },
            }),
        }
    }

    /// The profile's name, `release` by default.
    pub fn profile(&self) -> &str {
        self.profile.as_ref().map_or("release", |wish| &wish.value)
    }
}

/// Reads `[package.metadata.dockerize]` from the text of the manifest at `path`.
///
/// # Errors
///
/// An unknown key or a value of the wrong type, pointing at its line.
pub fn read_table(path: &Path, text: &str) -> Result<Layer> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Manifest {
        package: Package,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Package {
        metadata: Metadata,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Metadata {
        dockerize: Layer,
    }
    toml::from_str::<Manifest>(text)
        .map(|manifest| manifest.package.metadata.dockerize)
        .map_err(|error| wrong_key(path, text, &error).into())
}

/// Says what is wrong with a key of the table, at its line.
pub(crate) fn wrong_key(path: &Path, text: &str, error: &toml::de::Error) -> Diagnostic {
    let span = error.span().unwrap_or(0..0);
    let diagnostic = Diagnostic::error(
        "manifest-key",
        format!(
            "cannot read `[package.metadata.dockerize]`: {}",
            first_line(error.message())
        ),
    )
    .at(Location::new(path, text, span).label("here"));
    match error.message().starts_with("unknown field") {
        true => diagnostic.help("use one of these keys, or remove it"),
        false => diagnostic,
    }
}

fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or(message)
}
