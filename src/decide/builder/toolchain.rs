//! What rustup installs: a toolchain that no image has, components and targets of the toolchain file.

use crate::decision::{Decision, Evidence};
use crate::inspect::{ToolchainFile, Workspace};
use crate::version;

/// Components for developers: nothing that is compiled reads them.
/// See <https://rust-lang.github.io/rustup/concepts/components.html>.
const FOR_DEVELOPERS: [&str; 7] = [
    "clippy",
    "miri",
    "rls",
    "rust-analysis",
    "rust-analyzer",
    "rust-docs",
    "rust-docs-json",
];
/// What build scripts may run to format the code that they write.
const FORMATTER: &str = "rustfmt";
/// The sources of the standard library, which cargo compiles for `build-std`.
const STD_SOURCES: &str = "rust-src";

/// A channel that no official image has: rustup installs it once, in a layer of its own.
pub(super) fn other(workspace: &Workspace) -> Option<Decision<String>> {
    let file = workspace.toolchain.as_ref()?;
    let channel = file.channel.as_deref()?;
    let is_too_old =
        version::parse(channel).is_some_and(|pinned| super::release_with(&pinned).is_none());
    let is_other = channel.starts_with("nightly") || channel.starts_with("beta") || is_too_old;
    (is_other && is_plain(channel) && workspace.settings.builder_image.is_none()).then(|| {
        named(
            workspace,
            file,
            channel,
            "the toolchain that the project pins",
        )
    })
}

/// The profile of that toolchain: `complete` where the project wants all components, and else the smallest, as what
/// `default` adds is for developers.
pub(super) fn profile(workspace: &Workspace) -> Option<Decision<String>> {
    let file = workspace.toolchain.as_ref()?;
    other(workspace)?;
    Some(match file.profile.as_deref() {
        Some("complete") => named(
            workspace,
            file,
            "complete",
            "the profile of the toolchain file",
        ),
        Some(profile) => {
            let fact = format!(
                "enough to compile; `profile` is `{}`",
                profile.escape_debug()
            );
            named(workspace, file, "minimal", &fact)
        }
        None => Decision::new("minimal".to_owned(), Evidence::default("enough to compile")),
    })
}

/// Components that a compile may read or run.
pub(super) fn components(workspace: &Workspace) -> Vec<Decision<String>> {
    let mut found = Vec::new();
    let has_build_script = workspace.sources.keys().any(|id| {
        let mut targets = workspace.package_of(id).targets.iter();
        targets.any(cargo_metadata::Target::is_custom_build)
    });
    if let Some(file) = &workspace.toolchain {
        for name in &file.components {
            let base = name.trim_end_matches("-preview");
            let is_useless = FOR_DEVELOPERS.contains(&base)
                || (base == FORMATTER && !has_build_script)
                || !is_plain(name);
            if !is_useless {
                found.push(named(
                    workspace,
                    file,
                    name,
                    "a component of the toolchain file",
                ));
            }
        }
    }
    if !found.iter().any(|component| component.value == STD_SOURCES) {
        let config = workspace.cargo_configs.iter();
        let mut configs = config.filter(|config| config.get(&["unstable", "build-std"]).is_some());
        let evidence = configs.next().map(|config| {
            Evidence::file(
                workspace.display(&config.path),
                config.line_at(&["unstable", "build-std"]),
                "the standard library is compiled, too",
            )
        });
        let is_nightly = other(workspace).is_some();
        found.extend(
            evidence
                .filter(|_| is_nightly)
                .map(|because| Decision::new(STD_SOURCES.to_owned(), because)),
        );
    }
    found
}

/// Targets that a build script may compile for; those of the program's own platform come with it, and other systems'
/// are for other programs.
pub(super) fn targets(workspace: &Workspace) -> Vec<Decision<String>> {
    let Some(file) = &workspace.toolchain else {
        return Vec::new();
    };
    let wanted = file
        .targets
        .iter()
        .filter(|target| is_embedded(target) && is_plain(target));
    wanted
        .map(|target| named(workspace, file, target, "a target of the toolchain file"))
        .collect()
}

/// Whether a target is no computer with a system of its own: a browser, a microcontroller, the kernel.
fn is_embedded(target: &str) -> bool {
    let mut parts = target.split('-');
    let machine = parts.next().unwrap_or_default();
    machine.starts_with("wasm")
        || machine.starts_with("bpf")
        || machine.starts_with("nvptx")
        || parts.any(|part| part == "none")
}

fn is_plain(word: &str) -> bool {
    !word.is_empty()
        && !word.starts_with('-')
        && word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
}

fn named(workspace: &Workspace, file: &ToolchainFile, value: &str, fact: &str) -> Decision<String> {
    let place = workspace.display(&file.path);
    let evidence = Evidence::file(place, Some(file.line), fact.to_owned());
    Decision::new(value.to_owned(), evidence)
}
