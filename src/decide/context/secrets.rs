//! What stays out of the folders that are let in because its name says that it holds secrets.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::Package;

use super::place::Place;
use crate::decide::configuration;
use crate::decide::inputs::{Found, Input};
use crate::decision::Evidence;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::inspect::{NeededFile, Workspace, folder};
use crate::paths::{relative, slashed};
use crate::plan::{NamePattern, SecretRule, Secrets};
use crate::secrets::{self, Secret};

/// So many names are shown in one message.
const MOST_SHOWN: usize = 5;

/// Decides on everything that has the name of a secret.
pub(super) struct Gate<'a> {
    place: &'a Place<'a>,
    locals: &'a [&'a Package],
    /// Files and folders that a setting or the code names one by one.
    named: BTreeMap<PathBuf, Vec<Evidence>>,
    /// What is needed, has the name of a secret and is named by nobody.
    refused: BTreeMap<PathBuf, Vec<Evidence>>,
    /// What is let in and is a folder.
    pub(super) folders: BTreeSet<PathBuf>,
    /// Folders of crates whose files cargo compares with their checksums: all of them have to be there.
    pub(super) checked: Vec<PathBuf>,
}

impl<'a> Gate<'a> {
    pub(super) fn new(place: &'a Place<'a>, locals: &'a [&'a Package]) -> Self {
        let mut gate = Self {
            place,
            locals,
            named: BTreeMap::new(),
            refused: BTreeMap::new(),
            folders: BTreeSet::new(),
            checked: Vec::new(),
        };
        let workspace = place.workspace;
        let sources = || locals.iter().filter_map(|p| workspace.sources.get(&p.id));
        let asked = sources()
            .flat_map(|sources| &sources.needed)
            .chain(&workspace.assets);
        for (path, because) in configuration::files(workspace) {
            gate.named.insert(path, because);
        }
        let asked = asked.filter(|file| file.asked_by.is_some());
        for file in asked.chain(sources().flat_map(|sources| &sources.named)) {
            let named = gate.named.entry(file.path.clone()).or_default();
            named.push(evidence(workspace, file));
            if file.is_folder {
                gate.folders.insert(file.path.clone());
            }
        }
        gate
    }

    /// Whether something that is needed gets into the build, whatever its name is.
    pub(super) fn admits(&mut self, path: &Path, input: &Input) -> bool {
        if input.is_folder {
            self.folders.insert(path.to_path_buf());
        }
        let is_public = |path: &Path| {
            let mut found = self.place.workspace.secrets.iter();
            found.any(|found| found.path == path && found.is_public)
        };
        let is_fine = self.row(path).is_none()
            || self.named.contains_key(path)
            || path.extension().is_some_and(|extension| extension == "rs")
            || self.holds_target(path)
            || is_public(path);
        if !is_fine {
            self.refused
                .insert(path.to_path_buf(), input.because.clone());
        }
        is_fine
    }

    /// The row of the table for a path, as the ignore file sees it.
    fn row(&self, path: &Path) -> Option<&'static Secret> {
        secrets::of_path(path.strip_prefix(self.place.root).ok()?)
    }

    /// Whether some target of a local package begins there.
    fn holds_target(&self, path: &Path) -> bool {
        let mut targets = self.locals.iter().flat_map(|package| &package.targets);
        targets.any(|target| target.src_path.as_std_path().starts_with(path))
    }

    /// The rules, and what there is to say about them.
    pub(super) fn decide(
        &self,
        included: &BTreeSet<PathBuf>,
        excluded: &[String],
        needed: &Found,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Secrets {
        let root = self.place.root;
        let is_in = |path: &Path| path.ancestors().any(|path| included.contains(path));
        let mut secrets = Secrets {
            rules: self.rules(included, is_in),
            kept_out: Vec::new(),
        };
        let is_excluded = |path: &Path| excluded.iter().any(|out| path.starts_with(root.join(out)));
        let mut out: BTreeSet<&Path> = self.refused.keys().map(PathBuf::as_path).collect();
        let there = self
            .place
            .workspace
            .secrets
            .iter()
            .map(|found| found.path.as_path());
        out.extend(there.filter(|path| {
            let inside = path.strip_prefix(root);
            is_in(path) && !is_excluded(path) && inside.is_ok_and(|path| !secrets.let_in(path))
        }));
        out.retain(|path| self.row(path).is_some_and(|row| !row.is_quiet));
        secrets.kept_out = out.iter().map(|path| self.place.in_context(path)).collect();
        diagnostics.extend(self.kept_out(&out, included, needed));
        diagnostics.extend(self.shipped());
        secrets
    }

    /// Names stay out everywhere; then what is named one by one comes in again.
    fn rules(
        &self,
        included: &BTreeSet<PathBuf>,
        is_in: impl Fn(&Path) -> bool,
    ) -> Vec<SecretRule> {
        let root = self.place.root;
        let mut words = Vec::new();
        let mut folders = Vec::new();
        let mut files = Vec::new();
        let public = self
            .place
            .workspace
            .secrets
            .iter()
            .filter(|found| found.is_public);
        for found in public
            .clone()
            .filter(|found| found.is_folder && is_in(&found.path))
        {
            words.push(self.let_in(&found.path, "a folder, and no file of credentials"));
            words.push(self.out(&found.path, |row| row.is_word));
        }
        let public = public
            .filter(|found| !found.is_folder)
            .map(|found| &found.path);
        let named = included.iter().chain(self.named.keys());
        for path in named.filter(|path| self.row(path).is_some() && is_in(path)) {
            let rule = self.let_in(path, "the project cannot be compiled without it");
            if self.folders.contains(path) {
                folders.push(rule);
                folders.push(self.out(path, |_| true));
            } else if !files.contains(&rule) {
                files.push(rule);
            }
        }
        for path in public.filter(|path| is_in(path)) {
            let rule = self.let_in(path, "its content or its name says that it holds no secret");
            if files
                .iter()
                .all(|known: &SecretRule| known.path != rule.path)
            {
                files.push(rule);
            }
        }
        files.sort_by(|left, right| left.path.cmp(&right.path));
        let checked = self.checked.iter().filter(|path| is_in(path));
        let checked = checked
            .map(|path| self.let_in(path, "cargo compares these crates with their checksums"));
        let everywhere = |is_word: bool| self.out(root, move |row| row.is_word == is_word);
        let rules = std::iter::once(everywhere(true)).chain(words);
        let rules = rules.chain([everywhere(false)]).chain(folders);
        rules.chain(checked).chain(files).collect()
    }

    fn let_in(&self, path: &Path, fact: &str) -> SecretRule {
        let named = self.named.get(path).cloned();
        SecretRule {
            lets_in: true,
            path: self.place.in_context(path),
            is_whole: self.checked.iter().any(|checked| checked == path),
            names: Vec::new(),
            because: named.unwrap_or_else(|| vec![Evidence::cargo(fact)]),
        }
    }

    /// The rows that stay out of a folder.
    fn out(&self, folder: &Path, is_meant: impl Fn(&Secret) -> bool) -> SecretRule {
        let path = match folder == self.place.root {
            true => String::new(),
            false => self.place.in_context(folder),
        };
        let rows = secrets::table().iter().filter(|row| is_meant(row));
        SecretRule {
            lets_in: false,
            path,
            is_whole: false,
            names: rows.map(NamePattern::of).collect(),
            because: Vec::new(),
        }
    }

    /// Says what is there and stays out: it may be missed where files beside it are read.
    fn kept_out(
        &self,
        out: &BTreeSet<&Path>,
        included: &BTreeSet<PathBuf>,
        needed: &Found,
    ) -> Option<Diagnostic> {
        let first = out.first()?;
        let shown = |path: &Path| shown(self.place, path);
        let mut names: Vec<String> = out
            .iter()
            .take(MOST_SHOWN)
            .map(|path| shown(path))
            .collect();
        if out.len() > MOST_SHOWN {
            names.push(format!("{} more", out.len() - MOST_SHOWN));
        }
        let message = format!(
            "files that usually hold secrets stay out of the build: {}",
            names.join(", ")
        );
        let mut diagnostic = Diagnostic::info(Code::SecretsKeptOut, message);
        for path in out {
            if let Some(because) = self.refused.get(*path).and_then(|because| because.first()) {
                diagnostic.severity = Severity::Warning;
                diagnostic = diagnostic.note(format!("{}, {because}", shown(path)));
                continue;
            }
            let Some(folder) = path.ancestors().find(|path| included.contains(*path)) else {
                continue;
            };
            if self.is_plain(folder) {
                continue;
            }
            diagnostic.severity = Severity::Warning;
            let because = needed.get(folder).and_then(|input| input.because.first());
            diagnostic = diagnostic.note(match because {
                Some(because) => format!("{} is in {}, {because}", shown(path), shown(folder)),
                None => format!("{} is in {}, which is let in", shown(path), shown(folder)),
            });
        }
        diagnostic.notes.truncate(MOST_SHOWN);
        let home = folder(self.place.workspace.package());
        let name = toml::Value::from(slashed(&relative(first, &home)));
        Some(diagnostic.help(format!(
            "if the build needs one, name it under [package.metadata.dockerize]: include = [{name}]"
        )))
    }

    /// Whether a folder is let in for its sources, and not for what else is read there.
    fn is_plain(&self, path: &Path) -> bool {
        let workspace = self.place.workspace;
        let mut packages = workspace.local_packages();
        self.holds_target(path)
            || packages.any(|package| folder(package) == path)
            || workspace
                .root_manifest
                .patches
                .iter()
                .any(|patch| patch == path)
    }

    /// Warns of secrets that everybody gets who has the image.
    fn shipped(&self) -> Vec<Diagnostic> {
        let workspace = self.place.workspace;
        let sources = self
            .locals
            .iter()
            .filter_map(|p| workspace.sources.get(&p.id));
        let embedded: BTreeSet<&NeededFile> = sources.flat_map(|sources| &sources.named).collect();
        let embedded = embedded.into_iter().map(|file| ("the program", file));
        let assets = workspace.assets.iter().map(|file| ("the image", file));
        let all = embedded.chain(assets);
        all.filter_map(|(what, file)| {
            let row = self.row(&file.path)?;
            let is_public = workspace
                .secrets
                .iter()
                .any(|found| found.path == file.path && found.is_public);
            if is_public
                || file
                    .path
                    .extension()
                    .is_some_and(|extension| extension == "rs")
            {
                return None;
            }
            let name = shown(self.place, &file.path);
            let message = format!(
                "{name} becomes a part of {what}, and a file of this name usually holds {}",
                row.kind
            );
            Some(
                Diagnostic::warning(Code::SecretShipped, message)
                    .note(evidence(workspace, file).to_string())
                    .help("let the program read it when it runs, from a mount or a variable"),
            )
        })
        .collect()
    }
}

fn shown(place: &Place<'_>, path: &Path) -> String {
    format!("`{}`", place.workspace.display(path).escape_debug())
}

/// Why a file is needed.
pub(super) fn evidence(workspace: &Workspace, file: &NeededFile) -> Evidence {
    match (&file.asked_by, &file.found_at) {
        (Some(origin), _) => Evidence::new(origin.clone(), &file.fact),
        (None, Some(mark)) => {
            Evidence::file(workspace.display(&mark.path), Some(mark.line), &file.fact)
        }
        (None, None) => Evidence::cargo(&file.fact),
    }
}
