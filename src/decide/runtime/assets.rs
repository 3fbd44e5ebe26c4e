//! Files of the project that the program opens when it runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cargo_metadata::Package;

use crate::decide::context::Place;
use crate::decide::front_ends::Chosen;
use crate::decide::inputs::Inputs;
use crate::decision::Evidence;
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::inspect::{NeededFile, Workspace, folder};
use crate::paths::{relative, slashed};
use crate::plan::Copy;
use crate::quote;

/// Takes what was asked for, and says what else the code opens.
///
/// # Errors
///
/// Two assets would have the same name, or one that no Dockerfile can write down.
pub(super) fn decide(
    workspace: &Workspace,
    inputs: &Inputs,
    locals: &[&Package],
    front_end: Option<&Chosen<'_>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Vec<Copy>> {
    let place = Place {
        workspace,
        root: &inputs.root,
    };
    let home = folder(workspace.package());
    let mut copies: BTreeMap<String, (&Path, Copy)> = BTreeMap::new();
    for asset in &workspace.assets {
        let destination = slashed(&inside(workspace, &home, &asset.path));
        let because: Vec<Evidence> = asset
            .asked_by
            .iter()
            .map(|origin| Evidence::new(origin.clone(), &asset.fact))
            .collect();
        match copies.get(&destination) {
            Some((other, _)) if *other != asset.path => {
                let error = twice(workspace, &destination, other, &asset.path);
                let notes = because.iter().map(|evidence| evidence.origin.to_string());
                return Err(notes.fold(error, Diagnostic::note).into());
            }
            _ => {}
        }
        let copy = Copy {
            from: None,
            sources: vec![place.in_context(&asset.path)],
            destination: destination.clone(),
            because,
        };
        let copy = match front_end {
            Some(chosen) => chosen.asset(&asset.path, copy),
            None => copy,
        };
        copies.insert(destination, (&asset.path, copy));
    }
    let copies: Vec<Copy> = copies.into_values().map(|(_, copy)| copy).collect();
    quote::check_paths(&inputs.context, copies.iter())?;
    diagnostics.extend(offer(workspace, &home, locals));
    Ok(copies)
}

/// The name that the program opens: from its package, or else from the workspace.
fn inside(workspace: &Workspace, home: &Path, path: &Path) -> PathBuf {
    match path.strip_prefix(home) {
        Ok(inside) => inside.to_path_buf(),
        Err(_) => relative(path, &workspace.root),
    }
}

fn twice(workspace: &Workspace, name: &str, first: &Path, second: &Path) -> Diagnostic {
    Diagnostic::error(
        Code::AssetTwice,
        format!(
            "`{}` and `{}` would both be `{name}` in the image",
            workspace.display(first),
            workspace.display(second)
        ),
    )
    .help("leave one of them out, or rename it")
}

/// What the code opens and the image has not.
fn offer(workspace: &Workspace, home: &Path, locals: &[&Package]) -> Option<Diagnostic> {
    let sources = workspace.sources_of(locals);
    let is_there = |path: &Path| {
        let mut assets = workspace.assets.iter();
        assets.any(|asset| path.starts_with(&asset.path))
    };
    let mut missing: BTreeMap<&Path, &NeededFile> = BTreeMap::new();
    for asset in sources.flat_map(|sources| &sources.assets) {
        if !is_there(&asset.path) {
            missing.entry(&asset.path).or_insert(asset);
        }
    }
    if missing.is_empty() {
        return None;
    }
    let quoted = |path: &Path| toml::Value::from(slashed(&relative(path, home))).to_string();
    // One key for what is there already and what is not.
    let mut names: Vec<String> = workspace
        .assets
        .iter()
        .map(|asset| quoted(&asset.path))
        .collect();
    names.extend(missing.keys().map(|path| quoted(path)));
    let shown: Vec<String> = missing
        .keys()
        .map(|path| format!("`{}`", workspace.display(path).escape_debug()))
        .collect();
    let info = Diagnostic::info(
        Code::Assets,
        format!(
            "the program opens {} when it runs, and the image has no such file",
            shown.join(", ")
        ),
    );
    let info = missing.iter().fold(info, |info, (path, asset)| {
        let fact = format!(
            "`{}`, {}",
            workspace.display(path).escape_debug(),
            asset.fact
        );
        info.note(match &asset.found_at {
            Some(mark) => format!("{}:{}: {fact}", workspace.display(&mark.path), mark.line),
            None => fact,
        })
    });
    Some(info.help(format!(
        "under [package.metadata.dockerize]: assets = [{}]",
        names.join(", ")
    )))
}
