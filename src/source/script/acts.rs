//! What a build script can do, and what is read of it.

use std::path::PathBuf;

/// The text of a build script, and of its modules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScriptFile {
    /// The file, absolute.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// Something that a build script does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Does {
    /// Compiles C with `cc`.
    CompilesC,
    /// Compiles C++ with `cc` or `cxx-build`.
    CompilesCxx,
    /// Runs CMake.
    RunsCmake,
    /// Asks pkg-config for a module, where its name is known.
    AsksPkgConfig(Option<String>),
    /// Has headers read by bindgen.
    ReadsHeaders,
    /// Links a library, where its name is known, and whether it is a static one.
    Links {
        name: Option<String>,
        is_static: bool,
    },
    /// Runs a program, where its name is known.
    Runs(Option<String>),
    /// Does something that is not understood.
    Unclear(&'static str),
}

/// Something that it does, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Act {
    pub(crate) does: Does,
    pub(crate) file: PathBuf,
    /// Counted from 1.
    pub(crate) line: usize,
    /// Whether it is done whatever the conditions are that are not known.
    pub(crate) is_certain: bool,
}

/// A variable of the environment that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) name: String,
    pub(crate) file: PathBuf,
    /// Counted from 1.
    pub(crate) line: usize,
    /// Whether the script fails without it.
    pub(crate) is_needed: bool,
}

/// What a build script does, in the order in which it does it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) acts: Vec<Act>,
    /// Variables of the environment that it reads, and that whoever builds may set.
    pub(crate) variables: Vec<Read>,
    /// The first line that has to do with native code and does not run for Linux.
    pub(crate) elsewhere: Option<(PathBuf, usize)>,
    /// The file that could not be understood, and why.
    pub(crate) unread: Option<(PathBuf, &'static str)>,
}
