//! Follows a build script from its `main`.

use std::collections::{BTreeSet, HashMap};

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Block, Expr, Item, Pat, Stmt, UseTree};

use super::acts::{Act, Does, Read, Script, ScriptFile};
use super::calls;
use super::macros::Macros;
use super::values::Value;
use crate::source::attributes::{of_expression, of_item};
use crate::source::cfg::Conditions;

/// Functions in each other; a script that goes deeper is not followed.
const DEEPEST: usize = 12;
/// Functions that are followed, each time they are called.
const MANY: usize = 512;

/// A function of the script.
#[derive(Clone, Copy)]
struct Function<'a> {
    file: usize,
    signature: &'a syn::Signature,
    block: &'a Block,
}

/// What the files of a script define.
#[derive(Default)]
struct Defined<'a> {
    functions: HashMap<String, Vec<Function<'a>>>,
    constants: HashMap<String, (usize, &'a Expr)>,
    macros: HashMap<String, (usize, &'a syn::ItemMacro)>,
    /// What names that files import stand for.
    uses: Vec<HashMap<String, String>>,
}

pub(super) struct Walk<'a> {
    files: &'a [ScriptFile],
    conditions: &'a Conditions,
    macros: &'a Macros,
    defined: Defined<'a>,
    /// The tools whose crates the script names anywhere.
    used: Vec<&'static str>,
    file: usize,
    /// Variables of the function that is followed, by block.
    scopes: Vec<HashMap<String, Value>>,
    /// Open functions.
    open: Vec<String>,
    followed: usize,
    /// Conditions around that are not known.
    doubts: usize,
    /// Whether what follows in the block is not reached.
    is_over: bool,
    acts: Vec<Act>,
    variables: Vec<Read>,
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

/// The tools that files name, each with the first place, also where it is not reached.
fn tools(parsed: &[syn::File]) -> Vec<(&'static str, usize, usize)> {
    struct Names(Vec<(&'static str, usize)>);
    impl<'ast> Visit<'ast> for Names {
        fn visit_path(&mut self, path: &'ast syn::Path) {
            if let Some(first) = path.segments.first().filter(|_| path.segments.len() > 1) {
                self.name(&first.ident);
            }
            visit::visit_path(self, path);
        }
        fn visit_use_path(&mut self, path: &'ast syn::UsePath) {
            self.name(&path.ident);
        }
    }
    impl Names {
        fn name(&mut self, name: &proc_macro2::Ident) {
            let tool = calls::TOOLS.iter().find(|tool| name == **tool);
            self.0
                .extend(tool.map(|tool| (*tool, name.span().start().line)));
        }
    }
    let mut all: Vec<(&'static str, usize, usize)> = Vec::new();
    for (at, file) in parsed.iter().enumerate() {
        let mut names = Names(Vec::new());
        names.visit_file(file);
        for (tool, line) in names.0 {
            if !all.iter().any(|(known, ..)| *known == tool) {
                all.push((tool, at, line));
            }
        }
    }
    all
}

fn is_live(conditions: &Conditions, attributes: &[syn::Attribute]) -> bool {
    attributes.iter().all(|attribute| match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => {
            conditions.hold(list.tokens.clone()) != Some(false)
        }
        _ => true,
    })
}

fn define<'a>(defined: &mut Defined<'a>, on: &Conditions, file: usize, items: &'a [Item]) {
    for item in items.iter().filter(|item| is_live(on, of_item(item))) {
        match item {
            Item::Fn(item) => function(defined, file, &item.sig, &item.block),
            Item::Impl(block) => {
                for item in &block.items {
                    match item {
                        syn::ImplItem::Fn(item) if is_live(on, &item.attrs) => {
                            function(defined, file, &item.sig, &item.block);
                        }
                        _ => {}
                    }
                }
            }
            Item::Trait(item) => {
                for item in &item.items {
                    if let syn::TraitItem::Fn(item) = item {
                        if let Some(block) = &item.default {
                            function(defined, file, &item.sig, block);
                        }
                    }
                }
            }
            Item::Mod(module) => {
                let inner = module.content.as_ref().map_or(&[][..], |(_, items)| items);
                define(defined, on, file, inner);
            }
            Item::Const(item) => {
                let named = (file, item.expr.as_ref());
                defined.constants.insert(item.ident.to_string(), named);
            }
            Item::Static(item) => {
                let named = (file, item.expr.as_ref());
                defined.constants.insert(item.ident.to_string(), named);
            }
            Item::Macro(item) => {
                if let Some(name) = &item.ident {
                    defined.macros.insert(name.to_string(), (file, item));
                }
            }
            Item::Use(item) => import(defined, file, &item.tree, String::new()),
            _ => {}
        }
    }
}

fn function<'a>(
    defined: &mut Defined<'a>,
    file: usize,
    signature: &'a syn::Signature,
    block: &'a Block,
) {
    let all = defined.functions.entry(signature.ident.to_string());
    all.or_default().push(Function {
        file,
        signature,
        block,
    });
}

fn import(defined: &mut Defined<'_>, file: usize, tree: &UseTree, before: String) {
    let join = |name: &proc_macro2::Ident| match before.is_empty() {
        true => name.to_string(),
        false => format!("{before}::{name}"),
    };
    let (name, path) = match tree {
        UseTree::Path(path) => return import(defined, file, &path.tree, join(&path.ident)),
        UseTree::Group(group) => {
            for tree in &group.items {
                import(defined, file, tree, before.clone());
            }
            return;
        }
        UseTree::Name(name) if name.ident == "self" => {
            let last = before.rsplit("::").next().unwrap_or_default().to_owned();
            (last, before)
        }
        UseTree::Name(name) => (name.ident.to_string(), join(&name.ident)),
        UseTree::Rename(name) => (name.rename.to_string(), join(&name.ident)),
        UseTree::Glob(_) => return,
    };
    if let Some(uses) = defined.uses.get_mut(file) {
        uses.insert(name, path);
    }
}

impl<'a> Walk<'a> {
    fn act(&mut self, does: Does, span: Span) {
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
    fn reads(&mut self, value: &Value, span: Span) {
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

    fn fails_without(&mut self, value: &Value) {
        let Value::Foreign(name) = value else {
            return;
        };
        let is_certain = self.doubts == 0;
        let known = self.variables.iter_mut().find(|known| known.name == *name);
        if let Some(known) = known {
            known.is_needed |= is_certain;
        }
    }

    fn full_path(&self, path: &syn::Path) -> String {
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

    fn local(&self, name: &str) -> Option<&Value> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    fn bind(&mut self, pattern: &Pat, value: Value) {
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
    fn call(&mut self, name: &str, function: Function<'a>, arguments: Vec<Value>) -> Value {
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

    fn call_all(&mut self, name: &str, arguments: &[Value]) -> Value {
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
    fn block(&mut self, block: &'a Block) -> Value {
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

    fn statement(&mut self, statement: &'a Stmt) -> Value {
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
    fn doubted(&mut self, follow: impl FnOnce(&mut Self)) {
        self.doubts += 1;
        follow(self);
        self.doubts -= 1;
    }

    fn value(&mut self, expression: &'a Expr) -> Value {
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
    fn apart(&mut self, follow: impl FnOnce(&mut Self) -> Value) -> Value {
        self.scopes.push(HashMap::new());
        let value = follow(self);
        self.scopes.pop();
        self.is_over = false;
        value
    }

    fn forget(&mut self, path: &syn::Path) {
        if let Some(name) = path.get_ident().map(ToString::to_string) {
            let mut scopes = self.scopes.iter_mut().rev();
            if let Some(value) = scopes.find_map(|scope| scope.get_mut(&name)) {
                *value = Value::Unknown;
            }
        }
    }

    fn list(&mut self, parts: impl Iterator<Item = &'a Expr>) -> Value {
        let parts: Vec<Value> = parts.map(|part| self.value(part)).collect();
        let texts = parts.iter().map(|part| part.only_text().map(str::to_owned));
        let texts: Option<Vec<String>> = texts.collect();
        texts.map_or(Value::Unknown, |texts| Value::Lists(vec![texts]))
    }

    fn path(&mut self, path: &'a syn::Path) -> Value {
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

    fn text(&mut self, text: &str, span: Span) -> Value {
        if let Some(does) = calls::text(text, &self.used) {
            self.act(does, span);
        }
        Value::text(text)
    }

    fn binary(&mut self, binary: &'a syn::ExprBinary) -> Value {
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

    fn function_call(&mut self, call: &'a syn::ExprCall) -> Value {
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

    fn method_call(&mut self, call: &'a syn::ExprMethodCall) -> Value {
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

    fn condition(&mut self, condition: &'a syn::ExprIf) -> Value {
        self.scopes.push(HashMap::new());
        let holds = self.value(&condition.cond).holds();
        let then = &condition.then_branch;
        let otherwise = condition
            .else_branch
            .as_ref()
            .map(|(_, branch)| branch.as_ref());
        let value = match holds {
            Some(true) => self.block(then),
            Some(false) => otherwise.map_or(Value::Unknown, |branch| self.value(branch)),
            None => {
                self.doubts += 1;
                self.block(then);
                let is_first_over = std::mem::take(&mut self.is_over);
                if let Some(branch) = otherwise {
                    self.value(branch);
                }
                self.is_over &= is_first_over;
                self.doubts -= 1;
                Value::Unknown
            }
        };
        self.scopes.pop();
        value
    }

    fn choice(&mut self, choice: &'a syn::ExprMatch) -> Value {
        let value = self.value(&choice.expr);
        let mut possible = Vec::new();
        let arms = choice.arms.iter();
        for arm in arms.filter(|arm| is_live(self.conditions, &arm.attrs)) {
            self.scopes.push(HashMap::new());
            let holds = self.fits(&arm.pat, &value).holds();
            let names = self.scopes.pop().unwrap_or_default();
            if holds != Some(false) {
                possible.push((arm, names));
            }
            if holds == Some(true) {
                break;
            }
        }
        let is_sure = possible.len() == 1;
        let mut are_over = !possible.is_empty();
        let mut result = Value::Unknown;
        self.doubts += usize::from(!is_sure);
        for (arm, names) in possible {
            self.scopes.push(names);
            let body = self.value(&arm.body);
            self.scopes.pop();
            are_over &= std::mem::take(&mut self.is_over);
            if is_sure {
                result = body;
            }
        }
        self.doubts -= usize::from(!is_sure);
        self.is_over = are_over;
        result
    }

    /// Whether a value fits a pattern; its names are bound.
    fn fits(&mut self, pattern: &'a Pat, value: &Value) -> Value {
        match pattern {
            Pat::Wild(_) => Value::Truth(vec![true]),
            Pat::Ident(name) if name.subpat.is_none() => {
                if name.ident == "None" {
                    return value.is_there().not();
                }
                self.bind(pattern, value.clone());
                Value::Truth(vec![true])
            }
            Pat::Lit(literal) => match &literal.lit {
                syn::Lit::Str(text) => value.equals(&Value::text(text.value())),
                syn::Lit::Bool(truth) => match value.holds() {
                    Some(holds) => Value::Truth(vec![holds == truth.value]),
                    None => Value::Unknown,
                },
                _ => Value::Unknown,
            },
            Pat::Or(or) => or
                .cases
                .iter()
                .fold(Value::Truth(vec![false]), |all, case| {
                    let fits = self.fits(case, value);
                    match (&all, &fits) {
                        // One of several values may fit each.
                        (Value::Truth(left), Value::Truth(right)) if left.len() == right.len() => {
                            let pairs = left.iter().zip(right);
                            Value::Truth(pairs.map(|(left, right)| left | right).collect())
                        }
                        _ => all.either(&fits),
                    }
                }),
            Pat::Guard(guarded) => {
                let fits = self.fits(&guarded.pat, value);
                match fits.holds() {
                    Some(false) => fits,
                    _ => fits.both(&self.value(&guarded.guard)),
                }
            }
            Pat::Paren(inner) => self.fits(&inner.pat, value),
            Pat::Reference(inner) => self.fits(&inner.pat, value),
            Pat::TupleStruct(parts) if parts.elems.len() == 1 => {
                let is = |name: &str| parts.path.is_ident(name);
                let inner = &parts.elems[0];
                if is("Err") {
                    self.bind(inner, Value::Unknown);
                    return value.is_there().not();
                }
                if is("Ok") || is("Some") {
                    return value.is_there().both(&self.fits(inner, value));
                }
                self.bind(pattern, Value::Unknown);
                Value::Unknown
            }
            _ => {
                self.bind(pattern, Value::Unknown);
                Value::Unknown
            }
        }
    }

    fn macro_call(&mut self, call: &'a syn::Macro) -> Value {
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
    fn tokens(&mut self, stream: TokenStream) {
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

/// The expressions directly in another one.
struct Inner<'ast>(Vec<&'ast Expr>);

impl<'ast> Visit<'ast> for Inner<'ast> {
    fn visit_expr(&mut self, expression: &'ast Expr) {
        self.0.push(expression);
    }
    fn visit_item(&mut self, _: &'ast Item) {}
}
