//! Which file of `src` names what another one defines.
//!
//! A file depends on another one if its code names something that is *defined* there: a type, a function, a constant, a
//! trait, a macro. Re-exports are followed to the definition, so a parent that only declares its modules, or passes
//! their names on, depends on none of them; one whose functions call them does. A private `use` counts, as it is there
//! for the code; `pub use` counts where the code of the file itself uses the name. What only tests or fuzzers compile
//! does not count.
//!
//! The text is parsed, not compiled. So methods are not seen, as their names do not say where they are defined, but
//! the type that they are called on was named or made somewhere. In the body of a macro every path counts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// File to the files that it depends on, each with a name that it uses; all relative to `src`.
pub(super) type Names = BTreeMap<String, BTreeMap<String, String>>;

/// Reads a crate from its root file.
pub(super) fn read(root: &Path) -> Names {
    let mut tree = Tree {
        folder: root.parent().unwrap().to_owned(),
        ..Default::default()
    };
    tree.module(root.to_owned(), None);
    let mut names = Names::new();
    for (file, module, items) in &tree.files {
        let mut visitor = Visitor {
            tree: &tree,
            module: *module,
            bound: BTreeSet::new(),
            named: BTreeMap::new(),
        };
        items.iter().for_each(|item| visitor.visit_item(item));
        visitor.named.remove(file);
        names.insert(file.clone(), visitor.named);
    }
    names
}

/// The modules of a crate.
#[derive(Default)]
struct Tree {
    folder: PathBuf,
    modules: Vec<Module>,
    files: Vec<(String, usize, Vec<syn::Item>)>,
    /// Macros are seen below where they are written, without a path.
    macros: BTreeMap<String, String>,
}

struct Module {
    file: String,
    parent: Option<usize>,
    children: BTreeMap<String, usize>,
    defined: BTreeSet<String>,
    imported: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
}

/// What a path leads to.
enum Found {
    Module(usize),
    Item(String),
}

impl Tree {
    /// A module that is a file.
    fn module(&mut self, path: PathBuf, parent: Option<usize>) -> usize {
        let text = fs_err::read_to_string(&path).unwrap();
        let items = syn::parse_file(&text).unwrap().items;
        let file = path.strip_prefix(&self.folder).unwrap();
        let file = file.to_str().unwrap().replace('\\', "/");
        let below = match path.file_stem().unwrap().to_str().unwrap() {
            "lib" | "main" => self.folder.clone(),
            _ => path.with_extension(""),
        };
        let module = self.fill(&file, parent, &items, &below);
        self.files.push((file, module, items));
        module
    }

    fn fill(
        &mut self,
        file: &str,
        parent: Option<usize>,
        items: &[syn::Item],
        below: &Path,
    ) -> usize {
        let module = self.modules.len();
        self.modules.push(Module {
            file: file.to_owned(),
            parent,
            children: BTreeMap::new(),
            defined: BTreeSet::new(),
            imported: BTreeMap::new(),
            globs: Vec::new(),
        });
        for item in items {
            if is_for_tests(attributes(item)) {
                continue;
            }
            if let Some(name) = defined(item) {
                self.modules[module].defined.insert(name);
            }
            match item {
                syn::Item::Mod(inner) => {
                    let name = inner.ident.to_string();
                    let child = match &inner.content {
                        Some((_, items)) => {
                            self.fill(file, Some(module), items, &below.join(&name))
                        }
                        None => self.module(below.join(&name).with_extension("rs"), Some(module)),
                    };
                    self.modules[module].children.insert(name, child);
                }
                syn::Item::Macro(item) => {
                    if let Some(name) = &item.ident {
                        self.macros.insert(name.to_string(), file.to_owned());
                    }
                }
                _ => {}
            }
        }
        let mut uses = Uses(Vec::new());
        items.iter().for_each(|item| uses.visit_item(item));
        for (_, name, path) in uses.0 {
            let module = &mut self.modules[module];
            match name.as_str() {
                "*" => module.globs.push(path),
                _ => drop(module.imported.insert(name, path)),
            }
        }
        module
    }

