//! Walking the folders of a package.

use std::path::{Path, PathBuf};

use super::said::{NeededFile, SourceMark};

/// Folders in a package's root that hold no input of a compile; deeper ones may be modules.
const SKIPPED: &[&str] = &["target", ".git", "node_modules"];

pub(super) fn is_skipped(root: &Path, path: &Path) -> bool {
    SKIPPED.iter().any(|name| path.starts_with(root.join(name)))
}

/// The files with this extension below a folder, in the order of their names; or the file itself.
pub(super) fn files_with(extension: &str, folder: &Path, root: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        if folder.extension().is_some_and(|name| name == extension) && folder.is_file() {
            files.push(folder.to_path_buf());
        }
        return;
    };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        let path = entry.path();
        if kind.is_dir() && !is_skipped(root, &path) {
            files_with(extension, &path, root, files);
        } else if kind.is_file() && path.extension().is_some_and(|name| name == extension) {
            files.push(path);
        }
    }
}

/// A symlink needs what it points to; one that leaves the package would otherwise dangle in the image.
pub(super) fn symlinks(path: &Path, root: &Path, needed: &mut Vec<NeededFile>) {
    let Ok(kind) = std::fs::symlink_metadata(path) else {
        return;
    };
    if kind.is_symlink() {
        let Ok(target) = std::fs::read_link(path) else {
            return;
        };
        let target = crate::paths::normalize(&path.parent().unwrap_or(path).join(target));
        if target.exists() && !needed.iter().any(|known| target.starts_with(&known.path)) {
            needed.push(NeededFile {
                is_folder: target.is_dir(),
                path: target,
                fact: "a symlink points to it".to_owned(),
                found_at: Some(SourceMark {
                    path: path.to_path_buf(),
                    line: 1,
                }),
                asked_by: None,
            });
        }
    } else if kind.is_dir() {
        let Ok(entries) = std::fs::read_dir(path) else {
            return;
        };
        let mut entries: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        entries.sort();
        for entry in entries {
            if !is_skipped(root, &entry) {
                symlinks(&entry, root, needed);
            }
        }
    }
}
