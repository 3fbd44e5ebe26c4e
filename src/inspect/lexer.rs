//! What a Rust source file says to a reader of its tokens: no macro is expanded, no type is known.

mod address;
mod calls;
mod expression;
mod values;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

pub(super) use self::values::{Call, Named, Naming, Values};
use crate::limits;

/// A string literal and what stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    /// The value, escapes resolved.
    pub(super) value: String,
    /// Line, counted from 1.
    pub(super) line: usize,
    /// The macro or the attribute that it is an argument of.
    pub(super) argument_of: Option<String>,
}

/// The tokens of a file that matter here, code for tests left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    pub(super) texts: Vec<Text>,
    /// Identifiers and their lines.
    pub(super) idents: Vec<(String, usize)>,
    /// `mod name;`
    pub(super) modules: Vec<String>,
    /// `([0, 0, 0, 0], 8080)`: address, port where it is a literal, line.
    pub(super) tuples: Vec<(&'static str, Option<u16>, usize)>,
    /// Paths of two parts, `thread::spawn`, with their lines.
    pub(super) paths: Vec<(String, usize)>,
    /// Named literals, and calls with literals.
    pub(super) values: Values,
}

/// Reads the tokens of a file; `None` where it is not Rust that lexes, or is nested as nobody nests it.
pub(super) fn read(text: &str) -> Option<Tokens> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let stream: TokenStream = text.parse().ok()?;
    if !limits::is_shallow(stream.clone()) {
        return None;
    }
    let mut tokens = Tokens::default();
    // An explicit stack: the nesting of a source file is not ours to bound.
    let mut stack = vec![Pending {
        stream,
        argument_of: None,
        owner: String::new(),
    }];
    while let Some(pending) = stack.pop() {
        level(pending, &mut tokens, &mut stack);
    }
    tokens.texts.sort_by_key(|text| text.line);
    tokens.idents.sort_by_key(|(_, line)| *line);
    // The spans were only needed for their lines.
    proc_macro2::extra::invalidate_current_thread_spans();
    Some(tokens)
}

/// A group that is still to be read.
struct Pending {
    stream: TokenStream,
    argument_of: Option<String>,
    owner: String,
}

fn level(pending: Pending, tokens: &mut Tokens, stack: &mut Vec<Pending>) {
    let trees: Vec<TokenTree> = pending.stream.into_iter().collect();
    let (argument_of, owner) = (pending.argument_of.as_deref(), &pending.owner);
    let mut is_test = false;
    let mut live: Vec<&TokenTree> = Vec::new();
    for (at, tree) in trees.iter().enumerate() {
        let is_live = !is_test;
        let before = |back: usize| at.checked_sub(back).map(|index| &trees[index]);
        match tree {
            TokenTree::Group(group) if is_attribute(group, before(1), before(2)) => {
                let (name, marks_test) = attribute(group);
                is_test |= marks_test;
                stack.push(Pending {
                    stream: group.stream(),
                    argument_of: Some(name),
                    owner: owner.clone(),
                });
            }
            TokenTree::Group(group) if is_test && group.delimiter() == Delimiter::Brace => {
                is_test = false;
            }
            TokenTree::Group(group) => {
                let name = macro_name(before(1), before(2)).or_else(|| {
                    argument_of
                        .filter(|name| name.starts_with('#'))
                        .map(str::to_owned)
                });
                tuple(group, before(1), tokens);
                stack.push(Pending {
                    stream: group.stream(),
                    argument_of: name,
                    owner: values::owner(&live, owner),
                });
            }
            TokenTree::Punct(punct) if punct.as_char() == ';' => is_test = false,
            _ if is_test => {}
            TokenTree::Ident(ident) => word(ident, &trees[at..], tokens),
            TokenTree::Literal(literal) => {
                if let Some(value) = unquote(&literal.to_string()) {
                    tokens.texts.push(Text {
                        value,
                        line: line(literal.span()),
                        argument_of: argument_of.map(str::to_owned),
                    });
                }
            }
            TokenTree::Punct(_) => {}
        }
        if is_live {
            live.push(tree);
        }
    }
    values::read(&live, owner, &mut tokens.values);
}

fn line(span: Span) -> usize {
    span.start().line
}

