//! Shell commands that make empty targets.

use handlebars::{Helper, JsonRender, RenderError};
use serde_json::Value;

use super::parameters::{refused, stays, value};
use super::wrap::wrapped;
use crate::decide;
use crate::quote;

/// Shell commands that make empty targets.
pub(super) fn stubs(helper: &Helper<'_>) -> Result<String, RenderError> {
    let stubs = value(helper, 0)?;
    if !stubs["groups"].is_array() {
        return Err(refused(helper, "empty targets: `skeleton.stubs`"));
    }
    lines(helper, stubs)?;
    let [first, second] = decide::STUB;
    let mut commands = vec![format!("stub='{first} \\\n      {second}'")];
    for group in stubs["groups"].as_array().into_iter().flatten() {
        let part = |key: &str| double_quoted(group[key].as_str().unwrap_or_default());
        let below = match part("folder").as_str() {
            "" => String::new(),
            folder => format!("/{folder}"),
        };
        let folder = format!("{}$name{below}", part("before"));
        let file = part("file");
        commands.push(format!(
            "for name in {}; do \\\n      mkdir -p \"{folder}\" && echo \"$stub\" > \"{folder}/{file}\"; done",
            wrapped(&words(&group["names"]), 24)
        ));
    }
    let folders = words(&stubs["folders"]);
    if !folders.is_empty() {
        commands.push(format!("mkdir -p {}", wrapped(&folders, 24)));
    }
    match words(&stubs["files"]).as_slice() {
        [] => {}
        [file] => commands.push(format!("echo \"$stub\" > {file}")),
        files => {
            let files = wrapped(files, 24);
            // What follows a list of several lines begins one of its own.
            let space = match files.contains('\n') {
                true => " \\\n      ",
                false => " ",
            };
            commands.push(format!(
                "for file in {files}; do{space}echo \"$stub\" > \"$file\"; done"
            ));
        }
    }
    Ok(commands.join(" \\\n && "))
}

/// The values of a list as words of a shell.
fn words(list: &Value) -> Vec<String> {
    let values = list.as_array().into_iter().flatten();
    values.map(|value| quote::shell(&value.render())).collect()
}

/// Text between the double quotes of a shell.
fn double_quoted(text: &str) -> String {
    let mut quoted = String::new();
    for char in text.chars() {
        if matches!(char, '"' | '\\' | '$' | '`') {
            quoted.push('\\');
        }
        quoted.push(char);
    }
    quoted
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
