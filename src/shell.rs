//! Text of shell commands that cannot hold a word of others unquoted.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A piece of a shell command, quoted as far as it is not the program's own.
///
/// It can be made of literals and of quoted values only: a template may write it as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline, extend("x-shell" = true)))]
#[serde(transparent)]
pub struct ShellText(String);

/// A part of a word in double quotes.
#[derive(Clone, Copy)]
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

    /// A value as one word, quoted where it must be.
    pub(crate) fn word(value: &str) -> Self {
        if is_plain(value) {
            Self(value.to_owned())
        } else {
            Self(format!("'{}'", value.replace('\'', r"'\''")))
        }
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
        match is_pattern(value) {
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

    /// Words of one command.
    pub(crate) fn command<'a>(words: impl IntoIterator<Item = &'a Self>) -> Self {
        let words: Vec<&str> = words.into_iter().map(Self::as_str).collect();
        Self(words.join(" "))
    }

    /// The command, in another folder.
    #[cfg(feature = "cli")]
    pub(crate) fn within(&self, folder: &Self) -> Self {
        Self(format!("(cd {folder} && {self})"))
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

/// Whether a value is one word for a shell without any quotes.
pub(crate) fn is_plain(value: &str) -> bool {
    !value.is_empty()
        && value
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || "_-./=+:@%,".contains(char))
}

/// Whether a shell takes it for an absolute path, or a pattern of paths, and for nothing else.
pub(crate) fn is_pattern(text: &str) -> bool {
    let is_safe = |char: char| char.is_ascii_alphanumeric() || "/_-.+*".contains(char);
    text.starts_with('/') && text.chars().all(is_safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_word() {
        let word = |value| ShellText::word(value).to_string();
        assert_eq!(word("web"), "web");
        assert_eq!(word(""), "''");
        assert_eq!(word("a b;c"), "'a b;c'");
        assert_eq!(word("it's"), r"'it'\''s'");
        let command = [ShellText::ours("cargo clean"), ShellText::word("a b")];
        let command = ShellText::command(&command).within(&ShellText::word("my x"));
        assert_eq!(command.as_str(), "(cd 'my x' && cargo clean 'a b')");
    }

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
