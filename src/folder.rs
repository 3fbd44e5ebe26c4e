//! The only code that writes or deletes: what it does stays inside of one folder.
//!
//! `clippy.toml` refuses the functions of the standard library that change files everywhere else. Nothing here
//! removes a folder with what is in it: files go one by one, by name, and a folder only once it is empty.

mod batch;
mod file;
mod temporary;

use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

pub(crate) use self::batch::Batch;
pub use self::file::GeneratedFile;
use self::temporary::is_temporary;
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::limits;
use crate::paths::normalize;

/// As many links as Linux follows.
const MOST_LINKS: usize = 40;

/// A folder that is written to; no path leads out of it.
///
/// Paths in it are relative and consist of plain names. A symlink on the way is followed as long as it stays
/// inside. Whoever can change the folder at the very same time can still exchange a folder for a link: this
/// protects from what a project holds, not from another program of the same user.
#[derive(Debug)]
pub struct Folder {
    /// As it was named, absolute.
    named: PathBuf,
    /// The same without links.
    real: PathBuf,
    /// Removes it in the end.
    temporary: Option<TempDir>,
}

impl Folder {
    /// Opens a folder that exists.
    ///
    /// # Errors
    ///
    /// The path is relative, or there is no folder.
    pub fn open(path: &Path) -> Result<Self> {
        if !path.is_absolute() {
            let message = format!("`{}` is not an absolute path", path.display());
            return Err(Diagnostic::error(Code::RelativeFolder, message)
                .help("name the folder from the root of the file system on")
                .into());
        }
        let real = fs_err::canonicalize(path)?;
        // A file would otherwise show only once something is written below it.
        fs_err::read_dir(&real)?;
        Ok(Self {
            named: normalize(path),
            real,
            temporary: None,
        })
    }

    /// Opens the folder that somebody typed while they were in the folder `here`, and creates it where needed.
    ///
    /// It may be anywhere, as they chose it. Links below `here` belong to the project that is there, and must
    /// not lead away.
    ///
    /// # Errors
    ///
    /// A link that leads away; a folder that cannot be created.
    pub fn typed(here: &Path, path: &Path) -> Result<Self> {
        let named = normalize(&here.join(path));
        let real = match named.strip_prefix(here) {
            Ok(inside) if !inside.as_os_str().is_empty() => {
                Self::open(here)?.locate(inside).map_err(name_the_target)?
            }
            _ => named.clone(),
        };
        #[expect(clippy::disallowed_methods, reason = "this is the module that may")]
        fs_err::create_dir_all(&real)?;
        let mut opened = Self::open(&real)?;
        opened.named = named;
        Ok(opened)
    }

