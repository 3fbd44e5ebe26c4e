//! Calls: what they are given, and what counts where they are given nothing.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::expression::{LONGEST, value};
use super::values::{Call, Named, Naming, Trees, Values, ident, is_before, is_end};
use super::{is_punct, line, unquote};

/// Calls whose last argument counts if there is nothing else.
const FALLBACKS: &[&str] = &[
    "default_value",
    "default_value_t",
    "map_or",
    "map_or_else",
    "unwrap_or",
    "unwrap_or_else",
];

/// The group of a call's arguments: directly behind the name, or behind a turbofish.
fn arguments<'a>(behind: Trees<'a>) -> Option<&'a Group> {
    const FURTHEST: usize = 16;
    let mut depth = 0;
    for (at, tree) in behind.iter().take(FURTHEST).enumerate() {
        match tree {
            TokenTree::Group(group)
                if depth == 0 && group.delimiter() == Delimiter::Parenthesis =>
            {
                let is_direct = at == 0 || is_punct(Some(behind[at - 1]), '>');
                return is_direct.then_some(group);
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                ':' if at < 2 => {}
                '<' => depth += 1,
                '>' if depth > 0 => depth -= 1,
                ':' | ',' | '&' | '\'' if depth > 0 => {}
                _ => return None,
            },
            TokenTree::Ident(_) if depth > 0 => {}
            _ => return None,
        }
    }
    None
}

pub(super) fn call(name: &str, trees: Trees<'_>, at: usize, owner: &str, values: &mut Values) {
    let Some(group) = arguments(&trees[at + 1..]) else {
        return;
    };
    if name.starts_with("bind") || matches!(name, "listen" | "serve") {
        bound(group.stream(), 0, &mut values.bound);
    }
    let mut found = Vec::new();
    literals(group.stream(), 0, &mut found);
    let Some((_, line)) = found.first() else {
        return;
    };
    let line = *line;
    let is_method = is_before(trees, at, '.');
    if FALLBACKS.contains(&name) && is_method {
        fallback(group, trees, at, owner, values);
    }
    named_argument(name, group, owner, values);
    values.calls.push(Call {
        path: path(trees, at),
        arguments: found.into_iter().map(|(text, _)| text).collect(),
        line,
    });
}

/// The path that ends with the ident at `at`.
fn path(trees: Trees<'_>, at: usize) -> String {
    let mut parts = vec![ident(trees[at]).unwrap_or_default()];
    let mut at = at;
    while at >= 3 && is_punct(Some(trees[at - 1]), ':') && is_punct(Some(trees[at - 2]), ':') {
        let Some(part) = ident(trees[at - 3]) else {
            break;
        };
        parts.push(part);
        at -= 3;
    }
    parts.reverse();
    parts.join("::")
}

/// Names in arguments, and in the text of a format string.
fn bound(stream: TokenStream, depth: usize, names: &mut Vec<String>) {
    const DEEPEST: usize = 6;
    for tree in stream {
        match &tree {
            TokenTree::Ident(ident) => names.push(ident.to_string()),
            TokenTree::Literal(literal) => {
                let text = unquote(&literal.to_string()).unwrap_or_default();
                let inside = text
                    .split('{')
                    .skip(1)
                    .filter_map(|part| part.split(['}', ':']).next());
                names.extend(inside.filter(|name| !name.is_empty()).map(str::to_owned));
            }
            TokenTree::Group(group) if depth < DEEPEST => bound(group.stream(), depth + 1, names),
            _ => {}
        }
    }
}

/// Literals in arguments and in calls among them, not in blocks.
fn literals(stream: TokenStream, depth: usize, found: &mut Vec<(Option<String>, usize)>) {
    const DEEPEST: usize = 2;
    const MANY: usize = 16;
    for tree in stream {
        if found.len() >= MANY {
            return;
        }
        match &tree {
            TokenTree::Literal(literal) => {
                found.push((unquote(&literal.to_string()), line(literal.span())));
            }
            TokenTree::Group(group) if depth < DEEPEST && group.delimiter() != Delimiter::Brace => {
                literals(group.stream(), depth + 1, found);
            }
            _ => {}
        }
    }
}

