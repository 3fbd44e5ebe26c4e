//! What the two `awk` programs of the template `reduce` make of a workspace, line by line as they do.

use std::collections::BTreeSet;

/// The manifest of the root: this list of members, and the dependencies that `manifests` can inherit.
pub(super) fn manifest(members: &[String], manifests: &[&str], root: &str) -> String {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut table = String::new();
    for line in manifests.iter().flat_map(|text| text.lines()) {
        let key = read(line, &mut table);
        if !table.starts_with("workspace") {
            let last = table.rsplit('.').next().unwrap_or_default();
            names.insert(last.to_owned());
            names.insert(named(&table, key).to_owned());
        }
    }
    let list: Vec<String> = members.iter().map(|path| format!("\"{path}\"")).collect();
    let mut text = String::new();
    let mut is_kept = false;
    table.clear();
    for line in root.lines() {
        let key = read(line, &mut table);
        let start = line.trim_start_matches([' ', '\t']);
        if start.is_empty() || start.starts_with('#') {
            continue;
        }
        if line.starts_with('[') || !key.is_empty() {
            is_kept = true;
        }
        let is_list = ["members", "default-members"].contains(&key);
        let name = named(&table, key);
        let is_dependency = table.starts_with("workspace.dependencies") && !name.is_empty();
        if (table == "workspace" && is_list) || (is_dependency && !names.contains(name)) {
            is_kept = false;
        }
        if table == "workspace" && key == "members" {
            text.push_str(&format!("members = [{}]\n", list.join(", ")));
        }
        if is_kept {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// The key of a line, and in `table` the name of the table that it begins.
fn read<'a>(line: &'a str, table: &mut String) -> &'a str {
    if line.starts_with('[') {
        let end = line.find(']').unwrap_or(line.len());
        *table = line[..end].replace(['"', '[', ' '], "");
    }
    let start = line.trim_start_matches([' ', '\t']);
    let is_word = |char: char| char.is_ascii_alphanumeric() || "_-".contains(char);
    let rest = start.trim_start_matches(is_word);
    let key = &start[..start.len() - rest.len()];
    match rest.trim_start_matches([' ', '\t']).starts_with(['.', '=']) {
        true => key,
        false => "",
    }
}

/// The dependency that a line of the workspace's could be about.
fn named<'a>(table: &'a str, key: &'a str) -> &'a str {
    table.strip_prefix("workspace.dependencies.").unwrap_or(key)
}

/// A paragraph of the lock file.
#[derive(Default)]
struct Paragraph<'a> {
    text: String,
    name: &'a str,
    full: String,
    needs: Vec<&'a str>,
}

/// The lock file: what these packages reach through `dependencies`, and all that is no package.
pub(super) fn lock(packages: &[String], text: &str) -> String {
    let paragraphs = paragraphs(text);
    let mut wanted: BTreeSet<&str> = packages.iter().map(String::as_str).collect();
    let mut kept = vec![false; paragraphs.len()];
    loop {
        let mut has_more = false;
        for (paragraph, is_kept) in paragraphs.iter().zip(&mut kept) {
            let is_wanted =
                wanted.contains(paragraph.name) || wanted.contains(paragraph.full.as_str());
            if !*is_kept && is_wanted {
                *is_kept = true;
                has_more = true;
                wanted.extend(&paragraph.needs);
            }
        }
        if !has_more {
            break;
        }
    }
    let stays = |(paragraph, is_kept): &(Paragraph<'_>, bool)| {
        *is_kept || !paragraph.text.starts_with("[[package]]")
    };
    let paragraphs = paragraphs.into_iter().zip(kept).filter(stays);
    let texts: Vec<String> = paragraphs.map(|(paragraph, _)| paragraph.text).collect();
    texts.join("\n")
}

fn paragraphs(text: &str) -> Vec<Paragraph<'_>> {
    let mut paragraphs: Vec<Paragraph<'_>> = Vec::new();
    let mut is_new = true;
    for line in text.split('\n') {
        if line.is_empty() {
            is_new = true;
            continue;
        }
        if is_new {
            paragraphs.push(Paragraph::default());
            is_new = false;
        }
        let Some(paragraph) = paragraphs.last_mut() else {
            continue;
        };
        paragraph.text.push_str(line);
        paragraph.text.push('\n');
        let value = quoted(line);
        if line.starts_with("name = ") {
            paragraph.name = value;
        }
        if line.starts_with("version = ") {
            paragraph.full = format!("{} {value}", paragraph.name);
        }
        if line.starts_with(" \"") {
            paragraph.needs.push(value);
        }
    }
    paragraphs
}

/// What is in the quotes of a line, without a source in parentheses.
fn quoted(line: &str) -> &str {
    let line = line.split_once('"').map_or(line, |(_, value)| value);
    let line = line.rsplit_once('"').map_or(line, |(value, _)| value);
    line.split_once(" (").map_or(line, |(value, _)| value)
}
