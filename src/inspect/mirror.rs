//! A project seen through links, in which cargo can write a lock file without changing the project.
//!
//! cargo has no option on Rust 1.85 to resolve without writing: `--locked` only refuses, and removing or restoring
//! the file afterwards would race with whoever writes it in the meantime.

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::folder::{Batch, Folder};
use crate::limits;

/// The name of the lock file.
const LOCK_FILE: &str = "Cargo.lock";

/// The workspace and the folders above it, each with links to what is in it.
///
/// Paths in manifests, `..` too, lead to the same places as in the project, and all paths that cargo names have the
/// mirror's own before them.
pub(super) struct Mirror {
    folder: Folder,
    /// The workspace's root in it, relative.
    root: PathBuf,
    /// The lock file that the project has.
    lock_file: Option<String>,
}

impl Mirror {
    /// Mirrors the workspace whose root is the absolute folder `root`.
    pub(super) fn of(root: &Path) -> Result<Self> {
        let folder = Folder::temporary()?;
        let mut folders: Vec<&Path> = root.ancestors().collect();
        folders.reverse();
        for (at, real) in folders.iter().enumerate() {
            let mirrored = below_root(real);
            if !mirrored.as_os_str().is_empty() {
                folder.make(&mirrored)?;
            }
            let next = folders.get(at + 1);
            // What others may not list is not needed either, unless it is the workspace itself.
            let entries = match fs_err::read_dir(real) {
                Err(_) if next.is_some() => continue,
                entries => entries?,
            };
            for entry in entries.flatten() {
                let path = entry.path();
                let is_lock_file = next.is_none() && entry.file_name() == LOCK_FILE;
                // Above the workspace only folders count, and manifests, which cargo looks for.
                let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
                let is_idle = next.is_some() && is_file && entry.file_name() != "Cargo.toml";
                if next.is_none_or(|next| path != **next) && !is_lock_file && !is_idle {
                    folder.link(&mirrored.join(entry.file_name()), &path)?;
                }
            }
        }
        let lock_file = match limits::read(&root.join(LOCK_FILE), limits::LOCK) {
            Err(unread) if unread.is_missing() => None,
            text => Some(text?),
        };
        let root = below_root(root);
        if let Some(text) = &lock_file {
            let mut batch = Batch::default();
            batch.add(&folder, &root.join(LOCK_FILE), text, None)?;
            batch.commit()?;
        }
        Ok(Self {
            folder,
            root,
            lock_file,
        })
    }

    /// Where a file of the project is seen.
    pub(super) fn path(&self, path: &Path) -> PathBuf {
        self.folder.path().join(below_root(path))
    }

    /// The lock file as cargo made it, where the project has one, and whether it is another one.
    pub(super) fn lock_file(&self) -> Result<(Option<String>, bool)> {
        let Some(before) = &self.lock_file else {
            return Ok((None, false));
        };
        let bytes = self.folder.read(&self.root.join(LOCK_FILE))?;
        let now = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let now = now.unwrap_or_default();
        let is_outdated = before.replace("\r\n", "\n") != now.replace("\r\n", "\n");
        Ok((Some(now), is_outdated))
    }

    /// What cargo said, with the paths of the project.
    pub(super) fn seen_from_outside(&self, text: &str) -> String {
        let path = self.folder.path().to_string_lossy();
        let name = self.folder.path().file_name().unwrap_or_default();
        let name = format!("/{}", name.to_string_lossy());
        // The path as it is, in a JSON string, and in an address, where other characters are escaped.
        let in_json = serde_json::to_string(&path).unwrap_or_default();
        let mut text = without(text, in_json.trim_matches('"'));
        text = without(&text, &path);
        while let Some(end) = text.find(&name) {
            let Some(begin) = text[..end].rfind("file://") else {
                break;
            };
            let begin = begin + "file://".len();
            let after = end + name.len();
            let slash = root_slash(&text[after..]);
            text.replace_range(begin..after, slash);
        }
        text
    }
}

/// The text without a folder that all paths begin with; the folder itself is the root of the file system.
fn without(text: &str, folder: &str) -> String {
    let mut parts = text.split(folder);
    let mut clean = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        clean.push_str(root_slash(part));
        clean.push_str(part);
    }
    clean
}

fn root_slash(rest: &str) -> &'static str {
    if rest.starts_with('/') { "" } else { "/" }
}

/// An absolute path as seen from the root of the file system.
fn below_root(path: &Path) -> PathBuf {
    let parts = path.components();
    parts
        .filter(|part| matches!(part, std::path::Component::Normal(_)))
        .collect()
}
