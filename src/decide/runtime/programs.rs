//! Other programs that the program starts.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::Package;

use super::test_files::is_test;
use crate::decision::Decision;
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::Workspace;
use crate::knowledge::RuntimeImage;
use crate::knowledge::started::program;
use crate::source::Meaning;

/// Programs of other systems, of desktops, and of whoever develops: no image is meant.
const ELSEWHERE: &[&str] = &[
    "cargo",
    "cmd",
    "cmd.exe",
    "explorer",
    "explorer.exe",
    "launchctl",
    "open",
    "osascript",
    "pbcopy",
    "pbpaste",
    "powershell",
    "powershell.exe",
    "rustc",
    "rustdoc",
    "rustup",
    "sw_vers",
    "systemctl",
    "taskkill",
    "wl-copy",
    "wl-paste",
    "wslpath",
    "xclip",
    "xdg-open",
    "xsel",
];

/// Says which programs the image has not.
pub(super) fn decide(
    workspace: &Workspace,
    (image, known): (&str, Option<&RuntimeImage>),
    packages: &[Decision<String>],
    locals: &[&Package],
) -> Option<Diagnostic> {
    let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, note) in started(workspace, locals) {
        if !has(&name, known, packages) {
            missing.entry(name).or_default().push(note);
        }
    }
    if missing.is_empty() || (known.is_none() && image != "scratch") {
        return None;
    }
    let known_packages: BTreeSet<&str> = missing
        .keys()
        .filter_map(|name| program(name))
        .filter(|program| !program.essential)
        .map(|program| program.package.as_str())
        .collect();
    let shown: Vec<String> = missing
        .keys()
        .map(|name| format!("`{}`", name.escape_debug()))
        .collect();
    let message = format!(
        "the program starts {}, and `{image}` does not have it",
        shown.join(", ")
    );
    let notes = missing.values().filter_map(|notes| notes.first().cloned());
    let info = notes.fold(
        Diagnostic::info(Code::RunsProgram, message),
        Diagnostic::note,
    );
    let is_known = missing.keys().all(|name| program(name).is_some());
    let chosen = workspace.settings.runtime_packages.iter();
    let chosen = chosen.flat_map(|chosen| chosen.value.iter().map(String::as_str));
    let all: BTreeSet<&str> = chosen.chain(known_packages.iter().copied()).collect();
    let all: Vec<String> = all
        .into_iter()
        .map(|name| toml::Value::from(name).to_string())
        .collect();
    Some(info.help(match (known_packages.is_empty(), is_known) {
        (false, _) => format!(
            "if it is needed, under [package.metadata.dockerize]: runtime-packages = [{}]",
            all.join(", ")
        ),
        (true, true) => {
            "if it is needed, under [package.metadata.dockerize]: runtime = \"debian\"".to_owned()
        }
        (true, false) => {
            "if it is needed, name the Debian package that has it in `runtime-packages`".to_owned()
        }
    }))
}

/// Whether an image with these packages has a program of this name.
pub(super) fn has(name: &str, known: Option<&RuntimeImage>, packages: &[Decision<String>]) -> bool {
    let has_apt = known.is_some_and(|image| image.apt);
    program(name).is_some_and(|program| {
        let mut packages = packages.iter();
        (has_apt && program.essential) || packages.any(|package| package.value == program.package)
    })
}

/// The names of programs, with the place that starts each.
fn started(workspace: &Workspace, locals: &[&Package]) -> Vec<(String, String)> {
    let own: BTreeSet<&str> = locals
        .iter()
        .flat_map(|package| &package.targets)
        .filter(|target| target.is_bin())
        .map(|target| target.name.as_str())
        .collect();
    let sources = workspace.sources_of(locals);
    let facts = sources.flat_map(|sources| &sources.facts);
    let runs = facts.filter(|fact| {
        fact.meaning == Meaning::Run && !fact.is_build_script && !is_test(workspace, &fact.at.file)
    });
    runs.filter_map(|fact| {
        let mut arguments = fact.arguments.iter();
        let text =
            arguments.find_map(|name| Some(name.text.as_str()).filter(|text| !text.is_empty()));
        let is_whole = fact.arguments.iter().any(|name| name.whole().is_some());
        let command = text.filter(|text| is_whole || text.contains(' '))?;
        let first = command.split_whitespace().next()?;
        let name = first.rsplit('/').next()?;
        let is_name = !name.is_empty()
            && name
                .chars()
                .all(|char| char.is_ascii_alphanumeric() || "-_.+".contains(char));
        let is_meant = is_name && !ELSEWHERE.contains(&name) && !own.contains(name);
        let file = workspace.display(&fact.at.file);
        is_meant.then(|| {
            let note = format!("{file}:{}: `{name}` is started here", fact.at.line);
            (name.to_owned(), note)
        })
    })
    .collect()
}
