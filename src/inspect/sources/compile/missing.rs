//! Files that the code names, and that are not there: a front end that is not built yet, a submodule that is not
//! checked out, a file that something makes.

use std::path::{Path, PathBuf};

use cargo_metadata::Package;

use super::super::path_texts::as_paths;
use super::super::said::{MissingFile, NeededFile, PackageSources, Remedy, SourceMark};
use crate::inspect::package::folder;
use crate::inspect::project::Project;
use crate::limits;
use crate::source::{Base, Fact, Known, Meaning};

/// What is embedded, or in a submodule, and missing.
pub(super) fn of(
    project: &Project,
    package: &Package,
    sources: &PackageSources,
) -> Vec<NeededFile> {
    let root = folder(package);
    let embeds = sources
        .facts
        .iter()
        .filter(|fact| fact.meaning == Meaning::Embed);
    let mut missing: Vec<NeededFile> = embeds
        .filter_map(|fact| embedded(project, sources, &root, fact))
        .collect();
    let empty = submodules(project);
    for (text, mark) in sources.literals.iter().filter(|_| !empty.is_empty()) {
        let mut paths = as_paths(text).into_iter().flat_map(|path| {
            [&root, &project.root].map(|base| crate::paths::normalize(&base.join(&path)))
        });
        // Whoever reads a file of it may read others, too.
        let path = paths.find_map(|path| empty.iter().find(|empty| path.starts_with(empty)));
        missing.extend(path.cloned().map(|path| NeededFile {
            is_folder: true,
            path,
            fact: "the build script names it".to_owned(),
            found_at: Some(mark.clone()),
            asked_by: None,
        }));
    }
    missing
}

/// A file or a folder that becomes a part of the program.
fn embedded(
    project: &Project,
    sources: &PackageSources,
    root: &Path,
    fact: &Fact,
) -> Option<NeededFile> {
    let known = fact.arguments.iter().find(|known| !known.text.is_empty())?;
    let (text, is_of_package) = written(known)?;
    let here = fact.at.file.parent().unwrap_or(root);
    let is_include = fact.row.starts_with("include") && fact.row != "include_dir!";
    let bases: Vec<&Path> = match (is_of_package, is_include) {
        (true, _) => vec![root],
        (false, true) => vec![here, root],
        (false, false) => vec![root, here],
    };
    let paths = bases
        .iter()
        .map(|base| crate::paths::normalize(&base.join(text)));
    let paths: Vec<PathBuf> = paths.collect();
    let is_made = |path: &PathBuf| {
        let mut made = sources.front_ends.iter();
        made.any(|front_end| path.starts_with(&front_end.built))
    };
    let is_seen = paths.iter().any(|path| path.exists() || is_made(path));
    let path = paths.into_iter().next()?;
    let is_inside = path.starts_with(&project.bounds);
    let is_optional = || {
        let text = limits::read(&fact.at.file, limits::SOURCE).unwrap_or_default();
        text.contains("allow_missing")
    };
    if is_seen || !is_inside || is_optional() {
        return None;
    }
    let name = match fact.row.starts_with('#') {
        true => format!("the attribute `{}`", fact.row),
        false => format!("`{}`", fact.row),
    };
    Some(NeededFile {
        is_folder: !is_include,
        path,
        fact: format!("embedded by {name}"),
        found_at: Some(SourceMark::from(&fact.at)),
        asked_by: None,
    })
}

/// A path as it is written, and whether it begins at the package's folder.
fn written(known: &Known) -> Option<(&str, bool)> {
    if !known.is_whole {
        return None;
    }
    let text = known.text.as_str();
    for head in ["$CARGO_MANIFEST_DIR", "${CARGO_MANIFEST_DIR}"] {
        if let Some(rest) = text.strip_prefix(head) {
            return Some((rest.trim_start_matches('/'), true));
        }
    }
    match known.base {
        Base::ManifestDir => Some((text.trim_start_matches('/'), true)),
        Base::Itself if !text.starts_with(['/', '$']) => Some((text, false)),
        _ => None,
    }
}

/// Submodules without a file, absolute.
fn submodules(project: &Project) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let folders = [Some(&project.root), project.repository.as_ref()];
    for folder in folders.into_iter().flatten() {
        let Ok(text) = limits::read(&folder.join(".gitmodules"), limits::TEXT) else {
            continue;
        };
        for line in text.lines() {
            let path = line.split_once('=').filter(|(key, _)| key.trim() == "path");
            let path = path.map(|(_, path)| crate::paths::normalize(&folder.join(path.trim())));
            found.extend(path.filter(|path| is_empty(path)));
        }
    }
    found.sort();
    found.dedup();
    found
}

fn is_empty(path: &Path) -> bool {
    std::fs::read_dir(path).map_or(true, |mut entries| entries.next().is_none())
}

/// Tools that make files, by what they leave in a folder.
const TOOLS: &[(&str, &str)] = &[
    ("pnpm-lock.yaml", "pnpm run build"),
    ("yarn.lock", "yarn run build"),
    ("bun.lock", "bun run build"),
    ("package.json", "npm run build"),
    ("Trunk.toml", "trunk build --release"),
    ("Makefile", "make"),
    ("justfile", "just"),
];

impl MissingFile {
    pub(super) fn new(project: &Project, file: NeededFile) -> Self {
        let mut empty = submodules(project).into_iter();
        let remedy = match empty.find(|folder| file.path.starts_with(folder)) {
            Some(folder) => Remedy::Submodule(folder),
            None => tool(project, &file.path),
        };
        Self { file, remedy }
    }
}

fn tool(project: &Project, path: &Path) -> Remedy {
    let folders = path.ancestors().skip(1);
    let mut folders = folders.take_while(|folder| folder.starts_with(&project.root));
    let found = folders.find_map(|folder| {
        let mut tools = TOOLS.iter();
        let (_, command) = tools.find(|(file, _)| folder.join(file).is_file())?;
        Some(Remedy::Command(command, folder.to_path_buf()))
    });
    found.unwrap_or(Remedy::Unknown)
}
