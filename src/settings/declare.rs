//! What is made of the rows: the table of a manifest, and the list of rows.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::row::{Row, Tables, Text, example, kebab, utf8};
use super::values::{BakeSettings, LocalLayers};
use super::{
    Base, DataFolder, Healthcheck, Libc, Linkage, List, Optimize, Snippets, Strategy, User,
};
use crate::diagnostic::Code;

/// What a manifest has for a setting of a kind.
macro_rules! given {
    (list $type:ty) => { List<$type> };
    ($kind:ident $type:ty) => { $type };
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

        /// All settings, in the order of the reference.
        pub const ROWS: &[&Row] = &[$(&rows::$name,)+ $(&rows::$own,)+];

        /// A row for each setting, by the name of its field.
        #[allow(non_upper_case_globals)]
        pub(super) mod rows {
            use super::*;

            $(pub(in crate::settings) const $name: Row = $row.named(
                utf8(&const { kebab::<{ stringify!($name).len() }>(stringify!($name)) }),
                concat!($($doc),+),
            );)+
            $(pub(in crate::settings) const $own: Row = $own_row.named(
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
