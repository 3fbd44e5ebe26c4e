//! Values that the code puts together, and what is known of them.

use std::collections::BTreeMap;

use super::known::{Base, Known};

/// A value as an expression makes it; names are looked up when all files are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    /// A constant, or a function without arguments with `()` behind its name.
    Name(String),
    /// Any of them: the items of an array, or what a loop takes from one.
    OneOf(Vec<Value>),
    /// Text behind text.
    Concat(Vec<Value>),
    /// Paths, each relative to those before it.
    Join(Vec<Value>),
    /// A host and a port.
    Address(Box<Value>, Box<Value>),
    /// A variable of the environment, and what counts without it.
    Variable(Box<Value>, Option<Box<Value>>),
    ManifestDir,
    OutDir,
    /// A folder in the home folder.
    Home(&'static str),
    /// The content of a file.
    Content(Box<Value>),
    Unknown,
}

/// No value of the code is as deep as this.
const DEEPEST: usize = 12;
/// Nor has it so many parts.
const MANY: usize = 256;

impl Value {
    /// How many values it is made of.
    fn size(&self) -> usize {
        match self {
            Self::Concat(parts) | Self::Join(parts) | Self::OneOf(parts) => {
                1 + parts.iter().map(Self::size).sum::<usize>()
            }
            Self::Address(host, port) => 1 + host.size() + port.size(),
            Self::Variable(name, default) => {
                1 + name.size() + default.as_ref().map_or(0, |value| value.size())
            }
            Self::Content(path) => 1 + path.size(),
            _ => 1,
        }
    }

    /// Itself, unless it grew too large: values are copied where a variable is used.
    pub(super) fn bounded(self) -> Self {
        match self.size() > MANY {
            true => Self::Unknown,
            false => self,
        }
    }

    pub(super) fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown | Self::OneOf(_))
    }
}

/// The constants of a package, by the last part of their path.
#[derive(Debug, Default)]
pub(super) struct Constants {
    by_name: BTreeMap<String, Vec<(usize, Value)>>,
}

impl Constants {
    pub(super) fn add(&mut self, file: usize, name: String, value: Value) {
        self.by_name.entry(name).or_default().push((file, value));
    }

    /// That of the same file, or the only one: two of one name in other modules are not told apart.
    fn get(&self, file: usize, name: &str) -> Option<(usize, &Value)> {
        let all = self.by_name.get(name)?;
        let mut here = all.iter().filter(|(at, _)| *at == file);
        if let Some((at, value)) = here.next() {
            return here
                .all(|(_, other)| other == value)
                .then_some((*at, value));
        }
        let (at, value) = all.first()?;
        let is_one = all.iter().all(|(_, other)| other == value);
        is_one.then_some((*at, value))
    }

    /// What is known of a value in a file, or of each that it may be.
    pub(super) fn resolve_each(&self, file: usize, value: &Value) -> Vec<Known> {
        let one = || vec![self.resolve(file, value)];
        match value {
            Value::OneOf(all) => all.iter().map(|value| self.resolve(file, value)).collect(),
            Value::Name(path) => {
                let name = path.rsplit("::").next().unwrap_or(path);
                match self.get(file, name) {
                    Some((at, Value::OneOf(all))) => {
                        all.iter().map(|value| self.resolve(at, value)).collect()
                    }
                    _ => one(),
                }
            }
            _ => one(),
        }
    }

    /// What is known of a value in a file.
    pub(super) fn resolve(&self, file: usize, value: &Value) -> Known {
        let mut budget = MANY;
        self.known(file, value, 0, &mut budget)
    }

    fn known(&self, file: usize, value: &Value, depth: usize, budget: &mut usize) -> Known {
        if depth > DEEPEST || *budget == 0 {
            return Known::default();
        }
        *budget -= 1;
        let mut known = |value: &Value| self.known(file, value, depth + 1, budget);
        match value {
            Value::Text(text) => Known {
                text: text.clone(),
                is_whole: true,
                ..Known::default()
            },
            Value::Name(path) => {
                let name = path.rsplit("::").next().unwrap_or(path);
                match self.get(file, name) {
                    Some((at, value)) => self.known(at, value, depth + 1, budget),
                    None => Known::default(),
                }
            }
            Value::Concat(parts) => {
                let mut all = empty();
                for part in parts {
                    if !append(&mut all, known(part)) {
                        break;
                    }
                }
                all
            }
            Value::Join(parts) => {
                let mut all = empty();
                for part in parts {
                    let part = known(part);
                    if part.base != Base::Itself || part.text.starts_with('/') {
                        all = empty();
                    } else if !all.text.is_empty() && !all.text.ends_with('/') {
                        all.text.push('/');
                    }
                    if !append(&mut all, part) {
                        break;
                    }
                }
                all
            }
            Value::Address(host, port) => {
                let mut all = known(host);
                if all.is_whole && all.text.contains(':') && !all.text.starts_with('[') {
                    all.text = format!("[{}]", all.text);
                }
                let port = known(port);
                all.text.push(':');
                append(&mut all, port);
                all
            }
            Value::Variable(name, default) => {
                let mut value = match default {
                    Some(default) => known(default),
                    None => Known::default(),
                };
                let name = known(name);
                value.variable = name.is_whole.then_some(name.text).or(value.variable);
                value
            }
            Value::ManifestDir => Known {
                base: Base::ManifestDir,
                ..empty()
            },
            Value::OutDir => Known {
                base: Base::OutDir,
                ..empty()
            },
            Value::Home(folder) => Known {
                base: Base::Home,
                text: (*folder).to_owned(),
                ..empty()
            },
            Value::Content(_) | Value::OneOf(_) | Value::Unknown => Known::default(),
        }
    }
}

fn empty() -> Known {
    Known {
        is_whole: true,
        ..Known::default()
    }
}

/// Whether what follows can be appended too.
fn append(all: &mut Known, part: Known) -> bool {
    // A base behind text is text that nobody knows.
    if part.base != Base::Itself && !all.text.is_empty() {
        all.is_whole = false;
        return false;
    }
    if part.base != Base::Itself {
        all.base = part.base;
    }
    all.text.push_str(&part.text);
    all.is_whole &= part.is_whole;
    all.variable = all.variable.take().or(part.variable);
    all.is_whole
}
