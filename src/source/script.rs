//! What a build script does when it runs for Linux: which compilers, tools and libraries it asks for.
//!
//! The script is followed from `main` on. Conditions on the target, the features and cargo's variables are
//! evaluated; where one is not known, both of its sides count. Functions that are never called count for nothing.

mod calls;
mod macros;
#[cfg(test)]
mod tests;
mod values;
mod walk;

use std::path::PathBuf;

use proc_macro2::TokenStream;

use super::cfg::Conditions;
use crate::limits;

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

/// Follows a build script; the first file has its `main`.
pub(crate) fn script(files: &[ScriptFile], conditions: &Conditions) -> Script {
    let followed = std::thread::scope(|scope| {
        let thread = limits::spawn_with_room(scope, || follow(files, conditions)).ok()?;
        thread.join().ok()
    });
    followed.unwrap_or_else(|| unread(files, "there is no room to read it"))
}

fn unread(files: &[ScriptFile], why: &'static str) -> Script {
    let path = files.first().map(|file| file.path.clone());
    Script {
        unread: Some((path.unwrap_or_default(), why)),
        ..Script::default()
    }
}

fn follow(files: &[ScriptFile], conditions: &Conditions) -> Script {
    let mut parsed = Vec::new();
    for file in files {
        match parse(&file.text) {
            Ok(syntax) => parsed.push(syntax),
            Err(why) => {
                return Script {
                    unread: Some((file.path.clone(), why)),
                    ..Script::default()
                };
            }
        }
    }
    let script = walk::follow(files, &parsed, conditions);
    drop(parsed);
    proc_macro2::extra::invalidate_current_thread_spans();
    script
}

fn parse(text: &str) -> Result<syn::File, &'static str> {
    const RUST: &str = "it does not parse as Rust";
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // `#!` of a script is no Rust, `#![…]` is.
    let text = match text.starts_with("#!") && !text.starts_with("#![") {
        true => text.split_once('\n').map_or("", |(_, rest)| rest),
        false => text,
    };
    let stream: TokenStream = text.parse().map_err(|_| RUST)?;
    match limits::is_shallow(stream.clone()) {
        true => syn::parse2(stream).map_err(|_| RUST),
        false => Err("it is nested too deep"),
    }
}
