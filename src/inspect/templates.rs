//! Templates of the project: the files that the settings name, and the snippets of its manifests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::decision::Origin;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::error::Result;
use crate::limits::{self, Unread};
use crate::settings::{Settings, Snippet, Sourced};

/// What the name of a template's file ends with.
const ENDING: &str = "hbs";
/// No template of people is longer.
const LONGEST: u64 = 1 << 20;

/// A template that replaces a built-in one, or beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateSource {
    /// The name that templates include it by; `Dockerfile` and `dockerignore` are whole files.
    pub name: String,
    /// Its text, with `\n` between the lines.
    pub text: String,
    /// The file that it is written in, absolute.
    pub path: PathBuf,
    /// The value in that file, where the file is a manifest.
    pub within: Option<Location>,
    /// The key that asks for it.
    pub origin: Origin,
}

impl TemplateSource {
    /// Whether there is nothing but comments and space in it.
    pub fn is_blank(&self) -> bool {
        let mut rest = self.text.trim();
        while let Some(comment) = rest.strip_prefix("{{!") {
            let end = if comment.starts_with("--") {
                "--}}"
            } else {
                "}}"
            };
            match comment.split_once(end) {
                Some((_, behind)) => rest = behind.trim(),
                None => return false,
            }
        }
        rest.is_empty()
    }
}

/// Reads them, by name.
///
/// The nearest wins: a snippet over a file, `template` over the folders, a later folder over an earlier one.
pub(super) fn read(
    settings: &Settings,
    root: &Path,
    repository: Option<&Path>,
) -> Result<Vec<TemplateSource>> {
    let bounds = fs_err::canonicalize(repository.unwrap_or(root))?;
    let mut templates = BTreeMap::new();
    for setting in &settings.partials {
        let folder = located(setting, &bounds, "partials")?;
        if !folder.is_dir() {
            return Err(refused(Code::TemplateKind, setting, "is not a folder")
                .help("name the folder that the partials are in")
                .into());
        }
        for path in partials(&folder)? {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let template = file(&name, &path, &bounds, setting)?;
            templates.insert(template.name.clone(), template);
        }
    }
    if let Some(setting) = &settings.template {
        let path = located(setting, &bounds, "template")?;
        if !path.is_file() {
            return Err(refused(Code::TemplateKind, setting, "is not a file")
                .help("name a file; a folder of them is what `partials` names")
                .into());
        }
        let template = file("Dockerfile", &path, &bounds, setting)?;
        templates.insert(template.name.clone(), template);
    }
    for snippet in &settings.snippets {
        templates.insert(snippet.place.to_owned(), of_snippet(snippet, root));
    }
    Ok(templates.into_values().collect())
}

fn refused(code: Code, setting: &Sourced<String>, what: &str) -> Diagnostic {
    let message = format!("`{}` {what}", setting.value.escape_debug());
    Diagnostic::error(code, message).note(setting.origin.to_string())
}

/// The path of a setting, which exists and lies inside of `bounds`.
fn located(setting: &Sourced<String>, bounds: &Path, key: &str) -> Result<PathBuf> {
    if setting.value.chars().any(char::is_control) {
        return Err(refused(
            Code::ControlCharacter,
            setting,
            "has a control character in it",
        )
        .help("rename it")
        .into());
    }
    let path = crate::paths::normalize(&setting.folder.join(&setting.value));
    if !path.exists() {
        return Err(refused(Code::TemplateMissing, setting, "does not exist")
            .help(format!(
                "the path of `{key}` is relative to the manifest that it stands in"
            ))
            .help("begin with what is built in: cargo dockerize templates eject")
            .into());
    }
    inside(&path, bounds, setting)?;
    Ok(path)
}

/// Refuses what a clone of the project does not have, and links to it.
fn inside(path: &Path, bounds: &Path, setting: &Sourced<String>) -> Result<()> {
    if fs_err::canonicalize(path)?.starts_with(bounds) {
        return Ok(());
    }
    Err(
        refused(Code::TemplateOutside, setting, "lies outside the project")
            .note(format!("the project is `{}`", bounds.display()))
            .help("copy it into the repository: a clone has to render the same files")
            .into(),
    )
}

/// The templates in a folder, by name; not those in folders below.
fn partials(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == ENDING) && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn file(
    name: &str,
    path: &Path,
    bounds: &Path,
    setting: &Sourced<String>,
) -> Result<TemplateSource> {
    inside(path, bounds, setting)?;
    let wrong = |what: &str| {
        let message = format!("`{}` {what}", path.display());
        Diagnostic::error(Code::TemplateText, message).note(setting.origin.to_string())
    };
    let is_name = |char: char| char.is_alphanumeric() || "-_.".contains(char);
    if !name.chars().all(is_name) {
        return Err(wrong("has a name that no template can include")
            .help("use letters, digits, `-`, `_` and `.`")
            .into());
    }
    let text = match limits::read(path, LONGEST) {
        Err(Unread::Large(..)) => {
            return Err(wrong("has more than a mebibyte")
                .help("keep data out of templates")
                .into());
        }
        Err(Unread::Binary(_)) => {
            return Err(wrong("is no UTF-8 text").help("save it as UTF-8").into());
        }
        text => text?,
    };
    Ok(TemplateSource {
        name: name.to_owned(),
        text: text.trim_start_matches('\u{feff}').replace("\r\n", "\n"),
        path: path.to_path_buf(),
        within: None,
        origin: setting.origin.clone(),
    })
}

fn of_snippet(snippet: &Snippet, root: &Path) -> TemplateSource {
    let lines = snippet.text.replace("\r\n", "\n");
    let lines = lines.trim_end();
    let text = match snippet.place {
        _ if lines.is_empty() => String::new(),
        // As between the built-in stages.
        "stages" => format!("{lines}\n\n"),
        _ => format!("{lines}\n"),
    };
    TemplateSource {
        name: snippet.place.to_owned(),
        text,
        path: crate::paths::normalize(&root.join(&snippet.location.path)),
        within: Some(snippet.location.clone()),
        origin: snippet.origin.clone(),
    }
}
