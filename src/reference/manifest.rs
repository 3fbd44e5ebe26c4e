//! The JSON schema of a manifest, as far as it is ours: `docs/settings.schema.json`.

use std::path::Path;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::settings::{ManifestTable, SettingsTable, read_table};

/// The schema of a table with all keys, as the code reads it.
pub(super) fn table() -> Value {
    // The draft that editors for TOML understand.
    let generator = SchemaSettings::draft07().into_generator();
    generator.into_root_schema_for::<SettingsTable>().to_value()
}

/// The keys, each with its schema.
pub(super) fn keys(table: &Value) -> &Map<String, Value> {
    let keys = table["properties"].as_object();
    keys.expect("a table has keys")
}

/// The example of a key, as TOML.
pub(super) fn example(schema: &Value) -> String {
    let example = schema["examples"][0].clone();
    let value: toml::Value = serde_json::from_value(example).expect("an example is TOML");
    value.to_string()
}

/// Where a table with keys stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Package,
    Image,
    Workspace,
}

impl Place {
    pub(super) const ALL: [Self; 3] = [Self::Package, Self::Image, Self::Workspace];

    /// Whether a key has a meaning here: the code that reads manifests is asked.
    pub(super) fn has(self, key: &str, schema: &Value) -> bool {
        let (table, name) = match self {
            Self::Package => (ManifestTable::Package, "package.metadata.dockerize"),
            Self::Image => (
                ManifestTable::Package,
                "package.metadata.dockerize.images.web",
            ),
            Self::Workspace => (ManifestTable::Workspace, "workspace.metadata.dockerize"),
        };
        let text = format!("[{name}]\n{key} = {}\n", example(schema));
        match read_table(Path::new("Cargo.toml"), &text, table) {
            Ok(_) => true,
            Err(error) => {
                let error = error.to_string();
                assert!(error.contains("has no meaning"), "{key}: {error}");
                false
            }
        }
    }

    fn definition(self) -> &'static str {
        match self {
            Self::Package => "Package",
            Self::Image => "Image",
            Self::Workspace => "Workspace",
        }
    }
}

/// The schema of a whole manifest, which may hold anything else.
fn manifest() -> Value {
    let table = table();
    let mut definitions = table["definitions"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    for place in Place::ALL {
        let keys = keys(&table).iter();
        let keys = keys.filter(|(key, schema)| place.has(key, schema));
        let keys: Map<String, Value> = keys.map(|(key, it)| (key.clone(), it.clone())).collect();
        let definition = json!({
            "type": "object",
            "properties": keys,
            "additionalProperties": false,
        });
        definitions.insert(place.definition().to_owned(), definition);
    }
    let within = |place: Place| {
        let ours = json!({ "$ref": format!("#/definitions/{}", place.definition()) });
        let metadata = json!({ "type": "object", "properties": { "dockerize": ours } });
        json!({ "type": "object", "properties": { "metadata": metadata } })
    };
    let mut schema = json!({
        "$schema": table["$schema"],
        "title": "cargo-dockerize in Cargo.toml",
        "description": "The tables [package.metadata.dockerize] and [workspace.metadata.dockerize].",
        "type": "object",
        "properties": {
            "package": within(Place::Package),
            "workspace": within(Place::Workspace),
        },
        "definitions": definitions,
    });
    clean(&mut schema);
    schema
}

/// Leaves out what is for the document only, and says defaults in words.
fn clean(schema: &mut Value) {
    match schema {
        Value::Object(keys) => {
            keys.remove("x-see");
            keys.remove("x-type");
            keys.remove("default");
            if let Some(Value::String(default)) = keys.remove("x-default") {
                let text = keys.get("description").and_then(Value::as_str);
                let text = text.expect("a key is described").to_owned();
                keys.insert(
                    "description".to_owned(),
                    format!("{text} Default: {default}.").into(),
                );
            }
            // An image has the keys of its own table, not those of any.
            if keys.get("$ref").is_some_and(|target| target == "#") {
                keys.insert("$ref".to_owned(), "#/definitions/Image".into());
            }
            keys.values_mut().for_each(clean);
        }
        Value::Array(items) => items.iter_mut().for_each(clean),
        _ => {}
    }
}

#[test]
fn is_current() {
    let schema = serde_json::to_string_pretty(&manifest()).expect("a schema is JSON");
    super::compare_file("docs/settings.schema.json", &format!("{schema}\n"));
}
