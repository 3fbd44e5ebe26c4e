//! What surrounds a build script: the only place that reads the variables cargo sets for it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::folder::Folder;

/// The variable of the user.
pub(super) const VARIABLE: &str = "CARGO_DOCKERIZE";
/// What docs.rs sets.
pub(super) const DOCS: &str = "DOCS_RS";

/// Why a build script did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Skipped {
    /// `CARGO_DOCKERIZE=off`, which the generated Dockerfile says, too.
    SwitchedOff,
    /// Documentation is built, on docs.rs.
    Documentation,
    /// The package comes from a registry, a git repository or a vendored folder, or is verified by
    /// `cargo package` or `cargo publish`: its sources are not to be changed.
    Packaged,
    /// Another workspace is built, and depends on the package by its path.
    Dependency,
}

/// What the user's variable asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// What the script asks for.
    AsScripted,
    /// Write the files that differ.
    Generate,
    /// Compare.
    Check,
    /// Compare, and stop the build if they differ.
    Deny,
    /// Nothing.
    Off,
}

impl Mode {
    /// Reads the variable.
    pub(super) fn read() -> Result<Self> {
        let value = std::env::var_os(VARIABLE).unwrap_or_default();
        Ok(match value.to_string_lossy().as_ref() {
            "" => Self::AsScripted,
            "generate" => Self::Generate,
            "check" => Self::Check,
            "deny" => Self::Deny,
            "off" => Self::Off,
            other => {
                let message = format!("{VARIABLE} is `{}`: nothing is done", other.escape_debug());
                return Err(Diagnostic::error(Code::UnknownMode, message)
                    .help("set it to `off`, `check`, `deny` or `generate`, or leave it out")
                    .into());
            }
        })
    }
}

/// The folders of a running build script.
pub(super) struct Surroundings {
    /// That of the package.
    pub(super) package: PathBuf,
    /// The one that the script may write to.
    pub(super) out: PathBuf,
}

impl Surroundings {
    pub(super) fn read() -> Result<Self> {
        let folder = |name: &str| -> Result<PathBuf> {
            std::env::var_os(name).map(PathBuf::from).ok_or_else(|| {
                let message = format!("the variable {name} is not set");
                Diagnostic::error(Code::NoBuildScript, message)
                    .note("cargo sets it when it runs a build script")
                    .help("call it from `build.rs`")
                    .into()
            })
        };
        Ok(Self {
            package: folder("CARGO_MANIFEST_DIR")?,
            out: folder("OUT_DIR")?,
        })
    }

    /// Why there is nothing to do here; the cheapest sign first.
    pub(super) fn skipped(&self) -> Option<Skipped> {
        if std::env::var_os(DOCS).is_some() {
            Some(Skipped::Documentation)
        } else if self.is_packaged() {
            Some(Skipped::Packaged)
        } else if self.is_of_another_workspace() {
            Some(Skipped::Dependency)
        } else {
            None
        }
    }

    /// Whether cargo or `cargo vendor` unpacked the sources.
    fn is_packaged(&self) -> bool {
        let beside = [
            // What `cargo package` puts into every package.
            "Cargo.toml.orig",
            ".cargo_vcs_info.json",
            ".cargo-checksum.json",
        ];
        let is_there = |folder: &Path, name: &str| folder.join(name).is_file();
        // Cargo leaves the last one where it unpacked a checkout of git: in the root of the repository.
        beside.iter().any(|name| is_there(&self.package, name))
            || self
                .package
                .ancestors()
                .any(|folder| is_there(folder, ".cargo-ok"))
    }

    /// Whether the target folder is that of a workspace which the package is no member of.
    ///
    /// A target folder that was moved says nothing: then the package counts as one of the workspace.
    fn is_of_another_workspace(&self) -> bool {
        let moves = [
            "CARGO_TARGET_DIR",
            "CARGO_BUILD_TARGET_DIR",
            "CARGO_BUILD_BUILD_DIR",
        ];
        if moves.iter().any(|name| std::env::var_os(name).is_some()) {
            return false;
        }
        let home = self
            .target_folder()
            .and_then(Path::parent)
            .filter(|folder| folder.join("Cargo.toml").is_file());
        match home {
            Some(home) if !is_same(home, &self.package) => self
                .workspace_root()
                .is_some_and(|root| !is_same(home, &root)),
            _ => false,
        }
    }

    /// `target` of `target/debug/build/…` or `target/x86_64-unknown-linux-gnu/debug/build/…`.
    fn target_folder(&self) -> Option<&Path> {
        let mut folders = self.out.ancestors().skip_while(|f| !f.ends_with("build"));
        let folder = folders.nth(2)?;
        match (folder.file_name(), std::env::var_os("TARGET")) {
            (Some(name), Some(target)) if *name == *target => folder.parent(),
            _ => Some(folder),
        }
    }

    /// The root of the package's own workspace; cargo resolves nothing for this.
    fn workspace_root(&self) -> Option<PathBuf> {
        let output = Command::new(std::env::var_os("CARGO")?)
            .args([
                "locate-project",
                "--workspace",
                "--message-format=plain",
                "--manifest-path",
            ])
            .arg(self.package.join("Cargo.toml"))
            .stdin(Stdio::null())
            .output()
            .ok()?;
        let manifest = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim_end());
        match manifest.is_file() {
            true => manifest.parent().map(Path::to_path_buf),
            false => None,
        }
    }

    /// The lock file that is nearest above the package; the build that runs has just brought it up to date.
    pub(super) fn lock_file(&self) -> Option<PathBuf> {
        let mut files = self
            .package
            .ancestors()
            .filter(|folder| folder.join("Cargo.toml").is_file())
            .map(|folder| folder.join("Cargo.lock"));
        files.find(|file| file.is_file())
    }

    /// Where cargo keeps the crates that it fetched.
    ///
    /// It is a link: cargo takes its own folders for unchanged. Where there can be none, the name is that of a
    /// missing file, and the script runs at every build until the project can be read.
    pub(super) fn fetched(&self) -> Option<PathBuf> {
        let home = match std::env::var_os("CARGO_HOME") {
            Some(home) => PathBuf::from(home),
            None => Path::new(&std::env::var_os("HOME")?).join(".cargo"),
        };
        let link = self.out.join("fetched");
        // It may be there from an earlier run.
        if let Ok(folder) = Folder::open(&self.out) {
            let _ = folder.link(Path::new("fetched"), &home.join("registry").join("cache"));
        }
        home.is_dir().then_some(link)
    }

    /// When cargo started the script.
    ///
    /// Cargo runs it again if an input is newer than that. What the script itself wrote is no reason to.
    pub(super) fn started(&self) -> SystemTime {
        let stamps = ["../invoked.timestamp", "../run/invoked.timestamp"];
        let times = stamps.iter().filter_map(|stamp| {
            let file = std::fs::metadata(self.out.join(stamp)).ok()?;
            file.modified().ok()
        });
        // Without the stamp: a script seldom runs for longer than this before it comes here.
        let likely = || SystemTime::now() - Duration::from_secs(10);
        times.max().unwrap_or_else(likely)
    }
}

fn is_same(left: &Path, right: &Path) -> bool {
    left == right || std::fs::canonicalize(left).ok() == std::fs::canonicalize(right).ok()
}
