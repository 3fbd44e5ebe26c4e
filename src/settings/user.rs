//! Who the program runs as, and the folders that it writes.

use std::fmt;

use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A user and a group, as numbers that are not 0.
///
/// Numbers, so that Kubernetes can tell that it is not root, and no passwd file is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct User {
    uid: u32,
    gid: u32,
}

/// What engines accept.
const LARGEST: u32 = i32::MAX as u32;

impl User {
    /// A user and a group; none where one of them is 0 or larger than what engines accept.
    pub fn new(uid: u32, gid: u32) -> Option<Self> {
        let is_fine = |id| (1..=LARGEST).contains(&id);
        (is_fine(uid) && is_fine(gid)).then_some(Self { uid, gid })
    }

    /// Reads `1000` or `1000:1000`; without a group it has the user's number.
    fn parse(text: &str) -> Result<Self, String> {
        let (uid, gid) = text.split_once(':').unwrap_or((text, text));
        let number = |text: &str| match text.trim() {
            "0" | "root" => {
                Err("the program must not run as root: name a number, such as 1000".to_owned())
            }
            text => match text.parse() {
                Ok(id) if (1..=LARGEST).contains(&id) => Ok(id),
                _ => Err(format!(
                    "`{}` is not the number of a user: write 1000, or \"1000:1000\" with a group",
                    text.escape_debug()
                )),
            },
        };
        Ok(Self {
            uid: number(uid)?,
            gid: number(gid)?,
        })
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.uid, self.gid)
    }
}

impl Serialize for User {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Ids;

        impl Visitor<'_> for Ids {
            type Value = User;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the number of a user, or \"user:group\" in numbers")
            }

            fn visit_i64<E: Error>(self, id: i64) -> Result<User, E> {
                User::parse(&id.to_string()).map_err(E::custom)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<User, E> {
                User::parse(text).map_err(E::custom)
            }
        }

        deserializer.deserialize_any(Ids)
    }
}

/// A folder that the program writes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DataFolder {
    /// The path in the image; a relative one starts from the working directory.
    pub path: String,
    /// Whether it is a volume.
    pub volume: bool,
}

impl From<&str> for DataFolder {
    fn from(path: &str) -> Self {
        path.to_owned().into()
    }
}

impl From<String> for DataFolder {
    fn from(path: String) -> Self {
        let volume = false;
        Self { path, volume }
    }
}

impl<'de> Deserialize<'de> for DataFolder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Folder;

        impl<'de> Visitor<'de> for Folder {
            type Value = DataFolder;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a path, or { path = \"…\", volume = true }")
            }

            fn visit_str<E: Error>(self, path: &str) -> Result<DataFolder, E> {
                Ok(path.into())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<DataFolder, A::Error> {
                let (mut path, mut volume) = (None, false);
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "path" => path = Some(map.next_value()?),
                        "volume" => volume = map.next_value()?,
                        _ => return Err(A::Error::unknown_field(&key, &["path", "volume"])),
                    }
                }
                let path = path.ok_or_else(|| A::Error::missing_field("path"))?;
                Ok(DataFolder { path, volume })
            }
        }

        deserializer.deserialize_any(Folder)
    }
}

impl super::list::Item for DataFolder {
    const EXPECTED: &'static str =
        "a list of paths or of { path = \"…\", volume = true }, or { add = [\"…\"] }";

    fn alone<E: Error>(number: i64) -> Result<Self, E> {
        Err(E::invalid_type(Unexpected::Signed(number), &Self::EXPECTED))
    }
}
