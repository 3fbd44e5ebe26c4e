//! cargo's own configuration files, as far as they belong to the project.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Location};
use crate::error::Result;
use crate::limits;

/// One `.cargo/config.toml`.
#[derive(Debug, Clone, PartialEq)]
pub struct CargoConfig {
    /// Where it is, absolute.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// Its content.
    pub table: toml::Table,
}

impl CargoConfig {
    /// The value at a dotted place, each part a key.
    pub fn get(&self, keys: &[&str]) -> Option<&toml::Value> {
        let (last, tables) = keys.split_last()?;
        let mut table = &self.table;
        for key in tables {
            table = table.get(*key)?.as_table()?;
        }
        table.get(*last)
    }

    /// The first line that holds `text`, counted from 1.
    pub fn line_of(&self, text: &str) -> Option<usize> {
        self.text
            .lines()
            .position(|line| line.contains(text))
            .map(|line| line + 1)
    }
}

/// The root folder and those above it, as far as the repository goes; never the user's home.
pub(super) fn up_to_repository(root: &Path) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for folder in root.ancestors() {
        folders.push(folder.to_path_buf());
        if folder.join(".git").exists() {
            return folders;
        }
    }
    // Not a repository: what lies above is not part of the project.
    folders.truncate(1);
    folders
}

/// Reads the configuration of the root and of the folders above it, nearest first.
pub(super) fn find(root: &Path) -> Result<Vec<CargoConfig>> {
    let mut configs = Vec::new();
    for folder in up_to_repository(root) {
        let candidates = [".cargo/config", ".cargo/config.toml"];
        let Some(path) = candidates
            .iter()
            .map(|name| folder.join(name))
            .find(|path| path.is_file())
        else {
            continue;
        };
        let text = limits::read(&path, limits::TEXT)?;
        let table = toml::from_str(&text).map_err(|error| {
            Diagnostic::error("cargo-config", error.message().to_owned()).at(Location::new(
                &path,
                &text,
                error.span().unwrap_or(0..0),
            ))
        })?;
        configs.push(CargoConfig { path, text, table });
    }
    Ok(configs)
}
