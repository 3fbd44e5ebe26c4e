//! Chains of calls that end with what counts otherwise: `args.port.unwrap_or(8080)`.

use syn::Expr;

use super::named::first_line;
use super::read::Reader;
use super::value::Value;

impl Reader<'_> {
    pub(super) fn fallback(&mut self, call: &syn::ExprMethodCall, default: &Expr) {
        let value = self.fold(default);
        if !value.is_known() || matches!(value, Value::Variable(..)) {
            return;
        }
        let mut chain = Chain::default();
        let mut receiver = call.receiver.as_ref();
        loop {
            receiver = match receiver {
                Expr::MethodCall(call) => {
                    let first = call.args.first().map(|first| self.fold(first));
                    if !chain.method(&call.method.to_string(), first) {
                        return;
                    }
                    &call.receiver
                }
                Expr::Try(inner) => &inner.expr,
                Expr::Await(inner) => &inner.base,
                Expr::Paren(inner) => &inner.expr,
                Expr::Reference(inner) => &inner.expr,
                Expr::Unary(inner) => &inner.expr,
                Expr::Field(field) => {
                    if let syn::Member::Named(name) = &field.member {
                        chain.names.push(name.to_string());
                    }
                    &field.base
                }
                Expr::Path(path) => {
                    let name = path.path.segments.last().map(|last| last.ident.to_string());
                    chain.name(name.unwrap_or_default());
                    break;
                }
                Expr::Call(call) => {
                    if let Expr::Path(path) = call.func.as_ref() {
                        let name = path.path.segments.last().map(|last| last.ident.to_string());
                        let first = call.args.first().map(|first| self.fold(first));
                        if !chain.method(&name.unwrap_or_default(), first) {
                            return;
                        }
                    }
                    break;
                }
                _ => break,
            };
        }
        for link in &self.chain {
            if link.method == "env" || link.method == "long" {
                chain.method(&link.method, Some(link.first.clone()));
            }
        }
        chain
            .names
            .extend(self.left.clone().filter(|_| chain.is_asked));
        chain.names.extend(chain.variable.clone());
        let value = (value, first_line(default));
        self.push_option(chain.names, chain.variable, chain.option, value);
    }
}

/// What the parts of a chain of calls say about its value.
#[derive(Default)]
struct Chain {
    names: Vec<String>,
    variable: Option<String>,
    /// The option of the command line, without its dashes.
    option: Option<String>,
    /// Whether it asks whoever starts the program.
    is_asked: bool,
}

impl Chain {
    /// Whether the value can still be one of the program itself.
    fn method(&mut self, name: &str, first: Option<Value>) -> bool {
        let text = match first {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        };
        match name {
            "var" | "var_os" | "env" => self.variable = text.or(self.variable.take()),
            "long" => {
                self.names.extend(text.clone());
                self.option = text;
            }
            "new" | "get_one" | "value_of" | "get" => self.names.extend(text),
            // What a URL says is asked of somebody else.
            "port" | "port_u16" | "port_or_known_default" | "host" | "host_str" => return false,
            _ => {}
        }
        self.is_asked |= matches!(name, "args" | "var" | "var_os");
        true
    }

    fn name(&mut self, name: String) {
        self.is_asked |= ["args", "cli", "opt", "opts", "matches"].contains(&name.as_str());
        self.names.push(name);
    }
}
