//! Files that a compile reads beside the modules of Rust: embedded ones, and inputs of build scripts.

use std::path::{Path, PathBuf};

use super::{NeededFile, Scan, SourceMark, Text, is_skipped};

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

/// Whether a text can be a path, and nothing else.
pub(super) fn is_path(text: &str) -> bool {
    const LONGEST: usize = 128;
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_./*".contains(char);
    (1..=LONGEST).contains(&text.len())
        && text.chars().all(is_plain)
        && text.contains(char::is_alphanumeric)
}

/// The paths that a literal can be, relative to some folder: as it is, and without its head, for
/// `{}/proto`, `$CARGO_MANIFEST_DIR/web` and `/data` (behind `env!("CARGO_MANIFEST_DIR")`); of a pattern the folder
/// before its first wildcard.
pub(super) fn as_paths(text: &str) -> Vec<PathBuf> {
    let text = text.trim_start_matches("cargo:rerun-if-changed=");
    let text = text.trim_start_matches("cargo::rerun-if-changed=");
    // Of a text that is put together the folder that is written out: `proto/{name}.proto`.
    let before = text.split_once('{').and_then(|(before, _)| {
        let (folder, _) = before.rsplit_once('/')?;
        (!folder.contains([' ', ':', '='])).then_some(folder)
    });
    let headless = match text.strip_prefix("$CARGO_MANIFEST_DIR") {
        Some(rest) => rest,
        None => text.rsplit_once('}').map_or(text, |(_, rest)| rest),
    };
    // Of a pattern the folder before its first wildcard.
    let fixed = |text: &'_ str| {
        let (before, _) = text.split_once(['*', '?'])?;
        Some(before.rsplit_once('/')?.0.to_owned())
    };
    let is_likely = |text: &String| {
        !text.is_empty()
            && text.len() <= 256
            && !text.contains(['\0', '\n', '\u{fffd}'])
            && text.chars().any(char::is_alphanumeric)
    };
    let texts = [text, headless].map(|text| text.trim_start_matches('/').trim_end_matches('/'));
    let whole = texts.iter().map(|text| (*text).to_owned());
    let mut paths: Vec<PathBuf> = whole
        .chain(texts.iter().filter_map(|text| fixed(text)))
        .chain(before.map(|text| text.trim_start_matches('/').to_owned()))
        .filter(is_likely)
        .map(PathBuf::from)
        .collect();
    paths.dedup();
    paths
}
