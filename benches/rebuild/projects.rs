//! The projects, and the edits that they go through.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::{Result, commands, workspace};

/// What an edit of a source file adds.
const SOURCE: &str = "\n/// Added by an edit.\n#[allow(dead_code)]\npub fn added() {}\n";
/// The time of every file before the first edit: 2024-01-01, far from that of any build.
const OLD: Duration = Duration::from_secs(1_704_067_200);

/// A project and its edits.
pub(crate) struct Project {
    pub(crate) name: &'static str,
    /// The package to ship, and its binary.
    pub(crate) ship: &'static str,
    /// The folders with sources.
    pub(crate) folders: &'static [&'static str],
    /// What gives some members layers of their own; nothing in a project without members.
    pub(crate) local_layers: &'static [Edit],
    pub(crate) scenarios: &'static [Scenario],
    /// Writes the project into a folder that is there.
    write: fn(&Path) -> Result<()>,
}

/// A row of the tables: edits and then a build.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    edits: &'static [Edit],
}

/// A change of one file, named from the project's root.
pub(crate) enum Edit {
    Append(&'static str, &'static str),
    Replace(&'static str, &'static str, &'static str),
}

pub(crate) const PROJECTS: &[Project] = &[
    Project {
        name: "app",
        ship: "example-app",
        folders: &["src", "static"],
        local_layers: &[],
        scenarios: &[
            Scenario::of("cold", &[]),
            Scenario::of("no change", &[]),
            Scenario::of(
                "source of the binary",
                &[Edit::Append("src/main.rs", SOURCE)],
            ),
            Scenario::of(
                "source of another binary",
                &[Edit::Append("src/bin/calc.rs", SOURCE)],
            ),
            Scenario::of(
                "one dependency added",
                &[Edit::Append(
                    "Cargo.toml",
                    "\n[dependencies.hex]\nversion = \"0.4\"\n",
                )],
            ),
            Scenario::of(
                "version bump",
                &[Edit::Replace(
                    "Cargo.toml",
                    "version = \"0.1.0\"\nedition",
                    "version = \"0.1.1\"\nedition",
                )],
            ),
        ],
        write: example_app,
    },
    Project {
        name: "workspace",
        ship: "service",
        folders: &["crates"],
        local_layers: &[Edit::Append(
            "crates/service/Cargo.toml",
            r#"
[package.metadata.dockerize]
layers = [["base", "codec"], ["auth", "cache", "metrics", "search", "store"]]
"#,
        )],
        scenarios: &[
            Scenario::of("cold", &[]),
            Scenario::of("no change", &[]),
            Scenario::of(
                "source of the binary",
                &[Edit::Append("crates/service/src/main.rs", SOURCE)],
            ),
            Scenario::of(
                "source of a leaf member",
                &[Edit::Append("crates/proto/src/lib.rs", SOURCE)],
            ),
            Scenario::of(
                "source of an unrelated member",
                &[Edit::Append("crates/report/src/lib.rs", SOURCE)],
            ),
            Scenario::of(
                "one dependency added",
                &[Edit::Replace(
                    "crates/service/Cargo.toml",
                    "[dependencies]\n",
                    "[dependencies]\nhex = \"0.4\"\n",
                )],
            ),
            Scenario::of(
                "version bump of a leaf member",
                &[Edit::Replace(
                    "crates/proto/Cargo.toml",
                    "name = \"proto\"\nversion = \"0.1.0\"",
                    "name = \"proto\"\nversion = \"0.1.1\"",
                )],
            ),
            Scenario::of(
                "version bump of the lowest member",
                &[Edit::Replace(
                    "crates/base/Cargo.toml",
                    "version = \"0.1.0\"",
                    "version = \"0.1.1\"",
                )],
            ),
            Scenario::of(
                "workspace version bump",
                &[Edit::Replace(
                    "Cargo.toml",
                    "version = \"0.3.0\"",
                    "version = \"0.3.1\"",
                )],
            ),
            Scenario::of(
                "unrelated manifest",
                &[Edit::Replace(
                    "crates/report/Cargo.toml",
                    "[dependencies]\n",
                    "[dependencies]\nfnv = \"1\"\n",
                )],
            ),
        ],
        write: workspace::write,
    },
];

impl Project {
    pub(crate) fn is_workspace(&self) -> bool {
        !self.local_layers.is_empty()
    }

    /// Writes the project into a folder that is not there yet.
    pub(crate) fn make(&self, folder: &Path) -> Result<()> {
        fs_err::create_dir_all(folder)?;
        (self.write)(folder)
    }
}

impl Scenario {
    const fn of(name: &'static str, edits: &'static [Edit]) -> Self {
        Self { name, edits }
    }

    /// Edits a copy of the project, and its lock file if a manifest changed.
    pub(crate) fn apply(&self, folder: &Path) -> Result<()> {
        for edit in self.edits {
            edit.apply(folder)?;
        }
        if self
            .edits
            .iter()
            .any(|edit| edit.file().ends_with("Cargo.toml"))
        {
            lock(folder)?;
        }
        Ok(())
    }
}

impl Edit {
    fn file(&self) -> &'static str {
        match self {
            Self::Append(file, _) | Self::Replace(file, ..) => file,
        }
    }

    /// Changes the file.
    ///
    /// # Errors
    ///
    /// If what is to be replaced is not there exactly once.
    pub(crate) fn apply(&self, folder: &Path) -> Result<()> {
        let path = folder.join(self.file());
        let mut text = fs_err::read_to_string(&path)?;
        match self {
            Self::Append(_, more) => text += more,
            Self::Replace(file, old, new) => {
                if text.matches(old).count() != 1 {
                    return Err(format!("`{file}` does not have {old:?} once").into());
                }
                text = text.replace(old, new);
            }
        }
        fs_err::write(path, text)?;
        Ok(())
    }
}

/// Brings the lock file up to date, and leaves every version that it has.
fn lock(folder: &Path) -> Result<()> {
    let words = ["update", "--workspace", "--quiet"];
    let offline = commands::cargo(&[&words[..], &["--offline"]].concat(), folder);
    if offline.is_err() {
        commands::cargo(&words, folder)?;
    }
    Ok(())
}

/// Counts the packages of the lock file.
pub(crate) fn packages(folder: &Path) -> Result<usize> {
    let text = fs_err::read_to_string(folder.join("Cargo.lock"))?;
    Ok(text.lines().filter(|line| *line == "[[package]]").count())
}

/// Copies the repository's example, without what was generated for it.
fn example_app(folder: &Path) -> Result<()> {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("example-app");
    copy(&example, folder)?;
    // Others do not read it, and a build for size takes longer.
    let size = Edit::Replace("Cargo.toml", "optimize = \"size\"\n", "");
    size.apply(folder)
}

/// Copies a folder with everything but Dockerfiles and what cargo built.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs_err::create_dir_all(to)?;
    for entry in fs_err::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let target = to.join(&name);
        if entry.file_type()?.is_dir() {
            if name != "target" {
                copy(&entry.path(), &target)?;
            }
        } else if !name.to_string_lossy().contains("Dockerfile") {
            fs_err::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Gives every file and folder an old time, so that no builder gets by with "everything is newer".
pub(crate) fn age(folder: &Path) -> Result<()> {
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            age(&path)?;
        } else {
            set_old(&path)?;
        }
    }
    set_old(folder)
}

fn set_old(path: &Path) -> Result<()> {
    let file = fs_err::File::open(path)?;
    file.file().set_modified(SystemTime::UNIX_EPOCH + OLD)?;
    Ok(())
}
