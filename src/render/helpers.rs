//! What the templates can call. Every helper that writes text of others quotes it.

use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, JsonRender, Output, RenderContext,
    RenderError, Renderable, ScopedJson,
};
use serde_json::Value;

use super::parameters::{line, refused, stays, string, strings, value};
use super::stubs::stubs;
use super::values::Use;
use super::wrap::wrapped;
use crate::quote::{self, Written};
use crate::shell::ShellText;

/// What the template itself is made of when it is made strict.
pub(super) const KNOWN: &str = "known";
pub(super) const PLAIN: &str = "plain";
pub(super) const VERBATIM: &str = "verbatim";

/// Those that quote what they write.
const WRITERS: [&str; 12] = [
    "alternatives",
    "comment",
    "copy",
    "hcl",
    "ignore",
    "json",
    "path",
    "quote",
    "shell",
    "stubs",
    "why",
    "words",
];
/// Those that choose and compute.
const OTHERS: [&str; 18] = [
    "and", "each", "eq", "gt", "gte", "has", "if", "len", "lookup", "lt", "lte", "ne", "not", "or",
    "raw", "unless", "values", "with",
];

/// The helpers that a template can call.
pub(super) fn names() -> impl Iterator<Item = &'static str> + Clone {
    WRITERS.into_iter().chain(OTHERS)
}

pub(super) fn exists(name: &str) -> bool {
    names().any(|helper| helper == name)
}

/// Whether a helper quotes what it writes.
pub(super) fn writes(name: &str) -> bool {
    WRITERS.contains(&name)
}

pub(super) fn register(registry: &mut Handlebars<'_>) {
    // It writes to the log of the process, which is no part of a Dockerfile.
    registry.unregister_helper("log");
    registry.register_helper(KNOWN, Box::new(Use::Known));
    registry.register_helper(PLAIN, Box::new(Use::Plain));
    registry.register_helper(VERBATIM, Box::new(Use::Verbatim));
    let mut writer = |name: &str, write: fn(&Helper<'_>) -> Result<Written, RenderError>| {
        registry.register_helper(name, Box::new(Writer(write)));
    };
    writer("alternatives", |h| {
        let names = strings(h, 0)?;
        let quoted = names.iter().map(|name| quote::alternative(name).into());
        Ok(Written::join(quoted, "|"))
    });
    writer("comment", |h| Ok(quote::comment(&string(h, 0)?).into()));
    writer("copy", copy);
    writer("hcl", |h| Ok(quote::hcl(&string(h, 0)?).into()));
    writer("ignore", |h| Ok(quote::ignore(&line(h, 0)?).into()));
    writer("json", |h| Ok(quote::json(&string(h, 0)?).into()));
    writer("path", |h| Ok(quote::workdir(&line(h, 0)?).into()));
    writer("quote", |h| Ok(quote::dockerfile(&string(h, 0)?).into()));
    writer("shell", |h| {
        let behind = h.param(1).map(|_| line(h, 1)).transpose()?;
        Ok(ShellText::word(&(line(h, 0)? + &behind.unwrap_or_default())).into())
    });
    writer("stubs", stubs);
    writer("why", why);
    writer("words", words);
    registry.register_helper("has", Box::new(Has));
    registry.register_helper("values", Box::new(Values));
    registry.register_helper("if", Box::new(Strict { on: true }));
    registry.register_helper("unless", Box::new(Strict { on: false }));
}

/// A helper that writes quoted text.
struct Writer(fn(&Helper<'_>) -> Result<Written, RenderError>);

impl HelperDef for Writer {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let text = self.0(helper)?.into_string();
        Ok(ScopedJson::Derived(Value::String(text)))
    }
}

/// The arguments of a `COPY`: in the JSON form where a path has a space.
fn copy(helper: &Helper<'_>) -> Result<Written, RenderError> {
    let copy = value(helper, 0)?;
    let sources = copy["sources"]
        .as_array()
        .ok_or_else(|| refused(helper, "a copy"))?;
    let destination = copy["destination"]
        .as_str()
        .ok_or_else(|| refused(helper, "a copy"))?;
    let sources = sources.iter().map(JsonRender::render);
    let mut words: Vec<_> = sources.map(|source| quote::copy_source(&source)).collect();
    words.push(quote::argument(destination));
    for word in &words {
        stays(helper, word.as_ref())?;
    }
    let words = quote::copy_words(words);
    Ok(match copy["from"].as_str() {
        // The name of a stage is none of others.
        Some(stage) => Written::ours("--from=")
            .and(quote::stage(stage))
            .and(" ")
            .and(words),
        None => words,
    })
}

/// The first evidence of a decision, as text of a comment.
///
/// Lines of files and versions of crates stay out: they change while the image stays the same, and a
/// file that is checked in must not drift for that.
fn why(helper: &Helper<'_>) -> Result<Written, RenderError> {
    let evidence = &value(helper, 0)?["because"][0];
    let Some(fact) = evidence["fact"].as_str() else {
        return Err(refused(helper, "a decision, or what else has `because`"));
    };
    let origin = &evidence["origin"];
    let part = |key: &str| origin[key].as_str().unwrap_or_default();
    let text = match part("kind") {
        "flag" => format!("{fact} ({})", part("flag")),
        "variable" => format!("{fact} ({})", part("variable")),
        "build-script" => format!("{fact} (build script)"),
        "key" => format!("{fact} ({})", part("key")),
        "file" => format!("{}: {fact}", part("file")),
        "crate" => {
            let name = part("name");
            // A fact that names the crate is a sentence of its own.
            let fact = match fact.split([' ', ':']).any(|word| word == name) {
                true => fact.to_owned(),
                false => format!("{name} {fact}"),
            };
            match origin["rule"]["file"].as_str() {
                Some(file) => format!("{fact} ({file} has a rule)"),
                None => fact,
            }
        }
        _ => fact.to_owned(),
    };
    Ok(quote::comment(&text).into())
}

/// Words of a shell command, over several lines where one is too long; quoted unless `raw=true`.
fn words(helper: &Helper<'_>) -> Result<Written, RenderError> {
    let is_raw = helper
        .hash_get("raw")
        .is_some_and(|raw| raw.value() == &Value::Bool(true));
    let quoted = |word: String| match is_raw {
        true => Written::verbatim(word),
        false => ShellText::word(&word).into(),
    };
    let words = strings(helper, 0)?.into_iter().map(quoted);
    let from = helper
        .hash_get("from")
        .and_then(|from| from.value().as_u64());
    Ok(wrapped(words, from.unwrap_or(24) as usize))
}

/// Whether an object has a key: `(has this "because")`, for keys that may be left out.
struct Has;

impl HelperDef for Has {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let key = string(helper, 1)?;
        let has = value(helper, 0)?.get(&key).is_some();
        Ok(ScopedJson::Derived(Value::Bool(has)))
    }
}

/// The values of a list of decisions.
struct Values;

impl HelperDef for Values {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
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

impl HelperDef for Strict {
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
