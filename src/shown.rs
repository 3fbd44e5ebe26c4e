//! Untrusted text, as a terminal or a log shows it: nothing in it moves a cursor, hides what it says, or
//! is a command to the service that reads the log.

/// What begins a line that GitHub takes for a command.
const COMMAND: &str = "::";

/// Whether a character acts on a terminal, or reorders the text around it, instead of being shown.
pub(crate) fn is_active(char: char) -> bool {
    deceives(char) || matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}')
}

/// As [`is_active`], but for the marks that names in Arabic and Hebrew may need: controls (C0, DEL, C1),
/// line and paragraph separators, embeddings, overrides and isolates (Unicode's UAX #9).
pub(crate) fn deceives(char: char) -> bool {
    char.is_control() || matches!(char, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text on one line: `\n` for a line break, `\u{1b}` for an escape.
pub(crate) fn line(text: &str) -> String {
    escaped(text, true, false, 0..0).0
}

/// What continues a line, or begins one.
#[cfg(feature = "cli")]
pub(crate) fn part(text: &str, begins_line: bool) -> String {
    escaped(text, begins_line, false, 0..0).0
}

/// A text of several lines.
#[cfg(feature = "cli")]
pub(crate) fn lines(text: &str) -> String {
    escaped(text, true, true, 0..0).0
}

/// A text of several lines, and where a span of it is then.
#[cfg(feature = "cli")]
pub(crate) fn lines_with(
    text: &str,
    span: std::ops::Range<usize>,
) -> (String, std::ops::Range<usize>) {
    escaped(text, true, true, span)
}

/// JSON in which no character acts on a terminal; it means the same.
#[cfg(feature = "cli")]
pub(crate) fn json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for (at, char) in json.char_indices() {
        // Outside of strings there is no other control character than the line break.
        let is_active = is_active(char) && char != '\n';
        if is_active || is_log_command(&json[at..]) {
            let mut units = [0; 2];
            for unit in char.encode_utf16(&mut units) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            shown.push(char);
        }
    }
    shown
}

fn escaped(
    text: &str,
    begins_line: bool,
    keeps_lines: bool,
    span: std::ops::Range<usize>,
) -> (String, std::ops::Range<usize>) {
    let mut shown = String::with_capacity(text.len());
    let mut moved = 0..0;
    let mut is_blank = begins_line;
    for (at, char) in text.char_indices() {
        if at == span.start {
            moved.start = shown.len();
        }
        if at == span.end {
            moved.end = shown.len();
        }
        let rest = &text[at..];
        match char {
            '\n' if keeps_lines => {
                shown.push('\n');
                is_blank = true;
                continue;
            }
            '\r' if keeps_lines && rest.starts_with("\r\n") => continue,
            '\t' => shown.push('\t'),
            ':' | '#' if is_blank && rest.starts_with(COMMAND) || is_log_command(rest) => {
                shown.extend(char.escape_unicode());
            }
            '\n' | '\r' => shown.extend(char.escape_default()),
            char if is_active(char) => shown.extend(char.escape_unicode()),
            char => shown.push(char),
        }
        // What trims the line, trims these.
        is_blank &= char.is_whitespace() || matches!(char, '\u{200b}' | '\u{feff}');
    }
    if span.start >= text.len() {
        moved.start = shown.len();
    }
    if span.end >= text.len() {
        moved.end = shown.len();
    }
    (shown, moved)
}

/// Whether a text begins with `##[`, `##vso[` or their like, which Azure and GitHub take for a command
/// wherever it stands in a line.
fn is_log_command(text: &str) -> bool {
    text.strip_prefix("##").is_some_and(|rest| {
        rest.trim_start_matches(|char: char| char.is_ascii_alphanumeric())
            .starts_with('[')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_spelled_out() {
        assert_eq!(
            line("a\u{1b}[31mb\u{7}\u{9b}2J"),
            r"a\u{1b}[31mb\u{7}\u{9b}2J"
        );
        assert_eq!(line("a\r\n::error ::b"), r"a\r\n::error ::b");
        assert_eq!(line("\u{202e}txt.exe\u{2028}"), r"\u{202e}txt.exe\u{2028}");
        assert_eq!(line("日本語 ü\t`x`"), "日本語 ü\t`x`");
    }

    #[test]
    fn no_line_is_a_command() {
        for text in [
            "::error ::x",
            " \t::error ::x",
            "\u{feff}::stop",
            "\u{a0}::add-mask::x",
        ] {
            assert!(line(text).contains(r"\u{3a}:"), "{text:?}");
        }
        assert_eq!(line("a::b"), "a::b");
        for text in [
            "##[error]x",
            "x ##vso[task.setvariable]",
            "###[group]",
            "##teamcity[x]",
        ] {
            assert!(line(text).contains(r"\u{23}#"), "{text:?}");
        }
        assert_eq!(line("## heading [x]"), "## heading [x]");
    }

    #[cfg(feature = "cli")]
    #[test]
    fn spans_move_along() {
        let text = "a\u{1b}\r\n::b";
        let at = text.find('b').unwrap_or_default();
        let (shown, span) = lines_with(text, at..at + 1);
        assert_eq!(shown, "a\\u{1b}\n\\u{3a}:b");
        assert_eq!(&shown[span], "b");
        assert_eq!(lines_with("ab", 1..2), ("ab".to_owned(), 1..2));
    }

    #[cfg(feature = "cli")]
    #[test]
    fn json_means_the_same() {
        let value = serde_json::json!({"a": "\u{1b}\u{9b}\u{7f}\u{202e}##[error]日\u{1f600}\n"});
        let text = serde_json::to_string_pretty(&value).unwrap_or_default();
        let shown = json(&text);
        assert!(
            !shown.chars().any(|char| is_active(char) && char != '\n'),
            "{shown}"
        );
        assert!(!shown.contains("##["), "{shown}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).ok(),
            Some(value)
        );
    }
}
