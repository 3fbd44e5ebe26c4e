//! Expressions that are nothing but one literal, or an address.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::values::{Trees, ident};
use super::{address, integer, is_punct, line, unquote};

/// Calls that hand on what they are given.
const HANDING_ON: &[&str] = &["Ok", "Some", "format", "from", "from_str", "new"];
/// Longer expressions are no defaults, and no statement is searched further than this.
pub(super) const LONGEST: usize = 64;

/// The value of an expression that is nothing but one literal, or an address.
pub(super) fn value(trees: Trees<'_>) -> Option<(String, usize)> {
    let stream: TokenStream = trees.iter().map(|tree| (*tree).clone()).collect();
    let mut found = Vec::new();
    if !is_plain(stream.clone(), &mut 0) {
        return None;
    }
    let at = line(trees.first()?.span());
    literals_of_value(stream.clone(), &mut found);
    if let [(text, line)] = found.as_slice() {
        return Some((text.clone(), *line));
    }
    let compact: String = stream.to_string().split_whitespace().collect();
    Some((address::read(&compact)?, at))
}

/// The literals that an expression can be the value of, whatever it is converted to.
fn literals_of_value(stream: TokenStream, found: &mut Vec<(String, usize)>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    for (at, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                let number = || integer(&text).map(|number| number.to_string());
                let value = unquote(&text).or_else(number);
                found.push((value.unwrap_or_default(), line(literal.span())));
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
                found.extend([Default::default(), Default::default()]);
            }
            TokenTree::Group(group) => {
                let before = |back: usize| at.checked_sub(back).map(|at| &trees[at]);
                let macro_name = before(2).filter(|_| is_punct(before(1), '!'));
                match macro_name.or(before(1)).and_then(ident).as_deref() {
                    Some("expect" | "context") => {}
                    Some(name) if !HANDING_ON.contains(&name) && !group.stream().is_empty() => {
                        found.extend([Default::default(), Default::default()]);
                    }
                    _ => literals_of_value(group.stream(), found),
                }
            }
            _ => {}
        }
    }
}

/// Whether nothing is computed in an expression, and nothing decided.
fn is_plain(stream: TokenStream, seen: &mut usize) -> bool {
    for tree in stream {
        *seen += 1;
        let is_fine = match &tree {
            TokenTree::Punct(punct) => {
                !matches!(punct.as_char(), '+' | '-' | '*' | '/' | '%' | ';' | '=')
            }
            TokenTree::Ident(ident) => ![
                "if", "match", "let", "panic", "return", "bail", "anyhow", "var",
            ]
            .contains(&ident.to_string().as_str()),
            TokenTree::Group(group) => is_plain(group.stream(), seen),
            TokenTree::Literal(_) => true,
        };
        if !is_fine || *seen > LONGEST {
            return false;
        }
    }
    true
}
