//! The stale matrix with buildah, whose cache of layers is another one.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::engine::{docker_ok, turn};
use crate::project::Project;
use crate::stale::{Case, RUST, walk_all};

const BUILDER: &str = "rust:1-slim-trixie";

/// Images and containers in a folder of their own.
pub(crate) struct Storage {
    dir: TempDir,
}

impl Storage {
    /// With the builder image, brought from Docker.
    #[track_caller]
    pub(crate) fn new() -> Self {
        let dir = TempDir::with_prefix("buildah-").unwrap();
        let storage = Self { dir };
        let root = storage.dir.path().display();
        let files = [
            (
                "storage.conf",
                format!(
                    "[storage]\ndriver = \"overlay\"\nrunroot = \"{root}/run\"\ngraphroot = \"{root}/root\"\n"
                ),
            ),
            (
                "registries.conf",
                "unqualified-search-registries = [\"docker.io\"]\n".to_owned(),
            ),
        ];
        for (name, text) in files {
            fs_err::write(storage.path(name), text).unwrap();
        }
        let archive = storage.path("builder.tar");
        docker_ok(&["save", "--output", archive.to_str().unwrap(), BUILDER]);
        let source = format!("docker-archive:{}", archive.display());
        storage.ok(&["pull", "--quiet", &source]);
        fs_err::remove_file(archive).unwrap();
        storage
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Result<String, String> {
        let output = Command::new("buildah")
            .args(arguments)
            .env_remove("DOCKER_CONFIG")
            .env("CONTAINERS_STORAGE_CONF", self.path("storage.conf"))
            .env("CONTAINERS_REGISTRIES_CONF", self.path("registries.conf"))
            .output()
            .expect("buildah is on PATH");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match output.status.success() {
            true => Ok(text(&output.stdout)),
            false => Err(text(&output.stdout) + &text(&output.stderr)),
        }
    }

    #[track_caller]
    fn ok(&self, arguments: &[&str]) -> String {
        match self.run(arguments) {
            Ok(text) => text,
            Err(log) => panic!("buildah {arguments:?}\n{log}"),
        }
    }

    /// Builds a project up to a stage, and runs a command in it; what that prints.
    #[track_caller]
    pub(crate) fn run_in_stage(&self, project: &Path, stage: &str, command: &[&str]) -> String {
        let mut words = vec!["build", "--isolation", "chroot", "--network", "host"];
        words.extend(["--pull-never", RUST, "--target", stage, "--tag", "stage"]);
        words.push(project.to_str().unwrap());
        self.ok(&words);
        let container = self.ok(&["from", "--pull-never", "stage"]);
        let run = ["run", "--isolation", "chroot", container.trim(), "--"];
        self.ok(&[&run, command].concat())
    }

    /// Builds an image from a folder.
    pub(crate) fn build(&self, folder: &Path, tag: &str) -> Result<String, String> {
        self.build_with(folder, tag, &[])
    }

    fn build_with(&self, folder: &Path, tag: &str, options: &[&str]) -> Result<String, String> {
        let mut words = vec!["build", "--layers", "--isolation", "chroot"];
        words.extend(["--network", "host", "--pull-never", RUST, "--tag", tag]);
        words.extend(options);
        words.push(folder.to_str().unwrap());
        self.run(&words)
    }

    /// Builds the image and runs it; what the program prints.
    pub(crate) fn print(&self, project: &Project, app: &str) -> Result<String, String> {
        self.print_from(project.root(), app, &[])
    }

    /// As [`Storage::print`], from a context, with options.
    pub(crate) fn print_from(
        &self,
        context: &Path,
        app: &str,
        options: &[&str],
    ) -> Result<String, String> {
        self.build_with(context, app, options)?;
        let container = self.run(&["from", "--pull-never", app])?;
        let container = container.trim();
        // The program is static. `buildah run` in a chroot loses what it prints, now and then.
        let root = PathBuf::from(self.run(&["mount", container])?.trim());
        let output = Command::new(root.join("usr/local/bin").join(app)).output();
        let output = output.map_err(|error| error.to_string())?;
        let printed = match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(format!("{output:?}")),
        };
        self.run(&["rm", container])?;
        printed
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        let _ = self.run(&["rm", "--all"]);
        let _ = self.run(&["rmi", "--all", "--force"]);
    }
}

#[track_caller]
fn assert_never_stale(cases: Vec<Case>, strategy: &str) {
    let _turn = turn();
    let storage = Storage::new();
    let mut arguments = vec!["--libc", "glibc", "--runtime", "scratch"];
    arguments.extend(["--strategy", strategy]);
    let wrong = walk_all(cases, "", &arguments, |workspace| {
        storage.print(&workspace.project, &workspace.app)
    });
    assert!(wrong.is_empty(), "{strategy}\n{}", wrong.join("\n"));
}

/// Whether it is one of the few that are built: with `DOCKERIZE_MATRIX=full` all are, in ten minutes.
fn is_built(case: &Case) -> bool {
    let is_full = std::env::var_os("DOCKERIZE_MATRIX").is_some_and(|size| size == "full");
    is_full || (case.is_old && case.version == Some("1.2.3"))
}

#[test]
#[ignore = "needs Docker and buildah"]
fn layers_of_buildah_are_never_stale() {
    let cases = Case::all().into_iter().chain(Case::layouts());
    assert_never_stale(cases.filter(is_built).collect(), "layers");
}

#[test]
#[ignore = "needs Docker and buildah"]
fn odd_layouts_in_mounts_of_buildah_are_never_stale() {
    let cases = Case::layouts().into_iter();
    assert_never_stale(cases.filter(is_built).collect(), "mounts");
}

#[test]
#[ignore = "needs Docker and buildah"]
fn odd_layouts_in_hybrids_of_buildah_are_never_stale() {
    let cases = Case::layouts().into_iter();
    assert_never_stale(cases.filter(is_built).collect(), "hybrid");
}
