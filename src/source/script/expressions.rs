//! What the expressions of a build script come to, and what they do on the way.

use std::collections::HashMap;

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Expr, Item};

use super::calls;
use super::defined::is_live;
use super::values::Value;
use super::walk::{DEEPEST, Walk};
use crate::source::attributes::of_expression;

impl<'a> Walk<'a> {
    pub(super) fn value(&mut self, expression: &'a Expr) -> Value {
        if self.is_over || !is_live(self.conditions, of_expression(expression)) {
            return Value::Unknown;
        }
        match expression {
            Expr::Lit(literal) => match &literal.lit {
                syn::Lit::Str(text) => self.text(&text.value(), text.span()),
                syn::Lit::Bool(truth) => Value::Truth(vec![truth.value]),
                syn::Lit::Char(char) => Value::text(char.value()),
                syn::Lit::Int(number) => Value::text(number.base10_digits()),
                _ => Value::Unknown,
            },
            Expr::Path(path) => self.path(&path.path),
            Expr::Reference(inner) => self.value(&inner.expr),
            Expr::Paren(inner) => self.value(&inner.expr),
            Expr::Group(inner) => self.value(&inner.expr),
            Expr::Try(inner) => {
                let value = self.value(&inner.expr);
                if self.open.len() == 1 {
                    self.fails_without(&value);
                }
                value
            }
            Expr::Cast(inner) => self.value(&inner.expr),
            Expr::Unary(unary) => {
                let value = self.value(&unary.expr);
                match unary.op {
                    syn::UnOp::Not(_) => value.not(),
                    syn::UnOp::Deref(_) => value,
                    _ => Value::Unknown,
                }
            }
            Expr::Binary(binary) => self.binary(binary),
            Expr::Call(call) => self.function_call(call),
            Expr::MethodCall(call) => self.method_call(call),
            Expr::Macro(call) => self.macro_call(&call.mac),
            Expr::Block(block) => self.block(&block.block),
            Expr::Unsafe(block) => self.block(&block.block),
            Expr::If(condition) => self.condition(condition),
            Expr::Match(choice) => self.choice(choice),
            Expr::Let(pattern) => {
                let value = self.value(&pattern.expr);
                self.fits(&pattern.pat, &value)
            }
            Expr::Array(array) => self.list(array.elems.iter()),
            other => self.flow(other),
        }
    }

    /// What leaves a block, repeats one or changes a variable; and all that is not understood by itself.
    fn flow(&mut self, expression: &'a Expr) -> Value {
        match expression {
            Expr::Return(inner) => {
                if let Some(inner) = &inner.expr {
                    self.value(inner);
                }
                self.is_over = true;
                Value::Unknown
            }
            Expr::Assign(assign) => {
                self.value(&assign.right);
                if let Expr::Path(path) = assign.left.as_ref() {
                    self.forget(&path.path);
                }
                Value::Unknown
            }
            Expr::Closure(closure) => self.apart(|walk| {
                for input in &closure.inputs {
                    walk.bind(input, Value::Unknown);
                }
                walk.value(&closure.body)
            }),
            Expr::ForLoop(each) => {
                self.value(&each.expr);
                self.apart(|walk| {
                    walk.bind(&each.pat, Value::Unknown);
                    walk.block(&each.body)
                });
                Value::Unknown
            }
            Expr::While(each) => {
                self.value(&each.cond);
                self.apart(|walk| walk.block(&each.body));
                Value::Unknown
            }
            Expr::Loop(each) => {
                self.apart(|walk| walk.block(&each.body));
                Value::Unknown
            }
            Expr::Break(_) | Expr::Continue(_) => Value::Unknown,
            Expr::Verbatim(tokens) => {
                self.tokens(tokens.clone());
                Value::Unknown
            }
            other => {
                let mut inner = Inner(Vec::new());
                visit::visit_expr(&mut inner, other);
                for expression in inner.0 {
                    self.value(expression);
                }
                Value::Unknown
            }
        }
    }

    /// Follows what does not end what is around it.
    pub(super) fn apart(&mut self, follow: impl FnOnce(&mut Self) -> Value) -> Value {
        self.scopes.push(HashMap::new());
        let value = follow(self);
        self.scopes.pop();
        self.is_over = false;
        value
    }

    pub(super) fn forget(&mut self, path: &syn::Path) {
        if let Some(name) = path.get_ident().map(ToString::to_string) {
            let mut scopes = self.scopes.iter_mut().rev();
            if let Some(value) = scopes.find_map(|scope| scope.get_mut(&name)) {
                *value = Value::Unknown;
            }
        }
    }

    pub(super) fn list(&mut self, parts: impl Iterator<Item = &'a Expr>) -> Value {
        let parts: Vec<Value> = parts.map(|part| self.value(part)).collect();
        let texts = parts.iter().map(|part| part.only_text().map(str::to_owned));
        let texts: Option<Vec<String>> = texts.collect();
        texts.map_or(Value::Unknown, |texts| Value::Lists(vec![texts]))
    }

    pub(super) fn path(&mut self, path: &'a syn::Path) -> Value {
        let Some(last) = path.segments.last() else {
            return Value::Unknown;
        };
        let name = last.ident.to_string();
        if path.segments.len() == 1 {
            if let Some(value) = self.local(&name) {
                return value.clone();
            }
        }
        if name == "None" {
            return Value::Texts(vec![None]);
        }
        if let Some((file, expression)) = self.defined.constants.get(&name).copied() {
            // Constants may name each other, and themselves by mistake.
            if self.open.len() < DEEPEST && !self.open.contains(&name) {
                self.open.push(name);
                let before = std::mem::replace(&mut self.file, file);
                let value = self.value(expression);
                self.file = before;
                self.open.pop();
                return value;
            }
            return Value::Unknown;
        }
        if self.defined.functions.contains_key(&name) {
            // It is handed to something that may call it.
            self.doubted(|walk| {
                walk.call_all(&name, &[]);
            });
        }
        Value::Unknown
    }

    pub(super) fn text(&mut self, text: &str, span: Span) -> Value {
        if let Some(does) = calls::text(text, &self.used) {
            self.act(does, span);
        }
        Value::text(text)
    }

    pub(super) fn binary(&mut self, binary: &'a syn::ExprBinary) -> Value {
        let left = self.value(&binary.left);
        match binary.op {
            // What follows is only evaluated where it counts.
            syn::BinOp::And(_) if left.holds() == Some(false) => left,
            syn::BinOp::Or(_) if left.holds() == Some(true) => left,
            syn::BinOp::And(_) => left.both(&self.value(&binary.right)),
            syn::BinOp::Or(_) => left.either(&self.value(&binary.right)),
            syn::BinOp::Eq(_) => left.equals(&self.value(&binary.right)),
            syn::BinOp::Ne(_) => left.equals(&self.value(&binary.right)).not(),
            _ => {
                self.value(&binary.right);
                Value::Unknown
            }
        }
    }
}

/// The expressions directly in another one.
struct Inner<'ast>(Vec<&'ast Expr>);

impl<'ast> Visit<'ast> for Inner<'ast> {
    fn visit_expr(&mut self, expression: &'ast Expr) {
        self.0.push(expression);
    }
    fn visit_item(&mut self, _: &'ast Item) {}
}
