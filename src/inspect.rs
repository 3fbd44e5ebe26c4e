//! The facts of a project: every read and every subprocess is here, no opinion is.

mod cargo;
mod config;
mod elsewhere;
#[cfg(feature = "cli")]
mod generated;
mod index;
mod manifest;
mod members;
mod mirror;
mod place;
mod previous;
mod programs;
mod project;
mod scripts;
mod secrets;
mod select;
mod sources;
mod targets;
mod templates;
mod toolchain;
mod tracked;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cargo_metadata::{Package, PackageId};

pub use self::cargo::Compiler;
pub(crate) use self::cargo::cut_lock_file;
#[cfg(any(fuzzing, test))]
pub(crate) use self::cargo::parsed as parse_metadata;
pub use self::config::CargoConfig;
pub(crate) use self::config::included;
#[cfg(feature = "cli")]
pub(crate) use self::generated::generated;
pub use self::index::PackageIndex;
pub use self::manifest::ManifestFacts;
pub use self::previous::Previous;
pub use self::programs::CargoProgram;
pub use self::project::Project;
pub(crate) use self::scripts::{BuildScript, NATIVE_TOOLS};
pub use self::secrets::NamedSecret;
pub use self::select::Selected;
pub use self::sources::{
    Address, CompileVariable, FrontEnd, Mark, MissingFile, NeededFile, NodePackage, PackageSources,
    Remedy, Schemas, SourceMark,
};
pub(crate) use self::sources::{Asking, folder, is_address};
pub(crate) use self::targets::is_absolute;
pub use self::templates::TemplateSource;
pub use self::toolchain::ToolchainFile;
pub use crate::source::{Base, Fact, Known, Meaning, Otherwise, Place};

use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::limits;
use crate::settings::{
    Caller, ManifestTable, Settings, SettingsTable, Source, SourceKind, read_table,
};

/// What to look at, as the command line or a build script says it.
#[derive(Default)]
pub struct Request<'a> {
    /// The folder that the search for a manifest starts from; absolute.
    pub current_dir: PathBuf,
    /// A manifest, instead of the one found from the current folder.
    pub manifest_path: Option<PathBuf>,
    /// The package to ship (`-p`).
    pub package: Option<String>,
    /// All members that are shipped, instead of one package.
    pub whole_workspace: bool,
    /// Members to leave out of them, as globs.
    pub exclude: Vec<String>,
    /// As one of all members, where there are several: with its files beside the package.
    pub beside_package: bool,
    /// The image of the package, where it has several.
    pub image: Option<String>,
    /// Who asks.
    pub caller: Caller,
    /// The settings of the caller, which override all others.
    pub overrides: SettingsTable,
    /// The settings of the environment.
    pub variables: SettingsTable,
    /// Pass `--locked` to cargo.
    pub locked: bool,
    /// Pass `--offline` to cargo.
    pub offline: bool,
    /// Do not keep anything from a Dockerfile that is there.
    pub fresh: bool,
    /// Where cargo keeps what it learns of the compiler, instead of the project's target folder.
    pub cache: Option<PathBuf>,
    /// Called with each line that cargo writes to its standard error.
    pub progress: Option<&'a (dyn Fn(&str) + Sync)>,
}

/// The inspected facts, seen from one image: it reads as the [`Project`] that it is an image of.
#[derive(Debug)]
pub struct Workspace {
    /// What all images have in common.
    pub project: Arc<Project>,
    /// The package and the binary to ship.
    pub selected: Selected,
    /// The name of the image, where the package gives its images names.
    pub image: Option<String>,
    /// The settings of all sources.
    pub settings: Settings,
    /// Sources of the local packages that the shipped one can reach, by package.
    pub sources: BTreeMap<PackageId, PackageSources>,
    /// Build scripts of the project, and of crates whose manifests show native code.
    pub(crate) scripts: Arc<BTreeMap<PackageId, BuildScript>>,
    /// Files and folders that the image gets for the program to open, absolute.
    pub assets: Vec<NeededFile>,
    /// What its build may be given and has a name that usually holds secrets.
    pub secrets: Vec<NamedSecret>,
    /// What goes into the build, and what git ignores and does not track, absolute.
    pub ignored: BTreeSet<PathBuf>,
    /// Templates and snippets of the project, by name.
    pub templates: Vec<TemplateSource>,
    /// The Dockerfile that is there already, if it is one of ours.
    pub previous: Option<Previous>,
    /// Where the Dockerfile goes, absolute.
    pub dockerfile: PathBuf,
    /// Whether it is one of all that a whole workspace has.
    pub is_one_of_all: bool,
    /// Members of the workspace that have no image, as nothing says which of their programs it is for; said once, with
    /// the first image.
    pub undecided: Vec<Diagnostic>,
}

impl Deref for Workspace {
    type Target = Project;

    fn deref(&self) -> &Project {
        &self.project
    }
}

impl Workspace {
    /// The shipped package.
    pub fn package(&self) -> &Package {
        self.package_of(&self.selected.package)
    }
}

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
    let folder = sources::folder(package);
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
    let assets = wanted::assets(
        settings,
        &sources::folder(package),
        &project.root,
        &front_ends,
    )?;
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

/// Whether every member that is shipped has files of its own.
fn is_one_of_all(request: &Request<'_>, project: &Project) -> bool {
    request.whole_workspace || (request.beside_package && project.has_members())
}
