//! References in `docs/`, made from the types that they describe: what the plan is written as, and what manifests
//! are read as.
//!
//! The tests here compare; `SNAPSHOTS=overwrite cargo test --lib reference` writes.

mod diagnostics;
mod manifest;
#[cfg(feature = "cli")]
mod settings;
mod shapes;
mod verbatim;
mod words;

use std::collections::BTreeSet;
use std::path::PathBuf;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// What stands before and behind the text that is made.
const BEGIN: &str = "<!-- made from the code: SNAPSHOTS=overwrite cargo test --lib reference -->\n";
const END: &str = "<!-- until here -->\n";

/// The schema of what a type is written as.
fn written<T: JsonSchema>() -> Value {
    let generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    generator.into_root_schema_for::<T>().to_value()
}

/// Tables for a type and for all that it is made of, each under a title of its own.
///
/// `known` are types that are described elsewhere in the same document.
fn tables(schema: &Value, title: &str, known: &[&str]) -> String {
    let mut page = Page {
        types: &schema["$defs"],
        seen: known.iter().map(|name| (*name).to_owned()).collect(),
        tells_keys: false,
        text: String::new(),
    };
    page.table(title, schema, 2);
    page.text
}

struct Page<'a> {
    /// The types that have names.
    types: &'a Value,
    seen: BTreeSet<String>,
    /// Whether what a key means includes the keys below it, instead of a table of their own.
    tells_keys: bool,
    text: String,
}

impl<'a> Page<'a> {
    /// The table of a type, then those of the types of its keys.
    fn table(&mut self, title: &str, schema: &'a Value, level: usize) {
        let mut rows = String::new();
        let mut below = Vec::new();
        for (key, value, is_optional) in keys(schema) {
            let kind = self.kind(value, &mut below);
            // What is left out where it is null is never null.
            let (kind, optional) = match is_optional {
                true => (kind.trim_end_matches(", or null"), ", *optional*"),
                false => (kind.as_str(), ""),
            };
            let meaning = self.meaning(value);
            rows.push_str(&format!("| `{key}` | {kind}{optional} | {meaning} |\n"));
        }
        let marks = "#".repeat(level);
        let about = description(schema);
        self.text.push_str(&format!(
            "{marks} {title}\n\n{about}\n\n| key | type | meaning |\n|---|---|---|\n{rows}\n"
        ));
        for name in below {
            if self.seen.insert(name.clone()) {
                let schema = &self.types[&name];
                self.table(&words(&name), schema, (level + 1).min(4));
            }
        }
    }

    /// How a type is called; the names of those that have a table are put into `below`.
    fn kind(&self, schema: &'a Value, below: &mut Vec<String>) -> String {
        if let Some(name) = reference(schema) {
            let target = &self.types[name];
            if let Some(inner) = name
                .strip_prefix("Decision")
                .map(|_| &target["properties"]["value"])
            {
                let inner = self.kind(inner, below);
                return format!("decision of {inner}");
            }
            if let Some(variants) = variants(target) {
                let names: Vec<_> = variants.iter().map(|(name, _)| quoted(name)).collect();
                return alternatives(&names);
            }
            if target["anyOf"].is_array() {
                return self.kind(target, below);
            }
            below.push(name.to_owned());
            let words = words(name);
            return format!("[{words}](#{})", words.replace(' ', "-"));
        }
        if let Some(options) = schema["anyOf"].as_array() {
            // The form of a list that adds to an inherited one is the same for all.
            let options = options
                .iter()
                .filter(|option| option["properties"]["add"].is_null());
            let kinds: Vec<_> = options.map(|option| self.kind(option, below)).collect();
            return kinds.join(", or ");
        }
        if let Some(value) = schema["const"].as_str() {
            return quoted(value);
        }
        match &schema["type"] {
            Value::Array(kinds) => {
                let kinds: Vec<_> = kinds.iter().filter_map(Value::as_str).map(plain).collect();
                alternatives(&kinds)
            }
            Value::String(kind) if kind == "array" => {
                format!("list of {}", plural(&self.kind(&schema["items"], below)))
            }
            Value::String(kind)
                if kind == "object" && schema["additionalProperties"].is_object() =>
            {
                let inner = self.kind(&schema["additionalProperties"], below);
                format!("table of {}", plural(&inner))
            }
            Value::String(kind) => plain(kind),
            _ => "value".to_owned(),
        }
    }

