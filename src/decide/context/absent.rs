//! What is read while the program compiles, and is not there or in no clone of the repository.

use std::collections::BTreeMap;
use std::path::Path;

use cargo_metadata::Package;

use super::secrets;
use crate::decide::inputs::Found;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::inspect::{MissingFile, Remedy, Workspace};
use crate::shell::ShellText;

/// More are only counted.
const NAMED: usize = 8;

/// Warns of what is named and not there: the build fails without it.
pub(super) fn missing(
    workspace: &Workspace,
    locals: &[&Package],
    is_made: impl Fn(&Path) -> bool,
) -> Vec<Diagnostic> {
    let sources = workspace.sources_of(locals);
    let mut files: BTreeMap<&Path, &MissingFile> = BTreeMap::new();
    for missing in sources.flat_map(|sources| &sources.missing) {
        files.entry(&missing.file.path).or_insert(missing);
    }
    let mut found = Vec::new();
    for (path, missing) in files.into_iter().filter(|(path, _)| !is_made(path)) {
        let message = format!(
            "{} is not there, and the build needs it",
            shown(workspace, path)
        );
        let mut warning = Diagnostic::warning(Code::InputMissing, message);
        if let Some(mark) = &missing.file.found_at {
            warning = warning.at(Location::line(workspace.display(&mark.path), mark.line));
        }
        let warning = warning.note(missing.file.fact.clone());
        found.push(match &missing.remedy {
            Remedy::Submodule(folder) => warning
                .note(format!(
                    "{} is a submodule that is not checked out",
                    shown(workspace, folder)
                ))
                .help(format!(
                    "git submodule update --init {}",
                    ShellText::word(&workspace.display(folder))
                )),
            Remedy::Command(command, folder) => warning.help(format!(
                "make it before the image is built: `{command}` in {}",
                shown(workspace, folder)
            )),
            Remedy::Unknown => warning.help("make it before the image is built"),
        });
    }
    found
}

/// Warns of what git ignores: the image cannot be built from a clone.
pub(super) fn ignored(
    workspace: &Workspace,
    needed: &Found,
    is_made: impl Fn(&Path) -> bool,
) -> Option<Diagnostic> {
    let assets = workspace.assets.iter();
    let is_copied = |path: &Path| {
        let is_own = path == workspace.root.join("Cargo.lock")
            || workspace
                .cargo_configs
                .iter()
                .any(|config| config.path == path);
        is_own || needed.contains_key(path) || assets.clone().any(|asset| asset.path == path)
    };
    let ignored = workspace.ignored.iter().map(|path| path.as_path());
    let paths: Vec<&Path> = ignored
        .filter(|path| is_copied(path) && !is_made(path))
        .collect();
    let first = paths.first()?;
    let mut names: Vec<String> = paths
        .iter()
        .take(NAMED)
        .map(|path| shown(workspace, path))
        .collect();
    if paths.len() > NAMED {
        names.push(format!("{} more", paths.len() - NAMED));
    }
    let mut warning = Diagnostic::warning(
        Code::IgnoredByGit,
        format!(
            "the build needs what git ignores, so it fails from a fresh clone: {}",
            names.join(", ")
        ),
    );
    for path in paths.iter().take(NAMED) {
        let because = needed.get(*path).and_then(|input| input.because.first());
        let asset = workspace.assets.iter().find(|asset| asset.path == **path);
        let asset = asset.map(|asset| secrets::evidence(workspace, asset));
        if let Some(because) = because.cloned().or(asset) {
            warning = warning.note(format!("{}: {because}", shown(workspace, path)));
        }
    }
    Some(match first.ends_with("Cargo.lock") {
        true => warning.help("take `Cargo.lock` out of `.gitignore`, and commit it"),
        false => warning.help("commit it, or make it before every build"),
    })
}

fn shown(workspace: &Workspace, path: &Path) -> String {
    format!("`{}`", workspace.display(path).escape_debug())
}
