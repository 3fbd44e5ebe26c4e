//! The few facts of a manifest that `cargo metadata` does not repeat.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::error::Result;
use crate::limits;

/// What a manifest says beyond `cargo metadata`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ManifestFacts {
    /// Its text.
    pub text: String,
    /// Its keys.
    pub table: toml::Table,
    /// `resolver`, of the package or the workspace.
    pub resolver: Option<String>,
    /// Whether it has a `[workspace]` table.
    pub is_workspace_root: bool,
    /// Names of the tests, benches and examples that are listed without a path: cargo refuses the
    /// manifest when their files are missing.
    pub listed_targets: Vec<String>,
    /// Folders that `[patch]` and `[replace]` name, absolute.
    pub patches: Vec<PathBuf>,
    /// The profiles that set something about size and speed, with their keys.
    pub profiles: Vec<(String, Vec<String>)>,
}

/// Reads the manifest at `path`, which cargo has accepted already.
pub(super) fn read(path: &Path) -> Result<ManifestFacts> {
    let text = limits::read(path, limits::TEXT)?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        Diagnostic::error(Code::ManifestSyntax, error.message().to_owned()).at(Location::new(
            path,
            &text,
            error.span().unwrap_or(0..0),
        ))
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let package = table.get("package").and_then(toml::Value::as_table);
    let workspace = table.get("workspace").and_then(toml::Value::as_table);
    let resolver = workspace
        .and_then(|workspace| workspace.get("resolver"))
        .or_else(|| package.and_then(|package| package.get("resolver")))
        .and_then(toml::Value::as_str)
        .map(str::to_owned);
    Ok(ManifestFacts {
        resolver,
        is_workspace_root: workspace.is_some(),
        listed_targets: listed_targets(&table),
        patches: patches(&table, folder),
        profiles: profiles(&table),
        table,
        text,
    })
}

fn listed_targets(table: &toml::Table) -> Vec<String> {
    ["test", "bench", "example"]
        .iter()
        .filter_map(|kind| table.get(*kind)?.as_array())
        .flatten()
        .filter_map(|target| target.get("name")?.as_str())
        .map(str::to_owned)
        .collect()
}

fn patches(table: &toml::Table, folder: &Path) -> Vec<PathBuf> {
    let sources = table
        .get("patch")
        .and_then(toml::Value::as_table)
        .into_iter()
        .flat_map(|sources| sources.values())
        .chain(table.get("replace"));
    let mut folders: Vec<_> = sources
        .filter_map(toml::Value::as_table)
        .flat_map(|crates| crates.values())
        .filter_map(|patch| patch.get("path")?.as_str())
        .map(|path| crate::paths::normalize(&folder.join(path)))
        .collect();
    folders.sort();
    folders.dedup();
    folders
}

fn profiles(table: &toml::Table) -> Vec<(String, Vec<String>)> {
    let tuned = ["codegen-units", "lto", "opt-level", "strip"];
    let profiles = table.get("profile").and_then(toml::Value::as_table);
    profiles
        .into_iter()
        .flatten()
        .map(|(name, profile)| {
            let keys = tuned.iter().filter(|key| profile.get(**key).is_some());
            (name.clone(), keys.map(|key| (*key).to_owned()).collect())
        })
        .collect()
}
