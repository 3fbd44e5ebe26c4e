//! What the code of one file says, without an opinion.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::known::Known;
use super::value::Value;

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, absolute.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1, in characters.
    pub column: usize,
}

/// What a call, a macro or a word does, as the table of calls has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Meaning {
    /// Sets `#[global_allocator]`.
    Allocator,
    /// Listens on an address.
    Bind,
    /// Takes datagrams at an address.
    BindDatagram,
    /// Compiles C++ in a build script.
    BuildCpp,
    /// Runs CMake in a build script.
    BuildCmake,
    /// Asks pkg-config in a build script.
    BuildPkgConfig,
    /// Has headers read by bindgen.
    BuildHeaders,
    /// Hands a file or a folder to a crate that reads it in a build script.
    CompileRead,
    /// Talks to an address.
    Connect,
    /// Makes a folder.
    CreateFolder,
    /// Waits for ctrl-c.
    CtrlC,
    /// Puts a file or a folder into the program while it is compiled.
    Embed,
    /// Asks git for a version while it is compiled, and has something to say instead.
    GitFallback,
    /// Asks git for a version while it is compiled.
    GitVersion,
    /// Names a library to link.
    Link,
    /// Has a socket that others connect to.
    Listener,
    /// Makes a folder the one that relative paths start from.
    EnterFolder,
    /// Opens a file or a folder for reading.
    Open,
    /// Parses the arguments of the command line.
    ParseArguments,
    /// Has a query checked while it is compiled.
    Query,
    /// Reads a variable of the environment when it runs.
    ReadVariable,
    /// Reads a variable of the environment while it is compiled.
    ReadVariableAtCompileTime,
    /// Runs a program.
    Run,
    /// Waits for SIGTERM.
    Sigterm,
    /// Starts threads by hand.
    Threads,
    /// Switches on what only nightly Rust has.
    UnstableFeature,
    /// Writes a file.
    Write,
}

impl Meaning {
    /// Whether others can talk to it afterwards.
    pub(crate) fn listens(self) -> bool {
        matches!(self, Self::Bind | Self::BindDatagram)
    }
}

/// What becomes of the program where a call has no result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Otherwise {
    /// The code looks at the result.
    Handled,
    /// The caller, or the program, fails: `?`, `unwrap`, `expect`.
    Fails,
    /// This counts instead.
    Default(Known),
}

/// Something that the code does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fact {
    /// What it does.
    pub meaning: Meaning,
    /// The row of the table of calls that says so.
    pub row: &'static str,
    /// What it does that to; the first one that makes sense counts. Empty where the row has no argument.
    pub arguments: Vec<Known>,
    /// What happens where there is none.
    pub otherwise: Otherwise,
    /// Whether a build script does it.
    pub is_build_script: bool,
    /// Where.
    pub at: Place,
}

/// A string literal and what stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    /// The value, escapes resolved.
    pub(crate) value: String,
    /// Line, counted from 1.
    pub(crate) line: usize,
    /// The macro (`json`) or the attribute (`#folder`) that it is an argument of.
    pub(crate) argument_of: Option<String>,
    /// Whether a call that connects has it.
    pub(crate) is_connected: bool,
}

/// A value with the names that the code has for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named<V> {
    /// How it gets its name.
    pub(crate) kind: Naming,
    /// Variables, fields, keys: `port` in `let port = 8080`.
    pub(crate) names: Vec<String>,
    /// The variable of the environment that wins over it.
    pub(crate) variable: Option<String>,
    /// The option of the command line that wins over it, with its dashes.
    pub(crate) option: Option<String>,
    /// The value.
    pub(crate) value: V,
    /// The names of the items around it.
    pub(crate) owner: String,
    /// The line, counted from 1.
    pub(crate) line: usize,
}

/// How a value gets its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// `let`, `const` or `static`.
    Binding,
    /// What counts if nobody says otherwise: of an option, a variable, a field.
    Default,
}

/// A macro of `macro_rules!` that hands what it is given to a macro of the table of calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrapper {
    pub(crate) name: String,
    pub(crate) means: Meaning,
    /// The row of the table.
    pub(crate) row: &'static str,
}

/// A call with the text of its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call<V> {
    /// The path, or the name of a method.
    pub(crate) path: String,
    pub(crate) arguments: Vec<V>,
    pub(crate) line: usize,
}

/// A function and what it does with its parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// The type that it belongs to; empty for none.
    pub(crate) owner: String,
    /// The names of its parameters, without `self`.
    pub(crate) parameters: Vec<String>,
    /// The names of the type that it returns.
    pub(crate) returns: Vec<String>,
    /// Whether it listens.
    pub(crate) listens: bool,
    /// The parameter that names a variable which it reads.
    pub(crate) reads: Option<usize>,
    /// Whether it ends the program where the variable is not set.
    pub(crate) is_strict: bool,
    /// Whether it hands the fault on.
    pub(crate) refuses: bool,
    /// Functions that get a parameter: the name, the position there, and here.
    pub(crate) hands: Vec<(String, usize, usize)>,
}

/// A type that is filled from variables of the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) name: String,
    pub(crate) fields: Vec<Field>,
}

/// A place where a type is filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fill {
    /// The types that may be meant, the likeliest first.
    pub(crate) kinds: Vec<String>,
    /// What the variables begin with; none where the fields name them.
    pub(crate) prefix: Option<String>,
    pub(crate) line: usize,
}

