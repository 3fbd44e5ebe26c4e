//! What is known of a value without running the code.

use std::path::{Path, PathBuf};

use serde::Serialize;

/// What is known of a value without running the code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Known {
    /// Where a path begins, if it begins somewhere that only cargo knows.
    pub base: Base,
    /// The text, or its beginning as far as it is fixed.
    pub text: String,
    /// Whether that is all of it, as long as no variable says otherwise.
    pub is_whole: bool,
    /// The variable of the environment that wins over a part of it.
    pub variable: Option<String>,
}

impl Known {
    /// The text; `{}` stands for what is not known.
    pub(crate) fn shown(&self) -> String {
        match self.is_whole {
            true => self.text.clone(),
            false => format!("{}{{}}", self.text),
        }
    }

    /// The text, where it is all known.
    pub(crate) fn whole(&self) -> Option<&str> {
        (self.is_whole && self.base == Base::Itself).then_some(self.text.as_str())
    }

    /// A path that may begin at the package's folder.
    pub fn path(&self, package: &Path) -> Option<PathBuf> {
        match self.base {
            Base::Itself => Some(PathBuf::from(&self.text)),
            Base::ManifestDir => Some(package.join(self.text.trim_start_matches('/'))),
            Base::OutDir | Base::Home => None,
        }
    }
}

/// Where a path begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Base {
    /// Where the path says.
    #[default]
    Itself,
    /// `CARGO_MANIFEST_DIR`
    ManifestDir,
    /// `OUT_DIR`
    OutDir,
    /// The home folder of who runs it.
    Home,
}
