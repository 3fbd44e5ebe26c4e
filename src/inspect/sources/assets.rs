//! Files and folders that the program opens when it runs.

use std::path::{Component, Path, PathBuf};

use cargo_metadata::{DependencyKind, Package};

use super::addresses::words;
use super::said::{NeededFile, SourceMark};
use super::scan::Scan;
use crate::source::{Base, Fact, Known, Meaning, Named, Naming, Otherwise};

/// Crates that read a file or a folder of a fixed name.
const BY_NAME: &[(&str, &str)] = &[
    ("loco-rs", "config"),
    ("rocket", "Rocket.toml"),
    ("rocket_dyn_templates", "templates"),
];

/// Names of folders that come with a program, and are not filled by it.
const SERVED: &[&str] = &[
    "asset",
    "assets",
    "dist",
    "i18n",
    "locales",
    "public",
    "res",
    "resources",
    "static",
    "statics",
    "templates",
    "theme",
    "themes",
    "translations",
    "views",
    "webroot",
    "www",
];

impl Scan {
    /// What the package's code opens, as far as it is there.
    pub(super) fn assets(&mut self, package: &Package) {
        let facts = std::mem::take(&mut self.facts.facts);
        let opens = facts
            .iter()
            .filter(|fact| fact.meaning == Meaning::Open && !fact.is_build_script);
        for fact in opens {
            if self.is_test(&fact.at.file) {
                continue;
            }
            let path = fact
                .arguments
                .iter()
                .find_map(|path| self.asset(&head(path)?));
            let name = fact.row.trim_start_matches('.');
            if let Some(path) = path {
                self.offer(path, format!("opened by `{name}`"), Some(fact));
            } else if fact.otherwise == Otherwise::Fails {
                let mut texts = fact.arguments.iter().filter_map(Known::whole);
                if let Some(text) = texts.find(|text| self.is_absent(text, &facts)) {
                    let fact_of = format!("opened by `{name}`, and has to be there");
                    self.miss(text, fact_of, SourceMark::from(&fact.at));
                }
            }
        }
        let defaults = std::mem::take(&mut self.defaults);
        for (text, at) in &defaults {
            if self.is_absent(text, &facts) {
                self.miss(text, "the default of an option".to_owned(), at.clone());
            }
        }
        self.facts.facts = facts;
        for (name, path) in BY_NAME {
            let mut dependencies = package.dependencies.iter();
            let depends = dependencies.any(|dependency| {
                dependency.kind == DependencyKind::Normal && dependency.name == *name
            });
            if let Some(path) = self.asset(path).filter(|_| depends) {
                self.offer(path, format!("`{name}` reads it when it starts"), None);
            }
        }
        for (text, at) in defaults {
            // A folder may be one that the program fills: its name has to say that it does not.
            let is_file = has_extension(&text);
            let is_it = |path: &PathBuf| {
                if is_file {
                    path.is_file()
                } else {
                    path.is_dir()
                }
            };
            if let Some(path) = self.asset(&text).filter(is_it) {
                self.offer(path, "the default of an option".to_owned(), None);
                if let Some(asset) = self.facts.assets.last_mut() {
                    asset.found_at.get_or_insert(at);
                }
            }
        }
        for file in std::mem::take(&mut self.read) {
            let Ok(inside) = file
                .strip_prefix(&self.home)
                .or(file.strip_prefix(&self.workspace))
            else {
                continue;
            };
            if let Some(path) = configuration(inside).and_then(|path| self.asset(path.to_str()?)) {
                self.offer(
                    path,
                    "the program reads its configuration from it".to_owned(),
                    None,
                );
            }
        }
    }

    /// `#[arg(long, default_value = "config.toml")] config: PathBuf`
    pub(super) fn default_file(&mut self, file: &Path, named: &Named<Known>) {
        const FILES: &[&str] = &[
            "cfg",
            "conf",
            "config",
            "configuration",
            "file",
            "path",
            "settings",
        ];
        let Some(text) = named
            .value
            .whole()
            .filter(|_| named.kind == Naming::Default)
        else {
            return;
        };
        let is_file = |name: &String| words(name).any(|word| FILES.contains(&word.as_str()));
        let speaks = match has_extension(text) {
            true => named.names.iter().any(is_file),
            false => {
                let owner = words(&named.owner);
                let names = named.names.iter().flat_map(|name| words(name));
                let last = Path::new(text).file_name().and_then(|name| name.to_str());
                let last = words(last.unwrap_or_default());
                let mut words = owner.chain(names).chain(last);
                words.any(|word| SERVED.contains(&word.as_str()))
            }
        };
        if speaks && !self.is_test(file) {
            let at = SourceMark {
                path: file.to_path_buf(),
                line: named.line,
            };
            self.defaults.push((text.to_owned(), at));
        }
    }

