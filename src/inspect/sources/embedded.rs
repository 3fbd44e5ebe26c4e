//! Files that a compile reads beside the modules of Rust: embedded ones, and inputs of build scripts.

use std::path::{Path, PathBuf};

use super::path_texts::{as_paths, is_path};
use super::said::{NeededFile, SourceMark};
use super::scan::Scan;
use super::tree::is_skipped;
use crate::source::Text;

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

impl Scan {
    /// Files that a macro embeds or that a build script names.
    pub(super) fn embedded(&mut self, file: &Path, text: &Text, is_build_script: bool) {
        let name = text.argument_of.as_deref();
        let is_include = name.is_some_and(|name| {
            name.starts_with("include_") || name == "include" || name == "#path"
        });
        let is_argument = name.is_some_and(|name| !TEXT_MACROS.contains(&name));
        if !(is_build_script || is_include || is_argument) {
            return;
        }
        let here = file.parent().unwrap_or(&self.root);
        let mut bases: Vec<&Path> = if is_include {
            vec![here, &self.root]
        } else {
            vec![&self.root, here]
        };
        if is_build_script && self.climbs && is_path(&text.value) {
            let above = self.root.ancestors().skip(1);
            bases.extend(above.take_while(|folder| folder.starts_with(&self.workspace)));
        }
        let Some(found) = as_paths(&text.value)
            .iter()
            .flat_map(|path| bases.iter().map(move |base| base.join(path)))
            .map(|path| crate::paths::normalize(&path))
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
        // Where a build script has the Dockerfile written to: an output, whether it is there yet or not.
        if is_build_script && super::super::previous::read(&found, &self.workspace).is_some() {
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
        if is_include && found.is_file() {
            self.facts.named.push(NeededFile {
                path: found.clone(),
                is_folder: false,
                fact: fact.clone(),
                found_at: Some(mark.clone()),
                asked_by: None,
            });
        }
        let whole = match super::front_ends::maker(&found, &self.workspace) {
            // What is beside it is what it was made from.
            Some((built, _)) => built,
            None => self.widen(&found, is_include && !is_build_script),
        };
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
}
