//! Ports and addresses in configuration files that the program plainly reads.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Package};

use super::addresses::{address, reachable};
use super::keys::{self, Key};
use super::said::{Address, SourceMark};
use super::scan::Scan;
use crate::limits;
use crate::source::{Call, Meaning, Named, Naming};

/// Crates that read such files.
const READERS: &[&str] = &[
    "config",
    "figment",
    "serde_json",
    "serde_yaml",
    "serde_yaml_ng",
    "serde_yml",
    "toml",
    "twelf",
];
/// Files that belong to tools, not to the program.
const TOOLS: &[&str] = &[
    "Cargo.toml",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
];

/// The keys above one.
fn section(key: &Key) -> &[String] {
    key.path.split_last().map_or(&[], |(_, above)| above)
}

/// Sections with the name of a user and a password or a database: those of something that the program talks to.
fn clients(keys: &[Key]) -> BTreeSet<Vec<String>> {
    let has = |above: &[String], names: &[&str]| {
        let mut beside = keys.iter().filter(|key| section(key) == above);
        beside.any(|key| {
            key.path
                .last()
                .is_some_and(|last| names.contains(&last.to_lowercase().as_str()))
        })
    };
    let sections: BTreeSet<&[String]> = keys.iter().map(section).collect();
    let is_client = |above: &&[String]| {
        has(above, &["user", "username", "login"]) && has(above, super::listen::LOGIN)
    };
    sections
        .into_iter()
        .filter(|above| !above.is_empty())
        .filter(is_client)
        .map(<[String]>::to_vec)
        .collect()
}

impl Scan {
    /// Files of frameworks, and files that the code names.
    pub(super) fn configuration(&mut self, package: &Package) {
        let depends = |name: &str| {
            let mut dependencies = package.dependencies.iter();
            dependencies.any(|dependency| {
                dependency.kind == DependencyKind::Normal && dependency.name == name
            })
        };
        if depends("rocket") {
            self.rocket();
        }
        if depends("loco-rs") {
            self.keys_of("config/development.yaml");
        }
        if depends("leptos") {
            self.leptos(package);
        }
        if READERS.iter().any(|name| depends(name)) {
            for file in self.named_files() {
                self.settings(&file, true);
            }
            for file in self.embedded_files() {
                self.settings(&file, false);
            }
        }
    }

    /// The package's folder, and the workspace's.
    fn bases(&self) -> Vec<PathBuf> {
        let mut bases = vec![self.root.clone(), self.workspace.clone()];
        bases.dedup();
        bases
    }

    /// Rocket.toml: a release build takes `release`, `default` and `global`, the last one first.
    fn rocket(&mut self) {
        let files = self
            .bases()
            .into_iter()
            .map(|base| base.join("Rocket.toml"));
        let Some(file) = files.into_iter().find(|file| file.is_file()) else {
            return;
        };
        self.facts.read.push(file.clone());
        let (keys, text) = keys::read(&file);
        let port = ["global", "release", "default"]
            .iter()
            .find_map(|profile| keys.iter().find(|key| key.path == [*profile, "port"]));
        let port = port.and_then(|key| Some((key.value.parse::<u16>().ok()?, key.clone())));
        if let Some((port, mut key)) = port.filter(|(port, _)| *port > 0) {
            key.locate(&text);
            let found_at = SourceMark {
                path: file,
                line: key.line,
            };
            self.facts.addresses.push(Address {
                reach: Some(("ROCKET_PORT".to_owned(), port.to_string())),
                ..Address::bound(
                    format!("{} = {port}", key.path.join(".")),
                    Some(port),
                    false,
                    found_at,
                )
            });
        }
    }

    /// `site-addr` of the package, or of the only project of the workspace.
    fn leptos(&mut self, package: &Package) {
        let own = package
            .metadata
            .get("leptos")
            .map(|_| self.root.join("Cargo.toml"));
        let manifest = own.unwrap_or_else(|| self.workspace.join("Cargo.toml"));
        let Ok(text) = limits::read(&manifest, limits::TEXT) else {
            return;
        };
        let lines = text.lines().enumerate();
        let sites = lines.filter_map(|(at, line)| {
            let (key, value) = line.split_once('=')?;
            let value = value.split('#').next()?.trim().trim_matches(['"', '\'']);
            (key.trim() == "site-addr").then(|| (at + 1, value.to_owned()))
        });
        let sites: Vec<_> = sites.collect();
        let [(line, site)] = sites.as_slice() else {
            return;
        };
        if let Some((port, _)) = address(site) {
            let found_at = SourceMark {
                path: manifest,
                line: *line,
            };
            self.facts.addresses.push(Address {
                reach: Some(("LEPTOS_SITE_ADDR".to_owned(), reachable(site))),
                ..Address::bound(format!("site-addr = {site}"), port, false, found_at)
            });
        }
    }

    fn keys_of(&mut self, name: &str) {
        let files = self.bases().into_iter().map(|base| base.join(name));
        if let Some(file) = files.into_iter().find(|file| file.is_file()) {
            self.settings(&file, true);
        }
    }

