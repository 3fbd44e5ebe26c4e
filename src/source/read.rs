//! What is known while the code of one file is read: names, scopes, and what is said so far.

use std::collections::HashMap;

use proc_macro2::{Ident, Span};
use syn::visit::{self, Visit};
use syn::{Expr, Item, Pat, UseTree};

use super::cfg::Conditions;
use super::facts::{Draft, Draught, Function, Meaning, Reading, Text};
use super::methods::{effect, has_method};
use super::table::{Row, Table};
use super::value::Value;

/// Reads one file.
pub(super) struct Reader<'a> {
    pub(super) conditions: &'a Conditions,
    pub(super) table: &'static Table,
    pub(super) out: Reading,
    /// What names that the file imports stand for.
    pub(super) uses: HashMap<String, String>,
    /// Variables of the blocks that are open.
    pub(super) scopes: Vec<HashMap<String, Value>>,
    /// The names of the items that are open.
    pub(super) owners: Vec<String>,
    /// The folders of the modules that are open.
    pub(super) inline: Vec<String>,
    /// Calls that connect, and that are open.
    connecting: usize,
    /// Subcommands that are being built.
    pub(super) commanding: usize,
    /// Methods called on what is being read, the next one last.
    pub(super) chain: Vec<Link>,
    /// The variable that gets what is being read.
    pub(super) left: Option<String>,
    /// The names of the type of the variable that gets what is being read.
    pub(super) left_kind: Option<Vec<String>>,
    /// The type whose default is being made.
    pub(super) default_of: Option<String>,
    /// Branches that are open, of which nobody knows whether they are taken.
    pub(super) branches: usize,
    /// The functions that are open.
    pub(super) functions: Vec<Function>,
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
            left_kind: None,
            default_of: None,
            branches: 0,
            functions: Vec::new(),
        }
    }

    pub(super) fn file(&mut self, file: &syn::File) {
        if self.is_live(&file.attrs) {
            self.of_crate(&file.attrs);
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

    pub(super) fn import(&mut self, tree: &UseTree, before: String) {
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

    pub(super) fn define(&mut self, pattern: &Pat, value: Value) {
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

    pub(super) fn scoped(&mut self, read: impl FnOnce(&mut Self)) {
        self.scopes.push(HashMap::new());
        read(self);
        self.scopes.pop();
    }

    /// A row of the table that holds here.
    pub(super) fn matched(&mut self, row: &'static Row, arguments: &[Value], span: Span) {
        self.means(row, row.means, arguments, span);
    }

    /// A call of a row, which means this here.
    pub(super) fn means(
        &mut self,
        row: &'static Row,
        meaning: Meaning,
        arguments: &[Value],
        span: Span,
    ) {
        let arguments = row.argument.iter().filter_map(|at| {
            let at = match usize::try_from(*at) {
                Ok(at) => at,
                Err(_) => arguments.len().checked_sub(at.unsigned_abs())?,
            };
            arguments.get(at).cloned()
        });
        let draft = Draft {
            meaning,
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
    pub(super) fn place(&mut self, expression: &Expr, line: usize) {
        if self.connecting == 0 {
            if let address @ Value::Address(..) = self.fold(expression) {
                let is_pair = matches!(expression, Expr::Tuple(pair)
                    if !matches!(pair.elems.first(), Some(Expr::Array(_))));
                self.out.places.push((address, line, is_pair));
            }
        }
    }

    pub(super) fn call(&mut self, call: &syn::ExprCall) {
        let Expr::Path(function) = call.func.as_ref() else {
            self.apart(|reader| visit::visit_expr_call(reader, call));
            return;
        };
        let path = self.full_path(&function.path);
        let row = self.table.function(&path);
        let is_probe = self.is_probe(row);
        let row = row.filter(|_| !is_probe);
        if let (Some(row), Some(last)) = (row, function.path.segments.last()) {
            let arguments: Vec<Value> = call.args.iter().map(|part| self.fold(part)).collect();
            self.matched(row, &arguments, last.ident.span());
        }
        if !is_probe {
            self.named_call(&path, &call.args, &function.path);
        }
        self.parsed_call(&path, &function.path);
        self.fills(&path, &function.path);
        self.handed(&path, &call.args, row, function.path.segments.last());
        let connects = is_probe || row.is_some_and(|row| row.means == Meaning::Connect);
        self.connecting += usize::from(connects);
        self.apart(|reader| visit::visit_expr_call(reader, call));
        self.connecting -= usize::from(connects);
    }

    pub(super) fn method(&mut self, call: &syn::ExprMethodCall) {
        let name = call.method.to_string();
        let is_after = |row: &&'static Row| {
            let before: Vec<&str> = row.after.iter().map(String::as_str).collect();
            before.is_empty() || has_method(&call.receiver, &before)
        };
        let row = self.table.method(&name).filter(is_after);
        if let Some(row) = row {
            let arguments: Vec<Value> = call.args.iter().map(|part| self.fold(part)).collect();
            self.matched(row, &arguments, call.method.span());
        }
        self.named_method(&name, call);
        self.demanding(&name, call);
        self.fills_by(call);
        self.grown(&name, call);
        let first = call.args.first().map(|first| self.fold(first));
        let last = call.method.clone();
        self.handed_to_method(&last, &call.args);
        self.chain.push(Link {
            method: effect(name, &call.args),
            first: first.unwrap_or(Value::Unknown),
        });
        self.visit_expr(&call.receiver);
        self.chain.pop();
        self.word(&call.method);
        let connects = row.is_some_and(|row| row.means == Meaning::Connect);
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
