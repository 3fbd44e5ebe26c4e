//! What the sources of the local packages need, and what they give away about the program.

mod addresses;
mod assets;
mod compile;
mod conditions;
mod configured;
mod conventions;
mod embedded;
mod features;
mod front_ends;
mod handed;
mod keys;
mod listen;
mod marks;
mod node;
mod path_texts;
mod said;
mod scan;
mod schemas;
mod tree;

use std::cell::{OnceCell, RefCell};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use cargo_metadata::{Package, PackageId, Target, TargetKind};

pub(crate) use self::addresses::is_address;
use self::path_texts::is_path;
pub use self::said::{
    Address, CompileVariable, FrontEnd, Mark, MissingFile, NeededFile, NodePackage, PackageSources,
    Remedy, Schemas, SourceMark,
};
pub(crate) use self::said::{Asking, Parsing};
use self::scan::Scan;
use self::tree::symlinks;
use super::package::{folder, is_compiled};
use super::project::Project;
use super::select::Selected;
use super::tracked::Listings;
use crate::error::Result;
use crate::limits;
use crate::settings::Settings;
use crate::source::{self, FileFacts, Meaning, Text, Wrapper};

type ScanKey = (PackageId, Vec<String>, PathBuf, BTreeSet<String>);

/// What was scanned for one image may serve the next.
#[derive(Default)]
pub(super) struct Scans {
    listings: Listings,
    /// The packages of the project whose code runs while others compile.
    early: OnceCell<BTreeSet<PackageId>>,
    /// By package, by the binaries that count, by the folder that paths may start from, and by the active features.
    done: RefCell<BTreeMap<ScanKey, PackageSources>>,
}

impl Scans {
    /// Scans the packages that the shipped one can reach through path dependencies, whatever the features.
    ///
    /// Of its binaries only those in the image count: what others say does not.
    ///
    /// # Errors
    ///
    /// The system has no room for a thread.
    pub(super) fn of(
        &self,
        project: &Project,
        selected: &Selected,
        settings: &Settings,
    ) -> Result<BTreeMap<PackageId, PackageSources>> {
        let shipped = &selected.package;
        let mut active = features::active(project, selected, settings);
        let mut queue = VecDeque::from([shipped]);
        let mut found = BTreeMap::new();
        let home = folder(project.package_of(shipped));
        let early = self.early.get_or_init(|| compile::run_early(project));
        while let Some(id) = queue.pop_front() {
            let package = project.package_of(id);
            if package.source.is_some() || found.contains_key(id) {
                continue;
            }
            let binaries: Vec<String> = match id == shipped {
                true => selected.binaries().map(str::to_owned).collect(),
                false => Vec::new(),
            };
            let node = project.node(id);
            let conditions = source::Conditions {
                features: active.remove(id).unwrap_or_default(),
            };
            let features = conditions.features.clone();
            let key = (id.clone(), binaries.clone(), home.clone(), features);
            let mut done = self.done.borrow_mut();
            let scan = match done.entry(key) {
                Entry::Occupied(scan) => scan.into_mut(),
                Entry::Vacant(entry) => {
                    let compiled = source::Package {
                        roots: roots(package, &binaries),
                        conditions,
                        folder: folder(package),
                        is_run_early: early.contains(id),
                    };
                    let home = home.clone();
                    entry.insert(scan_package(package, &binaries, project, home, &compiled)?)
                }
            };
            found.insert(id.clone(), scan.clone());
            queue.extend(
                node.into_iter()
                    .flat_map(|node| &node.deps)
                    .map(|dep| &dep.pkg),
            );
        }
        compile::complete(project, &mut found, &self.listings);
        Ok(found)
    }
}

fn scan_package(
    package: &Package,
    binaries: &[String],
    project: &Project,
    home: PathBuf,
    compiled: &source::Package,
) -> std::io::Result<PackageSources> {
    let mut scan = Scan {
        root: folder(package),
        workspace: project.root.clone(),
        bounds: project.bounds.clone(),
        home,
        climbs: false,
        asks_by_parameter: false,
        own: listen::own_words(package, binaries),
        facts: PackageSources::default(),
        values: Vec::new(),
        bound: BTreeMap::new(),
        calls: Vec::new(),
        embedded: Vec::new(),
        named: Vec::new(),
        texts: BTreeSet::new(),
        read: BTreeSet::new(),
        defaults: Vec::new(),
    };
    let targets = package.targets.iter().filter(|target| is_compiled(target));
    targets.for_each(|target| scan.target(target));
    let sources = source::read(compiled, &|path| match limits::read(path, limits::SOURCE) {
        Ok(text) => Some(Ok(text)),
        // cargo says so itself.
        Err(unread) if unread.is_missing() => None,
        Err(unread) => Some(Err(unread.reason())),
    })?;
    let wrappers = sources.files.iter().flat_map(|file| file.wrappers.clone());
    let wrappers: Vec<Wrapper> = wrappers
        .filter(|wrapper| wrapper.means == Meaning::ReadVariableAtCompileTime)
        .collect();
    for file in sources.files {
        scan.file(package, file, &wrappers);
    }
    scan.followed_variables(package, &compiled.conditions);
    scan.conventions(package, &project.metadata.workspace_metadata);
    scan.configuration(package);
    scan.defaulted();
    scan.listens();
    scan.handed();
    scan.binds();
    scan.front_ends();
    scan.assets(package);
    scan.facts.needed.sort();
    scan.facts
        .needed
        .dedup_by(|later, first| later.path == first.path);
    let needed: Vec<_> = scan
        .facts
        .needed
        .iter()
        .map(|needed| needed.path.clone())
        .collect();
    for path in needed {
        if scan.is_inside(&path) {
            symlinks(&path, &scan.root, &mut scan.facts.needed);
        }
    }
    scan.schemas(package);
    scan.facts.read.sort();
    Ok(scan.facts)
}

