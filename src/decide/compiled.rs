//! The targets that are compiled for the image, and whether the plan copies each of them.
//!
//! A stub stands in for every target while dependencies compile. One that no `COPY` replaces would be
//! compiled into the program: no plan leaves this room with such a stub.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{Package, Target, TargetKind};

use super::inputs::Inputs;
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::inspect::{Workspace, is_absolute};
use crate::paths::{is_in, normalize, relative};
use crate::plan::{Caching, Copy};

/// The libraries and build scripts of these packages, and the binaries that are shipped.
pub(super) fn targets<'a, 'b>(
    workspace: &'a Workspace,
    locals: &'b [&'a Package],
) -> impl Iterator<Item = (&'a Package, &'a Target)> + use<'a, 'b> {
    locals.iter().copied().flat_map(move |package| {
        let is_compiled = move |target: &&Target| {
            let has = |kind: &TargetKind| target.kind.contains(kind);
            if has(&TargetKind::Bin) {
                return package.id == workspace.selected.package
                    && workspace
                        .selected
                        .binaries()
                        .any(|name| name == target.name);
            }
            !(has(&TargetKind::Test) || has(&TargetKind::Bench) || has(&TargetKind::Example))
        };
        let targets = package.targets.iter().filter(is_compiled);
        targets.map(move |target| (package, target))
    })
}

/// Checks that the file of each target that is compiled is let in, and copied to its place.
///
/// # Errors
///
/// A target whose file no image can have, as its path is absolute; and a target that the plan forgot.
pub(super) fn check(
    workspace: &Workspace,
    locals: &[&Package],
    Inputs { root, context, .. }: &Inputs,
    caching: &Caching,
) -> Result<()> {
    let layers = caching.layers.iter().flat_map(|layer| &layer.sources);
    let copies = context.vendored.iter().chain(layers);
    let copies = copies.chain(&context.sources);
    let mut by_source: BTreeMap<PathBuf, Vec<&Copy>> = BTreeMap::new();
    for copy in copies.filter(|copy| copy.from.is_none()) {
        for source in &copy.sources {
            let source = normalize(Path::new(source));
            by_source.entry(source).or_default().push(copy);
        }
    }
    let normal = |paths: &[String]| -> HashSet<PathBuf> {
        paths
            .iter()
            .map(|path| normalize(Path::new(path)))
            .collect()
    };
    let (included, excluded) = (normal(&context.included), normal(&context.excluded));
    // Whether the ignore file lets the file in.
    let is_let_in = |source: &Path| {
        let is_below = |set: &HashSet<PathBuf>| is_in(source, |folder| set.contains(folder));
        (included.is_empty() || is_below(&included)) && !is_below(&excluded)
    };
    for (package, target) in targets(workspace, locals) {
        let manifest = workspace.manifests.get(&package.id);
        if manifest.is_some_and(|manifest| is_absolute(&manifest.table, target)) {
            return Err(absolute(workspace, package, target).into());
        }
        let path = target.src_path.as_std_path();
        let source = relative(path, root);
        let destination = relative(path, &workspace.root);
        let mut copies = source
            .ancestors()
            .filter_map(|folder| by_source.get(folder));
        let is_copied = copies.any(|copies| {
            let mut copies = copies.iter();
            copies.any(|copy| brings(copy, &source, &destination))
        });
        if !is_copied || !is_let_in(&source) {
            return Err(forgotten(workspace, target).into());
        }
    }
    Ok(())
}

/// Whether it copies this file of the context to this place, relative to the working directory.
fn brings(copy: &Copy, source: &Path, destination: &Path) -> bool {
    copy.sources.iter().any(|from| {
        let from = normalize(Path::new(from));
        let Ok(below) = source.strip_prefix(&from) else {
            return false;
        };
        let to = match (copy.destination.strip_suffix('/'), from.file_name()) {
            (Some(folder), Some(name)) => Path::new(folder).join(name),
            _ => PathBuf::from(&copy.destination),
        };
        normalize(&to.join(below)) == destination
    })
}

fn absolute(workspace: &Workspace, package: &Package, target: &Target) -> Diagnostic {
    let manifest = workspace.display(package.manifest_path.as_std_path());
    let name = target.name.escape_debug();
    Diagnostic::error(
        Code::TargetPath,
        format!("the path of the target `{name}` is absolute: no image has that file"),
    )
    .note(format!("the path is in `{}`", manifest.escape_debug()))
    .help("write it relative to the manifest")
}

fn forgotten(workspace: &Workspace, target: &Target) -> Diagnostic {
    let path = workspace.display(target.src_path.as_std_path());
    let path = path.escape_debug();
    let name = target.name.escape_debug();
    Diagnostic::error(
        Code::TargetNotCopied,
        format!("the build would not get `{path}`, which the target `{name}` is compiled from"),
    )
    .note("a stub would be compiled in its place")
    .help("move the file into the folder of its package, below `src` for example")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brings_to(sources: &[&str], to: &str, source: &str, destination: &str) -> bool {
        let copy = Copy {
            from: None,
            sources: sources.iter().map(|it| (*it).to_owned()).collect(),
            destination: to.to_owned(),
            because: Vec::new(),
        };
        brings(&copy, Path::new(source), Path::new(destination))
    }

    #[test]
    fn a_copy_brings_files_to_their_place_only() {
        assert!(brings_to(
            &["app"],
            "app",
            "app/src/main.rs",
            "app/src/main.rs"
        ));
        assert!(brings_to(&["."], ".", "app/src/main.rs", "app/src/main.rs"));
        assert!(brings_to(&["a.rs", "b.rs"], "./", "b.rs", "b.rs"));
        assert!(brings_to(
            &["shared"],
            "../shared",
            "shared/a.rs",
            "../shared/a.rs"
        ));
        assert!(brings_to(
            &["shared/a.rs"],
            "../shared/",
            "shared/a.rs",
            "../shared/a.rs"
        ));
        assert!(!brings_to(
            &["app"],
            "app",
            "apple/main.rs",
            "apple/main.rs"
        ));
        assert!(!brings_to(&["app"], "other", "app/main.rs", "app/main.rs"));
        assert!(!brings_to(&["a.rs"], "./", "b.rs", "b.rs"));
    }
}
