//! What a tool for the browser makes: the image's build does not.

use cargo_metadata::Package;

use super::quote;
use crate::diagnostic::{Diagnostic, Location};
use crate::inspect::{FrontEnd, Workspace};

/// Says which folders have to be there before the image is built.
pub(crate) fn check(workspace: &Workspace, locals: &[&Package]) -> Vec<Diagnostic> {
    let sources = locals
        .iter()
        .filter_map(|package| workspace.sources.get(&package.id));
    sources
        .flat_map(|sources| &sources.front_ends)
        .map(|front_end| one(workspace, front_end))
        .collect()
}

fn one(workspace: &Workspace, front_end: &FrontEnd) -> Diagnostic {
    let output = workspace.display(&front_end.output);
    let output = output.escape_debug();
    let diagnostic = match front_end.is_there {
        true => Diagnostic::info(
            "front-end",
            format!("`{output}` is taken as it is: the image's build does not make it anew"),
        ),
        false => Diagnostic::warning(
            "front-end",
            format!("`{output}` is not there, and the image's build does not make it"),
        ),
    };
    let mark = &front_end.found_at;
    let location = Location {
        path: workspace.display(&mark.path).into(),
        line: mark.line,
        text: String::new(),
        span: 0..0,
        label: String::new(),
    };
    let manifest = workspace.display(&front_end.manifest);
    let diagnostic = diagnostic.at(location).note(format!(
        "`{}` is what it is made from",
        manifest.escape_debug()
    ));
    let folder = front_end.manifest.parent().unwrap_or(&workspace.root);
    diagnostic.help(match front_end.command {
        Some(command) => {
            let folder = quote::shell(&workspace.display(folder));
            format!(
                "before the image: (cd {} && {command})",
                folder.escape_debug()
            )
        }
        None => "make it before the image is built".to_owned(),
    })
}
