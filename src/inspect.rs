//! The facts of a project: every read and every subprocess is here, no opinion is.

mod candidates;
mod cargo;
mod compiler;
mod config;
mod elsewhere;
#[cfg(feature = "cli")]
mod generated;
mod index;
mod locate;
mod manifest;
mod members;
mod mirror;
mod package;
mod place;
mod previous;
mod programs;
mod project;
mod read;
mod request;
mod scripts;
mod secrets;
mod select;
mod sources;
mod targets;
mod templates;
mod toolchain;
mod tracked;
mod wanted;
mod workspace;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use self::cargo::cut_lock_file;
#[cfg(any(fuzzing, test))]
pub(crate) use self::cargo::parsed as parse_metadata;
pub use self::compiler::Compiler;
pub use self::config::CargoConfig;
pub(crate) use self::config::included;
#[cfg(feature = "cli")]
pub(crate) use self::generated::generated;
pub use self::index::PackageIndex;
pub use self::manifest::ManifestFacts;
pub(crate) use self::package::folder;
use self::place::is_one_of_all;
pub use self::previous::Previous;
pub use self::programs::CargoProgram;
pub use self::project::Project;
pub use self::request::Request;
pub(crate) use self::scripts::NATIVE_TOOLS;
pub use self::secrets::NamedSecret;
pub use self::select::Selected;
pub use self::sources::{
    Address, CompileVariable, FrontEnd, Mark, MissingFile, NeededFile, NodePackage, PackageSources,
    Remedy, Schemas, SourceMark,
};
pub(crate) use self::sources::{Asking, is_address};
pub(crate) use self::targets::is_absolute;
pub use self::templates::TemplateSource;
pub use self::toolchain::ToolchainFile;
pub use self::workspace::Workspace;
pub use crate::source::{Base, Fact, Known, Meaning, Otherwise, Place};

use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::limits;
use crate::settings::{Caller, ManifestTable, Settings, Source, SourceKind, read_table};

/// The root of the project that a request is about; none where cargo does not find one.
#[cfg(feature = "cli")]
pub(crate) fn root(request: &Request<'_>) -> Option<PathBuf> {
    // Nothing is asked of a toolchain that the repository has with it.
    toolchain::find(&request.current_dir).ok()?;
    cargo::root(request).ok()
}

/// Reads everything that planning one image needs.
///
/// # Errors
///
/// As [`inspect_all`]; and a package that has several images, where the request names none of them.
pub fn inspect(request: &Request<'_>) -> Result<Workspace> {
    let (_, mut images) = inspect_all(request)?;
    match images.len() {
        1 => Ok(images.remove(0)),
        _ => {
            let error = Diagnostic::error(
                Code::SeveralImages,
                format!("found {} images; choose one", images.len()),
            );
            let names = images.iter().filter_map(|image| image.image.as_ref());
            Err(names
                .fold(error, |error, name| {
                    error.help(format!("cargo dockerize --image {name}"))
                })
                .into())
        }
    }
}

/// Reads everything that planning needs, cargo's answer once for all images.
///
/// # Errors
///
/// No manifest, a manifest that cargo refuses, an unknown key in a table, no binary or several
/// several candidates; each with the way out.
pub fn inspect_all(request: &Request<'_>) -> Result<(Arc<Project>, Vec<Workspace>)> {
    let project = Arc::new(Project::read(request)?);
    let packages = match request.whole_workspace {
        true => members::shipped(request, &project)?,
        false => vec![select::select(request, &project)?],
    };
    let scans = Scans::default();
    let mut images = Vec::new();
    let mut undecided = Vec::new();
    let mut refused = None;
    for package in packages {
        match views(request, &project, &scans, &package) {
            Ok(views) => images.extend(views),
            Err(error) => match members::left_out(request, &project, &package, &error) {
                Some(warning) => {
                    undecided.push(warning);
                    refused.get_or_insert(error);
                }
                None => return Err(error),
            },
        }
    }
    match (images.first_mut(), refused) {
        (Some(first), _) => first.undecided = undecided,
        (None, Some(error)) => return Err(error),
        (None, None) => {}
    }
    members::check_places(&images)?;
    Ok((project, images))
}

/// What was read for one image may serve the next.
#[derive(Default)]
struct Scans {
    sources: sources::Scans,
    secrets: secrets::Scans,
    scripts: scripts::Scans,
}

