//! What the templates can call. Every helper that writes text of others quotes it.

use handlebars::{
    Context, Handlebars, Helper, HelperResult, JsonRender, Output, RenderContext, RenderError,
    RenderErrorReason, Renderable,
};
use serde_json::Value;

use crate::plan::{self, StubKind};

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
    registry.register_helper(
        "alternatives",
        Box::new(text(|h| Ok(strings(h, 0)?.join("|")))),
    );
    registry.register_helper(
        "shell",
        Box::new(text(|h| {
            let behind = h.param(1).map(|_| string(h, 1)).transpose()?;
            Ok(plan::shell(&(string(h, 0)? + &behind.unwrap_or_default())))
        })),
    );
    registry.register_helper("stubs", Box::new(text(stubs)));
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
    // The name of a stage is none of others.
    let from = copy["from"].as_str();
    let from = from
        .map(|stage| format!("--from={stage} "))
        .unwrap_or_default();
    let mut words: Vec<String> = sources
        .iter()
        .map(|source| plan::copy_source(&source.render()))
        .collect();
    words.push(plan::copy_destination(destination));
    if words
        .iter()
        .any(|word| word.contains(' ') || word.starts_with("--"))
    {
        return Ok(from + &Value::from(words).to_string());
    }
    Ok(from + &words.join(" "))
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
            match origin["taught"]["file"].as_str() {
                Some(file) => format!("{name} {fact} ({file} teaches it)"),
                None => format!("{name} {fact}"),
            }
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
    let words = strings(helper, 0)?;
    let words = match is_raw {
        true => words,
        false => words.iter().map(|word| plan::shell(word)).collect(),
    };
    let from = helper
        .hash_get("from")
        .and_then(|from| from.value().as_u64());
    Ok(wrapped(&words, from.unwrap_or(24) as usize))
}

/// Words over several lines where one is too long; the first begins in the column `from`.
fn wrapped(words: &[String], from: usize) -> String {
    let mut text = String::new();
    let mut column = from;
    for word in words {
        if !text.is_empty() {
            let fits = column + word.len() < WIDTH;
            text.push_str(if fits { " " } else { " \\\n      " });
            column = if fits { column + 1 } else { 6 };
        }
        column += word.len();
        text.push_str(word);
    }
    text
}

/// Shell commands that make empty targets.
fn stubs(helper: &Helper<'_>) -> Result<String, RenderError> {
    let build_script = StubKind::BuildScript.text().trim_end();
    let program = StubKind::Program.text().trim_end();
    let stubs = value(helper, 0)?;
    let list = |key: &str| -> Vec<String> {
        let values = stubs[key].as_array().into_iter().flatten();
        values.map(JsonRender::render).collect()
    };
    let mut commands = Vec::new();
    for group in stubs["groups"].as_array().into_iter().flatten() {
        let part = |key: &str| group[key].as_str().unwrap_or_default();
        let names: Vec<String> = group["names"]
            .as_array()
            .into_iter()
            .flatten()
            .map(JsonRender::render)
            .collect();
        let folder = format!(
            "\"{}$name{}\"",
            double_quoted(part("before")),
            match part("folder") {
                "" => String::new(),
                folder => format!("/{}", double_quoted(folder)),
            }
        );
        let file = format!(
            "{}/{}\"",
            folder.trim_end_matches('"'),
            double_quoted(part("file"))
        );
        let make = match part("kind") {
            "library" => format!("touch {file}"),
            "build-script" => format!("echo '{build_script}' > {file}"),
            _ => format!("echo '{program}' > {file}"),
        };
        commands.push(format!(
            "for name in {}; do \\\n      mkdir -p {folder} && {make}; done",
            wrapped(
                &names
                    .iter()
                    .map(|name| plan::shell(name))
                    .collect::<Vec<_>>(),
                24
            )
        ));
    }
    for (key, command) in [("folders", "mkdir -p"), ("libraries", "touch")] {
        let words: Vec<String> = list(key).iter().map(|word| plan::shell(word)).collect();
        if !words.is_empty() {
            commands.push(format!("{command} {}", wrapped(&words, 24)));
        }
    }
    for (key, line) in [("build_scripts", build_script), ("programs", program)] {
        let words: Vec<String> = list(key).iter().map(|word| plan::shell(word)).collect();
        match words.as_slice() {
            [] => {}
            [file] => commands.push(format!("echo '{line}' > {file}")),
            _ => commands.push(format!(
                "for file in {}; do echo '{line}' > \"$file\"; done",
                wrapped(&words, 24)
            )),
        }
    }
    Ok(commands.join(" \\\n && "))
}

/// Text between the double quotes of a shell.
fn double_quoted(text: &str) -> String {
    let mut quoted = String::new();
    for char in text.chars() {
        if matches!(char, '"' | '\\' | '$' | '`') {
            quoted.push('\\');
        }
        quoted.push(char);
    }
    quoted
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
