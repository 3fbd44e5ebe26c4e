//! Paths as the Dockerfile writes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Copy;
use crate::decision::Evidence;
use crate::inspect::Workspace;
use crate::paths::{relative, slashed};

/// A file or a folder, and why it is needed.
#[derive(Debug, Clone, Default)]
pub(super) struct Input {
    pub(super) is_folder: bool,
    pub(super) because: Vec<Evidence>,
}

/// Paths as the Dockerfile writes them.
pub(super) struct Place<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) root: &'a Path,
}

impl Place<'_> {
    pub(super) fn in_context(&self, path: &Path) -> String {
        slashed(&relative(path, self.root))
    }

    pub(super) fn in_workdir(&self, path: &Path) -> String {
        slashed(&relative(path, &self.workspace.root))
    }

    pub(super) fn whole(&self, path: &Path, because: Vec<Evidence>) -> Copy {
        Copy {
            sources: vec![self.in_context(path)],
            destination: self.in_workdir(path),
            because,
        }
    }

    /// Files, those of one folder in one `COPY`.
    pub(super) fn files(&self, files: &[(PathBuf, Vec<Evidence>)]) -> Vec<Copy> {
        let mut copies: Vec<Copy> = Vec::new();
        for (path, because) in files {
            let parent = path.parent().unwrap_or(self.root);
            let destination = format!("{}/", self.in_workdir(parent));
            let source = self.in_context(path);
            match copies
                .iter_mut()
                .find(|copy| copy.destination == destination)
            {
                Some(copy) if !copy.sources.contains(&source) => {
                    copy.sources.push(source);
                    copy.because.extend(because.clone());
                }
                Some(_) => {}
                None => copies.push(Copy {
                    sources: vec![source],
                    destination,
                    because: because.clone(),
                }),
            }
        }
        copies
    }

    /// Sources by the first part of their path: the ignore file decides what is in a folder.
    pub(super) fn sources(&self, sources: &[(PathBuf, Input)]) -> Vec<Copy> {
        let mut files = Vec::new();
        let mut tops: BTreeMap<PathBuf, Vec<Evidence>> = BTreeMap::new();
        for (path, input) in sources {
            let inside = path.strip_prefix(self.root).unwrap_or(path);
            let mut parts = inside.components();
            match (parts.next(), parts.next()) {
                (None, _) => tops
                    .entry(self.root.to_path_buf())
                    .or_default()
                    .extend(input.because.clone()),
                (Some(_), None) if !input.is_folder => {
                    files.push((path.clone(), input.because.clone()))
                }
                (Some(top), _) => tops
                    .entry(self.root.join(top))
                    .or_default()
                    .extend(input.because.clone()),
            }
        }
        let mut copies = self.files(&files);
        copies.extend(
            tops.into_iter()
                .map(|(path, because)| self.whole(&path, because)),
        );
        copies
    }
}
