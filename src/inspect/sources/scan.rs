//! What is known while the sources of one package are read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::said::{NeededFile, PackageSources, SourceMark};
use crate::source::{Call, Fact, FileFacts, Known, Meaning, Named, Text};

/// What is found, and what is understood only when all files are read.
pub(super) struct Scan {
    pub(super) root: PathBuf,
    pub(super) workspace: PathBuf,
    /// The folder that belongs to the project.
    pub(super) bounds: PathBuf,
    /// The folder of the shipped package.
    pub(super) home: PathBuf,
    pub(super) facts: PackageSources,
    /// Whether the build script looks above its package.
    pub(super) climbs: bool,
    /// Whether the build script reads variables whose names a function is given.
    pub(super) asks_by_parameter: bool,
    /// Words of the program's own names.
    pub(super) own: BTreeSet<String>,
    /// Literals with names, by file.
    pub(super) values: Vec<(PathBuf, Named<Known>)>,
    /// Names that are listened on.
    pub(super) bound: BTreeMap<String, BTreeSet<PathBuf>>,
    /// Calls that say how a configuration is read, by file.
    pub(super) calls: Vec<(PathBuf, Call<Known>)>,
    /// Literals that name what is embedded, by file.
    pub(super) embedded: Vec<(PathBuf, Text)>,
    /// What the literals of build scripts can name.
    pub(super) named: Vec<(Vec<PathBuf>, SourceMark)>,
    /// The text of all literals that are not for people.
    pub(super) texts: BTreeSet<String>,
    /// Files that options have as their default, and where.
    pub(super) defaults: Vec<(String, SourceMark)>,
    /// Configuration files that the program has an address from.
    pub(super) read: BTreeSet<PathBuf>,
}

/// The facts of a kind in one file, with their places.
pub(super) fn of_kind(
    file: &FileFacts,
    meaning: Meaning,
) -> impl Iterator<Item = (&Fact, SourceMark)> {
    let facts = file
        .facts
        .iter()
        .filter(move |fact| fact.meaning == meaning);
    facts.map(|fact| (fact, SourceMark::from(&fact.at)))
}

impl Scan {
    /// Whether a folder is looked through: a link may lead to all files of the machine.
    pub(super) fn is_inside(&self, path: &Path) -> bool {
        path.starts_with(&self.bounds) || path.starts_with(&self.root)
    }

    /// Remembers what the compile needs.
    pub(super) fn need(&mut self, path: PathBuf, fact: String, found_at: Option<SourceMark>) {
        self.facts.needed.push(NeededFile {
            is_folder: path.is_dir(),
            path,
            fact,
            found_at,
            asked_by: None,
        });
    }
}
