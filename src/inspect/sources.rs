//! What the sources of the local packages need, and what they give away about the program.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, Package, PackageId, Target, TargetKind};

use serde::Deserialize;

use super::lexer::{self, Text, Tokens};

/// Macros whose literals are text for people, never paths of files to embed.
const TEXT_MACROS: &[&str] = &[
    "anyhow",
    "assert",
    "assert_eq",
    "assert_ne",
    "bail",
    "cfg",
    "debug",
    "debug_assert",
    "ensure",
    "eprint",
    "eprintln",
    "error",
    "expect",
    "format",
    "format_args",
    "info",
    "json",
    "log",
    "matches",
    "panic",
    "print",
    "println",
    "span",
    "todo",
    "trace",
    "unimplemented",
    "unreachable",
    "vec",
    "warn",
    "write",
    "writeln",
    "#deprecated",
    "#expect",
    "#serde",
    "#clap",
    "#arg",
    "#command",
    "#error",
    "#cfg",
    "#cfg_attr",
    "#allow",
    "#must_use",
    "#doc",
    "#instrument",
    "env",
    "option_env",
];
/// Folders in a package's root that hold no input of a compile; deeper ones may be modules.
const SKIPPED: &[&str] = &["target", ".git", "node_modules"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Conventions {
    convention: Vec<Convention>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Convention {
    #[serde(rename = "crate")]
    name: String,
    paths: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

fn conventions() -> Vec<Convention> {
    toml::from_str::<Conventions>(include_str!("conventions.toml"))
        .expect("the table that is compiled in is valid")
        .convention
}

/// What the sources of one local package say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageSources {
    /// Files and folders that its compile needs, absolute.
    pub needed: Vec<NeededFile>,
    /// Addresses with a port that the sources name.
    pub addresses: Vec<Address>,
    /// What the code does that matters to an image, and where.
    pub marks: Vec<(Mark, SourceMark)>,
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
    /// Where it is.
    pub found_at: SourceMark,
}

/// Scans the packages that `shipped` can reach through path dependencies, whatever the features.
///
/// `binary` is the one of `shipped` that counts: what other binaries say does not.
pub(super) fn scan(
    metadata: &Metadata,
    shipped: &PackageId,
    binary: &str,
) -> BTreeMap<PackageId, PackageSources> {
    let mut queue = VecDeque::from([shipped]);
    let mut found = BTreeMap::new();
    while let Some(id) = queue.pop_front() {
        let package = &metadata[id];
        if package.source.is_some() || found.contains_key(id) {
            continue;
        }
        let binary = (id == shipped).then_some(binary);
        let root = metadata.workspace_root.as_std_path();
        found.insert(id.clone(), scan_package(package, binary, root));
        let node = metadata
            .resolve
            .iter()
            .flat_map(|resolve| &resolve.nodes)
            .find(|node| node.id == *id);
        queue.extend(node.iter().flat_map(|node| &node.deps).map(|dep| &dep.pkg));
    }
    found
}

fn scan_package(package: &Package, binary: Option<&str>, workspace: &Path) -> PackageSources {
    let mut scan = Scan {
        others: other_binaries(package, binary),
        root: folder(package),
        workspace: workspace.to_path_buf(),
        facts: PackageSources::default(),
        seen: BTreeSet::new(),
        queue: VecDeque::new(),
    };
    for target in package.targets.iter().filter(|target| is_compiled(target)) {
        scan.target(target);
    }
    while let Some((file, is_build_script)) = scan.queue.pop_front() {
        scan.file(&file, is_build_script);
    }
    scan.conventions(package);
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
    scan.facts
}

/// Where the other binaries of a package begin: a file, or the folder of `src/bin/name/main.rs`.
fn other_binaries(package: &Package, binary: Option<&str>) -> Vec<PathBuf> {
    let others = package
        .targets
        .iter()
        .filter(|target| target.is_bin() && Some(target.name.as_str()) != binary);
    others
        .map(|target| {
            let path = target.src_path.as_std_path();
            match path.parent() {
                Some(folder) if path.ends_with("main.rs") && !folder.ends_with("src") => folder,
                _ => path,
            }
            .to_path_buf()
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
    /// Where binaries that are not shipped begin.
    others: Vec<PathBuf>,
    root: PathBuf,
    workspace: PathBuf,
    facts: PackageSources,
    seen: BTreeSet<PathBuf>,
    queue: VecDeque<(PathBuf, bool)>,
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
            None => source.parent().unwrap_or(source).to_path_buf(),
        };
        self.need(tree.clone(), fact, None);
        let mut files = Vec::new();
        if tree.is_dir() {
            rust_files(&tree, &self.root, &mut files);
        } else {
            files.push(tree);
        }
        for file in files {
            self.queue.push_back((file, is_build_script));
        }
    }

    /// Files that macros of a dependency read without naming them in the source.
    fn conventions(&mut self, package: &Package) {
        for convention in conventions() {
            let depends =
                |dependency: &cargo_metadata::Dependency| dependency.name == convention.name;
            if !package.dependencies.iter().any(depends) {
                continue;
            }
            let bases = BTreeSet::from([self.root.clone(), self.workspace.clone()]);
            let paths = bases
                .iter()
                .flat_map(|base| convention.paths.iter().map(move |path| base.join(path)));
            for path in paths.filter(|path| path.exists()).collect::<Vec<_>>() {
                self.need(
                    path,
                    format!("`{}` reads it while it compiles", convention.name),
                    None,
                );
            }
        }
    }

    fn need(&mut self, path: PathBuf, fact: String, found_at: Option<SourceMark>) {
        self.facts.needed.push(NeededFile {
            is_folder: path.is_dir(),
            path,
            fact,
            found_at,
        });
    }

    fn file(&mut self, file: &Path, is_build_script: bool) {
        let is_other = self.others.iter().any(|other| file.starts_with(other));
        if is_other || !self.seen.insert(file.to_path_buf()) {
            return;
        }
        let Ok(text) = std::fs::read_to_string(file) else {
            return;
        };
        let Some(tokens) = lexer::read(&text) else {
            return;
        };
        for text in &tokens.texts {
            self.embedded(file, text, is_build_script);
        }
        if is_build_script {
            self.modules(file, &tokens);
        } else {
            self.marks(file, &tokens);
        }
    }

    /// Files that a macro embeds or that a build script names.
    fn embedded(&mut self, file: &Path, text: &Text, is_build_script: bool) {
        let Some(path) = as_path(&text.value) else {
            return;
        };
        let name = text.argument_of.as_deref();
        let is_include = name.is_some_and(|name| {
            name.starts_with("include_") || name == "include" || name == "#path"
        });
        let is_argument = name.is_some_and(|name| !TEXT_MACROS.contains(&name));
        if !(is_build_script || is_include || is_argument) {
            return;
        }
        let here = file.parent().unwrap_or(&self.root);
        let bases: &[&Path] = if is_include {
            &[here, &self.root]
        } else {
            &[&self.root, here]
        };
        let Some(found) = bases
            .iter()
            .map(|base| crate::paths::normalize(&base.join(&path)))
            .find(|path| path.exists())
        else {
            return;
        };
        let is_skipped = [&self.root, &self.workspace]
            .iter()
            .any(|root| is_skipped(root, &found));
        if self.root.starts_with(&found) || found.ends_with("Cargo.toml") || is_skipped {
            return;
        }
        let fact = match name {
            Some(name) if name.starts_with('#') => format!("named by the attribute `{name}`"),
            Some(name) if !is_build_script => format!("embedded by `{name}!`"),
            _ => "named by the build script".to_owned(),
        };
        let mark = SourceMark {
            path: file.to_path_buf(),
            line: text.line,
        };
        if found.extension().is_some_and(|extension| extension == "rs") {
            self.queue.push_back((found.clone(), is_build_script));
        }
        let whole = self.widen(&found, is_include && !is_build_script);
        if !self
            .facts
            .needed
            .iter()
            .any(|needed| whole.starts_with(&needed.path))
        {
            self.need(whole, fact, Some(mark));
        }
    }

    /// A file in a folder of the package stands for the folder: what a macro or a build script reads
    /// there seldom comes alone (`proto/a.proto` imports `proto/b.proto`).
    fn widen(&self, found: &Path, is_exact: bool) -> PathBuf {
        let Ok(inside) = found.strip_prefix(&self.root) else {
            return found.to_path_buf();
        };
        let mut parts = inside.components();
        match (parts.next(), parts.next()) {
            (Some(first), Some(_)) => {
                let name = first.as_os_str();
                let keeps_apart = ["tests", "benches", "examples", "docs"]
                    .iter()
                    .any(|folder| name == *folder);
                if keeps_apart
                    || is_exact && found.is_file() && found.extension().is_some_and(|e| e == "rs")
                {
                    found.to_path_buf()
                } else {
                    self.root.join(first)
                }
            }
            _ => found.to_path_buf(),
        }
    }

    /// Modules beside a build script that lies beside the manifest.
    fn modules(&mut self, file: &Path, tokens: &Tokens) {
        let here = file.parent().unwrap_or(&self.root).to_path_buf();
        for module in &tokens.modules {
            for path in [
                here.join(format!("{module}.rs")),
                here.join(module).join("mod.rs"),
            ] {
                if path.is_file()
                    && !self
                        .facts
                        .needed
                        .iter()
                        .any(|needed| path.starts_with(&needed.path))
                {
                    self.need(
                        path.clone(),
                        "a module of the build script".to_owned(),
                        None,
                    );
                    self.queue.push_back((path, true));
                }
            }
        }
    }

    fn marks(&mut self, file: &Path, tokens: &Tokens) {
        const AROUND: usize = 3;
        let listens = |line: usize| {
            let is_near = |at: usize| at.abs_diff(line) <= AROUND;
            let verbs = ["bind", "listen", "serve", "TcpListener", "UdpSocket"];
            tokens
                .idents
                .iter()
                .any(|(name, at)| is_near(*at) && verbs.contains(&name.as_str()))
        };
        let mark = |line: usize| SourceMark {
            path: file.to_path_buf(),
            line,
        };
        let facts = &mut self.facts;
        let mut marked = BTreeMap::new();
        for (name, line) in &tokens.idents {
            let kind = match name.as_str() {
                "TcpListener" | "UdpSocket" => Mark::Listener,
                "global_allocator" => Mark::GlobalAllocator,
                "ctrl_c" => Mark::CtrlC,
                "SIGTERM" | "terminate" => Mark::Sigterm,
                _ => continue,
            };
            marked.entry(kind).or_insert(*line);
        }
        for (path, line) in &tokens.paths {
            if matches!(
                path.as_str(),
                "thread::spawn" | "thread::scope" | "thread::Builder"
            ) {
                marked.entry(Mark::Threads).or_insert(*line);
            }
        }
        facts
            .marks
            .extend(marked.into_iter().map(|(kind, line)| (kind, mark(line))));
        for text in &tokens.texts {
            if let Some((port, is_loopback)) = address(&text.value) {
                facts.addresses.push(Address {
                    text: text.value.clone(),
                    port,
                    is_loopback,
                    is_bound: listens(text.line),
                    found_at: mark(text.line),
                });
            }
        }
        for (host, port, line) in &tokens.tuples {
            facts.addresses.push(Address {
                text: format!("{host}:{port}"),
                port: Some(*port),
                is_loopback: host.contains("127.") || host.contains("::1"),
                is_bound: listens(*line),
                found_at: mark(*line),
            });
        }
        for (name, value, line) in &tokens.constants {
            let Ok(port) = u16::try_from(*value) else {
                continue;
            };
            if port > 0 && (name == "PORT" || name.ends_with("_PORT")) {
                facts.addresses.push(Address {
                    text: name.clone(),
                    port: Some(port),
                    is_loopback: false,
                    is_bound: false,
                    found_at: mark(*line),
                });
            }
        }
    }
}

/// The path that a literal can be, relative to some folder: `{}/proto`, `$CARGO_MANIFEST_DIR/web` and
/// `/data` (behind `env!("CARGO_MANIFEST_DIR")`) lose their heads.
fn as_path(text: &str) -> Option<PathBuf> {
    let text = text.trim_start_matches("cargo:rerun-if-changed=");
    let text = text.trim_start_matches("cargo::rerun-if-changed=");
    let text = match text.strip_prefix("$CARGO_MANIFEST_DIR") {
        Some(rest) => rest,
        None => text.rsplit_once('}').map_or(text, |(_, rest)| rest),
    };
    let text = text.trim_start_matches('/').trim_end_matches('/');
    let is_likely = !text.is_empty()
        && text.len() <= 256
        && !text.contains(['\0', '\n', '\u{fffd}', '*'])
        && text.chars().any(char::is_alphanumeric);
    is_likely.then(|| PathBuf::from(text))
}

fn is_skipped(root: &Path, path: &Path) -> bool {
    SKIPPED.iter().any(|name| path.starts_with(root.join(name)))
}

/// Port and reach of `0.0.0.0:8080`, `127.0.0.1:{}`, `[::]:80`, `localhost:3000`.
fn address(text: &str) -> Option<(Option<u16>, bool)> {
    let (host, port) = text.rsplit_once(':')?;
    let is_loopback = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
    if !is_loopback && !matches!(host, "0.0.0.0" | "[::]") {
        return None;
    }
    if port.starts_with('{') && port.ends_with('}') {
        return Some((None, is_loopback));
    }
    let port: u16 = port.parse().ok()?;
    (port > 0).then_some((Some(port), is_loopback))
}

fn rust_files(folder: &Path, root: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        let path = entry.path();
        if kind.is_dir() && !is_skipped(root, &path) {
            rust_files(&path, root, files);
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// A symlink needs what it points to; one that leaves the package would otherwise dangle in the image.
fn symlinks(path: &Path, root: &Path, needed: &mut Vec<NeededFile>) {
    let Ok(kind) = std::fs::symlink_metadata(path) else {
        return;
    };
    if kind.is_symlink() {
        let Ok(target) = std::fs::read_link(path) else {
            return;
        };
        let target = crate::paths::normalize(&path.parent().unwrap_or(path).join(target));
        if target.exists() && !needed.iter().any(|known| target.starts_with(&known.path)) {
            needed.push(NeededFile {
                is_folder: target.is_dir(),
                path: target,
                fact: "a symlink points to it".to_owned(),
                found_at: Some(SourceMark {
                    path: path.to_path_buf(),
                    line: 1,
                }),
            });
        }
    } else if kind.is_dir() {
        let Ok(entries) = std::fs::read_dir(path) else {
            return;
        };
        let mut entries: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        entries.sort();
        for entry in entries {
            if !is_skipped(root, &entry) {
                symlinks(&entry, root, needed);
            }
        }
    }
}
