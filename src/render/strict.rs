//! Makes a parsed template strict: each name in it is looked up and must exist, and each value that is
//! written passes through a helper.
//!
//! Handlebars' own strict mode looks only at what is written: in `{{#if typo}}`, `{{#each typo}}…{{else}}`
//! and `(eq typo 1)` a name that does not exist counts as nothing. And its function that escapes cannot
//! refuse. So the parsed template is changed: before a tag stands a check of every name in it, and
//! `{{name}}` becomes a call.

use std::collections::HashMap;

use handlebars::template::{Parameter, Subexpression, TemplateElement, TemplateMapping};
use handlebars::{Handlebars, Template};

use super::fault::{Fault, offset};
use super::helpers::{self, KNOWN, PLAIN, VERBATIM};
use super::place;
use crate::diagnostic::Code;

/// A template that was looked through.
#[derive(Clone)]
pub(super) struct Strict {
    pub(super) template: Template,
    /// The partials that it includes, with line and column.
    pub(super) includes: Vec<(String, (usize, usize))>,
    /// The partials that it defines itself.
    pub(super) defines: Vec<String>,
}

/// A fault, with line and column.
pub(super) type Found = (Fault, (usize, usize));

/// Makes a template strict.
pub(super) fn strict(mut template: Template, text: &str) -> Result<Strict, Found> {
    let mut walk = Walk {
        text,
        includes: Vec::new(),
        defines: Vec::new(),
    };
    walk.template(&mut template, None)?;
    Ok(Strict {
        template,
        includes: walk.includes,
        defines: walk.defines,
    })
}

/// Refuses what would be nested deeper than anybody writes: the parser calls itself for each level.
pub(super) fn check_depth(text: &str) -> Result<(), Found> {
    const DEEPEST: usize = 64;
    let mut blocks = 0_usize;
    for (at, _) in text.match_indices("{{") {
        let rest = &text[at + 2..];
        let tag = rest.find("}}").map_or(rest, |end| &rest[..end]);
        match tag.trim_start_matches(['{', '~']).bytes().next() {
            Some(b'#') => blocks += 1,
            Some(b'/') => blocks = blocks.saturating_sub(1),
            _ => {}
        }
        let brackets = tag.bytes().filter(|byte| b"([{".contains(byte)).count();
        if blocks > DEEPEST || brackets > DEEPEST {
            let before = &text[..at];
            let line = before.matches('\n').count() + 1;
            let column = before
                .chars()
                .rev()
                .take_while(|char| *char != '\n')
                .count()
                + 1;
            let fault = Fault::new(
                Code::TemplateDepth,
                format!("a template is nested at most {DEEPEST} deep"),
            );
            return Err((
                fault.help("make a partial of the inner part"),
                (line, column),
            ));
        }
    }
    Ok(())
}

struct Walk<'a> {
    text: &'a str,
    includes: Vec<(String, (usize, usize))>,
    defines: Vec<String>,
}

