//! Literals, and the arguments of macros.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, Token};

use super::value::Value;

/// The arguments of a macro that takes expressions.
pub(super) fn arguments(tokens: &TokenStream) -> Option<Vec<Expr>> {
    let parse = Punctuated::<Expr, Token![,]>::parse_terminated;
    let arguments = parse.parse2(tokens.clone()).ok()?;
    Some(arguments.into_iter().collect())
}

/// A text, or a number as text.
pub(super) fn literal_value(literal: &Lit) -> Value {
    match literal {
        Lit::Str(text) => Value::Text(text.value()),
        Lit::Int(number) => match number.base10_parse::<u64>() {
            Ok(number) => Value::Text(number.to_string()),
            Err(_) => Value::Unknown,
        },
        _ => Value::Unknown,
    }
}

/// The tokens of one macro argument, where it is one literal.
pub(super) fn single_literal(tree: &TokenTree) -> Option<Lit> {
    match tree {
        TokenTree::Literal(literal) => Some(Lit::new(literal.clone())),
        _ => None,
    }
}
