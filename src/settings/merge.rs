//! How values of several sources become one; the first source overrides the others.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::declare::SettingsTable;
use super::list::List;
use super::row::Row;
use super::snippets::{self, Snippet};
use super::source::{Source, SourceKind, Sourced};
use crate::decision::Evidence;

/// A setting that is in force, for people and programs to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Setting {
    /// The key.
    pub key: String,
    /// What it is set to there.
    pub value: serde_json::Value,
    /// Where.
    pub because: Vec<Evidence>,
}

/// The first value counts.
pub(super) fn value<T: Clone>(
    sources: &[Source<'_>],
    row: &Row,
    of: impl Fn(&SettingsTable) -> Option<&Spanned<T>>,
) -> Option<Sourced<T>> {
    let mut all = sources.iter();
    all.find_map(|source| Some(source.sourced(row, of(source.table)?, Clone::clone)))
}

/// All values count, the inherited ones first, so that later ones win.
pub(super) fn each<T: Clone>(
    sources: &[Source<'_>],
    row: &Row,
    of: impl Fn(&SettingsTable) -> Option<&Spanned<T>>,
) -> Vec<Sourced<T>> {
    let all = sources.iter().rev();
    all.filter_map(|source| Some(source.sourced(row, of(source.table)?, Clone::clone)))
        .collect()
}

/// Lists count back to the first that does not only add, the inherited ones first.
pub(super) fn list<T: Clone>(
    sources: &[Source<'_>],
    row: &Row,
    of: impl Fn(&SettingsTable) -> Option<&Spanned<List<T>>>,
) -> Vec<Sourced<Vec<T>>> {
    let mut lists = Vec::new();
    for source in sources {
        let Some(list) = of(source.table) else {
            continue;
        };
        lists.push(source.sourced(row, list, |list| list.items.clone()));
        if !list.get_ref().adds {
            break;
        }
    }
    lists.reverse();
    lists
}

/// Snippets of all manifests, the inherited ones first.
pub(super) fn snippets(sources: &[Source<'_>]) -> Vec<Snippet> {
    let all = sources.iter().rev();
    all.flat_map(|source| match source.kind {
        SourceKind::Manifest { name, shown, text } => {
            snippets::of(source.table.snippets.as_ref(), name, (shown, text))
        }
        SourceKind::Flags | SourceKind::Setters | SourceKind::Variables => Vec::new(),
    })
    .collect()
}

/// Texts of the manifests whose tables have rules about crates, the inherited ones first.
pub(super) fn rules(
    sources: &[Source<'_>],
    row: &Row,
    of: impl Fn(&SettingsTable) -> Option<&Spanned<toml::Table>>,
) -> Vec<Sourced<String>> {
    let all = sources.iter().rev();
    all.filter_map(|source| match source.kind {
        SourceKind::Manifest { text, .. } => {
            let rules = of(source.table)?;
            Some(source.sourced(row, rules, |_| text.to_owned()))
        }
        SourceKind::Flags | SourceKind::Setters | SourceKind::Variables => None,
    })
    .collect()
}

/// A value as it is shown.
pub(super) fn shown<T: Serialize>(sourced: &Sourced<T>) -> Sourced<serde_json::Value> {
    Sourced {
        // Plain values, lists and tables of strings: none of them can fail.
        value: serde_json::to_value(&sourced.value).unwrap_or_default(),
        origin: sourced.origin.clone(),
        folder: sourced.folder.clone(),
    }
}

/// A snippet as it is shown.
pub(super) fn snippet(snippet: &Snippet) -> Sourced<serde_json::Value> {
    Sourced {
        value: serde_json::json!({ snippet.place: snippet.text }),
        origin: snippet.origin.clone(),
        folder: PathBuf::new(),
    }
}
