//! Values with more than one way to be written.

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// Local packages that are compiled in layers of their own, the lowest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LocalLayers {
    /// By their place in the graph: `"auto"`.
    Auto,
    /// Names of packages, a list for each layer.
    #[serde(untagged)]
    Named(Vec<Vec<String>>),
}

impl<'de> Deserialize<'de> for LocalLayers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Lists;

        impl<'de> Visitor<'de> for Lists {
            type Value = LocalLayers;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("\"auto\", or lists of packages: [[\"core\"], [\"api\"]]")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<LocalLayers, E> {
                match text {
                    "auto" => Ok(LocalLayers::Auto),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<LocalLayers, A::Error> {
                all(list).map(LocalLayers::Named)
            }
        }

        deserializer.deserialize_any(Lists)
    }
}

fn all<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(mut list: A) -> Result<Vec<T>, A::Error> {
    let mut values = Vec::new();
    while let Some(value) = list.next_element()? {
        values.push(value);
    }
    Ok(values)
}

/// What the bake file of all images says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct BakeSettings {
    /// Where images are pushed to: what their tags begin with.
    #[cfg_attr(test, schemars(with = "String"))]
    pub registry: Option<String>,
    /// A repository that keeps layers for other builders.
    #[cfg_attr(test, schemars(with = "String"))]
    pub cache: Option<String>,
}
