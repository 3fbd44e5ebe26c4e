//! Lines that are longer than the terminal is wide, broken at spaces.
//!
//! A terminal breaks them anywhere, and what was a column is none any more. Where nobody looks at a terminal, lines stay
//! whole: a script and a log search in them.

use std::borrow::Cow;

/// Where text begins behind the word of a line: see [`super::terminal::Text::column`].
const COLUMN: usize = 13;
/// How far lines go in that continue one without a column.
const INDENT: usize = 4;

/// The text with no line longer than `width`, as far as there are spaces.
pub(super) fn fold(text: &str, width: usize) -> String {
    let mut folded = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        folded.push_str(&one(line, width));
    }
    folded
}

fn one(line: &str, width: usize) -> Cow<'_, str> {
    let (bare, end) = match line.strip_suffix('\n') {
        Some(bare) => (bare, "\n"),
        None => (line, ""),
    };
    let plain = anstream::adapter::strip_str(bare).to_string();
    let indent = indent(&plain);
    // One that is hardly wider than its indent is no terminal that anybody reads in.
    let (Some(indent), true) = (indent, width > 2 * COLUMN) else {
        return Cow::Borrowed(line);
    };
    if plain.chars().count() <= width {
        return Cow::Borrowed(line);
    }
    let mut folded = String::with_capacity(line.len() + 16);
    let (mut column, mut is_first) = (0_usize, true);
    for word in bare.split_inclusive(' ') {
        let shown = anstream::adapter::strip_str(word).to_string();
        let length = shown.trim_end().chars().count();
        let is_text = length > 0;
        if is_text && !is_first && column + length > width && column > indent {
            folded.truncate(folded.trim_end_matches(' ').len());
            folded.push('\n');
            folded.push_str(&" ".repeat(indent));
            column = indent;
        }
        is_first &= !is_text;
        folded.push_str(word);
        column += shown.chars().count();
    }
    folded.push_str(end);
    Cow::Owned(folded)
}

/// How far the continuation of a line goes in; none for lines that would mean something else in two.
fn indent(line: &str) -> Option<usize> {
    let text = line.trim_start();
    let blank = line.len() - text.len();
    // A snippet of a file: its marks stand below what they mean.
    let is_snippet = text
        .trim_start_matches(|char: char| char.is_ascii_digit())
        .trim_start()
        .starts_with('|')
        || text.starts_with("--> ");
    if is_snippet {
        return None;
    }
    // `= note: …`
    if let Some((mark, _)) = text
        .strip_prefix("= ")
        .and_then(|note| note.split_once(": "))
    {
        return Some(blank + "= ".len() + mark.chars().count() + ": ".len());
    }
    let is_column = |at: usize, char: char| (at + 1 == COLUMN) == (char == ' ');
    let word: String = line.chars().take(COLUMN).collect();
    let has_column = word.chars().count() == COLUMN
        && word
            .chars()
            .enumerate()
            .skip(blank.min(COLUMN - 1))
            .all(|(at, char)| is_column(at, char));
    match has_column {
        true => Some(COLUMN),
        false if blank >= COLUMN => Some(blank),
        false => Some(INDENT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_at_spaces_and_keep_their_column() {
        for (line, folded) in [
            (
                "        sets AAAA=1 BBBB=2 CCCC=3 DDDD=4 (five words)\n",
                "        sets AAAA=1 BBBB=2 CCCC=3\n             DDDD=4 (five words)\n",
            ),
            (
                "             Cargo.toml: the tuning that was asked for\n",
                "             Cargo.toml: the tuning\n             that was asked for\n",
            ),
            (
                "  = note: one two three four five six seven\n",
                "  = note: one two three four five\n          six seven\n",
            ),
            (
                "warning[loopback]: the program listens to itself\n",
                "warning[loopback]: the program\n    listens to itself\n",
            ),
            (
                "6 | runtime = \"debian:bullseye-slim\" and more of it\n",
                "6 | runtime = \"debian:bullseye-slim\" and more of it\n",
            ),
            (
                "   Unchanged crates/a/very/long/path/of/a/Dockerfile\n",
                "   Unchanged crates/a/very/long/path/of/a/Dockerfile\n",
            ),
            ("short\n", "short\n"),
        ] {
            assert_eq!(fold(line, 36), folded);
        }
    }

    #[test]
    fn styles_take_no_room() {
        let line = "\u{1b}[1m        port\u{1b}[0m 8080 \u{1b}[2m(src/main.rs:1)\u{1b}[0m\n";
        assert_eq!(fold(line, 33), line);
        assert!(fold(line, 31).contains("8080\n             \u{1b}[2m(src"));
    }

    #[test]
    fn nothing_but_blanks_is_lost() {
        let text = "   Created a b c d e f g h i j k l m n o p q r s t u v w x y z\n\nend";
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(words(&fold(text, 30)), words(text));
        assert_eq!(fold(text, 10), text);
    }
}
