//! The wishes of all places put together, each with where it comes from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use toml::Spanned;

use super::{Layer, Libc, Linkage, List, LocalLayers, Optimize, Snippet, Strategy, snippets};
use crate::decision::{Evidence, Origin};
use crate::diagnostic::Location;

/// A wish and the place that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish<T> {
    /// What is wished.
    pub value: T,
    /// The flag, the variable or the key.
    pub origin: Origin,
    /// The folder that paths in it start from.
    pub folder: PathBuf,
}

/// The wishes of one place, and what to call it.
#[derive(Debug, Clone, Copy)]
pub enum Level<'a> {
    /// Flags of the command line.
    Flags(&'a Layer),
    /// Variables of the environment.
    Variables(&'a Layer),
    /// A table of a manifest.
    Table {
        /// What it says.
        layer: &'a Layer,
        /// The table's dotted name.
        name: &'a str,
        /// The manifest, absolute.
        manifest: &'a Path,
        /// The manifest as it is shown.
        shown: &'a Path,
        /// The manifest's text.
        text: &'a str,
    },
}

impl Level<'_> {
    fn layer(&self) -> &Layer {
        match self {
            Self::Flags(layer) | Self::Variables(layer) | Self::Table { layer, .. } => layer,
        }
    }

    fn wish<T, U>(&self, key: &str, value: &Spanned<T>, read: impl Fn(&T) -> U) -> Wish<U> {
        let origin = match self {
            Self::Flags(layer) => layer.asker.origin(key),
            Self::Variables(_) => Origin::Variable {
                variable: super::variables::name(key),
            },
            Self::Table {
                name, shown, text, ..
            } => Origin::Key {
                key: format!("{name}.{key}"),
                file: crate::paths::slashed(shown),
                line: Location::new(*shown, text, value.span()).line,
            },
        };
        let folder = match self {
            Self::Table { manifest, .. } => manifest.parent().map(Path::to_path_buf),
            Self::Flags(_) | Self::Variables(_) => None,
        };
        Wish {
            value: read(value.get_ref()),
            origin,
            folder: folder.unwrap_or_default(),
        }
    }
}

/// A setting that is in force, for people and programs to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Setting {
    /// The key.
    pub key: &'static str,
    /// What it is set to there.
    pub value: serde_json::Value,
    /// Where.
    pub because: Vec<Evidence>,
}

