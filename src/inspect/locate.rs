//! Finding the manifest that is meant.

use std::path::{Path, PathBuf};

use super::request::Request;
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;

/// The manifest that was named, or the first from the current folder upwards.
pub(super) fn manifest_path(request: &Request<'_>) -> Result<PathBuf> {
    if let Some(path) = &request.manifest_path {
        let path = crate::paths::normalize(&request.current_dir.join(path));
        if path.file_name().is_none_or(|name| name != "Cargo.toml") || !path.is_file() {
            return Err(Diagnostic::error(
                Code::NoManifest,
                format!("`{}` is not a manifest that exists", path.display()),
            )
            .help("give the path of a `Cargo.toml`")
            .into());
        }
        return Ok(path);
    }
    let found = request
        .current_dir
        .ancestors()
        .map(|folder| folder.join("Cargo.toml"))
        .find(|path| path.is_file());
    found.ok_or_else(|| {
        let mut diagnostic = Diagnostic::error(
            Code::NoManifest,
            format!(
                "no `Cargo.toml` in `{}` or in any folder above it",
                request.current_dir.display()
            ),
        );
        let below = manifests_below(&request.current_dir);
        for path in &below {
            diagnostic = diagnostic.help(format!("cargo dockerize --manifest-path {path}"));
        }
        if below.is_empty() {
            diagnostic = diagnostic.help("run it in a Rust project, or give `--manifest-path`");
        }
        diagnostic.into()
    })
}

/// Manifests at most two folders down: a workspace that is not at its repository's root.
fn manifests_below(folder: &Path) -> Vec<String> {
    let folders_of = |folder: &Path| -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return Vec::new();
        };
        let mut folders: Vec<_> = entries
            .flatten()
            .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .map(|entry| entry.path())
            .collect();
        folders.sort();
        folders
    };
    let first = folders_of(folder);
    let second = first.iter().flat_map(|child| folders_of(child));
    first
        .iter()
        .cloned()
        .chain(second)
        .map(|child| child.join("Cargo.toml"))
        .filter(|path| path.is_file())
        .map(|path| crate::paths::slashed(&crate::paths::relative(&path, folder)))
        .take(5)
        .collect()
}
