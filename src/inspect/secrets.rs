//! Files and folders whose names say that they hold secrets, in what a build may be given.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::package::folder;
use super::project::Project;
use super::sources::{NeededFile, PackageSources};
use crate::{limits, secrets};

/// Folders that are not looked through: what is in them is made by tools.
const SKIPPED: [&str; 2] = ["node_modules", "target"];

/// A file or a folder with a name that usually holds secrets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedSecret {
    /// Where it is, absolute.
    pub path: PathBuf,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Whether it holds none, as its content or its whole name says.
    pub is_public: bool,
}

/// What was looked through for one image may serve the next.
#[derive(Default)]
pub(super) struct Scans {
    done: RefCell<BTreeMap<PathBuf, Vec<NamedSecret>>>,
}

impl Scans {
    /// Looks through everything that an image's build may be given.
    pub(super) fn of<'a>(
        &self,
        project: &Project,
        sources: impl Iterator<Item = &'a PackageSources>,
        assets: &[NeededFile],
    ) -> Vec<NamedSecret> {
        let mut places: BTreeSet<PathBuf> = assets.iter().map(|file| file.path.clone()).collect();
        for sources in sources {
            places.extend(sources.needed.iter().map(|file| file.path.clone()));
            places.extend(sources.named.iter().map(|file| file.path.clone()));
            let front_ends = sources.front_ends.iter();
            places.extend(
                front_ends.filter_map(|found| Some(found.manifest.parent()?.to_path_buf())),
            );
        }
        // What lies outside is not copied, and may be everything that the machine has.
        places.retain(|place| place.starts_with(&project.bounds));
        let foreign = project
            .local_packages()
            .filter(|package| !project.is_member(&package.id));
        places.extend(foreign.map(folder));
        places.extend(project.root_manifest.patches.iter().cloned());
        let mut found = BTreeSet::new();
        let mut last: Option<&PathBuf> = None;
        for place in &places {
            // What lies in the last one was seen.
            if last.is_some_and(|last| place.starts_with(last)) {
                continue;
            }
            last = Some(place);
            let mut done = self.done.borrow_mut();
            let scan = done.entry(place.clone()).or_insert_with(|| look(place));
            found.extend(scan.iter().cloned());
        }
        found.into_iter().collect()
    }
}

/// Looks at a file, or through a folder and those below; links are not followed.
fn look(place: &Path) -> Vec<NamedSecret> {
    let mut found = Vec::new();
    let mut queue = vec![place.to_path_buf()];
    while let Some(path) = queue.pop() {
        let Ok(kind) = std::fs::symlink_metadata(&path).map(|data| data.file_type()) else {
            continue;
        };
        let is_folder = kind.is_dir();
        let row = secrets::of_name(&path);
        if let Some(row) = row {
            let name = path.file_name().and_then(|name| name.to_str());
            let is_public = match is_folder {
                true => row.is_word,
                false => {
                    kind.is_file()
                        && row.is_public(name.unwrap_or_default(), || {
                            limits::read(&path, limits::TEXT).ok()
                        })
                }
            };
            found.push(NamedSecret {
                path: path.clone(),
                is_folder,
                is_public,
            });
        }
        let is_skipped = SKIPPED.iter().any(|name| path.ends_with(name)) && path != place;
        let is_secret = row.is_some_and(|row| !row.is_word);
        if is_folder && !is_secret && !is_skipped {
            let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
            queue.extend(entries.map(|entry| entry.path()));
        }
    }
    found
}
