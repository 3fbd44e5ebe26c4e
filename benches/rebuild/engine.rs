//! Builds with Docker, and reads what the builds cost from what they print.

use std::collections::BTreeMap;
use std::fmt;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;

/// A step compiles empty targets if its command contains one of these: what cargo-chef does, and what
/// our Dockerfiles do.
const STAND_INS: [&str; 2] = ["cargo chef cook", "RUSTC_WORKSPACE_WRAPPER=/usr/bin/env"];
/// As many lines of a failed build are shown.
const LAST_LINES: usize = 30;

/// What one build took.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cost {
    /// Crates compiled that come from a registry, tools that the build installs among them.
    pub(crate) external: usize,
    /// Crates of the project compiled from their sources.
    pub(crate) local: usize,
    /// Crates of the project compiled from empty targets.
    pub(crate) stand_ins: usize,
    /// Bytes sent to the engine.
    pub(crate) context: u64,
    pub(crate) time: Duration,
}

impl Cost {
    /// External and local crates, and those from empty targets if there are any.
    pub(crate) fn crates(&self) -> String {
        let mut text = format!("{} + {}", self.external, self.local);
        if self.stand_ins > 0 {
            text += &format!(" (+{})", self.stand_ins);
        }
        text
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (crates, context) = (self.crates(), self.context);
        let seconds = self.time.as_secs_f64();
        write!(f, "{crates} crates, {context} bytes, {seconds:.1} s")
    }
}

/// Makes sure that there is an engine.
pub(crate) fn find() -> Result<()> {
    let output = docker()
        .args(["version", "--format", "{{.Server.Version}}"])
        .output()
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => {
                "`docker` is not in PATH\nhelp: install Docker, https://docs.docker.com/engine/install/"
                    .to_owned()
            }
            _ => format!("cannot run `docker`: {error}"),
        })?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let stderr = stderr.trim_end();
    Err(format!("no Docker engine answers: {stderr}\nhelp: start it, or set DOCKER_HOST").into())
}

/// Builds the folder with its `Dockerfile`.
///
/// `run` sets builds apart: what others left behind is not used, neither layers nor cache mounts.
pub(crate) fn build(folder: &Path, skeleton: Option<&Path>, run: &str) -> Result<Cost> {
    let mut command = docker();
    command
        .args(["build", "--progress=plain", "--network=host"])
        // The image itself is of no use here.
        .args(["--output", "type=cacheonly"])
        // Part of the key of every `RUN`, and no Dockerfile has to know of it.
        .arg(format!("--add-host={run}:127.0.0.1"))
        .arg(format!("--build-arg=BUILDKIT_CACHE_MOUNT_NS={run}"));
    if let Some(skeleton) = skeleton {
        command.arg(format!(
            "--build-context=skeleton={}",
            skeleton.to_string_lossy()
        ));
    }
    command
        .arg("--file")
        .arg(folder.join("Dockerfile"))
        .arg(folder);
    let start = Instant::now();
    let output = command.output()?;
    let time = start.elapsed();
    let log = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let lines: Vec<_> = log.lines().collect();
        let last = &lines[lines.len().saturating_sub(LAST_LINES)..];
        return Err(format!("the build failed:\n{}", last.join("\n")).into());
    }
    Ok(Cost {
        time,
        ..read(&log)?
    })
}

fn docker() -> Command {
    let mut docker = Command::new("docker");
    docker.env("DOCKER_BUILDKIT", "1").stdin(Stdio::null());
    docker
}

/// One step of a build: the lines with one number.
#[derive(Default)]
struct Step<'a> {
    /// `[build 3/5] RUN cargo build`, of the first line.
    title: &'a str,
    external: usize,
    /// The names of the project's crates.
    local: Vec<&'a str>,
    sent: u64,
}

/// Counts what a build printed, all but the time.
fn read(log: &str) -> Result<Cost> {
    let mut steps: BTreeMap<&str, Step<'_>> = BTreeMap::new();
    for line in log.lines() {
        let Some((number, text)) = line.strip_prefix('#').and_then(|line| line.split_once(' '))
        else {
            continue;
        };
        let step = steps.entry(number).or_default();
        if step.title.is_empty() {
            step.title = text;
        } else {
            step.read(text)?;
        }
    }
    let mut cost = Cost::default();
    for step in steps.values() {
        let stand_ins = step.stand_ins();
        cost.external += step.external;
        cost.local += step.local.len() - stand_ins;
        cost.stand_ins += stand_ins;
        if step.title == "[internal] load build context" || step.title.starts_with("[context ") {
            cost.context += step.sent;
        }
    }
    Ok(cost)
}

impl<'a> Step<'a> {
    /// Reads a line: `0.345    Compiling serde v1.0.0` or `transferring context: 31B done`.
    fn read(&mut self, text: &'a str) -> Result<()> {
        if let Some(rest) = text.strip_prefix("transferring ") {
            // The number grows; the last one is the sum.
            if let Some(size) = rest.split_whitespace().nth(1) {
                self.sent = bytes(size).ok_or_else(|| format!("`{size}` is no size: `{text}`"))?;
            }
            return Ok(());
        }
        let printed = text.split_once(' ').map_or("", |(_, printed)| printed);
        if let Some(what) = printed.trim_start().strip_prefix("Compiling ") {
            // Only a crate of the project shows its path.
            match what.split_once(' ') {
                Some((name, rest)) if rest.contains(" (/") => self.local.push(name),
                _ => self.external += 1,
            }
        }
        Ok(())
    }

    /// How many of the project's crates were empty.
    fn stand_ins(&self) -> usize {
        if STAND_INS.iter().any(|mark| self.title.contains(mark)) {
            return self.local.len();
        }
        // In a layer with some of the project's crates all others are empty, and cleaned away.
        let Some((_, clean)) = self.title.split_once(" cargo clean ") else {
            return 0;
        };
        let cleaned: Vec<_> = clean.split_whitespace().collect();
        let is_cleaned = |name: &&&str| cleaned.contains(name);
        self.local.iter().filter(is_cleaned).count()
    }
}

/// The size that Docker writes as `12.34kB`.
fn bytes(size: &str) -> Option<u64> {
    let unit = size.find(|c: char| c.is_ascii_alphabetic())?;
    let factor = match &size[unit..] {
        "B" => 1.0,
        "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        _ => return None,
    };
    let number: f64 = size[..unit].parse().ok()?;
    Some((number * factor).round() as u64)
}
