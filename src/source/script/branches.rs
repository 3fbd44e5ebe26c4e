//! Which branches of a build script are taken.

use std::collections::HashMap;

use syn::Pat;

use super::defined::is_live;
use super::values::Value;
use super::walk::Walk;

impl<'a> Walk<'a> {
    pub(super) fn condition(&mut self, condition: &'a syn::ExprIf) -> Value {
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

    pub(super) fn choice(&mut self, choice: &'a syn::ExprMatch) -> Value {
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
    pub(super) fn fits(&mut self, pattern: &'a Pat, value: &Value) -> Value {
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
}
