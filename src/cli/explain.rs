//! `cargo dockerize explain CRATE`: what is known about a crate, for people.

use serde_json::Value;

use super::report::{DIM, GOOD, NAME, Report};
use crate::plan::{Explanation, Found, RuleFacts, RuleSource};

impl Report {
    /// What is known about one crate, on standard output.
    pub(super) fn explanation(&self, explanation: &Explanation) {
        let mut text = String::new();
        for found in &explanation.found {
            text.push_str(&version(&explanation.name, found));
        }
        if explanation.found.is_empty() {
            text.push_str(&format!(
                "{GOOD}{}{GOOD:#} is not in the graph of {}\n",
                explanation.name, explanation.binary
            ));
            let rules = &explanation.rules;
            for (at, rule) in rules.iter().enumerate() {
                text.push_str(&self::rule(rule));
                // The rules of a row have one source.
                if rules
                    .get(at + 1)
                    .is_none_or(|next| next.source != rule.source)
                {
                    text.push_str(&source(rule));
                }
            }
        }
        if let Some(lesson) = &explanation.lesson {
            text.push_str(&row(
                "teach",
                &format!("in {}, where a list may be empty:", lesson.manifest),
            ));
            for line in lesson.lines.lines() {
                text.push_str(&row("", line));
            }
        }
        self.text(&text);
    }
}

fn version(name: &str, found: &Found) -> String {
    let mut text = format!("{GOOD}{name} v{}{GOOD:#}\n", found.version);
    let word = if found.is_linked { "linked" } else { "builds" };
    text.push_str(&row(word, &found.path.join(" -> ")));
    if !found.features.is_empty() {
        text.push_str(&row("features", &found.features.join(", ")));
    }
    match &found.rule {
        Some(held) => {
            text.push_str(&rule(held));
            text.push_str(&source(held));
        }
        None => text.push_str(&row("rule", "none")),
    }
    match (&found.rule, &found.native) {
        (None, Some(fact)) => text.push_str(&row("native", fact)),
        (None, None) => text.push_str(&row("native", "nothing shows that it has native code")),
        (Some(_), _) => {}
    }
    text
}

/// The lines of a rule, as its table has them.
fn rule(rule: &RuleFacts) -> String {
    let mut text = String::new();
    let mut lines = |first: &str, keys: &std::collections::BTreeMap<String, Value>| {
        for (at, (key, value)) in keys.iter().enumerate() {
            let word = if at == 0 { first } else { "" };
            text.push_str(&row(word, &format!("{key} = {}", toml(value))));
        }
    };
    lines("where", &rule.conditions);
    lines("rule", &rule.leads_to);
    if rule.leads_to.is_empty() {
        text.push_str(&row("rule", "needs nothing"));
    }
    text
}

fn source(rule: &RuleFacts) -> String {
    let source = match &rule.source {
        RuleSource::Manifest(place) => place.to_string(),
        RuleSource::Table { source } => source.clone(),
        RuleSource::SystemDeps => "its `package.metadata.system-deps`".to_owned(),
    };
    format!("{NAME}{:>12}{NAME:#} {DIM}{source}{DIM:#}\n", "source")
}

fn row(word: &str, text: &str) -> String {
    format!("{NAME}{word:>12}{NAME:#} {text}\n")
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
