//! cargo's configuration: what it names outside of itself, and what of it cannot hold in an image.

mod nightly;
mod warnings;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

pub(super) use self::warnings::warn;
use super::flags;
use crate::decision::{Decision, Evidence};
use crate::inspect::{CargoConfig, Workspace};
use crate::paths::normalize;
use crate::plan::Variable;
use crate::platform::{MACHINES, Target as Platform};
use crate::settings::Libc;

/// Keys of programs that stand around the compiler, and the variables that override them; empty, they switch it off.
/// See <https://doc.rust-lang.org/cargo/reference/config.html#buildrustc-wrapper>.
const WRAPPERS: [(&str, &str); 2] = [
    ("rustc-wrapper", "RUSTC_WRAPPER"),
    ("rustc-workspace-wrapper", "RUSTC_WORKSPACE_WRAPPER"),
];

/// Switches off wrappers of the developer's machine, which no image has; those in the repository come with it.
pub(super) fn wrappers(workspace: &Workspace) -> Vec<Decision<Variable>> {
    let found = WRAPPERS.into_iter().filter_map(|(key, variable)| {
        let (config, program) = text(workspace, &["build", key])?;
        if program.is_empty() || in_project(workspace, config, program).is_some() {
            return None;
        }
        let evidence = Evidence::file(
            workspace.display(&config.path),
            config.line_at(&["build", key]),
            format!(
                "`{}` of `build.{key}` is not in the builder image; the image is built without it",
                program.escape_debug()
            ),
        );
        let variable = Variable {
            name: variable.to_owned(),
            value: String::new(),
        };
        Some(Decision::new(variable, evidence))
    });
    found.collect()
}

/// The files that the build reads because of the configuration: itself, and those that it names.
pub(super) fn files(workspace: &Workspace) -> Vec<(PathBuf, Vec<Evidence>)> {
    let own = workspace.cargo_configs.iter();
    let own = own.filter(|config| config.path.starts_with(&workspace.bounds));
    let mut files: Vec<(PathBuf, Vec<Evidence>)> = own
        .map(|config| {
            let because = vec![Evidence::cargo("cargo's configuration")];
            (config.path.clone(), because)
        })
        .collect();
    for named in named(workspace) {
        let path = in_project(workspace, named.config, named.path);
        if let Some(path) = path.filter(|path| path.is_file()) {
            if !files.iter().any(|(known, _)| *known == path) {
                files.push((path, vec![named.evidence(workspace)]));
            }
        }
    }
    files
}

/// What `[env]` names relative to the configuration and is no part of the sources: dependencies may read it, too.
pub(super) fn relative(workspace: &Workspace) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for config in &workspace.cargo_configs {
        let table = config.table.get("env").and_then(toml::Value::as_table);
        for value in table.into_iter().flatten().map(|(_, value)| value) {
            let is_relative = value.get("relative").and_then(toml::Value::as_bool);
            let text = value.get("value").and_then(toml::Value::as_str);
            let Some(text) = text.filter(|_| is_relative == Some(true)) else {
                continue;
            };
            let path = config.base().map(|base| normalize(&base.join(text)));
            let holds_sources = |path: &Path| {
                let mut locals = workspace.local_packages().map(crate::inspect::folder);
                workspace.root.starts_with(path) || locals.any(|folder| folder.starts_with(path))
            };
            let is_made = |path: &Path| path.starts_with(&workspace.metadata.target_directory);
            found.extend(path.filter(|path| {
                path.starts_with(&workspace.bounds)
                    && !holds_sources(path)
                    && !is_made(path)
                    && path.exists()
            }));
        }
    }
    found
}

/// Files and folders of the project that flags of the compiler name: linker scripts, folders of libraries.
pub(super) fn of_flags(workspace: &Workspace) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for config in &workspace.cargo_configs {
        let texts = flags::named(config, platforms(), &["rustflags"]);
        let words = texts.flat_map(|(_, text)| text.split([',', '=', ' ', ':']));
        for word in words.filter(|word| word.contains(['/', '.'])) {
            // `-Tlink.ld`, `-Lvendor/lib`
            let behind = ["-T", "-L"].iter().find_map(|flag| word.strip_prefix(flag));
            let path = normalize(&workspace.root.join(behind.unwrap_or(word)));
            let is_own = path.starts_with(&workspace.bounds)
                && !workspace.root.starts_with(&path)
                && !path.starts_with(&workspace.metadata.target_directory);
            found.extend((is_own && path.exists()).then_some(path));
        }
    }
    found
}

/// A file that a key names.
struct Named<'a> {
    config: &'a CargoConfig,
    keys: Vec<&'a str>,
    path: &'a str,
}

impl Named<'_> {
    fn evidence(&self, workspace: &Workspace) -> Evidence {
        Evidence::file(
            workspace.display(&self.config.path),
            self.config.line_at(&self.keys),
            format!("`{}` names it", self.keys.join(".").escape_debug()),
        )
    }
}

/// The files that keys of the configuration name, programs without a slash left out: those are looked up in `PATH`.
fn named(workspace: &Workspace) -> Vec<Named<'_>> {
    let mut found = Vec::new();
    let single: [&[&str]; 5] = [
        &["http", "cainfo"],
        &["http", "proxy-cainfo"],
        &["build", "rustc"],
        &["build", WRAPPERS[0].0],
        &["build", WRAPPERS[1].0],
    ];
    for keys in single {
        if let Some((config, path)) = text(workspace, keys) {
            let keys = keys.to_vec();
            found.push(Named { config, keys, path });
        }
    }
    for config in &workspace.cargo_configs {
        for (target, table) in flags::tables(config, platforms()) {
            if let Some(path) = table.get("linker").and_then(toml::Value::as_str) {
                let keys = vec!["target", target, "linker"];
                found.push(Named { config, keys, path });
            }
        }
    }
    found.retain(|named| named.keys[0] == "http" || named.path.contains('/'));
    found
}

/// Every platform that a program or a build script is compiled for.
fn platforms() -> &'static [Platform] {
    static PLATFORMS: LazyLock<Vec<Platform>> = LazyLock::new(|| {
        let of = |libc| MACHINES.map(|machine| Platform::linux(machine, libc));
        [of(Libc::Glibc), of(Libc::Musl)].concat()
    });
    &PLATFORMS
}

/// The first configuration that has a text at a dotted place, which is the one that counts.
fn text<'a>(workspace: &'a Workspace, keys: &[&str]) -> Option<(&'a CargoConfig, &'a str)> {
    let mut configs = workspace.cargo_configs.iter();
    configs.find_map(|config| Some((config, config.get(keys)?.as_str()?)))
}

/// The path in the project that a key means; none for a program of `PATH` and for what lies elsewhere.
fn in_project(workspace: &Workspace, config: &CargoConfig, path: &str) -> Option<PathBuf> {
    // A certificate is a file, whatever its name; a program without a slash is not.
    let is_path = path.contains('/') || path.ends_with(".pem") || path.ends_with(".crt");
    let path = normalize(&config.base()?.join(path));
    (is_path && path.starts_with(&workspace.bounds)).then_some(path)
}
