//! What the user chose: flags over variables over the package's table over the workspace's.
//!
//! A setting is one row of `table.rs`. From it come the key of a manifest, the flag, the variable, the setter of
//! [`crate::Build`], the merge, the words of the regenerating command, the reference and the schema.

mod declare;
mod healthcheck;
mod list;
mod manifest;
mod merge;
mod resolved;
mod row;
mod snippets;
mod source;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod user;
mod values;
mod words;

pub use self::declare::{ROWS, SettingsTable};
pub use self::healthcheck::Healthcheck;
pub use self::list::List;
#[cfg(test)]
pub(crate) use self::manifest::unknown_field;
pub(crate) use self::manifest::wrong_key;
pub use self::manifest::{ManifestTable, read_table};
pub use self::merge::Setting;
pub use self::resolved::Settings;
pub use self::row::{Base, Flag, Row, Tables, Text};
pub use self::snippets::{Snippet, Snippets};
pub use self::source::{Caller, Source, SourceKind, Sourced};
pub(crate) use self::table::table;
pub use self::text::read_variables;
#[cfg(feature = "cli")]
pub(crate) use self::text::{assembled, value};
pub use self::user::{DataFolder, User};
pub use self::values::{BakeSettings, LocalLayers};
pub use self::words::{Libc, Linkage, Optimize, Strategy};
