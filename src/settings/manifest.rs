//! The tables of manifests.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

use super::{SettingsTable, Tables};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::error::Result;
use crate::names::{alike, distance};

/// The table of a manifest that settings stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManifestTable {
    /// `[package.metadata.dockerize]`: for one package.
    Package,
    /// `[workspace.metadata.dockerize]`: for all members.
    Workspace,
}

impl ManifestTable {
    /// Its dotted name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Package => "package.metadata.dockerize",
            Self::Workspace => "workspace.metadata.dockerize",
        }
    }
}

/// Reads a table from the text of the manifest at `path`.
///
/// # Errors
///
/// An unknown key or a value of the wrong type, pointing at its line; a key that belongs elsewhere.
pub fn read_table(path: &Path, text: &str, table: ManifestTable) -> Result<SettingsTable> {
    let settings = match table {
        ManifestTable::Package => toml::from_str::<OfPackage>(text).map(|of| of.package),
        ManifestTable::Workspace => toml::from_str::<OfWorkspace>(text).map(|of| of.workspace),
    };
    let settings = settings
        .map(|owner| owner.metadata.dockerize)
        .map_err(|error| wrong_key(path, text, &error, table.name()))?;
    let place = match table {
        ManifestTable::Package => Place::Package,
        ManifestTable::Workspace => Place::Workspace,
    };
    refuse(path, text, &settings, place)?;
    refuse_misspelled(path, text, table)?;
    let images = settings.images.iter().flat_map(|it| it.get_ref().values());
    for image in images {
        refuse(path, text, image, Place::Image)?;
    }
    Ok(settings)
}

/// Refuses a table whose name is nearly ours: it would count for nothing, without a word.
fn refuse_misspelled(path: &Path, text: &str, table: ManifestTable) -> Result<()> {
    const NAME: &str = "dockerize";
    // Other tools have names like it: `docker`.
    const MOST: usize = 2;
    if !text.contains("metadata") {
        return Ok(());
    }
    let tables: Names = toml::from_str(text).unwrap_or_default();
    let owner = match table {
        ManifestTable::Package => tables.package,
        ManifestTable::Workspace => tables.workspace,
    };
    let mut names = owner.metadata.into_keys();
    let is_near =
        |name: &Spanned<String>| name.get_ref() != NAME && distance(name.get_ref(), NAME) <= MOST;
    let Some(name) = names.find(is_near) else {
        return Ok(());
    };
    let message = format!(
        "there is no table `{}`",
        table.name().replace(NAME, name.get_ref()).escape_debug()
    );
    Err(Diagnostic::error(Code::ManifestKey, message)
        .at(Location::new(path, text, name.span()).label("this table"))
        .help(format!("did you mean `{}`?", table.name()))
        .into())
}

/// The names of the tables for tools.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Names {
    package: Named,
    workspace: Named,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    metadata: BTreeMap<Spanned<String>, IgnoredAny>,
}

/// Where a key stands.
#[derive(Clone, Copy)]
enum Place {
    Package,
    Image,
    Workspace,
}

impl Place {
    /// Where a setting belongs that has no meaning here.
    fn refuses(self, tables: Tables) -> Option<&'static str> {
        match (self, tables) {
            (Self::Package, Tables::Workspace) => {
                Some("put it into [workspace.metadata.dockerize] of the workspace's manifest")
            }
            (Self::Image, Tables::Workspace) => Some("put it into [workspace.metadata.dockerize]"),
            (Self::Image, Tables::Package) => Some("put it into [package.metadata.dockerize]"),
            (Self::Workspace, Tables::Package | Tables::PackageAndImages) => {
                Some("put it into [package.metadata.dockerize] of a member: no two have the same")
            }
            _ => None,
        }
    }
}

/// Refuses a key that has no meaning where it stands.
fn refuse(path: &Path, text: &str, settings: &SettingsTable, place: Place) -> Result<()> {
    for (row, span) in settings.keys() {
        if let Some(help) = place.refuses(row.tables) {
            let message = format!("`{}` has no meaning in this table", row.key);
            return Err(Diagnostic::error(Code::MisplacedKey, message)
                .at(Location::new(path, text, span).label("here"))
                .help(help)
                .into());
        }
    }
    Ok(())
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct OfPackage {
    package: Owner,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct OfWorkspace {
    workspace: Owner,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Owner {
    metadata: Metadata,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    dockerize: SettingsTable,
}

/// Says what is wrong with a key of a table, at its line, and which one may be meant.
pub(crate) fn wrong_key(
    path: &Path,
    text: &str,
    error: &toml::de::Error,
    table: &str,
) -> Diagnostic {
    let span = error.span().unwrap_or(0..0);
    let message = error.message().lines().next().unwrap_or_default();
    let Some((unknown, known)) = unknown_field(message) else {
        return Diagnostic::error(
            Code::ManifestKey,
            format!("cannot read `[{table}]`: {message}"),
        )
        .at(Location::new(path, text, span).label("here"));
    };
    let said = format!(
        "there is no key `{}` in `[{table}]`",
        unknown.escape_debug()
    );
    let diagnostic = Diagnostic::error(Code::ManifestKey, said)
        .at(Location::new(path, text, span).label("this key"));
    match alike(unknown, known.iter().copied()).first() {
        Some(name) => diagnostic.help(format!("did you mean `{name}`?")),
        None => diagnostic.help(format!("there are: {}", known.join(", "))),
    }
}

/// Takes serde's sentence apart: "unknown field `a`, expected one of `b`, `c`".
pub(crate) fn unknown_field(message: &str) -> Option<(&str, Vec<&str>)> {
    let rest = message.strip_prefix("unknown field `")?;
    let (unknown, rest) = rest.rsplit_once("`, expected ")?;
    Some((unknown, rest.split('`').skip(1).step_by(2).collect()))
}
