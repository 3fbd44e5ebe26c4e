//! What only nightly Rust has, under a builder that has stable Rust.

use super::platforms;
use crate::decide::flags;
use crate::decide::target::is_official;
use crate::decision::{Evidence, Origin};
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::{Meaning, Workspace};
use crate::plan::Builder;
use crate::version;

/// More are only counted.
const NAMED: usize = 5;

/// Warns where the project asks for nightly and the builder has none.
pub(super) fn warn(workspace: &Workspace, builder: &Builder) -> Vec<Diagnostic> {
    if !is_stable(builder) {
        return Vec::new();
    }
    let mut found = needed(workspace);
    let is_needed = !found.is_empty();
    found.extend(ignored(workspace));
    let Some(first) = found.first() else {
        return Vec::new();
    };
    let code = Code::NightlyNeeded;
    let message = match is_needed {
        true => "only nightly Rust compiles this, and the image is built with stable Rust",
        false => "stable Rust ignores a part of cargo's configuration",
    };
    let mut warning = Diagnostic::warning(code, message);
    if let Origin::File { file, line } = &first.origin {
        warning = warning.at_line(file, line.unwrap_or(1));
    }
    for evidence in found.iter().take(NAMED) {
        warning = warning.note(evidence.to_string());
    }
    if found.len() > NAMED {
        warning = warning.note(format!("and {} more", found.len() - NAMED));
    }
    let channel = match &workspace.toolchain {
        Some(file) => {
            let file = workspace.display(&file.path);
            return vec![warning.help(format!("name a nightly as the channel in `{file}`"))];
        }
        None => "nightly",
    };
    vec![warning.help(format!(
        "add `rust-toolchain.toml` with `[toolchain]` and `channel = \"{channel}\"`, best with a date: `nightly-2026-01-31`"
    ))]
}

/// Whether the builder is known to have a stable toolchain.
fn is_stable(builder: &Builder) -> bool {
    match (&builder.toolchain, &builder.rust_version) {
        (Some(toolchain), _) => version::parse(&toolchain.value).is_some(),
        (None, Some(_)) => true,
        (None, None) => {
            is_official(&builder.image.value) && !builder.image.value.contains("nightly")
        }
    }
}

/// What does not compile with stable Rust.
fn needed(workspace: &Workspace) -> Vec<Evidence> {
    let mut found = Vec::new();
    for id in workspace.sources.keys() {
        let facts = workspace.manifests.get(id);
        if facts.is_some_and(|facts| facts.table.get("cargo-features").is_some()) {
            let manifest = workspace.package_of(id).manifest_path.as_std_path();
            let lines = facts.map(|facts| facts.text.lines());
            let line = lines.and_then(|mut lines| {
                lines.position(|line| line.trim_start().starts_with("cargo-features"))
            });
            let fact = "`cargo-features` are for nightly";
            found.push(Evidence::file(
                workspace.display(manifest),
                line.map(|at| at + 1),
                fact,
            ));
        }
    }
    let is_bootstrapped = workspace
        .cargo_configs
        .iter()
        .any(|config| config.get(&["env", "RUSTC_BOOTSTRAP"]).is_some());
    if is_bootstrapped {
        return found;
    }
    let facts = workspace
        .sources
        .values()
        .flat_map(|sources| &sources.facts);
    for fact in facts.filter(|fact| fact.meaning == Meaning::UnstableFeature) {
        let place = workspace.display(&fact.at.file);
        found.push(Evidence::file(
            place,
            Some(fact.at.line),
            "`#![feature]` is for nightly",
        ));
    }
    for config in &workspace.cargo_configs {
        let mut texts = flags::named(config, platforms(), &["rustflags"]);
        let is_unstable = |text: &str| text.split_whitespace().any(|word| word.starts_with("-Z"));
        if let Some((keys, text)) = texts.find(|(_, text)| is_unstable(text)) {
            found.push(Evidence::file(
                workspace.display(&config.path),
                config.line_in(&keys, text),
                "flags with `-Z` are for nightly",
            ));
        }
    }
    found
}

/// What stable Rust does as if it were not there.
fn ignored(workspace: &Workspace) -> Vec<Evidence> {
    let mut found = Vec::new();
    for config in &workspace.cargo_configs {
        let table = config.table.get("unstable").and_then(toml::Value::as_table);
        for (key, _) in table.into_iter().flatten() {
            found.push(Evidence::file(
                workspace.display(&config.path),
                config.line_at(&["unstable", key]),
                format!("`unstable.{}` is for nightly", key.escape_debug()),
            ));
        }
    }
    found
}
