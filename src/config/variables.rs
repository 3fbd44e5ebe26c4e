//! `CARGO_DOCKERIZE_*`: wishes of the environment, for CI and for fleets.

use std::ffi::OsString;

use toml::{Table, Value};

use super::Layer;
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::names::alike;

/// What all of them begin with.
const PREFIX: &str = "CARGO_DOCKERIZE_";

/// How the text of a variable becomes a value.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Boolean,
    /// Separated by commas.
    Texts,
    /// Separated by commas.
    Numbers,
}

/// The keys that can be said by a variable: those with plain values.
const KEYS: &[(&str, Kind)] = &[
    ("aliases", Kind::Texts),
    ("all-features", Kind::Boolean),
    ("assets", Kind::Texts),
    ("bin", Kind::Text),
    ("build-packages", Kind::Texts),
    ("builder-image", Kind::Text),
    ("extra-bins", Kind::Texts),
    ("features", Kind::Texts),
    ("front-end", Kind::Boolean),
    ("include", Kind::Texts),
    ("libc", Kind::Text),
    ("linkage", Kind::Text),
    ("no-default-features", Kind::Boolean),
    ("optimize", Kind::Text),
    ("output", Kind::Text),
    ("platforms", Kind::Texts),
    ("port", Kind::Numbers),
    ("profile", Kind::Text),
    ("runtime", Kind::Text),
    ("runtime-packages", Kind::Texts),
    ("strategy", Kind::Text),
];

/// The variable of a key.
pub(crate) fn name(key: &str) -> String {
    format!("{PREFIX}{}", key.to_uppercase().replace('-', "_"))
}

/// The names of all variables that say a wish.
pub(crate) fn variables() -> impl Iterator<Item = String> {
    KEYS.iter().map(|(key, _)| name(key))
}

/// Reads the wishes among the variables of an environment; an empty one says nothing.
///
/// # Errors
///
/// A variable with the prefix that is none of ours, or a value that its key cannot have.
pub fn read_variables(all: impl Iterator<Item = (OsString, OsString)>) -> Result<Layer> {
    let mut wishes = Table::new();
    for (variable, text) in all {
        let Some(variable) = variable.to_str().filter(|name| name.starts_with(PREFIX)) else {
            continue;
        };
        if text.is_empty() {
            continue;
        }
        let Some((key, kind)) = KEYS.iter().find(|(key, _)| name(key) == variable) else {
            return Err(unknown(variable));
        };
        let value = text
            .to_str()
            .ok_or_else(|| "it is not UTF-8".to_owned())
            .and_then(|text| value(*kind, text))
            .and_then(|value| {
                let alone = Table::from_iter([((*key).to_owned(), value.clone())]);
                layer(&alone).map(|_| value)
            });
        match value {
            Ok(value) => wishes.insert((*key).to_owned(), value),
            Err(reason) => return Err(wrong(variable, &reason)),
        };
    }
    layer(&wishes).map_err(|reason| wrong(PREFIX, &reason))
}

fn value(kind: Kind, text: &str) -> Result<Value, String> {
    let items = || {
        text.split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
    };
    Ok(match kind {
        Kind::Text => Value::String(text.to_owned()),
        Kind::Boolean => match text {
            "true" | "1" => Value::Boolean(true),
            "false" | "0" => Value::Boolean(false),
            _ => {
                return Err(format!(
                    "`{}` is neither true nor false",
                    text.escape_debug()
                ));
            }
        },
        Kind::Texts => Value::Array(items().map(|item| item.to_owned().into()).collect()),
        Kind::Numbers => Value::Array(
            items()
                .map(|item| match item.parse::<i64>() {
                    Ok(number) => Ok(Value::Integer(number)),
                    Err(_) => Err(format!("`{}` is no number", item.escape_debug())),
                })
                .collect::<Result<_, _>>()?,
        ),
    })
}

fn layer(wishes: &Table) -> Result<Layer, String> {
    let text = toml::to_string(wishes).map_err(|error| error.to_string())?;
    toml::from_str(&text).map_err(|error| {
        error
            .message()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    })
}

fn wrong(variable: &str, reason: &str) -> crate::Error {
    Diagnostic::error(
        "variable",
        format!("cannot read the variable {variable}: {reason}"),
    )
    .help(format!("unset {variable}, or give it another value"))
    .into()
}

fn unknown(variable: &str) -> crate::Error {
    let known: Vec<String> = KEYS.iter().map(|(key, _)| name(key)).collect();
    let error = Diagnostic::error(
        "variable",
        format!(
            "there is no setting for the variable {}",
            variable.escape_debug()
        ),
    );
    match alike(variable, known.iter().map(String::as_str)).first() {
        Some(near) => error.help(format!("did you mean {near}?")),
        None => error.help(format!("unset it; there are: {}", known.join(", "))),
    }
    .into()
}
