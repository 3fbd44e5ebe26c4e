//! Files on disk: what is there, what would change, and who wrote it.

mod skeleton;

use std::path::Path;
use std::time::SystemTime;

pub use self::skeleton::replace_folder;
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::folder::Batch;
pub use crate::folder::{Folder, GeneratedFile};
pub use crate::header::Header;
use crate::inspect::Workspace;

/// What is on disk in the place of a generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Missing,
    /// The same bytes.
    Same,
    /// Ours, made from other inputs or by an older version.
    Outdated(String),
    /// Ours, by a newer version of the tool than this one.
    Newer(String),
    /// Ours, and edited by hand since.
    Edited(String),
    /// Ours, but for another image.
    OtherImage(String),
    /// Not ours.
    Foreign(String),
}

/// Where generated files may be; nothing else is written, or read to be compared.
#[derive(Debug)]
pub struct Destination {
    folders: Vec<Folder>,
}

impl Destination {
    /// The places of the files of some images: the project, and the folder of a Dockerfile that the user
    /// typed the path of.
    ///
    /// # Errors
    ///
    /// The project is gone.
    pub fn of(images: &[Workspace]) -> Result<Self> {
        let mut paths: Vec<&Path> = Vec::new();
        for image in images {
            // Only what somebody typed lies outside: the rest was refused when it was read.
            let mut typed = image.dockerfile.ancestors().skip(1);
            let path = match image.dockerfile.starts_with(&image.bounds) {
                true => Some(image.bounds.as_path()),
                false => typed.find(|folder| folder.is_dir()),
            };
            paths.extend(path.filter(|path| !paths.contains(path)));
        }
        let folders = paths.into_iter().map(Folder::open);
        Ok(Self {
            folders: folders.collect::<Result<_>>()?,
        })
    }

    /// One folder and what is below it.
    pub fn folder(folder: Folder) -> Self {
        Self {
            folders: vec![folder],
        }
    }

    /// The folder that a file goes to, and its path in it.
    fn place<'a>(&'a self, file: &'a GeneratedFile) -> Result<(&'a Folder, &'a Path)> {
        let mut places = self.folders.iter().filter_map(|folder| {
            let inside = folder.relative(&file.path)?;
            Some((folder, inside))
        });
        places.next().ok_or_else(|| {
            let path = file.path.display().to_string();
            let message = format!("`{}` lies outside of the project", path.escape_debug());
            Diagnostic::error(Code::OutputOutside, message).into()
        })
    }

    /// Compares a file with what is on disk.
    ///
    /// # Errors
    ///
    /// The file is there and cannot be read, or is reached by a link that leads out of the project.
    pub fn state(&self, file: &GeneratedFile) -> Result<State> {
        let (folder, path) = self.place(file)?;
        Ok(match folder.read(path)? {
            Some(bytes) => state(&file.text, &bytes),
            None => State::Missing,
        })
    }

    /// Writes all files, or none where one of them is not ours to overwrite.
    ///
    /// # Errors
    ///
    /// A file that is not ours, was edited by hand or comes from a newer version, unless `force`; a folder
    /// that cannot be written.
    pub fn write(&self, files: &[GeneratedFile], force: bool) -> Result<Vec<Status>> {
        self.write_at(files, force, None)
    }

    /// As [`write`](Self::write), with the time that new files shall bear, instead of now.
    pub(crate) fn write_at(
        &self,
        files: &[GeneratedFile],
        force: bool,
        modified: Option<SystemTime>,
    ) -> Result<Vec<Status>> {
        let check = |file: &GeneratedFile, state: &State| match force {
            true => Ok(()),
            false => refuse(file, state),
        };
        self.replace(files, check, modified)
    }

    /// Writes files to start from, which belong to the user from then on: all of them, or none where one is
    /// there with other bytes.
    ///
    /// # Errors
    ///
    /// A file that is there with other bytes, unless `force`; a folder that cannot be written.
    pub fn write_new(&self, files: &[GeneratedFile], force: bool) -> Result<Vec<Status>> {
        let check = |file: &GeneratedFile, state: &State| match state {
            State::Missing | State::Same => Ok(()),
            _ if force => Ok(()),
            _ => {
                let message = format!(
                    "`{}` already exists with different contents",
                    file.path.display()
                );
                Err(Diagnostic::error(Code::TemplateExists, message)
                    .help("write somewhere else: `--output DIR`")
                    .help("or overwrite it: `--force`")
                    .into())
            }
        };
        self.replace(files, check, None)
    }

    fn replace(
        &self,
        files: &[GeneratedFile],
        check: impl Fn(&GeneratedFile, &State) -> Result<()>,
        modified: Option<SystemTime>,
    ) -> Result<Vec<Status>> {
        let mut statuses = Vec::new();
        for file in files {
            let state = self.state(file)?;
            check(file, &state)?;
            statuses.push(match state {
                State::Same => Status::Unchanged,
                State::Missing => Status::Created,
                _ => Status::Updated,
            });
        }
        let mut batch = Batch::default();
        for (file, status) in files.iter().zip(&statuses) {
            if *status != Status::Unchanged {
                let (folder, path) = self.place(file)?;
                batch.add(folder, path, &file.text, modified)?;
            }
        }
        batch.commit()?;
        Ok(statuses)
    }
}

