//! Dockerfiles that earlier runs wrote, wherever they are in a project.

use std::path::{Path, PathBuf};

use crate::header::Header;
use crate::limits;

/// Folders that hold no files of the project.
const ELSEWHERE: &[&str] = &[
    "fixtures",
    "node_modules",
    "target",
    "testdata",
    "tests",
    "vendor",
];
/// Folders are not nested deeper, and a project has no more files that are looked at.
const DEEPEST: usize = 8;
const MOST: usize = 100_000;

/// The Dockerfiles of a folder, absolute and in order, with what their headers say. No link is followed.
pub(crate) fn generated(root: &Path) -> Vec<(PathBuf, Header)> {
    let mut found = Vec::new();
    let mut left = MOST;
    walk(root, 0, &mut left, &mut found);
    found.sort_by(|(left, _), (right, _)| left.cmp(right));
    found
}

fn walk(folder: &Path, depth: usize, left: &mut usize, found: &mut Vec<(PathBuf, Header)>) {
    let Ok(entries) = fs_err::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if *left == 0 {
            return;
        }
        *left -= 1;
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        let name = entry.file_name();
        let name = name.to_str().unwrap_or_default();
        if kind.is_dir() {
            let is_ours =
                !name.starts_with('.') && !ELSEWHERE.contains(&name) && !is_project(&entry.path());
            if is_ours && depth < DEEPEST {
                walk(&entry.path(), depth + 1, left, found);
            }
        } else if kind.is_file() && name.contains("Dockerfile") && !name.ends_with("ignore") {
            let text = limits::read(&entry.path(), limits::TEXT).ok();
            let header = text.and_then(|text| Header::read(&text));
            found.extend(header.map(|header| (entry.path(), header)));
        }
    }
}

/// Whether a folder is the root of a project of its own.
fn is_project(folder: &Path) -> bool {
    folder.join("Cargo.lock").exists()
        || limits::read(&folder.join("Cargo.toml"), limits::TEXT).is_ok_and(|text| {
            text.lines()
                .any(|line| line.trim_start().starts_with("[workspace"))
        })
}
