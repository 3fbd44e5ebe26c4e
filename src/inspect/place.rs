//! Where the Dockerfile goes, and whether the project may write there.

use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, Package};

use super::package::folder;
use super::project::Project;
use super::request::Request;
use crate::decision::Origin;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::error::{Error, Result};
use crate::folder::{Folder, name_the_target};
use crate::limits;
use crate::paths::{common_ancestor, normalize};
use crate::settings::{Caller, Settings, Sourced};

/// Where the Dockerfile goes: the workspace's root, or beside the package where each has its own.
///
/// What a manifest asks for comes with a clone, and whoever only looks at a clone has not agreed to it: it
/// counts inside of the project. A path that somebody types may be anywhere.
///
/// # Errors
///
/// A path that leads out of the project, also by a symlink.
pub(super) fn dockerfile(
    request: &Request<'_>,
    project: &Project,
    package: &Package,
    image: Option<&str>,
    settings: &Settings,
) -> Result<PathBuf> {
    let path = match &settings.output {
        Some(output) => output.folder.join(&output.value),
        None => {
            let folder = match is_one_of_all(request, project) {
                true => folder(package),
                false => project.root.clone(),
            };
            match image {
                Some(name) => folder.join(format!("{name}.Dockerfile")),
                None => folder.join("Dockerfile"),
            }
        }
    };
    let path = normalize(&path);
    let output = settings.output.as_ref();
    let is_typed = output.is_some_and(|output| is_typed(request, output));
    match path.strip_prefix(&project.bounds) {
        Ok(inside) => match Folder::open(&project.bounds)?.locate(inside) {
            Ok(_) => Ok(path),
            Err(error) => Err(match name_the_target(error) {
                Error::Refused(refused) => at_its_key(*refused, output, &project.root),
                other => other,
            }),
        },
        Err(_) if is_typed => Ok(path),
        Err(_) => {
            let value =
                output.map_or_else(|| path.to_string_lossy(), |output| (&output.value).into());
            let message = format!("`{}` lies outside of the project", value.escape_debug());
            let bounds = project.bounds.display().to_string();
            let error = Diagnostic::error(Code::OutputOutside, message)
                .note(format!("the project is `{}`", bounds.escape_debug()))
                .help("name a path inside of it, or type one as a flag: `--output PATH`");
            Err(at_its_key(error, output, &project.root))
        }
    }
}

/// Whether a path was typed by the one who runs the tool.
///
/// A build script is code of the project, and cargo sets variables for it that the project names.
fn is_typed(request: &Request<'_>, output: &Sourced<String>) -> bool {
    let is_own = matches!(output.origin, Origin::Flag { .. } | Origin::Variable { .. });
    is_own && request.caller == Caller::CommandLine
}

/// Points at the key of a manifest, where one asks for the file.
fn at_its_key(error: Diagnostic, output: Option<&Sourced<String>>, root: &Path) -> Error {
    let Some(output) = output else {
        return error.into();
    };
    match location(output, root) {
        Some(location) => error.at(location).note(output.origin.to_string()),
        None => error.note(output.origin.to_string()),
    }
    .into()
}

fn location(output: &Sourced<String>, root: &Path) -> Option<Location> {
    let Origin::Key { file, line, .. } = &output.origin else {
        return None;
    };
    let path = normalize(&root.join(file));
    let text = limits::read(&path, limits::TEXT).ok()?;
    let lines = text.split_inclusive('\n');
    let start: usize = lines.take(line.saturating_sub(1)).map(str::len).sum();
    let row = text.get(start..)?.lines().next()?;
    let span = match row.find(&output.value) {
        Some(at) if !output.value.is_empty() => start + at..start + at + output.value.len(),
        _ => start..start + row.len(),
    };
    Some(Location::new(path, &text, span).label("chosen here"))
}

/// The folder that belongs to the project: its repository, or the workspace with all members.
///
/// A home folder that is a repository itself holds more than one project, and does not count.
pub(super) fn bounds(metadata: &Metadata, repository: Option<&Path>) -> PathBuf {
    let root = metadata.workspace_root.as_std_path();
    let home = ["HOME", "USERPROFILE"]
        .into_iter()
        .find_map(std::env::var_os);
    let is_home = |folder: &Path| {
        home.as_ref()
            .is_some_and(|home| is_above(folder, home.as_ref()))
    };
    let repository = repository.filter(|folder| !is_home(folder));
    let members = metadata.workspace_packages();
    let folders: Vec<PathBuf> = members.into_iter().map(folder).collect();
    let own = std::iter::once(repository.unwrap_or(root));
    common_ancestor(own.chain(folders.iter().map(PathBuf::as_path)))
        .unwrap_or_else(|| root.to_path_buf())
}

/// Whether a folder is the home folder, or holds it.
fn is_above(folder: &Path, home: &Path) -> bool {
    let real = |path: &Path| fs_err::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    real(home).starts_with(real(folder))
}

/// Whether every member that is shipped has files of its own.
pub(super) fn is_one_of_all(request: &Request<'_>, project: &Project) -> bool {
    request.whole_workspace || (request.beside_package && project.has_members())
}
