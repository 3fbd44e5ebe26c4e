//! Docker: images, built and run.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::Result;
use crate::project::Copied;

/// As many lines of a failed build are shown.
const LAST_LINES: usize = 40;
/// What every container is denied.
const LOCKED_DOWN: [&str; 3] = [
    "--read-only",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
];

/// An image that goes away with its tag; its layers stay in the build cache.
pub(crate) struct Image {
    pub(crate) tag: String,
    pub(crate) time: Duration,
}

/// What a program printed and whether it did well.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) is_success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            is_success: output.status.success(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

/// Makes sure that there is an engine.
pub(crate) fn find() -> Result<()> {
    let ran = docker(&["version", "--format", "{{.Server.Version}}"])?;
    if ran.is_success {
        return Ok(());
    }
    let stderr = ran.stderr.trim_end();
    Err(format!("no Docker engine answers: {stderr}\nhelp: start it, or set DOCKER_HOST").into())
}

/// Runs `docker` to its end.
pub(crate) fn docker(arguments: &[&str]) -> Result<Ran> {
    let output = Command::new("docker")
        .args(arguments)
        .env("DOCKER_BUILDKIT", "1")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => {
                "`docker` is not in PATH\nhelp: install Docker, https://docs.docker.com/engine/install/"
                    .to_owned()
            }
            _ => format!("cannot run `docker`: {error}"),
        })?;
    Ok(output.into())
}

/// Standard output of `docker`.
pub(crate) fn docker_ok(arguments: &[&str]) -> Result<String> {
    let ran = docker(arguments)?;
    if ran.is_success {
        return Ok(ran.stdout);
    }
    let (words, stderr) = (arguments.join(" "), ran.stderr);
    Err(format!("`docker {words}` failed:\n{stderr}").into())
}

impl Image {
    /// Builds a project's image, or what its log says of why not.
    pub(crate) fn try_build(
        copied: &Copied<'_>,
        target: Option<&str>,
    ) -> Result<std::result::Result<Self, String>> {
        let stage = target.unwrap_or("image");
        let tag = format!(
            "dockerize-native-{}-{stage}-{}",
            copied.name(),
            std::process::id()
        );
        let root = copied.root();
        let root = root.to_str().ok_or("the temporary folder is no UTF-8")?;
        let file = format!("{root}/Dockerfile");
        let mut words = vec!["build", "--network=host", "--progress=plain"];
        words.extend(["--tag", &tag, "--file", &file]);
        let version = copied
            .rust_version()
            .map(|version| format!("--build-arg=RUST_VERSION={version}"));
        words.extend(version.as_deref());
        if let Some(target) = target {
            words.extend(["--target", target]);
        }
        words.push(root);
        let start = Instant::now();
        let ran = docker(&words)?;
        let time = start.elapsed();
        Ok(match ran.is_success {
            true => Ok(Self { tag, time }),
            false => Err(ran.stderr),
        })
    }

    /// Builds a project's image, or one of its stages.
    pub(crate) fn build(copied: &Copied<'_>, target: Option<&str>) -> Result<Self> {
        Self::try_build(copied, target)?.map_err(|log| {
            let lines: Vec<_> = log.lines().collect();
            let last = &lines[lines.len().saturating_sub(LAST_LINES)..];
            format!("the build failed:\n{}", last.join("\n")).into()
        })
    }

    /// Reads something of the image with a template of Go.
    pub(crate) fn inspect(&self, format: &str) -> Result<String> {
        let text = docker_ok(&["image", "inspect", "--format", format, &self.tag])?;
        Ok(text.trim().to_owned())
    }

    /// The variables that programs find, as `NAME=value`.
    pub(crate) fn env(&self) -> Result<Vec<String>> {
        Ok(serde_json::from_str(
            &self.inspect("{{json .Config.Env}}")?,
        )?)
    }

    /// Runs the program locked down.
    pub(crate) fn run(&self, options: &[&str], arguments: &[&str]) -> Result<Ran> {
        let mut words = vec!["run", "--rm"];
        words.extend(LOCKED_DOWN);
        words.extend(options);
        words.push(&self.tag);
        words.extend(arguments);
        docker(&words)
    }

    /// Starts the program locked down, on the network of this machine.
    pub(crate) fn start(&self) -> Result<Container> {
        let mut words = vec!["run", "--detach", "--network=host"];
        words.extend(LOCKED_DOWN);
        words.push(&self.tag);
        let id = docker_ok(&words)?.trim().to_owned();
        Ok(Container { id })
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        // Nothing depends on it.
        let _ = docker(&["image", "rm", "--force", &self.tag]);
    }
}

/// A container that is removed in the end.
pub(crate) struct Container {
    pub(crate) id: String,
}

impl Container {
    /// Makes one that never runs.
    pub(crate) fn create(image: &str) -> Result<Self> {
        let id = docker_ok(&["create", image, "/nothing"])?;
        let id = id.trim().to_owned();
        Ok(Self { id })
    }

    pub(crate) fn export(&self, file: &Path) -> Result<()> {
        let file = file.to_str().ok_or("the temporary folder is no UTF-8")?;
        docker_ok(&["export", "--output", file, &self.id])?;
        Ok(())
    }

    pub(crate) fn logs(&self) -> Result<String> {
        let ran = docker(&["logs", &self.id])?;
        Ok(ran.stdout + &ran.stderr)
    }

    /// Asks the program to stop and returns its exit code: 137 if it had to be killed.
    pub(crate) fn stop(&self) -> Result<i32> {
        docker_ok(&["stop", "--time", "10", &self.id])?;
        let code = docker_ok(&["inspect", "--format", "{{.State.ExitCode}}", &self.id])?;
        Ok(code.trim().parse()?)
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        // It may be gone.
        let _ = docker(&["rm", "--force", "--volumes", &self.id]);
    }
}
