//! Build scripts that may have to do with native code: their text, for whoever knows features and target.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cargo_metadata::{DependencyKind, Package, PackageId, Target};

use super::package::folder;
use super::project::Project;
use super::sources::SourceMark;
use crate::limits;
use crate::source::ScriptFile;

/// Build dependencies that show that a crate compiles or looks for native code.
pub(crate) const NATIVE_TOOLS: &[&str] = &[
    "autotools",
    "bindgen",
    "cc",
    "cmake",
    "cxx-build",
    "meson",
    "nasm-rs",
    "pkg-config",
    "system-deps",
    "vcpkg",
];
/// Files of one script.
const MANY: usize = 32;
/// Files of a library that are searched for `#[link]`.
const MANY_SOURCES: usize = 64;

/// The text of a build script.
#[derive(Debug, Clone, Default)]
pub(crate) struct BuildScript {
    /// The script, and its modules.
    pub(crate) files: Vec<ScriptFile>,
    /// A file that could not be read, and why.
    pub(crate) unread: Option<(PathBuf, String)>,
    /// The first `#[link]` beside the library's root.
    pub(crate) linked: Option<SourceMark>,
}

/// What was read for one image serves the next.
#[derive(Default)]
pub(super) struct Scans {
    done: RefCell<Option<Arc<BTreeMap<PackageId, BuildScript>>>>,
}

impl Scans {
    /// Reads the build scripts of the project, and those of crates whose manifests show native code.
    pub(super) fn of(&self, project: &Project) -> Arc<BTreeMap<PackageId, BuildScript>> {
        let mut done = self.done.borrow_mut();
        let read = || {
            let packages = project.metadata.packages.iter();
            let scripts = packages.filter_map(|package| {
                let is_native = package.source.is_none() || shows_native_code(package);
                let mut targets = package.targets.iter().filter(|_| is_native);
                let script = targets.find(|target| target.is_custom_build())?;
                Some((package.id.clone(), read(package, script)))
            });
            Arc::new(scripts.collect())
        };
        Arc::clone(done.get_or_insert_with(read))
    }
}

/// Whether a manifest says `links`, or has a build dependency that compiles or looks for native code.
fn shows_native_code(package: &Package) -> bool {
    let mut dependencies = package.dependencies.iter();
    package.links.is_some()
        || dependencies.any(|dependency| {
            dependency.kind == DependencyKind::Build
                && NATIVE_TOOLS.contains(&dependency.name.as_str())
        })
}

/// Reads a build script and its modules.
pub(super) fn read(package: &Package, target: &Target) -> BuildScript {
    let mut script = BuildScript::default();
    let mut pending = vec![(target.src_path.clone().into_std_path_buf(), true)];
    while let Some((path, is_root)) = pending.pop() {
        if script.files.iter().any(|file| file.path == path) {
            continue;
        }
        if script.files.len() >= MANY {
            script.unread = Some((path, "the script has too many modules".to_owned()));
            break;
        }
        match limits::read(&path, limits::SOURCE) {
            Ok(text) => {
                pending.extend(modules(&path, is_root, &text));
                script.files.push(ScriptFile { path, text });
            }
            Err(unread) => script.unread = Some((path, unread.reason())),
        }
    }
    if package.source.is_some() && package.links.is_some() {
        script.linked = linked(package);
    }
    script
}

/// The files of the modules that a file declares, and whether each has its own modules beside it.
fn modules(path: &Path, is_root: bool, text: &str) -> Vec<(PathBuf, bool)> {
    let folder = path.parent().unwrap_or(path);
    let own = match (is_root, path.file_stem()) {
        (false, Some(stem)) => folder.join(stem),
        _ => folder.to_path_buf(),
    };
    let declared = text.lines().filter_map(|line| {
        let line = line.trim();
        let line = line.strip_prefix("pub ").unwrap_or(line);
        let name = line.strip_prefix("mod ")?.split(';').next()?.trim();
        let is_name = name
            .chars()
            .all(|char| char.is_alphanumeric() || char == '_');
        (is_name && line.contains(';')).then_some(name)
    });
    let files = declared.filter_map(|name| {
        let beside = own.join(format!("{name}.rs"));
        let inside = own.join(name).join("mod.rs");
        match (beside.is_file(), inside.is_file()) {
            (true, _) => Some((beside, false)),
            (_, true) => Some((inside, true)),
            _ => None,
        }
    });
    files.collect()
}

/// The first `#[link]` in the files beside the root of a library.
fn linked(package: &Package) -> Option<SourceMark> {
    let library = package.targets.iter().find(|target| target.is_lib())?;
    let root = library.src_path.as_std_path();
    let entries = fs_err::read_dir(root.parent().unwrap_or(&folder(package))).ok()?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .collect();
    paths.sort();
    paths.into_iter().take(MANY_SOURCES).find_map(|path| {
        let text = limits::read(&path, limits::SOURCE).ok()?;
        let mut lines = text.lines().map(str::trim_start);
        let is_link =
            |line: &str| line.starts_with("#[link(") && !line.contains("kind = \"static\"");
        let line = lines.position(is_link)? + 1;
        Some(SourceMark { path, line })
    })
}
