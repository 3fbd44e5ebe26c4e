//! What the built-in templates write as it is: text for a shell, which is quoted when it is made, and in ignore
//! files patterns of the program's own table.

use crate::render::built_in;
use serde_json::Value;

/// Each value, and where its type is in the schema of the plan.
const VALUES: &[(&str, &str)] = &[
    ("build.arguments", "/$defs/Build/properties/arguments/items"),
    ("build.programs", "/$defs/Build/properties/programs/items"),
    ("build.target", "/$defs/Build/properties/target"),
    (
        "caching.builds",
        "/$defs/Caching/properties/builds/items/items",
    ),
    (
        "caching.clean_arguments",
        "/$defs/Caching/properties/clean_arguments/items",
    ),
    (
        "caching.local_clean_arguments",
        "/$defs/Caching/properties/local_clean_arguments/items",
    ),
    (
        "caching.layers.clean_arguments",
        "/$defs/LocalLayer/properties/clean_arguments/items",
    ),
    ("front_end.build.value", "/$defs/FrontEnd/properties/build"),
    (
        "front_end.install.value",
        "/$defs/FrontEnd/properties/install",
    ),
    (
        "private.arguments",
        "/$defs/Private/properties/arguments/items",
    ),
    (
        "runtime.healthcheck.probe",
        "/$defs/Healthcheck/properties/probe/items",
    ),
    (
        "runtime.libraries.loads.value",
        "/$defs/Libraries/properties/loads/items",
    ),
];

/// The same of patterns, which only an ignore file may have.
const PATTERNS: &[(&str, &str)] = &[(
    "context.secrets.rules.names",
    "/$defs/SecretRule/properties/names/items",
)];
/// The templates of ignore files.
const IGNORE_FILES: &[&str] = &["dockerignore"];

/// The names that a template writes with three braces or by `words … raw=true`, in full.
fn verbatim(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut within: Vec<String> = Vec::new();
    let full = |within: &[String], name: &str| {
        if let Some(rooted) = name.strip_prefix("@root/") {
            return rooted.to_owned();
        }
        let lists = within.iter().rfind(|name| !name.is_empty());
        match (lists, name) {
            (Some(list), "this") => list.clone(),
            (Some(list), name) if !name.contains('.') => format!("{list}.{name}"),
            (_, name) => name.to_owned(),
        }
    };
    for tag in text.split("{{").skip(1) {
        let tag = tag.split("}}").next().unwrap_or_default();
        if let Some(list) = tag.strip_prefix("#each ") {
            within.push(full(&within, list));
        } else if tag.starts_with("/each") {
            within.pop();
        } else if let Some(name) = tag.strip_prefix('{') {
            names.push(full(&within, name.trim()));
        } else if tag.contains("raw=true") {
            let name = tag.split_whitespace().nth(1).unwrap_or_default();
            names.push(full(&within, name));
        }
    }
    names
}

/// Whether a type, or what a decision of it decides, has a mark: it can be made of nothing that is untrusted.
fn is_marked(schema: &Value, at: &Value, mark: &str) -> bool {
    if at[mark] == true {
        return true;
    }
    let name = at["$ref"].as_str().and_then(|name| name.strip_prefix('#'));
    let options = at["anyOf"].as_array().into_iter().flatten();
    let referred = name.and_then(|name| schema.pointer(name));
    let value = at.pointer("/properties/value");
    options
        .filter(|option| option["type"] != "null")
        .chain(referred)
        .chain(value)
        .any(|inner| is_marked(schema, inner, mark))
}

#[test]
fn only_text_for_a_shell_is_written_as_it_is() {
    let schema = super::written::<crate::plan::Plan>();
    for (values, mark) in [(VALUES, "x-shell"), (PATTERNS, "x-pattern")] {
        for (name, pointer) in values {
            let found = schema.pointer(pointer);
            assert!(
                found.is_some_and(|found| is_marked(&schema, found, mark)),
                "{name} is a plain string: {found:?}"
            );
        }
    }
    let mut used = Vec::new();
    for template in built_in() {
        for name in verbatim(template.text) {
            let patterns = PATTERNS
                .iter()
                .filter(|_| IGNORE_FILES.contains(&template.name));
            assert!(
                VALUES
                    .iter()
                    .chain(patterns)
                    .any(|(known, _)| *known == name),
                "`{}` writes `{name}` as it is, which only text for a shell and patterns of our own may be",
                template.name
            );
            used.push(name);
        }
    }
    for (name, _) in VALUES.iter().chain(PATTERNS) {
        assert!(
            used.iter().any(|used| used == name),
            "nothing writes {name}"
        );
    }
}
