//! Lists of words over several lines.

/// Lines are broken behind this column where a list of words allows it.
const WIDTH: usize = 100;

/// Words over several lines where one is too long; the first begins in the column `from`.
pub(super) fn wrapped(words: &[String], from: usize) -> String {
    let mut text = String::new();
    let mut column = from;
    for word in words {
        if !text.is_empty() {
            let fits = column + word.len() < WIDTH;
            text.push_str(if fits { " " } else { " \\\n      " });
            column = if fits { column + 1 } else { 6 };
        }
        column += word.len();
        text.push_str(word);
    }
    text
}