    /// Where a path leads from a module; nowhere for paths of other crates.
    fn find(&self, module: usize, path: &[String], depth: usize) -> Option<Found> {
        let (first, mut rest) = path.split_first()?;
        let mut found = match first.as_str() {
            "crate" => Found::Module(0),
            "self" => Found::Module(module),
            "super" => Found::Module(self.modules[module].parent?),
            "Self" => return None,
            name => self.look_up(module, name, rest.is_empty(), depth)?,
        };
        while let (Found::Module(at), Some((name, others))) = (&found, rest.split_first()) {
            let at = *at;
            found = match name.as_str() {
                "super" => Found::Module(self.modules[at].parent?),
                "self" => Found::Module(at),
                // What is not written there is made there by a macro.
                _ => self
                    .look_up(at, name, others.is_empty(), depth)
                    .unwrap_or_else(|| Found::Item(self.modules[at].file.clone())),
            };
            rest = others;
        }
        Some(found)
    }

    fn look_up(&self, module: usize, name: &str, is_last: bool, depth: usize) -> Option<Found> {
        let of = &self.modules[module];
        let child = of.children.get(name).map(|child| Found::Module(*child));
        let item = of
            .defined
            .contains(name)
            .then(|| Found::Item(of.file.clone()));
        let imported = || match (of.imported.get(name), depth) {
            (Some(path), 0..16) => self.find(module, path, depth + 1),
            _ => None,
        };
        let globbed = || {
            let mut globs = of.globs.iter().filter(|_| depth < 16);
            globs.find_map(|path| match self.find(module, path, depth + 1)? {
                Found::Module(at) if at != module => self.look_up(at, name, is_last, depth + 1),
                _ => None,
            })
        };
        match is_last {
            true => item.or_else(imported).or(child).or_else(globbed),
            false => child.or(item).or_else(imported).or_else(globbed),
        }
    }
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn defined(item: &syn::Item) -> Option<String> {
    let name = match item {
        syn::Item::Const(item) => &item.ident,
        syn::Item::Enum(item) => &item.ident,
        syn::Item::Fn(item) => &item.sig.ident,
        syn::Item::Macro(item) => item.ident.as_ref()?,
        syn::Item::Static(item) => &item.ident,
        syn::Item::Struct(item) => &item.ident,
        syn::Item::Trait(item) => &item.ident,
        syn::Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// Whether a condition holds only where tests, or fuzzers, are compiled.
fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    fn holds(tokens: TokenStream) -> Vec<bool> {
        let mut all = Vec::new();
        let mut name = String::new();
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    name = ident.to_string();
                    all.push(!["test", "doctest", "fuzzing"].contains(&name.as_str()));
                }
                TokenTree::Group(group) => {
                    let inner = holds(group.stream());
                    all.pop();
                    all.push(match name.as_str() {
                        "all" => inner.iter().all(|holds| *holds),
                        "any" => inner.iter().any(|holds| *holds),
                        _ => true,
                    });
                }
                _ => {}
            }
        }
        all
    }
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => {
            holds(list.tokens.clone()).contains(&false)
        }
        _ => false,
    })
}

/// Every import: whether it is passed on, the name, the path.
struct Uses(Vec<(bool, String, Vec<String>)>);

impl Uses {
    fn tree(&mut self, is_public: bool, tree: &syn::UseTree, mut path: Vec<String>) {
        match tree {
            syn::UseTree::Path(inner) => {
                path.push(inner.ident.to_string());
                self.tree(is_public, &inner.tree, path);
            }
            syn::UseTree::Name(name) => {
                let mut name = name.ident.to_string();
                match name == "self" {
                    true => name = path.last().unwrap().clone(),
                    false => path.push(name.clone()),
                }
                self.0.push((is_public, name, path));
            }
            syn::UseTree::Rename(rename) => {
                path.push(rename.ident.to_string());
                self.0.push((is_public, rename.rename.to_string(), path));
            }
            syn::UseTree::Glob(_) => self.0.push((is_public, "*".to_owned(), path)),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.tree(is_public, tree, path.clone());
                }
            }
        }
    }
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_for_tests(attributes(item)) && !matches!(item, syn::Item::Mod(_)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let is_public = !matches!(item.vis, syn::Visibility::Inherited);
        self.tree(is_public, &item.tree, Vec::new());
    }
}

