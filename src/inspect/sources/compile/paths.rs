//! Paths that code opens while it compiles, looked for where they can be.

use std::path::{Path, PathBuf};

use crate::inspect::project::Project;
use crate::source::{Base, Known};

/// What became of a path.
pub(super) enum Asked {
    /// It is no file of the project.
    Nothing,
    /// Nobody knows it before it runs.
    Unknown,
    /// It is there.
    There(PathBuf),
    /// It is not.
    Missing(PathBuf),
}

/// Folders that a path may be relative to.
pub(super) struct Bases {
    folders: Vec<PathBuf>,
    /// Variables of cargo's configuration, and where the paths in them begin.
    variables: Vec<(String, PathBuf)>,
    bounds: PathBuf,
}

impl Bases {
    pub(super) fn new(project: &Project, folders: impl IntoIterator<Item = PathBuf>) -> Self {
        Self {
            folders: folders.into_iter().collect(),
            variables: variables(project),
            bounds: project.bounds.clone(),
        }
    }

    /// Looks for what is known of a path.
    pub(super) fn find(&self, known: &Known, package: &Path) -> Asked {
        if known.base == Base::OutDir {
            return Asked::Nothing;
        }
        let configured = known.variable.as_ref().and_then(|name| {
            let mut variables = self.variables.iter();
            variables.find(|(known, _)| known == name)
        });
        if let Some((_, path)) = configured {
            let path = crate::paths::normalize(&path.join(known.text.trim_start_matches('/')));
            return self.there(path);
        }
        let Some(text) = fixed(known) else {
            return Asked::Unknown;
        };
        if known.base == Base::Itself && text.starts_with('/') {
            return Asked::Nothing;
        }
        let inside = text.trim_start_matches('/');
        let paths = self
            .folders
            .iter()
            .map(|base| crate::paths::normalize(&base.join(inside)));
        let paths: Vec<PathBuf> = paths.collect();
        // The folder of a package, or one above it, says nothing about what is read.
        let is_too_much = |path: &PathBuf| self.folders.iter().any(|base| base.starts_with(path));
        match paths.iter().find(|path| path.exists()) {
            Some(path) if is_too_much(path) => Asked::Unknown,
            Some(path) => self.there(path.clone()),
            None if !known.is_whole => Asked::Unknown,
            None => match paths.into_iter().next() {
                Some(path) if self.is_made(&path, package) => Asked::Nothing,
                Some(path) => self.there(path),
                None => Asked::Nothing,
            },
        }
    }

    /// The variable that a path depends on, unless cargo's configuration sets it.
    pub(super) fn asked<'k>(&self, known: &'k Known) -> Option<&'k str> {
        let name = known.variable.as_deref()?;
        let is_set = self.variables.iter().any(|(known, _)| known == name);
        (known.base != Base::OutDir && !is_set).then_some(name)
    }

    fn there(&self, path: PathBuf) -> Asked {
        match (path.exists(), path.starts_with(&self.bounds)) {
            (true, _) => Asked::There(path),
            (false, true) => Asked::Missing(path),
            (false, false) => Asked::Nothing,
        }
    }

    /// Whether a path is one of the version control, or of a build.
    fn is_made(&self, path: &Path, package: &Path) -> bool {
        let inside = path.strip_prefix(package).unwrap_or(path);
        inside.iter().any(|part| part == ".git" || part == "target")
    }
}

/// All of a path, or the folder before what is not known or a wildcard.
fn fixed(known: &Known) -> Option<String> {
    let pattern = known.text.find(['*', '?', '[', '{']);
    let text = match (pattern, known.is_whole) {
        (None, true) => return (!known.text.is_empty()).then(|| known.text.clone()),
        (Some(at), _) => &known.text[..at],
        (None, false) => known.text.as_str(),
    };
    let (folder, _) = text.rsplit_once('/')?;
    let is_named = folder.chars().any(char::is_alphanumeric);
    is_named.then(|| folder.to_owned())
}

/// `[env]` of cargo's configuration: paths are relative to the folder that `.cargo` is in.
fn variables(project: &Project) -> Vec<(String, PathBuf)> {
    let mut variables = Vec::new();
    for config in &project.cargo_configs {
        let base = config.path.parent().and_then(Path::parent);
        let env = config.table.get("env").and_then(toml::Value::as_table);
        for (name, value) in env.into_iter().flatten() {
            let text = value.as_str().or_else(|| value.get("value")?.as_str());
            if let (Some(text), Some(base)) = (text, base) {
                variables.push((name.clone(), crate::paths::normalize(&base.join(text))));
            }
        }
    }
    variables
}
