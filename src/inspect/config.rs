//! cargo's own configuration files, as far as they belong to the project.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

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

    /// The line of the value at a dotted place, counted from 1.
    pub fn line_at(&self, keys: &[&str]) -> Option<usize> {
        self.line(keys, |_| false)
    }

    /// The line where a list at a dotted place has the first item with this text in it, or that of a value that is no
    /// list.
    pub fn line_in(&self, keys: &[&str], text: &str) -> Option<usize> {
        self.line(keys, |item| item.contains(text))
    }

    fn line(&self, keys: &[&str], is_meant: impl Fn(&str) -> bool) -> Option<usize> {
        let document = DeTable::parse(&self.text).ok()?;
        let (last, tables) = keys.split_last()?;
        let mut table = document.get_ref();
        for key in tables {
            table = entry(table, key)?.get_ref().as_table()?;
        }
        let value = entry(table, last)?;
        let items = value
            .get_ref()
            .as_array()
            .into_iter()
            .flat_map(|list| list.iter());
        let mut meant = items.filter(|item| item.get_ref().as_str().is_some_and(&is_meant));
        let span = meant.next().unwrap_or(value).span();
        Some(Location::new(&self.path, &self.text, span).line)
    }
}

fn entry<'a, 'i>(table: &'a DeTable<'i>, key: &str) -> Option<&'a Spanned<DeValue<'i>>> {
    let mut entries = table.iter();
    entries.find_map(|(name, value)| (name.get_ref() == key).then_some(value))
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

#[cfg(test)]
mod tests {
    use super::CargoConfig;

    #[test]
    fn lines_are_those_of_values() {
        let text = "# mold links\n[build]\nrustflags = [\n  \"-C\",\n  \"link-arg=-fuse-ld=mold\",\n]\n\
                    target.\"a\" = { linker = \"mold\" }\n";
        let config = CargoConfig {
            path: "config.toml".into(),
            text: text.to_owned(),
            table: toml::from_str(text).expect("TOML"),
        };
        assert_eq!(config.line_in(&["build", "rustflags"], "mold"), Some(5));
        assert_eq!(config.line_at(&["build", "rustflags"]), Some(3));
        assert_eq!(config.line_at(&["build", "target", "a", "linker"]), Some(7));
        assert_eq!(config.line_at(&["build", "nothing"]), None);
    }
}
