//! The folders that belong to the program: where it works, its home, and its data.

use std::collections::BTreeMap;

use crate::decision::{Decision, Evidence};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::inspect::Workspace;
use crate::knowledge::{Need, RuntimeImage};
use crate::paths::{normalize, slashed};
use crate::settings::Sourced;

use super::foreign::foreign;
use super::written::Written;

/// The program's folder, where neither the settings nor the image name one.
const OWN: &str = "/app";

/// What the image gets for the program to work in.
#[derive(Debug, Default)]
pub(super) struct Folders {
    /// The working directory, where it is not left to the image.
    pub(super) workdir: Option<Decision<String>>,
    /// The home folder, where it is not left to the image.
    pub(super) home: Option<Decision<String>>,
    /// Folders to make for the user, in order.
    pub(super) owned: Vec<Decision<String>>,
    /// Those of them that are volumes.
    pub(super) volumes: Vec<Decision<String>>,
    /// Who asks for a `/tmp` that everybody may write to.
    pub(super) tmp: Vec<Evidence>,
}

/// Decides on the folders; `assets` is why there are files that the program opens by relative names.
pub(super) fn decide(
    workspace: &Workspace,
    known: Option<&RuntimeImage>,
    assets: &[Evidence],
    written: &Written,
) -> Result<Folders> {
    let settings = &workspace.settings;
    let workdir = settings.workdir.as_ref();
    if let Some(set) = workdir.filter(|set| !is_plain(&set.value) || !set.value.starts_with('/')) {
        return Err(
            refused(set, &set.value, "is not an absolute path in an image")
                .help("workdir = \"/data\": letters, digits and `/_-.+@`")
                .into(),
        );
    }
    let workdir = match workdir {
        Some(set) => {
            let because = Evidence::new(set.origin.clone(), "this working directory was asked for");
            Some(Decision::new(path(&set.value), because))
        }
        None => usual(workspace, known, assets, written),
    };
    let mut folders = Folders::default();
    let mut owned: BTreeMap<String, Vec<Evidence>> = BTreeMap::new();
    if let Some(workdir) = &workdir {
        if foreign(&workdir.value).is_none() {
            owned.insert(workdir.value.clone(), workdir.because.clone());
        }
    }
    let has_home = known.is_none_or(|image| is_home(workspace, image));
    if !has_home || settings.workdir.is_some() {
        let own = workdir
            .as_ref()
            .filter(|workdir| owned.contains_key(&workdir.value));
        let home = own
            .cloned()
            .unwrap_or_else(|| Decision::new(OWN.to_owned(), own_folder()));
        owned
            .entry(home.value.clone())
            .or_insert_with(|| home.because.clone());
        let because = Evidence::default("a writable home folder");
        folders.home = Some(Decision::new(home.value, because));
    }
    let base = workdir
        .as_ref()
        .map_or("/home/nonroot", |workdir| &workdir.value);
    data(workspace, base, &mut owned, &mut folders)?;
    let home = folders.home.as_ref();
    let home = home.map_or("/home/nonroot", |home| &home.value);
    let found = written.relative.iter().map(|found| (base, found));
    let found = found.chain(written.home.iter().map(|found| (home, found)));
    for (base, (name, because)) in found {
        let path = path(&format!("{base}/{name}"));
        if is_plain(&path) && foreign(&path).is_none() {
            owned.entry(path).or_default().push(because.clone());
        }
    }
    folders.tmp.extend(written.tmp.iter().cloned());
    let decision = |(value, because)| Decision { value, because };
    folders.owned = owned.into_iter().map(decision).collect();
    folders.workdir = workdir;
    Ok(folders)
}

/// The working directory that nobody asked for.
fn usual(
    workspace: &Workspace,
    known: Option<&RuntimeImage>,
    assets: &[Evidence],
    written: &Written,
) -> Option<Decision<String>> {
    let data = workspace.settings.data.iter().find(|set| {
        let mut paths = set.value.iter();
        paths.any(|folder| !folder.path.starts_with('/'))
    });
    let because = match (assets, data) {
        ([_, ..], _) => assets.to_vec(),
        ([], Some(set)) => vec![Evidence::new(
            set.origin.clone(),
            "data has a relative path",
        )],
        ([], None) if known.is_none() && !written.relative.is_empty() => {
            let because = written.relative.iter().map(|(_, because)| because.clone());
            because.take(1).collect()
        }
        // Of an image that nobody knows it is left as it is.
        ([], None) if known.is_none_or(|image| is_home(workspace, image)) => return None,
        ([], None) => vec![own_folder()],
    };
    let value = OWN.to_owned();
    Some(Decision { value, because })
}

fn own_folder() -> Evidence {
    Evidence::default("the program's own writable folder")
}

/// Whether the image starts in a home folder of the user that the program runs as.
fn is_home(workspace: &Workspace, image: &RuntimeImage) -> bool {
    workspace.settings.user.is_none() && image.user.is_some() && image.provides(Need::Home)
}

/// The folders that the settings name.
fn data(
    workspace: &Workspace,
    base: &str,
    owned: &mut BTreeMap<String, Vec<Evidence>>,
    folders: &mut Folders,
) -> Result<()> {
    for set in &workspace.settings.data {
        for folder in &set.value {
            let name = folder.path.as_str();
            let is_inside = !name.is_empty() && !name.split('/').any(|part| part == "..");
            if !is_plain(name) || !is_inside {
                return Err(
                    refused(set, name, "is not the path of a folder in an image")
                        .help("use letters, digits and `/_-.+@`, without `..`")
                        .into(),
                );
            }
            let path = match name.starts_with('/') {
                true => path(name),
                false => path(&format!("{base}/{name}")),
            };
            let because = Evidence::new(set.origin.clone(), "the program writes here");
            if path == "/tmp" {
                folders.tmp.push(because.clone());
            } else if let Some(system) = foreign(&path) {
                let what = format!("is `{path}`, and `{system}` belongs to the system");
                return Err(refused(set, name, &what)
                    .help("name a folder of the program's own, such as `/var/lib/NAME`")
                    .into());
            } else {
                owned.entry(path.clone()).or_default().push(because.clone());
            }
            if folder.volume && folders.volumes.iter().all(|known| known.value != path) {
                folders.volumes.push(Decision::new(path, because));
            }
        }
    }
    Ok(())
}

/// Without `.`, `..` and doubled slashes.
fn path(text: &str) -> String {
    slashed(&normalize(text.as_ref()))
}

/// Whether `WORKDIR`, `VOLUME` and every shell take it for a path, and for nothing else.
fn is_plain(path: &str) -> bool {
    let is_safe = |char: char| char.is_ascii_alphanumeric() || "/_-.+@".contains(char);
    !path.is_empty() && !path.starts_with('-') && path.chars().all(is_safe)
}

fn refused<T>(set: &Sourced<T>, path: &str, what: &str) -> Diagnostic {
    let message = format!("`{}` {what}", path.escape_debug());
    Diagnostic::error(Code::ImageFolder, message).note(format!("set by {}", set.origin))
}
