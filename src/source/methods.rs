//! Methods of a chain, and what they come to.

use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, Token};

type Arguments = Punctuated<Expr, Token![,]>;

/// Whether a chain of calls has one of these methods.
pub(super) fn has_method(expression: &Expr, names: &[&str]) -> bool {
    match expression {
        Expr::MethodCall(call) => {
            names.contains(&call.method.to_string().as_str()) || has_method(&call.receiver, names)
        }
        Expr::Try(inner) => has_method(&inner.expr, names),
        Expr::Await(inner) => has_method(&inner.base, names),
        Expr::Paren(inner) => has_method(&inner.expr, names),
        _ => false,
    }
}

/// What a method comes to, with what its closure does: one that panics expects a value.
pub(super) fn effect(name: String, arguments: &Arguments) -> String {
    let closure = arguments.iter().find_map(|argument| match argument {
        Expr::Closure(closure) => Some(closure),
        _ => None,
    });
    let Some(closure) = closure else {
        return name;
    };
    let mut found = Found::default();
    found.visit_expr(&closure.body);
    match name.as_str() {
        "map" | "and_then" if found.asks_address => "local_addr".to_owned(),
        "unwrap_or_else" | "or_else" if found.ends => "expect".to_owned(),
        _ => name,
    }
}

/// What the body of a closure does.
#[derive(Default)]
struct Found {
    ends: bool,
    asks_address: bool,
}

impl<'ast> Visit<'ast> for Found {
    fn visit_ident(&mut self, ident: &'ast Ident) {
        self.ends |= ident == "exit" || ident == "abort";
        self.asks_address |= ident == "local_addr";
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let last = call.path.segments.last();
        self.ends |= last.is_some_and(|last| last.ident == "panic");
        visit::visit_macro(self, call);
    }
}
