//! Programs of a repository that cargo's configuration names, and that cargo runs without being told to build.
//!
//! Tried with cargo 1.95: `cargo metadata` for a platform runs the compiler and both wrappers, from files that are
//! included too, and a credential provider as soon as a registry asks for a token. It runs neither `rustdoc`, linkers and
//! runners nor what `[env]` and `[alias]` name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::Value;

use super::{SourceMark, config};
use crate::limits;

/// Keys of one program each.
const COMPILERS: [&str; 3] = ["rustc", "rustc-wrapper", "rustc-workspace-wrapper"];

/// A program that a file of cargo's configuration names by its path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CargoProgram {
    /// The key, dotted.
    pub key: String,
    /// The program, as it is written.
    pub program: String,
    /// Whether it gives cargo tokens, and is no compiler.
    pub is_provider: bool,
    /// Where that is said.
    pub found_at: SourceMark,
}

/// Looks at all configuration that cargo reads in one of these folders, as far as their repository goes.
pub(super) fn find(folders: &[&Path]) -> Vec<CargoProgram> {
    let above = folders
        .iter()
        .flat_map(|folder| config::up_to_repository(folder));
    let names = [".cargo/config", ".cargo/config.toml"];
    let files = above.flat_map(|folder| names.map(|name| folder.join(name)));
    let mut queue: Vec<PathBuf> = files.collect();
    let mut seen = BTreeSet::new();
    let mut found = BTreeSet::new();
    while let Some(path) = queue.pop() {
        if seen.len() == config::MOST_FILES || !seen.insert(path.clone()) {
            continue;
        }
        let text = limits::read(&path, limits::TEXT).ok();
        // One that cargo cannot read either is refused by it.
        let table = text
            .as_deref()
            .and_then(|text| toml::from_str::<toml::Table>(text).ok());
        let (Some(text), Some(table)) = (text, table) else {
            continue;
        };
        queue.extend(config::included(&path, &table));
        for (key, program, is_provider) in programs(&table) {
            let word = key.rsplit('.').next().unwrap_or(&key);
            let line = text.lines().position(|line| line.contains(word));
            let found_at = SourceMark {
                path: path.clone(),
                line: line.map_or(1, |at| at + 1),
            };
            found.insert(CargoProgram {
                key,
                program,
                is_provider,
                found_at,
            });
        }
    }
    found.into_iter().collect()
}

/// Key, program, and whether it gives tokens. A name without a slash is one of the user's `PATH`.
fn programs(table: &toml::Table) -> Vec<(String, String, bool)> {
    let mut found = Vec::new();
    let keys = |name: &str| {
        table
            .get(name)
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
    };
    let build = keys("build").filter(|(key, _)| COMPILERS.contains(&key.as_str()));
    for (key, value) in build {
        let program = value.as_str().unwrap_or_default().to_owned();
        found.push((format!("build.{key}"), program, false));
    }
    let mut providers = Vec::new();
    for (key, value) in keys("registry") {
        let all = value
            .as_array()
            .filter(|_| key == "global-credential-providers");
        let all = all.into_iter().flatten();
        providers.extend(all.map(|value| (format!("registry.{key}"), value)));
        if key == "credential-provider" {
            providers.push((format!("registry.{key}"), value));
        }
    }
    for (name, registry) in keys("registries") {
        let value = registry.get("credential-provider");
        let key = format!("registries.{name}.credential-provider");
        providers.extend(value.map(|value| (key, value)));
    }
    let aliases = keys("credential-alias");
    providers.extend(aliases.map(|(name, value)| (format!("credential-alias.{name}"), value)));
    for (key, value) in providers {
        let words = value
            .as_array()
            .and_then(|words| words.first())
            .unwrap_or(value);
        let program = words
            .as_str()
            .and_then(|words| words.split_whitespace().next());
        found.push((key, program.unwrap_or_default().to_owned(), true));
    }
    found.retain(|(_, program, _)| program.contains(['/', '\\']));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_paths() {
        let table = "build.rustc = './rustc'\nbuild.rustc-wrapper = 'sccache'\nbuild.rustdoc = './x'\n\
                     registry.global-credential-providers = ['cargo:token', './a --b']\n\
                     registries.own.credential-provider = ['/c', 'd']\ncredential-alias.e = 'f/g'\n";
        let found = programs(&toml::from_str(table).expect("it parses"));
        let names: Vec<&str> = found
            .iter()
            .map(|(_, program, _)| program.as_str())
            .collect();
        assert_eq!(names, ["./rustc", "./a", "/c", "f/g"]);
    }
}