/// Where the targets begin that the image is built from: of the binaries only those that it has.
fn roots(package: &Package, binaries: &[String]) -> Vec<source::Root> {
    let targets = package.targets.iter().filter(|target| {
        is_compiled(target) && (!target.is_bin() || binaries.contains(&target.name))
    });
    targets
        .map(|target| source::Root {
            path: target.src_path.clone().into(),
            is_build_script: target.is_custom_build(),
        })
        .collect()
}

impl Scan {
    fn target(&mut self, target: &Target) {
        let source = target.src_path.as_std_path();
        let is_build_script = target.kind.contains(&TargetKind::CustomBuild);
        let fact = match is_build_script {
            true => "the build script".to_owned(),
            false => "sources of the package".to_owned(),
        };
        let inside = source.strip_prefix(&self.root).ok();
        let tree = match inside.map(|path| path.components().collect::<Vec<_>>()) {
            // `src/main.rs`, `build/main.rs`: the folder, with all modules in it.
            Some(parts) if parts.len() > 1 => self.root.join(parts[0]),
            // Beside the manifest: so are its modules, which are followed one by one.
            Some(_) => source.to_path_buf(),
            None => self.tree_outside(source),
        };
        self.need(tree, fact, None);
    }

    /// What a target outside of its package is compiled from: the folder, with all modules in it; or the
    /// file alone, whose modules are followed, where the folder holds other things than sources.
    fn tree_outside(&mut self, source: &Path) -> PathBuf {
        let folder = source.parent().unwrap_or(source);
        let holds_more = self.root.starts_with(folder)
            || self.workspace.starts_with(folder)
            || ["Cargo.toml", ".git"]
                .iter()
                .any(|name| folder.join(name).exists());
        if holds_more {
            return source.to_path_buf();
        }
        folder.to_path_buf()
    }

    fn file(&mut self, package: &Package, file: FileFacts, wrappers: &[Wrapper]) {
        self.module(&file);
        self.reads_variables(&file, wrappers);
        if file.is_build_script {
            let text = limits::read(&file.path, limits::SOURCE).unwrap_or_default();
            const CLIMBING: &[&str] = &["ancestors(", "\"..\"", "parent(", "pop(", "WORKSPACE"];
            self.climbs |= CLIMBING.iter().any(|word| text.contains(word));
        }
        for text in &file.texts {
            self.embedded(&file.path, text, file.is_build_script);
            if is_path(&text.value) {
                self.facts.texts.insert(text.value.clone());
            }
        }
        self.links(&file);
        if file.is_build_script {
            self.script_asks(&file);
            self.script_names(&file);
            let literals = file.texts.iter().map(|text| {
                let line = text.line;
                let path = file.path.clone();
                (text.value.clone(), SourceMark { path, line })
            });
            self.facts.literals.extend(literals);
        } else {
            self.marks(&file);
            self.databases(&file);
            self.asks(package, &file);
        }
        self.remember(file);
    }

    /// A module that lies elsewhere: beside a build script, or where `#[path]` says.
    fn module(&mut self, file: &FileFacts) {
        self.facts.read.push(file.path.clone());
        let unread = file.unread.iter();
        self.facts
            .unread
            .extend(unread.map(|why| (file.path.clone(), why.clone())));
        let mut needed = self.facts.needed.iter();
        if !needed.any(|needed| file.path.starts_with(&needed.path)) {
            let fact = match file.is_build_script {
                true => "a module of the build script",
                false => "a module of the package",
            };
            self.need(file.path.clone(), fact.to_owned(), None);
        }
    }

    /// Keeps what is understood only when all files are read.
    fn remember(&mut self, file: FileFacts) {
        let path = file.path;
        self.facts.facts.extend(file.facts);
        if file.is_build_script {
            return;
        }
        let parsing = Parsing {
            file: path.clone(),
            parsers: file.parsers,
            parsed: file.parsed,
            demands: file.demands,
        };
        if !(parsing.parsers.is_empty() && parsing.parsed.is_empty() && parsing.demands.is_empty())
        {
            self.facts.parsing.push(parsing);
        }
        let has_calls = !(file.functions.is_empty() && file.handed.is_empty());
        if has_calls || !(file.records.is_empty() && file.fills.is_empty()) {
            self.facts.asking.push(Asking {
                file: path.clone(),
                functions: file.functions,
                calls: file.handed,
                records: file.records,
                fills: file.fills,
            });
        }
        for named in &file.named {
            self.default_file(&path, named);
        }
        let named = file.named.into_iter();
        self.values.extend(named.map(|named| (path.clone(), named)));
        let calls = file.calls.into_iter();
        self.calls.extend(calls.map(|call| (path.clone(), call)));
        for name in file.bound {
            self.bound.entry(name).or_default().insert(path.clone());
        }
        let embedded = file
            .texts
            .iter()
            .filter(|text| front_ends::is_embedded(text));
        self.embedded
            .extend(embedded.map(|text| (path.clone(), text.clone())));
        let texts = file.texts.into_iter().filter(is_for_machines);
        self.texts.extend(texts.map(|text| text.value));
    }
}

/// Whether a literal can be a path or a key, and is not documentation.
fn is_for_machines(text: &Text) -> bool {
    const LONGEST: usize = 128;
    text.value.len() <= LONGEST && !text.value.contains('\n')
}
