//! Arrows between the rooms of `src` point one way.
//!
//! A room is a file or a folder of `src`. What counts is every path that begins with `crate::`, in `use` and in
//! expressions; comments do not. Not checked here: circles between the files of one room.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a room must not name: whatever comes later on the way from facts to files.
const LATER: [(&str, &[&str]); 7] = [
    (
        "knowledge",
        &["inspect", "source", "decide", "plan", "render", "output"],
    ),
    (
        "graph",
        &["inspect", "source", "decide", "plan", "render", "output"],
    ),
    (
        "source",
        &[
            "inspect", "decide", "plan", "render", "output", "folder", "cli",
        ],
    ),
    (
        "inspect",
        &["decide", "plan", "render", "cli", "build_script"],
    ),
    (
        "decide",
        &[
            "render",
            "output",
            "folder",
            "cli",
            "build_script",
            "command",
        ],
    ),
    (
        "plan",
        &[
            "inspect", "source", "graph", "decide", "render", "output", "cli",
        ],
    ),
    (
        "render",
        &[
            "inspect",
            "source",
            "graph",
            "folder",
            "cli",
            "build_script",
        ],
    ),
];

/// The files of a room.
fn files(room: &str) -> Vec<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![source.join(format!("{room}.rs"))];
    let mut folders = vec![source.join(room)];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|ending| ending == "rs") => files.push(path),
                false => {}
            }
        }
    }
    files
}

/// The rooms that a text names.
fn named(text: &str) -> BTreeSet<String> {
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code: String = lines.flat_map(|line| [line, "\n"]).collect();
    let word = |text: &str| -> String {
        let is_part = |char: &char| char.is_alphanumeric() || *char == '_';
        text.trim_start().chars().take_while(is_part).collect()
    };
    let mut rooms = BTreeSet::new();
    for behind in code.split("crate::").skip(1) {
        let Some(group) = behind.strip_prefix('{') else {
            rooms.insert(word(behind));
            continue;
        };
        let mut depth = 0;
        let mut begins = true;
        for (at, char) in group.char_indices() {
            if begins && depth == 0 {
                rooms.insert(word(&group[at..]));
            }
            begins = char == ',';
            match char {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                _ => {}
            }
        }
    }
    rooms
}

#[test]
fn no_room_names_a_later_one() {
    for (room, later) in LATER {
        let files = files(room);
        assert!(files[0].exists(), "there is no room `{room}`");
        for file in files {
            let text = fs_err::read_to_string(&file).unwrap();
            let named = named(&text);
            let wrong: Vec<_> = later.iter().filter(|room| named.contains(**room)).collect();
            assert!(wrong.is_empty(), "{} names {wrong:?}", file.display());
        }
    }
}

#[test]
fn paths_are_read_in_all_their_forms() {
    let text =
        "use crate::{a::{x, y}, b};\n// crate::c\nuse crate::d::e;\nfn f() { crate::g(); }\n";
    let rooms: Vec<String> = named(text).into_iter().collect();
    assert_eq!(rooms, ["a", "b", "d", "g"]);
}
