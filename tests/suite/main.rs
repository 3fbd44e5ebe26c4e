//! The real binary on real files.
//!
//! Every test makes its project in a folder of its own and runs `cargo-dockerize` there. No test needs
//! the network; those that need Docker or hadolint are ignored unless they are asked for
//! (`cargo test --test suite -- --include-ignored`).

#![allow(clippy::unwrap_used)]

mod docker;
mod dockerfile;
mod engine;
mod project;
mod secrets;
mod stages;

mod allow;
mod architecture;
mod arguments;
mod assets;
mod bake;
mod branches;
mod build_script;
mod build_scripts;
mod buildah;
mod builders;
mod caching;
mod cargo_config;
mod ceilings;
mod compile;
mod conditions;
mod config;
mod cross;
mod determinism;
mod docs;
mod explain;
mod files;
mod findings;
mod forms;
mod front_ends;
mod health;
mod help;
mod hostile;
mod image;
mod libraries;
mod limits;
mod linking;
mod lint;
mod listen;
mod mounts;
mod named_secrets;
mod node;
mod odd_targets;
mod offline;
mod output;
mod patches;
mod pins;
mod plans;
mod platforms;
mod private;
mod private_registry;
mod private_ssh;
mod programs;
mod promises;
mod quoting;
mod remembered;
mod round_trip;
mod runtime_images;
mod schemas;
mod scripted;
mod scripts;
mod selection;
mod sequences;
mod settings;
mod signals;
mod source;
mod stale;
mod system_deps;
mod tables;
mod targets;
mod teach;
mod template_errors;
mod templates;
mod terminal;
mod versions;
mod workspaces;
mod writes;
mod written;
