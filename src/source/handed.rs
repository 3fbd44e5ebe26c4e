//! What functions do with their parameters, and what they are called with.

use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::{Expr, PathSegment, Token};

use super::facts::{Function, Handed, Meaning};
use super::literals::literal_value;
use super::read::Reader;
use super::table::Row;
use super::value::Value;
use super::words::{is_host, is_place, is_variable};

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
                syn::ReturnType::Type(_, kind) => super::types::words(kind),
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
            || names.any(|name| is_place(name));
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
            Value::Text(text) => is_variable(text) || is_host(text) || text.parse::<u16>().is_ok(),
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
            Expr::Lit(literal) => literal_value(&literal.lit),
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

/// The variable that an argument is, also by reference.
fn word(argument: &Expr) -> Option<String> {
    match argument {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        Expr::Reference(inner) => word(&inner.expr),
        Expr::MethodCall(call) if call.args.is_empty() => word(&call.receiver),
        _ => None,
    }
}
