//! Items and statements that give names: functions, modules, constants, variables.

use proc_macro2::Ident;
use syn::visit::Visit;
use syn::{Block, Expr};

use super::facts::{Module, Naming};
use super::read::Reader;
use super::value::Value;

impl Reader<'_> {
    pub(super) fn function(&mut self, signature: &syn::Signature, block: &Block) {
        let name = signature.ident.to_string();
        self.returned(&name, signature, block);
        self.open(&name, signature);
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
        self.close();
    }

    pub(super) fn implementation(&mut self, block: &syn::ItemImpl) {
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

    pub(super) fn module(&mut self, module: &syn::ItemMod) {
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

    /// `for path in ["a", "b"] { … }`
    pub(super) fn repeated(&mut self, repeated: &syn::ExprForLoop) {
        let mut items = &repeated.expr;
        while let Expr::MethodCall(call) = items.as_ref() {
            match call.method.to_string().as_str() {
                "iter" | "into_iter" => items = &call.receiver,
                _ => break,
            }
        }
        let items = match self.fold(items) {
            items @ Value::OneOf(_) => items,
            _ => Value::Unknown,
        };
        self.visit_expr(&repeated.expr);
        self.scoped(|reader| {
            reader.define(&repeated.pat, items);
            reader.visit_block(&repeated.body);
        });
    }

    /// `path.push("a")`: a variable that is no longer what it was.
    pub(super) fn grown(&mut self, method: &str, call: &syn::ExprMethodCall) {
        let Expr::Path(path) = call.receiver.as_ref() else {
            return;
        };
        let Some(name) = path.path.get_ident().map(ToString::to_string) else {
            return;
        };
        let Some(value) = self.local(&name).filter(|value| value.is_known()).cloned() else {
            return;
        };
        let first = || {
            call.args
                .first()
                .map_or(Value::Unknown, |part| self.fold(part))
        };
        let grown = match (method, call.args.len()) {
            ("push", 1) => Value::Join(vec![value, first()]),
            ("pop", 0) => Value::Join(vec![value, Value::Text("..".to_owned())]),
            ("push_str", 1) => Value::Concat(vec![value, first()]),
            ("set_file_name" | "set_extension", 1) => Value::Unknown,
            _ => return,
        };
        let mut scopes = self.scopes.iter_mut().rev();
        if let Some(known) = scopes.find_map(|scope| scope.get_mut(&name)) {
            *known = grown.bounded();
        }
    }

    /// `if cfg!(test) { … }` is compiled, and never runs.
    pub(super) fn condition(&mut self, condition: &syn::ExprIf) {
        let holds = self.holds(&condition.cond);
        self.apart(|reader| {
            reader.scoped(|reader| {
                reader.visit_expr(&condition.cond);
                if let Expr::Let(pattern) = condition.cond.as_ref() {
                    reader.define(&pattern.pat, Value::Unknown);
                }
                if holds != Some(false) {
                    reader.branches += usize::from(holds.is_none());
                    reader.visit_block(&condition.then_branch);
                    reader.branches -= usize::from(holds.is_none());
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

    pub(super) fn constant(&mut self, name: &Ident, value: &Expr) {
        let folded = self.fold(value);
        let name = name.to_string();
        self.name(Naming::Binding, vec![name.clone()], &folded, value);
        if folded.is_known() || matches!(folded, Value::OneOf(_)) {
            self.out.constants.push((name.clone(), folded));
        }
        self.left = Some(name);
        self.visit_expr(value);
        self.left = None;
    }

    pub(super) fn variable(&mut self, local: &syn::Local) {
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
        self.left_kind = match &local.pat {
            syn::Pat::Type(typed) => Some(super::types::words(&typed.ty)),
            _ => None,
        };
        self.visit_expr(&init.expr);
        self.left = None;
        self.left_kind = None;
        if let Some((_, otherwise)) = &init.diverge {
            self.visit_expr(otherwise);
        }
        // The pattern and its type have words too.
        self.visit_pat(&local.pat);
    }

    pub(super) fn assignment(&mut self, assign: &syn::ExprAssign) {
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