    /// What a key means, and what each of its values does where it has few, or each key below it.
    fn meaning(&self, schema: &'a Value) -> String {
        let mut text = description(schema);
        let mut inner = match &schema["items"] {
            Value::Null => schema,
            items => items,
        };
        while let Some(name) = reference(inner) {
            inner = &self.types[name];
            if name.starts_with("Decision") {
                inner = &inner["properties"]["value"];
            }
        }
        let below = match variants(inner) {
            Some(variants) => variants,
            None if self.tells_keys => keys(inner)
                .into_iter()
                .map(|(name, schema, _)| (name.to_owned(), description(schema)))
                .collect(),
            None => Vec::new(),
        };
        for (name, about) in below {
            text.push_str(&format!(" `{name}`: {}", lower(&about)));
        }
        text
    }
}

/// The keys of an object in the order of the code, and whether each may be left out.
fn keys(schema: &Value) -> Vec<(&str, &Value, bool)> {
    let Some(properties) = schema["properties"].as_object() else {
        return Vec::new();
    };
    let required = schema["required"].as_array().into_iter().flatten();
    let required: Vec<&str> = required.filter_map(Value::as_str).collect();
    let optional = properties.keys().map(String::as_str);
    let optional: Vec<&str> = optional.filter(|key| !required.contains(key)).collect();
    let all = required.iter().map(|key| (*key, false));
    all.chain(optional.into_iter().map(|key| (key, true)))
        .map(|(key, is_optional)| (key, &properties[key], is_optional))
        .collect()
}

fn reference(schema: &Value) -> Option<&str> {
    // Older drafts know no reference with a description beside it.
    let target = schema["$ref"]
        .as_str()
        .or(schema["allOf"][0]["$ref"].as_str())?;
    target
        .strip_prefix("#/$defs/")
        .or(target.strip_prefix("#/definitions/"))
}

/// The values of an enumeration, each with what it means.
fn variants(schema: &Value) -> Option<Vec<(String, String)>> {
    let options = schema["oneOf"].as_array()?;
    options
        .iter()
        .map(|option| Some((option["const"].as_str()?.to_owned(), description(option))))
        .collect()
}

fn description(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn alternatives(kinds: &[String]) -> String {
    match kinds {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => kinds.concat(),
    }
}

fn plain(kind: &str) -> String {
    match kind {
        "integer" => "number",
        other => other,
    }
    .to_owned()
}

fn plural(kind: &str) -> String {
    match kind {
        "string" | "number" | "boolean" => format!("{kind}s"),
        kind if kind.starts_with("list of") => kind.replacen("list of", "lists of", 1),
        kind => kind.replacen("decision of", "decisions of", 1),
    }
}

fn quoted(value: &str) -> String {
    format!("`\"{value}\"`")
}

/// `StubGroup` as `stub group`.
fn words(name: &str) -> String {
    let mut words = String::new();
    for char in name.chars() {
        if char.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(char.to_lowercase());
    }
    words
}

/// A sentence behind a colon; names stay as they are.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    let Some(first) = chars.next() else {
        return String::new();
    };
    let is_name = chars
        .clone()
        .next()
        .is_some_and(|c| !c.is_lowercase() && c != ' ');
    match is_name {
        true => text.to_owned(),
        false => first.to_lowercase().chain(chars).collect(),
    }
}

/// Compares the part of a document that is made from the code.
#[track_caller]
fn compare(document: &str, made: &str) {
    let text = read(document);
    let (before, rest) = text.split_once(BEGIN).expect("there is a beginning");
    let (_, behind) = rest.split_once(END).expect("there is an end");
    compare_file(document, &format!("{before}{BEGIN}\n{made}{END}{behind}"));
}

/// Compares a file of the repository with what the code makes of it, or writes it.
#[track_caller]
fn compare_file(file: &str, made: &str) {
    if std::env::var("SNAPSHOTS").is_ok_and(|text| text == "overwrite") {
        fs_err::write(path(file), made).expect("the file can be written");
    }
    assert!(
        read(file) == made,
        "{file} is stale: SNAPSHOTS=overwrite cargo test --lib reference"
    );
}

fn read(file: &str) -> String {
    let text = fs_err::read_to_string(path(file)).expect("the file is there");
    text.replace("\r\n", "\n")
}

fn path(file: &str) -> PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

#[test]
fn of_the_plan() {
    let made = tables(
        &written::<crate::plan::Plan>(),
        "Top level",
        &["Evidence", "Origin", "Place"],
    );
    compare("docs/plan.md", &made);
}
