//! Literals that code gives a name to, and calls with literals in them.

use proc_macro2::{Delimiter, Group, TokenTree};

use super::calls::call;
use super::expression::{LONGEST, value};
use super::is_punct;

/// A literal with the names that the code has for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::inspect) struct Named {
    /// How it gets its name.
    pub(in crate::inspect) kind: Naming,
    /// Variables, fields, keys: `port` in `let port = 8080`.
    pub(in crate::inspect) names: Vec<String>,
    /// The variable of the environment that wins over it.
    pub(in crate::inspect) variable: Option<String>,
    /// The literal, without quotes; an address of `std::net` as `127.0.0.1:8080`.
    pub(in crate::inspect) value: String,
    /// The names of the items around it.
    pub(in crate::inspect) owner: String,
    /// The line, counted from 1.
    pub(in crate::inspect) line: usize,
}

/// How a literal gets its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::inspect) enum Naming {
    /// `let`, `const` or `static`.
    Binding,
    /// What counts if nobody says otherwise: of an option, a variable, a field.
    Default,
}

/// A call with at least one literal among its arguments, or in what they call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::inspect) struct Call {
    /// What is called: `ServeDir::new`, `unwrap_or`, `include_str!`.
    pub(in crate::inspect) path: String,
    /// The text of string literals; none for other literals.
    pub(in crate::inspect) arguments: Vec<Option<String>>,
    /// The line of the first literal, counted from 1.
    pub(in crate::inspect) line: usize,
}

/// What is known of the named literals and the calls of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::inspect) struct Values {
    pub(in crate::inspect) named: Vec<Named>,
    pub(in crate::inspect) calls: Vec<Call>,
    /// Names in the arguments of calls that listen.
    pub(in crate::inspect) bound: Vec<String>,
}

/// Literals of a file that are looked at.
const MANY: usize = 4096;
/// Attributes that give a field its default.
const DEFAULTING: &[&str] = &[
    "arg",
    "builder",
    "clap",
    "conf",
    "config",
    "default",
    "envconfig",
    "option",
    "structopt",
];

/// Tokens beside each other.
pub(super) type Trees<'a> = &'a [&'a TokenTree];

/// Reads one level of the tokens, tests left out.
pub(super) fn read(trees: Trees<'_>, owner: &str, values: &mut Values) {
    let mut attributes: Vec<&Group> = Vec::new();
    for (at, tree) in trees.iter().enumerate() {
        // More than people write: generated, or made to keep us busy.
        if values.named.len().max(values.calls.len()) > MANY {
            return;
        }
        match tree {
            TokenTree::Punct(punct) if matches!(punct.as_char(), ';' | ',') => attributes.clear(),
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Bracket && is_before(trees, at, '#') =>
            {
                attributes.push(group);
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => attributes.clear(),
            TokenTree::Ident(ident) => {
                let name = ident.to_string();
                match name.as_str() {
                    "let" | "const" | "static" => binding(&trees[at + 1..], owner, values),
                    "fn" => function(&trees[at + 1..], owner, values),
                    _ if is_field(trees, at) => {
                        field(&name, &trees[at + 2..], &attributes, owner, values);
                        attributes.clear();
                    }
                    _ => call(&name, trees, at, owner, values),
                }
            }
            _ => {}
        }
    }
}

/// The names of the items around what stands in a group behind `before`.
pub(super) fn owner(before: Trees<'_>, outer: &str) -> String {
    const ENOUGH: usize = 200;
    let before = &before[before.len().saturating_sub(LONGEST)..];
    let start = before
        .iter()
        .rposition(|tree| is_end(tree))
        .map_or(0, |at| at + 1);
    let words: Vec<String> = before[start..]
        .iter()
        .filter_map(|tree| ident(tree))
        .collect();
    let item =
        |word: &String| ["enum", "fn", "impl", "mod", "struct", "trait"].contains(&word.as_str());
    let names = match words.iter().position(item) {
        Some(at) if words[at] == "fn" || words[at] == "mod" => {
            &words[at + 1..words.len().min(at + 2)]
        }
        Some(at) => &words[at + 1..words.len().min(at + 5)],
        // A struct literal.
        None => match before.last().and_then(|tree| ident(tree)) {
            Some(name) if name.starts_with(char::is_uppercase) => &words[words.len() - 1..],
            _ => &[],
        },
    };
    match names {
        [] => outer.to_owned(),
        _ if outer.len() > ENOUGH => outer.to_owned(),
        names => format!("{outer} {}", names.join(" ")),
    }
}

pub(super) fn is_end(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Punct(punct) => matches!(punct.as_char(), ';' | ','),
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    }
}

pub(super) fn is_before(trees: Trees<'_>, at: usize, char: char) -> bool {
    at > 0 && is_punct(Some(trees[at - 1]), char)
}

pub(super) fn ident(tree: &TokenTree) -> Option<String> {
    match tree {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    }
}

/// `name:`, and no path.
fn is_field(trees: Trees<'_>, at: usize) -> bool {
    let char = |back: usize| is_punct(trees.get(at + back).copied(), ':');
    char(1) && !char(2) && !is_before(trees, at, ':')
}

/// `let name = value;`, `const NAME: Type = value;`
fn binding(behind: Trees<'_>, owner: &str, values: &mut Values) {
    let behind = match behind.first().and_then(|tree| ident(tree)).as_deref() {
        Some("mut") => &behind[1..],
        _ => behind,
    };
    let Some(name) = behind.first().and_then(|tree| ident(tree)) else {
        return;
    };
    let behind = &behind[..behind.len().min(LONGEST)];
    let end = behind.iter().position(|tree| is_punct(Some(tree), ';'));
    let end = end.unwrap_or(behind.len());
    let Some(equals) = behind[..end]
        .iter()
        .position(|tree| is_punct(Some(tree), '='))
    else {
        return;
    };
    if let Some((value, line)) = value(&behind[equals + 1..end]) {
        values.named.push(Named {
            kind: Naming::Binding,
            names: vec![name],
            variable: None,
            value,
            owner: owner.to_owned(),
            line,
        });
    }
}

/// `fn default_port() -> u16 { 8080 }`
fn function(behind: Trees<'_>, owner: &str, values: &mut Values) {
    let Some(name) = behind.first().and_then(|tree| ident(tree)) else {
        return;
    };
    let body = behind.iter().take(LONGEST).find_map(|tree| match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    });
    let Some(body) = body
        .filter(|_| name.starts_with("default_"))
        .map(|group| group.stream().into_iter().collect::<Vec<_>>())
    else {
        return;
    };
    if let Some((value, line)) = value(&body.iter().collect::<Vec<_>>()) {
        values.named.push(Named {
            kind: Naming::Default,
            names: vec![name],
            variable: None,
            value,
            owner: owner.to_owned(),
            line,
        });
    }
}

