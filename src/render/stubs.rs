//! Shell commands that make empty targets.

use handlebars::{Helper, JsonRender, RenderError};
use serde_json::Value;

use super::helpers::{refused, stays, value, wrapped};
use crate::plan::{self, StubKind};

/// Shell commands that make empty targets.
pub(super) fn stubs(helper: &Helper<'_>) -> Result<String, RenderError> {
    let build_script = StubKind::BuildScript.text().trim_end();
    let program = StubKind::Program.text().trim_end();
    let stubs = value(helper, 0)?;
    if !stubs["groups"].is_array() {
        return Err(refused(helper, "empty targets: `skeleton.stubs`"));
    }
    lines(helper, stubs)?;
    let list = |key: &str| -> Vec<String> {
        let values = stubs[key].as_array().into_iter().flatten();
        values.map(JsonRender::render).collect()
    };
    let mut commands = Vec::new();
    for group in stubs["groups"].as_array().into_iter().flatten() {
        let part = |key: &str| group[key].as_str().unwrap_or_default();
        let names: Vec<String> = group["names"]
            .as_array()
            .into_iter()
            .flatten()
            .map(JsonRender::render)
            .collect();
        let folder = format!(
            "\"{}$name{}\"",
            double_quoted(part("before")),
            match part("folder") {
                "" => String::new(),
                folder => format!("/{}", double_quoted(folder)),
            }
        );
        let file = format!(
            "{}/{}\"",
            folder.trim_end_matches('"'),
            double_quoted(part("file"))
        );
        let make = match part("kind") {
            "library" => format!("touch {file}"),
            "build-script" => format!("echo '{build_script}' > {file}"),
            _ => format!("echo '{program}' > {file}"),
        };
        commands.push(format!(
            "for name in {}; do \\\n      mkdir -p {folder} && {make}; done",
            wrapped(
                &names
                    .iter()
                    .map(|name| plan::shell(name))
                    .collect::<Vec<_>>(),
                24
            )
        ));
    }
    for (key, command) in [("folders", "mkdir -p"), ("libraries", "touch")] {
        let words: Vec<String> = list(key).iter().map(|word| plan::shell(word)).collect();
        if !words.is_empty() {
            commands.push(format!("{command} {}", wrapped(&words, 24)));
        }
    }
    for (key, line) in [("build_scripts", build_script), ("programs", program)] {
        let words: Vec<String> = list(key).iter().map(|word| plan::shell(word)).collect();
        match words.as_slice() {
            [] => {}
            [file] => commands.push(format!("echo '{line}' > {file}")),
            _ => {
                let files = wrapped(&words, 24);
                // What follows a list of several lines begins one of its own.
                let space = if files.contains('\n') {
                    " \\\n      "
                } else {
                    " "
                };
                let make = format!("echo '{line}' > \"$file\"; done");
                commands.push(format!("for file in {files}; do{space}{make}"));
            }
        }
    }
    Ok(commands.join(" \\\n && "))
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
