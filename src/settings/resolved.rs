//! What is made of the rows when all sources are merged.

use std::collections::BTreeMap;

use super::declare::rows;
use super::merge::{self, Setting};
use super::row::Row;
use super::source::{Source, Sourced};
use super::values::LocalLayers;
use super::{DataFolder, Healthcheck, Libc, Linkage, Optimize, Snippet, Strategy, User};
use crate::decision::{Evidence, Origin};
use crate::diagnostic::Code;

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

macro_rules! resolve {
    (
        merged { $($(#[doc = $doc:literal])+ $name:ident: $kind:ident $type:ty = $row:expr;)+ }
        of_tables { $($(#[doc = $own_doc:literal])+ $own:ident: $own_type:ty = $own_row:expr;)+ }
    ) => {
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
    };
}

super::table!(resolve);

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
