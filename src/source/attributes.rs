//! Attributes: conditions, and what they say besides.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Expr, ExprLit, ForeignItem, ImplItem, Item, Lit, Meta, TraitItem};

use super::read::Reader;
use super::value::Value;

/// Attributes that say nothing about files, addresses or variables.
const QUIET: &[&str] = &[
    "allow",
    "cfg",
    "cold",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "forbid",
    "inline",
    "must_use",
    "non_exhaustive",
    "repr",
    "warn",
];

impl Reader<'_> {
    /// Whether something with these attributes is compiled into an image, as far as that is known.
    pub(super) fn is_live(&self, attributes: &[Attribute]) -> bool {
        attributes.iter().all(|attribute| {
            let name = attribute
                .path()
                .segments
                .last()
                .map(|last| last.ident.to_string());
            match (name.as_deref(), &attribute.meta) {
                (Some("cfg"), Meta::List(list)) => {
                    self.conditions.hold(list.tokens.clone()) != Some(false)
                }
                (Some("cfg_attr"), Meta::List(list)) => self.is_live_under(list.tokens.clone()),
                (Some("test" | "bench"), Meta::Path(_) | Meta::List(_)) => false,
                _ => true,
            }
        })
    }

    /// `#[cfg_attr(unix, cfg(test))]`
    fn is_live_under(&self, tokens: TokenStream) -> bool {
        self.conditional(tokens).into_iter().all(|attribute| {
            let trees: Vec<TokenTree> = attribute.into_iter().take(2).collect();
            match trees.as_slice() {
                [TokenTree::Ident(name), TokenTree::Group(group)] if name == "cfg" => {
                    self.conditions.hold(group.stream()) != Some(false)
                }
                _ => true,
            }
        })
    }

    /// The attributes of a `cfg_attr` whose condition may hold.
    fn conditional(&self, tokens: TokenStream) -> Vec<TokenStream> {
        let mut parts = super::cfg::split(tokens, ',').into_iter();
        let condition = parts.next().unwrap_or_default();
        match self.conditions.hold(condition) {
            Some(false) => Vec::new(),
            _ => parts.collect(),
        }
    }

    /// What attributes of a whole crate say, where it is certain that they count.
    pub(super) fn of_crate(&mut self, attributes: &[Attribute]) {
        for attribute in attributes {
            let names = match &attribute.meta {
                Meta::List(list) if list.path.is_ident("cfg_attr") => {
                    let mut parts = super::cfg::split(list.tokens.clone(), ',').into_iter();
                    let condition = parts.next().unwrap_or_default();
                    let is_certain = self.conditions.hold(condition) == Some(true);
                    parts
                        .filter(|_| is_certain)
                        .filter_map(|part| match part.into_iter().next() {
                            Some(TokenTree::Ident(name)) => Some(name),
                            _ => None,
                        })
                        .collect()
                }
                meta => Vec::from_iter(meta.path().get_ident().cloned()),
            };
            for name in names {
                if let Some(row) = self.table.attribute(&format!("!{name}")) {
                    self.matched(row, &[], name.span());
                }
            }
        }
    }

    /// What the attributes say.
    pub(super) fn attributes(&mut self, attributes: &[Attribute]) {
        for attribute in attributes {
            let path = attribute.path();
            let Some(last) = path.segments.last() else {
                continue;
            };
            let name = last.ident.to_string();
            if QUIET.contains(&name.as_str()) {
                // `#[doc = include_str!("README.md")]`
                match &attribute.meta {
                    Meta::NameValue(pair) if !matches!(pair.value, Expr::Lit(_)) => {
                        self.visit_apart(&pair.value)
                    }
                    _ => {}
                }
                continue;
            }
            match &attribute.meta {
                Meta::List(list) if name == "cfg_attr" => {
                    for part in self.conditional(list.tokens.clone()) {
                        self.attribute_tokens(part);
                    }
                }
                Meta::List(list) => self.attribute(&last.ident, list.tokens.clone()),
                Meta::NameValue(pair) => match &pair.value {
                    Expr::Lit(ExprLit {
                        lit: Lit::Str(text),
                        ..
                    }) => {
                        self.attribute_text(&last.ident, text);
                    }
                    other => {
                        self.attribute(&last.ident, TokenStream::new());
                        self.visit_apart(other);
                    }
                },
                Meta::Path(_) => self.attribute(&last.ident, TokenStream::new()),
            }
        }
    }

    /// `path = "a.rs"`, `folder = "b"`, `serde(default)`
    fn attribute_tokens(&mut self, tokens: TokenStream) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        match trees.as_slice() {
            [TokenTree::Ident(name), TokenTree::Group(group)] => {
                self.attribute(name, group.stream())
            }
            [
                TokenTree::Ident(name),
                TokenTree::Punct(_),
                literal @ TokenTree::Literal(_),
            ] => {
                if let Some(Lit::Str(text)) = super::literals::single_literal(literal) {
                    self.attribute_text(name, &text);
                }
            }
            [TokenTree::Ident(name)] => self.attribute(name, TokenStream::new()),
            [TokenTree::Ident(_), TokenTree::Punct(_), value @ ..] => {
                if let Ok(value) = syn::parse2::<Expr>(value.iter().cloned().collect()) {
                    self.visit_apart(&value);
                }
            }
            _ => {}
        }
    }

    fn attribute_text(&mut self, name: &proc_macro2::Ident, text: &syn::LitStr) {
        let key = name.to_string();
        if let Some(row) = self.table.attribute(&key) {
            self.matched(row, &[Value::Text(text.value())], name.span());
        }
        if key != "doc" {
            self.text(
                text.value(),
                text.span().start().line,
                Some(format!("#{key}")),
            );
        }
    }

    fn attribute(&mut self, name: &proc_macro2::Ident, tokens: TokenStream) {
        let key = name.to_string();
        if let Some(row) = self.table.attribute(&key) {
            self.matched(row, &[], name.span());
        }
        if !QUIET.contains(&key.as_str()) {
            self.attribute_literals(&format!("#{key}"), tokens);
        }
    }

    fn attribute_literals(&mut self, name: &str, tokens: TokenStream) {
        for tree in tokens {
            match tree {
                TokenTree::Literal(literal) => {
                    if let Lit::Str(text) = Lit::new(literal) {
                        self.text(
                            text.value(),
                            text.span().start().line,
                            Some(name.to_owned()),
                        );
                    }
                }
                TokenTree::Group(group) => self.attribute_literals(name, group.stream()),
                TokenTree::Ident(ident) => self.word(&ident),
                TokenTree::Punct(_) => {}
            }
        }
    }

    fn visit_apart(&mut self, expression: &Expr) {
        self.apart(|reader| syn::visit::Visit::visit_expr(reader, expression));
    }

    /// `#[path = "…"]`, also where a condition sets it.
    pub(super) fn path_attribute(&self, attributes: &[Attribute]) -> Option<String> {
        attributes
            .iter()
            .find_map(|attribute| match &attribute.meta {
                Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
                    Expr::Lit(ExprLit {
                        lit: Lit::Str(text),
                        ..
                    }) => Some(text.value()),
                    _ => None,
                },
                Meta::List(list) if list.path.is_ident("cfg_attr") => {
                    let mut parts = self.conditional(list.tokens.clone()).into_iter();
                    parts.find_map(|part| {
                        let trees: Vec<TokenTree> = part.into_iter().collect();
                        match trees.as_slice() {
                            [TokenTree::Ident(name), _, literal] if name == "path" => {
                                match super::literals::single_literal(literal) {
                                    Some(Lit::Str(text)) => Some(text.value()),
                                    _ => None,
                                }
                            }
                            _ => None,
                        }
                    })
                }
                _ => None,
            })
    }
}

