//! What an expression is the value of, as far as it can be said without running it.

use syn::{Block, Expr, Pat, Stmt};

use super::literals::literal_value;
use super::read::Reader;
use super::value::Value;

/// Functions and constructors that hand on what they are given.
const HANDING_ON: &[&str] = &[
    "Borrowed",
    "Err",
    "Ok",
    "Owned",
    "Some",
    "from",
    "from_str",
    "new",
    "var_os_or",
];
/// Crates, and modules, that know the folders of a user.
const HOMES: &[&str] = &["dirs", "dirs_next", "dirs_sys", "env", "home", "std_env"];
/// Methods that hand on what they are called on.
const TRANSPARENT: &[&str] = &[
    "as_bytes",
    "as_deref",
    "as_os_str",
    "as_path",
    "as_ref",
    "as_str",
    "canonicalize",
    "clone",
    "context",
    "copied",
    "display",
    "expect",
    "into",
    "into_boxed_str",
    "into_owned",
    "into_string",
    "leak",
    "map_err",
    "ok",
    "parse",
    "shellexpand",
    "to_owned",
    "to_path_buf",
    "to_str",
    "to_string",
    "to_string_lossy",
    "trim",
    "try_into",
    "unwrap",
    "unwrap_or_default",
    "with_context",
];
/// Methods whose first argument counts where there is nothing else.
pub(super) const FALLBACKS: &[&str] = &[
    "default_value",
    "default_value_t",
    "map_or",
    "map_or_else",
    "unwrap_or",
    "unwrap_or_else",
];

