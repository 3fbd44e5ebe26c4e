//! The facts of a project, seen from one image.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use cargo_metadata::{Package, PackageId};

use super::previous::Previous;
use super::project::Project;
use super::scripts::BuildScript;
use super::secrets::NamedSecret;
use super::select::Selected;
use super::sources::{NeededFile, PackageSources};
use super::templates::TemplateSource;
use crate::diagnostic::Diagnostic;
use crate::settings::Settings;

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
    /// Members that flags leave out of it, as they were typed.
    pub excluded: Vec<String>,
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

    /// What the sources of some packages say, for those that were read.
    pub(crate) fn sources_of(
        &self,
        packages: &[&Package],
    ) -> impl Iterator<Item = &PackageSources> {
        let packages = packages.iter();
        packages.filter_map(|package| self.sources.get(&package.id))
    }
}
