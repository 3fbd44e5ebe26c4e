//! Values that code gives names to: variables, defaults of options and of fields.

use std::collections::HashMap;

use proc_macro2::{Ident, LineColumn, TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Pat, Token, Type};

use super::facts::{Call, Named, Naming};
use super::fold::FALLBACKS;
use super::read::Reader;
use super::value::Value;

/// Calls that say how a configuration is read.
const CONFIGURING: &[&str] = &[
    "prefix_separator",
    "separator",
    "set_default",
    "with_prefix",
];
/// More than people write: generated, or made to keep us busy.
const MANY: usize = 4096;
/// Names that are no path of a longer one.
const LONGEST: usize = 200;

impl Reader<'_> {
    /// The names of the items around.
    fn owner(&self) -> String {
        let mut owner = String::new();
        for name in self.owners.iter().filter(|name| !name.is_empty()) {
            if owner.len() > LONGEST {
                break;
            }
            owner.push(' ');
            owner.push_str(name);
        }
        owner
    }

    /// Remembers a value with names, unless it is none or that of something else.
    pub(super) fn name(
        &mut self,
        kind: Naming,
        names: Vec<String>,
        value: &Value,
        expression: &Expr,
    ) {
        let is_other =
            kind == Naming::Binding && matches!(value, Value::Variable(..) | Value::Name(_));
        if !is_other {
            self.push(kind, names, None, value.clone(), first_line(expression));
        }
    }

    pub(super) fn push(
        &mut self,
        kind: Naming,
        names: Vec<String>,
        variable: Option<String>,
        value: Value,
        line: usize,
    ) {
        if value.is_known() && self.out.named.len() < MANY {
            let owner = self.owner();
            self.out.named.push(Named {
                kind,
                names,
                variable,
                option: None,
                value,
                owner,
                line,
            });
        }
    }

    /// The same of an option of the command line.
    pub(super) fn push_option(
        &mut self,
        names: Vec<String>,
        variable: Option<String>,
        option: Option<String>,
        (value, line): (Value, usize),
    ) {
        let before = self.out.named.len();
        self.push(Naming::Default, names, variable, value, line);
        if let Some(named) = self.out.named.get_mut(before) {
            named.option = option.map(|name| format!("--{name}"));
        }
    }

    /// What a function returns that has no arguments, and computes it from values that are known.
    pub(super) fn returned(&mut self, name: &str, signature: &syn::Signature, block: &Block) {
        if !signature.inputs.is_empty() {
            return;
        }
        let Some((syn::Stmt::Expr(value, None), before)) = block.stmts.split_last() else {
            return;
        };
        self.scopes.push(HashMap::new());
        for statement in before {
            if let syn::Stmt::Local(local) = statement {
                let init = local.init.as_ref();
                let value = init.map_or(Value::Unknown, |init| self.fold(&init.expr));
                self.define(&local.pat, value);
            }
        }
        let folded = self.fold(value);
        self.scopes.pop();
        if !folded.is_known() {
            return;
        }
        if name.starts_with("default_") {
            self.name(Naming::Default, vec![name.to_owned()], &folded, value);
        }
        self.out.constants.push((format!("{name}()"), folded));
    }

    /// `bind(…)`, `env_or("PORT", 8080)`, `set_default("port", 8080)`
    pub(super) fn named_call(
        &mut self,
        path: &str,
        arguments: &Punctuated<Expr, Token![,]>,
        at: &syn::Path,
    ) {
        let name = path.rsplit("::").next().unwrap_or(path);
        let line = at
            .segments
            .last()
            .map_or(1, |last| last.ident.span().start().line);
        self.listening(name, arguments);
        self.configuring(name, arguments, line);
        self.defaulting(name, arguments);
    }

    /// The same of a method, and `args.port.unwrap_or(8080)`.
    pub(super) fn named_method(&mut self, name: &str, call: &syn::ExprMethodCall) {
        self.listening(name, &call.args);
        self.configuring(name, &call.args, call.method.span().start().line);
        self.defaulting(name, &call.args);
        if let Some(first) = call.args.first().filter(|_| FALLBACKS.contains(&name)) {
            self.fallback(call, first);
        }
    }

    fn listening(&mut self, name: &str, arguments: &Punctuated<Expr, Token![,]>) {
        if name.starts_with("bind") || matches!(name, "listen" | "serve") {
            let mut words = Words::default();
            for argument in arguments {
                words.visit_expr(argument);
            }
            if let Some(function) = self.functions.last_mut() {
                function.listens |= !words.0.is_empty();
            }
            self.out.bound.extend(words.0);
        }
    }

    fn configuring(&mut self, name: &str, arguments: &Punctuated<Expr, Token![,]>, line: usize) {
        if CONFIGURING.contains(&name) {
            let arguments: Vec<Value> = arguments.iter().map(|part| self.fold(part)).collect();
            self.out.calls.push(Call {
                path: name.to_owned(),
                arguments,
                line,
            });
        }
    }

    fn defaulting(&mut self, name: &str, arguments: &Punctuated<Expr, Token![,]>) {
        let reads_variable = name.contains("env") || name.contains("var");
        if (!reads_variable && name != "set_default") || arguments.len() != 2 {
            return;
        }
        let (Some(key), Some(default)) = (arguments.first(), arguments.get(1)) else {
            return;
        };
        if let Value::Text(key) = self.fold(key) {
            let value = self.fold(default);
            let is_variable = reads_variable && is_variable(&key);
            let variable = is_variable.then(|| key.clone());
            self.push(
                Naming::Default,
                vec![key],
                variable,
                value,
                first_line(default),
            );
        }
    }

    /// `if let Ok(a) = env::var("A") { a } else { "b" }`, and the same with `match`.
    pub(super) fn chosen(&mut self, expression: &Expr) {
        let Value::Variable(name, Some(default)) = self.fold(expression) else {
            return;
        };
        let Value::Text(variable) = *name else {
            return;
        };
        let mut names: Vec<String> = self.left.iter().cloned().collect();
        names.push(variable.clone());
        let line = match expression {
            Expr::If(condition) => match &condition.else_branch {
                Some((_, otherwise)) => first_line(otherwise),
                None => first_line(expression),
            },
            _ => first_line(expression),
        };
        self.push(Naming::Default, names, Some(variable), *default, line);
    }

    /// The fields of what is made by default, and of what is made for them: nothing in a list.
    pub(super) fn struct_literal(&mut self, literal: &syn::ExprStruct) {
        let name = literal
            .path
            .segments
            .last()
            .map(|last| last.ident.to_string());
        let name = name.unwrap_or_default();
        let made = self.default_of.take();
        let is_default = made
            .as_ref()
            .is_some_and(|made| name == "Self" || name == *made);
        self.within(name, |reader| {
            for field in &literal.fields {
                if is_default && reader.is_live(&field.attrs) {
                    if let syn::Member::Named(name) = &field.member {
                        reader.made_by_default(name, &field.expr);
                        continue;
                    }
                }
                reader.visit_field_value(field);
            }
            if let Some(rest) = &literal.rest {
                reader.visit_expr(rest);
            }
        });
        self.default_of = made;
    }

    fn made_by_default(&mut self, name: &Ident, value: &Expr) {
        let folded = self.fold(value);
        self.word(name);
        if !matches!(folded, Value::Variable(..)) {
            self.name(Naming::Default, vec![name.to_string()], &folded, value);
        }
        match value {
            // `server: Server { port: 8080 }`
            Expr::Struct(inner) => {
                let made = inner
                    .path
                    .segments
                    .last()
                    .map(|last| last.ident.to_string());
                let before = std::mem::replace(&mut self.default_of, made);
                self.within(name.to_string(), |reader| reader.struct_literal(inner));
                self.default_of = before;
            }
            other => {
                self.left = Some(name.to_string());
                self.visit_expr(other);
                self.left = None;
            }
        }
    }
}

