//! Files that are written together: all of them are on the disk before the first takes its place.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;

use super::Folder;
use super::temporary::{PREFIX, RANDOM, SUFFIX, is_temporary};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;

/// A run that is alive needs seconds from the first of them to the last.
const STALE: Duration = Duration::from_secs(600);

/// Files that are written together.
///
/// A disk that is full, or a folder that cannot be written, then shows before anything is changed. What was
/// added goes away again unless it is [committed](Self::commit).
#[derive(Default)]
pub(crate) struct Batch {
    staged: Vec<Staged>,
    /// Folders that were made for them, the outermost first.
    made: Vec<PathBuf>,
    /// Folders that were looked through for what killed runs left.
    swept: Vec<PathBuf>,
}

struct Staged {
    /// The file as its user knows it.
    shown: PathBuf,
    /// Where it goes, without links: a link stays one.
    real: PathBuf,
    file: NamedTempFile,
}

impl Batch {
    /// Writes a file beside its place; `modified` is the time that it shall bear, instead of now.
    ///
    /// # Errors
    ///
    /// A path that leads out of the folder; a file that cannot be written.
    pub(crate) fn add(
        &mut self,
        folder: &Folder,
        path: &Path,
        text: &str,
        modified: Option<SystemTime>,
    ) -> Result<()> {
        let real = folder.locate(path)?;
        let shown = folder.named.join(path);
        let staged = self.stage(&real, text, modified);
        let file = staged.map_err(|error| failed(&shown, &error, "no file was changed"))?;
        self.staged.push(Staged { shown, real, file });
        Ok(())
    }

    fn stage(
        &mut self,
        real: &Path,
        text: &str,
        modified: Option<SystemTime>,
    ) -> io::Result<NamedTempFile> {
        let parent = real.parent().unwrap_or(real);
        self.make(parent)?;
        self.sweep(parent);
        #[expect(clippy::disallowed_methods, reason = "this is the module that may")]
        let mut file = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(SUFFIX)
            .rand_bytes(RANDOM)
            .tempfile_in(parent)?;
        file.as_file_mut().write_all(text.as_bytes())?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode =
                std::fs::metadata(real).map_or(0o644, |old| old.permissions().mode() & 0o777);
            file.as_file()
                .set_permissions(std::fs::Permissions::from_mode(mode))?;
        }
        if let Some(time) = modified {
            file.as_file().set_modified(time)?;
        }
        Ok(file)
    }

    /// Makes the folders that are missing, and remembers them.
    fn make(&mut self, folder: &Path) -> io::Result<()> {
        let missing: Vec<&Path> = folder
            .ancestors()
            .take_while(|folder| !folder.exists())
            .collect();
        for folder in missing.into_iter().rev() {
            #[expect(clippy::disallowed_methods, reason = "this is the module that may")]
            std::fs::create_dir(folder)?;
            self.made.push(folder.to_path_buf());
        }
        Ok(())
    }

    /// Removes what killed runs left in a folder.
    fn sweep(&mut self, folder: &Path) {
        if self.swept.iter().any(|swept| swept == folder) {
            return;
        }
        self.swept.push(folder.to_path_buf());
        // What cannot be tidied up is no reason to stop.
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let is_stale = |kind: &std::fs::Metadata| {
                let age = kind.modified().ok().and_then(|time| time.elapsed().ok());
                kind.is_file() && age.is_some_and(|age| age > STALE)
            };
            if is_temporary(&entry.file_name()) && entry.metadata().as_ref().is_ok_and(is_stale) {
                #[expect(clippy::disallowed_methods, reason = "this is the module that may")]
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// Puts all files into their places, each at once: a reader sees the old file or the new one.
    ///
    /// # Errors
    ///
    /// A file that cannot be replaced; the message says which ones were.
    pub(crate) fn commit(mut self) -> Result<()> {
        let mut done = Vec::new();
        for Staged { shown, real, file } in std::mem::take(&mut self.staged) {
            if let Err(error) = file.persist(&real) {
                let note = match done.as_slice() {
                    [] => "no file was changed".to_owned(),
                    done => format!("written before that: {}", done.join(", ")),
                };
                return Err(failed(&shown, &error.error, &note));
            }
            done.push(format!("`{}`", shown.display()));
        }
        self.made.clear();
        Ok(())
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        self.staged.clear();
        for folder in self.made.iter().rev() {
            #[expect(clippy::disallowed_methods, reason = "it removes empty folders only")]
            let _ = std::fs::remove_dir(folder);
        }
    }
}

fn failed(path: &Path, error: &io::Error, note: &str) -> crate::Error {
    let path = path.display().to_string();
    let message = format!("cannot write `{}`: {}", path.escape_debug(), cause(error));
    let diagnostic = Diagnostic::error(Code::WriteFailed, message).note(note);
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            diagnostic.help("make room on the disk, and run it again")
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => diagnostic
            .help("make the folder writable, or write somewhere else: `--output DIR/Dockerfile`"),
        _ => diagnostic,
    }
    .into()
}

/// What the system says, without the name of the temporary file that tempfile adds.
fn cause(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" at path \"") {
        Some((cause, _)) => cause.to_owned(),
        None => text,
    }
}