macro_rules! settings {
    (
        values { $($(#[$value_doc:meta])* $value:ident: $value_type:ty = $value_key:literal,)* }
        lists { $($(#[$list_doc:meta])* $list:ident: $list_type:ty = $list_key:literal,)* }
        tables { $($(#[$table_doc:meta])* $table:ident: $table_type:ty = $table_key:literal,)* }
    ) => {
        /// All wishes, each with its origin; what nobody wished is left to the plan.
        #[derive(Debug, Clone, Default)]
        pub struct Settings {
            $($(#[$value_doc])* pub $value: Option<Wish<$value_type>>,)*
            $($(#[$list_doc])* pub $list: Vec<Wish<Vec<$list_type>>>,)*
            $($(#[$table_doc])* pub $table: Vec<Wish<$table_type>>,)*
            /// Lines for places of the built-in templates, the inherited first.
            pub snippets: Vec<Snippet>,
            /// Texts of the manifests whose tables have rules about crates, the inherited first.
            pub crates: Vec<Wish<String>>,
        }

        impl Settings {
            /// Puts the levels together; the first has the most say.
            ///
            /// Of values the first one counts, lists go back to the first that does not only add, and
            /// tables are merged key by key: inherited ones come first, so that later ones win.
            pub fn resolve(levels: &[Level<'_>]) -> Self {
                Self {
                    $($value: levels.iter().find_map(|level| {
                        let value = level.layer().$value.as_ref()?;
                        Some(level.wish($value_key, value, Clone::clone))
                    }),)*
                    $($list: lists(levels, $list_key, |layer| layer.$list.as_ref()),)*
                    $($table: levels.iter().rev().filter_map(|level| {
                        let value = level.layer().$table.as_ref()?;
                        Some(level.wish($table_key, value, Clone::clone))
                    }).collect(),)*
                    snippets: levels.iter().rev().flat_map(|level| match level {
                        Level::Table { layer, name, shown, text, .. } => {
                            snippets::of(layer.snippets.as_ref(), name, (shown, text))
                        }
                        Level::Flags(_) | Level::Variables(_) => Vec::new(),
                    }).collect(),
                    crates: levels.iter().rev().filter_map(|level| match level {
                        Level::Table { layer, text, .. } => {
                            let value = layer.crates.as_ref()?;
                            Some(level.wish("crates", value, |_| (*text).to_owned()))
                        }
                        Level::Flags(_) | Level::Variables(_) => None,
                    }).collect(),
                }
            }

            /// The settings that are in force, in the order of their keys.
            pub fn in_force(&self) -> Vec<Setting> {
                let mut settings = Vec::new();
                $(settings.extend(self.$value.iter().map(|wish| setting($value_key, wish)));)*
                $(settings.extend(self.$list.iter().map(|wish| setting($list_key, wish)));)*
                $(settings.extend(self.$table.iter().map(|wish| setting($table_key, wish)));)*
                settings.extend(self.snippets.iter().map(|snippet| Setting {
                    key: "snippets",
                    value: serde_json::json!({ snippet.place: snippet.text }),
                    because: vec![Evidence::new(snippet.origin.clone(), "set here")],
                }));
                settings.sort_by_key(|setting| setting.key);
                settings
            }
        }
    };
}

settings! {
    values {
        /// The binary to ship.
        bin: String = "bin",
        /// Leave out the default features.
        no_default_features: bool = "no-default-features",
        /// Activate all features.
        all_features: bool = "all-features",
        /// The cargo profile.
        profile: String = "profile",
        /// The runtime image.
        runtime: String = "runtime",
        /// The C library.
        libc: Libc = "libc",
        /// The linkage.
        linkage: Linkage = "linkage",
        /// The builder image.
        builder_image: String = "builder-image",
        /// Platforms that the image is built for.
        platforms: Vec<String> = "platforms",
        /// Tuning of the build.
        optimize: Optimize = "optimize",
        /// How what was compiled lasts until the next build.
        strategy: Strategy = "strategy",
        /// Local packages with a layer of their own.
        layers: LocalLayers = "layers",
        /// Whether a stage makes the front end.
        front_end: bool = "front-end",
        /// Where the Dockerfile goes.
        output: String = "output",
        /// The template of the Dockerfile.
        template: String = "template",
    }
    lists {
        /// Further binaries in the image.
        extra_bins: String = "extra-bins",
        /// Further names of the program.
        aliases: String = "aliases",
        /// Features to activate.
        features: String = "features",
        /// Ports to declare.
        port: u16 = "port",
        /// More files that the compile needs.
        include: String = "include",
        /// Files that the program opens when it runs.
        assets: String = "assets",
        /// More packages for the builder.
        build_packages: String = "build-packages",
        /// Packages for the runtime image.
        runtime_packages: String = "runtime-packages",
    }
    tables {
        /// Environment of the program.
        env: BTreeMap<String, String> = "env",
        /// Folders of partials.
        partials: String = "partials",
    }
}

/// The lists of a key, the inherited first, back to the one that takes the place of all before it.
fn lists<T: Clone>(
    levels: &[Level<'_>],
    key: &str,
    list: impl Fn(&Layer) -> Option<&Spanned<List<T>>>,
) -> Vec<Wish<Vec<T>>> {
    let mut wishes = Vec::new();
    for level in levels {
        let Some(value) = list(level.layer()) else {
            continue;
        };
        wishes.push(level.wish(key, value, |list| list.items.clone()));
        if !value.get_ref().adds {
            break;
        }
    }
    wishes.reverse();
    wishes
}

fn setting<T: Serialize>(key: &'static str, wish: &Wish<T>) -> Setting {
    Setting {
        key,
        // Plain values, lists and tables of strings: none of them can fail.
        value: serde_json::to_value(&wish.value).unwrap_or_default(),
        because: vec![Evidence::new(wish.origin.clone(), "set here")],
    }
}

impl Settings {
    /// Whether the build script has a wish of its own.
    pub(crate) fn is_of_build_script(&self) -> bool {
        let settings = self.in_force();
        let mut evidence = settings.iter().flat_map(|setting| &setting.because);
        evidence.any(|evidence| matches!(evidence.origin, Origin::BuildScript { .. }))
    }

    /// The profile's name, `release` by default.
    pub fn profile(&self) -> &str {
        self.profile.as_ref().map_or("release", |wish| &wish.value)
    }
}
