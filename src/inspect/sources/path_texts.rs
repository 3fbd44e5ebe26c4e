//! Texts that can be paths.

use std::path::PathBuf;

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
