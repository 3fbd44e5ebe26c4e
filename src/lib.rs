//! Reads what cargo knows about a project, decides what a good container build needs, and writes the
//! Dockerfile.
//!
//! The way is always the same, and each step is a function:
//!
//! ```no_run
//! use cargo_dockerize::{decide, inspect, output, render};
//!
//! # fn main() -> Result<(), cargo_dockerize::Error> {
//! let workspace = inspect::inspect(&inspect::Request {
//!     current_dir: std::env::current_dir()?,
//!     ..Default::default()
//! })?;
//! let plan = decide::plan(&workspace)?;
//! let files = render::render_all(&plan, &workspace.root)?;
//! let destination = output::Destination::of(std::slice::from_ref(&workspace))?;
//! destination.write(&files, false)?;
//! # Ok(())
//! # }
//! ```
//!
//! The library prints nothing. Without the default feature `cli` it has few dependencies.

#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

mod build_script;
#[cfg(feature = "cli")]
mod command;
pub mod decide;
mod decision;
pub mod diagnostic;
pub mod error;
mod features;
mod folder;
#[cfg(any(fuzzing, test))]
#[doc(hidden)]
pub mod fuzzing;
mod graph;
mod header;
pub mod inspect;
mod knowledge;
mod limits;
mod names;
pub mod output;
mod paths;
pub mod plan;
mod platform;
mod promises;
mod quote;
#[cfg(test)]
mod reference;
pub mod render;
mod secrets;
pub mod settings;
mod shell;
mod shown;
pub mod skeleton;
mod source;
mod version;

#[cfg(feature = "cli")]
pub mod cli;

/// The examples of the README are compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use build_script::{Build, Outcome, Skipped};
pub use error::{Error, Result};
