//! What there is to say about one setting beside its type.

/// What all variables begin with.
pub(super) const PREFIX: &str = "CARGO_DOCKERIZE_";

/// A setting: its key, what it means, and the ways to set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// The key in a manifest.
    pub key: &'static str,
    /// What it means, in sentences.
    pub about: &'static str,
    /// A value, as TOML.
    pub example: &'static str,
    /// What counts where nobody sets it; empty where that is nothing.
    pub unset: &'static str,
    /// Where the documentation says more.
    pub see: &'static str,
    /// How the documentation calls its type, where the schema's words would not do.
    pub shape: &'static str,
    /// The tables that have it.
    pub tables: Tables,
    /// How text becomes a value.
    pub text: Text,
    /// Whether a flag sets it.
    pub flag: Flag,
    /// Whether a variable of the environment sets it; `None` until that is decided.
    pub variable: Option<bool>,
    /// Where relative paths in it start.
    pub base: Base,
}

/// The tables of manifests that a setting has a meaning in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tables {
    /// All of them.
    All,
    /// That of a package and those of its images: no two members have the same.
    PackageAndImages,
    /// That of a package only.
    Package,
    /// That of the workspace only.
    Workspace,
}

/// How the text of a flag or a variable becomes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Text {
    /// Not at all: the value has more than one part.
    Never,
    /// The text itself.
    One,
    /// One of these words.
    Word(&'static [&'static str]),
    /// `true` or `false`; the flag alone is `true`.
    Switch,
    /// Names, separated by commas or spaces.
    Names,
    /// Paths, separated by commas.
    Paths,
    /// Numbers, separated by commas.
    Numbers,
}

/// Whether a flag of the command line sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flag {
    /// Nobody has decided: a test fails.
    Undecided,
    /// It belongs to the project, not to one call.
    No,
    /// A flag, with the name of its value and the heading that it is listed under.
    Yes {
        /// The name of the value in the help.
        value: &'static str,
        /// The heading.
        heading: &'static str,
        /// The flag's name, where it is not the key.
        name: Option<&'static str>,
        /// The letter.
        short: Option<char>,
    },
}

/// The folder that relative paths start from, except in flags: those are relative to the current folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Base {
    /// The folder of the manifest that sets it; for variables and setters that of the shipped package.
    Manifest,
    /// The workspace's root.
    Root,
}

/// A setting with this value as its example. Its flag and its variable are still to be decided.
pub(super) const fn example(example: &'static str) -> Row {
    Row {
        key: "",
        about: "",
        example,
        unset: "",
        see: "",
        shape: "",
        tables: Tables::All,
        text: Text::Never,
        flag: Flag::Undecided,
        variable: None,
        base: Base::Manifest,
    }
}

impl Row {
    pub(super) const fn named(self, key: &'static str, about: &'static str) -> Self {
        Self { key, about, ..self }
    }

    /// What counts where nobody sets it.
    pub(super) const fn unset(self, unset: &'static str) -> Self {
        Self { unset, ..self }
    }

    /// Where the documentation says more.
    pub(super) const fn see(self, see: &'static str) -> Self {
        Self { see, ..self }
    }

    pub(super) const fn shape(self, shape: &'static str) -> Self {
        Self { shape, ..self }
    }

    pub(super) const fn tables(self, tables: Tables) -> Self {
        Self { tables, ..self }
    }

    pub(super) const fn relative_to(self, base: Base) -> Self {
        Self { base, ..self }
    }

    /// A variable sets it, from this kind of text.
    pub(super) const fn variable(self, text: Text) -> Self {
        Self {
            text,
            variable: Some(true),
            ..self
        }
    }

    pub(super) const fn no_variable(self) -> Self {
        Self {
            variable: Some(false),
            ..self
        }
    }

    /// A flag of the key's name sets it.
    pub(super) const fn flag(self, value: &'static str, heading: &'static str) -> Self {
        let flag = Flag::Yes {
            value,
            heading,
            name: None,
            short: None,
        };
        Self { flag, ..self }
    }

    /// Another name for the flag, a letter, or both.
    pub(super) const fn called(self, other: Option<&'static str>, letter: Option<char>) -> Self {
        let flag = match self.flag {
            Flag::Yes { value, heading, .. } => Flag::Yes {
                value,
                heading,
                name: other,
                short: letter,
            },
            none => none,
        };
        Self { flag, ..self }
    }

    /// It belongs to the project, not to one call.
    pub(super) const fn no_flag(self) -> Self {
        Self {
            flag: Flag::No,
            ..self
        }
    }

    /// The flag with its dashes, where there is one.
    pub fn flag_name(&self) -> Option<String> {
        match self.flag {
            Flag::Yes { name, .. } => Some(format!("--{}", name.unwrap_or(self.key))),
            Flag::No | Flag::Undecided => None,
        }
    }

    /// The variable, where there is one.
    pub fn variable_name(&self) -> Option<String> {
        let name = || {
            let key = self.key.to_uppercase().replace('-', "_");
            format!("{}{key}", PREFIX)
        };
        (self.variable == Some(true)).then(name)
    }

    /// The setter of [`crate::Build`].
    pub(crate) fn setter(&self) -> String {
        self.key.replace('-', "_")
    }

    /// The first sentence of what it means, without quotes of code and full stop.
    #[cfg(feature = "cli")]
    pub(crate) fn summary(&self) -> String {
        let about = self.about.split_whitespace().collect::<Vec<_>>().join(" ");
        let first = about
            .split_once(". ")
            .map_or(about.as_str(), |(first, _)| first);
        first.trim_end_matches('.').replace('`', "")
    }
}

/// `builder_image` as `builder-image`; `N` is the length of the text.
pub(super) const fn kebab<const N: usize>(name: &str) -> [u8; N] {
    let mut key = [0; N];
    let bytes = name.as_bytes();
    let mut at = 0;
    while at < N {
        key[at] = match bytes[at] {
            b'_' => b'-',
            other => other,
        };
        at += 1;
    }
    key
}

/// The text of a key.
pub(super) const fn utf8(key: &'static [u8]) -> &'static str {
    match std::str::from_utf8(key) {
        Ok(key) => key,
        // A name in Rust is UTF-8, and stays so.
        Err(_) => "",
    }
}
