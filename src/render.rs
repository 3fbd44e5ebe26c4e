//! From a plan to text. The templates decide nothing: they only write down what was planned.

mod built_in;
mod fault;
mod helpers;
mod inline;
mod parameters;
mod place;
mod strict;
mod stubs;
mod values;
mod wrap;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::OnceLock;

use handlebars::{Context, Handlebars, Template};
use serde::Serialize;

pub use self::built_in::{BuiltIn, built_in};
use self::fault::{Fault, File};
use self::strict::Strict;
use crate::diagnostic::Code;
use crate::error::Result;
use crate::header::with_header;
use crate::output::GeneratedFile;
use crate::plan::{Decision, Files, Image, Plan, TemplateFile};

/// Templates that are ready to render: the built-in ones, and those of a project in their place.
pub(crate) struct Templates {
    registry: Handlebars<'static>,
    own: BTreeMap<String, TemplateFile>,
    /// The workspace's root.
    root: PathBuf,
}

impl Templates {
    /// Parses the templates of a project, and puts them over those that are built in.
    ///
    /// # Errors
    ///
    /// A template that is not valid Handlebars, or names a partial or a helper that does not exist, at its line
    /// and column.
    pub(crate) fn new(own: &[Decision<TemplateFile>], root: &Path) -> Result<Self> {
        let own: BTreeMap<_, _> = own
            .iter()
            .map(|source| (source.value.name.clone(), source.value.clone()))
            .collect();
        let mut templates = Self {
            registry: strict::registry(),
            own,
            root: root.to_path_buf(),
        };
        let built_in = built_in().iter().map(|template| template.name);
        let names: BTreeSet<String> = built_in
            .map(str::to_owned)
            .chain(templates.own.keys().cloned())
            .collect();
        let mut includes = BTreeMap::new();
        let mut defined = Vec::new();
        let mut parsed_templates = BTreeMap::new();
        for name in &names {
            let parsed = templates.parsed(name)?;
            parsed_templates.insert(name.clone(), parsed.template);
            includes.insert(name.clone(), parsed.includes);
            defined.extend(parsed.defines);
        }
        templates.check(&includes, &defined)?;
        for (name, template) in &parsed_templates {
            let mut template = template.clone();
            // Those of a project may define partials under these names, and have places to show.
            if templates.own.is_empty() {
                inline::inline(&mut template, &parsed_templates);
            }
            templates.registry.register_template(name, template);
        }
        Ok(templates)
    }

    fn parsed(&self, name: &str) -> Result<Strict> {
        let file = self.file(name);
        if let (File::BuiltIn(_), Some(known)) = (&file, parsed_built_in().get(name)) {
            return Ok(known.clone());
        }
        let strict = parse(name, file.text());
        strict.map_err(|(fault, (line, column))| fault.at(&file, line, column).into())
    }

    fn render(&self, template: &str, value: &impl Serialize) -> Result<String> {
        let context = Context::wraps(value).map_err(std::io::Error::other)?;
        self.render_in(template, &context)
    }

    fn render_in(&self, template: &str, context: &Context) -> Result<String> {
        let rendered = self.registry.render_with_context(template, context);
        rendered.map_err(|error| {
            let name = error.template_name.as_deref().unwrap_or(template);
            fault::of_render(&error, &self.file(name)).into()
        })
    }

    fn file(&self, name: &str) -> File<'_> {
        let all = built_in();
        let built_in = all.iter().find(|template| template.name == name);
        match self.own.get(name) {
            Some(source) => File::Own(source, &self.root),
            None => File::BuiltIn(built_in.unwrap_or(&all[0])),
        }
    }

    /// Checks how they hang together: each partial is there, none includes itself, each snippet is used.
    fn check(&self, includes: &Includes, defined: &[String]) -> Result<()> {
        for (name, partials) in includes {
            for (partial, (line, column)) in partials {
                let fault = if !includes.contains_key(partial) && !defined.contains(partial) {
                    Fault::new(
                        Code::TemplatePartial,
                        format!("there is no partial `{partial}`"),
                    )
                    .nearest(
                        partial,
                        includes.keys().map(String::as_str),
                        str::to_owned,
                    )
                } else if reached(partial, includes).contains(name) {
                    Fault::new(Code::TemplateCycle, format!("`{name}` includes itself"))
                        .help("a template cannot call itself; `{{#each …}}` repeats")
                } else {
                    continue;
                };
                let fault = fault.word(partial);
                return Err(fault.at(&self.file(name), *line, *column).into());
            }
        }
        let used = reached("Dockerfile", includes);
        let mut snippets = self.own.values().filter(|source| source.within.is_some());
        match snippets.find(|source| !used.contains(&source.name)) {
            Some(source) => {
                let name = &source.name;
                let fault = Fault::new(
                    Code::TemplateUnused,
                    format!("no template includes the snippet `{name}`"),
                );
                Err(fault
                    .note("templates of this project replace those that did")
                    .help(format!("write `{{{{> {name}}}}}` where it belongs"))
                    .at(&self.file(name), 1, 1)
                    .into())
            }
            None => Ok(()),
        }
    }
}

