//! What macros put together: `concat!`, `format!`, `env!`.

use syn::Expr;

use super::fold::compile_time;
use super::literals::arguments;
use super::read::Reader;
use super::value::Value;

impl Reader<'_> {
    pub(super) fn fold_macro(&self, call: &syn::Macro) -> Value {
        let name = call.path.segments.last().map(|last| last.ident.to_string());
        let name = name.unwrap_or_default();
        let Some(arguments) = arguments(&call.tokens) else {
            return Value::Unknown;
        };
        let first = || {
            arguments
                .first()
                .map_or(Value::Unknown, |first| self.fold(first))
        };
        match name.as_str() {
            "concat" => {
                Value::Concat(arguments.iter().map(|part| self.fold(part)).collect()).bounded()
            }
            "format" | "format_args" => self.format(&arguments),
            "env" => match first() {
                Value::Text(name) => compile_time(&name),
                _ => Value::Unknown,
            },
            "vec" => Value::OneOf(arguments.iter().map(|item| self.fold(item)).collect()).bounded(),
            // Rocket's.
            "relative" => Value::Join(vec![Value::ManifestDir, first()]),
            "include_str" | "include_bytes" => Value::Content(Box::new(first())),
            _ => Value::Unknown,
        }
    }

    /// `format!("{}:{port}", host)`
    fn format(&self, arguments: &[Expr]) -> Value {
        let Some((format, rest)) = arguments.split_first() else {
            return Value::Unknown;
        };
        let Value::Text(format) = self.fold(format) else {
            return Value::Unknown;
        };
        let mut positional = rest.iter().filter(|part| !matches!(part, Expr::Assign(_)));
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut chars = format.chars().peekable();
        while let Some(char) = chars.next() {
            match char {
                '{' | '}' if chars.peek() == Some(&char) => {
                    chars.next();
                    text.push(char);
                }
                '{' => {
                    parts.push(Value::Text(std::mem::take(&mut text)));
                    let hole: String = chars.by_ref().take_while(|char| *char != '}').collect();
                    let name = hole.split(':').next().unwrap_or_default().trim();
                    parts.push(match name {
                        "" => positional
                            .next()
                            .map_or(Value::Unknown, |part| self.fold(part)),
                        _ if name.starts_with(|char: char| char.is_ascii_digit()) => Value::Unknown,
                        _ => self.named_argument(name, rest),
                    });
                }
                _ => text.push(char),
            }
        }
        parts.push(Value::Text(text));
        Value::Concat(parts).bounded()
    }

    fn named_argument(&self, name: &str, arguments: &[Expr]) -> Value {
        let given = arguments.iter().find_map(|argument| match argument {
            Expr::Assign(assign) => match assign.left.as_ref() {
                Expr::Path(path) if path.path.is_ident(name) => Some(&assign.right),
                _ => None,
            },
            _ => None,
        });
        match (given, self.local(name)) {
            (Some(value), _) => self.fold(value),
            (None, Some(value)) => value.clone(),
            (None, None) => Value::Name(name.to_owned()),
        }
    }
}
