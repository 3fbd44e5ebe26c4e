//! The facts of a project: every read and every subprocess is here, no opinion is.

mod cargo;
mod config;
mod lexer;
mod manifest;
mod previous;
mod select;
mod sources;
mod toolchain;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, Package, PackageId};

pub use self::cargo::Compiler;
pub(crate) use self::cargo::cut_lock_file;
pub use self::config::CargoConfig;
pub use self::manifest::ManifestFacts;
pub use self::previous::Previous;
pub use self::select::Selected;
pub(crate) use self::sources::folder;
pub use self::sources::{
    Address, FrontEnd, Mark, NeededFile, NodePackage, PackageSources, Schemas, SourceMark,
};
pub use self::toolchain::ToolchainFile;

use crate::config::{Layer, Settings};
use crate::diagnostic::Diagnostic;
use crate::error::Result;

/// What to look at, as the command line or a build script says it.
#[derive(Default)]
pub struct Request<'a> {
    /// The folder that the search for a manifest starts from; absolute.
    pub current_dir: PathBuf,
    /// A manifest, instead of the one found from the current folder.
    pub manifest_path: Option<PathBuf>,
    /// The package to ship (`-p`).
    pub package: Option<String>,
    /// The wishes of the command line.
    pub flags: Layer,
    /// Pass `--locked` to cargo.
    pub locked: bool,
    /// Pass `--offline` to cargo.
    pub offline: bool,
    /// Do not keep anything from a Dockerfile that is there.
    pub fresh: bool,
    /// Called with each line that cargo writes to its standard error.
    pub progress: Option<&'a (dyn Fn(&str) + Sync)>,
}

/// The inspected facts of one project, seen from the package that is shipped.
#[derive(Debug)]
pub struct Workspace {
    /// The workspace's root folder, absolute.
    pub root: PathBuf,
    /// What `cargo metadata` says, all features on, for the platforms an image can have.
    pub metadata: Metadata,
    /// The package and the binary to ship.
    pub selected: Selected,
    /// The wishes of the flags and the package's table.
    pub settings: Settings,
    /// The lock file's text, where there was one.
    pub lock_file: Option<String>,
    /// The file that pins the toolchain.
    pub toolchain: Option<ToolchainFile>,
    /// The compiler that runs here.
    pub compiler: Option<Compiler>,
    /// `.cargo/config.toml` of the workspace, and those of the folders above it up to the repository.
    pub cargo_configs: Vec<CargoConfig>,
    /// What the manifests say that `cargo metadata` does not repeat, by package.
    pub manifests: BTreeMap<PackageId, ManifestFacts>,
    /// What the workspace's root manifest says.
    pub root_manifest: ManifestFacts,
    /// Sources of the local packages that the shipped one can reach, by package.
    pub sources: BTreeMap<PackageId, PackageSources>,
    /// Files and folders that the image gets for the program to open, absolute.
    pub assets: Vec<NeededFile>,
    /// The folder that holds `.git`, absolute, where there is one.
    pub repository: Option<PathBuf>,
    /// Root manifests of other workspaces that path dependencies belong to, absolute.
    pub foreign_roots: Vec<PathBuf>,
    /// The Dockerfile that is there already, if it is one of ours.
    pub previous: Option<Previous>,
    /// Where the Dockerfile goes, absolute.
    pub dockerfile: PathBuf,
}

impl Workspace {
    /// The shipped package.
    pub fn package(&self) -> &Package {
        &self.metadata[&self.selected.package]
    }

    /// Whether features are unified over everything that is built, tests too: what resolver 1 does.
    pub fn unifies_features(&self) -> bool {
        match self.root_manifest.resolver.as_deref() {
            Some(resolver) => resolver == "1",
            // Without the key the edition of the root package decides; a virtual workspace has none.
            None => self
                .metadata
                .root_package()
                .is_none_or(|root| matches!(root.edition.as_str(), "2015" | "2018")),
        }
    }

    /// The packages of the workspace, and those that it names by path.
    pub fn local_packages(&self) -> impl Iterator<Item = &Package> {
        let packages = self.metadata.packages.iter();
        packages.filter(|package| package.source.is_none())
    }

    /// A path as the user would write it: relative to the workspace's root.
    pub fn display(&self, path: &Path) -> String {
        crate::paths::slashed(&crate::paths::relative(path, &self.root))
    }
}

