//! Arrows between the rooms of `src` point one way.
//!
//! A room is a file or a folder of `src`. What counts is every path that begins with `crate::`, in `use` and in
//! expressions; comments do not. Inside of a room the same holds for files: no circle between them, by what their code
//! names, see `names.rs`.

mod names;
mod sizes;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use self::names::Names;

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
        &["decide", "plan", "render", "output", "cli", "build_script"],
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
    files.extend(files_of(&source.join(room)));
    files
}

/// All files of Rust in a folder.
fn files_of(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
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

/// Everything that a file needs, through others too.
fn reached<'a>(names: &'a Names, from: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(file) = open.pop() {
        for next in names.get(file).into_iter().flat_map(|named| named.keys()) {
            if reached.insert(next.as_str()) {
                open.push(next);
            }
        }
    }
    reached
}

/// The shortest circle through a file, each file with the name that it uses of the next.
fn circle(names: &Names, through: &str) -> String {
    let mut ways = vec![vec![through]];
    let mut seen = BTreeSet::new();
    loop {
        let mut longer = Vec::new();
        for way in &ways {
            for next in names[way[way.len() - 1]].keys() {
                let way = [way.as_slice(), &[next]].concat();
                if next == through {
                    let steps = way.windows(2).map(|step| {
                        let name = &names[step[0]][step[1]];
                        format!("  {} names `{name}` of {}\n", step[0], step[1])
                    });
                    return steps.collect();
                }
                if seen.insert(next.as_str()) {
                    longer.push(way);
                }
            }
        }
        assert!(!longer.is_empty(), "there is no circle through {through}");
        ways = longer;
    }
}

/// The groups of files that need each other.
fn tangles(names: &Names) -> Vec<BTreeSet<&str>> {
    let mut tangles: Vec<BTreeSet<&str>> = Vec::new();
    for file in names.keys() {
        let reached_here = reached(names, file);
        if reached_here.contains(file.as_str()) && !tangles.iter().any(|one| one.contains(&**file))
        {
            let mutual = reached_here.into_iter();
            tangles.push(
                mutual
                    .filter(|other| reached(names, other).contains(&**file))
                    .collect(),
            );
        }
    }
    tangles
}

#[test]
fn no_circle_between_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs");
    let names = names::read(&root);
    assert!(names.len() > 200, "only {} files were read", names.len());
    let tangles = tangles(&names);
    if let Some(tangle) = tangles.first() {
        let circle = circle(&names, tangle.first().unwrap());
        panic!("a circle between files:\n{circle}all that need each other: {tangle:?}");
    }
}

#[test]
fn a_circle_is_found_through_re_exports() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    };
    write("lib.rs", "mod a; mod b; mod c; mod d; pub use a::A;");
    // A parent that passes a name on is in no circle; `A` is named through the root, and `call` in a macro.
    write("a.rs", "mod inner; pub use self::inner::A; pub struct Own;");
    write(
        "a/inner.rs",
        "use super::Own; pub struct A(Own); fn f() { println!(\"{}\", crate::b::call()); }",
    );
    write("b.rs", "use crate::A; pub fn call(a: A) {}");
    // A variable is no function, and what only tests name does not count.
    write(
        "c.rs",
        "pub use crate::d::d; fn f() { let d = 1; g(d); } pub fn g(n: u8) {}",
    );
    write(
        "d.rs",
        "pub fn d() { crate::c::g(1) } #[cfg(test)] mod tests { use crate::b::call; }",
    );
    let names = names::read(&folder.path().join("lib.rs"));
    let tangles = tangles(&names);
    assert_eq!(tangles, [BTreeSet::from(["a/inner.rs", "b.rs"])]);
    let circle = circle(&names, "b.rs");
    let expected =
        "  b.rs names `crate::A` of a/inner.rs\n  a/inner.rs names `crate::b::call` of b.rs\n";
    assert_eq!(circle, expected);
}
