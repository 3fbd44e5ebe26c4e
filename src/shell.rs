//! Text of shell commands that cannot hold a word of others unquoted.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::quote;

/// A piece of a shell command, quoted as far as it is not the program's own.
///
/// It can be made of literals and of quoted values only: a template may write it as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline, extend("x-shell" = true)))]
#[serde(transparent)]
pub struct ShellText(String);

/// A part of a word in double quotes.
pub(crate) enum Part<'a> {
    /// What the shell expands.
    Ours(&'static str),
    /// What stays as it is.
    Text(&'a str),
}

impl ShellText {
    /// Text of the program itself.
    pub(crate) fn ours(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// A value as one word.
    pub(crate) fn word(value: &str) -> Self {
        Self(quote::shell(value))
    }

    /// One word of parts; in double quotes where the shell has something to expand in it.
    pub(crate) fn expanded(parts: &[Part<'_>]) -> Self {
        let mut text = String::from("\"");
        for part in parts {
            match part {
                Part::Ours(ours) => text.push_str(ours),
                Part::Text(value) => {
                    for char in value.chars() {
                        if matches!(char, '"' | '\\' | '$' | '`') {
                            text.push('\\');
                        }
                        text.push(char);
                    }
                }
            }
        }
        Self(text + "\"")
    }

    /// A path that may be a pattern, which the shell expands; a value that is neither is one word.
    pub(crate) fn pattern(value: &str) -> Self {
        match quote::is_pattern(value) {
            true => Self(value.to_owned()),
            false => Self::word(value),
        }
    }

    /// An option and its value.
    pub(crate) fn option(name: &'static str, value: &Self) -> Self {
        Self(format!("{name} {value}"))
    }

    /// The text with another directly behind it.
    pub(crate) fn and(self, other: &Self) -> Self {
        Self(self.0 + &other.0)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShellText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_ours_is_expanded() {
        let parts = [
            Part::Ours("$(uname -m)/"),
            Part::Text("$(id)`id`\"\\"),
            Part::Ours("/x"),
        ];
        let text = ShellText::expanded(&parts)
            .and(&ShellText::ours("/"))
            .and(&ShellText::word("a b"));
        assert_eq!(text.as_str(), r#""$(uname -m)/\$(id)\`id\`\"\\/x"/'a b'"#);
        assert_eq!(
            ShellText::pattern("/usr/lib/*.so").as_str(),
            "/usr/lib/*.so"
        );
        assert_eq!(ShellText::pattern("/a;id").as_str(), "'/a;id'");
    }
}