/// Reads everything that planning needs.
///
/// # Errors
///
/// No manifest, a manifest that cargo refuses, an unknown key in the package's table, no binary or
/// several equally likely ones; each with the way out.
pub fn inspect(request: &Request<'_>) -> Result<Workspace> {
    let (outcome, compiler) = std::thread::scope(|scope| {
        let compiler = scope.spawn(|| cargo::compiler(&request.current_dir));
        let outcome = cargo::metadata(request);
        (outcome, compiler.join().ok().flatten())
    });
    let cargo::Outcome {
        metadata,
        has_lock_file,
    } = outcome?;
    let root = metadata.workspace_root.clone().into_std_path_buf();
    let selected = select::select(request, &metadata)?;
    let package = &metadata[&selected.package];
    let manifest_path = package.manifest_path.as_std_path();
    let text = fs_err::read_to_string(manifest_path)?;
    let table = crate::config::read_table(manifest_path, &text)?;
    let shown = crate::paths::relative(manifest_path, &root);
    let settings = Settings::resolve(&request.flags, &table, (&shown, &text));
    let selected = select::binary(&metadata, selected, &settings)?;

    let root_manifest = manifest::read(&root.join("Cargo.toml"))?;
    let mut manifests = BTreeMap::new();
    for package in metadata.packages.iter().filter(|p| p.source.is_none()) {
        let facts = manifest::read(package.manifest_path.as_std_path())?;
        manifests.insert(package.id.clone(), facts);
    }
    let foreign_roots = foreign_roots(&metadata)?;
    let mut sources = sources::scan(&metadata, &selected.package, &selected.binary);
    if let Some(own) = sources.get_mut(&selected.package) {
        own.needed.extend(included(
            &settings,
            &sources::folder(&metadata[&selected.package]),
        )?);
    }
    let front_ends: Vec<&FrontEnd> = sources
        .values()
        .flat_map(|sources| &sources.front_ends)
        .collect();
    let assets = assets(
        &settings,
        &sources::folder(&metadata[&selected.package]),
        &root,
        &front_ends,
    )?;
    let lock_file = match has_lock_file {
        true => Some(fs_err::read_to_string(root.join("Cargo.lock"))?),
        false => None,
    };
    let dockerfile = match &settings.output {
        Some(wish) if matches!(wish.origin, crate::decision::Origin::Flag { .. }) => {
            crate::paths::normalize(&request.current_dir.join(&wish.value))
        }
        Some(wish) => crate::paths::normalize(&root.join(&wish.value)),
        None => root.join("Dockerfile"),
    };
    let previous = if request.fresh {
        None
    } else {
        previous::read(&dockerfile)
    };
    Ok(Workspace {
        repository: root
            .ancestors()
            .find(|folder| folder.join(".git").exists())
            .map(Path::to_path_buf),
        foreign_roots,
        toolchain: toolchain::find(&root)?,
        cargo_configs: config::find(&root)?,
        root,
        metadata,
        selected,
        settings,
        lock_file,
        compiler,
        manifests,
        root_manifest,
        sources,
        assets,
        previous,
        dockerfile,
    })
}

/// The workspaces that path dependencies from outside may inherit from.
fn foreign_roots(metadata: &Metadata) -> Result<Vec<PathBuf>> {
    let mut roots = Vec::new();
    let locals = metadata
        .packages
        .iter()
        .filter(|package| package.source.is_none());
    for package in locals.filter(|package| !metadata.workspace_members.contains(&package.id)) {
        let folder = sources::folder(package);
        for manifest in folder
            .ancestors()
            .skip(1)
            .map(|folder| folder.join("Cargo.toml"))
        {
            if !manifest.is_file()
                || manifest.parent() == Some(metadata.workspace_root.as_std_path())
            {
                continue;
            }
            if manifest::read(&manifest)?.is_workspace_root {
                roots.push(manifest);
                break;
            }
        }
    }
    roots.sort();
    roots.dedup();
    Ok(roots)
}

/// The files and folders that the user says the compile needs.
fn included(settings: &Settings, package: &Path) -> Result<Vec<NeededFile>> {
    let mut needed = Vec::new();
    for wish in settings.include.iter() {
        for name in &wish.value {
            let path = crate::paths::normalize(&package.join(name));
            if !path.exists() {
                return Err(Diagnostic::error(
                    "include-missing",
                    format!("`{}` does not exist", name.escape_debug()),
                )
                .note(wish.origin.to_string())
                .help("paths of `include` are relative to the package")
                .into());
            }
            needed.push(NeededFile {
                is_folder: path.is_dir(),
                path,
                fact: "`include` asks for it".to_owned(),
                found_at: None,
            });
        }
    }
    Ok(needed)
}

/// The files and folders that the program opens when it runs, as the user says it.
fn assets(
    settings: &Settings,
    package: &Path,
    root: &Path,
    front_ends: &[&FrontEnd],
) -> Result<Vec<NeededFile>> {
    let mut assets = Vec::new();
    for wish in settings.assets.iter() {
        for name in &wish.value {
            let path = crate::paths::normalize(&package.join(name));
            let refuse = |code, what: &str| {
                let message = format!("`{}` {what}", name.escape_debug());
                Diagnostic::error(code, message).note(wish.origin.to_string())
            };
            let asset = |path: PathBuf| NeededFile {
                is_folder: path.is_dir(),
                path,
                fact: "`assets` asks for it".to_owned(),
                found_at: None,
            };
            // What a front end is built to need not be there.
            if front_ends
                .iter()
                .any(|front_end| path.starts_with(&front_end.built))
            {
                assets.push(asset(path));
                continue;
            }
            if !path.exists() {
                return Err(refuse("asset-missing", "does not exist")
                    .help("paths of `assets` are relative to the package")
                    .into());
            }
            let real = fs_err::canonicalize(&path)?;
            if !path.starts_with(root) || !real.starts_with(fs_err::canonicalize(root)?) {
                return Err(refuse("asset-outside", "lies outside the workspace")
                    .help("move it into the workspace: what lies outside cannot be copied")
                    .into());
            }
            if package.starts_with(&path) || root.starts_with(&path) {
                return Err(refuse("asset-whole", "is the whole package")
                    .help("name the folders that the program opens: `assets = [\"static\"]`")
                    .into());
            }
            assets.push(asset(path));
        }
    }
    Ok(assets)
}
