//! Images built with Docker, and run.
//!
//! The engine is found through `docker` on PATH and its environment; the base images that it cannot pull
//! have to be there (`../shared/rig/up` and `env`).

use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::project::Project;

/// One test at a time: they share the port, and the machine.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn docker(arguments: &[&str]) -> Output {
    Command::new("docker")
        .args(arguments)
        .output()
        .expect("docker is on PATH")
}

#[track_caller]
pub(crate) fn docker_ok(arguments: &[&str]) -> String {
    let output = docker(arguments);
    assert!(
        output.status.success(),
        "docker {arguments:?}\n{}",
        both(&output)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn both(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// An image that goes away with its tag.
pub(crate) struct Image {
    pub(crate) tag: String,
    /// What the engine said while it was built.
    pub(crate) log: String,
}

impl Image {
    #[track_caller]
    pub(crate) fn build(project: &Project, name: &str, options: &[&str]) -> Self {
        match Self::try_build(project, name, options) {
            Ok(image) => image,
            Err(log) => panic!("no image {name}:\n{log}"),
        }
    }

    /// The image, or what the engine said.
    pub(crate) fn try_build(
        project: &Project,
        name: &str,
        options: &[&str],
    ) -> Result<Self, String> {
        let tag = format!("dockerize-test-{name}");
        let root = project.root().to_str().unwrap();
        let file = project.path("Dockerfile");
        let mut words = vec![
            "build",
            "--network=host",
            "--progress=plain",
            "--tag",
            &tag,
            "--file",
            file.to_str().unwrap(),
        ];
        words.extend(options);
        words.push(root);
        let output = docker(&words);
        let log = both(&output);
        match output.status.success() {
            true => Ok(Self { tag, log }),
            false => Err(log),
        }
    }

    pub(crate) fn inspect(&self, format: &str) -> String {
        docker_ok(&["image", "inspect", "--format", format, &self.tag])
            .trim()
            .to_owned()
    }

    /// Runs it as a locked-down cluster would; what it prints.
    #[track_caller]
    pub(crate) fn prints(&self, arguments: &[&str]) -> String {
        let mut words = vec![
            "run",
            "--rm",
            "--read-only",
            "--cap-drop=ALL",
            "--network=none",
            &self.tag,
        ];
        words.extend(arguments);
        docker_ok(&words)
    }

    pub(crate) fn assert_no_shell(&self) {
        for shell in ["/bin/sh", "/bin/bash", "/busybox/sh"] {
            assert!(!self.has(shell), "{shell} runs");
        }
    }

    /// Whether this shell is in it.
    pub(crate) fn has(&self, shell: &str) -> bool {
        let words = [
            "run",
            "--rm",
            "--entrypoint",
            shell,
            &self.tag,
            "-c",
            "true",
        ];
        docker(&words).status.success()
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        docker(&["image", "rm", "--force", &self.tag]);
    }
}
