//! What the functions, methods and macros do that a build script calls.

use std::collections::{BTreeSet, HashMap};

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::Expr;

use super::acts::Does;
use super::calls;
use super::values::Value;
use super::walk::{DEEPEST, Walk};

impl<'a> Walk<'a> {
    pub(super) fn function_call(&mut self, call: &'a syn::ExprCall) -> Value {
        let arguments: Vec<Value> = call.args.iter().map(|part| self.value(part)).collect();
        let Expr::Path(function) = call.func.as_ref() else {
            return self.value(&call.func);
        };
        let path = self.full_path(&function.path);
        let last = function.path.segments.last();
        let span = last.map_or_else(Span::call_site, |last| last.ident.span());
        if let Some(does) = calls::function(&path, arguments.first()) {
            self.act(does, span);
        }
        let name = path.rsplit("::").next().unwrap_or(&path);
        match name {
            "var" | "var_os" if path.ends_with("env::var") || path.ends_with("env::var_os") => {
                let name = arguments.first().and_then(Value::only_text);
                let value = name.map_or(Value::Unknown, |name| {
                    Value::variable(name, &self.conditions.features)
                });
                self.reads(&value, span);
                return value;
            }
            "Ok" | "Some" | "from" => return arguments.into_iter().next().unwrap_or_default(),
            "exit" if path.ends_with("process::exit") => self.is_over = true,
            _ if self.defined.functions.contains_key(name) => {
                return self.call_all(name, &arguments);
            }
            _ => {}
        }
        Value::Unknown
    }

    pub(super) fn method_call(&mut self, call: &'a syn::ExprMethodCall) -> Value {
        let receiver = self.value(&call.receiver);
        let arguments: Vec<Value> = call.args.iter().map(|part| self.value(part)).collect();
        let name = call.method.to_string();
        if let Some(does) = calls::method(&name, &arguments, &self.used) {
            self.act(does, call.method.span());
        }
        if self.defined.functions.contains_key(&name) {
            // `self` is no argument here.
            return self.call_all(&name, &arguments);
        }
        if matches!(name.as_str(), "expect" | "unwrap") {
            self.fails_without(&receiver);
        }
        let first = arguments.first().unwrap_or(&Value::Unknown);
        let text = first.only_text();
        match (name.as_str(), text) {
            (
                "as_deref" | "as_ref" | "as_str" | "borrow" | "clone" | "collect" | "context"
                | "expect" | "into" | "into_string" | "iter" | "map_err" | "ok" | "ok_or"
                | "to_owned" | "to_str" | "to_string" | "to_string_lossy" | "trim" | "unwrap"
                | "with_context",
                _,
            ) => receiver,
            ("is_ok" | "is_some", _) => receiver.is_there(),
            ("is_err" | "is_none", _) => receiver.is_there().not(),
            ("is_empty", _) => receiver.test(str::is_empty),
            ("unwrap_or_default", _) => receiver.or(&Value::text("")),
            ("unwrap_or" | "unwrap_or_else", _) => receiver.or(first),
            ("contains", _) => receiver.contains(first),
            ("starts_with", Some(part)) => receiver.test(|text| text.starts_with(part)),
            ("ends_with", Some(part)) => receiver.test(|text| text.ends_with(part)),
            ("eq", _) => receiver.equals(first),
            ("ne", _) => receiver.equals(first).not(),
            ("split", Some(at)) => receiver.split(at),
            ("nth", Some(at)) => at.parse().map_or(Value::Unknown, |at| receiver.nth(at)),
            ("next", _) => receiver.nth(0),
            _ => Value::Unknown,
        }
    }

    pub(super) fn macro_call(&mut self, call: &'a syn::Macro) -> Value {
        let name = call.path.segments.last().map(|last| last.ident.to_string());
        let name = name.unwrap_or_default();
        match name.as_str() {
            "cfg" => {
                return match self.conditions.hold(call.tokens.clone()) {
                    Some(holds) => Value::Truth(vec![holds]),
                    None => Value::Unknown,
                };
            }
            "env" | "option_env" => return Value::Unknown,
            _ => {}
        }
        let macros = self.macros;
        let value = match macros.arguments(self.file, call) {
            // The names of a pattern are those of the macro alone.
            Some([one]) if name == "matches" => {
                self.scopes.push(HashMap::new());
                let value = self.value(one);
                self.scopes.pop();
                value
            }
            Some(parts) => match name.as_str() {
                "vec" => self.list(parts.iter()),
                _ => {
                    for part in parts {
                        self.value(part);
                    }
                    Value::Unknown
                }
            },
            None => {
                self.tokens(call.tokens.clone());
                Value::Unknown
            }
        };
        if matches!(
            name.as_str(),
            "panic" | "unreachable" | "todo" | "unimplemented"
        ) {
            self.is_over = true;
        }
        if let Some((file, item)) = self.defined.macros.get(&name).copied() {
            let is_open = self.open.contains(&name);
            if !is_open && self.open.len() < DEEPEST {
                self.open.push(name);
                let before = std::mem::replace(&mut self.file, file);
                self.tokens(item.mac.tokens.clone());
                self.file = before;
                self.open.pop();
            }
        }
        value
    }

    /// Looks at tokens that are no plain expressions: texts, tools by their paths, and calls of own functions.
    pub(super) fn tokens(&mut self, stream: TokenStream) {
        let mut pending = vec![stream.into_iter()];
        let mut called = BTreeSet::new();
        while let Some(rest) = pending.last_mut() {
            match rest.next() {
                None => {
                    pending.pop();
                }
                Some(TokenTree::Group(group)) => pending.push(group.stream().into_iter()),
                Some(TokenTree::Literal(literal)) => {
                    let span = literal.span();
                    if let Ok(syn::Lit::Str(text)) = syn::parse_str(&literal.to_string()) {
                        self.text(&text.value(), span);
                    }
                }
                Some(TokenTree::Ident(name)) => {
                    let text = name.to_string();
                    let uses = self.defined.uses.get(self.file);
                    let full = uses.and_then(|uses| uses.get(&text)).unwrap_or(&text);
                    let head = full.split("::").next().unwrap_or(full);
                    if calls::TOOLS.contains(&head) || full.ends_with("process::Command") {
                        let why = "uses a build tool in a macro that is not followed";
                        self.act(Does::Unclear(why), name.span());
                    }
                    if self.defined.functions.contains_key(&text) {
                        called.insert(text);
                    }
                }
                Some(TokenTree::Punct(_)) => {}
            }
        }
        for name in called {
            self.doubted(|walk| {
                walk.call_all(&name, &[]);
            });
        }
    }
}