/// A field with attributes, or one of a struct literal that is made by default.
fn field(name: &str, behind: Trees<'_>, attributes: &[&Group], owner: &str, values: &mut Values) {
    for attribute in attributes {
        let Some(found) = options(attribute) else {
            continue;
        };
        let Some((value, line)) = found.value else {
            continue;
        };
        let mut names = vec![name.to_owned()];
        names.extend(found.long);
        values.named.push(Named {
            kind: Naming::Default,
            names,
            variable: match found.variable {
                Some(variable) if variable.is_empty() => Some(name.to_uppercase()),
                other => other,
            },
            value,
            owner: owner.to_owned(),
            line,
        });
    }
    let behind = &behind[..behind.len().min(LONGEST)];
    let end = behind.iter().position(|tree| is_punct(Some(tree), ','));
    let end = end.unwrap_or(behind.len());
    let is_made_by_default = owner.split(' ').any(|word| word == "Default");
    if let Some((value, line)) = value(&behind[..end]).filter(|_| is_made_by_default) {
        values.named.push(Named {
            kind: Naming::Default,
            names: vec![name.to_owned()],
            variable: None,
            value,
            owner: owner.to_owned(),
            line,
        });
    }
}

#[derive(Default)]
struct Options {
    value: Option<(String, usize)>,
    long: Option<String>,
    /// Empty where it is named after the field.
    variable: Option<String>,
}

/// `#[arg(long, env = "PORT", default_value_t = 8080)]`, `#[default = 8080]`
fn options(attribute: &Group) -> Option<Options> {
    let inner: Vec<TokenTree> = attribute.stream().into_iter().collect();
    let inner: Vec<&TokenTree> = inner.iter().collect();
    let name = inner.first().and_then(|tree| ident(tree))?;
    if !DEFAULTING.contains(&name.as_str()) {
        return None;
    }
    let mut options = Options::default();
    match inner.get(1) {
        Some(tree) if is_punct(Some(tree), '=') => options.value = value(&inner[2..]),
        Some(TokenTree::Group(group)) => {
            let trees: Vec<TokenTree> = group.stream().into_iter().collect();
            for part in trees.split(|tree| is_punct(Some(tree), ',')) {
                let part: Vec<&TokenTree> = part.iter().collect();
                let Some(key) = part.first().and_then(|tree| ident(tree)) else {
                    continue;
                };
                let has_value = is_punct(part.get(1).copied(), '=');
                match key.as_str() {
                    "default" | "default_value" | "default_value_t" if has_value => {
                        options.value = value(&part[2..]);
                    }
                    "long" | "name" if has_value => {
                        options.long = value(&part[2..]).map(|(text, _)| text);
                    }
                    "env" | "from" if has_value => {
                        options.variable = value(&part[2..]).map(|(text, _)| text);
                    }
                    "env" => options.variable = Some(String::new()),
                    _ => {}
                }
            }
        }
        _ => {}
    }
    Some(options)
}