impl Walk<'_> {
    fn template(
        &mut self,
        template: &mut Template,
        outer: Option<&TemplateMapping>,
    ) -> Result<(), Found> {
        let elements = std::mem::take(&mut template.elements);
        let mapping = std::mem::take(&mut template.mapping);
        for (at, mut element) in elements.into_iter().enumerate() {
            let place = mapping.get(at).or(outer).cloned();
            let names = self.element(&mut element, place.as_ref())?;
            let checks = names.into_iter().map(|name| call(KNOWN, vec![name]));
            for element in checks.chain([element]) {
                template.elements.push(element);
                template.mapping.extend(place.clone());
            }
        }
        Ok(())
    }

    /// Looks at one tag; its result is the names that have to exist.
    fn element(
        &mut self,
        element: &mut TemplateElement,
        place: Option<&TemplateMapping>,
    ) -> Result<Vec<Parameter>, Found> {
        let at = place.map_or((1, 1), |place| (place.0, place.1));
        let found = |fault: Fault| (fault, at);
        let mut names = Vec::new();
        let writer = match element {
            TemplateElement::HtmlExpression(_) => VERBATIM,
            _ => PLAIN,
        };
        match element {
            TemplateElement::Expression(tag) | TemplateElement::HtmlExpression(tag) => {
                let is_value = tag.params.is_empty() && tag.hash.is_empty();
                let helper = tag.name.as_name().unwrap_or_default().to_owned();
                if is_value && !helpers::exists(&helper) {
                    let value = std::mem::replace(&mut tag.name, name(writer));
                    gather(&value, &mut names).map_err(found)?;
                    // The call itself says what is wrong with a name.
                    names.retain(|name| *name != value);
                    tag.params = vec![value];
                    return Ok(names);
                }
                check_helper(&helper).map_err(found)?;
                gather_all(&tag.params, &tag.hash, &mut names).map_err(found)?;
                if helpers::writes(&helper) {
                    let before = &self.text[..offset(self.text, at.0, at.1)];
                    place::check(&helper, before).map_err(found)?;
                } else {
                    let params = std::mem::take(&mut tag.params);
                    let hash = std::mem::take(&mut tag.hash);
                    let callee = std::mem::replace(&mut tag.name, name(writer));
                    tag.params = vec![Parameter::Subexpression(Subexpression::new(
                        callee, params, hash,
                    ))];
                }
            }
            TemplateElement::HelperBlock(tag) => {
                check_helper(tag.name.as_name().unwrap_or_default()).map_err(found)?;
                gather_all(&tag.params, &tag.hash, &mut names).map_err(found)?;
                for inner in [&mut tag.template, &mut tag.inverse].into_iter().flatten() {
                    self.template(inner, place)?;
                }
            }
            TemplateElement::PartialExpression(tag) | TemplateElement::PartialBlock(tag) => {
                match tag.name.as_name() {
                    Some("@partial-block") => {}
                    Some(partial) => self.includes.push((partial.to_owned(), at)),
                    None => return Err(found(computed())),
                }
                gather_all(&tag.params, &tag.hash, &mut names).map_err(found)?;
                if let Some(inner) = &mut tag.template {
                    self.template(inner, place)?;
                }
            }
            TemplateElement::DecoratorExpression(tag) | TemplateElement::DecoratorBlock(tag) => {
                match (tag.name.as_name(), tag.params.as_slice()) {
                    (Some("inline"), [Parameter::Literal(serde_json::Value::String(name))]) => {
                        self.defines.push(name.clone());
                    }
                    _ => return Err(found(computed())),
                }
                if let Some(inner) = &mut tag.template {
                    self.template(inner, place)?;
                }
            }
            _ => {}
        }
        Ok(names)
    }
}

fn computed() -> Fault {
    Fault::new(
        Code::TemplatePartial,
        "the name of a partial is written out",
    )
    .note("which partials a template needs is known before it is rendered")
    .help("use `{{#if …}}` around several `{{> name}}`")
}

fn name(name: &str) -> Parameter {
    Parameter::Name(name.to_owned())
}

fn call(helper: &str, params: Vec<Parameter>) -> TemplateElement {
    *Subexpression::new(name(helper), params, HashMap::new()).element
}

fn check_helper(name: &str) -> Result<(), Fault> {
    if helpers::exists(name) {
        return Ok(());
    }
    let fault = Fault::new(Code::TemplateHelper, format!("there is no helper `{name}`"));
    Err(fault
        .word(name)
        .nearest(name, helpers::names(), str::to_owned))
}

fn gather_all(
    params: &[Parameter],
    hash: &HashMap<String, Parameter>,
    names: &mut Vec<Parameter>,
) -> Result<(), Fault> {
    let mut keys: Vec<_> = hash.iter().collect();
    keys.sort_by_key(|(key, _)| key.as_str());
    let hash = keys.into_iter().map(|(_, value)| value);
    params
        .iter()
        .chain(hash)
        .try_for_each(|param| gather(param, names))
}

/// The names in a parameter, those of calls in it too.
fn gather(param: &Parameter, names: &mut Vec<Parameter>) -> Result<(), Fault> {
    match param {
        Parameter::Path(_) => names.push(param.clone()),
        Parameter::Subexpression(inner) => {
            if let TemplateElement::Expression(call) = inner.as_element() {
                if call.params.is_empty() && call.hash.is_empty() {
                    return gather(&call.name, names);
                }
                check_helper(call.name.as_name().unwrap_or_default())?;
                gather_all(&call.params, &call.hash, names)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// A registry in which nothing is escaped: what is written passed through a helper.
pub(super) fn registry() -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(handlebars::no_escape);
    helpers::register(&mut registry);
    registry
}
