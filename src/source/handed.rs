//! What functions do with their parameters, and what they are called with.

use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, PathSegment, Token};

use super::facts::{Function, Handed, Meaning};
use super::read::Reader;
use super::table::Row;
use super::value::Value;

type Arguments = Punctuated<Expr, Token![,]>;

/// More than people write: generated, or made to keep us busy.
const MANY: usize = 4096;
/// Methods that only ask whether an address is free, or which one it is.
const PROBES: &[&str] = &["is_err", "is_ok", "local_addr"];
/// What hands on that there is no value.
const REFUSING: &[&str] = &[
    "?",
    "context",
    "map_err",
    "ok_or",
    "ok_or_else",
    "with_context",
];

impl Reader<'_> {
    /// Begins a function.
    pub(super) fn open(&mut self, name: &str, signature: &syn::Signature) {
        let parameters = signature.inputs.iter().filter_map(|input| match input {
            syn::FnArg::Typed(typed) => Some(super::named::name_of(&typed.pat).unwrap_or_default()),
            syn::FnArg::Receiver(_) => None,
        });
        self.functions.push(Function {
            name: name.to_owned(),
            owner: self
                .owners
                .last()
                .and_then(|owner| owner.split(' ').next())
                .unwrap_or_default()
                .to_owned(),
            parameters: parameters.collect(),
            returns: match &signature.output {
                syn::ReturnType::Type(_, kind) => super::parsers::words(kind),
                syn::ReturnType::Default => Vec::new(),
            },
            ..Function::default()
        });
    }

    /// Ends a function, which is kept where a parameter may matter.
    pub(super) fn close(&mut self) {
        let Some(function) = self.functions.pop() else {
            return;
        };
        let mut names = function.parameters.iter();
        let matters = function.listens
            || function.reads.is_some()
            || !function.hands.is_empty()
            || names.any(|name| super::words::is_place(name));
        if matters && self.out.functions.len() < MANY {
            self.out.functions.push(function);
        }
    }

    /// Remembers a call with arguments that are written out, and parameters that it hands on.
    pub(super) fn handed(
        &mut self,
        path: &str,
        arguments: &Arguments,
        row: Option<&'static Row>,
        last: Option<&PathSegment>,
    ) {
        let (owner, name) = path.rsplit_once("::").unwrap_or(("", path));
        let owner = owner.rsplit("::").next().unwrap_or_default();
        let is_reader = row.is_some_and(|row| row.means == Meaning::ReadVariable);
        let fails = self.fails();
        if let Some(function) = self.functions.last_mut() {
            for (at, argument) in arguments.iter().enumerate() {
                let own = word(argument)
                    .and_then(|name| function.parameters.iter().position(|own| *own == name));
                match own {
                    Some(own) if is_reader => {
                        function.reads = Some(own);
                        let has = |names: &[&str]| {
                            let mut links = self.chain.iter();
                            links.any(|link| names.contains(&link.method.as_str()))
                        };
                        function.is_strict |= fails && !has(&["?"]);
                        function.refuses |= has(REFUSING)
                            || (self.chain.is_empty() && function.parameters.len() == 1);
                    }
                    Some(own) if row.is_none() => function.hands.push((name.to_owned(), at, own)),
                    _ => {}
                }
            }
        }
        if row.is_none() {
            let line = last.map_or(1, |last| last.ident.span().start().line);
            self.hand(name, owner, arguments, line);
        }
    }

    /// The same of a method.
    pub(super) fn handed_to_method(&mut self, name: &Ident, arguments: &Arguments) {
        let line = name.span().start().line;
        self.hand(&name.to_string(), "", arguments, line);
    }

    fn hand(&mut self, name: &str, owner: &str, arguments: &Arguments, line: usize) {
        let values: Vec<Value> = arguments.iter().map(|part| self.written(part)).collect();
        let matters = |value: &Value| match value {
            Value::Text(text) => {
                is_variable(text) || super::words::is_host(text) || text.parse::<u16>().is_ok()
            }
            Value::Name(_) => true,
            _ => false,
        };
        if values.iter().any(matters) && self.out.handed.len() < MANY {
            self.out.handed.push(Handed {
                function: name.to_owned(),
                owner: owner.to_owned(),
                arguments: values,
                fails: self.fails() && self.branches == 0,
                line,
            });
        }
    }

    /// A literal, or a constant.
    fn written(&self, argument: &Expr) -> Value {
        match argument {
            Expr::Lit(literal) => super::fold::literal_value(&literal.lit),
            Expr::Reference(inner) => self.written(&inner.expr),
            Expr::Path(path) => match path.path.segments.last() {
                Some(last) if is_variable(&last.ident.to_string()) => self.fold(argument),
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    /// Whether a call that listens only finds out about an address.
    pub(super) fn is_probe(&self, row: Option<&'static Row>) -> bool {
        row.is_some_and(|row| matches!(row.means, Meaning::Bind | Meaning::BindDatagram))
            && self
                .chain
                .iter()
                .any(|link| PROBES.contains(&link.method.as_str()))
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

/// The variable that an argument is, also by reference.
fn word(argument: &Expr) -> Option<String> {
    match argument {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        Expr::Reference(inner) => word(&inner.expr),
        Expr::MethodCall(call) if call.args.is_empty() => word(&call.receiver),
        _ => None,
    }
}

/// Whether a text is written as variables of the environment, and constants, are.
pub(super) fn is_variable(text: &str) -> bool {
    const SHORTEST: usize = 3;
    text.len() >= SHORTEST
        && text.starts_with(|char: char| char.is_ascii_uppercase())
        && text
            .chars()
            .all(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_')
}