impl Reader<'_> {
    pub(super) fn fold(&self, expression: &Expr) -> Value {
        match expression {
            Expr::Lit(literal) => literal_value(&literal.lit),
            Expr::Paren(inner) => self.fold(&inner.expr),
            Expr::Group(inner) => self.fold(&inner.expr),
            Expr::Reference(inner) => self.fold(&inner.expr),
            Expr::Try(inner) => self.fold(&inner.expr),
            Expr::Await(inner) => self.fold(&inner.base),
            Expr::Cast(inner) => self.fold(&inner.expr),
            Expr::Closure(closure) => self.fold(&closure.body),
            Expr::Block(block) => self.fold_block(&block.block),
            Expr::Unsafe(block) => self.fold_block(&block.block),
            Expr::Path(path) => self.fold_path(path),
            Expr::Call(call) => self.fold_call(call),
            Expr::MethodCall(call) => self.fold_method(call),
            Expr::Macro(call) => self.fold_macro(&call.mac),
            Expr::If(condition) => self.fold_if(condition),
            Expr::Match(choice) => self.fold_match(choice),
            Expr::Array(array) => {
                Value::OneOf(array.elems.iter().map(|item| self.fold(item)).collect()).bounded()
            }
            Expr::Tuple(tuple) => {
                match (tuple.elems.first(), tuple.elems.get(1), tuple.elems.len()) {
                    (Some(host), Some(port), 2) => self.address(host, port),
                    _ => Value::Unknown,
                }
            }
            Expr::Binary(sum) if matches!(sum.op, syn::BinOp::Add(_)) => {
                let (left, right) = (self.fold(&sum.left), self.fold(&sum.right));
                // Numbers are added otherwise.
                match is_text(&left) || is_text(&right) {
                    true => Value::Concat(vec![left, right]).bounded(),
                    false => Value::Unknown,
                }
            }
            _ => Value::Unknown,
        }
    }

    fn fold_block(&self, block: &Block) -> Value {
        match block.stmts.as_slice() {
            [Stmt::Expr(value, None)] => self.fold(value),
            [Stmt::Macro(call)] if call.semi_token.is_none() => self.fold_macro(&call.mac),
            _ => Value::Unknown,
        }
    }

    fn fold_path(&self, path: &syn::ExprPath) -> Value {
        let name = self.full_path(&path.path);
        if let Some(ident) = path.path.get_ident() {
            if let Some(value) = self.local(&ident.to_string()) {
                return value.clone();
            }
        }
        match host_constant(&name) {
            Some(host) => Value::Text(host.to_owned()),
            None => Value::Name(name),
        }
    }

    fn fold_call(&self, call: &syn::ExprCall) -> Value {
        let Expr::Path(path) = call.func.as_ref() else {
            return Value::Unknown;
        };
        let path = self.full_path(&path.path);
        let mut parts = path.rsplit("::");
        let name = parts.next().unwrap_or_default();
        let owner = parts.next().unwrap_or_default();
        let arguments = &call.args;
        match (owner, name, arguments.len()) {
            ("SocketAddr" | "SocketAddrV4" | "SocketAddrV6", "new", 2..) => {
                match (arguments.first(), arguments.get(1)) {
                    (Some(host), Some(port)) => self.address(host, port),
                    _ => Value::Unknown,
                }
            }
            ("Ipv4Addr", "new", 4) => self.host_of(arguments.iter()),
            ("IpAddr", "V4" | "V6", 1) | ("IpAddr" | "Ipv4Addr" | "Ipv6Addr", "from", 1) => {
                arguments
                    .first()
                    .map_or(Value::Unknown, |host| self.host(host))
            }
            ("env", "var" | "var_os", 1) => match arguments.first().map(|name| self.fold(name)) {
                Some(Value::Text(name)) => variable(&name),
                Some(name) if name.is_known() => Value::Variable(Box::new(name), None),
                _ => Value::Unknown,
            },
            (_, name, 1) if HANDING_ON.contains(&name) => arguments
                .first()
                .map_or(Value::Unknown, |inner| self.fold(inner)),
            ("ProjectDirs", "from" | "from_path", _) | ("BaseDirs" | "UserDirs", "new", 0) => {
                Value::Home("")
            }
            (owner, name, 0) if HOMES.contains(&owner) && home(name).is_some() => {
                Value::Home(home(name).unwrap_or_default())
            }
            // Many types have those, and each makes something else.
            (_, "builder" | "default" | "new", 0) => Value::Unknown,
            (_, _, 0) => Value::Name(format!("{path}()")),
            _ => Value::Unknown,
        }
    }

    fn fold_method(&self, call: &syn::ExprMethodCall) -> Value {
        let name = call.method.to_string();
        let first = || {
            call.args
                .first()
                .map_or(Value::Unknown, |first| self.fold(first))
        };
        match name.as_str() {
            name if TRANSPARENT.contains(&name) => self.fold(&call.receiver),
            "join" if call.args.len() == 1 => {
                Value::Join(vec![self.fold(&call.receiver), first()]).bounded()
            }
            "parent" if call.args.is_empty() => match self.fold(&call.receiver) {
                value if value.is_known() => {
                    Value::Join(vec![value, Value::Text("..".to_owned())]).bounded()
                }
                _ => Value::Unknown,
            },
            "with_file_name" => match self.fold(&call.receiver) {
                Value::Join(mut parts) => {
                    parts.pop();
                    parts.push(first());
                    Value::Join(parts)
                }
                _ => Value::Unknown,
            },
            name if call.args.is_empty() && home(name).is_some() => {
                match self.fold(&call.receiver) {
                    Value::Home(_) => Value::Home(home(name).unwrap_or_default()),
                    _ => Value::Unknown,
                }
            }
            "collect" => self.fold_collected(&call.receiver),
            // The text of a closure's body is what it makes of the value.
            "map" | "and_then" => match self.fold(&call.receiver) {
                value @ Value::Variable(..) => value,
                _ => Value::Unknown,
            },
            name if FALLBACKS.contains(&name) => {
                self.fallen_back(self.fold(&call.receiver), first())
            }
            "or_else" | "or" => match self.fold(&call.receiver) {
                value @ Value::Variable(..) => match first() {
                    Value::Unknown => value,
                    other => self.fallen_back(value, other),
                },
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    /// A value, and what counts where there is none.
    #[allow(clippy::unused_self)]
    fn fallen_back(&self, value: Value, default: Value) -> Value {
        match value {
            Value::Variable(name, None) => Value::Variable(name, Some(Box::new(default))).bounded(),
            Value::Variable(name, Some(first)) => {
                Value::Variable(name, Some(Box::new(self.fallen_back(*first, default)))).bounded()
            }
            // What is asked may be anything: the default is what counts if nobody says otherwise.
            _ => Value::Variable(Box::new(Value::Unknown), Some(Box::new(default))).bounded(),
        }
    }

    /// `["a", "b"].iter().collect::<PathBuf>()`
    fn fold_collected(&self, receiver: &Expr) -> Value {
        match receiver {
            Expr::MethodCall(call)
                if matches!(call.method.to_string().as_str(), "iter" | "into_iter") =>
            {
                match call.receiver.as_ref() {
                    Expr::Array(array) => {
                        Value::Join(array.elems.iter().map(|part| self.fold(part)).collect())
                            .bounded()
                    }
                    _ => Value::Unknown,
                }
            }
            _ => Value::Unknown,
        }
    }

    /// `if let Ok(a) = env::var("A") { a } else { "b".to_owned() }`, and a choice of which only one is known.
    fn fold_if(&self, condition: &syn::ExprIf) -> Value {
        let Some((_, otherwise)) = &condition.else_branch else {
            return Value::Unknown;
        };
        let Expr::Let(pattern) = condition.cond.as_ref() else {
            let first = || self.fold_block(&condition.then_branch);
            return match self.holds(&condition.cond) {
                Some(true) => first(),
                Some(false) => self.fold(otherwise),
                // What is asked may be anything: the rest is what counts if nobody says otherwise.
                // Of what is not known of the image a release build is the likelier one.
                None if is_cfg(&condition.cond) => self.fold(otherwise),
                None if first().is_known() => Value::Unknown,
                None => self.fallen_back(Value::Unknown, self.fold(otherwise)),
            };
        };
        match self.fold(&pattern.expr) {
            value @ Value::Variable(..) => self.fallen_back(value, self.fold(otherwise)),
            _ => Value::Unknown,
        }
    }

    /// `match env::var("A") { Ok(a) => a, Err(_) => "b".to_owned() }`
    fn fold_match(&self, choice: &syn::ExprMatch) -> Value {
        let value = match self.fold(&choice.expr) {
            value @ Value::Variable(..) => value,
            _ => return Value::Unknown,
        };
        let fails = choice.arms.iter().find(|arm| match &arm.pat {
            Pat::TupleStruct(pattern) => pattern
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == "Err"),
            Pat::Ident(pattern) => pattern.ident == "None",
            Pat::Path(pattern) => pattern
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == "None"),
            Pat::Wild(_) => true,
            _ => false,
        });
        match fails.map(|arm| self.fold(&arm.body)) {
            Some(default) if default.is_known() => self.fallen_back(value, default),
            _ => value,
        }
    }

    /// Whether `cfg!(…)` holds in the image.
    pub(super) fn holds(&self, condition: &Expr) -> Option<bool> {
        match condition {
            Expr::Macro(call) if call.mac.path.is_ident("cfg") => {
                self.conditions.hold(call.mac.tokens.clone())
            }
            Expr::Unary(negated) if matches!(negated.op, syn::UnOp::Not(_)) => {
                self.holds(&negated.expr).map(|holds| !holds)
            }
            Expr::Paren(inner) => self.holds(&inner.expr),
            _ => None,
        }
    }

    fn address(&self, host: &Expr, port: &Expr) -> Value {
        match self.host(host) {
            Value::Unknown => Value::Unknown,
            host => Value::Address(Box::new(host), Box::new(self.fold(port))).bounded(),
        }
    }

    /// `[127, 0, 0, 1]`, or anything else that is a host.
    fn host(&self, host: &Expr) -> Value {
        match host {
            Expr::Array(array) if array.elems.len() == 4 => self.host_of(array.elems.iter()),
            Expr::Paren(inner) => self.host(&inner.expr),
            Expr::Reference(inner) => self.host(&inner.expr),
            Expr::MethodCall(call) if call.method == "into" => self.host(&call.receiver),
            other => self.fold(other),
        }
    }

    fn host_of<'e>(&self, numbers: impl Iterator<Item = &'e Expr>) -> Value {
        let mut parts = Vec::new();
        for number in numbers {
            match self.fold(number) {
                Value::Text(number) if number.parse::<u8>().is_ok() => parts.push(number),
                _ => return Value::Unknown,
            }
        }
        Value::Text(parts.join("."))
    }
}

