//! Where the targets of local packages are.

use std::path::{Component, Path, PathBuf};

use cargo_metadata::{Metadata, Target};

use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;

/// Takes the `..` out of the paths of targets that lie outside of their package: every later step compares
/// paths by their parts.
///
/// # Errors
///
/// A path goes up from a symlink: it leads elsewhere than its text says, and elsewhere in the image.
pub(super) fn normalize(metadata: &mut Metadata) -> Result<()> {
    let locals = metadata.packages.iter_mut();
    for package in locals.filter(|package| package.source.is_none()) {
        for target in &mut package.targets {
            let path = match without_dots(target.src_path.as_std_path()) {
                Ok(path) => path,
                Err(link) => {
                    let manifest = package.manifest_path.as_std_path();
                    return Err(up_from_a_link(manifest, target, &link).into());
                }
            };
            // It was UTF-8, and so are its parts.
            if let Ok(path) = path.try_into() {
                target.src_path = path;
            }
        }
    }
    Ok(())
}

/// The path in its shortest form; `Err` is a symlink that it goes up from.
fn without_dots(path: &Path) -> Result<PathBuf, PathBuf> {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if normal.is_symlink() => return Err(normal),
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    Ok(normal)
}

fn up_from_a_link(manifest: &Path, target: &Target, link: &Path) -> Diagnostic {
    let message = format!(
        "the path of the target `{}` goes up from a symlink",
        target.name.escape_debug()
    );
    Diagnostic::error(Code::TargetPath, message)
        .note(format!("`{}` is a symlink", link.display()))
        .note(format!("the path is in `{}`", manifest.display()))
        .help("name the file by a path without the symlink")
}

/// Whether the manifest names the file of a target by an absolute path, which no other machine has.
pub(crate) fn is_absolute(manifest: &toml::Table, target: &Target) -> bool {
    let package_build = manifest.get("package").and_then(|it| it.get("build"));
    let library = manifest.get("lib").and_then(|it| it.get("path"));
    let binaries = manifest.get("bin").and_then(toml::Value::as_array);
    let binaries = binaries
        .into_iter()
        .flatten()
        .filter_map(|binary| binary.get("path"));
    let mut paths = package_build
        .into_iter()
        .chain(library)
        .chain(binaries)
        .filter_map(toml::Value::as_str)
        .map(Path::new)
        .filter(|path| path.is_absolute());
    paths.any(|path| crate::paths::normalize(path) == target.src_path.as_std_path())
}
