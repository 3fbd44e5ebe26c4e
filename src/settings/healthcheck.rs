//! How the image says whether the program is healthy.

use std::fmt;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// How an engine finds out whether the program is healthy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Healthcheck {
    /// A path that is asked for over HTTP, with the port before it where there are several: `:8080/healthz`.
    Path(String),
    /// A command in the exec form.
    Command(Vec<String>),
}

impl From<&str> for Healthcheck {
    fn from(path: &str) -> Self {
        Self::Path(path.to_owned())
    }
}

impl From<String> for Healthcheck {
    fn from(path: String) -> Self {
        Self::Path(path)
    }
}

impl<T: Into<String>> From<Vec<T>> for Healthcheck {
    fn from(words: Vec<T>) -> Self {
        Self::Command(words.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<String>, const N: usize> From<[T; N]> for Healthcheck {
    fn from(words: [T; N]) -> Self {
        Self::Command(words.into_iter().map(Into::into).collect())
    }
}

impl<'de> Deserialize<'de> for Healthcheck {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;

        impl<'de> Visitor<'de> for Forms {
            type Value = Healthcheck;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a path such as \"/healthz\", or a command as a list of words")
            }

            fn visit_str<E: Error>(self, path: &str) -> Result<Healthcheck, E> {
                Ok(path.into())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, words: A) -> Result<Healthcheck, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(words)).map(Healthcheck::Command)
            }
        }

        deserializer.deserialize_any(Forms)
    }
}
