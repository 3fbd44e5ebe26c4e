//! How cargo is called.

use serde::Serialize;

use super::platforms::TARGET_VARIABLE;
use super::quote;
use super::target::{Route, Target};
use crate::decision::{Decision, Evidence};
use crate::features::{self, Features};
use crate::inspect::Workspace;
use crate::settings::{Libc, Optimize};

/// How the program is compiled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Build {
    /// The C library that the program is linked with.
    pub libc: Decision<Libc>,
    /// Whether the program is static.
    pub is_static: bool,
    /// The words after `cargo build`, quoted for a shell; the same for dependencies and program.
    pub arguments: Vec<String>,
    /// The target that cargo is told, as a word of a shell command.
    pub target: Option<String>,
    /// Whether rustup has to add that target.
    pub adds_target: bool,
    /// The cargo profile.
    pub profile: Decision<String>,
    /// The compiled programs, relative to the working directory, as words of a shell command; the first
    /// is the one that the image starts.
    pub programs: Vec<String>,
    /// Environment of the build: tuning of the profile.
    pub env: Vec<Decision<Variable>>,
    /// What the tuning is, or could be.
    pub tuning: Tuning,
}

/// A variable and its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Variable {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// Where the size and the speed of the program come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Tuning {
    /// The manifest's profile sets something; it is left alone.
    Profile,
    /// `optimize` was asked for.
    Asked,
    /// Neither: cargo's defaults.
    None,
}

/// Features that the chosen binaries require and that the settings do not give.
pub(crate) fn required_features(workspace: &Workspace) -> Vec<String> {
    let package = workspace.package();
    let on = features::requested(package, &workspace.settings);
    package
        .targets
        .iter()
        .filter(|target| {
            target.is_bin()
                && workspace
                    .selected
                    .binaries()
                    .any(|name| name == target.name)
        })
        .flat_map(|target| &target.required_features)
        .filter(|feature| !on.contains(*feature))
        .cloned()
        .collect()
}

/// Decides how to call cargo.
pub(crate) fn decide(workspace: &Workspace, target: &Target) -> Build {
    let profile = workspace.settings.profile();
    let triple = triple(workspace, target);
    let mut arguments = common_arguments(workspace, target);
    if workspace.has_members() {
        arguments.push(format!(
            "--package {}",
            quote::shell(&workspace.package().name)
        ));
    }
    let binaries = workspace.selected.binaries();
    arguments.extend(binaries.map(|name| format!("--bin {}", quote::shell(name))));
    arguments.extend(feature_arguments(workspace));
    let folder = match profile {
        "dev" | "test" => "debug",
        "bench" => "release",
        other => other,
    };
    let target_dir = quote::shell(&target_dir(workspace));
    let path = |name: &str| match &triple {
        Some(triple) => format!(
            "\"{target_dir}/{}/{folder}\"/{}",
            triple.trim_matches('"'),
            quote::shell(name)
        ),
        None => format!("{target_dir}/{folder}/{}", quote::shell(name)),
    };
    let programs: Vec<String> = workspace.selected.binaries().map(path).collect();
    let (env, tuning) = tuning(workspace, profile);
    Build {
        libc: Decision {
            value: target.libc(),
            because: target.route.because.clone(),
        },
        is_static: target.is_static(),
        adds_target: target.libc() == Libc::Musl && !target.is_cross,
        arguments,
        target: triple,
        profile: profile_decision(workspace),
        programs,
        env,
        tuning,
    }
}

/// The words that `cargo build` and `cargo clean` share: profile, lock file, target.
pub(crate) fn common_arguments(workspace: &Workspace, target: &Target) -> Vec<String> {
    let mut arguments = vec![match workspace.settings.profile() {
        "release" => "--release".to_owned(),
        other => format!("--profile {}", quote::shell(other)),
    }];
    if workspace.lock_file.is_some() {
        arguments.push("--locked".to_owned());
    }
    arguments.extend(triple(workspace, target).map(|triple| format!("--target {triple}")));
    arguments
}

/// Where cargo compiles, relative to the working directory.
pub(crate) fn target_dir(workspace: &Workspace) -> String {
    let configured = workspace.cargo_configs.iter().find_map(|config| {
        let folder = config.get(&["build", "target-dir"])?.as_str()?;
        Some(folder.to_owned())
    });
    configured.unwrap_or_else(|| "target".to_owned())
}

fn profile_decision(workspace: &Workspace) -> Decision<String> {
    match &workspace.settings.profile {
        Some(wish) => Decision::new(
            wish.value.clone(),
            Evidence::new(wish.origin.clone(), "this profile was asked for"),
        ),
        None => Decision::new(
            "release".to_owned(),
            Evidence::default("what is shipped is optimized"),
        ),
    }
}

/// The target to name: for musl, for static glibc, as proc-macros and build scripts cannot be static,
/// and where cargo's configuration would name another one.
///
/// `uname -m` makes the same line right on amd64 and on arm64. Where the machine that builds is another,
/// the stage of the platform says the target.
fn triple(workspace: &Workspace, target: &Target) -> Option<String> {
    if target.is_cross {
        return Some(format!("\"${TARGET_VARIABLE}\""));
    }
    let is_configured = workspace
        .cargo_configs
        .iter()
        .any(|config| config.get(&["build", "target"]).is_some());
    match target.route.value {
        Route::Musl => Some("\"$(uname -m)-unknown-linux-musl\"".to_owned()),
        Route::Dynamic if !is_configured => None,
        Route::StaticGlibc | Route::Dynamic => Some("\"$(uname -m)-unknown-linux-gnu\"".to_owned()),
    }
}

fn feature_arguments(workspace: &Workspace) -> Vec<String> {
    let features = Features::asked(&workspace.settings);
    let mut arguments = Vec::new();
    if features.all {
        arguments.push("--all-features".to_owned());
        return arguments;
    }
    if features.no_default {
        arguments.push("--no-default-features".to_owned());
    }
    let mut named = features.named;
    named.extend(required_features(workspace));
    if !named.is_empty() {
        arguments.push(format!("--features {}", quote::shell(&named.join(","))));
    }
    arguments
}

fn tuning(workspace: &Workspace, profile: &str) -> (Vec<Decision<Variable>>, Tuning) {
    let Some(wish) = &workspace.settings.optimize else {
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
    if wish.value == Optimize::Size {
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
            Evidence::new(wish.origin.clone(), "the tuning that was asked for"),
        )
    };
    (values.into_iter().map(variable).collect(), Tuning::Asked)
}