/// The images of a package: those that its table names, or else one.
fn views(
    request: &Request<'_>,
    project: &Arc<Project>,
    scans: &Scans,
    selected: &Selected,
) -> Result<Vec<Workspace>> {
    let package = project.package_of(&selected.package);
    let manifest = package.manifest_path.as_std_path();
    let text = limits::read(manifest, limits::TEXT)?;
    let table = read_table(manifest, &text, ManifestTable::Package)?;
    let folder = folder(package);
    let shown = crate::paths::relative(manifest, &project.root);
    let below = [
        Source {
            table: &table,
            kind: SourceKind::Manifest {
                name: ManifestTable::Package.name(),
                shown: &shown,
                text: &text,
            },
            folder: &folder,
            root: &project.root,
        },
        Source {
            table: &project.table,
            kind: SourceKind::Manifest {
                name: ManifestTable::Workspace.name(),
                shown: Path::new("Cargo.toml"),
                text: &project.root_manifest.text,
            },
            folder: &project.root,
            root: &project.root,
        },
    ];
    let above = above(request, &folder, &project.root);
    let view = |image: Option<&str>, sources: Vec<Source<'_>>| {
        view(
            request,
            project,
            scans,
            selected,
            image,
            &Settings::resolve(&sources),
        )
    };
    let Some(images) = members::images(request, &table, package, (manifest, &text))? else {
        return Ok(vec![view(None, [above, below].concat())?]);
    };
    let mut views = Vec::new();
    for (name, table) in images {
        let full = format!("{}.images.{name}", ManifestTable::Package.name());
        let own = Source {
            table,
            kind: SourceKind::Manifest {
                name: &full,
                shown: &shown,
                text: &text,
            },
            ..below[0]
        };
        let sources = above.iter().copied().chain([own]).chain(below);
        views.push(view(Some(name), sources.collect())?);
    }
    Ok(views)
}

/// What overrides the manifests. A path of a flag means what it means to the shell; all others mean what they mean in
/// the package's manifest, wherever the tool is called.
fn above<'a>(request: &'a Request<'_>, package: &'a Path, root: &'a Path) -> [Source<'a>; 2] {
    let in_package = |table, kind| Source {
        table,
        kind,
        folder: package,
        root,
    };
    let overrides = match request.caller {
        Caller::BuildScript => in_package(&request.overrides, SourceKind::Setters),
        Caller::CommandLine => Source {
            table: &request.overrides,
            kind: SourceKind::Flags,
            folder: &request.current_dir,
            root: &request.current_dir,
        },
    };
    [
        overrides,
        in_package(&request.variables, SourceKind::Variables),
    ]
}

fn view(
    request: &Request<'_>,
    project: &Arc<Project>,
    scans: &Scans,
    selected: &Selected,
    image: Option<&str>,
    settings: &Settings,
) -> Result<Workspace> {
    let selected = select::binary(project, selected.clone(), settings)?;
    let package = project.package_of(&selected.package);
    let mut sources = scans.sources.of(project, &selected, settings)?;
    if let Some(own) = sources.get_mut(&selected.package) {
        own.needed.extend(wanted::included(settings)?);
    }
    let dockerfile = place::dockerfile(request, project, package, image, settings)?;
    let front_ends = sources.values().flat_map(|sources| &sources.front_ends);
    let front_ends: Vec<&FrontEnd> = front_ends.collect();
    let assets = wanted::assets(settings, &folder(package), &project.root, &front_ends)?;
    Ok(Workspace {
        scripts: scans.scripts.of(project),
        ignored: ignored(project, sources.values(), &assets),
        secrets: scans.secrets.of(project, sources.values(), &assets),
        assets,
        previous: if request.fresh {
            None
        } else {
            previous::read(&dockerfile, &project.bounds)
        },
        templates: templates::read(settings, &project.root, project.repository.as_deref())?,
        project: Arc::clone(project),
        image: image.map(str::to_owned),
        settings: settings.clone(),
        is_one_of_all: is_one_of_all(request, project),
        excluded: request.exclude.clone(),
        undecided: Vec::new(),
        selected,
        sources,
        dockerfile,
    })
}

/// What goes into the build and is not in a clone of the repository.
fn ignored<'a>(
    project: &Project,
    sources: impl Iterator<Item = &'a PackageSources>,
    assets: &[NeededFile],
) -> BTreeSet<PathBuf> {
    let Some(repository) = &project.repository else {
        return BTreeSet::new();
    };
    let needed = sources.flat_map(|sources| &sources.needed).chain(assets);
    let needed = needed.map(|file| file.path.clone());
    let lock_file = project
        .lock_file
        .is_some()
        .then(|| project.root.join("Cargo.lock"));
    let configs = project
        .cargo_configs
        .iter()
        .map(|config| config.path.clone());
    let all: BTreeSet<PathBuf> = needed.chain(lock_file).chain(configs).collect();
    tracked::ignored(repository, &all)
}
