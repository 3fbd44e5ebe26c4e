//! Follows a build script from its `main`.

use std::collections::HashMap;

use proc_macro2::Span;
use syn::visit::Visit;
use syn::{Block, Item, Pat, Stmt};

use super::acts::{Act, Does, Read, Script, ScriptFile};
use super::defined::{Defined, Function, define, is_live, tools};
use super::macros::Macros;
use super::values::Value;
use crate::source::cfg::Conditions;

/// Functions in each other; a script that goes deeper is not followed.
pub(super) const DEEPEST: usize = 12;
/// Functions that are followed, each time they are called.
const MANY: usize = 512;

/// A script while it is followed. What its expressions come to, what is called and which branches are taken is said in
/// files of their own.
pub(super) struct Walk<'a> {
    pub(super) files: &'a [ScriptFile],
    pub(super) conditions: &'a Conditions,
    pub(super) macros: &'a Macros,
    pub(super) defined: Defined<'a>,
    /// The tools whose crates the script names anywhere.
    pub(super) used: Vec<&'static str>,
    pub(super) file: usize,
    /// Variables of the function that is followed, by block.
    pub(super) scopes: Vec<HashMap<String, Value>>,
    /// Open functions.
    pub(super) open: Vec<String>,
    pub(super) followed: usize,
    /// Conditions around that are not known.
    pub(super) doubts: usize,
    /// Whether what follows in the block is not reached.
    pub(super) is_over: bool,
    pub(super) acts: Vec<Act>,
    pub(super) variables: Vec<Read>,
}

/// Follows the first file's `main`.
pub(super) fn follow(files: &[ScriptFile], parsed: &[syn::File], on: &Conditions) -> Script {
    let mut defined = Defined::default();
    for (at, file) in parsed.iter().enumerate() {
        defined.uses.push(HashMap::new());
        if is_live(on, &file.attrs) {
            define(&mut defined, on, at, &file.items);
        }
    }
    let named = tools(parsed);
    let macros = Macros::of(parsed);
    let mut walk = Walk {
        files,
        conditions: on,
        macros: &macros,
        defined,
        used: named.iter().map(|(tool, ..)| *tool).collect(),
        file: 0,
        scopes: vec![HashMap::new()],
        open: Vec::new(),
        followed: 0,
        doubts: 0,
        is_over: false,
        acts: Vec::new(),
        variables: Vec::new(),
    };
    let mains = walk.defined.functions.get("main").cloned();
    let main = mains.and_then(|all| all.into_iter().find(|main| main.file == 0));
    match main {
        Some(main) => drop(walk.call("main", main, Vec::new())),
        None => walk.act(
            Does::Unclear("has no `main` that is seen"),
            Span::call_site(),
        ),
    };
    let elsewhere = named
        .first()
        .and_then(|(_, file, line)| Some((files.get(*file)?.path.clone(), *line)));
    Script {
        elsewhere: elsewhere.filter(|_| walk.acts.is_empty()),
        acts: walk.acts,
        variables: walk.variables,
        unread: None,
    }
}

impl<'a> Walk<'a> {
    pub(super) fn act(&mut self, does: Does, span: Span) {
        let Some(file) = self.files.get(self.file) else {
            return;
        };
        let act = Act {
            does,
            file: file.path.clone(),
            line: span.start().line,
            is_certain: self.doubts == 0,
        };
        if !self.acts.contains(&act) {
            self.acts.push(act);
        }
    }

    /// Remembers a variable that whoever builds may set.
    pub(super) fn reads(&mut self, value: &Value, span: Span) {
        let (Value::Foreign(name), Some(file)) = (value, self.files.get(self.file)) else {
            return;
        };
        let known = self.variables.iter().any(|known| known.name == *name);
        if !known {
            self.variables.push(Read {
                name: name.clone(),
                file: file.path.clone(),
                line: span.start().line,
                is_needed: false,
            });
        }
    }

    pub(super) fn fails_without(&mut self, value: &Value) {
        let Value::Foreign(name) = value else {
            return;
        };
        let is_certain = self.doubts == 0;
        let known = self.variables.iter_mut().find(|known| known.name == *name);
        if let Some(known) = known {
            known.is_needed |= is_certain;
        }
    }

    pub(super) fn full_path(&self, path: &syn::Path) -> String {
        let parts = path.segments.iter().map(|part| part.ident.to_string());
        let mut parts: Vec<String> = parts.collect();
        let uses = self.defined.uses.get(self.file);
        if let Some(first) = parts.first_mut() {
            if let Some(full) = uses.and_then(|uses| uses.get(first)) {
                first.clone_from(full);
            }
        }
        parts.join("::")
    }