/// What the bytes on disk are beside the text that was rendered.
fn state(text: &str, bytes: &[u8]) -> State {
    let there = String::from_utf8_lossy(bytes).into_owned();
    // A checkout may have changed the line ends: that is no drift.
    if bytes == text.as_bytes() || there.replace("\r\n", "\n") == text {
        return State::Same;
    }
    let ours = Header::read(text);
    // The version of the tool is no drift.
    let rendered = Header::without_version(text);
    if rendered.is_some() && rendered == Header::without_version(&there) {
        return State::Same;
    }
    match Header::read(&there) {
        None => State::Foreign(there),
        // What a newer version takes for unchanged is not known here.
        Some(header) if header.is_newer() => State::Newer(there),
        Some(header) if header.is_edited() => State::Edited(there),
        Some(header) if names_other_image(&header, ours.as_ref()) => State::OtherImage(there),
        Some(_) => State::Outdated(there),
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

fn refuse(file: &GeneratedFile, state: &State) -> Result<()> {
    let path = file.path.display();
    let diagnostic = match state {
        State::Missing | State::Same | State::Outdated(_) => return Ok(()),
        State::Foreign(_) => Diagnostic::error(
            Code::ForeignFile,
            format!("`{path}` was not written by cargo dockerize"),
        )
        .help("write somewhere else: `--output docker/Dockerfile`")
        .help("or overwrite it: `--force`"),
        State::Newer(there) => {
            let header = Header::read(there);
            let version = header.map(|header| header.version).unwrap_or_default();
            let (version, ours) = (version.escape_debug(), env!("CARGO_PKG_VERSION"));
            let message =
                format!("`{path}` was written by cargo-dockerize {version}, and this is {ours}");
            Diagnostic::error(Code::NewerFile, message)
                .help("install the newer version: `cargo install cargo-dockerize`")
                .help("or go back to what this one writes: `--force`")
        }
        State::OtherImage(_) => Diagnostic::error(
            Code::OtherImage,
            format!("`{path}` is the Dockerfile of another image"),
        )
        .help("write somewhere else: `--output docker/Dockerfile`")
        .help("or overwrite it: `--force`"),
        State::Edited(_) => Diagnostic::error(
            Code::EditedFile,
            format!("`{path}` was edited by hand"),
        )
        .help("see what would change: `cargo dockerize check`")
        .help(
            "keep the edit as a setting in `[package.metadata.dockerize]`, or drop it: `--force`",
        ),
    };
    Err(diagnostic.into())
}
