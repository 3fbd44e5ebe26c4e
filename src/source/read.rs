//! Walks through the code of one file, and leaves out what is not compiled into an image.

use std::collections::HashMap;

use proc_macro2::{Ident, Span};
use syn::visit::{self, Visit};
use syn::{Arm, Attribute, Block, Expr, Item, Pat, Stmt, UseTree};

use super::cfg::Conditions;
use super::facts::{Draft, Draught, Module, Naming, Reading, Text};
use super::table::{Row, Table};
use super::value::Value;

/// Reads one file.
pub(super) struct Reader<'a> {
    pub(super) conditions: &'a Conditions,
    pub(super) table: &'static Table,
    pub(super) out: Reading,
    /// What names that the file imports stand for.
    uses: HashMap<String, String>,
    /// Variables of the blocks that are open.
    scopes: Vec<HashMap<String, Value>>,
    /// The names of the items that are open.
    pub(super) owners: Vec<String>,
    /// The folders of the modules that are open.
    inline: Vec<String>,
    /// Calls that connect, and that are open.
    connecting: usize,
    /// Subcommands that are being built.
    pub(super) commanding: usize,
    /// Methods called on what is being read, the next one last.
    pub(super) chain: Vec<Link>,
    /// The variable that gets what is being read.
    pub(super) left: Option<String>,
    /// The type whose default is being made.
    pub(super) default_of: Option<String>,
}

/// A method that is called on a value.
pub(super) struct Link {
    pub(super) method: String,
    /// Its first argument.
    pub(super) first: Value,
}

impl<'a> Reader<'a> {
    pub(super) fn new(conditions: &'a Conditions) -> Self {
        Self {
            conditions,
            table: Table::shipped(),
            out: Reading::default(),
            uses: HashMap::new(),
            scopes: Vec::new(),
            owners: Vec::new(),
            inline: Vec::new(),
            connecting: 0,
            commanding: 0,
            chain: Vec::new(),
            left: None,
            default_of: None,
        }
    }

    pub(super) fn file(&mut self, file: &syn::File) {
        if self.is_live(&file.attrs) {
            self.attributes(&file.attrs);
            self.items(&file.items);
        }
    }

    pub(super) fn items(&mut self, items: &[Item]) {
        for item in items {
            if let Item::Use(import) = item {
                self.import(&import.tree, String::new());
            }
        }
        for item in items {
            self.visit_item(item);
        }
    }