fn is_cfg(condition: &Expr) -> bool {
    matches!(condition, Expr::Macro(call) if call.mac.path.is_ident("cfg"))
}

/// Whether something is text, and no number.
fn is_text(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.parse::<u64>().is_err(),
        Value::Concat(_) => true,
        _ => false,
    }
}

fn variable(name: &str) -> Value {
    match compile_time(name) {
        Value::Unknown => Value::Variable(Box::new(Value::Text(name.to_owned())), None),
        known => known,
    }
}

/// What cargo sets.
pub(super) fn compile_time(name: &str) -> Value {
    match name {
        "CARGO_MANIFEST_DIR" => Value::ManifestDir,
        "OUT_DIR" => Value::OutDir,
        _ => Value::Unknown,
    }
}

/// What functions of crates for a user's folders give, by the rules of freedesktop.
fn home(function: &str) -> Option<&'static str> {
    match function {
        "home_dir" => Some(""),
        "cache_dir" => Some(".cache"),
        "config_dir" | "config_local_dir" | "preference_dir" => Some(".config"),
        "data_dir" | "data_local_dir" => Some(".local/share"),
        "state_dir" => Some(".local/state"),
        _ => None,
    }
}

fn host_constant(path: &str) -> Option<&'static str> {
    let mut parts = path.rsplit("::");
    let name = parts.next()?;
    match (parts.next()?, name) {
        ("Ipv4Addr", "LOCALHOST") => Some("127.0.0.1"),
        ("Ipv4Addr", "UNSPECIFIED") => Some("0.0.0.0"),
        ("Ipv6Addr", "LOCALHOST") => Some("::1"),
        ("Ipv6Addr", "UNSPECIFIED") => Some("::"),
        _ => None,
    }
}
