//! What a tool for the browser makes: a stage of its own where it is plain how, a word about it elsewhere.

mod node;

use std::path::{Path, PathBuf};

use cargo_metadata::{Package, PackageId};

use self::node::Recipe;
use super::context::Place;
use super::inputs::Order;
use crate::decision::Evidence;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::error::Result;
use crate::inspect::{self, Mark, Workspace};
use crate::paths::{relative, slashed};
use crate::plan::{Copy, FrontEnd};
use crate::quote;
use crate::shell::ShellText;

/// The name of the stage, and where the front end is in it.
const STAGE: &str = "front-end";
const WORKDIR: &str = "/front-end";
/// What a front end's folder holds that belongs to this machine.
const OWN: &str = "node_modules";

/// A front end that a stage makes.
pub(crate) struct Chosen<'a> {
    found: &'a inspect::FrontEnd,
    recipe: Recipe,
    /// The packages that embed it.
    owners: Vec<&'a PackageId>,
    /// Its folder.
    folder: &'a Path,
}

/// Chooses the front end that a stage makes, and says what has to be there before the image is built.
///
/// # Errors
///
/// An asset that is not there, and that no stage makes.
pub(crate) fn choose<'a>(
    workspace: &'a Workspace,
    locals: &[&'a Package],
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Option<Chosen<'a>>> {
    let found = found(workspace, locals);
    let mut chosen = None;
    for (front_end, owners) in &found {
        match recipe(workspace, front_end, found.len(), locals) {
            Ok(recipe) => {
                chosen = front_end.manifest.parent().map(|folder| Chosen {
                    found: front_end,
                    recipe,
                    owners: owners.clone(),
                    folder,
                });
            }
            Err(reason) => {
                let mut assets = workspace.assets.iter().map(|asset| &asset.path);
                let asset = assets.find(|path| path.starts_with(&front_end.built));
                if let Some(asset) = asset.filter(|_| !front_end.is_there) {
                    return Err(missing(workspace, asset, front_end, &reason).into());
                }
                diagnostics.push(unmade(workspace, front_end, &reason));
            }
        }
    }
    Ok(chosen)
}

/// Each front end once, with the packages that embed it.
fn found<'a>(
    workspace: &'a Workspace,
    locals: &[&'a Package],
) -> Vec<(&'a inspect::FrontEnd, Vec<&'a PackageId>)> {
    let mut found: Vec<(&inspect::FrontEnd, Vec<&PackageId>)> = Vec::new();
    for package in locals {
        let sources = workspace.sources.get(&package.id);
        for front_end in sources.into_iter().flat_map(|sources| &sources.front_ends) {
            let owner = front_end.is_embedded.then_some(&package.id);
            match found
                .iter_mut()
                .find(|(known, _)| known.manifest == front_end.manifest)
            {
                Some((known, owners)) => {
                    if front_end.is_embedded && !known.is_embedded {
                        *known = front_end;
                    }
                    owners.extend(owner);
                }
                None => found.push((front_end, Vec::from_iter(owner))),
            }
        }
    }
    found
}

/// How a stage makes it, or why none does.
fn recipe(
    workspace: &Workspace,
    front_end: &inspect::FrontEnd,
    count: usize,
    locals: &[&Package],
) -> std::result::Result<Recipe, String> {
    let chosen = workspace.settings.front_end.as_ref();
    if let Some(chosen) = chosen.filter(|chosen| !chosen.value) {
        return Err(format!("{}: no stage was asked for", chosen.origin));
    }
    if count > 1 {
        return Err("there is more than one front end".to_owned());
    }
    let mut assets = workspace.assets.iter();
    let is_asset = assets.any(|asset| asset.path.starts_with(&front_end.built));
    if !front_end.is_embedded && !is_asset {
        return Err("it is not part of the image: `assets` does not name it".to_owned());
    }
    let folder = front_end.manifest.parent().unwrap_or(&workspace.root);
    let mut packages = workspace.local_packages();
    if packages.any(|package| inspect::folder(package).starts_with(folder)) {
        return Err("its folder holds packages of Rust as well".to_owned());
    }
    let shown = workspace.display(folder);
    if shown.chars().any(char::is_control) || !quote::is_copyable(&shown) {
        return Err("a Dockerfile cannot name its folder".to_owned());
    }
    let scripts = locals.iter().filter_map(|p| workspace.sources.get(&p.id));
    let mut marks = scripts.flat_map(|sources| sources.marked(Mark::BuildsFrontEnd));
    if let Some(mark) = marks.next() {
        let place = workspace.display(&mark.path);
        return Err(format!(
            "{}:{}: a build script makes it",
            place.escape_debug(),
            mark.line
        ));
    }
    let package = front_end.node.as_ref();
    let package = package.ok_or("only those of a `package.json` are made in a stage")?;
    node::recipe(workspace, &front_end.manifest, package)
}