    /// Whether a literal names a file of data that neither the project nor the program makes.
    fn is_absent(&self, text: &str, facts: &[Fact]) -> bool {
        const LONGEST: usize = 128;
        /// Places of the system, and of whoever runs the container.
        const SYSTEM: &[&str] = &[
            "/dev", "/etc/ssl", "/proc", "/run", "/sys", "/tmp", "/usr", "/var/run",
        ];
        let path = Path::new(text);
        let is_plain = text.len() <= LONGEST
            && !text.contains(['{', '*', '\\', '$', '%', '<'])
            && !text.contains(char::is_control)
            && !text.trim_start_matches("./").starts_with('.');
        if !is_plain || !is_data(path) || SYSTEM.iter().any(|place| path.starts_with(place)) {
            return false;
        }
        let bases = [&self.root, &self.home, &self.workspace];
        let is_there = path.is_relative() && bases.iter().any(|base| base.join(path).exists());
        let makes = |fact: &Fact| {
            matches!(fact.meaning, Meaning::Write | Meaning::CreateFolder)
                && fact.arguments.iter().any(|made| {
                    let made = Path::new(&made.text);
                    !made.as_os_str().is_empty() && path.starts_with(made)
                })
        };
        !is_there && !facts.iter().any(makes)
    }

    fn miss(&mut self, text: &str, fact: String, at: SourceMark) {
        let path = PathBuf::from(text);
        let absent = &mut self.facts.absent;
        if absent.iter().all(|known| known.path != path) {
            absent.push(NeededFile {
                is_folder: false,
                path,
                fact,
                found_at: Some(at),
                asked_by: None,
            });
        }
    }

    pub(super) fn is_test(&self, file: &Path) -> bool {
        let inside = file.strip_prefix(&self.root).unwrap_or(file);
        let mut words = inside
            .iter()
            .flat_map(|part| words(part.to_str().unwrap_or_default()));
        words.any(|word| {
            ["example", "examples", "test", "testing", "tests"].contains(&word.as_str())
        })
    }

    /// What a literal names, from where the program is run: the shipped package, or the workspace.
    fn asset(&self, text: &str) -> Option<PathBuf> {
        const LONGEST: usize = 128;
        let text = text.split('*').next()?.trim_end_matches('/');
        let path = crate::paths::normalize(Path::new(text));
        let is_plain = path
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        let is_hidden = text.trim_start_matches("./").starts_with('.');
        if !is_plain
            || is_hidden
            || path.as_os_str().is_empty()
            || text.len() > LONGEST
            || text.contains('\0')
        {
            return None;
        }
        let is_other = ["Cargo.toml", "Cargo.lock", "src", "target"]
            .iter()
            .any(|name| path.starts_with(name));
        let bases = [&self.home, &self.workspace];
        let found = bases
            .into_iter()
            .map(|base| base.join(&path))
            .find(|path| path.exists());
        found.filter(|_| !is_other)
    }

    fn offer(&mut self, path: PathBuf, fact: String, at: Option<&Fact>) {
        let found_at = at.map(|fact| SourceMark::from(&fact.at));
        let assets = &mut self.facts.assets;
        if assets.iter().any(|asset| path.starts_with(&asset.path)) {
            return;
        }
        assets.retain(|asset| !asset.path.starts_with(&path));
        assets.push(NeededFile {
            is_folder: path.is_dir(),
            path,
            fact,
            found_at,
            asked_by: None,
        });
    }
}

/// Whether a path is that of a file with settings.
fn has_extension(text: &str) -> bool {
    const EXTENSIONS: &[&str] = &[
        "cfg", "conf", "hjson", "ini", "json", "json5", "ron", "toml", "yaml", "yml",
    ];
    let extension = Path::new(text).extension();
    let extension = extension.and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
}

/// Whether a path is that of a file that somebody writes for a program: settings, keys, tables.
fn is_data(path: &Path) -> bool {
    const EXTENSIONS: &[&str] = &["crt", "csv", "key", "mmdb", "p12", "pem", "pfx"];
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
        || path.to_str().is_some_and(has_extension)
}

/// The folder of a file that the program is configured by, where its name says that it is one; the file itself if not.
fn configuration(file: &Path) -> Option<PathBuf> {
    const FOLDERS: &[&str] = &[
        "conf",
        "config",
        "configs",
        "configuration",
        "configurations",
        "etc",
        "settings",
    ];
    let mut folder = PathBuf::new();
    for part in file.parent()?.components() {
        folder.push(part);
        let name = part.as_os_str().to_str()?;
        if FOLDERS.contains(&name) {
            return Some(folder);
        }
    }
    Some(file.to_path_buf())
}

/// What is fixed of a path: all of it, or the folder that it is in.
fn head(path: &Known) -> Option<String> {
    match (path.base, path.is_whole) {
        (Base::Itself, true) => Some(path.text.clone()),
        (Base::Itself, false) => Some(path.text.rsplit_once('/')?.0.to_owned()),
        _ => None,
    }
}
