//! Files that the program cannot find in its image: `.env`, and those beside its manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::Package;

use super::test_files::is_test;
use crate::decide::inputs::Inputs;
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::{NeededFile, Workspace, folder};
use crate::paths::{normalize, relative, slashed};
use crate::shell::ShellText;
use crate::source::{Base, Fact, Meaning, Otherwise};

/// What reads `.env`, as the table of calls has it.
const DOTENV: &[&str] = &["dotenv::dotenv", "dotenvy::dotenv"];

/// Says which files cannot be found.
pub(super) fn decide(
    workspace: &Workspace,
    inputs: &Inputs,
    locals: &[&Package],
    workdir: Option<&str>,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::from_iter(absent(workspace, locals, workdir));
    for package in locals {
        let Some(sources) = workspace.sources.get(&package.id) else {
            continue;
        };
        let opens = sources.facts.iter().filter(|fact| {
            let is_opened = fact.meaning == Meaning::Open && !fact.is_build_script;
            is_opened && !is_test(workspace, &fact.at.file)
        });
        let opens: Vec<&Fact> = opens.collect();
        let dotenv = opens
            .iter()
            .find(|fact| DOTENV.contains(&fact.row) && fact.otherwise == Otherwise::Fails);
        diagnostics.extend(dotenv.map(|fact| without_dotenv(workspace, fact)));
        diagnostics.extend(beside_manifest(workspace, inputs, package, &opens));
    }
    diagnostics
}

/// Files that are neither in the image nor in the project.
fn absent(workspace: &Workspace, locals: &[&Package], workdir: Option<&str>) -> Option<Diagnostic> {
    let sources = workspace.sources_of(locals);
    let mut files: BTreeMap<String, &NeededFile> = BTreeMap::new();
    for file in sources.flat_map(|sources| &sources.absent) {
        files.entry(slashed(&normalize(&file.path))).or_insert(file);
    }
    let first = files.keys().next()?;
    let shown: Vec<String> = files
        .keys()
        .map(|file| format!("`{}`", file.escape_debug()))
        .collect();
    let message = format!(
        "the program reads {} when it runs, and the project has no such file",
        shown.join(", ")
    );
    let info = Diagnostic::info(Code::RuntimeFile, message);
    let info = files.iter().fold(info, |info, (path, file)| {
        let fact = format!("`{}`, {}", path.escape_debug(), file.fact);
        info.note(match &file.found_at {
            Some(mark) => format!("{}:{}: {fact}", workspace.display(&mark.path), mark.line),
            None => fact,
        })
    });
    let there = match first.starts_with('/') {
        true => first.clone(),
        false => format!(
            "{}/{first}",
            workdir.unwrap_or("/home/nonroot").trim_end_matches('/')
        ),
    };
    let name = first.rsplit('/').next().unwrap_or(first);
    let here = ShellText::word(&format!("{name}:{there}:ro"));
    Some(info.help(format!("docker run --volume \"$PWD\"/{here} …")))
}

fn without_dotenv(workspace: &Workspace, fact: &Fact) -> Diagnostic {
    let message = format!(
        "`{}` fails where there is no `.env`, and the image has none",
        workspace.selected.binary.escape_debug()
    );
    let file = workspace.display(&fact.at.file);
    Diagnostic::warning(Code::DotenvRequired, message)
        .note(format!("{file}:{}: it has to be there", fact.at.line))
        .help("write `dotenvy::dotenv().ok();`, and hand the variables in with `docker run --env-file .env`")
}

/// Paths that `CARGO_MANIFEST_DIR` begins: they are those of the builder.
fn beside_manifest(
    workspace: &Workspace,
    inputs: &Inputs,
    package: &Package,
    opens: &[&Fact],
) -> Option<Diagnostic> {
    let home = folder(package);
    let found = opens.iter().filter_map(|fact| {
        let mut paths = fact.arguments.iter();
        let path = paths.find(|path| path.base == Base::ManifestDir)?;
        let text = match (path.is_whole, path.text.rsplit_once('/')) {
            (true, _) => path.text.as_str(),
            (false, Some((folder, _))) => folder,
            (false, None) => "",
        };
        let file = home.join(text.trim_start_matches('/'));
        Some((normalize(&file), *fact))
    });
    let inside = slashed(&relative(&home, &inputs.root));
    let there = match inside.trim_matches('.') {
        "" => inputs.context.workdir.clone(),
        inside => format!("{}/{inside}", inputs.context.workdir),
    };
    let is_placed = |file: &Path| {
        let workdir = workspace.settings.workdir.as_ref();
        let mut assets = workspace.assets.iter();
        workdir.is_some_and(|set| set.value.trim_end_matches('/') == there)
            && assets.any(|asset| file.starts_with(&asset.path))
    };
    let found: Vec<(PathBuf, &Fact)> = found.filter(|(file, _)| !is_placed(file)).collect();
    let (_, first) = found.first()?;
    let names: BTreeSet<String> = found
        .iter()
        .filter(|(file, _)| file.exists() && *file != home)
        .map(|(file, _)| slashed(&relative(file, &home)))
        .collect();
    let message = format!(
        "the program looks for files in `{there}`, where it was compiled, and the image has no such folder"
    );
    let warning = Diagnostic::warning(Code::ManifestDir, message).note(format!(
        "{}:{}: `CARGO_MANIFEST_DIR` is the builder's",
        workspace.display(&first.at.file),
        first.at.line
    ));
    let is_own = package.id == workspace.package().id;
    Some(match (is_own, names.is_empty()) {
        (true, false) => {
            let kept = workspace.assets.iter();
            let kept = kept.map(|asset| slashed(&relative(&asset.path, &home)));
            let all: BTreeSet<String> = kept.chain(names).collect();
            let all: Vec<String> = all
                .into_iter()
                .map(|name| toml::Value::from(name).to_string())
                .collect();
            warning.help(format!(
                "under [package.metadata.dockerize]:\nassets = [{}]\nworkdir = {}",
                all.join(", "),
                toml::Value::from(there)
            ))
        }
        _ => warning.help("take the path from a variable or an option, or embed the files"),
    })
}
