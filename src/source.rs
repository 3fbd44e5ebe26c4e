//! What source code says: text in, facts out, without an opinion.
//!
//! The files of a package are found as rustc finds them, from the root of each target on, and without what a
//! condition leaves out of the image. Whoever calls hands in how a file is read; nothing here touches the disk.
//!
//! A file is parsed where its words or texts can matter. Where it cannot be parsed, or not without a risk for the
//! stack, its tokens are looked at instead: no file makes this fail.

mod attributes;
mod cfg;
mod chain;
mod cores;
mod demands;
mod facts;
mod fold;
mod format;
mod handed;
mod items;
mod known;
mod literals;
mod methods;
mod named;
mod options;
mod outline;
mod parsers;
mod read;
mod records;
mod script;
mod table;
#[cfg(test)]
mod tests;
mod tokens;
mod tree;
mod types;
mod value;
mod visit;
mod words;

pub(crate) use self::cfg::Conditions;
pub(crate) use self::facts::{
    Call, Demand, Field, FileFacts, Fill, Function, Handed, Named, Naming, Parser, Record, Text,
    Wrapper,
};
pub use self::facts::{Fact, Meaning, Otherwise, Place};
pub use self::known::{Base, Known};
pub(crate) use self::script::{Act, Does, Script, ScriptFile, script};
pub(crate) use self::tree::{Package, Root, read};
