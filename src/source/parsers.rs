//! What a program asks of its command line: fields and variants that a parser is derived from.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Expr, Fields, Lit, Meta};

use super::facts::{Choice, Field, Parser};
use super::literals::arguments;
use super::methods::has_method;
use super::read::Reader;
use super::types::words;
use super::value::Value;

/// Derives that make a parser of a type.
const DERIVES: &[&str] = &[
    "Args",
    "Bpaf",
    "FromArgs",
    "Parser",
    "StructOpt",
    "Subcommand",
];
/// Attributes that say how.
const ATTRIBUTES: &[&str] = &[
    "arg",
    "argh",
    "bpaf",
    "clap",
    "command",
    "structopt",
    "subcommand",
];
/// Types that are fine without an argument.
const OPTIONAL: &[&str] = &["Option", "PhantomData", "Vec", "bool"];

/// What the attributes of an item say.
#[derive(Debug, Default)]
struct Said {
    keys: Vec<(String, Option<Value>)>,
}

impl Said {
    fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|(name, _)| name == key)
    }

    /// Whether a switch is on: `key`, or `key = true`.
    fn is_on(&self, key: &str) -> bool {
        let off = Value::Name("false".to_owned());
        self.keys
            .iter()
            .any(|(name, value)| name == key && *value != Some(off.clone()))
    }

    fn text(&self, key: &str) -> Option<String> {
        self.keys.iter().find_map(|(name, value)| match value {
            Some(Value::Text(text)) if name == key => Some(text.clone()),
            _ => None,
        })
    }
}

