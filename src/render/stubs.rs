//! Shell commands that make empty targets.

use handlebars::{Helper, JsonRender, RenderError};
use serde_json::Value;

use super::parameters::{refused, stays, value};
use super::wrap::wrapped;
use crate::plan::layout;
use crate::quote::Written;
use crate::shell::{Part, ShellText};

/// Shell commands that make empty targets.
pub(super) fn stubs(helper: &Helper<'_>) -> Result<Written, RenderError> {
    let stubs = value(helper, 0)?;
    let Some(groups) = stubs["groups"].as_array() else {
        return Err(refused(helper, "empty targets: `skeleton.stubs`"));
    };
    lines(helper, stubs)?;
    let [first, second] = layout::STUB;
    let stub = Written::ours("stub='").and(first).and(" \\\n      ");
    let mut commands = vec![stub.and(second).and("'")];
    for group in groups {
        let part = |key: &str| group[key].as_str().unwrap_or_default();
        let mut folder = vec![Part::Text(part("before")), Part::Ours("$name")];
        if !part("folder").is_empty() {
            folder.extend([Part::Ours("/"), Part::Text(part("folder"))]);
        }
        let mut file = folder.clone();
        file.extend([Part::Ours("/"), Part::Text(part("file"))]);
        let command = Written::ours("for name in ")
            .and(wrapped(words(&group["names"]), 24))
            .and("; do \\\n      mkdir -p ")
            .and(ShellText::expanded(&folder))
            .and(" && echo \"$stub\" > ")
            .and(ShellText::expanded(&file));
        commands.push(command.and("; done"));
    }
    let folders = words(&stubs["folders"]);
    if !folders.is_empty() {
        commands.push(Written::ours("mkdir -p ").and(wrapped(folders, 24)));
    }
    let mut files = words(&stubs["files"]);
    if files.len() == 1 {
        commands.extend(
            files
                .pop()
                .map(|file| Written::ours("echo \"$stub\" > ").and(file)),
        );
    } else if !files.is_empty() {
        let files = wrapped(files, 24);
        // What follows a list of several lines begins one of its own.
        let space = match files.as_str().contains('\n') {
            true => " \\\n      ",
            false => " ",
        };
        let command = Written::ours("for file in ").and(files).and("; do");
        commands.push(command.and(space).and("echo \"$stub\" > \"$file\"; done"));
    }
    Ok(Written::join(commands, " \\\n && "))
}

/// The values of a list as words of a shell.
fn words(list: &Value) -> Vec<Written> {
    let values = list.as_array().into_iter().flatten();
    let words = values.map(|value| ShellText::word(&value.render()));
    words.map(Written::from).collect()
}

/// Refuses paths that do not stay on their line.
fn lines(helper: &Helper<'_>, value: &Value) -> Result<(), RenderError> {
    match value {
        Value::String(text) => stays(helper, text),
        Value::Array(values) => values.iter().try_for_each(|value| lines(helper, value)),
        Value::Object(keys) => keys.values().try_for_each(|value| lines(helper, value)),
        _ => Ok(()),
    }
}
