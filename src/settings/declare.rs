//! What is made of the rows: the table of a manifest, the merged settings, and the list of rows.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::row::{Row, Tables, Text, example, kebab, utf8};
use super::values::{BakeSettings, LocalLayers};
use super::{
    Base, DataFolder, Healthcheck, Libc, Linkage, List, Optimize, Setting, Snippet, Snippets,
    Source, Sourced, Strategy, User, merge,
};
use crate::decision::{Evidence, Origin};
use crate::diagnostic::Code;

/// What a manifest has for a setting of a kind.
macro_rules! given {
    (list $type:ty) => { List<$type> };
    ($kind:ident $type:ty) => { $type };
}

/// What a setting of a kind is when all sources are merged.
macro_rules! merged {
    (value $type:ty) => { Option<Sourced<$type>> };
    (list $type:ty) => { Vec<Sourced<Vec<$type>>> };
    (each $type:ty) => { Vec<Sourced<$type>> };
    (map $type:ty) => { Vec<Sourced<$type>> };
    (snippets $type:ty) => { Vec<Snippet> };
    (rules $type:ty) => { Vec<Sourced<String>> };
}

/// Merges the sources of a setting.
macro_rules! merge {
    (snippets $sources:ident $name:ident) => { merge::snippets($sources) };
    (map $sources:ident $name:ident) => { merge!(each $sources $name) };
    ($kind:ident $sources:ident $name:ident) => {
        merge::$kind($sources, &rows::$name, |table| table.$name.as_ref())
    };
}

/// What is set for a setting, as it is shown.
macro_rules! shown {
    (rules $settings:ident $name:ident) => {
        Vec::new()
    };
    (snippets $settings:ident $name:ident) => {
        $settings
            .$name
            .iter()
            .map(|it| (&rows::$name, merge::snippet(it)))
            .collect::<Vec<_>>()
    };
    ($kind:ident $settings:ident $name:ident) => {
        $settings
            .$name
            .iter()
            .map(|it| (&rows::$name, merge::shown(it)))
            .collect::<Vec<_>>()
    };
}

/// The type whose schema a setting has.
#[cfg(test)]
macro_rules! described {
    (list $type:ty) => { List<$type> };
    (rules $type:ty) => { BTreeMap<String, crate::decide::RuleList> };
    ($kind:ident $type:ty) => { $type };
}

macro_rules! declare {
    (
        merged { $($(#[doc = $doc:literal])+ $name:ident: $kind:ident $type:ty = $row:expr;)+ }
        of_tables { $($(#[doc = $own_doc:literal])+ $own:ident: $own_type:ty = $own_row:expr;)+ }
    ) => {
        /// The settings of one source: a table of a manifest, the command line, variables, or a build script.
        ///
        /// The keys of `[package.metadata.dockerize]` and `[workspace.metadata.dockerize]`; `None` where the source
        /// does not set them.
        #[derive(Debug, Clone, Default, Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
        pub struct SettingsTable {
            $($(#[doc = $doc])+ pub $name: Option<Spanned<given!($kind $type)>>,)+
            $($(#[doc = $own_doc])+ pub $own: Option<Spanned<$own_type>>,)+
        }

        impl SettingsTable {
            /// The rows of the settings that are set, each with its place in the text.
            pub(super) fn keys(&self) -> Vec<(&'static Row, std::ops::Range<usize>)> {
                let mut keys = Vec::new();
                $(keys.extend(self.$name.as_ref().map(|it| (&rows::$name, it.span())));)+
                $(keys.extend(self.$own.as_ref().map(|it| (&rows::$own, it.span())));)+
                keys
            }
        }

        /// The settings of all sources, each with its origin; what nobody set is left to the plan.
        #[derive(Debug, Clone, Default)]
        pub struct Settings {
            $($(#[doc = $doc])+ pub $name: merged!($kind $type),)+
        }

        impl Settings {
            /// Merges the sources; the first overrides the others.
            ///
            /// Of values the first one counts, lists go back to the first that does not only add, and
            /// tables are merged key by key: inherited ones come first, so that later ones win.
            pub fn resolve(sources: &[Source<'_>]) -> Self {
                Self { $($name: merge!($kind sources $name),)+ }
            }

            /// All that is set, each with its row.
            fn set(&self) -> Vec<(&'static Row, Sourced<serde_json::Value>)> {
                let mut set = Vec::new();
                $(set.extend(shown!($kind self $name));)+
                set
            }
        }

        /// All settings, in the order of the reference.
        pub const ROWS: &[&Row] = &[$(&rows::$name,)+ $(&rows::$own,)+];

        /// A row for each setting, by the name of its field.
        #[allow(non_upper_case_globals)]
        mod rows {
            use super::*;

            $(pub(super) const $name: Row = $row.named(
                utf8(&const { kebab::<{ stringify!($name).len() }>(stringify!($name)) }),
                concat!($($doc),+),
            );)+
            $(pub(super) const $own: Row = $own_row.named(
                utf8(&const { kebab::<{ stringify!($own).len() }>(stringify!($own)) }),
                concat!($($own_doc),+),
            );)+
        }

        #[cfg(test)]
        impl schemars::JsonSchema for SettingsTable {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                "SettingsTable".into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut keys = serde_json::Map::new();
                $(keys.insert(
                    rows::$name.key.to_owned(),
                    super::tests::schema(generator.subschema_for::<described!($kind $type)>(), &rows::$name),
                );)+
                $(keys.insert(
                    rows::$own.key.to_owned(),
                    super::tests::schema(generator.subschema_for::<$own_type>(), &rows::$own),
                );)+
                schemars::json_schema!({
                    "type": "object",
                    "properties": keys,
                    "additionalProperties": false,
                })
            }
        }
    };
}

super::table!(declare);

impl Settings {
    /// The settings that are in force, in the order of their keys.
    pub fn in_force(&self) -> Vec<Setting> {
        let set = self.set().into_iter();
        let mut settings: Vec<Setting> = set
            .map(|(row, sourced)| Setting {
                key: row.key.to_owned(),
                value: sourced.value,
                because: vec![Evidence::new(sourced.origin, "set here")],
            })
            .collect();
        settings.sort_by(|left, right| left.key.cmp(&right.key));
        settings
    }

    /// What flags set, in the order of the table.
    pub(crate) fn of_flags(&self) -> Vec<(&'static Row, Sourced<serde_json::Value>)> {
        let mut set = self.set();
        set.retain(|(_, sourced)| matches!(sourced.origin, Origin::Flag { .. }));
        set
    }

    /// Whether the build script sets something itself.
    pub(crate) fn is_of_build_script(&self) -> bool {
        let is_setter = |origin: &Origin| matches!(origin, Origin::BuildScript { .. });
        self.set()
            .iter()
            .any(|(_, sourced)| is_setter(&sourced.origin))
    }

    /// The profile's name, `release` by default.
    pub fn profile(&self) -> &str {
        self.profile.as_ref().map_or("release", |set| &set.value)
    }
}