/// `env_or("PORT", 8080)`, `set_default("port", 8080)`
fn named_argument(name: &str, group: &Group, owner: &str, values: &mut Values) {
    let reads_variable = name.contains("env") || name.contains("var");
    if !reads_variable && name != "set_default" {
        return;
    }
    let trees: Vec<TokenTree> = group.stream().into_iter().collect();
    let parts: Vec<Vec<&TokenTree>> = trees
        .split(|tree| is_punct(Some(tree), ','))
        .map(|part| part.iter().collect())
        .filter(|part: &Vec<_>| !part.is_empty())
        .collect();
    let [key, default] = parts.as_slice() else {
        return;
    };
    let (Some((key, _)), Some((value, line))) = (value(key), value(default)) else {
        return;
    };
    values.named.push(Named {
        kind: Naming::Default,
        variable: is_variable(&key)
            .then(|| key.clone())
            .filter(|_| reads_variable),
        names: vec![key],
        value,
        owner: owner.to_owned(),
        line,
    });
}

fn is_variable(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_uppercase())
        && text
            .chars()
            .all(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_')
}

/// `env::var("PORT").unwrap_or_else(|_| "8080".into())`, `args.port.unwrap_or(8080)`,
/// `Arg::new("port").env("PORT").default_value("8080")`
fn fallback(group: &Group, trees: Trees<'_>, at: usize, owner: &str, values: &mut Values) {
    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
    let first = inner
        .split(|tree| is_punct(Some(tree), ','))
        .next()
        .unwrap_or_default();
    let Some((value, line)) = value(&first.iter().collect::<Vec<_>>()) else {
        return;
    };
    let begin =
        |tree: &&TokenTree| is_end(tree) || is_punct(Some(tree), '=') || is_punct(Some(tree), '|');
    let from = at.saturating_sub(LONGEST);
    let to = trees.len().min(at + LONGEST);
    let start = trees[from..at].iter().rposition(begin);
    let start = start.map_or(from, |before| from + before + 1);
    let end = trees[at..to].iter().position(|tree| is_end(tree));
    let end = end.map_or(to, |behind| at + behind);
    let chain = &trees[start..end];
    let mut names = Vec::new();
    let mut variable = None;
    let mut is_asked = false;
    for (place, tree) in chain.iter().enumerate() {
        let Some(name) = ident(tree) else {
            continue;
        };
        let Some(group) = arguments(&chain[place + 1..]) else {
            is_asked |= ["args", "cli", "opt", "opts", "matches"].contains(&name.as_str());
            if is_before(chain, place, '.') || chain.len() == place + 1 || place == 0 {
                names.push(name);
            }
            continue;
        };
        let text = || {
            let mut found = Vec::new();
            literals(group.stream(), 0, &mut found);
            found.into_iter().next().and_then(|(text, _)| text)
        };
        match name.as_str() {
            "var" | "var_os" | "env" => variable = text().or(variable),
            "new" | "get_one" | "long" | "value_of" | "get" => names.extend(text()),
            // What a URL says is asked of somebody else.
            "port" | "port_u16" | "port_or_known_default" | "host" | "host_str" => return,
            _ => {}
        }
        is_asked |= matches!(name.as_str(), "args" | "var" | "var_os");
    }
    names.extend(left(trees, start).filter(|_| is_asked));
    names.extend(variable.clone());
    values.named.push(Named {
        kind: Naming::Default,
        names,
        variable,
        value,
        owner: owner.to_owned(),
        line,
    });
}

/// The name before the `=` that an expression begins behind.
fn left(trees: Trees<'_>, start: usize) -> Option<String> {
    let equals = start
        .checked_sub(1)
        .filter(|at| is_punct(Some(trees[*at]), '='))?;
    let from = equals.saturating_sub(LONGEST);
    let begin = trees[from..equals].iter().rposition(|tree| is_end(tree));
    let begin = begin.map_or(from, |at| from + at + 1);
    let words = trees[begin..equals].iter().filter_map(|tree| ident(tree));
    words
        .into_iter()
        .find(|word| word != "let" && word != "mut")
}
