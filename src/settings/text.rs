//! Settings as text: variables `CARGO_DOCKERIZE_*`, for CI and for fleets, and values of flags.

use std::ffi::OsString;

use toml::{Table, Value};

use super::declare::{ROWS, SettingsTable};
use super::row::{PREFIX, Row, Text};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::names::alike;

/// Reads the settings among the variables of an environment; an empty one says nothing.
///
/// # Errors
///
/// A variable with the prefix that is none of ours, or a value that its key cannot have.
pub fn read_variables(all: impl Iterator<Item = (OsString, OsString)>) -> Result<SettingsTable> {
    let mut values = Table::new();
    for (variable, text) in all {
        let Some(variable) = variable.to_str().filter(|name| name.starts_with(PREFIX)) else {
            continue;
        };
        if text.is_empty() {
            continue;
        }
        let named = |row: &&&Row| row.variable_name().is_some_and(|name| name == variable);
        let Some(row) = ROWS.iter().find(named) else {
            return Err(unknown(variable));
        };
        let value = match text.to_str() {
            Some(text) => value(row, &[text]),
            None => Err("it is not UTF-8".to_owned()),
        };
        match value {
            Ok(value) => values.insert(row.key.to_owned(), value),
            Err(reason) => return Err(wrong(variable, &reason)),
        };
    }
    assembled(&values).map_err(|reason| wrong(PREFIX, &reason))
}

/// What a setting is set to by the texts of a flag, one for each time that it is given, or by a variable.
///
/// # Errors
///
/// The reason why its key cannot have this value.
pub(crate) fn value(row: &Row, texts: &[&str]) -> Result<Value, String> {
    let items = |separators: &'static [char]| {
        let items = texts.iter().flat_map(move |text| text.split(separators));
        items.map(str::trim).filter(|item| !item.is_empty())
    };
    let list = |items: &mut dyn Iterator<Item = &str>| {
        Value::Array(items.map(|item| item.to_owned().into()).collect())
    };
    let last = texts.last().copied().unwrap_or_default();
    let value = match row.text {
        Text::Never => return Err("it cannot be set by text".to_owned()),
        Text::One | Text::Word(_) => Value::String(last.to_owned()),
        Text::Switch => match last {
            "true" | "1" => Value::Boolean(true),
            "false" | "0" => Value::Boolean(false),
            other => {
                let other = other.escape_debug();
                return Err(format!("`{other}` is neither true nor false"));
            }
        },
        Text::Names => list(&mut items(&[',', ' '])),
        Text::Paths => list(&mut items(&[','])),
        Text::Numbers => {
            let number = |item: &str| match item.parse::<i64>() {
                Ok(number) => Ok(Value::Integer(number)),
                Err(_) => Err(format!("`{}` is not a number", item.escape_debug())),
            };
            Value::Array(items(&[',']).map(number).collect::<Result<_, _>>()?)
        }
    };
    let alone = Table::from_iter([(row.key.to_owned(), value.clone())]);
    assembled(&alone).map(|_| value)
}

/// The settings that values by keys make.
///
/// # Errors
///
/// The reason why a key cannot have its value.
pub(crate) fn assembled(values: &Table) -> Result<SettingsTable, String> {
    // Through text: values with places in a text are read from text only.
    let text = toml::to_string(values).map_err(|error| error.to_string())?;
    toml::from_str(&text).map_err(|error| {
        let first = error.message().lines().next();
        first.unwrap_or_default().to_owned()
    })
}

fn wrong(variable: &str, reason: &str) -> crate::Error {
    Diagnostic::error(
        Code::Variable,
        format!("cannot read the variable {variable}: {reason}"),
    )
    .help(format!("unset {variable}, or give it another value"))
    .into()
}

fn unknown(variable: &str) -> crate::Error {
    let known: Vec<String> = ROWS.iter().filter_map(|row| row.variable_name()).collect();
    let error = Diagnostic::error(
        Code::Variable,
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
