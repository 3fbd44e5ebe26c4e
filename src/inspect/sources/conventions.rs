//! Files that a crate reads while it compiles its users, without a path in their sources.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cargo_metadata::Package;
use serde::Deserialize;
use serde_json::Value;

use super::scan::Scan;
use crate::limits;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Conventions {
    convention: Vec<Convention>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Convention {
    #[serde(rename = "crate")]
    name: String,
    /// Files and folders that it reads where they are there.
    #[serde(default)]
    paths: Vec<String>,
    /// Its configuration file.
    #[serde(default)]
    file: Option<String>,
    /// Keys of the configuration file that name paths.
    #[serde(default)]
    keys: Vec<String>,
    /// Keys below `metadata` of the package or the workspace that name paths.
    #[serde(default)]
    metadata: Vec<String>,
    #[cfg_attr(not(test), allow(dead_code))]
    source: String,
}

fn conventions() -> &'static [Convention] {
    static CONVENTIONS: OnceLock<Vec<Convention>> = OnceLock::new();
    CONVENTIONS.get_or_init(|| {
        toml::from_str::<Conventions>(include_str!("../conventions.toml"))
            .expect("the table that is compiled in is valid")
            .convention
    })
}

/// Whether a crate is in the table.
pub(super) fn has(name: &str) -> bool {
    conventions()
        .iter()
        .any(|convention| convention.name == name)
}

impl Scan {
    /// Files that crates of the package read without a path in the source.
    pub(super) fn conventions(&mut self, package: &Package, workspace: &Value) {
        for convention in conventions() {
            let mut dependencies = package.dependencies.iter();
            if !dependencies.any(|dependency| dependency.name == convention.name) {
                continue;
            }
            let fact = format!("`{}` reads it while it compiles", convention.name);
            let bases = BTreeSet::from([self.root.clone(), self.workspace.clone()]);
            let mut paths: Vec<PathBuf> = below(&bases, &convention.paths);
            for file in below(&bases, convention.file.as_slice()) {
                let folder = file.parent().unwrap_or(&file).to_path_buf();
                let named = configured(&file, &convention.keys);
                paths.extend(below(&BTreeSet::from([folder]), &named));
                paths.push(file);
            }
            // An attribute can name another configuration file.
            let texts = self
                .facts
                .texts
                .iter()
                .filter(|text| text.ends_with(".toml"));
            let others: Vec<String> = match convention.keys.is_empty() {
                true => Vec::new(),
                false => texts.cloned().collect(),
            };
            for file in below(&BTreeSet::from([self.root.clone()]), &others) {
                let named = configured(&file, &convention.keys);
                paths.extend(below(&bases, &named));
            }
            for table in [&package.metadata, workspace] {
                let keys = convention.metadata.iter();
                let named: Vec<String> = keys.flat_map(|key| at(table, key)).collect();
                paths.extend(below(&bases, &named));
            }
            for path in paths {
                let whole = self.root.starts_with(&path);
                if path.exists() && !whole && !self.is_needed(&path) {
                    self.need(path, fact.clone(), None);
                }
            }
        }
    }

    /// Whether a path is let in already.
    pub(super) fn is_needed(&self, path: &Path) -> bool {
        let mut needed = self.facts.needed.iter();
        needed.any(|needed| path.starts_with(&needed.path))
    }
}

fn below(bases: &BTreeSet<PathBuf>, paths: &[String]) -> Vec<PathBuf> {
    let all = bases
        .iter()
        .flat_map(|base| paths.iter().map(|path| base.join(path)));
    all.map(|path| crate::paths::normalize(&path)).collect()
}

/// What keys of a configuration file say.
fn configured(file: &Path, keys: &[String]) -> Vec<String> {
    let Ok(text) = limits::read(file, limits::TEXT) else {
        return Vec::new();
    };
    let table = text.parse::<toml::Table>().ok();
    let value = table.and_then(|table| serde_json::to_value(table).ok());
    let value = value.unwrap_or_default();
    keys.iter().flat_map(|key| at(&value, key)).collect()
}

/// The texts at a key with dots; `*` stands for each key of a table.
fn at(value: &Value, key: &str) -> Vec<String> {
    let (first, rest) = key.split_once('.').unwrap_or((key, ""));
    match value {
        Value::String(text) if key.is_empty() => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(|item| at(item, key)).collect(),
        Value::Object(table) if first == "*" => {
            table.values().flat_map(|value| at(value, rest)).collect()
        }
        Value::Object(table) => table.get(first).map_or(Vec::new(), |value| at(value, rest)),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_source_and_something_to_read() {
        let rows = conventions();
        assert!(rows.iter().all(|row| row.source.starts_with("https://")));
        assert!(
            rows.iter()
                .all(|row| row.keys.is_empty() || row.file.is_some())
        );
        let reads = |row: &Convention| {
            !row.paths.is_empty() || row.file.is_some() || !row.metadata.is_empty()
        };
        assert!(rows.iter().all(reads));
        let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
    }

    #[test]
    fn keys_name_texts_lists_and_every_key() {
        let value: Value = serde_json::json!({
            "general": { "dirs": ["a", "b"] }, "bin": { "x": { "spec": "s" } }, "escaper": [{ "path": "p" }],
        });
        assert_eq!(at(&value, "general.dirs"), ["a", "b"]);
        assert_eq!(at(&value, "bin.*.spec"), ["s"]);
        assert_eq!(at(&value, "escaper.path"), ["p"]);
        assert!(at(&value, "general.dirs.more").is_empty() && at(&value, "none").is_empty());
    }
}