impl Reader<'_> {
    /// A type that a parser is derived from.
    pub(super) fn parser_struct(&mut self, item: &syn::ItemStruct) {
        if let Some(derives) = derived(&item.attrs) {
            let said = self.said(&item.attrs);
            self.out.parsers.push(Parser {
                name: item.ident.to_string(),
                is_root: is_root(&derives),
                is_choice: false,
                wants_any: wants_any(&said),
                shown: said.text("name"),
                fields: self.parser_fields(&item.fields, &derives),
                choices: Vec::new(),
                line: item.ident.span().start().line,
            });
        }
    }

    /// An enum of subcommands.
    pub(super) fn parser_enum(&mut self, item: &syn::ItemEnum) {
        let Some(derives) = derived(&item.attrs) else {
            return;
        };
        let said = self.said(&item.attrs);
        let is_bpaf = derives.iter().any(|name| name == "Bpaf");
        let mut choices = Vec::new();
        for variant in item
            .variants
            .iter()
            .filter(|item| self.is_live(&item.attrs))
        {
            let own = self.said(&variant.attrs);
            if own.is_on("skip") || own.is_on("hide") || (is_bpaf && !own.has("command")) {
                continue;
            }
            let named = own.text("name").or(own.text("command"));
            let inner = match &variant.fields {
                Fields::Unnamed(fields) => fields.unnamed.first().map(|field| words(&field.ty)),
                _ => None,
            };
            let fields = match &variant.fields {
                Fields::Named(_) => self.parser_fields(&variant.fields, &derives),
                _ => Vec::new(),
            };
            choices.push(Choice {
                name: named.unwrap_or_else(|| kebab(&variant.ident.to_string())),
                inner: inner.and_then(|words| words.into_iter().last()),
                is_flattened: own.has("flatten"),
                fields,
            });
        }
        if !is_bpaf || !choices.is_empty() {
            self.out.parsers.push(Parser {
                name: item.ident.to_string(),
                is_root: is_root(&derives),
                is_choice: true,
                wants_any: wants_any(&said),
                shown: None,
                fields: Vec::new(),
                choices,
                line: item.ident.span().start().line,
            });
        }
    }

    fn parser_fields(&self, fields: &Fields, derives: &[String]) -> Vec<Field> {
        let is_other = |name: &str| derives.iter().any(|derive| derive == name);
        let mut found = Vec::new();
        for field in fields.iter().filter(|field| self.is_live(&field.attrs)) {
            let Some(ident) = &field.ident else {
                continue;
            };
            let said = self.said(&field.attrs);
            let words = words(&field.ty);
            let is_default = said.keys.iter().any(|(key, _)| {
                (key.starts_with("default") && key != "default_missing_value")
                    || key.starts_with("fallback")
                    || key.starts_with("required_")
                    || ["skip", "from_global", "action", "external", "optional"]
                        .contains(&key.as_str())
            });
            let is_optional = words
                .first()
                .is_none_or(|word| OPTIONAL.contains(&word.as_str()))
                || (is_other("FromArgs") && (said.has("switch") || said.keys.is_empty()));
            let is_named = said.has("long") || said.has("short") || said.has("option");
            let is_positional = match (is_other("FromArgs"), is_other("Bpaf")) {
                (true, _) | (_, true) => said.has("positional"),
                _ => !is_named,
            };
            let variable = said.has("env").then(|| {
                let named = said.text("env");
                named.unwrap_or_else(|| ident.to_string().to_uppercase())
            });
            let is_required = match said.has("required") {
                true => said.is_on("required"),
                false => !is_optional && !is_default,
            };
            found.push(Field {
                name: match is_positional {
                    true => said.text("value_name"),
                    false => said.text("long"),
                }
                .unwrap_or_else(|| kebab(&ident.to_string())),
                kind: words.last().cloned().unwrap_or_default(),
                is_positional,
                is_subcommand: said.has("subcommand"),
                is_flattened: said.has("flatten"),
                is_required,
                variable,
                line: ident.span().start().line,
            });
        }
        found
    }

    /// All keys of the attributes that parsers are derived with.
    fn said(&self, attributes: &[Attribute]) -> Said {
        let mut said = Said::default();
        for attribute in attributes {
            let name = attribute.path().segments.last();
            let name = name.map(|last| last.ident.to_string()).unwrap_or_default();
            match &attribute.meta {
                Meta::List(list) if ATTRIBUTES.contains(&name.as_str()) => {
                    for part in super::cfg::split(list.tokens.clone(), ',') {
                        said.keys.extend(self.key(part));
                    }
                }
                Meta::List(list) if name == "cfg_attr" => {
                    for part in super::cfg::split(list.tokens.clone(), ',') {
                        let mut trees = part.into_iter();
                        if let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(group))) =
                            (trees.next(), trees.next())
                        {
                            if ATTRIBUTES.contains(&name.to_string().as_str()) {
                                for part in super::cfg::split(group.stream(), ',') {
                                    said.keys.extend(self.key(part));
                                }
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        said
    }

    /// `key`, `key = value` or `key(value)`.
    pub(super) fn key(&self, part: TokenStream) -> Option<(String, Option<Value>)> {
        let mut trees = part.into_iter();
        let Some(TokenTree::Ident(key)) = trees.next() else {
            return None;
        };
        let key = key.to_string();
        let value: TokenStream = match trees.next() {
            // `group(ArgGroup::new("a").required(true).args(&["b", "c"]))`
            Some(TokenTree::Group(group)) if key == "group" => {
                let groups = arguments(&group.stream())?;
                let is_required = groups.iter().any(|group| has_method(group, &["required"]));
                return is_required.then(|| ("required group".to_owned(), None));
            }
            Some(TokenTree::Group(group)) => group.stream(),
            Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => trees.collect(),
            _ => return Some((key, None)),
        };
        let value = syn::parse2::<Expr>(value).ok()?;
        Some((key, Some(self.switch(&value))))
    }

    /// A value, in which `false` is told apart.
    pub(super) fn switch(&self, value: &Expr) -> Value {
        match value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Bool(switch) => Value::Name(switch.value.to_string()),
                _ => self.fold(value),
            },
            other => self.fold(other),
        }
    }
}

fn is_root(derives: &[String]) -> bool {
    let roots = ["Bpaf", "FromArgs", "Parser", "StructOpt"];
    derives.iter().any(|name| roots.contains(&name.as_str()))
}

fn wants_any(said: &Said) -> bool {
    let set = ["setting", "global_setting"].iter().any(|key| {
        let said = said.keys.iter().filter(|(name, _)| name == key);
        let mut paths = said.filter_map(|(_, value)| match value {
            Some(Value::Name(path)) => Some(path),
            _ => None,
        });
        paths.any(|path| {
            path.ends_with("ArgRequiredElseHelp") || path.contains("SubcommandRequired")
        })
    });
    set || said.has("required group")
        || said.is_on("arg_required_else_help")
        || said.is_on("subcommand_required")
}

/// The derives that make a parser, if there is one.
fn derived(attributes: &[Attribute]) -> Option<Vec<String>> {
    let mut derives = Vec::new();
    for attribute in attributes {
        if let Meta::List(list) = &attribute.meta {
            if list.path.is_ident("derive") {
                let names = list
                    .tokens
                    .clone()
                    .into_iter()
                    .filter_map(|tree| match tree {
                        TokenTree::Ident(name) => Some(name.to_string()),
                        _ => None,
                    });
                derives.extend(names.filter(|name| DERIVES.contains(&name.as_str())));
            }
        }
    }
    (!derives.is_empty()).then_some(derives)
}

/// `ServeHttp`, `serve_http`: `serve-http`
fn kebab(name: &str) -> String {
    let name = name.strip_prefix("r#").unwrap_or(name);
    let mut text = String::with_capacity(name.len() + 4);
    let mut was_lower = false;
    for char in name.chars() {
        if char.is_uppercase() && was_lower {
            text.push('-');
        }
        was_lower = char.is_lowercase() || char.is_ascii_digit();
        match char {
            '_' => text.push('-'),
            other => text.extend(other.to_lowercase()),
        }
    }
    text
}
