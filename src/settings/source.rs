//! Where a setting can come from.

use std::path::{Path, PathBuf};

use toml::Spanned;

use super::declare::SettingsTable;
use super::row::{Base, Row};
use crate::decision::Origin;
use crate::diagnostic::Location;

/// A value and where it was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// What was set.
    pub value: T,
    /// The flag, the variable, the setter or the key.
    pub origin: Origin,
    /// The folder that relative paths in it start from, absolute.
    pub folder: PathBuf,
}

/// Who overrides the manifests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Caller {
    /// The command line.
    #[default]
    CommandLine,
    /// The build script of the package that is shipped.
    BuildScript,
}

/// Settings from one source.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// What it sets.
    pub table: &'a SettingsTable,
    /// What to call it.
    pub kind: SourceKind<'a>,
    /// Where paths start that are relative to a manifest.
    pub folder: &'a Path,
    /// Where paths start that are relative to the workspace's root.
    pub root: &'a Path,
}

/// The kinds of sources.
#[derive(Debug, Clone, Copy)]
pub enum SourceKind<'a> {
    /// Flags of the command line.
    Flags,
    /// Setters of [`crate::Build`].
    Setters,
    /// Variables of the environment.
    Variables,
    /// A table of a manifest.
    Manifest {
        /// The table's dotted name.
        name: &'a str,
        /// The manifest as it is shown.
        shown: &'a Path,
        /// The manifest's text.
        text: &'a str,
    },
}

impl Source<'_> {
    /// A value of this source.
    pub(super) fn sourced<T, U>(
        &self,
        row: &Row,
        value: &Spanned<T>,
        read: impl Fn(&T) -> U,
    ) -> Sourced<U> {
        let origin = match self.kind {
            SourceKind::Flags => Origin::Flag {
                flag: row.flag_name().unwrap_or_default(),
            },
            SourceKind::Setters => Origin::BuildScript {
                setter: row.setter(),
            },
            SourceKind::Variables => Origin::Variable {
                variable: row.variable_name().unwrap_or_default(),
            },
            SourceKind::Manifest { name, shown, text } => Origin::Key {
                key: format!("{name}.{}", row.key),
                file: crate::paths::slashed(shown),
                line: Location::new(shown, text, value.span()).line,
            },
        };
        let folder = match row.base {
            Base::Manifest => self.folder,
            Base::Root => self.root,
        };
        Sourced {
            value: read(value.get_ref()),
            origin,
            folder: folder.to_path_buf(),
        }
    }
}
