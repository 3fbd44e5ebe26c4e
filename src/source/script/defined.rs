//! What the files of a build script define, and the tools that they name.

use std::collections::HashMap;

use syn::visit::{self, Visit};
use syn::{Block, Expr, Item, UseTree};

use super::calls;
use crate::source::attributes::of_item;
use crate::source::cfg::Conditions;

/// A function of the script.
#[derive(Clone, Copy)]
pub(super) struct Function<'a> {
    pub(super) file: usize,
    pub(super) signature: &'a syn::Signature,
    pub(super) block: &'a Block,
}

/// What the files of a script define.
#[derive(Default)]
pub(super) struct Defined<'a> {
    pub(super) functions: HashMap<String, Vec<Function<'a>>>,
    pub(super) constants: HashMap<String, (usize, &'a Expr)>,
    pub(super) macros: HashMap<String, (usize, &'a syn::ItemMacro)>,
    /// What names that files import stand for.
    pub(super) uses: Vec<HashMap<String, String>>,
}

/// The tools that files name, each with the first place, also where it is not reached.
pub(super) fn tools(parsed: &[syn::File]) -> Vec<(&'static str, usize, usize)> {
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

/// Whether no condition leaves it out.
pub(super) fn is_live(conditions: &Conditions, attributes: &[syn::Attribute]) -> bool {
    attributes.iter().all(|attribute| match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => {
            conditions.hold(list.tokens.clone()) != Some(false)
        }
        _ => true,
    })
}

/// Adds what items define.
pub(super) fn define<'a>(
    defined: &mut Defined<'a>,
    on: &Conditions,
    file: usize,
    items: &'a [Item],
) {
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
