//! The files of a package that git tracks; where there is no git, those that `cargo package` would list.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Folders and files in the root of a package that no compile reads.
const NEVER_READ: &[&str] = &[
    ".cargo",
    ".circleci",
    ".git",
    ".gitattributes",
    ".github",
    ".gitignore",
    ".gitlab",
    ".gitlab-ci.yml",
    ".gitmodules",
    ".idea",
    ".travis.yml",
    ".vscode",
    "Cargo.lock",
    "Cargo.toml",
    "benches",
    "examples",
    "node_modules",
    // The builder image has the toolchain: because of this file rustup would get another one.
    "rust-toolchain",
    "rust-toolchain.toml",
    "target",
    "tests",
];
/// Images in these folders are for readers.
const DOCS: &[&str] = &["doc", "docs"];
const IMAGES: &[&str] = &["gif", "jpeg", "jpg", "mp4", "png", "svg", "webm", "webp"];

/// What was asked once.
#[derive(Default)]
pub(super) struct Listings {
    done: RefCell<BTreeMap<PathBuf, Vec<PathBuf>>>,
}

impl Listings {
    /// The files and folders of a package that its compile may read, absolute; a folder stands for all that is in it.
    ///
    /// `others` are the folders of all local packages.
    pub(super) fn of(&self, folder: &Path, others: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
        let mut done = self.done.borrow_mut();
        let listing = done.entry(folder.to_path_buf());
        listing.or_insert_with(|| list(folder, others)).clone()
    }
}

fn list(folder: &Path, others: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let tracked = listed(folder, &["--cached"]).filter(|files| !files.is_empty());
    let ignored = ["--others", "--ignored", "--exclude-standard", "--directory"];
    let (files, mut apart) = match tracked {
        Some(files) => (files, listed(folder, &ignored).unwrap_or_default()),
        None => (visible(folder), Vec::new()),
    };
    apart.extend(others.iter().filter(|other| *other != folder).cloned());
    let is_image = |path: &&PathBuf| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let is_image = extension.is_some_and(|extension| IMAGES.contains(&extension));
        is_image && DOCS.iter().any(|name| path.starts_with(folder.join(name)))
    };
    let images: Vec<PathBuf> = files.iter().filter(is_image).cloned().collect();
    apart.extend(images.iter().cloned());
    // Also deeper: what is generated here must not become an input of what it builds.
    apart.extend(files.iter().filter(|path| is_for_images(path)).cloned());
    let files: Vec<&PathBuf> = files
        .iter()
        .filter(|path| !is_never_read(folder, path) && !images.contains(path))
        .filter(|path| !is_secret(folder, path))
        .collect();
    let mut found = Vec::new();
    collapse(folder, &files, &apart, others, &mut found);
    found
}

fn is_never_read(folder: &Path, path: &Path) -> bool {
    let Ok(inside) = path.strip_prefix(folder) else {
        return true;
    };
    let Some(first) = inside.iter().next().and_then(|first| first.to_str()) else {
        return true;
    };
    NEVER_READ.contains(&first) || is_for_images(inside)
}

/// Whether a file says how images are built or run.
fn is_for_images(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.unwrap_or_default().to_lowercase();
    name.ends_with("dockerfile")
        || name.starts_with("dockerfile")
        || name.ends_with(".dockerignore")
        || name == "docker-bake.hcl"
        || name.starts_with("docker-compose")
}

/// Whether the ignore file keeps it out: a folder with nothing else in it cannot be copied.
fn is_secret(folder: &Path, path: &Path) -> bool {
    let inside = path.strip_prefix(folder).unwrap_or(path);
    crate::secrets::of_path(inside).is_some()
}

/// Folders instead of files, where nothing that has to stay apart is in them.
fn collapse(
    folder: &Path,
    files: &[&PathBuf],
    apart: &[PathBuf],
    others: &BTreeSet<PathBuf>,
    found: &mut Vec<PathBuf>,
) {
    let mut tops: BTreeMap<PathBuf, Vec<&PathBuf>> = BTreeMap::new();
    for file in files {
        let inside = file.strip_prefix(folder).unwrap_or(file);
        if let Some(first) = inside.iter().next() {
            tops.entry(folder.join(first)).or_default().push(file);
        }
    }
    for (top, below) in tops {
        let is_file = below.first().is_some_and(|path| **path == top);
        if is_file || !apart.iter().any(|path| path.starts_with(&top)) {
            found.extend(top.exists().then_some(top));
        } else if !others.contains(&top) {
            collapse(&top, &below, apart, others, found);
        }
    }
}

/// Without git: every file that is not hidden and not made by a build.
fn visible(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_str().unwrap_or(".");
            if name.starts_with('.') || name == "node_modules" || name == "target" {
                continue;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(_) => files.push(entry.path()),
                Err(_) => {}
            }
        }
    }
    files.sort();
    files
}

/// What `git ls-files` says, absolute; none where there is no git or no repository.
fn listed(folder: &Path, options: &[&str]) -> Option<Vec<PathBuf>> {
    let mut command = git(folder);
    let output = command
        .args(["ls-files", "-z"])
        .args(options)
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| paths(folder, &output.stdout))
}

/// Those of the paths that git ignores, and does not track all the same.
pub(super) fn ignored(folder: &Path, of: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    let inside: Vec<&Path> = of
        .iter()
        .filter_map(|path| path.strip_prefix(folder).ok())
        .collect();
    let lines: Vec<u8> = inside
        .iter()
        .flat_map(|path| path.as_os_str().as_encoded_bytes().iter().chain(&[0]))
        .copied()
        .collect();
    let asked = (|| {
        let mut command = git(folder);
        command.args(["check-ignore", "-z", "--stdin"]);
        let mut child = command.stdin(Stdio::piped()).spawn().ok()?;
        let mut stdin = child.stdin.take()?;
        // It answers path by path: whoever writes must not wait for the end.
        let writer = std::thread::spawn(move || stdin.write_all(&lines));
        let output = child.wait_with_output().ok()?;
        writer.join().ok()?.ok()?;
        Some(paths(folder, &output.stdout))
    })();
    asked.unwrap_or_default().into_iter().collect()
}

/// A command of git that runs nothing which the repository names.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .args(["--no-optional-locks", "-c", "core.fsmonitor=false", "-C"])
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    for variable in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        command.env_remove(variable);
    }
    command
}

fn paths(folder: &Path, text: &[u8]) -> Vec<PathBuf> {
    let names = text
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty());
    // A name that is no text is not let into a Dockerfile anyway.
    let names = names.filter_map(|name| std::str::from_utf8(name).ok());
    names
        .map(|name| folder.join(name.trim_end_matches('/')))
        .collect()
}
