//! Settings that the project cannot meet are refused before anything is decided.

use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::inspect::Workspace;
use crate::platform::PLATFORMS;
use crate::quote;
use crate::settings::Sourced;

/// Profiles that every project has.
const PROFILES: [&str; 4] = ["bench", "dev", "release", "test"];

/// Refuses unknown features and profiles, and values that have no place in a Dockerfile.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let settings = &workspace.settings;
    for setting in &settings.features {
        features(workspace, setting)?;
    }
    if let Some(setting) = &settings.profile {
        profile(workspace, setting)?;
    }
    if let Some(setting) = settings
        .port
        .iter()
        .find(|setting| setting.value.contains(&0))
    {
        return Err(
            refused(Code::Port, "0 is not a port that others can reach", setting)
                .help("name the port that the program listens on")
                .into(),
        );
    }
    if let Some(setting) = &settings.platforms {
        platforms(setting)?;
    }
    for set in &settings.env {
        for (name, value) in &set.value {
            if !quote::is_variable(name) {
                let message = format!("`{}` is not the name of a variable", name.escape_debug());
                return Err(refused(Code::VariableName, &message, set)
                    .help("use letters, digits and `_`")
                    .into());
            }
            one_line(name, value, set)?;
        }
    }
    for set in &settings.labels {
        for (name, value) in &set.value {
            if !quote::is_label(name) {
                let message = format!("`{}` is not the name of a label", name.escape_debug());
                return Err(refused(Code::LabelName, &message, set)
                    .help("use letters, digits and `.-_/`, such as `com.example.team`")
                    .into());
            }
            one_line(name, value, set)?;
        }
    }
    Ok(())
}

/// Refuses what no line of a Dockerfile can say, instead of saying something else.
fn one_line<T>(name: &str, value: &str, set: &Sourced<T>) -> Result<()> {
    if !value.contains(crate::shown::deceives) {
        return Ok(());
    }
    let message = format!("the value of `{name}` has a line break or a control character");
    Err(refused(Code::ControlCharacter, &message, set)
        .note("a Dockerfile has no way to write it down")
        .help("set it when the container is started, or put the text into a file of `assets`")
        .into())
}

fn refused<T>(code: Code, message: &str, setting: &Sourced<T>) -> Diagnostic {
    Diagnostic::error(code, message).note(format!("asked for by {}", setting.origin))
}

fn features(workspace: &Workspace, setting: &Sourced<Vec<String>>) -> Result<()> {
    let package = workspace.package();
    let own = format!("{}/", package.name);
    for name in &setting.value {
        let name = name.strip_prefix(&own).unwrap_or(name);
        // `dependency/feature` is cargo's to check.
        if name.contains('/') || package.features.contains_key(name) {
            continue;
        }
        let known: Vec<_> = package.features.keys().map(String::as_str).collect();
        let message = format!(
            "the package `{}` has no feature `{}`",
            package.name,
            name.escape_debug()
        );
        let diagnostic = refused(Code::UnknownFeature, &message, setting);
        return Err(match known.as_slice() {
            [] => diagnostic.help("it has no features at all"),
            _ => diagnostic.help(format!("it has: {}", known.join(", "))),
        }
        .into());
    }
    Ok(())
}

fn platforms(setting: &Sourced<Vec<String>>) -> Result<()> {
    let known = PLATFORMS.map(|platform| platform.docker);
    let is_known = |name: &String| known.contains(&name.as_str());
    let message = match setting.value.iter().find(|name| !is_known(name)) {
        Some(name) => format!("no image can be planned for `{}`", name.escape_debug()),
        None if setting.value.is_empty() => "there is no platform in the list".to_owned(),
        None => return Ok(()),
    };
    Err(refused(Code::UnknownPlatform, &message, setting)
        .help(format!("known are: {}", known.join(", ")))
        .into())
}

fn profile(workspace: &Workspace, setting: &Sourced<String>) -> Result<()> {
    let name = setting.value.as_str();
    let in_manifest = workspace
        .root_manifest
        .profiles
        .iter()
        .any(|(profile, _)| profile == name);
    let in_config = workspace
        .cargo_configs
        .iter()
        .any(|config| config.get(&["profile", name]).is_some());
    if PROFILES.contains(&name) || in_manifest || in_config {
        return Ok(());
    }
    let message = format!("there is no profile `{}`", name.escape_debug());
    Err(refused(Code::UnknownProfile, &message, setting)
        .help(format!(
            "use `release`, or add `[profile.{}]` to the workspace's manifest",
            name.escape_debug()
        ))
        .into())
}
