//! Conditions on code, evaluated for what an image is built from: a release of these features for Linux.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};

/// What conditions are about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Conditions {
    /// The active features of the package.
    pub(crate) features: BTreeSet<String>,
}

/// Names that are not set where cargo builds a program.
const NEVER: &[&str] = &[
    "bench", "clippy", "doc", "docsrs", "doctest", "false", "fuzzing", "kani", "loom", "miri",
    "rustfmt", "test", "windows",
];
/// Values that hold in every image; any other value of the same key does not.
const ALWAYS: &[(&str, &str)] = &[
    ("target_endian", "little"),
    ("target_family", "unix"),
    ("target_os", "linux"),
    ("target_pointer_width", "64"),
    ("target_vendor", "unknown"),
];
/// Values that some images have.
const SOMETIMES: &[(&str, &[&str])] = &[
    ("panic", &["abort", "unwind"]),
    ("target_arch", &["aarch64", "x86_64"]),
    ("target_env", &["gnu", "musl"]),
];
/// Deeper conditions are taken for possible.
const DEEPEST: usize = 32;

impl Conditions {
    /// Whether the tokens of a condition hold; `None` where that is not known here.
    pub(super) fn hold(&self, condition: TokenStream) -> Option<bool> {
        self.evaluate(condition, 0)
    }

    fn evaluate(&self, condition: TokenStream, depth: usize) -> Option<bool> {
        if depth > DEEPEST {
            return None;
        }
        let trees: Vec<TokenTree> = condition.into_iter().collect();
        match trees.as_slice() {
            [TokenTree::Ident(name)] => match name.to_string().as_str() {
                "unix" | "true" => Some(true),
                name if NEVER.contains(&name) => Some(false),
                // `debug_assertions` depends on the profile, others on build scripts.
                _ => None,
            },
            [
                TokenTree::Ident(name),
                TokenTree::Punct(equals),
                TokenTree::Literal(value),
            ] if equals.as_char() == '=' => {
                let value = value.to_string();
                self.is(&name.to_string(), value.trim_matches('"'))
            }
            [TokenTree::Ident(name), TokenTree::Group(group)] => {
                let parts = split(group.stream(), ',');
                let mut parts = parts.into_iter().map(|part| self.evaluate(part, depth + 1));
                match name.to_string().as_str() {
                    "not" => parts.next().flatten().map(|holds| !holds),
                    "all" => parts
                        .try_fold(true, |all, part| match part {
                            Some(false) => Err(Some(false)),
                            Some(true) => Ok(all),
                            None => Ok(false),
                        })
                        .map_or_else(|known| known, |all| all.then_some(true)),
                    "any" => parts
                        .try_fold(true, |none, part| match part {
                            Some(true) => Err(Some(true)),
                            Some(false) => Ok(none),
                            None => Ok(false),
                        })
                        .map_or_else(|known| known, |none| none.then_some(false)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn is(&self, key: &str, value: &str) -> Option<bool> {
        if key == "feature" {
            return Some(self.features.contains(value));
        }
        if let Some((_, only)) = ALWAYS.iter().find(|(name, _)| *name == key) {
            return Some(*only == value);
        }
        let values = SOMETIMES.iter().find(|(name, _)| *name == key);
        values.and_then(|(_, values)| (!values.contains(&value)).then_some(false))
    }
}

/// The parts of tokens between a character.
pub(super) fn split(stream: TokenStream, at: char) -> Vec<TokenStream> {
    let mut parts = vec![Vec::new()];
    for tree in stream {
        match &tree {
            TokenTree::Punct(punct) if punct.as_char() == at => parts.push(Vec::new()),
            _ => {
                if let Some(last) = parts.last_mut() {
                    last.push(tree);
                }
            }
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.into_iter().map(TokenStream::from_iter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_those_of_a_release_for_linux() {
        let conditions = Conditions {
            features: BTreeSet::from(["web".to_owned()]),
        };
        for (text, expected) in [
            ("test", Some(false)),
            ("not(test)", Some(true)),
            ("unix", Some(true)),
            ("windows", Some(false)),
            ("target_os = \"linux\"", Some(true)),
            ("target_os = \"macos\"", Some(false)),
            ("target_env = \"musl\"", None),
            ("target_env = \"msvc\"", Some(false)),
            ("target_arch = \"wasm32\"", Some(false)),
            ("feature = \"web\"", Some(true)),
            ("feature = \"admin\"", Some(false)),
            ("tokio_unstable", None),
            ("debug_assertions", None),
            ("all()", Some(true)),
            ("any()", Some(false)),
            ("all(unix, feature = \"web\",)", Some(true)),
            ("all(tokio_unstable, test)", Some(false)),
            ("all(tokio_unstable, unix)", None),
            ("any(tokio_unstable, unix)", Some(true)),
            ("any(tokio_unstable, windows)", None),
            ("any(test, feature = \"admin\")", Some(false)),
            ("not(any(test, feature = \"web\"))", Some(false)),
            ("not(tokio_unstable)", None),
            ("accessible(::std::fs)", None),
            ("", None),
        ] {
            let condition = text.parse().expect("it lexes");
            assert_eq!(conditions.hold(condition), expected, "{text}");
        }
    }

    #[test]
    fn a_deep_condition_has_an_answer() {
        let text = format!("{}test{}", "not(".repeat(120), ")".repeat(120));
        let condition = text.parse().expect("it lexes");
        assert_eq!(Conditions::default().hold(condition), None);
    }
}
