//! What the sources of the local packages need, and what they give away about the program.

mod assets;
mod conditions;
mod configured;
mod embedded;
mod features;
mod front_ends;
mod keys;
mod listen;
mod marks;
mod node;
mod schemas;
mod tree;

use std::cell::RefCell;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use cargo_metadata::{Package, PackageId, Target, TargetKind};

pub use self::front_ends::FrontEnd;
pub use self::node::NodePackage;
pub use self::schemas::Schemas;
use self::tree::{is_skipped, symlinks};
use super::Project;
use super::select::Selected;
use crate::decision::Origin;
use crate::error::Result;
use crate::limits;
use crate::settings::Settings;
use crate::source::{self, Call, Demand, Fact, FileFacts, Known, Meaning, Named, Parser, Text};

/// What the sources of one local package say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageSources {
    /// Files and folders that its compile needs, absolute.
    pub needed: Vec<NeededFile>,
    /// Files that the code embeds by their own names, absolute.
    pub named: Vec<NeededFile>,
    /// Files and folders that the program opens when it runs, absolute.
    pub assets: Vec<NeededFile>,
    /// Addresses with a port that the sources name.
    pub addresses: Vec<Address>,
    /// Folders that a front end is built to, and that the program embeds or serves.
    pub front_ends: Vec<FrontEnd>,
    /// Schemas that its build script compiles.
    pub schemas: Schemas,
    /// Variables that its compile takes instead of asking git, and where they are read.
    pub build_variables: Vec<(String, SourceMark)>,
    /// Files that were read for all this, absolute and in order.
    pub read: Vec<PathBuf>,
    /// Files that could not be understood, absolute, and why: what they do is unknown.
    pub unread: Vec<(PathBuf, String)>,
    /// What the code does that matters to an image, and where.
    pub marks: Vec<(Mark, SourceMark)>,
    /// All that the table of calls sees, by file and place.
    pub facts: Vec<Fact>,
    /// What it asks of its command line, by file.
    pub(crate) parsing: Vec<Parsing>,
    /// Files of SQLite that literals name, and where.
    pub databases: Vec<(String, SourceMark)>,
}

/// What one file says about the command line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parsing {
    /// The file, absolute.
    pub(crate) file: PathBuf,
    /// Types that parsers are derived from.
    pub(crate) parsers: Vec<Parser>,
    /// Types whose parser is run.
    pub(crate) parsed: Vec<String>,
    /// What other parsers ask for, the function around it, and the line.
    pub(crate) demands: Vec<(Demand, String, usize)>,
}

/// Something that code does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// It sets `#[global_allocator]`.
    GlobalAllocator,
    /// It starts threads by hand.
    Threads,
    /// It listens on a socket.
    Listener,
    /// It waits for ctrl-c.
    CtrlC,
    /// It waits for SIGTERM.
    Sigterm,
    /// It names a library to link.
    Links,
    /// Its build script says itself what to link, an archive perhaps.
    LinksArchive,
    /// Its build script has headers read by bindgen.
    ReadsHeaders,
    /// It has queries that sqlx checks while it compiles.
    Query,
    /// It asks git for a version while it compiles, and takes no other answer.
    GitVersion,
    /// Its build script runs git.
    BuildGit,
    /// Its build script runs a tool that makes a front end.
    BuildsFrontEnd,
}

impl PackageSources {
    /// Where the code does something.
    pub fn marked(&self, mark: Mark) -> impl Iterator<Item = &SourceMark> {
        let marks = self.marks.iter();
        marks
            .filter(move |(kind, _)| *kind == mark)
            .map(|(_, at)| at)
    }
}

/// A file or a folder that a compile needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NeededFile {
    /// The file or folder, absolute.
    pub path: PathBuf,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Why.
    pub fact: String,
    /// Where that was read, absolute, with the line.
    pub found_at: Option<SourceMark>,
    /// The setting that asks for it, where one does.
    pub asked_by: Option<Origin>,
}

/// A line of a source file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceMark {
    /// The file, absolute.
    pub path: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
}

/// An address in the sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// As it is written.
    pub text: String,
    /// The port, where it is a number.
    pub port: Option<u16>,
    /// Whether only the container itself could reach it.
    pub is_loopback: bool,
    /// Whether the code around it listens.
    pub is_bound: bool,
    /// The variable to set, and its value, where the image has to set one for others to reach it.
    pub reach: Option<(String, String)>,
    /// Where it is.
    pub found_at: SourceMark,
}

