//! The file that pins the toolchain: rustup's own, or that of a version manager.

mod file;
mod managers;

use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

pub use self::file::ToolchainFile;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::error::Result;
use crate::limits;

#[derive(Deserialize)]
struct File {
    toolchain: Toolchain,
}

#[derive(Deserialize)]
struct Toolchain {
    channel: Option<Spanned<String>>,
    path: Option<Spanned<String>>,
    #[serde(default)]
    targets: Vec<String>,
    #[serde(default)]
    components: Vec<String>,
    profile: Option<String>,
}

/// Looks for it where rustup would: in the workspace's root and the folders above, up to the repository; then for the
/// files of version managers in the same folders.
pub(super) fn find(root: &Path) -> Result<Option<ToolchainFile>> {
    for folder in super::config::up_to_repository(root) {
        for name in ["rust-toolchain", "rust-toolchain.toml"] {
            let path = folder.join(name);
            if path.is_file() {
                return read(&path).map(Some);
            }
        }
    }
    let mut folders = super::config::up_to_repository(root).into_iter();
    Ok(folders.find_map(|folder| managers::find(&folder)))
}

fn read(path: &Path) -> Result<ToolchainFile> {
    let text = limits::read(path, limits::TEXT)?;
    let is_plain = path.extension().is_none() && !text.contains('[');
    if is_plain {
        let channel = text.trim().to_owned();
        return Ok(ToolchainFile {
            path: path.to_path_buf(),
            channel: (!channel.is_empty()).then_some(channel),
            line: 1,
            ..ToolchainFile::default()
        });
    }
    let refused = |message: String, span| {
        Diagnostic::error(Code::ToolchainFile, message).at(Location::new(path, &text, span))
    };
    let file: File = toml::from_str(&text).map_err(|error| {
        refused(error.message().to_owned(), error.span().unwrap_or(0..0))
            .help("see https://rust-lang.github.io/rustup/overrides.html#the-toolchain-file")
    })?;
    if let Some(custom) = &file.toolchain.path {
        return Err(refused(
            "a toolchain at a path of this machine cannot be had in an image".to_owned(),
            custom.span(),
        )
        .help("name a `channel` instead, or give `--builder-image`")
        .into());
    }
    let line = file
        .toolchain
        .channel
        .as_ref()
        .map_or(1, |channel| Location::new(path, &text, channel.span()).line);
    Ok(ToolchainFile {
        path: path.to_path_buf(),
        channel: file.toolchain.channel.map(Spanned::into_inner),
        line,
        targets: file.toolchain.targets,
        components: file.toolchain.components,
        profile: file.toolchain.profile,
    })
}