    fn import(&mut self, tree: &UseTree, before: String) {
        let join = |name: &Ident| match before.is_empty() {
            true => name.to_string(),
            false => format!("{before}::{name}"),
        };
        match tree {
            UseTree::Path(path) => self.import(&path.tree, join(&path.ident)),
            UseTree::Name(name) if name.ident == "self" => {
                let last = before.rsplit("::").next().unwrap_or_default().to_owned();
                self.uses.insert(last, before);
            }
            UseTree::Name(name) => {
                self.uses.insert(name.ident.to_string(), join(&name.ident));
            }
            UseTree::Rename(name) => {
                let path = match name.ident == "self" {
                    true => before,
                    false => join(&name.ident),
                };
                self.uses.insert(name.rename.to_string(), path);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, before.clone());
                }
            }
            _ => {}
        }
    }

    /// A path with what its first part stands for.
    pub(super) fn full_path(&self, path: &syn::Path) -> String {
        let mut parts: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        if let Some(first) = parts.first_mut().filter(|_| path.leading_colon.is_none()) {
            if let Some(full) = self.uses.get(first) {
                first.clone_from(full);
            }
        }
        let path = parts.join("::");
        let head = path.split("::").next().unwrap_or_default();
        match self.table.alias(head) {
            Some(other) => format!("{other}{}", &path[head.len()..]),
            None => path,
        }
    }

    /// What a variable of an open block is.
    pub(super) fn local(&self, name: &str) -> Option<&Value> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    fn define(&mut self, pattern: &Pat, value: Value) {
        match pattern {
            Pat::Ident(name) => {
                if let Some(scope) = self.scopes.last_mut() {
                    scope.insert(name.ident.to_string(), value);
                }
            }
            Pat::Type(typed) => self.define(&typed.pat, value),
            Pat::Reference(inner) => self.define(&inner.pat, value),
            Pat::Tuple(tuple) => tuple
                .elems
                .iter()
                .for_each(|part| self.define(part, Value::Unknown)),
            Pat::TupleStruct(parts) => {
                parts
                    .elems
                    .iter()
                    .for_each(|part| self.define(part, Value::Unknown));
            }
            _ => {}
        }
    }

    /// Reads something with an owner's name around it.
    pub(super) fn within(&mut self, owner: String, read: impl FnOnce(&mut Self)) {
        self.owners.push(owner);
        read(self);
        self.owners.pop();
    }

    /// Reads something that is no part of the statement that is open.
    pub(super) fn apart(&mut self, read: impl FnOnce(&mut Self)) {
        let chain = std::mem::take(&mut self.chain);
        let left = self.left.take();
        read(self);
        self.chain = chain;
        self.left = left;
    }

    fn scoped(&mut self, read: impl FnOnce(&mut Self)) {
        self.scopes.push(HashMap::new());
        read(self);
        self.scopes.pop();
    }

    /// A row of the table that holds here.
    pub(super) fn matched(&mut self, row: &'static Row, arguments: &[Value], span: Span) {
        let arguments = row.argument.iter().filter_map(|at| {
            let at = match usize::try_from(*at) {
                Ok(at) => at,
                Err(_) => arguments.len().checked_sub(at.unsigned_abs())?,
            };
            arguments.get(at).cloned()
        });
        let draft = Draft {
            meaning: row.means,
            row: &row.path,
            arguments: arguments.collect(),
            otherwise: self.otherwise(),
            line: span.start().line,
            column: span.start().column + 1,
        };
        self.out.drafts.push(draft);
    }

    /// Whether the program fails where the value that is read is none.
    pub(super) fn fails(&self) -> bool {
        matches!(self.otherwise(), Draught::Fails)
    }

    /// What becomes of the program where the value that is read is none.
    fn otherwise(&self) -> Draught {
        const HANDED_ON: &[&str] = &[
            "and_then",
            "as_deref",
            "await",
            "context",
            "map",
            "map_err",
            "next",
            "nth",
            "ok",
            "ok_or",
            "ok_or_else",
            "parse",
            "skip",
            "with_context",
        ];
        for link in self.chain.iter().rev() {
            match link.method.as_str() {
                "?" | "expect" | "unwrap" => return Draught::Fails,
                "unwrap_or" | "unwrap_or_else" => return Draught::Default(link.first.clone()),
                method if HANDED_ON.contains(&method) => {}
                _ => return Draught::Handled,
            }
        }
        Draught::Handled
    }

    pub(super) fn word(&mut self, ident: &Ident) {
        let name = ident.to_string();
        if matches!(
            name.as_str(),
            "TcpListener" | "UdpSocket" | "bind" | "listen" | "serve"
        ) {
            self.out.listens_at.push(ident.span().start().line);
        }
        if let Some(row) = self.table.word(&name) {
            self.matched(row, &[], ident.span());
        }
    }

    pub(super) fn text(&mut self, value: String, line: usize, argument_of: Option<String>) {
        self.out.texts.push(Text {
            value,
            line,
            argument_of,
            is_connected: self.connecting > 0,
        });
    }

    /// Remembers an address that is put together.
    fn place(&mut self, expression: &Expr, line: usize) {
        if self.connecting == 0 {
            if let address @ Value::Address(..) = self.fold(expression) {
                self.out.places.push((address, line));
            }
        }
    }

    fn call(&mut self, call: &syn::ExprCall) {
        let Expr::Path(function) = call.func.as_ref() else {
            self.apart(|reader| visit::visit_expr_call(reader, call));
            return;
        };
        let path = self.full_path(&function.path);
        let row = self.table.function(&path);
        if let (Some(row), Some(last)) = (row, function.path.segments.last()) {
            let arguments: Vec<Value> = call.args.iter().map(|part| self.fold(part)).collect();
            self.matched(row, &arguments, last.ident.span());
        }
        self.named_call(&path, &call.args, &function.path);
        self.parsed_call(&path, &function.path);
        let connects = row.is_some_and(|row| row.means == super::facts::Meaning::Connect);
        self.connecting += usize::from(connects);
        self.apart(|reader| visit::visit_expr_call(reader, call));
        self.connecting -= usize::from(connects);
    }

    fn method(&mut self, call: &syn::ExprMethodCall) {
        let name = call.method.to_string();
        let is_after = |row: &&'static Row| {
            let before: Vec<&str> = row.after.iter().map(String::as_str).collect();
            before.is_empty() || super::parsers::has_method(&call.receiver, &before)
        };
        let row = self.table.method(&name).filter(is_after);
        if let Some(row) = row {
            let arguments: Vec<Value> = call.args.iter().map(|part| self.fold(part)).collect();
            self.matched(row, &arguments, call.method.span());
        }
        self.named_method(&name, call);
        self.demanding(&name, call);
        let first = call.args.first().map(|first| self.fold(first));
        self.chain.push(Link {
            method: name,
            first: first.unwrap_or(Value::Unknown),
        });
        self.visit_expr(&call.receiver);
        self.chain.pop();
        self.word(&call.method);
        let connects = row.is_some_and(|row| row.means == super::facts::Meaning::Connect);
        let commands = call.method == "subcommand" || call.method == "subcommands";
        self.connecting += usize::from(connects);
        self.commanding += usize::from(commands);
        self.apart(|reader| {
            for argument in &call.args {
                reader.visit_expr(argument);
            }
        });
        self.commanding -= usize::from(commands);
        self.connecting -= usize::from(connects);
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_ident(&mut self, ident: &'ast Ident) {
        self.word(ident);
    }

    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = super::attributes::of_item(item);
        if !self.is_live(attributes) {
            return;
        }
        self.attributes(attributes);
        match item {
            Item::Use(_) => visit::visit_item(self, item),
            Item::Fn(function) => {
                self.apart(|reader| reader.function(&function.sig, &function.block))
            }
            Item::Impl(block) => self.apart(|reader| reader.implementation(block)),
            Item::Mod(module) => self.apart(|reader| reader.module(module)),
            Item::Struct(item) => self.within(item.ident.to_string(), |reader| {
                reader.parser_struct(item);
                visit::visit_item_struct(reader, item)
            }),
            Item::Enum(item) => self.within(item.ident.to_string(), |reader| {
                reader.parser_enum(item);
                visit::visit_item_enum(reader, item)
            }),
            Item::Trait(item) => self.within(item.ident.to_string(), |reader| {
                visit::visit_item_trait(reader, item)
            }),
            Item::Const(item) => self.constant(&item.ident, &item.expr),
            Item::Static(item) => self.constant(&item.ident, &item.expr),
            Item::Macro(call) => self.macro_call(&call.mac),
            Item::Verbatim(tokens) => self.tokens(tokens.clone(), None),
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        let attributes = super::attributes::of_impl_item(item);
        if !self.is_live(attributes) {
            return;
        }
        self.attributes(attributes);
        match item {
            syn::ImplItem::Fn(function) => {
                self.apart(|reader| reader.function(&function.sig, &function.block))
            }
            syn::ImplItem::Const(item) => self.constant(&item.ident, &item.expr),
            _ => visit::visit_impl_item(self, item),
        }
    }

    fn visit_trait_item(&mut self, item: &'ast syn::TraitItem) {
        let attributes = super::attributes::of_trait_item(item);
        if self.is_live(attributes) {
            self.attributes(attributes);
            visit::visit_trait_item(self, item);
        }
    }

    fn visit_foreign_item(&mut self, item: &'ast syn::ForeignItem) {
        if self.is_live(super::attributes::of_foreign_item(item)) {
            visit::visit_foreign_item(self, item);
        }
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        if self.is_live(&variant.attrs) {
            self.attributes(&variant.attrs);
            visit::visit_variant(self, variant);
        }
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        if self.is_live(&field.attrs) {
            self.attributes(&field.attrs);
            self.field_options(field);
            visit::visit_field(self, field);
        }
    }

    fn visit_field_value(&mut self, field: &'ast syn::FieldValue) {
        if self.is_live(&field.attrs) {
            self.attributes(&field.attrs);
            self.apart(|reader| visit::visit_field_value(reader, field));
        }
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        if self.is_live(&arm.attrs) {
            self.attributes(&arm.attrs);
            self.scoped(|reader| {
                reader.define(&arm.pat, Value::Unknown);
                visit::visit_arm(reader, arm);
            });
        }
    }

    fn visit_block(&mut self, block: &'ast Block) {
        self.scoped(|reader| {
            for statement in &block.stmts {
                if let Stmt::Item(Item::Use(import)) = statement {
                    reader.import(&import.tree, String::new());
                }
            }
            visit::visit_block(reader, block);
        });
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        let attributes: &[Attribute] = match statement {
            Stmt::Local(local) => &local.attrs,
            Stmt::Macro(call) => &call.attrs,
            _ => &[],
        };
        if !self.is_live(attributes) {
            return;
        }
        self.attributes(attributes);
        match statement {
            Stmt::Local(local) => {
                self.variable(local);
                if let Some(init) = &local.init {
                    let value = self.fold(&init.expr);
                    self.define(&local.pat, value);
                } else {
                    self.define(&local.pat, Value::Unknown);
                }
            }
            Stmt::Macro(call) => self.apart(|reader| reader.macro_call(&call.mac)),
            _ => self.apart(|reader| visit::visit_stmt(reader, statement)),
        }
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        let attributes = super::attributes::of_expression(expression);
        if !attributes.is_empty() {
            if !self.is_live(attributes) {
                return;
            }
            self.attributes(attributes);
        }
        match expression {
            Expr::MethodCall(call) => self.method(call),
            Expr::Call(call) => {
                if let Expr::Path(path) = call.func.as_ref() {
                    let last = path.path.segments.last();
                    if last.is_some_and(|last| last.ident == "new") {
                        self.place(
                            expression,
                            last.map_or(1, |last| last.ident.span().start().line),
                        );
                    }
                }
                self.call(call);
            }
            Expr::Tuple(pair) if pair.elems.len() == 2 => {
                self.place(expression, pair.paren_token.span.open().start().line);
                self.apart(|reader| visit::visit_expr(reader, expression));
            }
            Expr::Macro(call) => self.macro_call(&call.mac),
            Expr::Try(inner) => {
                self.chain.push(Link {
                    method: "?".to_owned(),
                    first: Value::Unknown,
                });
                self.visit_expr(&inner.expr);
                self.chain.pop();
            }
            Expr::Await(inner) => self.visit_expr(&inner.base),
            Expr::Paren(inner) => self.visit_expr(&inner.expr),
            Expr::Reference(inner) => self.visit_expr(&inner.expr),
            Expr::Lit(_) | Expr::Path(_) | Expr::Field(_) => visit::visit_expr(self, expression),
            Expr::If(condition) => {
                self.chosen(expression);
                self.condition(condition);
            }
            Expr::Match(_) => {
                self.chosen(expression);
                self.apart(|reader| visit::visit_expr(reader, expression));
            }
            Expr::Assign(assign) => self.assignment(assign),
            Expr::Struct(literal) => self.apart(|reader| reader.struct_literal(literal)),
            Expr::Closure(closure) => self.apart(|reader| {
                reader.scoped(|reader| {
                    closure
                        .inputs
                        .iter()
                        .for_each(|input| reader.define(input, Value::Unknown));
                    visit::visit_expr_closure(reader, closure);
                });
            }),
            Expr::Verbatim(tokens) => self.apart(|reader| reader.tokens(tokens.clone(), None)),
            _ => self.apart(|reader| visit::visit_expr(reader, expression)),
        }
    }

    fn visit_lit_str(&mut self, literal: &'ast syn::LitStr) {
        self.text(literal.value(), literal.span().start().line, None);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.apart(|reader| reader.macro_call(call));
    }
}

