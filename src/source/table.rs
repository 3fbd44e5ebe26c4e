//! The table of calls: what functions, methods, macros, attributes and words mean.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use serde::Deserialize;

use super::facts::Meaning;

/// One row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    /// The path, with a sign for its kind.
    pub(super) path: String,
    pub(super) means: Meaning,
    /// The arguments that can be what it is about; from the end where negative.
    #[serde(default = "first")]
    pub(super) argument: Vec<isize>,
    /// Names of arguments of a macro; it does not mean that where it has one of them.
    #[serde(default)]
    pub(super) unless: Vec<String>,
    /// What it means where it has one of them.
    #[serde(default)]
    pub(super) with: Option<Meaning>,
    /// Methods of which one is called before, on the same value.
    #[serde(default)]
    pub(super) after: Vec<String>,
    /// Where that is documented.
    #[cfg_attr(not(test), allow(dead_code))]
    pub(super) source: String,
}

fn first() -> Vec<isize> {
    vec![0]
}

/// A crate whose paths mean what those of another do.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Alias {
    #[serde(rename = "crate")]
    pub(super) name: String,
    pub(super) stands_for: String,
    /// Where that is documented.
    #[cfg_attr(not(test), allow(dead_code))]
    pub(super) source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) alias: Vec<Alias>,
    pub(super) call: Vec<Row>,
}

/// The rows, by what they are about.
#[derive(Debug)]
pub(super) struct Table {
    /// By the last part of the path.
    functions: HashMap<&'static str, Vec<&'static Row>>,
    methods: HashMap<&'static str, &'static Row>,
    macros: HashMap<&'static str, &'static Row>,
    attributes: HashMap<&'static str, &'static Row>,
    words: HashMap<&'static str, &'static Row>,
    aliases: HashMap<&'static str, &'static str>,
    /// Words without which no row can match.
    telling: HashSet<&'static str>,
}

/// Parts of paths that are common: they tell nothing by themselves.
const COMMON: &[&str] = &[
    "bind",
    "copy",
    "dir",
    "file",
    "from",
    "from_path",
    "glob",
    "new",
    "open",
    "read",
    "scope",
    "serve",
    "spawn",
    "write",
];

impl Table {
    /// The table that is compiled in.
    pub(super) fn shipped() -> &'static Self {
        static FILE: OnceLock<File> = OnceLock::new();
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| Self::new(FILE.get_or_init(file)))
    }

    fn new(file: &'static File) -> Self {
        let mut table = Self {
            functions: HashMap::new(),
            methods: HashMap::new(),
            macros: HashMap::new(),
            attributes: HashMap::new(),
            words: HashMap::new(),
            aliases: HashMap::new(),
            telling: HashSet::new(),
        };
        for row in &file.call {
            table.add(row);
        }
        for alias in &file.alias {
            table.aliases.insert(&alias.name, &alias.stands_for);
        }
        table
    }

    fn add(&mut self, row: &'static Row) {
        let path = row.path.as_str();
        let is_of_build_script = row.means == Meaning::CompileRead;
        if let Some(name) = path.strip_suffix('!') {
            self.telling.insert(name);
            self.macros.insert(name, row);
        } else if let Some(name) = path.strip_prefix('#') {
            self.telling.insert(name);
            self.attributes.insert(name, row);
        } else if let Some(name) = path.strip_prefix('=') {
            self.telling.insert(name);
            self.words.insert(name, row);
        } else if let Some(name) = path.strip_prefix('.').filter(|_| is_of_build_script) {
            // All files of a build script are read.
            self.methods.entry(name).or_insert(row);
        } else if let Some(name) = path.strip_prefix('.') {
            match row.after.is_empty() {
                true => {
                    self.telling.insert(name);
                }
                false => self.telling.extend(row.after.iter().map(String::as_str)),
            }
            self.methods.insert(name, row);
        } else {
            let mut parts = path.rsplit("::");
            let name = parts.next().unwrap_or(path);
            let telling = parts.next().filter(|_| COMMON.contains(&name));
            self.telling.insert(telling.unwrap_or(name));
            self.functions.entry(name).or_default().push(row);
            if !path.contains("::") {
                self.methods.insert(name, row);
            }
        }
    }

    /// The longest row that a path ends with.
    pub(super) fn function(&self, path: &str) -> Option<&'static Row> {
        let name = path.rsplit("::").next()?;
        let rows = self.functions.get(name)?.iter().copied();
        rows.filter(|row| is_end(path, &row.path))
            .max_by_key(|row| row.path.len())
    }

    pub(super) fn method(&self, name: &str) -> Option<&'static Row> {
        self.methods.get(name).copied()
    }

    pub(super) fn macro_(&self, name: &str) -> Option<&'static Row> {
        self.macros.get(name).copied()
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&'static Row> {
        self.attributes.get(name).copied()
    }

    pub(super) fn word(&self, name: &str) -> Option<&'static Row> {
        self.words.get(name).copied()
    }

    /// What a crate stands for.
    pub(super) fn alias(&self, name: &str) -> Option<&'static str> {
        self.aliases.get(name).copied()
    }

    /// Whether a word makes a file worth reading.
    pub(super) fn is_telling(&self, word: &str) -> bool {
        self.telling.contains(word)
    }
}

pub(super) fn file() -> File {
    toml::from_str(include_str!("calls.toml")).expect("the table that is compiled in is valid")
}

/// Whether a path ends with these parts.
fn is_end(path: &str, end: &str) -> bool {
    path.strip_suffix(end)
        .is_some_and(|before| before.is_empty() || before.ends_with("::"))
}
