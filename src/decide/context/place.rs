//! Paths as the Dockerfile writes them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};

use crate::decide::inputs::{File, Found, Order};
use crate::decision::Evidence;
use crate::inspect::Workspace;
use crate::paths::{relative, slashed};
use crate::plan::Copy;

/// What is in a build, in the order of paths: whether each is a folder, and why it is there.
type Sorted<'a> = BTreeMap<&'a Path, (bool, &'a [Evidence])>;

/// Those that are needed for the compile.
fn sorted(needed: &Found) -> impl Iterator<Item = (&Path, (bool, &[Evidence]))> {
    let needed = needed.iter();
    needed.map(|(path, input)| (path.as_path(), (input.is_folder, input.because.as_slice())))
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
    pub(crate) fn files<'b>(
        &self,
        files: impl Iterator<Item = (&'b Path, &'b [Evidence])>,
    ) -> Vec<Copy> {
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
                    copy.because.extend_from_slice(because);
                }
                Some(_) => {}
                None => copies.push(Copy {
                    from: None,
                    sources: vec![source],
                    destination,
                    because: because.to_vec(),
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
        manifests: &[&File],
        before: &BTreeSet<PathBuf>,
        is_compared: bool,
    ) -> (Vec<Vec<Copy>>, Vec<Copy>) {
        let plain = manifests
            .iter()
            .map(|(path, because)| (path.as_path(), (false, because.as_slice())));
        // The last of each path counts.
        let all: Sorted<'_> = sorted(needed).chain(plain).collect();
        if order.layers.is_empty() {
            return (Vec::new(), self.sources(&all, before));
        }
        let mut late: Sorted<'_> = sorted(needed).collect();
        // Folder by folder: a file that is copied again gets a new time, and is compiled again.
        let mut layers = Vec::new();
        for layer in &order.layers {
            let mut files = Sorted::new();
            for (package, _) in layer {
                for file in self
                    .workspace
                    .sources
                    .get(&package.id)
                    .into_iter()
                    .flat_map(|s| &s.needed)
                {
                    files.extend(late.remove_entry(file.path.as_path()));
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
    fn one_by_one(&self, found: &Sorted<'_>) -> Vec<Copy> {
        let of_kind = |wanted: bool| {
            let found = found.iter();
            let found = found.filter(move |(_, (is_folder, _))| *is_folder == wanted);
            found.map(|(path, (_, because))| (*path, *because))
        };
        let mut copies = self.files(of_kind(false));
        copies.extend(of_kind(true).map(|(path, because)| self.whole(path, because.to_vec())));
        copies
    }

    /// Sources by the first part of their path: the ignore file decides what is in a folder.
    ///
    /// What was copied before is left out: it would get new times, and be compiled again.
    fn sources(&self, sources: &Sorted<'_>, before: &BTreeSet<PathBuf>) -> Vec<Copy> {
        let mut files = Sorted::new();
        let mut runs: Vec<(Option<Component<'_>>, Vec<_>)> = Vec::new();
        for (path, input) in sources {
            let inside = path.strip_prefix(self.root).unwrap_or(path);
            let mut parts = inside.components();
            let (top, next) = (parts.next(), parts.next());
            if top.is_some() && next.is_none() && !input.0 {
                files.insert(*path, *input);
                continue;
            }
            // Those of one folder come one after another: it is looked for once.
            match runs.last_mut() {
                Some((known, below)) if *known == top => below.push((*path, *input)),
                _ => runs.push((top, vec![(*path, *input)])),
            }
        }
        let mut tops: BTreeMap<PathBuf, Vec<_>> = BTreeMap::new();
        for (top, below) in runs {
            let top = top.map_or_else(|| self.root.to_path_buf(), |top| self.root.join(top));
            tops.entry(top).or_default().extend(below);
        }
        let mut copies = self.one_by_one(&files);
        for (top, below) in tops {
            // What is in a folder comes right after it in the order of paths.
            let first = before.range(top.clone()..).next();
            if first.is_some_and(|path| path.starts_with(&top)) {
                copies.extend(self.one_by_one(&below.into_iter().collect()));
            } else {
                let because = below.into_iter().flat_map(|(_, (_, because))| because);
                copies.push(self.whole(&top, because.cloned().collect()));
            }
        }
        copies
    }
}
