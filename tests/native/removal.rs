//! Every Debian package of the builder, taken away.

use crate::engine::Image;
use crate::project::Copied;
use crate::projects::Project;
use crate::{Result, Row, Sink, Wishes};

pub(crate) const HEADER: &str = "\
| project | without | what fails | |
|---|---|---|---|";

/// The command that takes the packages, up to the first of them.
const INSTALL: &str = "apt-get install --yes --no-install-recommends ";
/// What a registry that cannot be reached makes cargo say.
const NETWORK: [&str; 4] = [
    "failed to download",
    "failed to get `",
    "Could not resolve",
    "spurious network error",
];
/// What tells most of why a build failed, the most telling first.
const REASONS: [&str; 13] = [
    "cannot find -l",
    "unable to find library",
    "Unable to find libclang",
    "file not found",
    "No such file or directory",
    "failed to find tool",
    "Could not find",
    "could not find",
    "not found",
    "ToolNotFound",
    "is not installed",
    "panicked at",
    "error",
];

pub(crate) fn rows(project: &Project, wishes: &Wishes, sink: Sink<'_>) -> Result<()> {
    let copied = Copied::new(project, wishes, &[])?;
    for package in copied.packages()? {
        let mut cells = vec![project.name.to_owned(), format!("`{package}`")];
        let outcome = remove(&mut cells, project, wishes, package);
        sink(Row { cells, outcome })?;
    }
    Ok(())
}

/// Builds and runs without the package.
fn remove(
    cells: &mut Vec<String>,
    project: &Project,
    wishes: &Wishes,
    package: &str,
) -> Result<String> {
    let copied = Copied::new(project, wishes, &[])?;
    take_away(&copied, package)?;
    let failure = match Image::try_build(&copied, None)? {
        Err(log) => Some(reason(&log)?),
        Ok(image) => {
            let failure = project.check.run(&image).err();
            failure.map(|error| format!("the program: {error}"))
        }
    };
    match failure {
        Some(failure) => {
            cells.push(format!("`{}`", failure.replace('|', "\\|")));
            Ok("needed".to_owned())
        }
        None => {
            cells.push("nothing".to_owned());
            Err(format!("`{package}` is installed for nothing").into())
        }
    }
}

/// Edits the Dockerfile.
fn take_away(copied: &Copied<'_>, package: &str) -> Result<()> {
    let path = copied.dockerfile();
    let text = fs_err::read_to_string(&path)?;
    let mut edits = 0;
    let lines = text.lines().map(|line| {
        let Some((before, after)) = line.split_once(INSTALL) else {
            return line.to_owned();
        };
        let words = after.split(' ');
        let kept: Vec<_> = words.clone().filter(|word| *word != package).collect();
        edits += words.count() - kept.len();
        format!("{before}{INSTALL}{}", kept.join(" "))
    });
    let edited: Vec<String> = lines.collect();
    if edits != 1 {
        return Err(format!("the Dockerfile installs `{package}` {edits} times").into());
    }
    fs_err::write(path, edited.join("\n") + "\n")?;
    Ok(())
}

/// The line of the log that says why cargo failed.
///
/// # Errors
///
/// If it was another step that failed, or the network: that says nothing about the package.
fn reason(log: &str) -> Result<String> {
    let is_cargo = |line: &str| line.contains("cargo build") && line.contains("exit code: 101");
    if !log.lines().any(is_cargo) || NETWORK.iter().any(|text| log.contains(text)) {
        return Err(format!("the build failed for another reason:\n{log}").into());
    }
    let printed = || log.lines().filter_map(printed);
    let reason = REASONS
        .iter()
        .find_map(|reason| printed().find(|line| line.contains(reason)));
    let reason = reason.ok_or_else(|| format!("no reason in the log:\n{log}"))?;
    Ok(reason.chars().take(110).filter(|c| *c != '`').collect())
}

/// What a step printed: the rest of `#12 3.456 text`.
fn printed(line: &str) -> Option<&str> {
    let (_, rest) = line.strip_prefix('#')?.split_once(' ')?;
    let (time, text) = rest.split_once(' ')?;
    let is_time = time.contains('.') && time.chars().all(|c| c.is_ascii_digit() || c == '.');
    is_time.then(|| text.trim())
}
