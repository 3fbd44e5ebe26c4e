//! The table is complete, and what is shown of it.

use std::collections::BTreeSet;

use super::{Flag, ROWS, Row, SettingsTable, Text};

/// A setting's schema with what its row says.
pub(super) fn schema(schema: schemars::Schema, row: &Row) -> serde_json::Value {
    let mut schema = schema;
    let about: Vec<&str> = row.about.split_whitespace().collect();
    schema.insert("description".to_owned(), about.join(" ").into());
    let notes = [
        ("x-default", row.unset),
        ("x-see", row.see),
        ("x-type", row.shape),
    ];
    for (name, text) in notes {
        if !text.is_empty() {
            schema.insert(name.to_owned(), text.into());
        }
    }
    let example = toml::from_str::<toml::Table>(&format!("it = {}", row.example));
    let mut example = example.expect("an example is TOML");
    let example = example.remove("it").map(serde_json::to_value);
    let example = example.expect("there is one").expect("TOML is JSON");
    schema.insert("examples".to_owned(), vec![example].into());
    schema.to_value()
}

#[test]
fn every_row_is_complete() {
    let mut keys = BTreeSet::new();
    for row in ROWS {
        let key = row.key;
        assert!(keys.insert(key), "`{key}` is there twice");
        assert!(row.about.trim().ends_with('.'), "`{key}`: {}", row.about);
        let table = format!("{key} = {}", row.example);
        if let Err(error) = toml::from_str::<SettingsTable>(&table) {
            panic!("the example of `{key}`: {error}");
        }
        assert_ne!(row.flag, Flag::Undecided, "`{key}`: flag or no flag?");
        assert!(row.variable.is_some(), "`{key}`: variable or no variable?");
        let is_text = row.text != Text::Never;
        let is_set_by_text = row.flag_name().is_some() || row.variable_name().is_some();
        assert_eq!(is_text, is_set_by_text, "`{key}`: from which kind of text?");
    }
}

#[test]
fn no_two_rows_have_one_flag() {
    let flags: Vec<String> = ROWS.iter().filter_map(|row| row.flag_name()).collect();
    let distinct: BTreeSet<&String> = flags.iter().collect();
    assert_eq!(distinct.len(), flags.len(), "{flags:?}");
}
