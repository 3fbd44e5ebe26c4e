//! A copy of a project, and what the real binary makes of it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::engine::Ran;
use crate::projects::{Linkage, Project};
use crate::{Result, Wishes};

/// A copy of a project with its files generated.
pub(crate) struct Copied<'a> {
    project: &'a Project,
    folder: TempDir,
    plan: Value,
    musl_rust: Option<String>,
}

impl<'a> Copied<'a> {
    /// Copies the project, and writes the files with these arguments.
    pub(crate) fn new(project: &'a Project, wishes: &Wishes, arguments: &[&str]) -> Result<Self> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/native/projects")
            .join(project.name);
        let folder = tempfile::tempdir()?;
        copy(&source, &folder.path().join(project.name))?;
        let mut copied = Self {
            project,
            folder,
            plan: Value::Null,
            musl_rust: wishes.musl_rust.clone(),
        };
        copied.dockerize(arguments)?;
        let mut words = vec!["plan", "--format", "json"];
        words.extend(arguments);
        let mut plan: Value = serde_json::from_str(&copied.dockerize(&words)?)?;
        copied.plan = plan["images"][0].take();
        Ok(copied)
    }

    pub(crate) fn name(&self) -> &str {
        self.project.name
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join(self.project.name)
    }

    pub(crate) fn dockerfile(&self) -> PathBuf {
        self.root().join("Dockerfile")
    }

    /// Runs the real binary and returns what it printed.
    fn dockerize(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-dockerize"))
            .arg("dockerize")
            .args(arguments)
            .current_dir(self.root())
            .stdin(Stdio::null())
            .output()?;
        let ran = Ran::from(output);
        match ran.is_success {
            true => Ok(ran.stdout),
            false => {
                let (words, stderr) = (arguments.join(" "), ran.stderr);
                Err(format!("`cargo dockerize {words}` failed:\n{stderr}").into())
            }
        }
    }

    /// A text of the plan.
    fn planned(&self, pointer: &str) -> Result<&str> {
        let value = self.plan.pointer(pointer).and_then(Value::as_str);
        value.ok_or_else(|| format!("the plan has no text at `{pointer}`").into())
    }

    /// The image that the plan runs the program in.
    pub(crate) fn runtime(&self) -> Result<&str> {
        self.planned("/runtime/image/value")
    }

    /// Where the program is in the image.
    pub(crate) fn program(&self) -> Result<&str> {
        self.planned("/runtime/program")
    }

    /// What the plan says the program is linked to.
    pub(crate) fn linkage(&self) -> Result<Linkage> {
        let is_static = self.plan.pointer("/build/is_static");
        let is_static = is_static.and_then(Value::as_bool);
        match (self.planned("/build/libc/value")?, is_static) {
            ("musl", Some(true)) => Ok(Linkage::Musl),
            ("glibc", Some(true)) => Ok(Linkage::StaticGlibc),
            ("glibc", Some(false)) => Ok(Linkage::Dynamic),
            (libc, is_static) => Err(format!("planned {libc}, static: {is_static:?}").into()),
        }
    }

    /// The Debian packages that the builder installs.
    pub(crate) fn packages(&self) -> Result<Vec<&str>> {
        let packages = self.plan.pointer("/builder/packages");
        let packages = packages.and_then(Value::as_array);
        let packages = packages.ok_or("the plan has no list of packages")?;
        packages
            .iter()
            .map(|package| {
                let name = package["value"].as_str();
                name.ok_or_else(|| "the plan has a package without a name".into())
            })
            .collect()
    }

    /// Whether the plan copies files that the program reads.
    pub(crate) fn brings_files(&self) -> bool {
        let files = self.plan.pointer("/runtime/files");
        let files = files.and_then(Value::as_array);
        files.is_some_and(|files| !files.is_empty())
    }

    /// The Rust to build with, where it is not the planned one.
    pub(crate) fn rust_version(&self) -> Option<&str> {
        match self.linkage() {
            Ok(Linkage::Musl) => self.musl_rust.as_deref(),
            _ => None,
        }
    }
}

/// Copies a folder without what was built or generated in it.
fn copy(from: &Path, to: &Path) -> Result<()> {
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