/// A call of a function with arguments that are written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Handed<V> {
    pub(crate) function: String,
    /// What is before the name; empty for nothing.
    pub(crate) owner: String,
    pub(crate) arguments: Vec<V>,
    /// Whether the program fails where the result is none.
    pub(crate) fails: bool,
    pub(crate) line: usize,
}

/// A type that a parser of the command line is derived from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parser {
    pub(crate) name: String,
    /// Whether it can parse a command line by itself.
    pub(crate) is_root: bool,
    /// Whether it is an enum: one of its variants has to be named.
    pub(crate) is_choice: bool,
    /// Whether it refuses to do anything without an argument.
    pub(crate) wants_any: bool,
    /// The name that it gives itself.
    pub(crate) shown: Option<String>,
    pub(crate) fields: Vec<Field>,
    pub(crate) choices: Vec<Choice>,
    pub(crate) line: usize,
}

/// A field of a [`Parser`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    /// As users type it, without dashes.
    pub(crate) name: String,
    /// The innermost name of its type.
    pub(crate) kind: String,
    pub(crate) is_positional: bool,
    pub(crate) is_subcommand: bool,
    pub(crate) is_flattened: bool,
    pub(crate) is_required: bool,
    /// The variable of the environment that serves as well.
    pub(crate) variable: Option<String>,
    pub(crate) line: usize,
}

/// A subcommand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// As users type it.
    pub(crate) name: String,
    /// The type with its arguments.
    pub(crate) inner: Option<String>,
    /// Whether it stands for the subcommands of that type.
    pub(crate) is_flattened: bool,
    /// Its own arguments.
    pub(crate) fields: Vec<Field>,
}

/// What a parser asks for that is put together by calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Demand {
    /// It has this subcommand.
    Subcommand(String),
    /// Nothing works without a subcommand, or an argument.
    Any,
    /// This argument is required.
    Argument(String),
    /// This option is required.
    Option(String),
}

/// A module whose code is in a file of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Module {
    /// Folders of the blocks around it: `a` for `mod a { mod b; }`.
    pub(super) inline: Vec<String>,
    pub(super) name: String,
    /// `#[path]`
    pub(super) path: Option<String>,
}

/// A fact whose values are not resolved.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) meaning: Meaning,
    pub(super) row: &'static str,
    pub(super) arguments: Vec<Value>,
    pub(super) otherwise: Draught,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// [`Otherwise`], not resolved.
#[derive(Debug, Clone, Default)]
pub(super) enum Draught {
    #[default]
    Handled,
    Fails,
    Default(Value),
}

/// All of one file.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    pub(super) drafts: Vec<Draft>,
    pub(super) texts: Vec<Text>,
    pub(super) named: Vec<Named<Value>>,
    pub(super) calls: Vec<Call<Value>>,
    /// Names in the arguments of calls that listen.
    pub(super) bound: Vec<String>,
    /// Lines near which an address is one to listen on.
    pub(super) listens_at: Vec<usize>,
    /// Addresses that are put together, and their lines.
    /// Whether one is a mere pair, which may be anything else.
    pub(super) places: Vec<(Value, usize, bool)>,
    /// Functions with parameters that matter.
    pub(super) functions: Vec<Function>,
    /// Calls of functions with arguments that may matter.
    pub(super) handed: Vec<Handed<Value>>,
    /// Types that can be filled from variables, and where they are.
    pub(super) records: Vec<Record>,
    pub(super) fills: Vec<Fill>,
    /// `const`, `static`, and functions that only return a value.
    pub(super) constants: Vec<(String, Value)>,
    pub(super) modules: Vec<Module>,
    /// Files that `include!` makes a part of this one.
    pub(super) included: Vec<Value>,
    /// Types that parsers are derived from.
    pub(super) parsers: Vec<Parser>,
    /// Types whose parser is run.
    pub(super) parsed: Vec<String>,
    /// What other parsers ask for, the function around it, and the line.
    pub(super) demands: Vec<(Demand, String, usize)>,
    /// Macros of its own that hand what they are given to another one.
    pub(super) wrappers: Vec<Wrapper>,
    /// Why nothing is known of the file, where it cannot be understood.
    pub(super) unread: Option<String>,
}

/// What one file says, all values resolved.
#[derive(Debug, Clone, Default)]
pub(crate) struct FileFacts {
    pub(crate) path: PathBuf,
    pub(crate) is_build_script: bool,
    pub(crate) facts: Vec<Fact>,
    pub(crate) texts: Vec<Text>,
    pub(crate) named: Vec<Named<Known>>,
    pub(crate) calls: Vec<Call<Known>>,
    pub(crate) bound: Vec<String>,
    pub(crate) listens_at: Vec<usize>,
    pub(crate) places: Vec<(Known, usize, bool)>,
    pub(crate) functions: Vec<Function>,
    pub(crate) handed: Vec<Handed<Known>>,
    pub(crate) records: Vec<Record>,
    pub(crate) fills: Vec<Fill>,
    /// Types that parsers are derived from.
    pub(crate) parsers: Vec<Parser>,
    /// Types whose parser is run.
    pub(crate) parsed: Vec<String>,
    /// What other parsers ask for, the function around it, and the line.
    pub(crate) demands: Vec<(Demand, String, usize)>,
    /// Macros of its own that hand what they are given to another one.
    pub(crate) wrappers: Vec<Wrapper>,
    /// Why nothing is known of the file, where it cannot be understood.
    pub(crate) unread: Option<String>,
}
