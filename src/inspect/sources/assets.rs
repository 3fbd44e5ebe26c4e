//! Files and folders that the program opens when it runs.

use std::path::{Component, Path, PathBuf};

use cargo_metadata::{DependencyKind, Package};

use super::{Call, NeededFile, Scan, SourceMark};

/// Calls that serve or load what one of their arguments names: the end of their path.
const OPENING: &[&str] = &[
    "File::open",
    "FileBasedMigrations::from_path",
    "FileServer::from",
    "FileServer::new",
    "Files::new",
    "Json::file",
    "Migrator::new",
    "NamedFile::open",
    "NamedFile::open_async",
    "ServeDir::new",
    "ServeFile::new",
    "StaticDir::new",
    "StaticFile::new",
    "StaticFileEndpoint::new",
    "StaticFilesEndpoint::new",
    "Tera::new",
    "Toml::file",
    "Yaml::file",
    "fs::dir",
    "fs::file",
    "fs::read",
    "fs::read_dir",
    "fs::read_to_string",
    "path_loader",
    "read_to_string",
    "register_template_file",
    "register_templates_directory",
];
/// Crates that read a file or a folder of a fixed name.
const BY_NAME: &[(&str, &str)] = &[
    ("loco-rs", "config"),
    ("rocket", "Rocket.toml"),
    ("rocket_dyn_templates", "templates"),
];

impl Scan {
    /// What the package's code opens, as far as it is there.
    pub(super) fn assets(&mut self, package: &Package) {
        let calls = std::mem::take(&mut self.calls);
        for (file, call) in &calls {
            let opens = |name: &&&str| is_end(&call.path, name) && !self.is_test(file);
            let Some(name) = OPENING.iter().find(opens) else {
                continue;
            };
            let texts = call.arguments.iter().flatten();
            // `Files::new("/static", "./public")`: the first one is a route.
            let Some(path) = texts.rev().find_map(|text| self.asset(text)) else {
                continue;
            };
            self.offer(path, format!("opened by `{name}`"), Some((file, call)));
        }
        self.calls = calls;
        for (name, path) in BY_NAME {
            let mut dependencies = package.dependencies.iter();
            let depends = dependencies.any(|dependency| {
                dependency.kind == DependencyKind::Normal && dependency.name == *name
            });
            if let Some(path) = self.asset(path).filter(|_| depends) {
                self.offer(path, format!("`{name}` reads it when it starts"), None);
            }
        }
        for file in std::mem::take(&mut self.read) {
            let Ok(inside) = file
                .strip_prefix(&self.home)
                .or(file.strip_prefix(&self.workspace))
            else {
                continue;
            };
            let folder = inside
                .components()
                .next()
                .map(|first| Path::new(first.as_os_str()));
            if let Some(path) = folder.and_then(|path| self.asset(path.to_str()?)) {
                self.offer(
                    path,
                    "the code names it, and has its settings from it".to_owned(),
                    None,
                );
            }
        }
    }

    fn is_test(&self, file: &Path) -> bool {
        let inside = file.strip_prefix(&self.root).unwrap_or(file);
        let mut words = inside
            .iter()
            .flat_map(|part| super::listen::words(part.to_str().unwrap_or_default()));
        words.any(|word| {
            ["example", "examples", "test", "testing", "tests"].contains(&word.as_str())
        })
    }

    /// What a literal names, from where the program is run: the shipped package, or the workspace.
    fn asset(&self, text: &str) -> Option<PathBuf> {
        const LONGEST: usize = 128;
        let text = text.split('*').next()?.trim_end_matches('/');
        let path = crate::paths::normalize(Path::new(text));
        let is_plain = path
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        let is_hidden = text.trim_start_matches("./").starts_with('.');
        if !is_plain
            || is_hidden
            || path.as_os_str().is_empty()
            || text.len() > LONGEST
            || text.contains('\0')
        {
            return None;
        }
        let is_other = ["Cargo.toml", "Cargo.lock", "src", "target"]
            .iter()
            .any(|name| path.starts_with(name));
        let bases = [&self.home, &self.workspace];
        let found = bases
            .into_iter()
            .map(|base| base.join(&path))
            .find(|path| path.exists());
        found.filter(|_| !is_other)
    }

    fn offer(&mut self, path: PathBuf, fact: String, at: Option<(&PathBuf, &Call)>) {
        let found_at = at.map(|(file, call)| SourceMark {
            path: file.clone(),
            line: call.line,
        });
        let assets = &mut self.facts.assets;
        if assets.iter().any(|asset| path.starts_with(&asset.path)) {
            return;
        }
        assets.retain(|asset| !asset.path.starts_with(&path));
        assets.push(NeededFile {
            is_folder: path.is_dir(),
            path,
            fact,
            found_at,
            asked_by: None,
        });
    }
}

/// Whether a path ends with these parts.
fn is_end(path: &str, end: &str) -> bool {
    path.strip_suffix(end)
        .is_some_and(|before| before.is_empty() || before.ends_with("::"))
}
