//! How cargo is called.

use std::path::PathBuf;

use super::features::required_features;
use super::target::{Route, Target};
use crate::decision::{Decision, Evidence};
use crate::features::Features;
use crate::inspect::Workspace;
use crate::plan::layout::{TARGET_DIR, TARGET_VALUE};
use crate::plan::{Build, Tuning, Variable};
use crate::settings::{Libc, Optimize};
use crate::shell::{Part, ShellText};

/// Decides how to call cargo.
pub(crate) fn decide(workspace: &Workspace, target: &Target) -> Build {
    let profile = workspace.settings.profile();
    let triple = triple(workspace, target);
    let mut arguments = common_arguments(workspace, target);
    if workspace.has_members() {
        let package = ShellText::word(&workspace.package().name);
        arguments.push(ShellText::option("--package", &package));
    }
    let binaries = workspace.selected.binaries();
    arguments.extend(binaries.map(|name| ShellText::option("--bin", &ShellText::word(name))));
    arguments.extend(feature_arguments(workspace));
    let folder = match profile {
        "dev" | "test" => "debug",
        "bench" => "release",
        other => other,
    };
    let output = format!("{TARGET_DIR}/{folder}/{}", workspace.selected.binary);
    let output = triple.is_none().then_some(output);
    let folder = match triple {
        Some(triple) => ShellText::expanded(&[
            Part::Ours("target/"),
            Part::Ours(triple),
            Part::Ours("/"),
            Part::Text(folder),
        ]),
        None => ShellText::word(&format!("{TARGET_DIR}/{folder}")),
    };
    let folder = folder.and(&ShellText::ours("/"));
    let path = |name: &str| folder.clone().and(&ShellText::word(name));
    let programs = workspace.selected.binaries().map(path).collect();
    let (env, tuning) = tuning(workspace, profile);
    Build {
        libc: Decision {
            value: target.libc(),
            because: target.route.because.clone(),
        },
        is_static: target.is_static(),
        adds_target: target.libc() == Libc::Musl && !target.is_cross,
        arguments,
        target: triple.map(|triple| ShellText::expanded(&[Part::Ours(triple)])),
        profile: profile_decision(workspace),
        programs,
        output,
        env,
        tuning,
    }
}

/// The words that `cargo build` and `cargo clean` share: profile, lock file, target.
pub(crate) fn common_arguments(workspace: &Workspace, target: &Target) -> Vec<ShellText> {
    let mut arguments = vec![match workspace.settings.profile() {
        "release" => ShellText::ours("--release"),
        other => ShellText::option("--profile", &ShellText::word(other)),
    }];
    if workspace.lock_file.is_some() {
        arguments.push(ShellText::ours("--locked"));
    }
    let triple = triple(workspace, target).map(|triple| ShellText::expanded(&[Part::Ours(triple)]));
    arguments.extend(triple.map(|triple| ShellText::option("--target", &triple)));
    arguments
}

/// Keys of cargo's configuration that name another folder for what is compiled, and the variables that
/// override them; what an older cargo does not know, it does not read.
const FOLDERS: [(&str, &str); 2] = [
    ("target-dir", "CARGO_TARGET_DIR"),
    ("build-dir", "CARGO_BUILD_BUILD_DIR"),
];

/// Keeps what is compiled in [`TARGET_DIR`], whatever the project's configuration says: a folder of one
/// machine, or one outside of the cache mount, means nothing in an image.
pub(crate) fn folders(workspace: &Workspace) -> Vec<Decision<Variable>> {
    let named = FOLDERS.into_iter().filter_map(|(key, variable)| {
        let mut configs = workspace.cargo_configs.iter();
        let config = configs.find(|config| config.get(&["build", key]).is_some())?;
        let evidence = Evidence::file(
            workspace.display(&config.path),
            config.line_at(&["build", key]),
            format!("`build.{key}` is a folder of the developer's machine"),
        );
        let variable = Variable {
            name: variable.to_owned(),
            value: TARGET_DIR.to_owned(),
        };
        Some(Decision::new(variable, evidence))
    });
    named.collect()
}

/// The folders of this machine that the project's configuration names for what is compiled.
pub(crate) fn configured_folders(workspace: &Workspace) -> Vec<PathBuf> {
    let configs = workspace.cargo_configs.iter();
    let folders = configs.flat_map(|config| {
        // Relative to the folder that `.cargo` is in.
        let base = config.base();
        FOLDERS.iter().filter_map(move |(key, _)| {
            let folder = config.get(&["build", key])?.as_str()?;
            Some(crate::paths::normalize(&base?.join(folder)))
        })
    });
    folders.collect()
}

fn profile_decision(workspace: &Workspace) -> Decision<String> {
    match &workspace.settings.profile {
        Some(chosen) => Decision::new(
            chosen.value.clone(),
            Evidence::new(chosen.origin.clone(), "this profile was asked for"),
        ),
        None => Decision::new(
            "release".to_owned(),
            Evidence::default("what is shipped is optimized"),
        ),
    }
}

/// The target to name, for a shell that expands it in double quotes: for musl, for static glibc, as proc-macros and build scripts cannot be static,
/// and where cargo's configuration would name another one.
///
/// `uname -m` makes the same line right on amd64 and on arm64. Where the machine that builds is another,
/// the stage of the platform says the target.
fn triple(workspace: &Workspace, target: &Target) -> Option<&'static str> {
    if target.is_cross {
        return Some(TARGET_VALUE);
    }
    let is_configured = workspace
        .cargo_configs
        .iter()
        .any(|config| config.get(&["build", "target"]).is_some());
    match target.route.value {
        Route::Musl => Some("$(uname -m)-unknown-linux-musl"),
        Route::Dynamic if !is_configured => None,
        Route::StaticGlibc | Route::Dynamic => Some("$(uname -m)-unknown-linux-gnu"),
    }
}

fn feature_arguments(workspace: &Workspace) -> Vec<ShellText> {
    let features = Features::asked(&workspace.settings);
    let mut arguments = Vec::new();
    if features.all {
        arguments.push(ShellText::ours("--all-features"));
        return arguments;
    }
    if features.no_default {
        arguments.push(ShellText::ours("--no-default-features"));
    }
    let mut named = features.named;
    named.extend(required_features(workspace));
    if !named.is_empty() {
        let named = ShellText::word(&named.join(","));
        arguments.push(ShellText::option("--features", &named));
    }
    arguments
}

fn tuning(workspace: &Workspace, profile: &str) -> (Vec<Decision<Variable>>, Tuning) {
    let Some(chosen) = &workspace.settings.optimize else {
        let is_set = workspace
            .root_manifest
            .profiles
            .iter()
            .any(|(name, keys)| name == profile && !keys.is_empty());
        return (
            Vec::new(),
            if is_set {
                Tuning::Profile
            } else {
                Tuning::None
            },
        );
    };
    let mut values = vec![("CODEGEN_UNITS", "1"), ("LTO", "fat")];
    if chosen.value == Optimize::Size {
        values.push(("OPT_LEVEL", "z"));
    }
    values.push(("STRIP", "symbols"));
    let prefix = profile.to_uppercase().replace('-', "_");
    let variable = |(key, value): (&str, &str)| {
        let variable = Variable {
            name: format!("CARGO_PROFILE_{prefix}_{key}"),
            value: value.to_owned(),
        };
        Decision::new(
            variable,
            Evidence::new(chosen.origin.clone(), "the tuning that was asked for"),
        )
    };
    (values.into_iter().map(variable).collect(), Tuning::Asked)
}