type ScanKey = (PackageId, Vec<String>, PathBuf, BTreeSet<String>);

/// What was scanned for one image may serve the next.
#[derive(Default)]
pub(super) struct Scans {
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
        let mut active = features::active(&project.metadata, selected, settings);
        let mut queue = VecDeque::from([shipped]);
        let mut found = BTreeMap::new();
        let root = project.metadata.workspace_root.as_std_path();
        let home = folder(project.package_of(shipped));
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
                    let home = home.clone();
                    entry.insert(scan_package(package, &binaries, root, home, conditions)?)
                }
            };
            found.insert(id.clone(), scan.clone());
            queue.extend(
                node.into_iter()
                    .flat_map(|node| &node.deps)
                    .map(|dep| &dep.pkg),
            );
        }
        Ok(found)
    }
}

fn scan_package(
    package: &Package,
    binaries: &[String],
    workspace: &Path,
    home: PathBuf,
    conditions: source::Conditions,
) -> std::io::Result<PackageSources> {
    let mut scan = Scan {
        root: folder(package),
        workspace: workspace.to_path_buf(),
        home,
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
    let sources = source::read(
        &source::Package {
            roots: roots(package, binaries),
            conditions,
        },
        &|path| match limits::read(path, limits::SOURCE) {
            Ok(text) => Some(Ok(text)),
            // cargo says so itself.
            Err(unread) if unread.is_missing() => None,
            Err(unread) => Some(Err(unread.reason())),
        },
    )?;
    for file in sources.files {
        scan.file(package, file);
    }
    scan.conventions(package);
    scan.configuration(package);
    scan.defaulted();
    scan.listens();
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
        symlinks(&path, &scan.root, &mut scan.facts.needed);
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

/// The folder of a package.
pub(crate) fn folder(package: &Package) -> PathBuf {
    let manifest = package.manifest_path.as_std_path();
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

fn is_compiled(target: &Target) -> bool {
    !target.kind.iter().any(|kind| {
        matches!(
            kind,
            TargetKind::Test | TargetKind::Bench | TargetKind::Example
        )
    })
}

struct Scan {
    root: PathBuf,
    workspace: PathBuf,
    /// The folder of the shipped package.
    home: PathBuf,
    facts: PackageSources,
    /// Words of the program's own names.
    own: BTreeSet<String>,
    /// Literals with names, by file.
    values: Vec<(PathBuf, Named<Known>)>,
    /// Names that are listened on.
    bound: BTreeMap<String, BTreeSet<PathBuf>>,
    /// Calls that say how a configuration is read, by file.
    calls: Vec<(PathBuf, Call<Known>)>,
    /// Literals that name what is embedded, by file.
    embedded: Vec<(PathBuf, Text)>,
    /// What the literals of build scripts can name.
    named: Vec<(Vec<PathBuf>, SourceMark)>,
    /// The text of all literals that are not for people.
    texts: BTreeSet<String>,
    /// Files that options have as their default, and where.
    defaults: Vec<(String, SourceMark)>,
    /// Configuration files that the program has an address from.
    read: BTreeSet<PathBuf>,
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
            // A build script beside the manifest has its modules beside it; they are followed.
            Some(_) if is_build_script => source.to_path_buf(),
            // A library or program beside the manifest: modules may be anywhere.
            Some(_) => self.root.clone(),
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

    fn need(&mut self, path: PathBuf, fact: String, found_at: Option<SourceMark>) {
        self.facts.needed.push(NeededFile {
            is_folder: path.is_dir(),
            path,
            fact,
            found_at,
            asked_by: None,
        });
    }

    fn file(&mut self, package: &Package, file: FileFacts) {
        self.module(&file);
        for text in &file.texts {
            self.embedded(&file.path, text, file.is_build_script);
        }
        self.links(&file);
        if file.is_build_script {
            self.script_asks(&file);
            self.script_names(&file);
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

/// The facts of a kind in one file, with their places.
fn of_kind(file: &FileFacts, meaning: Meaning) -> impl Iterator<Item = (&Fact, SourceMark)> {
    let facts = file
        .facts
        .iter()
        .filter(move |fact| fact.meaning == meaning);
    facts.map(|fact| (fact, SourceMark::from(&fact.at)))
}

impl From<&source::Place> for SourceMark {
    fn from(place: &source::Place) -> Self {
        Self {
            path: place.file.clone(),
            line: place.line,
        }
    }
}
