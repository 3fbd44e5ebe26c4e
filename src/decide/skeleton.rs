//! What the dependency layer depends on: manifests and empty targets.

mod masks;
mod requirements;
mod stubs;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use cargo_metadata::PackageId;

pub(crate) use self::requirements::named_by_version;
use super::context::Place;
use super::inputs::{File, Order};
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::{Project, Workspace, folder};
use crate::paths::is_in;
use crate::plan::{Copy, Masks, Skeleton, Stubs};

/// More folders of manifests than this are gathered by their names.
const MANY_MANIFESTS: usize = 12;

/// What was worked out for one image may serve the next: it goes through everything that the workspace has.
#[derive(Default)]
pub(crate) struct Remembered(RefCell<BTreeMap<Key, Common>>);

/// The context, what is copied whole, and the packages that are compiled early.
type Key = (PathBuf, BTreeSet<PathBuf>, Vec<PackageId>);

struct Common {
    manifests: Vec<Copy>,
    is_gathered: bool,
    masks: Result<Masks, String>,
    stubs: Stubs,
    targets: Vec<PathBuf>,
}

/// Decides on the skeleton.
///
/// `vendored` are folders that are copied whole, `sources` what else the program is compiled from.
pub(crate) fn decide(
    workspace: &Workspace,
    (remembered, order): (&Remembered, &Order<'_>),
    files: &[&File],
    vendored: &BTreeSet<PathBuf>,
    sources: &[&Path],
    place: &Place<'_>,
) -> (Skeleton, Option<Diagnostic>) {
    let mut known = remembered.0.borrow_mut();
    let early = order.early.iter().map(|package| package.id.clone());
    let key = (place.root.to_path_buf(), vendored.clone(), early.collect());
    let Common {
        manifests,
        is_gathered,
        masks,
        stubs,
        targets,
    } = known.entry(key).or_insert_with(|| {
        let (stubs, targets) = stubs::decide(workspace, vendored, place);
        Common {
            manifests: place.files(files.iter().map(|(path, because)| (&**path, &**because))),
            is_gathered: are_many(files),
            masks: masks::decide(workspace, order, vendored),
            stubs,
            targets,
        }
    });
    let (masks, unmasked) = match masks.clone() {
        Ok(masks) => (Some(masks), None),
        Err(reason) => (None, Some(unmasked(reason))),
    };
    let sources: HashSet<&Path> = sources.iter().copied().collect();
    let is_there = |target: &PathBuf| is_in(target, |folder| sources.contains(folder));
    let skeleton = Skeleton {
        manifests: manifests.clone(),
        is_gathered: *is_gathered,
        masks,
        stubs: stubs.clone(),
        has_stubs: !targets.is_empty(),
        is_needed_later: !targets.iter().all(is_there),
    };
    (skeleton, unmasked)
}

fn unmasked(reason: String) -> Diagnostic {
    Diagnostic::info(
        Code::VersionsUnmasked,
        "a new version of this project compiles its dependencies again",
    )
    .note(reason)
    .help("`cargo dockerize skeleton` hides versions in every case")
}

/// Whether they are in so many folders that a stage gathers them.
fn are_many(files: &[&File]) -> bool {
    let folders: HashSet<_> = files.iter().filter_map(|(path, _)| path.parent()).collect();
    folders.len() > MANY_MANIFESTS
}

/// Manifests of all local packages (cargo reads every one) with the lock file.
pub(super) fn manifests(project: &Project) -> Vec<File> {
    let root = &project.root;
    let mut manifests = vec![(root.join("Cargo.toml"), Vec::new())];
    if project.lock_file.is_some() {
        manifests.push((root.join("Cargo.lock"), Vec::new()));
    }
    let mut locals: Vec<PathBuf> = project
        .local_packages()
        .map(|package| folder(package).join("Cargo.toml"))
        .filter(|path| *path != root.join("Cargo.toml"))
        .collect();
    locals.sort();
    manifests.extend(locals.into_iter().map(|path| (path, Vec::new())));
    manifests
}