    pub(super) fn local(&self, name: &str) -> Option<&Value> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    pub(super) fn bind(&mut self, pattern: &Pat, value: Value) {
        match pattern {
            Pat::Ident(name) => {
                if let Some(scope) = self.scopes.last_mut() {
                    scope.insert(name.ident.to_string(), value);
                }
            }
            Pat::Type(typed) => self.bind(&typed.pat, value),
            Pat::Reference(inner) => self.bind(&inner.pat, value),
            // `Ok(os)`, `Some(os)`
            Pat::TupleStruct(parts) if parts.elems.len() == 1 => {
                self.bind(&parts.elems[0], value);
            }
            Pat::Tuple(tuple) => tuple
                .elems
                .iter()
                .for_each(|part| self.bind(part, Value::Unknown)),
            Pat::TupleStruct(tuple) => tuple
                .elems
                .iter()
                .for_each(|part| self.bind(part, Value::Unknown)),
            _ => {}
        }
    }

    /// Follows a call, and returns what it returns as far as that is known.
    pub(super) fn call(
        &mut self,
        name: &str,
        function: Function<'a>,
        arguments: Vec<Value>,
    ) -> Value {
        if self.open.iter().any(|open| open == name) {
            return Value::Unknown;
        }
        self.followed += 1;
        if self.open.len() >= DEEPEST || self.followed > MANY {
            let span = function.signature.ident.span();
            self.act(Does::Unclear("calls more than is followed"), span);
            return Value::Unknown;
        }
        let file = std::mem::replace(&mut self.file, function.file);
        let scopes = std::mem::replace(&mut self.scopes, vec![HashMap::new()]);
        self.open.push(name.to_owned());
        let mut arguments = arguments.into_iter();
        for input in &function.signature.inputs {
            if let syn::FnArg::Typed(typed) = input {
                self.bind(&typed.pat, arguments.next().unwrap_or_default());
            }
        }
        let value = self.block(function.block);
        self.open.pop();
        self.scopes = scopes;
        self.file = file;
        self.is_over = false;
        match returns(function.block) {
            true => Value::Unknown,
            false => value,
        }
    }

    pub(super) fn call_all(&mut self, name: &str, arguments: &[Value]) -> Value {
        let all = self.defined.functions.get(name).cloned();
        let mut value = Value::Unknown;
        let all = all.unwrap_or_default();
        let is_one = all.len() == 1;
        for function in all {
            let returned = self.call(name, function, arguments.to_vec());
            if is_one {
                value = returned;
            }
        }
        value
    }

    /// The value of a block is that of its last expression.
    pub(super) fn block(&mut self, block: &'a Block) -> Value {
        self.scopes.push(HashMap::new());
        for statement in &block.stmts {
            if let Stmt::Item(item) = statement {
                define(
                    &mut self.defined,
                    self.conditions,
                    self.file,
                    std::slice::from_ref(item),
                );
            }
        }
        let mut value = Value::Unknown;
        for statement in &block.stmts {
            value = self.statement(statement);
            if self.is_over {
                break;
            }
        }
        self.scopes.pop();
        value
    }

    pub(super) fn statement(&mut self, statement: &'a Stmt) -> Value {
        match statement {
            Stmt::Local(local) if is_live(self.conditions, &local.attrs) => {
                let Some(init) = &local.init else {
                    self.bind(&local.pat, Value::Unknown);
                    return Value::Unknown;
                };
                let value = self.value(&init.expr);
                if let Some((_, otherwise)) = &init.diverge {
                    self.doubted(|walk| {
                        walk.value(otherwise);
                    });
                    self.is_over = false;
                }
                self.bind(&local.pat, value);
                Value::Unknown
            }
            Stmt::Expr(expression, semicolon) => {
                let value = self.value(expression);
                match semicolon {
                    None => value,
                    Some(_) => Value::Unknown,
                }
            }
            Stmt::Macro(call) if is_live(self.conditions, &call.attrs) => {
                self.macro_call(&call.mac)
            }
            _ => Value::Unknown,
        }
    }

    /// Follows what may not be done.
    pub(super) fn doubted(&mut self, follow: impl FnOnce(&mut Self)) {
        self.doubts += 1;
        follow(self);
        self.doubts -= 1;
    }
}

/// Whether a function returns from its middle.
fn returns(block: &Block) -> bool {
    struct Returns(bool);
    impl<'ast> Visit<'ast> for Returns {
        fn visit_expr_return(&mut self, _: &'ast syn::ExprReturn) {
            self.0 = true;
        }
        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
        fn visit_item(&mut self, _: &'ast Item) {}
    }
    let mut found = Returns(false);
    found.visit_block(block);
    found.0
}
