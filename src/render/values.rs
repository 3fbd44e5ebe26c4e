//! How a value of the plan is written where no helper quotes it.

use handlebars::{
    Context, Handlebars, Helper, HelperDef, JsonRender, RenderContext, RenderError, ScopedJson,
};
use serde_json::Value;

use super::fault::Fault;
use crate::diagnostic::Code;

/// What stands for a name in a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Nothing is written: the name only has to exist.
    Known,
    /// `{{name}}`: written where it is a plain word.
    Plain,
    /// `{{{name}}}`: written as it is, on one line.
    Verbatim,
}

impl HelperDef for Use {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        context: &'rc Context,
        render: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let Some(param) = helper.param(0) else {
            return Err(Fault::new(Code::TemplateValue, "there is no value").into());
        };
        let name = param.relative_path().map(String::as_str);
        if param.is_value_missing() {
            return Err(unknown(name.unwrap_or_default(), context, render).into());
        }
        let text = match self {
            Self::Known => String::new(),
            Self::Plain => written(param.value(), name, is_plain)?,
            Self::Verbatim => written(param.value(), name, is_line)?,
        };
        Ok(ScopedJson::Derived(Value::String(text)))
    }
}

fn written(
    value: &Value,
    name: Option<&str>,
    is_right: impl Fn(&str) -> bool,
) -> Result<String, Fault> {
    let name = name.unwrap_or_default();
    let shown = match name {
        "" => "the value".to_owned(),
        name => format!("`{name}`"),
    };
    let refused =
        |what: String| Fault::new(Code::TemplateValue, format!("{shown} {what}")).word(name);
    match value {
        Value::Null => Err(refused("is null here".to_owned())
            .help(format!("write `{{{{#if {name}}}}}` around it"))),
        Value::Array(_) => Err(refused("is a list".to_owned())
            .help(format!("write one after the other: `{{{{#each {name}}}}}`"))
            .help("or all of them as words of a shell command: `words`")),
        Value::Object(keys) => {
            let keys: Vec<&str> = keys.keys().map(String::as_str).collect();
            Err(refused(format!("is an object: it has {}", keys.join(", "))))
        }
        Value::String(text) if !is_right(text) => Err(unsafe_text(refused, text, name)),
        value => Ok(value.render()),
    }
}

fn unsafe_text(refused: impl Fn(String) -> Fault, text: &str, name: &str) -> Fault {
    let start: String = text.chars().take(60).collect();
    let more = if start.len() < text.len() { "…" } else { "" };
    let start = start.replace(char::is_control, " ") + more;
    let fault = refused(format!("is not a plain word: {start}")).label("not quoted");
    if !is_line(text) {
        let what = "it has a line break or another control character";
        return fault
            .note(what)
            .help("`quote`, `json`, `comment` and `why` write it on one line");
    }
    fault
        .note("a Dockerfile or a shell may take it for more than one word")
        .help(format!(
            "quote it for where it stands: `quote {name}` in LABEL, ENV and ARG, `shell {name}` in RUN, `json {name}` in a JSON form, `comment {name}` in a comment"
        ))
        .help(format!(
            "or write it as it is, where it is made for that: `{{{{{{{name}}}}}}}`"
        ))
}

/// Whether a text is one word for a Dockerfile and for a shell, in and out of quotes; the name of a
/// variable in braces may be a part of it.
pub(super) fn is_plain(text: &str) -> bool {
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        let Some((name, after)) = behind.split_once('}') else {
            return false;
        };
        let is_name =
            |char: char| char.is_ascii_uppercase() || char == '_' || char.is_ascii_digit();
        if !is_word(before) || name.is_empty() || !name.chars().all(is_name) {
            return false;
        }
        rest = after;
    }
    is_word(rest)
}

fn is_word(text: &str) -> bool {
    text.chars()
        .all(|char| char.is_alphanumeric() || "-_./:=+@%,".contains(char))
}

/// Whether a text stays on its line.
pub(super) fn is_line(text: &str) -> bool {
    !text.chars().any(crate::shown::deceives)
}

/// What there is in the place of a name that does not exist.
fn unknown(path: &str, context: &Context, render: &RenderContext<'_, '_>) -> Fault {
    let root = context.data();
    for (begin, name, rest) in splits(path) {
        let Some(value) = evaluated(begin, context, render) else {
            continue;
        };
        let shown = |other: &str| match begin {
            "" => format!("{other}{rest}"),
            _ => format!("{begin}{}{other}{rest}", &path[begin.len()..=begin.len()]),
        };
        let is_root = value == *root;
        let place = match begin {
            "" | "@root" if is_root => "the plan".to_owned(),
            "" => "`this`".to_owned(),
            _ => format!("`{begin}`"),
        };
        let keys = match value {
            Value::Object(keys) => keys,
            Value::Null => {
                return Fault::new(
                    Code::TemplateName,
                    format!("{place} is null here: it has no `{name}`"),
                )
                .word(path)
                .help(format!("write `{{{{#if {begin}}}}}` around it"));
            }
            other => {
                let kind = match other {
                    Value::Array(_) => "a list",
                    Value::String(_) => "a string",
                    _ => "a number or a boolean",
                };
                return Fault::new(
                    Code::TemplateName,
                    format!("{place} is {kind}: it has no `{name}`"),
                )
                .word(path);
            }
        };
        let fault = Fault::new(Code::TemplateName, format!("{place} has no `{name}`"))
            .word(path)
            .label("no such name");
        if begin.is_empty() && !is_root && root.get(name).is_some() {
            return fault.help(format!("did you mean `@root/{name}{rest}`?"));
        }
        return fault.nearest(name, keys.keys().map(String::as_str), shown);
    }
    Fault::new(Code::TemplateName, format!("there is no `{path}`"))
        .word(path)
        .label("no such name")
}

/// The ways to cut a path into what is before a name, the name, and what is behind it; the longest
/// beginning first.
fn splits(path: &str) -> Vec<(&str, &str, &str)> {
    let mut cuts: Vec<usize> = path
        .match_indices(['.', '/'])
        .map(|(at, _)| at)
        .filter(|at| {
            // Not the dots of `../`.
            let bytes = path.as_bytes();
            let is_dot = |at: usize| bytes.get(at) == Some(&b'.');
            *at > 0 && !(is_dot(*at) && (is_dot(at - 1) || is_dot(at + 1)))
        })
        .collect();
    cuts.push(path.len());
    let mut splits = Vec::new();
    let mut begin = 0_usize;
    for cut in cuts {
        let before = &path[..begin.saturating_sub(1)];
        splits.push((before, &path[begin..cut], &path[cut..]));
        begin = cut + 1;
    }
    splits.retain(|(_, name, _)| !matches!(*name, "" | ".." | "@root" | "this"));
    splits.reverse();
    splits
}

fn evaluated(path: &str, context: &Context, render: &RenderContext<'_, '_>) -> Option<Value> {
    let path = match path {
        "@root" => return Some(context.data().clone()),
        "" => "this",
        path => path,
    };
    match render.evaluate(context, path) {
        Ok(value) if !value.is_missing() => Some(value.as_json().clone()),
        _ => None,
    }
}
