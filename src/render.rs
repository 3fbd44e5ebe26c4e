//! From a plan to text. The templates decide nothing: they only write down what was planned.

mod helpers;

use handlebars::{Handlebars, TemplateError};

use crate::error::Result;
use crate::header::with_header;
use crate::output::GeneratedFile;
use crate::plan::Image;

macro_rules! partials {
    ($($name:literal),*) => {
        [$(($name, include_str!(concat!("../templates/partials/", $name, ".hbs")))),*]
    };
}

/// The templates of whole files, and the parts that they are put together from.
const FILES: [(&str, &str); 2] = [
    ("Dockerfile", include_str!("../templates/Dockerfile.hbs")),
    (
        "dockerignore",
        include_str!("../templates/dockerignore.hbs"),
    ),
];
const PARTIALS: [(&str, &str); 11] = partials!(
    "assets",
    "builder",
    "build",
    "compare",
    "dependencies",
    "files",
    "front-end",
    "libraries",
    "program",
    "runtime",
    "skeleton"
);

/// Renders the files of an image: its Dockerfile and its ignore file, in that order.
///
/// `root` is the workspace's root, which the paths of the plan are relative to.
///
/// # Errors
///
/// A template that does not fit the plan.
pub fn render(image: &Image, root: &std::path::Path) -> Result<Vec<GeneratedFile>> {
    // The templates are compiled in; a test renders each of them.
    let registry = registry().expect("the templates that are compiled in are valid");
    [
        ("Dockerfile", &image.files.dockerfile),
        ("dockerignore", &image.files.ignore_file),
    ]
    .into_iter()
    .map(|(template, path)| {
        let body = registry.render(template, image).map_err(Box::new)?;
        Ok(GeneratedFile {
            path: crate::paths::normalize(&root.join(path)),
            text: with_header(&body, &image.files.command),
        })
    })
    .collect()
}

fn registry() -> Result<Handlebars<'static>, Box<TemplateError>> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(handlebars::no_escape);
    helpers::register(&mut registry);
    for (name, text) in FILES.into_iter().chain(PARTIALS) {
        registry
            .register_template_string(name, text)
            .map_err(Box::new)?;
    }
    Ok(registry)
}
