//! The reference of codes: `docs/diagnostics.md`, made from the pages.

use std::collections::BTreeSet;
use std::path::Path;

use super::{compare, path};
use crate::diagnostic::Code;

/// What fits a terminal.
const WIDTH: usize = 80;
/// How many lines a page may have: it is read between two attempts.
const LINES: std::ops::RangeInclusive<usize> = 3..=24;

#[test]
fn of_diagnostics() {
    let pages = Code::ALL
        .iter()
        .map(|code| format!("## {code}\n\n{}\n", code.page()));
    compare("docs/diagnostics.md", &pages.collect::<String>());
}

#[test]
fn every_page_has_a_code() {
    let known: BTreeSet<String> = Code::ALL.iter().map(|code| format!("{code}.md")).collect();
    let folder = fs_err::read_dir(path("src/diagnostic/codes")).expect("the folder is there");
    for entry in folder {
        let name = entry.expect("an entry").file_name();
        let name = name.to_string_lossy();
        assert!(known.contains(name.as_ref()), "no code has the page {name}");
    }
}

#[test]
fn every_code_is_used() {
    let mut text = String::new();
    read_all(&path("src"), &mut text);
    for code in Code::ALL {
        let name = format!("Code::{code:?}");
        let is_used = text.match_indices(&name).any(|(at, _)| {
            let next = text[at + name.len()..].chars().next();
            next.is_none_or(|char| !char.is_alphanumeric())
        });
        assert!(
            is_used,
            "nothing says `{code}`: remove its row and its page"
        );
    }
}

fn read_all(folder: &Path, text: &mut String) {
    for entry in fs_err::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read_all(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs_err::read_to_string(&path).expect("the file is text"));
        }
    }
}

#[test]
fn pages_are_short_and_fit_a_terminal() {
    for code in Code::ALL {
        let page = code.page();
        let first = page.split("\n\n").next().unwrap_or_default();
        assert!(
            first.ends_with('.'),
            "{code}: the first paragraph is a sentence"
        );
        assert!(page.ends_with('\n') && !page.ends_with("\n\n"), "{code}");
        let lines = page.lines().count();
        assert!(LINES.contains(&lines), "{code} has {lines} lines");
        let fences = page.lines().filter(|line| line.starts_with("```"));
        assert!(fences.count() % 2 == 0, "{code}: a block does not end");
        for line in page.lines() {
            // Blocks are indented by four.
            assert!(line.chars().count() <= WIDTH - 2, "{code}: {line}");
        }
    }
}

#[test]
fn examples_are_toml() {
    for code in Code::ALL {
        let blocks = code.page().split("```").skip(1).step_by(2);
        for block in blocks.filter_map(|block| block.strip_prefix("toml\n")) {
            if let Err(error) = block.parse::<toml::Table>() {
                panic!("{code}: {error}");
            }
        }
    }
}
