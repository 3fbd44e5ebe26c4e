//! What the values can be that a build script decides by.

use std::collections::BTreeSet;

/// A value as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Value {
    /// Nothing is known.
    #[default]
    Unknown,
    /// A variable of the environment that may be set by whoever builds.
    Foreign(String),
    /// One of these texts; none where there is no value.
    Texts(Vec<Option<String>>),
    /// One of these lists.
    Lists(Vec<Vec<String>>),
    /// One of these.
    Truth(Vec<bool>),
}

/// Machines and C libraries of the images, as in target triples.
const TRIPLES: [&str; 4] = [
    "aarch64-unknown-linux-gnu",
    "aarch64-unknown-linux-musl",
    "x86_64-unknown-linux-gnu",
    "x86_64-unknown-linux-musl",
];
/// Variables of cargo's that do not depend on the project.
/// Source: <https://doc.rust-lang.org/cargo/reference/environment-variables.html>
const CARGO: &[(&str, &[&str])] = &[
    ("CARGO", &["cargo"]),
    ("CARGO_CFG_TARGET_ARCH", &["aarch64", "x86_64"]),
    ("CARGO_CFG_TARGET_ENDIAN", &["little"]),
    ("CARGO_CFG_TARGET_ENV", &["gnu", "musl"]),
    ("CARGO_CFG_TARGET_FAMILY", &["unix"]),
    ("CARGO_CFG_TARGET_OS", &["linux"]),
    ("CARGO_CFG_TARGET_POINTER_WIDTH", &["64"]),
    ("CARGO_CFG_TARGET_VENDOR", &["unknown"]),
    ("CARGO_CFG_UNIX", &[""]),
    ("HOST", &TRIPLES),
    ("PROFILE", &["release"]),
    ("RUSTC", &["rustc"]),
    ("RUSTDOC", &["rustdoc"]),
    ("TARGET", &TRIPLES),
];
/// Variables that are not set where cargo builds for Linux.
const UNSET: &[&str] = &["CARGO_CFG_MIRI", "CARGO_CFG_WINDOWS", "DOCS_RS"];
/// Beginnings of variables whose values depend on the project.
const PROJECT: &[&str] = &[
    "CARGO_",
    "DEBUG",
    "DEP_",
    "NUM_JOBS",
    "OPT_LEVEL",
    "OUT_DIR",
    "PATH",
    "RUSTFLAGS",
];

impl Value {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Texts(vec![Some(text.into())])
    }

    /// A variable of the environment, in a build with these features.
    pub(super) fn variable(name: &str, features: &BTreeSet<String>) -> Self {
        if let Some(feature) = name.strip_prefix("CARGO_FEATURE_") {
            let plain = |name: &str| name.to_uppercase().replace('-', "_");
            let is_on = features.iter().any(|on| plain(on) == feature);
            return Self::Texts(vec![is_on.then(|| "1".to_owned())]);
        }
        if let Some((_, values)) = CARGO.iter().find(|(known, _)| *known == name) {
            return Self::Texts(values.iter().map(|text| Some((*text).to_owned())).collect());
        }
        if UNSET.contains(&name) {
            return Self::Texts(vec![None]);
        }
        match PROJECT.iter().any(|start| name.starts_with(start)) {
            true => Self::Unknown,
            false => Self::Foreign(name.to_owned()),
        }
    }

    /// The one text that it can be.
    pub(super) fn only_text(&self) -> Option<&str> {
        match self {
            Self::Texts(all) => match all.as_slice() {
                [Some(text)] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it holds, where that is certain.
    pub(super) fn holds(&self) -> Option<bool> {
        match self {
            Self::Truth(all) => {
                let first = *all.first()?;
                all.iter().all(|one| *one == first).then_some(first)
            }
            _ => None,
        }
    }

    pub(super) fn not(&self) -> Self {
        match self {
            Self::Truth(all) => Self::Truth(all.iter().map(|one| !one).collect()),
            _ => Self::Unknown,
        }
    }

    pub(super) fn both(&self, other: &Self) -> Self {
        match (self.holds(), other.holds()) {
            (Some(false), _) | (_, Some(false)) => Self::Truth(vec![false]),
            (Some(true), _) => other.clone(),
            (_, Some(true)) => self.clone(),
            (None, None) => Self::Unknown,
        }
    }

    pub(super) fn either(&self, other: &Self) -> Self {
        self.not().both(&other.not()).not()
    }

    pub(super) fn equals(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Texts(left), Self::Texts(right)) => Self::Truth(
                left.iter()
                    .flat_map(|left| right.iter().map(move |right| left == right))
                    .collect(),
            ),
            _ => Self::Unknown,
        }
    }

    /// Tests each text that it can be; no text passes none.
    pub(super) fn test(&self, test: impl Fn(&str) -> bool) -> Self {
        match self {
            Self::Texts(all) => {
                let all = all.iter().map(|text| text.as_deref().is_some_and(&test));
                Self::Truth(all.collect())
            }
            _ => Self::Unknown,
        }
    }

    /// Whether there is a value.
    pub(super) fn is_there(&self) -> Self {
        self.test(|_| true)
    }

    /// What counts where there is no value.
    pub(super) fn or(&self, default: &Self) -> Self {
        match (self, default) {
            (Self::Foreign(_), _) => default.clone(),
            (Self::Texts(all), Self::Texts(others)) => {
                let there = all.iter().filter(|text| text.is_some()).cloned();
                let others = others.iter().filter(|_| all.contains(&None)).cloned();
                Self::Texts(there.chain(others).collect())
            }
            (Self::Texts(all), _) if !all.contains(&None) => self.clone(),
            _ => Self::Unknown,
        }
    }

    pub(super) fn split(&self, at: &str) -> Self {
        match self {
            Self::Texts(all) if !at.is_empty() => {
                let split = |text: &String| text.split(at).map(str::to_owned).collect();
                Self::Lists(all.iter().flatten().map(split).collect())
            }
            _ => Self::Unknown,
        }
    }

    pub(super) fn nth(&self, at: usize) -> Self {
        match self {
            Self::Lists(all) => Self::Texts(all.iter().map(|list| list.get(at).cloned()).collect()),
            _ => Self::Unknown,
        }
    }

    /// Whether one of a list's parts is a text.
    pub(super) fn contains(&self, part: &Self) -> Self {
        match (self, part) {
            (Self::Texts(_), _) => match part.only_text() {
                Some(part) => self.test(|text| text.contains(part)),
                None => Self::Unknown,
            },
            (Self::Lists(lists), Self::Texts(parts)) => Self::Truth(
                lists
                    .iter()
                    .flat_map(|list| {
                        parts
                            .iter()
                            .map(move |part| part.as_ref().is_some_and(|part| list.contains(part)))
                    })
                    .collect(),
            ),
            _ => Self::Unknown,
        }
    }
}
