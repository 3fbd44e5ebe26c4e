//! Folders that the program embeds or serves, and that a tool for the browser makes.

use std::path::{Path, PathBuf};

use super::node;
use super::path_texts::as_paths;
use super::said::{FrontEnd, SourceMark};
use super::scan::Scan;
use crate::source::{Known, Meaning, Text};

/// Names of folders that tools write to.
const OUTPUTS: &[&str] = &["build", "dist", "out", "pkg"];
/// Rows of the table of calls that serve a folder.
const SERVING: &[&str] = &[
    "Files::new",
    "FileServer::from",
    "ServeDir::new",
    "ServeFile::new",
    "StaticDir::new",
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
            self.front_end(&text.value, &bases, file, text.line, true);
        }
        let facts = std::mem::take(&mut self.facts.facts);
        let serves = facts.iter().filter(|fact| {
            fact.meaning == Meaning::Open && !fact.is_build_script && SERVING.contains(&fact.row)
        });
        for fact in serves {
            if let Some(text) = fact.arguments.iter().find_map(Known::whole) {
                let bases = [self.home.clone(), self.workspace.clone()];
                self.front_end(text, &bases, &fact.at.file, fact.at.line, false);
            }
        }
        self.facts.facts = facts;
    }

    fn front_end(
        &mut self,
        text: &str,
        bases: &[PathBuf],
        file: &Path,
        line: usize,
        is_embedded: bool,
    ) {
        let candidates = as_paths(text);
        let paths = candidates
            .iter()
            .flat_map(|path| bases.iter().map(move |base| base.join(path)));
        let paths: Vec<PathBuf> = paths.map(|path| crate::paths::normalize(&path)).collect();
        let found = paths.iter().find(|path| path.exists());
        let Some((output, (built, manifest))) = found
            .into_iter()
            .chain(&paths)
            .find_map(|path| Some((path.clone(), maker(path, &self.workspace)?)))
        else {
            return;
        };
        let front_ends = &mut self.facts.front_ends;
        if front_ends.iter().any(|known| known.manifest == manifest) {
            return;
        }
        let node = match manifest.ends_with("package.json") {
            true => node::read(&manifest),
            false => None,
        };
        front_ends.push(FrontEnd {
            is_there: output.exists(),
            output,
            built,
            is_embedded,
            manifest,
            node,
            found_at: SourceMark {
                path: file.to_path_buf(),
                line,
            },
        });
    }
}

/// The output folder that a path lies in, and the manifest beside it; of the project, and not above it.
pub(super) fn maker(path: &Path, workspace: &Path) -> Option<(PathBuf, PathBuf)> {
    let outputs = path
        .ancestors()
        .filter(|path| OUTPUTS.iter().any(|name| path.ends_with(name)));
    let mut makers = outputs.filter_map(|output| {
        let folder = output.parent()?;
        let manifests = ["Trunk.toml", "package.json"].map(|name| folder.join(name));
        let manifest = manifests.into_iter().find(|manifest| manifest.is_file())?;
        let is_inside = folder.starts_with(workspace);
        is_inside.then(|| (output.to_path_buf(), manifest))
    });
    makers.next()
}
