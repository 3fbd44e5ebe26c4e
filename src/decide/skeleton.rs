//! What the dependency layer depends on: manifests and empty targets.

mod masks;
mod requirements;
mod stubs;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use cargo_metadata::PackageId;

pub(crate) use self::masks::VERSION as MASKED_VERSION;
pub(crate) use self::requirements::named_by_version;
pub(crate) use self::stubs::TEXT as STUB;
use super::caching::Order;
use super::configuration;
use super::context::Place;
use crate::decision::Evidence;
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::{Workspace, folder};
use crate::paths::is_in;
use crate::plan::{Copy, Masks, Skeleton, Stubs};

/// More folders of manifests than this are gathered by their names.
const MANY_MANIFESTS: usize = 12;

/// Manifest files, absolute, with the reason for those that are not plain.
pub(crate) type Files = Vec<(PathBuf, Vec<Evidence>)>;

/// What was worked out for one image may serve the next: it goes through everything that the workspace has.
#[derive(Default)]
pub(crate) struct Remembered(RefCell<BTreeMap<Key, Common>>);

/// The context, what is copied whole, and the packages that are compiled early.
type Key = (PathBuf, BTreeSet<PathBuf>, Vec<PackageId>);

struct Common {
    manifests: Vec<Copy>,
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
    files: &Files,
    vendored: &BTreeSet<PathBuf>,
    sources: &[&Path],
    place: &Place<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Skeleton {
    let folders: BTreeSet<_> = files.iter().filter_map(|(path, _)| path.parent()).collect();
    let mut known = remembered.0.borrow_mut();
    let early = order.early.iter().map(|package| package.id.clone());
    let key = (place.root.to_path_buf(), vendored.clone(), early.collect());
    let Common {
        manifests,
        masks,
        stubs,
        targets,
    } = known.entry(key).or_insert_with(|| {
        let (stubs, targets) = stubs::decide(workspace, vendored, place);
        Common {
            manifests: place.files(files),
            masks: masks::decide(workspace, order, vendored),
            stubs,
            targets,
        }
    });
    let masks = match masks.clone() {
        Ok(masks) => Some(masks),
        Err(reason) => {
            diagnostics.push(
                Diagnostic::info(
                    Code::VersionsUnmasked,
                    "a new version of this project compiles its dependencies again",
                )
                .note(reason)
                .help("`cargo dockerize skeleton` hides versions in every case"),
            );
            None
        }
    };
    let sources: HashSet<&Path> = sources.iter().copied().collect();
    let is_there = |target: &PathBuf| is_in(target, |folder| sources.contains(folder));
    Skeleton {
        manifests: manifests.clone(),
        is_gathered: folders.len() > MANY_MANIFESTS,
        masks,
        stubs: stubs.clone(),
        has_stubs: !targets.is_empty(),
        is_needed_later: !targets.iter().all(is_there),
    }
}

/// Manifests of all local packages (cargo reads every one) with the lock file, and cargo's
/// configuration.
pub(super) fn files(workspace: &Workspace) -> (Files, Files) {
    let root = &workspace.root;
    let mut manifests: Files = vec![(root.join("Cargo.toml"), Vec::new())];
    if workspace.lock_file.is_some() {
        manifests.push((root.join("Cargo.lock"), Vec::new()));
    }
    let mut locals: Vec<PathBuf> = workspace
        .local_packages()
        .map(|package| folder(package).join("Cargo.toml"))
        .filter(|path| *path != root.join("Cargo.toml"))
        .collect();
    locals.sort();
    manifests.extend(locals.into_iter().map(|path| (path, Vec::new())));
    (manifests, configuration::files(workspace))
}
