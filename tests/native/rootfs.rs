//! The files of an image.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::Result;
use crate::engine::{Container, Ran};

/// What the engine itself puts into every container.
const OF_ENGINE: [&str; 7] = [
    "/.dockerenv",
    "/dev/",
    "/etc/hostname",
    "/etc/hosts",
    "/etc/mtab",
    "/etc/resolv.conf",
    "/proc/",
];

/// The unpacked files of an image.
pub(crate) struct Rootfs {
    folder: TempDir,
    /// Absolute paths of everything but folders.
    pub(crate) files: BTreeSet<String>,
}

impl Rootfs {
    /// Unpacks an image.
    pub(crate) fn of(image: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let archive = folder.path().join("image.tar");
        Container::create(image)?.export(&archive)?;
        let root = folder.path().join("root");
        fs_err::create_dir(&root)?;
        let ran: Ran = Command::new("tar")
            .args(["--extract", "--no-same-owner", "--no-same-permissions"])
            .arg("--file")
            .arg(&archive)
            .arg("--directory")
            .arg(&root)
            .output()?
            .into();
        if !ran.is_success {
            return Err(format!("cannot unpack `{image}`: {}", ran.stderr).into());
        }
        let mut files = BTreeSet::new();
        list(&root, "", &mut files)?;
        Ok(Self { folder, files })
    }

    /// The bytes of a file with this path in the image.
    pub(crate) fn read(&self, path: &str) -> Result<Vec<u8>> {
        let path = path.trim_start_matches('/');
        Ok(fs_err::read(self.folder.path().join("root").join(path))?)
    }

    pub(crate) fn libraries(&self) -> impl Iterator<Item = &String> {
        self.files.iter().filter(|path| is_library(path))
    }
}

/// Whether a path is that of a shared library or of the loader.
pub(crate) fn is_library(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.ends_with(".so") || name.contains(".so.")
}

fn list(folder: &Path, path: &str, files: &mut BTreeSet<String>) -> Result<()> {
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let path = format!("{path}/{}", name.to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &path, files)?;
        } else if !OF_ENGINE.iter().any(|prefix| path.starts_with(prefix)) {
            files.insert(path);
        }
    }
    Ok(())
}
