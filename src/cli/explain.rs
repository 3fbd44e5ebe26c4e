//! `cargo dockerize explain`: what is known about a crate, and what a code means, for people.

use serde_json::Value;

use super::report::{DIM, GOOD, NAME, Report};
use super::terminal::Text;
use crate::diagnostic::Code;
use crate::plan::{Explanation, Found, RuleFacts, RuleSource};

impl Report {
    /// The page of a code, on standard output: blocks of code are indented.
    pub(super) fn page(&self, code: Code, is_crate_too: bool) {
        let mut text = Text::new().styled(GOOD, code.as_str());
        text = text.add(" is the code of a message").end().end();
        let mut is_code = false;
        for line in code.page().lines() {
            if line.starts_with("```") {
                is_code = !is_code;
                continue;
            }
            let indent = if is_code { "    " } else { "" };
            text = text.add(indent).add(line).end();
        }
        if is_crate_too {
            text = text.end().styled(GOOD, code.as_str());
            text = text.add(" is a crate, too").end().end();
        }
        self.prose(&text);
    }

    /// What is known about one crate, on standard output.
    pub(super) fn explanation(&self, explanation: &Explanation) {
        let mut text = Text::new();
        for found in &explanation.found {
            text = version(text, &explanation.name, found);
        }
        if explanation.found.is_empty() {
            text = text.styled(GOOD, &explanation.name);
            text = text.add(" is not in the graph of ");
            text = text.add(&explanation.binary).end();
            let rules = &explanation.rules;
            for (at, rule) in rules.iter().enumerate() {
                text = self::rule(text, rule);
                // The rules of a row have one source.
                if rules
                    .get(at + 1)
                    .is_none_or(|next| next.source != rule.source)
                {
                    text = source(text, rule);
                }
            }
        }
        if let Some(lesson) = &explanation.lesson {
            let where_to = format!("to {}; a list may be empty:", lesson.manifest);
            text = row(text, "add", &where_to);
            text = lesson
                .lines
                .lines()
                .fold(text, |text, line| row(text, "", line));
        }
        self.prose(&text);
    }
}

fn version(text: Text, name: &str, found: &Found) -> Text {
    let mut text = text
        .styled(GOOD, &format!("{name} v{}", found.version))
        .end();
    let word = if found.is_linked { "linked" } else { "builds" };
    text = row(text, word, &found.path.join(" -> "));
    if !found.features.is_empty() {
        text = row(text, "features", &found.features.join(", "));
    }
    text = match &found.rule {
        Some(applied) => source(rule(text, applied), applied),
        None => row(text, "rule", "none"),
    };
    match (&found.rule, &found.native) {
        (None, Some(fact)) => row(text, "native", fact),
        (None, None) => row(text, "native", "nothing shows that it has native code"),
        (Some(_), _) => text,
    }
}

/// The lines of a rule, as its table has them.
fn rule(text: Text, rule: &RuleFacts) -> Text {
    let lines = |text: Text, first: &str, keys: &std::collections::BTreeMap<String, Value>| {
        keys.iter()
            .enumerate()
            .fold(text, |text, (at, (key, value))| {
                let word = if at == 0 { first } else { "" };
                row(text, word, &format!("{key} = {}", toml(value)))
            })
    };
    let text = lines(text, "where", &rule.conditions);
    let text = lines(text, "rule", &rule.leads_to);
    match rule.leads_to.is_empty() {
        true => row(text, "rule", "needs nothing"),
        false => text,
    }
}

fn source(text: Text, rule: &RuleFacts) -> Text {
    let source = match &rule.source {
        RuleSource::Manifest(place) => place.to_string(),
        RuleSource::Table { source } => source.clone(),
        RuleSource::SystemDeps => "its `package.metadata.system-deps`".to_owned(),
    };
    text.column(NAME, "source").styled(DIM, &source).end()
}

fn row(text: Text, word: &str, value: &str) -> Text {
    text.column(NAME, word).add(value).end()
}

/// A value of a rule as TOML.
fn toml(value: &Value) -> String {
    match value {
        Value::Object(keys) => {
            let keys: Vec<_> = keys
                .iter()
                .map(|(key, value)| format!("{key} = {}", toml(value)))
                .collect();
            format!("{{ {} }}", keys.join(", "))
        }
        Value::Array(values) => {
            let values: Vec<_> = values.iter().map(toml).collect();
            format!("[{}]", values.join(", "))
        }
        other => other.to_string(),
    }
}
