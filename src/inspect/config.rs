//! cargo's own configuration files, as far as they belong to the project.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::error::Result;
use crate::limits;

/// Files that include others are followed so far.
pub(super) const MOST_FILES: usize = 256;

/// One file of cargo's configuration: a `.cargo/config.toml`, or one that it includes.
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
    /// The folder that relative paths in it start from: the one that `.cargo` is in.
    ///
    /// cargo takes the folder above the file's own for files that are included, too.
    pub fn base(&self) -> Option<&Path> {
        self.path.parent().and_then(Path::parent)
    }

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

/// Reads the configuration of the root and of the folders above it, nearest first, each followed by what it includes.
pub(super) fn find(root: &Path) -> Result<Vec<CargoConfig>> {
    let mut configs = Vec::new();
    for folder in up_to_repository(root) {
        if let Some(path) = in_folder(&folder) {
            add(path, &mut configs)?;
        }
    }
    Ok(configs)
}

/// The configuration of members that does not count in the workspace's root: cargo reads it in their folders only.
///
/// A file that cannot be read counts for nothing here, as nothing in an image reads it.
pub(super) fn of_members<'a>(
    root: &Path,
    members: impl Iterator<Item = &'a Path>,
) -> Vec<CargoConfig> {
    let counting = up_to_repository(root);
    let mut found = BTreeMap::new();
    for member in members {
        let below = match member.starts_with(root) {
            true => member.ancestors().map(Path::to_path_buf).collect(),
            false => up_to_repository(member),
        };
        let below = below.into_iter();
        let below = below.take_while(|folder| !counting.contains(folder));
        for path in below.filter_map(|folder| in_folder(&folder)) {
            if !found.contains_key(&path) {
                found.insert(path.clone(), read(path).ok());
            }
        }
    }
    found.into_values().flatten().collect()
}

fn in_folder(folder: &Path) -> Option<PathBuf> {
    let candidates = [".cargo/config", ".cargo/config.toml"];
    let mut paths = candidates.iter().map(|name| folder.join(name));
    paths.find(|path| path.is_file())
}

/// Adds a file, and those that it includes in the order in which they count: the last of them overrides the others.
fn add(path: PathBuf, configs: &mut Vec<CargoConfig>) -> Result<()> {
    if configs.len() == MOST_FILES || configs.iter().any(|config| config.path == path) {
        return Ok(());
    }
    let config = read(path)?;
    let included = included(&config.path, &config.table);
    configs.push(config);
    for path in included.into_iter().rev() {
        // cargo has refused one that is missing and not optional.
        if path.is_file() {
            add(path, configs)?;
        }
    }
    Ok(())
}

/// The files that one includes: `include = ["a.toml", { path = "b.toml", optional = true }]`.
/// See <https://doc.rust-lang.org/cargo/reference/config.html#including-extra-configuration-files>.
pub(crate) fn included(file: &Path, table: &toml::Table) -> Vec<PathBuf> {
    let files = table.get("include").and_then(toml::Value::as_array);
    let path = |value: &toml::Value| {
        let path = value.as_str().or_else(|| value.get("path")?.as_str())?;
        Some(crate::paths::normalize(&file.parent()?.join(path)))
    };
    files.into_iter().flatten().filter_map(path).collect()
}

fn read(path: PathBuf) -> Result<CargoConfig> {
    let text = limits::read(&path, limits::TEXT)?;
    let table = toml::from_str(&text).map_err(|error| {
        Diagnostic::error(Code::CargoConfig, error.message().to_owned()).at(Location::new(
            &path,
            &text,
            error.span().unwrap_or(0..0),
        ))
    })?;
    Ok(CargoConfig { path, text, table })
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
