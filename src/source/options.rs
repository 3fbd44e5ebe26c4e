//! Defaults that attributes give to fields.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Expr, Meta};

use super::facts::Naming;
use super::named::first_line;
use super::read::Reader;
use super::value::Value;

/// Attributes that give a field its default.
const DEFAULTING: &[&str] = &[
    "arg",
    "argh",
    "bpaf",
    "builder",
    "clap",
    "conf",
    "config",
    "default",
    "envconfig",
    "option",
    "options",
    "structopt",
];
/// Attributes whose defaults are code in a text.
const CODE: &[&str] = &["argh", "builder"];

/// Those of them that make options of the command line.
const PARSING: &[&str] = &["arg", "clap", "structopt"];

impl Reader<'_> {
    /// `#[arg(long, env = "PORT", default_value_t = 8080)]`, `#[default = 8080]`, `#[default(8080)]`
    pub(super) fn field_options(&mut self, field: &syn::Field) {
        let Some(name) = field.ident.as_ref().map(ToString::to_string) else {
            return;
        };
        for attribute in &field.attrs {
            let key = attribute
                .path()
                .segments
                .last()
                .map(|last| last.ident.to_string());
            if key.as_deref() == Some("serde") {
                self.serde_default(&name, attribute);
                continue;
            }
            let Some(key) = key.filter(|key| DEFAULTING.contains(&key.as_str())) else {
                continue;
            };
            let options = match &attribute.meta {
                Meta::NameValue(pair) => Options {
                    value: Some((self.fold(&pair.value), first_line(&pair.value))),
                    ..Options::default()
                },
                Meta::List(list) => self.options(&key, list.tokens.clone()),
                Meta::Path(_) => continue,
            };
            let Some((value, line)) = options.value else {
                continue;
            };
            let mut names = vec![name.clone()];
            let long = match options.long {
                Some(long) if long.is_empty() => Some(name.replace('_', "-")),
                long => long,
            };
            names.extend(long.clone());
            let option = long.filter(|_| PARSING.contains(&key.as_str()));
            let variable = match options.variable {
                Some(variable) if variable.is_empty() => Some(name.to_uppercase()),
                other => other,
            };
            self.push_option(names, variable, option, (value, line));
        }
    }

    /// `#[serde(default = "defaults::address")]`: what the function returns counts if nobody says otherwise.
    fn serde_default(&mut self, field: &str, attribute: &syn::Attribute) {
        let Meta::List(list) = &attribute.meta else {
            return;
        };
        let options = self.options("serde", list.tokens.clone());
        if let Some((Value::Text(function), line)) = options.value {
            let is_path = function
                .split("::")
                .all(|part| syn::parse_str::<syn::Ident>(part).is_ok());
            // `default_port` speaks for itself where it is written.
            let is_named = function
                .rsplit("::")
                .next()
                .is_some_and(|name| name.starts_with("default_"));
            if is_path && !is_named {
                let value = Value::Name(format!("{function}()"));
                self.push(Naming::Default, vec![field.to_owned()], None, value, line);
            }
        }
    }

    fn options(&self, attribute: &str, tokens: TokenStream) -> Options {
        let mut options = Options::default();
        for part in super::cfg::split(tokens, ',') {
            let mut trees = part.clone().into_iter();
            let (key, equals) = (trees.next(), trees.next());
            let Some(TokenTree::Ident(key)) = key else {
                if attribute == "default" {
                    options.value = self.parsed(part);
                }
                continue;
            };
            let is_pair =
                matches!(&equals, Some(TokenTree::Punct(punct)) if punct.as_char() == '=');
            let value = || self.parsed(trees.collect());
            let text = |value: Option<(Value, usize)>| match value {
                Some((Value::Text(text), _)) => Some(text),
                _ => None,
            };
            let key = key.to_string();
            match key.as_str() {
                "default" | "_code" if is_pair && (key == "_code" || CODE.contains(&attribute)) => {
                    options.value = self.coded(value());
                }
                "default" | "default_value" | "default_value_t" if is_pair => {
                    options.value = value()
                }
                "fallback" => {
                    if let Some(TokenTree::Group(group)) = equals {
                        options.value = self.parsed(group.stream());
                    }
                }
                "long" | "name" if is_pair => options.long = text(value()),
                "long" => options.long = Some(String::new()),
                "env" | "from" if is_pair => options.variable = text(value()),
                "env" => options.variable = Some(String::new()),
                _ if attribute == "default" && !is_pair => options.value = self.parsed(part),
                _ => {}
            }
        }
        options
    }

    /// A value that is code in a text.
    fn coded(&self, value: Option<(Value, usize)>) -> Option<(Value, usize)> {
        let (value, line) = value?;
        let Value::Text(code) = &value else {
            return Some((value, line));
        };
        let folded = syn::parse_str::<Expr>(code).map(|code| self.fold(&code));
        Some((folded.unwrap_or(Value::Unknown), line))
    }

    fn parsed(&self, tokens: TokenStream) -> Option<(Value, usize)> {
        let expression: Expr = syn::parse2(tokens).ok()?;
        Some((self.fold(&expression), first_line(&expression)))
    }
}

#[derive(Default)]
struct Options {
    value: Option<(Value, usize)>,
    /// Empty where it is named after the field.
    long: Option<String>,
    /// Empty where it is named after the field.
    variable: Option<String>,
}
