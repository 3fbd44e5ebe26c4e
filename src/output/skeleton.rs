//! The folder of a skeleton: it is replaced as a whole, and holds only what was written to it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::folder::GeneratedFile;
use crate::folder::{Batch, Folder};
use crate::header::digest;
use crate::paths::slashed;

/// What lists the files that are ours: the tag that backup programs know, too.
const TAG: &str = "CACHEDIR.TAG";
const TAG_TEXT: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # A skeleton that cargo-dockerize wrote. It removes these files, as long as they have these digests:\n";

/// A file, and the digest of its text.
type Made = BTreeSet<(PathBuf, String)>;

/// Writes a folder of files; those that were written to it before go away.
///
/// Paths of `files` are relative to the folder. Only files that are listed in it with the text that they have
/// are removed, one by one.
///
/// # Errors
///
/// There is something in the folder that this function did not write, or that was changed since; a path
/// that leads out of the folder; a folder that cannot be written.
pub fn replace_folder(folder: &Folder, files: &[GeneratedFile]) -> Result<()> {
    let tag = Path::new(TAG);
    let made = match folder.read(tag)? {
        Some(bytes) => listed(&String::from_utf8_lossy(&bytes)),
        None => Made::new(),
    };
    let wanted: Made = files
        .iter()
        .map(|file| (file.path.clone(), digest(&file.text)))
        .collect();
    for file in files {
        folder.locate(&file.path)?;
    }
    let mut there = Made::new();
    for path in folder.entries()? {
        if path == tag && !made.is_empty() {
            continue;
        }
        let is_listed = made.iter().any(|(listed, _)| *listed == path);
        let bytes = if is_listed { folder.read(&path)? } else { None };
        let text = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let file = (path, digest(&text.unwrap_or_default()));
        if !made.contains(&file) {
            return Err(foreign(folder, &file.0));
        }
        there.insert(file);
    }
    // Whatever stops the run from here on: the list has what is there.
    list(folder, &there.union(&wanted).cloned().collect())?;
    let mut batch = Batch::default();
    for file in files {
        batch.add(folder, &file.path, &file.text, None)?;
    }
    let is_wanted = |path: &Path| files.iter().any(|file| file.path == path);
    for (path, _) in there.iter().filter(|(path, _)| !is_wanted(path)) {
        folder.remove(path)?;
    }
    batch.commit()?;
    list(folder, &wanted)
}

fn foreign(folder: &Folder, path: &Path) -> crate::Error {
    let whole = folder.path().display().to_string();
    let message = format!(
        "`{}` has files that cargo dockerize did not write",
        whole.escape_debug()
    );
    Diagnostic::error(Code::ForeignFolder, message)
        .note(format!("one of them is `{}`", slashed(path).escape_debug()))
        .help("name a folder that is new or empty")
        .into()
}

/// The files that a list names.
fn listed(text: &str) -> Made {
    let lines = text.strip_prefix(TAG_TEXT).unwrap_or_default().lines();
    lines
        .filter_map(|line| line.strip_prefix("# ")?.split_once(' '))
        .map(|(digest, path)| (PathBuf::from(path), digest.to_owned()))
        .collect()
}

fn list(folder: &Folder, made: &Made) -> Result<()> {
    let mut text = TAG_TEXT.to_owned();
    for (path, digest) in made {
        let path = slashed(path);
        if path.chars().any(char::is_control) {
            let message = format!("`{}` has a control character in it", path.escape_debug());
            return Err(Diagnostic::error(Code::ControlCharacter, message)
                .help("rename it")
                .into());
        }
        text.push_str(&format!("# {digest} {path}\n"));
    }
    let mut batch = Batch::default();
    batch.add(folder, Path::new(TAG), &text, None)?;
    batch.commit()
}
