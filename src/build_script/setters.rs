//! A setter for each setting.

use std::collections::BTreeMap;

use toml::Spanned;

use super::Build;
use crate::diagnostic::Code;
use crate::settings::{
    DataFolder, Healthcheck, Libc, Linkage, List, LocalLayers, Optimize, Strategy, User,
};

/// A value that the script sets.
fn set<T>(value: T) -> Option<Spanned<T>> {
    Some(Spanned::new(0..0, value))
}

/// What earlier calls set.
fn earlier<T: Default>(field: &mut Option<Spanned<T>>) -> T {
    field.take().map(Spanned::into_inner).unwrap_or_default()
}

/// The setter of a setting; tables with a shape of their own have none.
macro_rules! setter {
    (value $name:ident $type:ty, $($doc:literal)+) => {
        $(#[doc = $doc])+
        pub fn $name(&mut self, value: impl Into<$type>) -> &mut Self {
            self.settings.$name = set(value.into());
            self
        }
    };
    (list $name:ident $type:ty, $($doc:literal)+) => {
        $(#[doc = $doc])+
        ///
        /// Adds to earlier calls.
        pub fn $name(&mut self, items: impl IntoIterator<Item = impl Into<$type>>) -> &mut Self {
            let mut list: List<$type> = earlier(&mut self.settings.$name);
            list.items.extend(items.into_iter().map(Into::into));
            self.settings.$name = set(list);
            self
        }
    };
    (map $name:ident $type:ty, $($doc:literal)+) => {
        $(#[doc = $doc])+
        ///
        /// Adds to earlier calls.
        pub fn $name(&mut self, name: impl Into<String>, value: impl Into<String>) -> &mut Self {
            let mut table: $type = earlier(&mut self.settings.$name);
            table.insert(name.into(), value.into());
            self.settings.$name = set(table);
            self
        }
    };
    (each $name:ident $type:ty, $($doc:literal)+) => {
        setter!(value $name $type, $($doc)+);
    };
    ($kind:ident $($rest:tt)*) => {};
}

macro_rules! setters {
    (
        merged { $($(#[doc = $doc:literal])+ $name:ident: $kind:ident $type:ty = $row:expr;)+ }
        of_tables { $($rest:tt)* }
    ) => {
        /// Settings of the script, which override those of the manifest. Relative paths start from the package's
        /// folder, that of `output` from the workspace's root.
        impl Build {
            $(setter!($kind $name $type, $($doc)+);)+
        }
    };
}

crate::settings::table!(setters);
