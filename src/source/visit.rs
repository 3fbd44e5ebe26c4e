//! The walk through the code of a file: what a condition leaves out is not entered.

use proc_macro2::Ident;
use syn::visit::{self, Visit};
use syn::{Arm, Attribute, Block, Expr, Item, Stmt};

use super::read::{Link, Reader};
use super::value::Value;

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
                reader.record(item);
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
            Item::Macro(call) => {
                if let Some(name) = &call.ident {
                    self.macro_rules(name, call.mac.tokens.clone());
                }
                self.macro_call(&call.mac);
            }
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
            // One of an enum is the command that was asked for; a text is what somebody configured.
            let is_asked = matches!(arm.pat, syn::Pat::Lit(_) | syn::Pat::Or(_));
            self.branches += usize::from(is_asked);
            self.scoped(|reader| {
                reader.define(&arm.pat, Value::Unknown);
                visit::visit_arm(reader, arm);
            });
            self.branches -= usize::from(is_asked);
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
            Expr::ForLoop(repeated) => self.apart(|reader| reader.repeated(repeated)),
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
