//! Sources that could not be understood: what they do is unknown, and nothing may be concluded from their silence.

use cargo_metadata::{Package, PackageId};

use crate::decision::Evidence;
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::Workspace;

/// More are only counted.
const NAMED: usize = 5;

/// Warns of the files that nothing is known about.
pub(super) fn warn(workspace: &Workspace, locals: &[&Package]) -> Option<Diagnostic> {
    let ids = locals.iter().map(|package| &package.id);
    let files: Vec<(String, &str)> = ids.flat_map(|id| files(workspace, id)).collect();
    let (first, reason) = files.first()?;
    let message = match files.len() {
        1 => format!("`{first}` could not be understood: {reason}"),
        count => format!("{count} source files could not be understood"),
    };
    let mut warning = Diagnostic::warning(Code::UnreadSource, message);
    if files.len() > 1 {
        for (file, reason) in files.iter().take(NAMED) {
            warning = warning.note(format!("`{file}`: {reason}"));
        }
    }
    let effect = "ports, files and threads of this code are not seen";
    let help =
        "make sure that it compiles, or set `port`, `assets`, `include` and `linkage` by hand";
    Some(warning.note(effect).help(help))
}

/// The first of these files of a package, as evidence that something was not seen.
pub(super) fn evidence(workspace: &Workspace, unseen: &str) -> Option<Evidence> {
    let mut ids = workspace.sources.keys();
    let (file, reason) = ids.find_map(|id| files(workspace, id).next())?;
    let fact = format!("{reason}; {unseen}");
    Some(Evidence::file(file, None, fact))
}

fn files<'a>(
    workspace: &'a Workspace,
    package: &'a PackageId,
) -> impl Iterator<Item = (String, &'a str)> {
    let sources = workspace.sources.get(package).into_iter();
    let unread = sources.flat_map(|sources| &sources.unread);
    unread.map(|(path, reason)| {
        let file = workspace.display(path).escape_debug().to_string();
        (file, reason.as_str())
    })
}