impl Reader<'_> {
    fn function(&mut self, signature: &syn::Signature, block: &Block) {
        let name = signature.ident.to_string();
        self.returned(&name, signature, block);
        self.within(name, |reader| {
            reader.scoped(|reader| {
                for input in &signature.inputs {
                    if let syn::FnArg::Typed(typed) = input {
                        reader.define(&typed.pat, Value::Unknown);
                    }
                }
                reader.visit_signature(signature);
                reader.visit_block(block);
            });
        });
    }

    fn implementation(&mut self, block: &syn::ItemImpl) {
        let mut words = super::named::words_of(&block.self_ty);
        let made = words.first().cloned();
        let mut is_default = false;
        if let Some((path, ..)) = &block.trait_ {
            let name = path.segments.last().map(|last| last.ident.to_string());
            is_default = name.as_deref() == Some("Default");
            words.extend(name);
        }
        let before = self.default_of.take();
        self.default_of = made.filter(|_| is_default);
        self.within(words.join(" "), |reader| {
            for item in &block.items {
                reader.visit_impl_item(item);
            }
        });
        self.default_of = before;
    }

    fn module(&mut self, module: &syn::ItemMod) {
        let name = module.ident.to_string();
        let name = name.strip_prefix("r#").unwrap_or(&name).to_owned();
        let path = self.path_attribute(&module.attrs);
        match &module.content {
            None => self.out.modules.push(Module {
                inline: self.inline.clone(),
                name,
                path,
            }),
            Some((_, items)) => {
                self.inline.push(path.unwrap_or_else(|| name.clone()));
                let uses = self.uses.clone();
                self.within(name, |reader| reader.items(items));
                self.uses = uses;
                self.inline.pop();
            }
        }
    }

    pub(super) fn declared(&mut self, name: String) {
        self.out.modules.push(Module {
            inline: self.inline.clone(),
            name,
            path: None,
        });
    }

    /// `if cfg!(test) { … }` is compiled, and never runs.
    fn condition(&mut self, condition: &syn::ExprIf) {
        let holds = match condition.cond.as_ref() {
            Expr::Macro(call) if call.mac.path.is_ident("cfg") => {
                self.conditions.hold(call.mac.tokens.clone())
            }
            _ => None,
        };
        self.apart(|reader| {
            reader.scoped(|reader| {
                reader.visit_expr(&condition.cond);
                if let Expr::Let(pattern) = condition.cond.as_ref() {
                    reader.define(&pattern.pat, Value::Unknown);
                }
                if holds != Some(false) {
                    reader.visit_block(&condition.then_branch);
                }
            });
            if let Some((_, otherwise)) = condition
                .else_branch
                .as_ref()
                .filter(|_| holds != Some(true))
            {
                reader.visit_expr(otherwise);
            }
        });
    }

    fn constant(&mut self, name: &Ident, value: &Expr) {
        let folded = self.fold(value);
        let name = name.to_string();
        self.name(Naming::Binding, vec![name.clone()], &folded, value);
        if folded.is_known() {
            self.out.constants.push((name.clone(), folded));
        }
        self.left = Some(name);
        self.visit_expr(value);
        self.left = None;
    }

    fn variable(&mut self, local: &syn::Local) {
        let Some(init) = &local.init else {
            return;
        };
        let name = super::named::name_of(&local.pat);
        if let Some(name) = &name {
            let folded = self.fold(&init.expr);
            self.name(Naming::Binding, vec![name.clone()], &folded, &init.expr);
        }
        self.chain.clear();
        self.left = name;
        self.visit_expr(&init.expr);
        self.left = None;
        if let Some((_, otherwise)) = &init.diverge {
            self.visit_expr(otherwise);
        }
        // The pattern and its type have words too.
        self.visit_pat(&local.pat);
    }

    fn assignment(&mut self, assign: &syn::ExprAssign) {
        let name = match assign.left.as_ref() {
            Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
            Expr::Field(field) => match &field.member {
                syn::Member::Named(name) => Some(name.to_string()),
                syn::Member::Unnamed(_) => None,
            },
            _ => None,
        };
        self.apart(|reader| {
            reader.visit_expr(&assign.left);
            reader.left = name;
            reader.visit_expr(&assign.right);
        });
    }
}
