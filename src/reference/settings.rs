//! The reference of settings: the part of `docs/settings.md` and of `docs/crates.md` that is made from the code.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::manifest::{self, Place};
use super::{Page, compare};
use crate::knowledge::Rule;
use crate::settings::{self, ROWS, SettingsTable};

/// A table of keys with what they are set to where nothing is said.
struct Keys<'a> {
    page: Page<'a>,
    has_examples: bool,
}

impl<'a> Keys<'a> {
    fn new(root: &'a Value, has_examples: bool) -> Self {
        let page = Page {
            types: &root["definitions"],
            seen: BTreeSet::new(),
            tells_keys: true,
            text: String::new(),
        };
        Self { page, has_examples }
    }

    fn header(&mut self, before: &[&str]) {
        let mut columns = vec!["key"];
        columns.extend(before);
        columns.extend(["type", "default"]);
        columns.extend(self.has_examples.then_some("example"));
        columns.push("what it says");
        let line = format!(
            "| {} |\n|{}\n",
            columns.join(" | "),
            "---|".repeat(columns.len())
        );
        self.page.text.push_str(&line);
    }

    fn row(&mut self, key: &str, before: &[String], schema: &'a Value) {
        let kind = match schema["x-type"].as_str() {
            Some(kind) => kind.to_owned(),
            None => self.page.kind(schema, &mut Vec::new()),
        };
        let mut cells = vec![format!("`{key}`")];
        cells.extend(before.iter().cloned());
        cells.push(kind.clone());
        cells.push(unset(schema, &kind));
        if self.has_examples {
            cells.push(format!("`{}`", manifest::example(schema)));
        }
        let mut meaning = self.page.meaning(schema);
        if let Some(see) = schema["x-see"].as_str() {
            meaning.push_str(&format!(" See {see}."));
        }
        cells.push(meaning);
        let line = format!("| {} |\n", cells.join(" | "));
        self.page.text.push_str(&line);
    }
}

/// What a key is where nobody says anything.
fn unset(schema: &Value, kind: &str) -> String {
    if let Some(said) = schema["x-default"].as_str() {
        return said.to_owned();
    }
    match &schema["default"] {
        Value::Null => {}
        value => return format!("`{value}`"),
    }
    let empty = match kind {
        "boolean" => "`false`",
        kind if kind.contains("list") => "`[]`",
        _ => "`{}`",
    };
    empty.to_owned()
}

/// Keys in the order of the code, which is that of serde when it lists them.
fn in_order<T: DeserializeOwned + std::fmt::Debug>(
    keys: &Map<String, Value>,
) -> Vec<(&str, &Value)> {
    let error = toml::from_str::<T>("no-such-key = 1").expect_err("there is no such key");
    let (_, names) = settings::unknown_field(error.message()).expect("the keys are listed");
    let listed: BTreeSet<&str> = names.iter().copied().collect();
    assert!(
        keys.keys().all(|key| listed.contains(key.as_str())),
        "{names:?}"
    );
    let find = |name| {
        keys.get_key_value(name)
            .map(|(key, schema)| (key.as_str(), schema))
    };
    names.into_iter().filter_map(find).collect()
}

/// Keys of the first table: those that several places have, and those that no two packages have the same.
fn is_general(key: &str, schema: &Value) -> bool {
    let has = |place: Place| place.has(key, schema);
    has(Place::Package) && (has(Place::Workspace) || has(Place::Image))
}

#[test]
fn of_settings() {
    let table = manifest::table();
    let mut rows = Keys::new(&table, true);
    let all = in_order::<SettingsTable>(manifest::keys(&table));
    let (general, others): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|(key, schema)| is_general(key, schema));
    rows.header(&[]);
    for (key, schema) in &general {
        rows.row(key, &[], schema);
    }
    let keys: Vec<&str> = general.iter().map(|(key, _)| *key).collect();
    rows.page.text.push_str(&exceptions(&keys));
    rows.header(&["table"]);
    for (key, schema) in others {
        let place = match Place::Package.has(key, schema) {
            true => "package",
            false => "workspace",
        };
        rows.row(key, &[place.to_owned()], schema);
    }
    rows.page.text.push('\n');
    compare("docs/settings.md", &rows.page.text);
}

/// What cannot be set by a flag or a variable.
fn exceptions(keys: &[&str]) -> String {
    let row = |key: &&str| ROWS.iter().find(|row| row.key == *key);
    let has_flag = |key: &&str| row(key).is_some_and(|row| row.flag_name().is_some());
    let has_variable = |key: &&str| row(key).is_some_and(|row| row.variable_name().is_some());
    format!(
        "\nThere are no flags for {}: they belong to the project, not to one call.\n\
         There are no variables for {}.\n\n\
         These stand in one of the two tables only, as `bin` and `output` do in that of a package: no two members\n\
         have the same.\n\n",
        without(keys, has_flag),
        without(keys, has_variable),
    )
}

/// The keys that do not have something.
fn without(keys: &[&str], has: impl Fn(&&str) -> bool) -> String {
    let keys = keys.iter().filter(|key| !has(key));
    let keys: Vec<String> = keys.map(|key| format!("`{key}`")).collect();
    super::alternatives(&keys).replace(" or ", " and ")
}

#[test]
fn of_rules() {
    let table = manifest::table();
    let mut rows = Keys::new(&table, false);
    let rule = &table["definitions"]["Rule"];
    rows.header(&[]);
    for (key, schema) in in_order::<Rule>(manifest::keys(rule)) {
        rows.row(key, &[], schema);
    }
    rows.page.text.push('\n');
    compare("docs/crates.md", &rows.page.text);
}
