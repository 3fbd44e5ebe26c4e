//! What sources say, as the decisions take it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::decision::Origin;
use crate::source::{self, Demand, Fact, Fill, Function, Handed, Known, Parser, Record};

/// What the sources of one local package say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageSources {
    /// Files and folders that its compile needs, absolute.
    pub needed: Vec<NeededFile>,
    /// Files and folders that its compile reads and that are not there, absolute.
    pub missing: Vec<MissingFile>,
    /// Files that the code embeds by their own names, absolute.
    pub named: Vec<NeededFile>,
    /// Files and folders that the program opens when it runs, absolute.
    pub assets: Vec<NeededFile>,
    /// Files that the program opens when it runs and that the project does not have, as the code names them.
    pub absent: Vec<NeededFile>,
    /// Addresses with a port that the sources name.
    pub addresses: Vec<Address>,
    /// Folders that a front end is built to, and that the program embeds or serves.
    pub front_ends: Vec<FrontEnd>,
    /// Schemas that its build script compiles.
    pub schemas: Schemas,
    /// Variables that its compile takes instead of asking git, and where they are read.
    pub build_variables: Vec<(String, SourceMark)>,
    /// Variables of the environment that its compile reads.
    pub variables: Vec<CompileVariable>,
    /// Files that were read for all this, absolute and in order.
    pub read: Vec<PathBuf>,
    /// Files that could not be understood, absolute, and why: what they do is unknown.
    pub unread: Vec<(PathBuf, String)>,
    /// What the code does that matters to an image, and where.
    pub marks: Vec<(Mark, SourceMark)>,
    /// The literals of its build script, and where they are.
    pub literals: Vec<(String, SourceMark)>,
    /// Literals of all of its code that can be paths.
    pub(crate) texts: BTreeSet<String>,
    /// All that the table of calls sees, by file and place.
    pub facts: Vec<Fact>,
    /// What it asks of its command line, by file.
    pub(crate) parsing: Vec<Parsing>,
    /// Functions that may listen or read a variable for others, and calls of them, by file.
    pub(crate) asking: Vec<Asking>,
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

/// What one file hands from function to function.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Asking {
    /// The file, absolute.
    pub(crate) file: PathBuf,
    pub(crate) functions: Vec<Function>,
    pub(crate) calls: Vec<Handed<Known>>,
    /// Types that are filled from variables, and where they are.
    pub(crate) records: Vec<Record>,
    pub(crate) fills: Vec<Fill>,
}

/// A variable of the environment that a compile reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileVariable {
    /// Its name.
    pub name: String,
    /// Whether the compile fails without it, and nothing but the environment can set it.
    pub is_needed: bool,
    /// Where it is read.
    pub at: SourceMark,
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
    /// It asks git for a version while it compiles, and has something to say instead.
    GitFallback,
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

    /// Whether the code listens somewhere; true as well where some of it could not be read.
    pub fn listens(&self) -> bool {
        let binds = |fact: &Fact| fact.meaning.listens() && !fact.is_build_script;
        !self.unread.is_empty()
            || self.marked(Mark::Listener).next().is_some()
            || self.facts.iter().any(binds)
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
    /// Whether it is one for datagrams.
    pub is_udp: bool,
    /// The variable to set, and its value, where the image has to set one for others to reach it.
    pub reach: Option<(String, String)>,
    /// The option of the command line that says so as well, with its dashes, and its value.
    pub option: Option<(String, String)>,
    /// Where it is.
    pub found_at: SourceMark,
}

impl Address {
    /// An address that is listened on, and that nothing from outside moves.
    pub(super) fn bound(
        text: String,
        port: Option<u16>,
        is_loopback: bool,
        found_at: SourceMark,
    ) -> Self {
        Self {
            text,
            port,
            is_loopback,
            is_bound: true,
            is_udp: false,
            reach: None,
            option: None,
            found_at,
        }
    }
}

impl From<&source::Place> for SourceMark {
    fn from(place: &source::Place) -> Self {
        Self {
            path: place.file.clone(),
            line: place.line,
        }
    }
}

/// A folder that a front end is built to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontEnd {
    /// The folder or the file that the program takes, absolute.
    pub output: PathBuf,
    /// Whether it is there.
    pub is_there: bool,
    /// The folder that the front end is built to: `output`, or one above it.
    pub built: PathBuf,
    /// Whether it becomes a part of the program.
    pub is_embedded: bool,
    /// What it is made from: a `package.json` or a `Trunk.toml`, absolute.
    pub manifest: PathBuf,
    /// What the `package.json` says.
    pub node: Option<NodePackage>,
    /// Where the program takes it.
    pub found_at: SourceMark,
}

/// A package of npm, as far as it says how it is built.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodePackage {
    /// Names of its scripts.
    pub scripts: BTreeSet<String>,
    /// Lock files beside it.
    pub locks: Vec<&'static str>,
    /// Whether `yarn.lock` is one of Yarn 1.
    pub is_yarn_classic: bool,
    /// Files beside it that say where packages come from.
    pub configuration: Vec<&'static str>,
    /// One of them that has a token or a password, or the variable of one.
    pub credentials: Option<&'static str>,
    /// What is installed by other rules than those of the manifest and the lock file alone: a folder.
    pub own_rules: Option<&'static str>,
    /// `packageManager`.
    pub package_manager: Option<String>,
    /// Whether it has packages below it.
    pub has_workspaces: bool,
    /// A dependency that lies in a folder.
    pub local: Option<String>,
    /// The version of Node.js that it wants, and where that is said.
    pub node: Option<(String, SourceMark)>,
}

/// Something that the compile reads, and that is not there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MissingFile {
    /// What it is, and where it is named.
    pub file: NeededFile,
    /// What makes it.
    pub remedy: Remedy,
}

/// What makes a file that is missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remedy {
    /// It is in this submodule, absolute.
    Submodule(PathBuf),
    /// A command that is typed in this folder, absolute.
    Command(&'static str, PathBuf),
    /// Nothing beside it says so.
    Unknown,
}

/// Schemas of a package that has a build script: the `.proto` files of what its compile needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schemas {
    /// How many there are.
    pub count: usize,
    /// Imports of messages that come with protoc and are not among the files of the project.
    pub google: Vec<(String, SourceMark)>,
    /// Schemas that the build script or an import names, and that are not there.
    pub unseen: Vec<(String, SourceMark)>,
}