/// Collects what the code of a file names.
struct Visitor<'a> {
    tree: &'a Tree,
    module: usize,
    /// Variables of the function, which may be called like a function elsewhere.
    bound: BTreeSet<String>,
    named: BTreeMap<String, String>,
}

impl Visitor<'_> {
    fn name(&mut self, path: &[String]) {
        if path.len() == 1 && self.bound.contains(&path[0]) {
            return;
        }
        if let Some(Found::Item(file)) = self.tree.find(self.module, path, 0) {
            self.named.entry(file).or_insert_with(|| path.join("::"));
        }
    }

    fn function(&mut self, visit: impl FnOnce(&mut Self), bound: BTreeSet<String>) {
        let outer = self.bound.clone();
        self.bound.extend(bound);
        visit(self);
        self.bound = outer;
    }

    /// Every path of a macro's body.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        let mut path: Vec<String> = Vec::new();
        let (mut colons, mut is_member) = (0, false);
        while let Some(token) = tokens.next() {
            let is_joined = colons == 2;
            colons = match &token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons + 1,
                _ => 0,
            };
            match token {
                TokenTree::Ident(ident) => {
                    if !is_joined {
                        path.clear();
                    }
                    path.push(ident.to_string());
                    let goes_on = matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ':');
                    let is_called = matches!(tokens.peek(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
                    let is_type = path[0].starts_with(char::is_uppercase);
                    if !is_member && (path.len() > 1 || is_called || is_type || goes_on) {
                        self.name_of_tokens(&path, goes_on);
                    }
                    is_member = false;
                }
                TokenTree::Group(group) => {
                    self.tokens(group.stream());
                    is_member = false;
                }
                TokenTree::Punct(punct) => is_member = punct.as_char() == '.',
                TokenTree::Literal(_) => is_member = false,
            }
        }
    }

    /// The longest beginning of a path counts: `a::B::c` is seen as `a`, `a::B` and itself.
    fn name_of_tokens(&mut self, path: &[String], goes_on: bool) {
        let is_lower = path[0].starts_with(char::is_lowercase);
        if path.len() == 1 && goes_on && is_lower {
            return;
        }
        self.name(path);
    }
}

/// The variables of a function.
struct Bound(BTreeSet<String>);

impl<'ast> Visit<'ast> for Bound {
    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        self.0.insert(pattern.ident.to_string());
        visit::visit_pat_ident(self, pattern);
    }
}

impl<'ast> Visit<'ast> for Visitor<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let Some((_, items)) = &item.content else {
            return;
        };
        let outer = self.module;
        self.module = self.tree.modules[outer].children[&item.ident.to_string()];
        items.iter().for_each(|item| self.visit_item(item));
        self.module = outer;
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !matches!(item.vis, syn::Visibility::Inherited) {
            return;
        }
        let mut uses = Uses(Vec::new());
        uses.visit_item_use(item);
        for (_, _, path) in uses.0 {
            self.name(&path);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let mut bound = Bound(BTreeSet::new());
        bound.visit_item_fn(item);
        self.function(|this| visit::visit_item_fn(this, item), bound.0);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if is_for_tests(&item.attrs) {
            return;
        }
        let mut bound = Bound(BTreeSet::new());
        bound.visit_impl_item_fn(item);
        self.function(|this| visit::visit_impl_item_fn(this, item), bound.0);
    }

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.name(&segments);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        visit::visit_macro(self, call);
        if let Some(file) = call.path.get_ident().map(ToString::to_string) {
            if let Some(file) = self.tree.macros.get(&file) {
                let name = format!("{}!", call.path.get_ident().unwrap());
                self.named.entry(file.clone()).or_insert(name);
            }
        }
        self.tokens(call.tokens.clone());
    }

    /// serde takes paths as strings.
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            for token in list.tokens.clone() {
                let text = token.to_string();
                if let Some(path) = text
                    .strip_prefix('"')
                    .and_then(|text| text.strip_suffix('"'))
                {
                    let path: Vec<String> = path.split("::").map(str::to_owned).collect();
                    if path.len() > 1 || list.path.is_ident("serde") {
                        self.name(&path);
                    }
                }
            }
        }
    }
}
