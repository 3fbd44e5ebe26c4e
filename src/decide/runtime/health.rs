//! How an engine finds out whether the program is healthy.

use super::programs;
use crate::decide::target::{Route, Target};
use crate::decision::{Decision, Evidence};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::inspect::Workspace;
use crate::knowledge::RuntimeImage;
use crate::plan::{Build, Healthcheck, Port};
use crate::settings::{self, Sourced};
use crate::shell::ShellText;

/// The probe, in a folder where no program of a project can be.
const PROBE: &str = "/usr/local/libexec/healthcheck";

/// What rustc is told for the probe; all of it is as old as the edition.
const PROBE_OPTIONS: [&str; 4] = [
    "--edition=2021",
    "-C opt-level=s",
    "-C panic=abort",
    "-C link-arg=-s",
];

/// Decides on the command, and on the probe that it needs.
pub(super) fn decide(
    workspace: &Workspace,
    (target, build): (&Target, &Build),
    ports: &[Decision<Port>],
) -> Result<Option<Healthcheck>> {
    let Some(set) = &workspace.settings.healthcheck else {
        return Ok(None);
    };
    let asked = Evidence::new(set.origin.clone(), "this health check was asked for");
    let checked = match &set.value {
        settings::Healthcheck::Command(words) => {
            if words.first().is_none_or(|first| first.trim().is_empty()) {
                let error = refused(set, "the health check has no command");
                return Err(error.help(COMMAND).into());
            }
            Healthcheck {
                command: words.clone(),
                probe: Vec::new(),
                because: vec![asked],
            }
        }
        settings::Healthcheck::Path(text) => {
            let (port, path) = parts(set, text)?;
            let (port, because) = match port {
                Some(port) => (port, Vec::new()),
                None => only(set, ports, path)?,
            };
            Healthcheck {
                command: vec![PROBE.to_owned(), port.to_string(), path.to_owned()],
                probe: options(target, build),
                because: [vec![asked], because].concat(),
            }
        }
    };
    Ok(Some(checked))
}

/// What to write for a command.
const COMMAND: &str = "a path such as healthcheck = \"/healthz\", or a command such as healthcheck = [\"/usr/local/bin/app\", \"health\"]";

/// The port, where there is one, and the path.
fn parts<'a>(
    set: &Sourced<settings::Healthcheck>,
    text: &'a str,
) -> Result<(Option<Port>, &'a str)> {
    let (port, path) = match text.strip_prefix(':').zip(text.find('/')) {
        Some((rest, slash)) => {
            let number = rest[..slash - 1].parse().ok().filter(|port| *port > 0);
            (number.map(Some), &text[slash..])
        }
        None => (Some(None), text),
    };
    let is_path = path.starts_with('/') && path.chars().all(|char| char.is_ascii_graphic());
    match port {
        Some(port) if is_path => Ok((port, path)),
        _ => {
            let what = format!(
                "the health check `{}` is not a path, nor a port and a path",
                text.escape_debug()
            );
            let error = refused(set, &what).help(COMMAND);
            Err(error
                .help("with a port: healthcheck = \":8080/healthz\"")
                .into())
        }
    }
}

/// The only port that the program listens on.
fn only(
    set: &Sourced<settings::Healthcheck>,
    ports: &[Decision<Port>],
    path: &str,
) -> Result<(Port, Vec<Evidence>)> {
    let (what, port) = match ports {
        [port] => return Ok((port.value, port.because.clone())),
        [] => (
            "no port was found that the program listens on".to_owned(),
            8080,
        ),
        [first, ..] => {
            let all: Vec<_> = ports.iter().map(|port| port.value.to_string()).collect();
            let all = all.join(", ");
            (
                format!("the program listens on several ports: {all}"),
                first.value,
            )
        }
    };
    let error = refused(set, &format!("the health check needs a port: {what}"));
    let help = format!("healthcheck = \":{port}{path}\"");
    Err(error.help(help).into())
}

/// What the probe is compiled with: static where the program is, and for the same machine.
fn options(target: &Target, build: &Build) -> Vec<ShellText> {
    let mut options: Vec<ShellText> = PROBE_OPTIONS.map(ShellText::ours).into();
    if target.route.value == Route::StaticGlibc {
        options.push(ShellText::ours("-C target-feature=+crt-static"));
    }
    if let Some(triple) = &build.target {
        options.push(ShellText::option("--target", triple));
    }
    if target.is_cross {
        // Cargo has the linker from a variable that rustc does not read.
        let linker = "-C linker=\"${RUST_TARGET%%-*}-linux-gnu-gcc\"";
        options.push(ShellText::ours(linker));
    }
    options
}

/// Says that the image lacks the program that a command runs.
pub(super) fn missing(
    workspace: &Workspace,
    health: Option<&Healthcheck>,
    (image, known): (&str, Option<&RuntimeImage>),
    packages: &[Decision<String>],
) -> Option<Diagnostic> {
    let health = health.filter(|health| health.probe.is_empty())?;
    let word = health.command.first()?;
    // Templates and snippets can put programs into the image.
    let is_known = known.is_some() || image == "scratch";
    if !is_known || !workspace.templates.is_empty() {
        return None;
    }
    let (folder, name) = word.rsplit_once('/').unwrap_or(("", word));
    let is_own = matches!(folder, "" | "/usr/local/bin") && is_ours(workspace, name);
    let is_asset = !folder.is_empty() && !workspace.settings.assets.is_empty();
    if is_own || is_asset || programs::has(name, known, packages) {
        return None;
    }
    let message = format!(
        "the health check runs `{}`, and `{image}` does not have it",
        word.escape_debug()
    );
    let warning = Diagnostic::warning(Code::Healthcheck, message);
    let because = health.because.first().map(ToString::to_string);
    Some(
        warning
            .note(because.unwrap_or_default())
            .help("a path needs no program: healthcheck = \"/healthz\"")
            .help("or a command of the program itself, by its path in /usr/local/bin"),
    )
}

fn is_ours(workspace: &Workspace, name: &str) -> bool {
    let mut aliases = workspace.settings.aliases.iter();
    workspace.selected.binaries().any(|binary| binary == name)
        || aliases.any(|set| set.value.iter().any(|alias| alias == name))
}

fn refused<T>(set: &Sourced<T>, what: &str) -> Diagnostic {
    Diagnostic::error(Code::Healthcheck, what).note(format!("set by {}", set.origin))
}
