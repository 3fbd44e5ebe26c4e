//! What earlier runs were asked for, as the headers of their files say: they need not be asked again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::arguments::{Arguments, Cargo};
use crate::error::Result;
use crate::inspect;
use crate::paths::{normalize, relative, slashed};

/// The command that is the same as none.
const PLAIN: &str = "cargo dockerize";

/// A command that wrote files.
pub(super) struct Remembered {
    /// As the headers have it.
    pub(super) command: String,
    /// Its Dockerfiles, from the root.
    pub(super) files: Vec<String>,
    pub(super) arguments: Arguments,
}

/// The only command that wrote files, where it says more than which package it is about.
pub(super) fn kept(typed: &Arguments) -> Result<Option<Remembered>> {
    let only = only(typed)?;
    Ok(only.filter(|one| one.command != PLAIN && !one.arguments.is_of_package()))
}

/// The only command that wrote files.
pub(super) fn only(typed: &Arguments) -> Result<Option<Remembered>> {
    let mut all = all(typed)?.into_iter();
    let first = all.next();
    Ok(first.filter(|_| all.next().is_none()))
}

/// All commands that wrote files of the project, if none of their flags was typed; in the project's root, as they are
/// meant to be run there.
pub(super) fn all(typed: &Arguments) -> Result<Vec<Remembered>> {
    if !typed.is_bare() {
        return Ok(Vec::new());
    }
    let here = std::env::current_dir()?;
    let Some(root) = inspect::root(&typed.request(None)?).filter(|root| *root == here) else {
        return Ok(Vec::new());
    };
    let mut commands: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for (file, header) in inspect::generated(&root) {
        commands.entry(header.command).or_default().push(file);
    }
    let remembered = commands.into_iter().filter_map(|(command, files)| {
        let arguments = parsed(&command, typed, &root, &files)?;
        let shown = files.iter().map(|file| slashed(&relative(file, &root)));
        Some(Remembered {
            files: shown.collect(),
            command,
            arguments,
        })
    });
    Ok(remembered.collect())
}

/// The arguments of a command. A header is text of the repository: it chooses nothing that a manifest may not choose.
fn parsed(command: &str, typed: &Arguments, root: &Path, files: &[PathBuf]) -> Option<Arguments> {
    let words = words(command)?;
    let (program, rest) = words.split_at_checked(2)?;
    if program != ["cargo", "dockerize"] {
        return None;
    }
    let names = ["cargo", "dockerize"].map(str::to_owned);
    let Cargo::Dockerize(mut arguments) = Cargo::try_parse_from(names.iter().chain(rest)).ok()?;
    if !arguments.is_repeatable() {
        return None;
    }
    if let Some(output) = arguments.output() {
        let output = normalize(&root.join(output));
        let is_there = files.iter().all(|file| file.starts_with(&output));
        if !output.starts_with(root) || !is_there {
            return None;
        }
    }
    arguments.take_manner(typed);
    Some(arguments)
}

/// The words of a command, as a shell takes them that expands nothing.
fn words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = command.chars();
    while let Some(char) = chars.next() {
        match char {
            ' ' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        inner => word.push(inner),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(chars.next()?),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_that_were_quoted() {
        for text in ["a", "two words", "it's", "", "$HOME `x` \"y\" \\"] {
            let line = format!(
                "cargo dockerize --bin {}",
                crate::shell::ShellText::word(text)
            );
            let expected = ["cargo", "dockerize", "--bin", text].map(str::to_owned);
            assert_eq!(words(&line), Some(expected.to_vec()), "{line}");
        }
        assert_eq!(words("cargo 'dockerize"), None);
    }
}
