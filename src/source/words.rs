//! Words and texts without which a file has nothing to say.

use super::outline::Telling;
use super::table::Table;

/// Last words of names that are an address or a part of one.
const PLACES: &[&str] = &[
    "addr",
    "address",
    "bind",
    "binding",
    "host",
    "interface",
    "ip",
    "listen",
    "port",
];
/// Calls that say how a configuration is read.
const CONFIGURING: &[&str] = &[
    "prefix_separator",
    "separator",
    "set_default",
    "with_prefix",
];
/// What parsers of the command line are made with.
const PARSING: &[&str] = &[
    "Bpaf",
    "Envconfig",
    "FromArgs",
    "Parser",
    "StructOpt",
    "Subcommand",
    "envy",
    "init_from_env",
    "subcommand_required",
];
/// How addresses begin that a program can listen on.
const HOSTS: &[&str] = &["0.0.0.0", "127.0.0.1", "localhost", "[::", "::"];

/// Macros and attributes whose texts are for people, or for a format.
const SPEAKING: &[&str] = &[
    "allow",
    "anyhow",
    "arg",
    "assert",
    "assert_eq",
    "assert_ne",
    "bail",
    "cfg",
    "cfg_attr",
    "command",
    "debug",
    "debug_assert",
    "deprecated",
    "doc",
    "ensure",
    "eprint",
    "eprintln",
    "error",
    "expect",
    "format",
    "format_args",
    "info",
    "instrument",
    "json",
    "must_use",
    "panic",
    "print",
    "println",
    "serde",
    "todo",
    "trace",
    "unimplemented",
    "unreachable",
    "vec",
    "warn",
    "write",
    "writeln",
];

/// What makes a file worth reading.
pub(super) const TELLING: Telling = Telling {
    word: is_telling,
    text: is_telling_text,
    owner: |name| !SPEAKING.contains(&name),
};

/// Whether a word makes a file worth reading.
fn is_telling(word: &str) -> bool {
    Table::shipped().is_telling(word)
        || CONFIGURING.contains(&word)
        || PARSING.contains(&word)
        || is_place(word)
}

/// Whether a text does.
fn is_telling_text(text: &str) -> bool {
    is_host(text)
        || is_place(text)
        || is_path(text)
        // `#[serde(default = "defaults::address")]`
        || text.starts_with("default")
        || (text.contains('_') && is_variable(text))
}

/// Whether a text begins as an address that a program can listen on.
pub(super) fn is_host(text: &str) -> bool {
    HOSTS.iter().any(|host| text.starts_with(host))
}

/// `port`, `DEFAULT_PORT`, `httpPort`, and not `support`.
pub(super) fn is_place(name: &str) -> bool {
    let last = |text: &str| {
        text.bytes()
            .next_back()
            .map(|byte| byte.to_ascii_lowercase())
    };
    let mut places = PLACES.iter().filter(|place| last(place) == last(name));
    places.any(|place| {
        let Some(at) = name.len().checked_sub(place.len()) else {
            return false;
        };
        let (Some(before), Some(end)) = (name.get(..at), name.get(at..)) else {
            return false;
        };
        let begins = !before.ends_with(char::is_alphanumeric)
            || (before.ends_with(char::is_lowercase) && end.starts_with(char::is_uppercase));
        begins && end.eq_ignore_ascii_case(place)
    })
}

/// Whether a text looks like the path of a file or a folder.
fn is_path(text: &str) -> bool {
    const LONGEST: usize = 256;
    let is_plain = text.len() <= LONGEST && !text.contains([' ', '\n', '<', '=', '?']);
    let has_extension = text.rsplit_once('.').is_some_and(|(before, extension)| {
        let is_name = (1..=6).contains(&extension.len())
            && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_name
            && before.ends_with(|char: char| char.is_alphanumeric() || char == '}' || char == '*')
    });
    is_plain && (has_extension || text.contains('/'))
}

/// Whether a text is written as variables of the environment, and constants, are.
pub(super) fn is_variable(text: &str) -> bool {
    const SHORTEST: usize = 3;
    text.len() >= SHORTEST
        && text.starts_with(|char: char| char.is_ascii_uppercase())
        && text
            .chars()
            .all(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_')
}