/// The words in the arguments of a call, and the names in its format strings.
#[derive(Default)]
pub(super) struct Words(pub(super) Vec<String>);

impl Words {
    fn text(&mut self, text: &str) {
        let holes = text.split('{').skip(1);
        let names = holes.filter_map(|part| part.split(['}', ':']).next());
        self.0
            .extend(names.filter(|name| !name.is_empty()).map(str::to_owned));
    }

    pub(super) fn tokens(&mut self, tokens: TokenStream) {
        for tree in tokens {
            match tree {
                TokenTree::Ident(ident) => self.0.push(ident.to_string()),
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    if let syn::Lit::Str(text) = syn::Lit::new(literal) {
                        self.text(&text.value());
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Words {
    fn visit_ident(&mut self, ident: &'ast Ident) {
        self.0.push(ident.to_string());
    }

    fn visit_lit_str(&mut self, literal: &'ast syn::LitStr) {
        self.text(&literal.value());
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.tokens(call.tokens.clone());
    }

    // What a closure or a block does is no argument.
    fn visit_block(&mut self, _: &'ast Block) {}
}

/// The line of the first literal, or of the first word.
pub(super) fn first_line(expression: &Expr) -> usize {
    let mut first = First::default();
    first.visit_expr(expression);
    let place = first.literal.or(first.word);
    place.map_or(1, |place| place.line)
}

#[derive(Default)]
struct First {
    literal: Option<LineColumn>,
    word: Option<LineColumn>,
}

impl<'ast> Visit<'ast> for First {
    fn visit_expr(&mut self, expression: &'ast Expr) {
        if self.literal.is_none() {
            visit::visit_expr(self, expression);
        }
    }

    fn visit_lit(&mut self, literal: &'ast syn::Lit) {
        self.literal.get_or_insert(literal.span().start());
    }

    fn visit_ident(&mut self, ident: &'ast Ident) {
        self.word.get_or_insert(ident.span().start());
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let mut trees = call.tokens.clone().into_iter();
        if let Some(tree) = trees.find(|tree| matches!(tree, TokenTree::Literal(_))) {
            self.literal.get_or_insert(tree.span().start());
        }
    }
}

/// The name that a pattern gives a value to.
pub(super) fn name_of(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(name) => Some(name.ident.to_string()),
        Pat::Type(typed) => name_of(&typed.pat),
        _ => None,
    }
}

/// The last name of a type, and those of its arguments.
pub(super) fn words_of(kind: &Type) -> Vec<String> {
    match kind {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|last| last.ident.to_string())
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether a text is the name of a variable as everybody writes them.
fn is_variable(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_uppercase())
        && text
            .chars()
            .all(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_')
}
