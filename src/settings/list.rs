//! Lists that take the place of an inherited one, or add to it.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::diagnostic::Code;

/// A list: `["a"]` takes the place of what is inherited, `{ add = ["a"] }` adds to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T> {
    /// What is listed.
    pub items: Vec<T>,
    /// Whether the items come after inherited ones, instead of in their place.
    pub adds: bool,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self { items, adds: false }
    }
}

/// What a list can be made of.
pub trait Item: Sized {
    /// What the list is, for people.
    const EXPECTED: &'static str;

    /// One item that stands alone, without a list around it.
    ///
    /// # Errors
    ///
    /// Such a list needs its brackets, or the number does not fit.
    fn alone<E: Error>(number: i64) -> Result<Self, E>;
}

impl Item for String {
    const EXPECTED: &'static str = "a list of strings, or { add = [\"…\"] }";

    fn alone<E: Error>(number: i64) -> Result<Self, E> {
        let unexpected = serde::de::Unexpected::Signed(number);
        Err(E::invalid_type(unexpected, &Self::EXPECTED))
    }
}

impl Item for Code {
    const EXPECTED: &'static str = "a list of codes, or { add = [\"…\"] }";

    fn alone<E: Error>(number: i64) -> Result<Self, E> {
        let unexpected = serde::de::Unexpected::Signed(number);
        Err(E::invalid_type(unexpected, &Self::EXPECTED))
    }
}

impl Item for u16 {
    const EXPECTED: &'static str = "a port, a list of ports, or { add = [8080] }";

    fn alone<E: Error>(number: i64) -> Result<Self, E> {
        Self::try_from(number).map_err(|_| E::custom("a port is at most 65535"))
    }
}

impl<'de, T: Item + Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T>(PhantomData<T>);

        impl<'de, T: Item + Deserialize<'de>> Visitor<'de> for Items<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(T::EXPECTED)
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<List<T>, E> {
                T::alone(number).map(|item| vec![item].into())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<List<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(items.into())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<List<T>, A::Error> {
                let mut items = None;
                while let Some(key) = map.next_key::<String>()? {
                    if key != "add" {
                        return Err(A::Error::unknown_field(&key, &["add"]));
                    }
                    items = Some(map.next_value()?);
                }
                let items = items.ok_or_else(|| A::Error::missing_field("add"))?;
                Ok(List { items, adds: true })
            }
        }

        deserializer.deserialize_any(Items(PhantomData))
    }
}