impl Chosen<'_> {
    /// Whether the context has no say in this path: the stage makes it.
    pub(crate) fn makes(&self, path: &Path) -> bool {
        path.starts_with(&self.found.built)
    }

    /// Its folder, which the build needs.
    pub(crate) fn folder(&self) -> &Path {
        self.folder
    }

    /// What must not get into the build although its folder does.
    pub(crate) fn excluded(&self) -> Vec<PathBuf> {
        vec![self.folder.join(OWN), self.found.built.clone()]
    }

    /// Brings what it is built to into the stage that compiles, to the packages that embed it.
    pub(crate) fn bring(
        &self,
        place: &Place<'_>,
        order: &Order<'_>,
        layers: &mut [Vec<Copy>],
        sources: &mut Vec<Copy>,
    ) {
        let Some(output) = self.output(place) else {
            return;
        };
        for (layer, copies) in order.layers.iter().zip(layers) {
            let mut ids = layer.iter().map(|(package, _)| &package.id);
            if ids.any(|id| self.owners.contains(&id)) {
                copies.push(output.clone());
            }
        }
        sources.push(output);
    }

    /// None where nothing embeds it.
    fn output(&self, place: &Place<'_>) -> Option<Copy> {
        let mark = &self.found.found_at;
        let fact = "embeds what the front end is built to";
        let file = place.workspace.display(&mark.path);
        self.found.is_embedded.then(|| Copy {
            from: Some(STAGE.to_owned()),
            sources: vec![self.in_stage(&self.found.built)],
            destination: place.in_workdir(&self.found.built),
            because: vec![Evidence::file(file, Some(mark.line), fact)],
        })
    }

    /// An asset that the stage makes, as a copy from it.
    pub(crate) fn asset(&self, path: &Path, copy: Copy) -> Copy {
        match self.makes(path) {
            true => Copy {
                from: Some(STAGE.to_owned()),
                sources: vec![self.in_stage(path)],
                ..copy
            },
            false => copy,
        }
    }

    fn in_stage(&self, path: &Path) -> String {
        format!("{WORKDIR}/{}", slashed(&relative(path, self.folder)))
    }

    /// The stage.
    pub(crate) fn stage(self, place: &Place<'_>) -> FrontEnd {
        let (found, recipe) = (self.found, self.recipe);
        let mark = &found.found_at;
        let file = place.workspace.display(&mark.path);
        let fact = "takes what the front end is built to";
        let because = vec![Evidence::file(file, Some(mark.line), fact)];
        let copy = |sources: Vec<String>| Copy {
            from: None,
            sources,
            destination: "./".to_owned(),
            because: because.clone(),
        };
        let manifests = recipe.manifests.iter().map(|name| self.folder.join(name));
        let manifests = manifests.map(|path| place.in_context(&path)).collect();
        FrontEnd {
            image: recipe.image,
            workdir: WORKDIR.to_owned(),
            manifests: (!recipe.needs_sources).then(|| copy(manifests)),
            install: recipe.install,
            sources: copy(vec![place.in_context(self.folder)]),
            build: recipe.build,
        }
    }
}

/// A front end that has to be there before the image is built.
fn unmade(workspace: &Workspace, front_end: &inspect::FrontEnd, reason: &str) -> Diagnostic {
    let output = workspace.display(&front_end.output);
    let output = output.escape_debug();
    let diagnostic = match front_end.is_there {
        true => Diagnostic::info(
            Code::FrontEnd,
            format!("`{output}` is taken as it is: the image's build does not make it again"),
        ),
        false => Diagnostic::warning(
            Code::FrontEnd,
            format!("`{output}` is not there, and the image's build does not make it"),
        ),
    };
    let mark = &front_end.found_at;
    let location = Location::line(workspace.display(&mark.path), mark.line);
    let manifest = workspace.display(&front_end.manifest);
    let diagnostic = diagnostic
        .at(location)
        .note(format!(
            "`{}` is what it is made from",
            manifest.escape_debug()
        ))
        .note(format!("no stage makes it: {reason}"));
    diagnostic.help(by_hand(workspace, front_end))
}

/// An asset that neither the project has nor a stage makes.
fn missing(
    workspace: &Workspace,
    asset: &Path,
    front_end: &inspect::FrontEnd,
    reason: &str,
) -> Diagnostic {
    let asset = workspace.display(asset);
    Diagnostic::error(
        Code::AssetMissing,
        format!("`{}` does not exist", asset.escape_debug()),
    )
    .note(format!("no stage makes it: {reason}"))
    .help(by_hand(workspace, front_end))
}

/// What to type to make it.
fn by_hand(workspace: &Workspace, front_end: &inspect::FrontEnd) -> String {
    let folder = front_end.manifest.parent().unwrap_or(&workspace.root);
    let command = match front_end.manifest.ends_with("Trunk.toml") {
        true => Some("trunk build --release".to_owned()),
        false => front_end.node.as_ref().and_then(node::by_hand),
    };
    match command {
        Some(command) => {
            let folder = ShellText::word(&workspace.display(folder));
            let folder = folder.as_str().escape_debug();
            format!("before the image: (cd {folder} && {command})")
        }
        None => "make it before the image is built".to_owned(),
    }
}
