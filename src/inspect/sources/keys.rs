//! The keys of configuration files: TOML, JSON, and of YAML what is a mapping of plain values.

use std::path::Path;

use crate::limits;
/// One value, the keys that lead to it, and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// From the outermost on.
    pub(super) path: Vec<String>,
    /// As text.
    pub(super) value: String,
    /// The line, counted from 1.
    pub(super) line: usize,
}

/// Extensions of files that can be read here.
pub(super) const EXTENSIONS: &[&str] = &["toml", "yaml", "yml", "json"];

/// The keys of a file; none where it is not what its name says.
pub(super) fn read(path: &Path) -> Vec<Key> {
    const LARGEST: u64 = 256 * 1024;
    let Ok(text) = limits::read(path, LARGEST) else {
        return Vec::new();
    };
    let mut keys = Vec::new();
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("toml") => {
            if let Ok(table) = toml::from_str::<toml::Table>(&text) {
                toml_keys(&toml::Value::Table(table), &mut Vec::new(), &mut keys);
            }
        }
        Some("json") => {
            if let Ok(value) = serde_json::from_str(&text) {
                json_keys(&value, &mut Vec::new(), &mut keys);
            }
        }
        Some("yaml" | "yml") => return yaml_keys(&text),
        _ => {}
    }
    for key in &mut keys {
        key.line = line_of(&text, key);
    }
    keys
}

fn toml_keys(value: &toml::Value, path: &mut Vec<String>, keys: &mut Vec<Key>) {
    let text = match value {
        toml::Value::Table(table) => {
            for (name, value) in table {
                path.push(name.clone());
                toml_keys(value, path, keys);
                path.pop();
            }
            return;
        }
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        _ => return,
    };
    keys.push(Key {
        path: path.clone(),
        value: text,
        line: 0,
    });
}

fn json_keys(value: &serde_json::Value, path: &mut Vec<String>, keys: &mut Vec<Key>) {
    let text = match value {
        serde_json::Value::Object(object) => {
            for (name, value) in object {
                path.push(name.clone());
                json_keys(value, path, keys);
                path.pop();
            }
            return;
        }
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) => number.to_string(),
        _ => return,
    };
    keys.push(Key {
        path: path.clone(),
        value: text,
        line: 0,
    });
}

/// The first line with the key and the value, behind the line of the section that it is in.
fn line_of(text: &str, key: &Key) -> usize {
    let mut from = 0;
    let lines: Vec<&str> = text.lines().collect();
    let (last, sections) = match key.path.split_last() {
        Some(parts) => parts,
        None => return 1,
    };
    for section in sections {
        let at = lines[from..]
            .iter()
            .position(|line| line.contains(section.as_str()));
        from += at.unwrap_or_default();
    }
    let is_it = |line: &&str| line.contains(last.as_str()) && line.contains(key.value.as_str());
    lines[from..]
        .iter()
        .position(is_it)
        .map_or(1, |at| from + at + 1)
}

/// Mappings by their indentation; lists, anchors and texts of several lines have no keys here.
fn yaml_keys(text: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut open: Vec<(usize, String)> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let body = line.trim_start();
        let indent = line.len() - body.len();
        if body.is_empty() || body.starts_with(['#', '-', '%']) {
            continue;
        }
        let Some((name, value)) = body.split_once(':') else {
            continue;
        };
        if !(value.is_empty() || value.starts_with([' ', '\t'])) {
            continue;
        }
        open.retain(|(outer, _)| *outer < indent);
        let name = unquoted(name.trim()).to_owned();
        let value = scalar(value.trim());
        if value.is_empty() {
            open.push((indent, name));
            continue;
        }
        let mut path: Vec<String> = open.iter().map(|(_, name)| name.clone()).collect();
        path.push(name);
        keys.push(Key {
            path,
            value,
            line: at + 1,
        });
    }
    keys
}

/// A plain or quoted value without its comment; of a template its default.
fn scalar(text: &str) -> String {
    if text.starts_with("{{") {
        let default = text
            .split_once("default=")
            .map(|(_, rest)| rest.trim_start());
        let end = |char: char| matches!(char, ')' | ',' | ' ' | '}');
        return default
            .and_then(|rest| rest.split(end).next())
            .map(|word| unquoted(word).to_owned())
            .unwrap_or_default();
    }
    if let Some(quote) = text
        .chars()
        .next()
        .filter(|char| matches!(char, '"' | '\''))
    {
        let inner = &text[1..];
        return inner.split(quote).next().unwrap_or_default().to_owned();
    }
    let plain = text.split(" #").next().unwrap_or_default().trim();
    match plain.starts_with(['#', '&', '*', '|', '>', '[', '{', '!']) {
        true => String::new(),
        false => plain.to_owned(),
    }
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(keys: &[Key]) -> Vec<String> {
        let line = |key: &Key| format!("{}={} :{}", key.path.join("."), key.value, key.line);
        keys.iter().map(line).collect()
    }

    #[test]
    fn yaml_mappings_have_keys() {
        let text = "# c\napplication:\n  port: 8000 # the port\n  host: \"0.0.0.0\"\ndatabase:\n  port: 5432\n  deep:\n    a: b\nserver:\n  port: {{ get_env(name=\"PORT\", default=\"5150\") }}\nlist:\n  - port: 1\nurl: redis://a:6379\n";
        assert_eq!(
            flat(&yaml_keys(text)),
            [
                "application.port=8000 :3",
                "application.host=0.0.0.0 :4",
                "database.port=5432 :6",
                "database.deep.a=b :8",
                "server.port=5150 :10",
                "url=redis://a:6379 :13",
            ]
        );
    }

    #[test]
    fn lines_are_those_of_the_section() {
        let text = "[database]\nport = 5432\n[server]\nport = 8080\n";
        let key = Key {
            path: vec!["server".to_owned(), "port".to_owned()],
            value: "8080".to_owned(),
            line: 0,
        };
        assert_eq!(line_of(text, &key), 4);
    }
}
