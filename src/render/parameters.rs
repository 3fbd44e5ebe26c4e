//! What a template hands to a helper.

use handlebars::{Helper, JsonRender, RenderError};
use serde_json::Value;

use super::fault::Fault;
use super::values::is_line;
use crate::diagnostic::Code;

/// An error that says what a helper needs.
pub(super) fn refused(helper: &Helper<'_>, what: &str) -> RenderError {
    let name = helper.name();
    Fault::new(Code::TemplateValue, format!("`{name}` needs {what}"))
        .word(name)
        .into()
}

/// A value that is there.
pub(super) fn value<'a>(helper: &'a Helper<'_>, at: usize) -> Result<&'a Value, RenderError> {
    match helper.param(at) {
        Some(param) if !param.is_value_missing() => Ok(param.value()),
        _ => Err(refused(helper, "a value that exists")),
    }
}

/// A value that is one text.
pub(super) fn string(helper: &Helper<'_>, at: usize) -> Result<String, RenderError> {
    match value(helper, at)? {
        Value::Null => Err(refused(helper, "a value, and this one is null")),
        Value::Array(_) => Err(refused(helper, "one value, and this is a list")),
        Value::Object(_) => Err(refused(helper, "one value, and this is an object")),
        value => Ok(value.render()),
    }
}

/// A value that stays on its line.
pub(super) fn line(helper: &Helper<'_>, at: usize) -> Result<String, RenderError> {
    let text = string(helper, at)?;
    stays(helper, &text)?;
    Ok(text)
}

/// Refuses what no quotes can keep on its line: Docker reads lines before a shell reads quotes.
pub(super) fn stays(helper: &Helper<'_>, text: &str) -> Result<(), RenderError> {
    match is_line(text) {
        true => Ok(()),
        false => Err(refused(
            helper,
            "a text of one line, without control characters",
        )),
    }
}

/// A list of texts that stay on their lines.
pub(super) fn strings(helper: &Helper<'_>, at: usize) -> Result<Vec<String>, RenderError> {
    match value(helper, at)? {
        Value::Array(values) => values
            .iter()
            .map(|value| {
                let text = value.render();
                stays(helper, &text).map(|()| text)
            })
            .collect(),
        _ => Err(refused(helper, "a list")),
    }
}
