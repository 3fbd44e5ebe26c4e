//! `templates`: what is built in, to look at and to start from.

use std::path::Path;
use std::process::ExitCode;

use super::arguments::{Arguments, TemplatesArguments, TemplatesCommand};
use super::report::{NAME, Report};
use super::terminal::Text;
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::output::{Destination, Folder, GeneratedFile};
use crate::render::{BuiltIn, built_in};

pub(super) fn run(
    arguments: &Arguments,
    chosen: &TemplatesArguments,
    report: &Report,
) -> Result<ExitCode> {
    match &chosen.command {
        None => list(report),
        Some(TemplatesCommand::Eject { name }) => {
            eject(arguments, name.as_deref(), report)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(report: &Report) {
    let width = built_in().iter().map(|template| template.name.len()).max();
    let width = width.unwrap_or_default();
    for template in built_in() {
        let (name, summary) = (template.name, template.summary());
        let line = Text::new().styled(NAME, &format!("{name:<width$}"));
        report.prose(&line.add("  ").add(summary).end());
    }
}

fn eject(arguments: &Arguments, name: Option<&str>, report: &Report) -> Result<()> {
    let templates = chosen(name)?;
    let folder = arguments.templates_folder();
    let here = std::env::current_dir()?;
    let path = |template: &BuiltIn| {
        let path = Path::new(folder).join(format!("{}.hbs", template.name));
        crate::paths::normalize(&path)
    };
    let files: Vec<_> = templates
        .iter()
        .map(|template| GeneratedFile {
            path: here.join(path(template)),
            text: template.text.to_owned(),
        })
        .collect();
    let statuses = match arguments.is_dry_run() {
        true => {
            for (template, file) in templates.iter().zip(&files) {
                let path = crate::paths::slashed(&path(template));
                report.file(&path, &file.text);
            }
            report.status("Skipped", "writing, as this is a dry run");
            Vec::new()
        }
        false => {
            let folder = Folder::typed(&here, Path::new(folder))?;
            Destination::folder(folder).write_new(&files, arguments.is_forced())?
        }
    };
    for (template, status) in templates.iter().zip(statuses) {
        let path = crate::paths::slashed(&path(template));
        report.status(&format!("{status:?}"), &path);
    }
    let folder = crate::paths::slashed(&crate::paths::normalize(Path::new(folder)));
    let key = match name {
        Some("Dockerfile") => format!("template = \"{folder}/Dockerfile.hbs\""),
        _ => format!("partials = \"{folder}\""),
    };
    report.status(
        "Next",
        &format!("under [package.metadata.dockerize], relative to its manifest: {key}"),
    );
    Ok(())
}

fn chosen(name: Option<&str>) -> Result<Vec<BuiltIn>> {
    let Some(name) = name else {
        return Ok(built_in().to_vec());
    };
    let bare = name.strip_suffix(".hbs").unwrap_or(name);
    let named = built_in().iter().find(|template| template.name == bare);
    match named {
        Some(template) => Ok(vec![*template]),
        None => {
            let message = format!("there is no built-in template `{}`", name.escape_debug());
            let names = built_in().iter().map(|template| template.name);
            let error = Diagnostic::error(Code::UnknownTemplate, message);
            let nearest = crate::names::alike(bare, names);
            Err(nearest
                .into_iter()
                .fold(error, |error, name| {
                    error.help(format!("did you mean `{name}`?"))
                })
                .help("see them all: cargo dockerize templates")
                .into())
        }
    }
}
