//! Files that the user says are needed.

use std::path::{Path, PathBuf};

use super::{FrontEnd, NeededFile};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::settings::Settings;

/// The files and folders that the user says the compile needs.
pub(super) fn included(settings: &Settings) -> Result<Vec<NeededFile>> {
    let mut needed = Vec::new();
    for setting in settings.include.iter() {
        for name in &setting.value {
            let path = crate::paths::normalize(&setting.folder.join(name));
            if !path.exists() {
                return Err(Diagnostic::error(
                    Code::IncludeMissing,
                    format!("`{}` does not exist", name.escape_debug()),
                )
                .note(setting.origin.to_string())
                .help("paths of `include` are relative to the manifest that names them")
                .into());
            }
            needed.push(NeededFile {
                is_folder: path.is_dir(),
                path,
                fact: "`include` asks for it".to_owned(),
                found_at: None,
                asked_by: Some(setting.origin.clone()),
            });
        }
    }
    Ok(needed)
}

/// The files and folders that the program opens when it runs, as the user says it.
pub(super) fn assets(
    settings: &Settings,
    package: &Path,
    root: &Path,
    front_ends: &[&FrontEnd],
) -> Result<Vec<NeededFile>> {
    let mut assets = Vec::new();
    for setting in settings.assets.iter() {
        for name in &setting.value {
            let path = crate::paths::normalize(&setting.folder.join(name));
            let refuse = |code, what: &str| {
                let message = format!("`{}` {what}", name.escape_debug());
                Diagnostic::error(code, message).note(setting.origin.to_string())
            };
            let asset = |path: PathBuf| NeededFile {
                is_folder: path.is_dir(),
                path,
                fact: "`assets` asks for it".to_owned(),
                found_at: None,
                asked_by: Some(setting.origin.clone()),
            };
            // What a front end is built to need not be there.
            let mut built = front_ends.iter().map(|front_end| &front_end.built);
            if built.any(|built| path.starts_with(built)) {
                assets.push(asset(path));
                continue;
            }
            if !path.exists() {
                return Err(refuse(Code::AssetMissing, "does not exist")
                    .help("paths of `assets` are relative to the manifest that names them")
                    .into());
            }
            let real = fs_err::canonicalize(&path)?;
            if !path.starts_with(root) || !real.starts_with(fs_err::canonicalize(root)?) {
                return Err(refuse(Code::AssetOutside, "lies outside the workspace")
                    .help("move it into the workspace: what lies outside cannot be copied")
                    .into());
            }
            if package.starts_with(&path) || root.starts_with(&path) {
                return Err(refuse(Code::AssetWhole, "is the whole package")
                    .help("name the folders that the program opens: `assets = [\"static\"]`")
                    .into());
            }
            assets.push(asset(path));
        }
    }
    Ok(assets)
}