    /// An empty folder that goes away with the value.
    ///
    /// # Errors
    ///
    /// There is no place for temporary files.
    pub(crate) fn temporary() -> Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "this is the module that may")]
        let folder = tempfile::Builder::new().prefix("dockerize-").tempdir()?;
        let mut opened = Self::open(folder.path())?;
        opened.temporary = Some(folder);
        Ok(opened)
    }

    /// The folder as it was named, absolute.
    pub fn path(&self) -> &Path {
        &self.named
    }

    /// A path as it is seen from the folder, where it lies in it.
    pub(crate) fn relative<'a>(&self, path: &'a Path) -> Option<&'a Path> {
        path.strip_prefix(&self.named).ok()
    }

    /// Where a relative path leads, without links.
    ///
    /// # Errors
    ///
    /// It is not made of plain names, or leads out of the folder, or into the folder of git.
    pub(crate) fn locate(&self, path: &Path) -> Result<PathBuf> {
        let refuse = |what: &str| -> crate::Error {
            let path = path.display().to_string();
            let message = format!("`{}` {what}", path.escape_debug());
            let inside = self.named.display().to_string();
            Diagnostic::error(Code::OutputOutside, message)
                .note(format!(
                    "nothing is written outside of `{}`",
                    inside.escape_debug()
                ))
                .into()
        };
        let mut parts = path.components();
        let is_plain = parts.all(|part| matches!(part, Component::Normal(_)));
        if !is_plain || path.as_os_str().is_empty() {
            return Err(refuse("is not a path inside of the folder"));
        }
        let real = resolve(&self.real.join(path), MOST_LINKS)?;
        let inside = match real.strip_prefix(&self.real) {
            Ok(inside) if !inside.as_os_str().is_empty() => inside,
            _ => {
                return Err(refuse(
                    "is reached by a symlink that leads out of the folder",
                ));
            }
        };
        // Git runs programs that its folder names: nobody can commit a file there, so nobody may have one written.
        let is_git = |part: Component<'_>| part.as_os_str().eq_ignore_ascii_case(".git");
        match inside.components().any(is_git) {
            true => Err(refuse("is in the folder of git")),
            false => Ok(real),
        }
    }

    /// The bytes of a file; `None` where there is none.
    ///
    /// # Errors
    ///
    /// Those of [`locate`](Self::locate); it is not a file, or cannot be read.
    pub(crate) fn read(&self, path: &Path) -> Result<Option<Vec<u8>>> {
        let real = self.locate(path)?;
        match limits::read_bytes(&real, limits::LOCK) {
            Err(unread) if unread.is_missing() => Ok(None),
            bytes => Ok(Some(bytes?)),
        }
    }

    /// All that is in the folder and not a folder itself, without following a link; relative, in order.
    pub(crate) fn entries(&self) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let mut open = vec![PathBuf::new()];
        while let Some(below) = open.pop() {
            for entry in fs_err::read_dir(self.real.join(&below))? {
                let entry = entry?;
                let path = below.join(entry.file_name());
                match entry.file_type()?.is_dir() {
                    true => open.push(path),
                    false if is_temporary(&entry.file_name()) => {}
                    false => found.push(path),
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// Removes a file, and the folders above it that are empty then.
    pub(crate) fn remove(&self, path: &Path) -> Result<()> {
        let real = self.locate(path)?;
        #[expect(clippy::disallowed_methods, reason = "this is the module that may")]
        fs_err::remove_file(&real)?;
        let above = real.ancestors().skip(1);
        for folder in above.take_while(|folder| *folder != self.real) {
            #[expect(clippy::disallowed_methods, reason = "it removes empty folders only")]
            if std::fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Makes a folder, with those above it.
    pub(crate) fn make(&self, path: &Path) -> Result<()> {
        #[expect(clippy::disallowed_methods, reason = "this is the module that may")]
        fs_err::create_dir_all(self.locate(path)?)?;
        Ok(())
    }

    /// Makes a symlink; one that is there stays.
    ///
    /// # Errors
    ///
    /// The platform has no symlinks for everybody.
    pub(crate) fn link(&self, path: &Path, target: &Path) -> Result<()> {
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => self.locate(parent)?,
            _ => self.real.clone(),
        };
        let name = path.file_name().unwrap_or_default();
        match symlink(target, &parent.join(name)) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            made => Ok(made?),
        }
    }
}

/// What helps somebody who typed the path of a link on purpose.
pub(crate) fn name_the_target(error: crate::Error) -> crate::Error {
    match error {
        crate::Error::Refused(refused) => {
            let help = "if the symlink is yours, type the path that it leads to: `--output PATH`";
            refused.help(help).into()
        }
        other => other,
    }
}

#[cfg(unix)]
fn symlink(target: &Path, path: &Path) -> io::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "this is the module that may")]
    std::os::unix::fs::symlink(target, path)
}

#[cfg(not(unix))]
fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// Where an absolute path leads, without links; its end need not exist.
fn resolve(path: &Path, links: usize) -> io::Result<PathBuf> {
    match fs_err::canonicalize(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        done => return done,
    }
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        let message = format!("`{}` leads nowhere", path.display());
        return Err(io::Error::new(ErrorKind::InvalidInput, message));
    };
    let parent = resolve(parent, links)?;
    match std::fs::read_link(parent.join(name)) {
        // It leads to something that is not there yet.
        Ok(target) if links > 0 => resolve(&parent.join(target), links - 1),
        Ok(_) => {
            let message = format!("`{}` has too many links", path.display());
            Err(io::Error::new(ErrorKind::InvalidInput, message))
        }
        Err(_) => Ok(parent.join(name)),
    }
}

#[cfg(all(test, unix))]
mod tests;
