//! Paths as the Dockerfile writes them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::Found;
use crate::decide::caching::Order;
use crate::decide::skeleton::Files;
use crate::decision::Evidence;
use crate::inspect::Workspace;
use crate::paths::{relative, slashed};
use crate::plan::Copy;

/// A file or a folder, and why it is needed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Input {
    pub(super) is_folder: bool,
    pub(super) because: Vec<Evidence>,
}

/// Paths as the Dockerfile writes them.
pub(crate) struct Place<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) root: &'a Path,
}

impl Place<'_> {
    pub(crate) fn in_context(&self, path: &Path) -> String {
        slashed(&relative(path, self.root))
    }

    pub(crate) fn in_workdir(&self, path: &Path) -> String {
        slashed(&relative(path, &self.workspace.root))
    }

    /// The workspace's root, where this folder holds the context.
    pub(super) fn below(&self, top: &str) -> String {
        match slashed(&relative(&self.workspace.root, self.root)).as_str() {
            "." => top.to_owned(),
            below => format!("{top}/{below}"),
        }
    }

    pub(crate) fn whole(&self, path: &Path, because: Vec<Evidence>) -> Copy {
        Copy {
            from: None,
            sources: vec![self.in_context(path)],
            destination: self.in_workdir(path),
            because,
        }
    }

    /// Files, those of one folder in one `COPY`.
    pub(crate) fn files(&self, files: &[(PathBuf, Vec<Evidence>)]) -> Vec<Copy> {
        let mut copies: Vec<Copy> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (path, because) in files {
            let parent = path.parent().unwrap_or(self.root);
            let destination = format!("{}/", self.in_workdir(parent));
            let source = self.in_context(path);
            let place = *places.entry(destination.clone()).or_insert(copies.len());
            match copies.get_mut(place) {
                Some(copy) if !copy.sources.contains(&source) => {
                    copy.sources.push(source);
                    copy.because.extend(because.clone());
                }
                Some(_) => {}
                None => copies.push(Copy {
                    from: None,
                    sources: vec![source],
                    destination,
                    because: because.clone(),
                }),
            }
        }
        copies
    }

    /// The copies of each layer of local packages, and those of all that is left.
    pub(super) fn in_order(
        &self,
        order: &Order<'_>,
        needed: &Found,
        manifests: &Files,
        before: &BTreeSet<PathBuf>,
        is_compared: bool,
    ) -> (Vec<Vec<Copy>>, Vec<Copy>) {
        let plain = |(path, because): &(PathBuf, Vec<Evidence>)| {
            let is_folder = false;
            let because = because.clone();
            (path.clone(), Input { is_folder, because })
        };
        let mut all = needed.clone();
        all.extend(manifests.iter().map(plain));
        if order.layers.is_empty() {
            return (Vec::new(), self.sources(&all, before));
        }
        let mut late = needed.clone();
        // Folder by folder: a file that is copied again gets a new time, and is compiled again.
        let mut layers = Vec::new();
        for layer in &order.layers {
            let mut files = Found::new();
            for (package, _) in layer {
                for file in self
                    .workspace
                    .sources
                    .get(&package.id)
                    .into_iter()
                    .flat_map(|s| &s.needed)
                {
                    files.extend(late.remove_entry(&file.path));
                }
            }
            layers.push(self.one_by_one(&files));
        }
        let sources = match is_compared {
            true => self.sources(&all, before),
            false => self.one_by_one(&late),
        };
        (layers, sources)
    }

    /// Each file and folder by its own name.
    fn one_by_one(&self, found: &Found) -> Vec<Copy> {
        let files: Files = found
            .iter()
            .filter(|(_, input)| !input.is_folder)
            .map(|(path, input)| (path.clone(), input.because.clone()))
            .collect();
        let folders = found.iter().filter(|(_, input)| input.is_folder);
        let mut copies = self.files(&files);
        copies.extend(folders.map(|(path, input)| self.whole(path, input.because.clone())));
        copies
    }

    /// Sources by the first part of their path: the ignore file decides what is in a folder.
    ///
    /// What was copied before is left out: it would get new times, and be compiled again.
    fn sources(&self, sources: &Found, before: &BTreeSet<PathBuf>) -> Vec<Copy> {
        let mut files = Found::new();
        let mut tops: BTreeMap<PathBuf, Found> = BTreeMap::new();
        for (path, input) in sources {
            let inside = path.strip_prefix(self.root).unwrap_or(path);
            let mut parts = inside.components();
            let top = match (parts.next(), parts.next()) {
                (Some(_), None) if !input.is_folder => {
                    files.insert(path.clone(), input.clone());
                    continue;
                }
                (Some(top), _) => self.root.join(top),
                (None, _) => self.root.to_path_buf(),
            };
            let below = tops.entry(top).or_default();
            below.insert(path.clone(), input.clone());
        }
        let mut copies = self.one_by_one(&files);
        for (top, below) in tops {
            // What is in a folder comes right after it in the order of paths.
            let first = before.range(top.clone()..).next();
            if first.is_some_and(|path| path.starts_with(&top)) {
                copies.extend(self.one_by_one(&below));
            } else {
                let because = below.into_values().flat_map(|input| input.because);
                copies.push(self.whole(&top, because.collect()));
            }
        }
        copies
    }
}
