//! What the templates can call. Every helper that writes text of others quotes it.

use handlebars::{
    Context, Handlebars, Helper, HelperResult, JsonRender, Output, RenderContext, RenderError,
    RenderErrorReason, Renderable,
};
use serde_json::Value;

use crate::plan;

/// Lines are broken behind this column where a list of words allows it.
const WIDTH: usize = 100;

pub(super) fn register(registry: &mut Handlebars<'_>) {
    registry.register_helper("copy", Box::new(text(copy)));
    registry.register_helper(
        "ignore",
        Box::new(text(|h| Ok(plan::ignore(&string(h, 0)?)))),
    );
    registry.register_helper(
        "json",
        Box::new(text(|h| Ok(Value::from(string(h, 0)?).to_string()))),
    );
    registry.register_helper(
        "quote",
        Box::new(text(|h| Ok(plan::dockerfile(&string(h, 0)?)))),
    );
    registry.register_helper("stub", Box::new(text(stub)));
    registry.register_helper("why", Box::new(text(why)));
    registry.register_helper("words", Box::new(text(words)));
    registry.register_helper("comment", Box::new(text(|h| Ok(printable(&string(h, 0)?)))));
    registry.register_helper("values", Box::new(Values));
    registry.register_helper("if", Box::new(Strict { on: true }));
    registry.register_helper("unless", Box::new(Strict { on: false }));
}

fn text(
    write: impl Fn(&Helper<'_>) -> Result<String, RenderError> + Send + Sync + 'static,
) -> impl Fn(
    &Helper<'_>,
    &Handlebars<'_>,
    &Context,
    &mut RenderContext<'_, '_>,
    &mut dyn Output,
) -> HelperResult
+ Send
+ Sync
+ 'static {
    move |helper, _, _, _, out| {
        out.write(&write(helper)?)?;
        Ok(())
    }
}

fn refused(helper: &Helper<'_>, what: &str) -> RenderError {
    RenderErrorReason::Other(format!("`{}` needs {what}", helper.name())).into()
}

fn value<'a>(helper: &'a Helper<'_>, at: usize) -> Result<&'a Value, RenderError> {
    match helper.param(at) {
        Some(param) if !param.is_value_missing() => Ok(param.value()),
        _ => Err(refused(helper, "a value that exists")),
    }
}

fn string(helper: &Helper<'_>, at: usize) -> Result<String, RenderError> {
    Ok(value(helper, at)?.render())
}

fn strings(helper: &Helper<'_>, at: usize) -> Result<Vec<String>, RenderError> {
    match value(helper, at)? {
        Value::Array(values) => Ok(values.iter().map(JsonRender::render).collect()),
        _ => Err(refused(helper, "a list")),
    }
}

/// The arguments of a `COPY`: in the JSON form where a path has a space.
fn copy(helper: &Helper<'_>) -> Result<String, RenderError> {
    let copy = value(helper, 0)?;
    let sources = copy["sources"]
        .as_array()
        .ok_or_else(|| refused(helper, "a copy"))?;
    let destination = copy["destination"]
        .as_str()
        .ok_or_else(|| refused(helper, "a copy"))?;
    let mut words: Vec<String> = sources
        .iter()
        .map(|source| plan::copy_source(&source.render()))
        .collect();
    words.push(plan::copy_destination(destination));
    if words
        .iter()
        .any(|word| word.contains(' ') || word.starts_with("--"))
    {
        return Ok(Value::from(words).to_string());
    }
    Ok(words.join(" "))
}

/// The first evidence of a decision, as text of a comment.
///
/// Lines of files and versions of crates stay out: they change while the image stays the same, and a
/// file that is checked in must not drift for that.
fn why(helper: &Helper<'_>) -> Result<String, RenderError> {
    let evidence = &value(helper, 0)?["because"][0];
    let fact = evidence["fact"].as_str().unwrap_or_default();
    let origin = &evidence["origin"];
    let part = |key: &str| origin[key].as_str().unwrap_or_default();
    let text = match part("kind") {
        "flag" => format!("{fact} ({})", part("flag")),
        "key" => format!("{fact} ({})", part("key")),
        "file" => format!("{}: {fact}", part("file")),
        "crate" => {
            let name = part("package").split(' ').next().unwrap_or_default();
            format!("{name} {fact}")
        }
        _ => fact.to_owned(),
    };
    Ok(printable(&text))
}

/// Text of a comment: it stays on its line.
fn printable(text: &str) -> String {
    text.chars()
        .map(|char| if char.is_control() { ' ' } else { char })
        .collect()
}

/// Words of a shell command, over several lines where one is too long; quoted unless `raw=true`.
fn words(helper: &Helper<'_>) -> Result<String, RenderError> {
    let is_raw = helper
        .hash_get("raw")
        .is_some_and(|raw| raw.value() == &Value::Bool(true));
    let mut text = String::new();
    let mut column = 24;
    for word in strings(helper, 0)? {
        let word = if is_raw { word } else { plan::shell(&word) };
        if !text.is_empty() {
            let fits = column + word.len() < WIDTH;
            text.push_str(if fits { " " } else { " \\\n      " });
            column = if fits { column + 1 } else { 6 };
        }
        column += word.len();
        text.push_str(&word);
    }
    Ok(text)
}

/// A shell command that writes one line into each file of a list, and the `&&` behind it.
fn stub(helper: &Helper<'_>) -> Result<String, RenderError> {
    let files = strings(helper, 0)?;
    let line = string(helper, 1)?;
    Ok(match files.as_slice() {
        [] => String::new(),
        [file] => format!("echo '{line}' > {} \\\n && ", plan::shell(file)),
        _ => format!(
            "for file in {}; do echo '{line}' > \"$file\"; done \\\n && ",
            words(helper)?
        ),
    })
}

/// The values of a list of decisions.
struct Values;

impl handlebars::HelperDef for Values {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<handlebars::ScopedJson<'rc>, RenderError> {
        let decisions = value(helper, 0)?
            .as_array()
            .ok_or_else(|| refused(helper, "a list"))?;
        let values: Vec<Value> = decisions
            .iter()
            .map(|decision| decision["value"].clone())
            .collect();
        Ok(Value::from(values).into())
    }
}

/// `if` and `unless` that refuse a name that does not exist: the ones that come with Handlebars take it
/// for false, in strict mode too.
struct Strict {
    on: bool,
}

impl handlebars::HelperDef for Strict {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        render: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let is_true = match value(helper, 0)? {
            Value::Null => false,
            Value::Bool(value) => *value,
            Value::Array(values) => !values.is_empty(),
            Value::String(text) => !text.is_empty(),
            Value::Number(_) | Value::Object(_) => true,
        };
        let block = if is_true == self.on {
            helper.template()
        } else {
            helper.inverse()
        };
        match block {
            Some(block) => block.render(registry, context, render, out),
            None => Ok(()),
        }
    }
}