    /// Configuration files that literals name: whole, without an extension, or in a folder that another
    /// literal names.
    fn named_files(&self) -> BTreeSet<PathBuf> {
        let is_likely = |text: &&String| {
            !text.is_empty()
                && !text.starts_with('/')
                && !text.contains(['\0', '{', ' '])
                && !text.contains("..")
        };
        let texts: Vec<&String> = self.texts.iter().filter(is_likely).collect();
        let mut folders = self.bases();
        for base in self.bases() {
            let below = texts.iter().map(|text| base.join(text));
            folders.extend(below.filter(|path| path.is_dir()));
        }
        folders.sort();
        folders.dedup();
        let mut files = BTreeSet::new();
        for folder in &folders {
            for text in &texts {
                files.extend(file(&folder.join(text)));
            }
        }
        files
    }

    /// Configuration files that become a part of the program: its defaults.
    fn embedded_files(&self) -> BTreeSet<PathBuf> {
        let facts = self.facts.facts.iter();
        let embeds = facts.filter(|fact| fact.meaning == Meaning::Embed && !fact.is_build_script);
        let paths = embeds.filter_map(|fact| {
            let path = fact.arguments.first().filter(|path| path.is_whole)?;
            let here = fact.at.file.parent()?;
            let path = here.join(path.path(&self.root)?);
            file(&crate::paths::normalize(&path))
        });
        paths.collect()
    }

    /// The addresses of a file, with the variables that win over it.
    fn settings(&mut self, file: &Path, is_opened: bool) {
        /// A file with more addresses is a list of something.
        const MOST: usize = 64;
        self.facts.read.push(file.to_path_buf());
        let (keys, text) = keys::read(file);
        let mut found = 0;
        let clients = clients(&keys);
        for mut key in keys {
            let path = file.to_path_buf();
            if clients.contains(section(&key)) {
                continue;
            }
            let Some(mut address) = self.configured(&key.path, &key.value, path, 0) else {
                continue;
            };
            found += 1;
            if found > MOST {
                return;
            }
            key.locate(&text);
            address.found_at.line = key.line;
            if address.is_loopback {
                let open = reachable(&address.text);
                address.reach = self.variable(&key).map(|name| (name, open));
            }
            self.facts.addresses.push(address);
            if is_opened {
                self.read.insert(file.to_path_buf());
            }
        }
    }

    /// The variable that the `config` crate takes instead of a key, where the code asks it to.
    fn variable(&self, key: &Key) -> Option<String> {
        let said = |name: &str| {
            let mut calls = self
                .calls
                .iter()
                .filter(|(_, call)| call.path.rsplit("::").next() == Some(name));
            let first = calls.next()?.1.arguments.first()?.clone();
            let is_same = |(_, call): &(PathBuf, Call<_>)| call.arguments.first() == Some(&first);
            let is_known = calls.all(is_same).then(|| first.whole().map(str::to_owned));
            is_known.flatten()
        };
        let prefix = said("with_prefix")?;
        let separator = said("separator");
        let before = said("prefix_separator").or(separator.clone());
        if key.path.len() > 1 && separator.is_none() {
            return None;
        }
        let rest = key.path.join(separator.as_deref().unwrap_or_default());
        let name = format!("{prefix}{}{rest}", before.as_deref().unwrap_or("_")).to_uppercase();
        let is_plain = name
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || char == '_');
        is_plain.then_some(name)
    }

    /// Defaults that the code gives to the `config` crate, with the variables that win over them.
    pub(super) fn defaulted(&mut self) {
        let mut values = std::mem::take(&mut self.values);
        let is_set = |named: &Named<_>| named.kind == Naming::Default && named.variable.is_none();
        for (file, named) in values.iter_mut().filter(|(_, named)| is_set(named)) {
            let sets = |(at, call): &(PathBuf, Call<_>)| {
                at == file
                    && call.line.abs_diff(named.line) <= 1
                    && call.path.ends_with("set_default")
            };
            let [name] = named.names.as_slice() else {
                continue;
            };
            if self.calls.iter().any(sets) {
                let path = name.split('.').map(str::to_owned).collect();
                named.variable = self.variable(&Key {
                    path,
                    value: String::new(),
                    line: 0,
                });
            }
        }
        self.values = values;
    }
}

/// A configuration file of this path, or with one of the usual extensions.
fn file(path: &Path) -> Option<PathBuf> {
    let is_tool = TOOLS.iter().any(|name| path.ends_with(name));
    let has_extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| keys::EXTENSIONS.contains(&extension));
    if has_extension {
        return (!is_tool && path.is_file()).then(|| path.to_path_buf());
    }
    let name = path.file_name()?.to_str()?;
    let mut candidates = keys::EXTENSIONS
        .iter()
        .map(|extension| path.with_file_name(format!("{name}.{extension}")));
    candidates.find(|path| path.is_file() && !TOOLS.iter().any(|name| path.ends_with(name)))
}
