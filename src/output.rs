//! Files on disk: what is there, what would change, and who wrote it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::diagnostic::Diagnostic;
use crate::error::Result;
pub use crate::header::Header;
use crate::limits;

/// A file that was rendered and not yet written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Where it goes, absolute.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// What is on disk in the place of a generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Missing,
    /// The same bytes.
    Same,
    /// Ours, made from other inputs or by another version.
    Outdated(String),
    /// Ours, and edited by hand since.
    Edited(String),
    /// Ours, but for another image.
    OtherImage(String),
    /// Not ours.
    Foreign(String),
}

impl GeneratedFile {
    /// Compares with what is on disk.
    ///
    /// # Errors
    ///
    /// The file is there and cannot be read.
    pub fn state(&self) -> Result<State> {
        let bytes = match limits::read_bytes(&self.path, limits::LOCK) {
            Ok(bytes) => bytes,
            Err(error) if error.is_missing() => return Ok(State::Missing),
            Err(error) => return Err(error.into()),
        };
        let there = String::from_utf8_lossy(&bytes).into_owned();
        // A checkout may have changed the line ends: that is no drift.
        if bytes == self.text.as_bytes() || there.replace("\r\n", "\n") == self.text {
            return Ok(State::Same);
        }
        let ours = Header::read(&self.text);
        Ok(match Header::read(&there) {
            None => State::Foreign(there),
            Some(header) if header.is_edited() => State::Edited(there),
            Some(header) if names_other_image(&header, ours.as_ref()) => State::OtherImage(there),
            Some(_) => State::Outdated(there),
        })
    }
}

/// Whether two commands name different packages or binaries.
fn names_other_image(there: &Header, ours: Option<&Header>) -> bool {
    let image = |command: &str| -> Vec<String> {
        let words: Vec<&str> = command.split(' ').collect();
        words
            .windows(2)
            .filter(|pair| matches!(pair[0], "-p" | "--bin"))
            .map(|pair| pair.join(" "))
            .collect()
    };
    let (there, ours) = (
        image(&there.command),
        ours.map(|header| image(&header.command)),
    );
    ours.is_some_and(|ours| ours != there && !there.is_empty() && !ours.is_empty())
}

/// What was done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It was not there.
    Created,
    /// It was there with the same bytes.
    Unchanged,
    /// It was there and is new now.
    Updated,
}

/// Writes all files, or none where one of them is not ours to overwrite.
///
/// # Errors
///
/// A file that is not ours or was edited by hand, unless `force`; a folder that cannot be written.
pub fn write(files: &[GeneratedFile], force: bool) -> Result<Vec<Status>> {
    write_at(files, force, None)
}

/// As [`write`], with the time that new files shall bear, instead of now.
pub(crate) fn write_at(
    files: &[GeneratedFile],
    force: bool,
    modified: Option<SystemTime>,
) -> Result<Vec<Status>> {
    let states = files
        .iter()
        .map(GeneratedFile::state)
        .collect::<Result<Vec<_>>>()?;
    if !force {
        for (file, state) in files.iter().zip(&states) {
            refuse(file, state)?;
        }
    }
    files
        .iter()
        .zip(states)
        .map(|(file, state)| {
            let status = match state {
                State::Same => return Ok(Status::Unchanged),
                State::Missing => Status::Created,
                _ => Status::Updated,
            };
            replace(&file.path, &file.text, modified)?;
            Ok(status)
        })
        .collect()
}

fn refuse(file: &GeneratedFile, state: &State) -> Result<()> {
    let path = file.path.display();
    let diagnostic = match state {
        State::Missing | State::Same | State::Outdated(_) => return Ok(()),
        State::Foreign(_) => Diagnostic::error(
            "foreign-file",
            format!("`{path}` was not written by cargo dockerize"),
        )
        .help("write somewhere else: `--output docker/Dockerfile`")
        .help("or overwrite it: `--force`"),
        State::OtherImage(_) => Diagnostic::error(
            "other-image",
            format!("`{path}` is the Dockerfile of another image"),
        )
        .help("write somewhere else: `--output docker/Dockerfile`")
        .help("or overwrite it: `--force`"),
        State::Edited(_) => Diagnostic::error(
            "edited-file",
            format!("`{path}` was edited by hand"),
        )
        .help("see what would change: `cargo dockerize check`")
        .help(
            "keep the edit as a setting in `[package.metadata.dockerize]`, or drop it: `--force`",
        ),
    };
    Err(diagnostic.into())
}

/// Writes files to start from, which belong to the user from then on: all of them, or none where one is
/// there with other bytes.
///
/// # Errors
///
/// A file that is there with other bytes, unless `force`; a folder that cannot be written.
pub fn write_new(files: &[GeneratedFile], force: bool) -> Result<Vec<Status>> {
    let mut statuses = Vec::new();
    for file in files {
        let status = match file.state()? {
            State::Missing => Status::Created,
            State::Same => Status::Unchanged,
            _ if force => Status::Updated,
            _ => {
                let message = format!("`{}` is there and has other text", file.path.display());
                return Err(Diagnostic::error("template-exists", message)
                    .help("write somewhere else: `--output DIR`")
                    .help("or overwrite it: `--force`")
                    .into());
            }
        };
        statuses.push(status);
    }
    for (file, status) in files.iter().zip(&statuses) {
        if *status != Status::Unchanged {
            replace(&file.path, &file.text, None)?;
        }
    }
    Ok(statuses)
}

/// Writes beside the file and renames: a reader sees the old file or the new one, never half of one.
fn replace(path: &Path, text: &str, modified: Option<SystemTime>) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs_err::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new()
        .prefix(".dockerize-")
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).map_or(0o644, |old| old.permissions().mode() & 0o777);
        file.as_file()
            .set_permissions(std::fs::Permissions::from_mode(mode))?;
    }
    if let Some(time) = modified {
        file.as_file().set_modified(time)?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// What says that a folder is ours to replace: the tag that backup programs know, too.
const TAG: &str = "CACHEDIR.TAG";
const TAG_TEXT: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # A skeleton that cargo-dockerize wrote; it may be deleted at any time.\n";

/// Writes a folder of files; what was in it before goes away.
///
/// Paths of `files` are relative to the folder.
///
/// # Errors
///
/// There is something that this function did not write; a folder that cannot be written.
pub fn replace_folder(folder: &Path, files: Vec<GeneratedFile>) -> Result<()> {
    let is_ours = limits::read(&folder.join(TAG), limits::TEXT).is_ok_and(|text| text == TAG_TEXT);
    let is_empty = match fs_err::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(error.into()),
    };
    if !is_ours && !is_empty {
        return Err(Diagnostic::error(
            "foreign-folder",
            format!(
                "`{}` has files that cargo dockerize did not write",
                folder.display()
            ),
        )
        .help("name a folder that is new or empty")
        .into());
    }
    let mut tops: Vec<PathBuf> = files
        .iter()
        .filter_map(|file| file.path.components().next())
        .map(|top| folder.join(top))
        .collect();
    tops.sort();
    tops.dedup();
    for top in tops.iter().filter(|top| top.is_dir()) {
        fs_err::remove_dir_all(top)?;
    }
    replace(&folder.join(TAG), TAG_TEXT, None)?;
    for file in files {
        replace(&folder.join(&file.path), &file.text, None)?;
    }
    Ok(())
}
