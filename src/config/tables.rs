//! The tables of manifests.

use std::ops::Range;
use std::path::Path;

use serde::Deserialize;

use super::Layer;
use crate::diagnostic::{Diagnostic, Location};
use crate::error::Result;
use crate::names::alike;

/// The table of a manifest that wishes stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// `[package.metadata.dockerize]`: for one package.
    Package,
    /// `[workspace.metadata.dockerize]`: for all members.
    Workspace,
}

impl Table {
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
pub fn read_table(path: &Path, text: &str, table: Table) -> Result<Layer> {
    let layer = match table {
        Table::Package => toml::from_str::<OfPackage>(text).map(|of| of.package),
        Table::Workspace => toml::from_str::<OfWorkspace>(text).map(|of| of.workspace),
    };
    let layer = layer
        .map(|holder| holder.metadata.dockerize)
        .map_err(|error| wrong_key(path, text, &error, table.name()))?;
    match table {
        Table::Package => {
            refuse(
                path,
                text,
                of_workspaces(&layer),
                "put it into [workspace.metadata.dockerize] of the workspace's manifest",
            )?;
            for image in layer
                .images
                .iter()
                .flat_map(|images| images.get_ref().values())
            {
                refuse(
                    path,
                    text,
                    of_workspaces(image),
                    "put it into [workspace.metadata.dockerize]",
                )?;
                refuse(
                    path,
                    text,
                    of_packages_only(image),
                    "put it into [package.metadata.dockerize]",
                )?;
            }
        }
        Table::Workspace => {
            let bin = layer.bin.as_ref().map(|bin| ("bin", bin.span()));
            let output = layer
                .output
                .as_ref()
                .map(|output| ("output", output.span()));
            refuse(
                path,
                text,
                bin.or(output).or(of_packages_only(&layer)),
                "put it into [package.metadata.dockerize] of a member: no two have the same",
            )?;
        }
    }
    Ok(layer)
}

/// Refuses a key that has no meaning where it stands.
fn refuse(
    path: &Path,
    text: &str,
    found: Option<(&'static str, Range<usize>)>,
    help: &str,
) -> Result<()> {
    match found {
        Some((key, span)) => Err(Diagnostic::error(
            "misplaced-key",
            format!("`{key}` has no meaning in this table"),
        )
        .at(Location::new(path, text, span).label("here"))
        .help(help)
        .into()),
        None => Ok(()),
    }
}

/// A key that only a workspace's table has.
fn of_workspaces(layer: &Layer) -> Option<(&'static str, Range<usize>)> {
    let members = layer.members.as_ref().map(|key| ("members", key.span()));
    members
        .or(layer.exclude.as_ref().map(|key| ("exclude", key.span())))
        .or(layer.bake.as_ref().map(|key| ("bake", key.span())))
}

/// A key that only a package's own table has.
fn of_packages_only(layer: &Layer) -> Option<(&'static str, Range<usize>)> {
    layer.images.as_ref().map(|key| ("images", key.span()))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct OfPackage {
    package: Holder,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct OfWorkspace {
    workspace: Holder,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Holder {
    metadata: Metadata,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    dockerize: Layer,
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
            "manifest-key",
            format!("cannot read `[{table}]`: {message}"),
        )
        .at(Location::new(path, text, span).label("here"));
    };
    let said = format!(
        "there is no key `{}` in `[{table}]`",
        unknown.escape_debug()
    );
    let diagnostic = Diagnostic::error("manifest-key", said)
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
