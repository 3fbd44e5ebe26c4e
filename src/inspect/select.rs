//! Which package and which binary are meant.

use std::path::Path;

use cargo_metadata::{Metadata, Package, PackageId};

use super::candidates::{
    Candidate, binaries, is_helper, is_helper_package, no_binary, several, unknown_binary, unlikely,
};
use super::project::Project;
use super::request::Request;
use crate::decision::{Evidence, Origin};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::names::nearest;
use crate::settings::{Caller, Settings, Sourced};

/// The package and the binary that are shipped, and why.
#[derive(Debug, Clone)]
pub struct Selected {
    /// The package's id.
    pub package: PackageId,
    /// The binary's name; empty until it is chosen.
    pub binary: String,
    /// Further binaries of the package, in the order in which they are asked for.
    pub extra: Vec<Sourced<String>>,
    /// Why this one.
    pub because: Vec<Evidence>,
}

impl Selected {
    /// All binaries that the image has, the one that it starts first.
    pub fn binaries(&self) -> impl Iterator<Item = &str> {
        let extra = self.extra.iter().map(|chosen| chosen.value.as_str());
        std::iter::once(self.binary.as_str()).chain(extra)
    }
}

/// Chooses the package, from flags, the current folder, and what the workspace's members have.
pub(super) fn select(request: &Request<'_>, project: &Project) -> Result<Selected> {
    let metadata = &project.metadata;
    let members: Vec<&Package> = project.members().collect();
    if request.caller == Caller::BuildScript {
        return own(request, &members);
    }
    if let Some(name) = &request.package {
        let named: Vec<_> = members.iter().filter(|p| p.name.as_str() == name).collect();
        let Some(package) = named.first() else {
            let nearest = nearest(name, members.iter().map(|p| p.name.as_str()));
            let error = Diagnostic::error(
                Code::UnknownPackage,
                format!("no package `{name}` in this workspace"),
            );
            return Err(nearest
                .into_iter()
                .fold(error, |error, name| {
                    error.help(format!("did you mean `-p {name}`?"))
                })
                .into());
        };
        return Ok(chosen(
            package,
            Origin::Flag {
                flag: "-p".to_owned(),
            },
            "this package was asked for",
        ));
    }
    if let Some(bin) = &request.overrides.bin {
        let having: Vec<_> = members
            .iter()
            .filter(|package| binaries(package).any(|target| target.name == *bin.get_ref()))
            .collect();
        if let [package] = having.as_slice() {
            return Ok(chosen(
                package,
                Origin::Flag {
                    flag: "--bin".to_owned(),
                },
                "the only package with this binary",
            ));
        }
    }
    if let Some(package) = current(request, metadata, &members) {
        return Ok(chosen(
            package,
            Origin::Cargo,
            "the package of the current folder",
        ));
    }
    from_members(request, metadata, &members)
}

/// The package that a build script belongs to, whatever else the workspace has.
fn own(request: &Request<'_>, members: &[&Package]) -> Result<Selected> {
    let manifest = request.current_dir.join("Cargo.toml");
    let own = members
        .iter()
        .find(|package| is_same_file(package.manifest_path.as_std_path(), &manifest));
    match own {
        Some(package) => Ok(chosen(
            package,
            Origin::Cargo,
            "the package of the build script",
        )),
        None => Err(Diagnostic::error(
            Code::NoMember,
            format!("`{}` is not a member of its workspace", manifest.display()),
        )
        .help("add it to `workspace.members`")
        .into()),
    }
}

fn chosen(package: &Package, origin: Origin, fact: &str) -> Selected {
    Selected {
        package: package.id.clone(),
        binary: String::new(),
        extra: Vec::new(),
        because: vec![Evidence::new(origin, fact)],
    }
}

/// The package whose manifest was named or is found first from the current folder upwards; none for a
/// virtual workspace, nor for a root package that has no binary while its members do.
fn current<'a>(
    request: &Request<'_>,
    metadata: &Metadata,
    members: &[&'a Package],
) -> Option<&'a Package> {
    let manifest = match &request.manifest_path {
        Some(path) => crate::paths::normalize(&request.current_dir.join(path)),
        None => request
            .current_dir
            .ancestors()
            .map(|folder| folder.join("Cargo.toml"))
            .find(|path| path.is_file())?,
    };
    let package = members
        .iter()
        .find(|package| is_same_file(package.manifest_path.as_std_path(), &manifest))?;
    let is_root = package.manifest_path.parent() == Some(metadata.workspace_root.as_path());
    let has_binary = binaries(package).next().is_some();
    (has_binary || !is_root || members.len() == 1).then_some(*package)
}

fn is_same_file(left: &Path, right: &Path) -> bool {
    left == right || std::fs::canonicalize(left).ok() == std::fs::canonicalize(right).ok()
}

