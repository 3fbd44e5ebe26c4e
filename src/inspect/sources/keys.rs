//! The keys of configuration files: TOML, JSON and YAML.

use std::path::Path;

use saphyr_parser::{Event, Parser};

use crate::limits;

/// One value, the keys that lead to it, and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// From the outermost on.
    pub(super) path: Vec<String>,
    /// As text.
    pub(super) value: String,
    /// The line, counted from 1; 0 where nobody looked for it yet.
    pub(super) line: usize,
}

/// Extensions of files that can be read here.
pub(super) const EXTENSIONS: &[&str] = &["toml", "yaml", "yml", "json", "cfg", "conf"];

/// The keys of a file, with its text; none where it is not what its name says.
pub(super) fn read(path: &Path) -> (Vec<Key>, String) {
    const LARGEST: u64 = 256 * 1024;
    let Ok(text) = limits::read(path, LARGEST) else {
        return Default::default();
    };
    let mut keys = Vec::new();
    match path.extension().and_then(|extension| extension.to_str()) {
        // Some write TOML into files of other names.
        Some("toml" | "cfg" | "conf") => {
            if let Ok(table) = toml::from_str::<toml::Table>(&text) {
                toml_keys(&toml::Value::Table(table), &mut Vec::new(), &mut keys);
            }
        }
        Some("json") => {
            if let Ok(value) = serde_json::from_str(&text) {
                json_keys(&value, &mut Vec::new(), &mut keys);
            }
        }
        Some("yaml" | "yml") => keys = yaml_keys(&text),
        _ => {}
    }
    (keys, text)
}

impl Key {
    /// Finds the line in the text of the file. That goes through all of it: ask for keys that matter.
    pub(super) fn locate(&mut self, text: &str) {
        if self.line == 0 {
            self.line = line_of(text, self);
        }
    }
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

/// The keys of mappings, in both styles; what is in a list has none here. Where the text ends to be YAML, so do the
/// keys.
fn yaml_keys(text: &str) -> Vec<Key> {
    const DEEPEST: usize = 64;
    let text = without_templates(text);
    let mut keys = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(&text) {
        let Ok((event, span)) = event else {
            break;
        };
        match event {
            Event::MappingStart(..) => open.push(Open::Mapping(None)),
            Event::SequenceStart(..) => open.push(Open::List),
            Event::MappingEnd | Event::SequenceEnd => {
                open.pop();
                close_value(&mut open);
            }
            Event::Alias(_) => close_value(&mut open),
            Event::Scalar(value, ..) => match open.last_mut() {
                Some(Open::Mapping(key @ None)) => *key = Some(value.into_owned()),
                _ => {
                    let path = path_of(&open).filter(|_| !value.is_empty());
                    keys.extend(path.map(|path| Key {
                        path,
                        value: value.into_owned(),
                        line: span.start.line(),
                    }));
                    close_value(&mut open);
                }
            },
            Event::DocumentEnd => open.clear(),
            _ => {}
        }
        if open.len() > DEEPEST {
            break;
        }
    }
    keys
}

/// What a value of YAML is in.
enum Open {
    /// A mapping, and the key that has no value yet.
    Mapping(Option<String>),
    List,
}

/// The key that had no value has one.
fn close_value(open: &mut [Open]) {
    if let Some(Open::Mapping(key)) = open.last_mut() {
        *key = None;
    }
}

fn path_of(open: &[Open]) -> Option<Vec<String>> {
    let keys = open.iter().map(|open| match open {
        Open::Mapping(key) => key.clone(),
        Open::List => None,
    });
    keys.collect::<Option<Vec<String>>>()
        .filter(|path| !path.is_empty())
}

/// A template of Tera with the defaults that it names: `{{ get_env(name="PORT", default="5150") }}`.
fn without_templates(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        let (end, value) = match behind.as_bytes().first() {
            Some(b'{') => ("}}", true),
            Some(b'%') => ("%}", false),
            _ => {
                plain.push_str(before);
                plain.push('{');
                rest = behind;
                continue;
            }
        };
        let Some((inner, behind)) = behind
            .split_once(end)
            .filter(|(inner, _)| !inner.contains('\n'))
        else {
            break;
        };
        plain.push_str(before);
        if value {
            plain.push_str(&default_of(inner));
        }
        rest = behind;
    }
    plain.push_str(rest);
    plain
}

fn default_of(template: &str) -> String {
    let default = template
        .split_once("default=")
        .map(|(_, rest)| rest.trim_start());
    let end = |char: char| matches!(char, ')' | ',' | ' ' | '}');
    let word = default.and_then(|rest| rest.split(end).next());
    word.map(|word| unquoted(word).to_owned())
        .unwrap_or_default()
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
    fn yaml_has_two_styles() {
        let text = "---\nserver: {host: 0.0.0.0, port: 8085} # here\nhttp: {\n  \"port\": '80', tls: {port: 443}}\nlist: [{port: 1}, 2]\na: &b\n  c: d\ne: *b\nf: |\n  port: 5\ng: h\n";
        assert_eq!(
            flat(&yaml_keys(text)),
            [
                "server.host=0.0.0.0 :2",
                "server.port=8085 :2",
                "http.port=80 :4",
                "http.tls.port=443 :4",
                "a.c=d :7",
                "f=port: 5\n :10",
                "g=h :11",
            ]
        );
        for odd in [
            "",
            "{",
            "a: [",
            "a: }",
            "\t",
            "{{",
            "{% if a %}\nb: 1\n{% endif %}",
            "&",
            "*a",
            "? ",
            "\u{0}",
        ] {
            yaml_keys(odd);
        }
        yaml_keys(&"[".repeat(9_999));
        yaml_keys(&"{a: ".repeat(9_999));
        assert_eq!(flat(&yaml_keys("a: 1\nb: }\nc: 2\n")), ["a=1 :1"]);
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