/// Parses a template, and makes it strict.
fn parse(name: &str, text: &str) -> std::result::Result<Strict, strict::Found> {
    strict::check_depth(text)?;
    match Template::compile_with_name(text, name.to_owned()) {
        Ok(template) => strict::strict(template, text),
        Err(error) => Err(fault::of_syntax(&error)),
    }
}

/// The built-in templates, which are the same for every project: they are parsed once.
fn parsed_built_in() -> &'static BTreeMap<&'static str, Strict> {
    static PARSED: OnceLock<BTreeMap<&str, Strict>> = OnceLock::new();
    PARSED.get_or_init(|| {
        let all = built_in().iter();
        let parsed = all.filter_map(|it| Some((it.name, parse(it.name, it.text).ok()?)));
        parsed.collect()
    })
}

/// What each template includes, with line and column.
type Includes = BTreeMap<String, Vec<(String, (usize, usize))>>;

/// All that a template includes, directly or through others, and itself.
fn reached<'a>(name: &'a str, includes: &'a Includes) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = vec![name];
    while let Some(name) = open.pop() {
        if let Some((name, partials)) = includes.get_key_value(name) {
            if reached.insert(name) {
                open.extend(partials.iter().map(|(partial, _)| partial.as_str()));
            }
        }
    }
    reached
}

/// Renders all files of a plan, each image with the templates that it was planned with.
///
/// `root` is the workspace's root, which the paths of the plan are relative to. Nothing else is asked for: a plan
/// that was printed as JSON and read back gives the same files.
///
/// # Errors
///
/// A template that cannot be parsed, or that does not fit the plan.
pub fn render_all(plan: &Plan, root: &Path) -> Result<Vec<GeneratedFile>> {
    let mut files = Vec::new();
    let mut ready: Vec<(&[Decision<TemplateFile>], Rc<Templates>)> = Vec::new();
    let mut templates = Vec::new();
    for image in &plan.images {
        let known = ready.iter().find(|(own, _)| *own == image.templates);
        templates.push(match known {
            Some((_, templates)) => Rc::clone(templates),
            None => {
                let new = Rc::new(Templates::new(&image.templates, root)?);
                ready.push((&image.templates, Rc::clone(&new)));
                new
            }
        });
    }
    for (image, templates) in plan.images.iter().zip(&templates) {
        files.extend(of_image(image, root, templates)?);
    }
    if let (Some(bake), Some(first)) = (&plan.bake, templates.first()) {
        let body = first.render("bake", bake)?;
        files.push(file(root, &bake.file, bake.command.as_str(), body));
        for shared in &bake.shared {
            let Files {
                dockerfile,
                ignore_file,
                command,
                ..
            } = &shared.files;
            let templates = templates.get(shared.first).unwrap_or(first);
            let body = templates.render("shared", shared)?;
            files.push(file(root, dockerfile, command.as_str(), body));
            let body = templates.render("dockerignore", shared)?;
            files.push(file(root, ignore_file, command.as_str(), body));
        }
    }
    Ok(files)
}

/// The Dockerfile of an image and its ignore file, in that order.
fn of_image(image: &Image, root: &Path, templates: &Templates) -> Result<Vec<GeneratedFile>> {
    let Files {
        dockerfile,
        ignore_file,
        command,
        ..
    } = &image.files;
    let context = Context::wraps(image).map_err(std::io::Error::other)?;
    Ok(vec![
        file(
            root,
            dockerfile,
            command.as_str(),
            templates.render_in("Dockerfile", &context)?,
        ),
        file(
            root,
            ignore_file,
            command.as_str(),
            templates.render_in("dockerignore", &context)?,
        ),
    ])
}

fn file(root: &Path, path: &str, command: &str, body: String) -> GeneratedFile {
    GeneratedFile {
        path: crate::paths::normalize(&root.join(path)),
        text: with_header(&body, command),
    }
}
