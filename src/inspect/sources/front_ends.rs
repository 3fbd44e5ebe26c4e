//! Folders that the program embeds or serves, and that a tool for the browser makes.

use std::path::{Path, PathBuf};

use super::super::lexer::Text;
use super::embedded::as_paths;
use super::{Scan, SourceMark};

/// A folder that a front end is built to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontEnd {
    /// The folder or the file that the program takes, absolute.
    pub output: PathBuf,
    /// Whether it is there.
    pub is_there: bool,
    /// What it is made from: a `package.json` or a `Trunk.toml`, absolute.
    pub manifest: PathBuf,
    /// What to type in the manifest's folder to make it, where that is plain.
    pub command: Option<&'static str>,
    /// Where the program takes it.
    pub found_at: SourceMark,
}

/// Names of folders that tools write to.
const OUTPUTS: &[&str] = &["build", "dist", "out", "pkg"];
/// Calls that serve a folder.
const SERVING: &[&str] = &[
    "Files::new",
    "FileServer::from",
    "ServeDir::new",
    "ServeFile::new",
    "StaticDir::new",
];
/// Lock files, and what they say how to build.
const LOCKS: &[(&str, &str)] = &[
    ("package-lock.json", "npm ci && npm run build"),
    (
        "pnpm-lock.yaml",
        "pnpm install --frozen-lockfile && pnpm run build",
    ),
    ("yarn.lock", "yarn install && yarn run build"),
    ("bun.lock", "bun install --frozen-lockfile && bun run build"),
    (
        "bun.lockb",
        "bun install --frozen-lockfile && bun run build",
    ),
];

/// Whether a literal names what is embedded.
pub(super) fn is_embedded(text: &Text) -> bool {
    let name = text.argument_of.as_deref().unwrap_or_default();
    matches!(
        name,
        "#folder" | "embed_dir" | "include_bytes" | "include_dir" | "include_str" | "static_dir"
    )
}

impl Scan {
    /// What is taken from a front end's output.
    pub(super) fn front_ends(&mut self) {
        let embedded = std::mem::take(&mut self.embedded);
        for (file, text) in &embedded {
            let here = file.parent().unwrap_or(&self.root).to_path_buf();
            let bases = [here, self.root.clone()];
            self.front_end(&text.value, &bases, file, text.line);
        }
        let calls = std::mem::take(&mut self.calls);
        for (file, call) in &calls {
            if SERVING.iter().any(|name| call.path.ends_with(name)) {
                if let Some(text) = call.arguments.iter().flatten().next_back() {
                    let bases = [self.home.clone(), self.workspace.clone()];
                    self.front_end(text, &bases, file, call.line);
                }
            }
        }
        self.calls = calls;
    }

    fn front_end(&mut self, text: &str, bases: &[PathBuf], file: &Path, line: usize) {
        let candidates = as_paths(text);
        let paths = candidates
            .iter()
            .flat_map(|path| bases.iter().map(move |base| base.join(path)));
        let paths: Vec<PathBuf> = paths.map(|path| crate::paths::normalize(&path)).collect();
        let found = paths.iter().find(|path| path.exists());
        let Some((output, manifest)) = found
            .into_iter()
            .chain(&paths)
            .find_map(|path| Some((path.clone(), self.maker(path)?)))
        else {
            return;
        };
        let front_ends = &mut self.facts.front_ends;
        if front_ends.iter().any(|known| known.manifest == manifest) {
            return;
        }
        front_ends.push(FrontEnd {
            is_there: output.exists(),
            command: command(&manifest),
            output,
            manifest,
            found_at: SourceMark {
                path: file.to_path_buf(),
                line,
            },
        });
    }

    /// The manifest beside the output folder that a path lies in; of the project, and not above it.
    fn maker(&self, path: &Path) -> Option<PathBuf> {
        let outputs = path
            .ancestors()
            .filter(|path| OUTPUTS.iter().any(|name| path.ends_with(name)));
        let folders = outputs
            .filter_map(Path::parent)
            .filter(|folder| folder.starts_with(&self.workspace));
        let mut manifests =
            folders.flat_map(|folder| ["Trunk.toml", "package.json"].map(|name| folder.join(name)));
        manifests.find(|manifest| manifest.is_file())
    }
}

fn command(manifest: &Path) -> Option<&'static str> {
    if manifest.ends_with("Trunk.toml") {
        return Some("trunk build --release");
    }
    let text = std::fs::read_to_string(manifest).ok()?;
    let package: serde_json::Value = serde_json::from_str(&text).ok()?;
    package.get("scripts")?.get("build")?;
    let has = |name: &str| manifest.with_file_name(name).is_file();
    let (_, command) = LOCKS.iter().find(|(lock, _)| has(lock))?;
    Some(command)
}
