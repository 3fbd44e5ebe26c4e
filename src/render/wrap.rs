//! Lists of words over several lines.

use crate::quote::Written;

/// Lines are broken behind this column where a list of words allows it.
const WIDTH: usize = 100;

/// Words over several lines where one is too long; the first begins in the column `from`.
pub(super) fn wrapped(words: impl IntoIterator<Item = Written>, from: usize) -> Written {
    let mut text = Written::ours("");
    let mut column = from;
    for (at, word) in words.into_iter().enumerate() {
        let length = word.as_str().len();
        if at > 0 {
            let fits = column + length < WIDTH;
            text = text.and(if fits { " " } else { " \\\n      " });
            column = if fits { column + 1 } else { 6 };
        }
        column += length;
        text = text.and(word);
    }
    text
}
