//! Folders that the program writes to, found in its code.

use std::collections::BTreeMap;
use std::path::Path;

use cargo_metadata::Package;

use super::foreign::foreign;
use super::test_files::is_test;
use crate::decision::Evidence;
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::{SourceMark, Workspace};
use crate::paths::{normalize, slashed};
use crate::shell::ShellText;
use crate::source::{Base, Known, Meaning};

/// What the code writes, by where that is.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Folders in the working directory; `.` for the directory itself.
    pub(super) relative: Vec<(String, Evidence)>,
    /// Folders in the home folder.
    pub(super) home: Vec<(String, Evidence)>,
    /// Who writes to `/tmp`.
    pub(super) tmp: Vec<Evidence>,
}

/// One folder.
enum Folder {
    Relative(String),
    Home(String),
    Absolute(String),
}

/// Finds the folders, and warns of those that only the settings can make.
pub(super) fn decide(workspace: &Workspace, locals: &[&Package]) -> (Written, Vec<Diagnostic>) {
    let mut written = Written::default();
    let mut absolute: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (folder, at, variable) in folders(workspace, locals) {
        let file = workspace.display(&at.path);
        let because = |name: &str| {
            let fact = format!("the program writes to `{}`", name.escape_debug());
            Evidence::file(file.clone(), Some(at.line), fact)
        };
        match folder {
            Folder::Relative(name) => {
                let because = because(&name);
                if !written.relative.iter().any(|(known, _)| *known == name) {
                    written.relative.push((name, because));
                }
            }
            Folder::Home(name) => {
                let because = because(&format!("~/{name}"));
                if !written.home.iter().any(|(known, _)| *known == name) {
                    written.home.push((name, because));
                }
            }
            Folder::Absolute(path) if is_in(&path, "/tmp") => written.tmp.push(because(&path)),
            Folder::Absolute(path) => {
                if !is_there(workspace, &path) {
                    let or = variable.map(|name| format!(", unless `{name}` names another"));
                    let note = format!("{file}:{}: it is written here", at.line);
                    let note = format!("{note}{}", or.unwrap_or_default());
                    absolute.entry(path).or_default().push(note);
                }
            }
        }
    }
    // Nothing can be made in a folder of the system's.
    let is_system = |path: &String| foreign(path).is_some();
    let (system, own): (BTreeMap<_, _>, _) =
        absolute.into_iter().partition(|(path, _)| is_system(path));
    let own = missing(workspace, &own, false);
    let system = missing(workspace, &system, true);
    (written, own.into_iter().chain(system).collect())
}

/// All folders that are written, with the variable that names another one.
fn folders(
    workspace: &Workspace,
    locals: &[&Package],
) -> Vec<(Folder, SourceMark, Option<String>)> {
    let mut found = Vec::new();
    let sources = workspace.sources_of(locals);
    let set = |name: &String| {
        let mut env = workspace.settings.env.iter();
        env.any(|chosen| chosen.value.contains_key(name))
    };
    for sources in sources {
        for fact in sources.facts.iter().filter(|fact| !fact.is_build_script) {
            let is_folder = match fact.meaning {
                Meaning::CreateFolder => true,
                Meaning::Write => false,
                _ => continue,
            };
            if is_test(workspace, &fact.at.file) {
                continue;
            }
            let folder = fact.arguments.iter().find_map(|path| {
                let is_known = !path.variable.as_ref().is_some_and(set);
                Some((folder(path, is_folder).filter(|_| is_known)?, path))
            });
            if let Some((folder, path)) = folder {
                found.push((folder, SourceMark::from(&fact.at), path.variable.clone()));
            }
        }
        for (path, at) in &sources.databases {
            found.extend(place(path, false).map(|folder| (folder, at.clone(), None)));
        }
    }
    found
}

/// The folder of what is written, as far as it is fixed.
fn folder(path: &Known, is_folder: bool) -> Option<Folder> {
    let (text, is_folder) = match (path.is_whole, path.text.rsplit_once('/')) {
        (true, _) => (path.text.as_str(), is_folder),
        // What follows is a name, or several.
        (false, Some((folder, _))) => (folder, true),
        (false, None) => return None,
    };
    match path.base {
        Base::Itself => place(text, is_folder),
        Base::Home => match place(text.trim_start_matches('/'), is_folder)? {
            Folder::Relative(name) => Some(Folder::Home(name)),
            _ => None,
        },
        Base::ManifestDir | Base::OutDir => None,
    }
}

fn place(text: &str, is_folder: bool) -> Option<Folder> {
    if text.is_empty() || text.contains(['\0', '{', '$', '%', '\\', '*']) {
        return None;
    }
    let path = normalize(Path::new(text));
    let path = match is_folder {
        true => path.as_path(),
        false => path.parent()?,
    };
    let name = slashed(path);
    if name.split('/').any(|part| part == "..") {
        return None;
    }
    if let Some(name) = name.strip_prefix('~') {
        let name = name.strip_prefix('/').unwrap_or(name);
        return Some(Folder::Home(name.to_owned()));
    }
    let system = ["/dev", "/proc", "/sys", "/run"];
    match name.starts_with('/') {
        true if name == "/" || system.iter().any(|folder| is_in(&name, folder)) => None,
        true => Some(Folder::Absolute(name)),
        false if name.is_empty() => Some(Folder::Relative(".".to_owned())),
        false => Some(Folder::Relative(name)),
    }
}

fn is_in(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether the settings make it, or what it is in.
fn is_there(workspace: &Workspace, path: &str) -> bool {
    let data = workspace.settings.data.iter().flat_map(|set| &set.value);
    let mut folders = data.map(|folder| folder.path.trim_end_matches('/'));
    folders.any(|folder| is_in(path, folder))
}

/// The folders that are not made by themselves, and the line that makes them.
fn missing(
    workspace: &Workspace,
    folders: &BTreeMap<String, Vec<String>>,
    is_system: bool,
) -> Option<Diagnostic> {
    if folders.is_empty() {
        return None;
    }
    // A folder makes those in it superfluous.
    let outer = |path: &String| {
        let mut others = folders.keys().filter(|other| *other != path);
        !others.any(|other| is_in(path, other))
    };
    let names: Vec<&String> = folders.keys().filter(|path| outer(path)).collect();
    let shown: Vec<String> = names
        .iter()
        .map(|name| format!("`{}`", name.escape_debug()))
        .collect();
    let message = format!(
        "`{}` writes to {}, where its user may not write",
        workspace.selected.binary.escape_debug(),
        shown.join(", ")
    );
    let notes = folders.values().flatten().cloned();
    let warning = notes.fold(
        Diagnostic::warning(Code::WrittenFolder, message),
        Diagnostic::note,
    );
    if is_system {
        let flags = names.iter().map(|name| {
            let name = ShellText::word(name);
            format!("--tmpfs {name}:mode=1777")
        });
        let flags: Vec<String> = flags.collect();
        return Some(warning.help(format!("docker run {} …", flags.join(" "))));
    }
    let kept = workspace.settings.data.iter().flat_map(|set| &set.value);
    let kept = kept.map(|folder| folder.path.as_str());
    let all = kept.chain(names.iter().map(|name| name.as_str()));
    let all: Vec<String> = all
        .map(|name| toml::Value::from(name).to_string())
        .collect();
    Some(warning.help(format!(
        "under [package.metadata.dockerize]: data = [{}]",
        all.join(", ")
    )))
}
