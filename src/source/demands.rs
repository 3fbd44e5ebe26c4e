//! What parsers ask for that are put together by calls, and where parsers are run.

use syn::Expr;

use super::facts::Demand;
use super::methods::has_method;
use super::read::{Link, Reader};
use super::types::arguments_of;
use super::value::Value;

impl Reader<'_> {
    /// Methods of parsers that are built, and of those that take one argument at a time.
    pub(super) fn demanding(&mut self, name: &str, call: &syn::ExprMethodCall) {
        let is_on = || {
            let first = call.args.first().map(|first| self.switch(first));
            first != Some(Value::Name("false".to_owned()))
        };
        let demand = match name {
            "subcommand" if self.commanding == 0 => {
                let made = call.args.first().and_then(|made| self.made(made));
                let name = made.filter(|(kind, _)| kind != "Arg");
                let name = name.map(|(_, name)| name).unwrap_or_default();
                // A parser is derived too, and others have methods of this name.
                self.made(&call.receiver).map(|_| Demand::Subcommand(name))
            }
            "subcommand_required" | "arg_required_else_help" if self.commanding == 0 && is_on() => {
                self.made(&call.receiver).map(|_| Demand::Any)
            }
            "required" if self.commanding == 0 && is_on() => {
                let made = self.made(&call.receiver);
                made.filter(|(kind, _)| kind == "Arg").map(|(_, name)| {
                    let is_named = has_method(&call.receiver, &["long", "short", "env"])
                        || self.chain.iter().any(|link| {
                            ["long", "short", "env", "default_value"]
                                .contains(&link.method.as_str())
                        });
                    match is_named {
                        true => Demand::Option(name),
                        false => Demand::Argument(name),
                    }
                })
            }
            "free_from_str" | "free_from_fn" | "free_from_os_str" if self.fails() => {
                Some(Demand::Argument("argument".to_owned()))
            }
            "value_from_str" | "value_from_fn" if self.fails() => {
                let name = call.args.first().map(|first| self.fold(first));
                match name {
                    Some(Value::Text(name)) => {
                        Some(Demand::Option(name.trim_start_matches('-').to_owned()))
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        if let Some(demand) = demand {
            let owner = self.owners.last().cloned().unwrap_or_default();
            let line = call.method.span().start().line;
            self.out.demands.push((demand, owner, line));
        }
    }

    /// `Cli::parse()`, `argh::from_env::<Cli>()`
    pub(super) fn parsed_call(&mut self, path: &str, function: &syn::Path) {
        const PARSING: &[&str] = &[
            "command",
            "from_args",
            "into_app",
            "parse",
            "parse_from",
            "try_parse",
            "try_parse_from",
        ];
        let mut parts = path.rsplit("::");
        let (name, owner) = (parts.next().unwrap_or(path), parts.next());
        match (owner, name) {
            (_, "from_env") => {
                let last = function.segments.last();
                let kinds = last.map(arguments_of).unwrap_or_default();
                self.out.parsed.extend(kinds);
            }
            (Some(owner), name) if PARSING.contains(&name) => {
                self.out.parsed.push(owner.to_owned());
            }
            (Some("env"), "args" | "args_os") => {
                let line = function.segments.last().map(|last| last.ident.span());
                self.argument_taken(line.map_or(1, |span| span.start().line));
            }
            _ => {}
        }
    }

    /// `env::args().nth(1).unwrap()`
    pub(super) fn argument_taken(&mut self, line: usize) {
        let numbers = self.chain.iter().rev().map(|link| match &link.first {
            _ if link.method == "skip" => 1,
            Value::Text(number) if link.method == "nth" => number.parse().unwrap_or(0),
            _ => 0_usize,
        });
        let at: usize = numbers.sum();
        let takes = |link: &Link| ["nth", "next"].contains(&link.method.as_str());
        if at > 0 && self.chain.iter().any(takes) && self.fails() {
            let owner = self.owners.last().cloned().unwrap_or_default();
            let demand = Demand::Argument("argument".to_owned());
            self.out.demands.push((demand, owner, line));
        }
    }

    /// The type that a chain of calls begins with, and the name that it is given.
    fn made(&self, expression: &Expr) -> Option<(String, String)> {
        match expression {
            Expr::MethodCall(call) => self.made(&call.receiver),
            Expr::Call(call) => {
                let Expr::Path(path) = call.func.as_ref() else {
                    return None;
                };
                let segments = &path.path.segments;
                let kind = segments.iter().rev().nth(1)?.ident.to_string();
                let makes = ["App", "Arg", "Command", "SubCommand"].contains(&kind.as_str());
                let name = match self.fold(call.args.first()?) {
                    Value::Text(name) => name,
                    _ => String::new(),
                };
                makes.then_some((kind, name))
            }
            _ => None,
        }
    }
}
