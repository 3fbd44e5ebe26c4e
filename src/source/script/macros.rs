//! Arguments of macros as expressions, parsed before a script is followed.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, Token};

/// A file, a line and a column.
type Place = (usize, usize, usize);

/// The arguments of macros, by the place of the macro.
#[derive(Default)]
pub(super) struct Macros(HashMap<Place, Vec<Expr>>);

/// A macro that is not parsed yet.
struct Call {
    place: (usize, usize),
    name: String,
    tokens: TokenStream,
}

struct Calls(Vec<Call>);

impl<'ast> Visit<'ast> for Calls {
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let name = call.path.segments.last();
        self.0.push(Call {
            place: place_of(call),
            name: name.map_or(String::new(), |last| last.ident.to_string()),
            tokens: call.tokens.clone(),
        });
    }
}

fn place_of(call: &syn::Macro) -> (usize, usize) {
    let first = call.path.segments.first();
    let start = first.map(|first| first.ident.span().start());
    start.map_or((0, 0), |start| (start.line, start.column))
}

impl Macros {
    /// Parses the arguments of all macros of some files, and of the macros in them.
    pub(super) fn of(files: &[syn::File]) -> Self {
        let mut all = Self::default();
        for (at, file) in files.iter().enumerate() {
            let mut calls = Calls(Vec::new());
            calls.visit_file(file);
            while let Some(call) = calls.0.pop() {
                let Some(arguments) = parse(&call) else {
                    continue;
                };
                for argument in &arguments {
                    visit::visit_expr(&mut calls, argument);
                }
                let (line, column) = call.place;
                all.0.insert((at, line, column), arguments);
            }
        }
        all
    }

    /// The arguments of a macro, where they are expressions.
    pub(super) fn arguments(&self, file: usize, call: &syn::Macro) -> Option<&[Expr]> {
        let (line, column) = place_of(call);
        self.0.get(&(file, line, column)).map(Vec::as_slice)
    }
}

fn parse(call: &Call) -> Option<Vec<Expr>> {
    let tokens = call.tokens.clone();
    if call.name == "matches" {
        return matches
            .parse2(tokens)
            .ok()
            .map(|expression| vec![expression]);
    }
    let arguments = Punctuated::<Expr, Token![,]>::parse_terminated;
    Some(arguments.parse2(tokens).ok()?.into_iter().collect())
}

/// `matches!(value, pattern)` as `let pattern = value`.
fn matches(input: syn::parse::ParseStream<'_>) -> syn::Result<Expr> {
    let value: Expr = input.parse()?;
    input.parse::<Token![,]>()?;
    let pattern = syn::Pat::parse_multi_with_leading_vert(input)?;
    input.parse::<Option<Token![,]>>()?;
    Ok(Expr::Let(syn::ExprLet {
        attrs: Vec::new(),
        let_token: Token![let](proc_macro2::Span::call_site()),
        pat: Box::new(pattern),
        eq_token: Token![=](proc_macro2::Span::call_site()),
        expr: Box::new(value),
    }))
}
