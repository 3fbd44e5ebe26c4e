//! Which local packages have a layer of their own.

use std::collections::BTreeSet;
use std::path::Path;

use cargo_metadata::{Package, PackageId};

use crate::decide::compiled;
use crate::decision::{Evidence, Origin};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::inspect::Workspace;
use crate::settings::{LocalLayers, Sourced};

type Layer<'a> = Vec<(&'a Package, Evidence)>;

/// The layers that `layers` asks for, the lowest first, each with all that its packages depend on.
pub(super) fn choose<'a>(
    workspace: &'a Workspace,
    locals: &[&'a Package],
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Vec<Layer<'a>>> {
    let Some(chosen) = &workspace.settings.layers else {
        return Ok(Vec::new());
    };
    let locals: Vec<&Package> = locals
        .iter()
        .copied()
        .filter(|package| package.id != workspace.selected.package)
        .collect();
    let lists = match &chosen.value {
        LocalLayers::Auto => return Ok(by_depth(workspace, &locals, &chosen.origin)),
        LocalLayers::Named(lists) => lists,
    };
    let mut done = BTreeSet::new();
    let mut layers = Vec::new();
    for names in lists {
        let mut layer = Layer::new();
        for name in names {
            let Some(package) = find(workspace, &locals, name, chosen)? else {
                diagnostics.push(
                    Diagnostic::info(
                        Code::LayersUnused,
                        format!(
                            "`{}` of `layers` is not part of the program",
                            name.escape_debug()
                        ),
                    )
                    .note(chosen.origin.to_string()),
                );
                continue;
            };
            let evidence = Evidence::new(chosen.origin.clone(), "this layer was asked for");
            if done.insert(&package.id) {
                layer.push((package, evidence));
            }
            for below in below(workspace, package, &locals) {
                if done.insert(&below.id) {
                    let fact = format!("`{}` depends on it", package.name);
                    layer.push((below, Evidence::new(chosen.origin.clone(), fact)));
                }
            }
        }
        if !layer.is_empty() {
            layer.sort_by(|left, right| left.0.name.cmp(&right.0.name));
            layers.push(layer);
        }
    }
    Ok(layers)
}

/// A package of a layer that brings a target of another one along, which is compiled later.
pub(super) fn shared<'a>(
    workspace: &'a Workspace,
    layers: &[Layer<'a>],
    locals: &[&'a Package],
) -> Option<(&'a Package, &'a Package)> {
    let mut done: BTreeSet<&PackageId> = BTreeSet::new();
    for layer in layers {
        done.extend(layer.iter().map(|(package, _)| &package.id));
        let later = locals.iter().filter(|package| !done.contains(&package.id));
        let later: Vec<&Package> = later.copied().collect();
        for (package, _) in layer {
            let sources = workspace.sources.get(&package.id);
            let needed = sources.map_or(&[][..], |sources| &sources.needed);
            let is_brought = |path: &Path| needed.iter().any(|it| path.starts_with(&it.path));
            let mut targets = compiled::targets(workspace, &later);
            if let Some((other, _)) =
                targets.find(|(_, target)| is_brought(target.src_path.as_std_path()))
            {
                return Some((package, other));
            }
        }
    }
    None
}

/// The local package of this name; none where the program does not contain it.
fn find<'a>(
    workspace: &Workspace,
    locals: &[&'a Package],
    name: &str,
    chosen: &Sourced<LocalLayers>,
) -> Result<Option<&'a Package>> {
    if let Some(package) = locals.iter().find(|package| package.name.as_str() == name) {
        return Ok(Some(package));
    }
    let refused = |message: String| {
        let names: Vec<&str> = locals.iter().map(|package| package.name.as_str()).collect();
        Diagnostic::error(Code::LayersPackage, message)
            .note(chosen.origin.to_string())
            .help(format!(
                "local packages of the program: {}",
                names.join(", ")
            ))
    };
    let name = name.escape_debug();
    if workspace.package().name.as_str() == name.to_string() {
        return Err(refused(format!(
            "`{name}` is the program itself, which is compiled last"
        ))
        .into());
    }
    let mut members = workspace.members();
    match members.any(|member| member.name.as_str() == name.to_string()) {
        true => Ok(None),
        false => Err(refused(format!(
            "`layers` names `{name}`, which is not a package of the workspace"
        ))
        .into()),
    }
}

/// Those of `locals` that a package depends on directly.
fn direct<'a>(
    workspace: &'a Workspace,
    id: &PackageId,
    locals: &[&'a Package],
) -> Vec<&'a Package> {
    let node = workspace.node(id).into_iter();
    let mut ids = node
        .flat_map(|node| &node.deps)
        // What only tests depend on may well depend on what is tested.
        .filter(|dep| {
            dep.dep_kinds
                .iter()
                .any(|kind| kind.kind != cargo_metadata::DependencyKind::Development)
        })
        .map(|dep| &dep.pkg)
        .collect::<Vec<_>>();
    ids.sort();
    locals
        .iter()
        .copied()
        .filter(|local| ids.binary_search(&&local.id).is_ok())
        .collect()
}

/// Those of `locals` that a package depends on, through others too.
fn below<'a>(
    workspace: &'a Workspace,
    package: &'a Package,
    locals: &[&'a Package],
) -> Vec<&'a Package> {
    let mut found: Vec<&Package> = Vec::new();
    let mut seen: BTreeSet<&PackageId> = BTreeSet::new();
    let mut queue = direct(workspace, &package.id, locals);
    while let Some(next) = queue.pop() {
        if seen.insert(&next.id) {
            found.push(next);
            queue.extend(direct(workspace, &next.id, locals));
        }
    }
    found
}

/// Two layers: packages that depend on no other local one, and those between them and the program.
fn by_depth<'a>(
    workspace: &'a Workspace,
    locals: &[&'a Package],
    origin: &Origin,
) -> Vec<Layer<'a>> {
    let (leaves, others): (Vec<_>, Vec<_>) = locals
        .iter()
        .copied()
        .partition(|package| direct(workspace, &package.id, locals).is_empty());
    let layer = |packages: Vec<&'a Package>, fact: &str| -> Layer<'a> {
        let evidence = || Evidence::new(origin.clone(), fact);
        let mut layer: Layer<'a> = packages
            .into_iter()
            .map(|package| (package, evidence()))
            .collect();
        layer.sort_by(|left, right| left.0.name.cmp(&right.0.name));
        layer
    };
    let mut layers = vec![
        layer(leaves, "it depends on no other local package"),
        layer(
            others,
            "it lies between the lowest packages and the program",
        ),
    ];
    layers.retain(|layer| !layer.is_empty());
    layers
}
