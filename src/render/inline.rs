//! Puts partials in the place of the tags that include them: to include one is to copy the whole plan.

use std::collections::BTreeMap;

use handlebars::Template;
use handlebars::template::TemplateElement;

/// Puts the partials into a template, and those that they include themselves.
///
/// Tags that give a partial values of its own stay as they are. No partial may include itself.
pub(super) fn inline(template: &mut Template, partials: &BTreeMap<String, Template>) {
    let elements = std::mem::take(&mut template.elements);
    let mapping = std::mem::take(&mut template.mapping);
    let mut places = mapping.into_iter();
    for mut element in elements {
        let place = places.next();
        let inner = match &mut element {
            TemplateElement::HelperBlock(tag) => {
                for inner in [&mut tag.template, &mut tag.inverse].into_iter().flatten() {
                    inline(inner, partials);
                }
                None
            }
            TemplateElement::PartialExpression(tag) => {
                let is_plain = tag.params.is_empty()
                    && tag.hash.is_empty()
                    && tag.template.is_none()
                    && tag.indent.is_none();
                let name = tag.name.as_name().filter(|_| is_plain);
                name.and_then(|name| partials.get(name)).cloned()
            }
            _ => None,
        };
        let elements = match inner {
            Some(mut inner) => {
                inline(&mut inner, partials);
                inner.elements
            }
            None => vec![element],
        };
        for element in elements {
            template.elements.push(element);
            template.mapping.extend(place.clone());
        }
    }
}