/// The attributes of a value of an enum, by its variants.
macro_rules! attributes_of {
    ($name:ident, $type:ident, [$($variant:ident),*]) => {
        pub(super) fn $name(value: &$type) -> &[Attribute] {
            match value {
                $($type::$variant(inner) => &inner.attrs,)*
                _ => &[],
            }
        }
    };
}

attributes_of!(
    of_item,
    Item,
    [
        Const,
        Enum,
        ExternCrate,
        Fn,
        ForeignMod,
        Impl,
        Macro,
        Mod,
        Static,
        Struct,
        Trait,
        TraitAlias,
        Type,
        Union,
        Use
    ]
);
attributes_of!(of_impl_item, ImplItem, [Const, Fn, Macro, Type]);
attributes_of!(of_trait_item, TraitItem, [Const, Fn, Macro, Type]);
attributes_of!(of_foreign_item, ForeignItem, [Fn, Macro, Static, Type]);
attributes_of!(
    of_expression,
    Expr,
    [
        Array, Assign, Async, Await, Binary, Block, Break, Call, Cast, Closure, Const, Continue,
        Field, ForLoop, Group, If, Index, Infer, Let, Lit, Loop, Macro, Match, MethodCall, Paren,
        Path, Range, RawAddr, Reference, Repeat, Return, Struct, Try, TryBlock, Tuple, Unary,
        Unsafe, While, Yield
    ]
);