fn is_punct(tree: Option<&TokenTree>, char: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

fn is_attribute(group: &Group, one: Option<&TokenTree>, two: Option<&TokenTree>) -> bool {
    group.delimiter() == Delimiter::Bracket
        && (is_punct(one, '#') || (is_punct(one, '!') && is_punct(two, '#')))
}

/// The attribute's name behind a `#`, and whether what follows is code for tests.
fn attribute(group: &Group) -> (String, bool) {
    let text = group.stream().to_string();
    let name = text
        .split(|char: char| !char.is_alphanumeric() && char != '_' && char != ':')
        .next()
        .unwrap_or_default();
    let compact: String = text.split_whitespace().collect();
    let marks_test = compact == "cfg(test)"
        || compact.starts_with("cfg(all(test,")
        || compact == "test"
        || compact.ends_with("::test")
        || compact.contains("::test(");
    (format!("#{name}"), marks_test)
}

fn macro_name(one: Option<&TokenTree>, two: Option<&TokenTree>) -> Option<String> {
    match two {
        Some(TokenTree::Ident(name)) if is_punct(one, '!') => Some(name.to_string()),
        _ => None,
    }
}

fn word(ident: &Ident, rest: &[TokenTree], tokens: &mut Tokens) {
    let name = ident.to_string();
    let at = line(ident.span());
    match (name.as_str(), rest) {
        ("mod", [_, TokenTree::Ident(module), semicolon, ..]) if is_punct(Some(semicolon), ';') => {
            tokens.modules.push(module.to_string());
        }
        (_, [_, first, second, TokenTree::Ident(last), ..])
            if is_punct(Some(first), ':') && is_punct(Some(second), ':') =>
        {
            tokens.paths.push((format!("{name}::{last}"), at));
        }
        _ => {}
    }
    tokens.idents.push((name, at));
}

/// `([0, 0, 0, 0], 8080)` and `(Ipv4Addr::LOCALHOST, 8080)` name an address to listen on.
fn tuple(group: &Group, before: Option<&TokenTree>, tokens: &mut Tokens) {
    const LONGEST: usize = 12;
    // `(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 1)), 8080)`
    const DEEPEST: usize = 2;
    let is_tuple = group.delimiter() == Delimiter::Parenthesis && !is_punct(before, '!');
    if !is_tuple || group.stream().into_iter().take(LONGEST + 1).count() > LONGEST {
        return;
    }
    if !is_shallow(group.stream(), DEEPEST) {
        return;
    }
    let compact: String = group.stream().to_string().split_whitespace().collect();
    if let Some((host, port)) = address::pair_of(&compact) {
        tokens.tuples.push((host, port, line(group.span_open())));
    }
}

/// Whether groups are nested no deeper; text is only made of those, or nested calls would cost a square.
fn is_shallow(stream: TokenStream, deepest: usize) -> bool {
    stream.into_iter().all(|tree| match tree {
        TokenTree::Group(group) => deepest > 0 && is_shallow(group.stream(), deepest - 1),
        _ => true,
    })
}

fn integer(text: &str) -> Option<u64> {
    let digits: String = text.chars().filter(|char| *char != '_').collect();
    let digits = digits.trim_end_matches("u16").trim_end_matches("u32");
    digits.parse().ok()
}

/// The value of a string literal, `None` for other literals.
fn unquote(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('r') {
        let body = raw.trim_start_matches('#');
        let hashes = raw.len() - body.len();
        return body
            .strip_prefix('"')?
            .strip_suffix(&raw[..hashes])?
            .strip_suffix('"')
            .map(str::to_owned);
    }
    let body = literal.strip_prefix('"')?.strip_suffix('"')?;
    if !body.contains('\\') {
        return Some(body.to_owned());
    }
    let mut value = String::new();
    let mut chars = body.chars().peekable();
    while let Some(char) = chars.next() {
        match (char, chars.peek().copied()) {
            ('\\', Some('\n')) => while chars.next_if(|next| next.is_whitespace()).is_some() {},
            ('\\', Some(escaped)) => {
                chars.next();
                value.push(match escaped {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    '0' => '\0',
                    // Unicode and byte escapes do not occur in paths and addresses.
                    'u' | 'x' => '\u{fffd}',
                    other => other,
                });
            }
            _ => value.push(char),
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<(String, Option<String>)> {
        let tokens = read(source).expect("the source lexes");
        tokens
            .texts
            .into_iter()
            .map(|text| (text.value, text.argument_of))
            .collect()
    }

    #[test]
    fn macro_arguments_are_known() {
        assert_eq!(
            texts(r#"const A: &str = include_str!("../a.txt");"#),
            [("../a.txt".to_owned(), Some("include_str".to_owned()))]
        );
        assert_eq!(
            texts(r##"#[derive(E)] #[folder = r#"web"#] struct A;"##),
            [("web".to_owned(), Some("#folder".to_owned()))]
        );
    }

    #[test]
    fn code_for_tests_is_left_out() {
        assert_eq!(
            texts(r#"#[cfg(test)] mod tests { fn a() { b("x"); } }"#),
            []
        );
        assert_eq!(texts(r#"#[tokio::test] async fn a() { b("x"); }"#), []);
    }

    #[test]
    fn numbers_with_names_are_constants() {
        let tokens = read("pub const DEFAULT_PORT: u16 = 6_379;").expect("it lexes");
        let named: Vec<_> = tokens
            .values
            .named
            .iter()
            .map(|named| (named.names.join(" "), named.value.as_str(), named.line))
            .collect();
        assert_eq!(named, [("DEFAULT_PORT".to_owned(), "6379", 1)]);
    }

    #[test]
    fn broken_sources_are_no_panic() {
        assert_eq!(read("fn main( {"), None);
        assert_eq!(read("\"\\"), None);
    }
}
