//! What a `package.json` and the files beside it say of how the package is built.

use std::path::Path;

use serde_json::Value;

use super::said::{NodePackage, SourceMark};
use crate::limits;

/// Lock files.
pub(super) const LOCKS: [&str; 6] = [
    "npm-shrinkwrap.json",
    "package-lock.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "bun.lock",
    "bun.lockb",
];
/// Files that say where packages come from.
const CONFIGURATION: [&str; 3] = [".npmrc", ".yarnrc", ".yarnrc.yml"];
/// What changes packages while they are installed, or has more of them.
const OWN_RULES: [&str; 5] = [
    ".pnpmfile.cjs",
    ".yarn",
    "lerna.json",
    "patches",
    "pnpm-workspace.yaml",
];
/// Tables of dependencies.
const TABLES: [&str; 3] = ["dependencies", "devDependencies", "optionalDependencies"];
/// How a dependency begins that lies in a folder.
const LOCAL: [&str; 6] = ["file:", "link:", "portal:", "workspace:", ".", "/"];
/// Files that name a version of Node.js and nothing else.
const VERSIONS: [&str; 2] = [".nvmrc", ".node-version"];

/// Reads it; `None` where it is no JSON.
pub(super) fn read(manifest: &Path) -> Option<NodePackage> {
    let text = limits::read(manifest, limits::TEXT).ok()?;
    let package: Value = serde_json::from_str(&text).ok()?;
    let keys = |key: &str| package[key].as_object().into_iter().flatten();
    let is_there = |name: &&str| manifest.with_file_name(name).exists();
    let local = TABLES.iter().flat_map(|table| keys(table));
    let mut local = local.filter(|(_, version)| {
        let version = version.as_str().unwrap_or_default();
        LOCAL.iter().any(|head| version.starts_with(head))
    });
    let configuration = CONFIGURATION.into_iter().filter(is_there);
    let configuration: Vec<&str> = configuration.collect();
    let mut with_credentials = configuration.iter().copied();
    let credentials = with_credentials.find(|name| has_credentials(&manifest.with_file_name(name)));
    Some(NodePackage {
        scripts: keys("scripts").map(|(name, _)| name.clone()).collect(),
        locks: LOCKS.into_iter().filter(|name| is_there(name)).collect(),
        is_yarn_classic: limits::read(&manifest.with_file_name("yarn.lock"), limits::LOCK)
            .is_ok_and(|text| text.contains("# yarn lockfile v1")),
        configuration,
        credentials,
        own_rules: OWN_RULES.into_iter().find(|name| is_there(name)),
        package_manager: package["packageManager"].as_str().map(str::to_owned),
        has_workspaces: package.get("workspaces").is_some(),
        local: local.next().map(|(name, _)| name.clone()),
        node: node(manifest, &text, &package),
    })
}

/// Whether a file of settings has a credential in it.
fn has_credentials(path: &Path) -> bool {
    // What cannot be read cannot be trusted to have none.
    limits::read(path, limits::TEXT).map_or(true, |text| crate::secrets::has_npm_credentials(&text))
}

/// What names the version best: a file for nothing else, then what the manifest allows.
fn node(manifest: &Path, text: &str, package: &Value) -> Option<(String, SourceMark)> {
    for name in VERSIONS {
        let path = manifest.with_file_name(name);
        if let Ok(text) = limits::read(&path, limits::TEXT) {
            return Some((text.trim().to_owned(), SourceMark { path, line: 1 }));
        }
    }
    for (table, key) in [("volta", "\"volta\""), ("engines", "\"engines\"")] {
        let Some(version) = package[table]["node"].as_str() else {
            continue;
        };
        let lines = text.lines().enumerate();
        let mut lines = lines.skip_while(|(_, line)| !line.contains(key));
        let at = lines.find(|(_, line)| line.contains("\"node\""));
        let mark = SourceMark {
            path: manifest.to_path_buf(),
            line: at.map_or(1, |(at, _)| at + 1),
        };
        return Some((version.to_owned(), mark));
    }
    None
}