fn from_members(
    request: &Request<'_>,
    metadata: &Metadata,
    members: &[&Package],
) -> Result<Selected> {
    let defaults = metadata
        .workspace_default_members
        .is_available()
        .then(|| metadata.workspace_default_packages());
    let has_binary = |packages: &&[&Package]| {
        packages
            .iter()
            .any(|package| binaries(package).next().is_some())
    };
    let pool = defaults.as_deref().filter(has_binary).unwrap_or(members);
    let wanted = request
        .overrides
        .bin
        .as_ref()
        .map(|bin| bin.get_ref().as_str());
    let mut candidates: Vec<_> = pool
        .iter()
        .flat_map(|package| binaries(package).map(|target| Candidate { package, target }))
        .filter(|candidate| wanted.is_none_or(|bin| candidate.target.name == bin))
        .collect();
    if let Some(bin) = wanted.filter(|_| candidates.is_empty()) {
        return Err(unknown_binary(bin, members));
    }
    let root = metadata.workspace_root.as_std_path();
    let shipped = |candidate: &Candidate<'_>| {
        !is_helper(&candidate.target.name) && !is_helper_package(candidate.package, root)
    };
    if candidates.iter().any(shipped) {
        candidates.retain(shipped);
    }
    let mut packages: Vec<_> = candidates.iter().map(|c| &c.package.id).collect();
    packages.sort();
    packages.dedup();
    match (packages.as_slice(), candidates.as_slice()) {
        ([_], [first, ..]) => Ok(chosen(
            first.package,
            Origin::Cargo,
            "the only member of the workspace with a binary to ship",
        )),
        (_, []) => Err(no_binary(metadata.workspace_root.as_str(), members)),
        _ => {
            candidates.sort_by_key(|candidate| unlikely(candidate, root));
            Err(several(&candidates))
        }
    }
}

/// Chooses the binaries of the selected package.
pub(super) fn binary(
    project: &Project,
    selected: Selected,
    settings: &Settings,
) -> Result<Selected> {
    let mut selected = first(project, selected, settings)?;
    let package = project.package_of(&selected.package);
    for chosen in &settings.extra_bins {
        for name in &chosen.value {
            if !binaries(package).any(|target| target.name == *name) {
                return Err(unknown_binary(name, &[package]));
            }
            if selected.binaries().all(|known| known != name) {
                selected.extra.push(Sourced {
                    value: name.clone(),
                    origin: chosen.origin.clone(),
                    folder: chosen.folder.clone(),
                });
            }
        }
    }
    Ok(selected)
}

/// Chooses the binary that the image starts.
fn first(project: &Project, mut selected: Selected, settings: &Settings) -> Result<Selected> {
    let package = project.package_of(&selected.package);
    let all: Vec<_> = binaries(package).collect();
    if let Some(chosen) = &settings.bin {
        if !all.iter().any(|target| target.name == chosen.value) {
            return Err(unknown_binary(&chosen.value, &[package]));
        }
        selected.binary.clone_from(&chosen.value);
        selected.because.insert(
            0,
            Evidence::new(chosen.origin.clone(), "this binary was asked for"),
        );
        return Ok(selected);
    }
    if all.is_empty() {
        return Err(no_binary(
            package.manifest_path.as_str(),
            &project.members().collect::<Vec<_>>(),
        ));
    }
    if let Some(name) = &package.default_run {
        selected.binary.clone_from(name);
        selected.because.insert(
            0,
            Evidence::cargo(format!("`default-run` of `{}`", package.name)),
        );
        return Ok(selected);
    }
    if let [only] = all.as_slice() {
        selected.binary.clone_from(&only.name);
        selected.because.insert(
            0,
            Evidence::cargo(format!("the only binary of `{}`", package.name)),
        );
        return Ok(selected);
    }
    let features = crate::features::requested(package, settings);
    let shipped: Vec<_> = all
        .iter()
        .filter(|target| !is_helper(&target.name))
        .filter(|target| {
            target
                .required_features
                .iter()
                .all(|name| features.contains(name))
        })
        .collect();
    if let [only] = shipped.as_slice() {
        selected.binary.clone_from(&only.name);
        selected.because.insert(
            0,
            Evidence::cargo(format!(
                "the only binary of `{}` that is no helper and whose `required-features` are on",
                package.name
            )),
        );
        return Ok(selected);
    }
    let likely = if shipped.len() > 1 {
        shipped
    } else {
        all.iter().collect()
    };
    let mut likely: Vec<_> = likely
        .into_iter()
        .map(|target| Candidate { package, target })
        .collect();
    likely.sort_by_key(|candidate| unlikely(candidate, &project.root));
    Err(several(&likely))
}
