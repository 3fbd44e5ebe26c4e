//! Settings of cargo that mean something else in an image, or nothing.

use semver::Version;

use super::{in_project, named, nightly, platforms};
use crate::decide::flags;
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::{CargoConfig, Workspace, folder};
use crate::plan::Builder;
use crate::version;

/// The first release of cargo that follows `include` without being asked to.
const INCLUDES_SINCE: Version = Version::new(1, 94, 0);
/// The certificates that the official image of Rust has.
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";
/// Tables that say nothing about what is compiled.
const QUIET: [&str; 9] = [
    "alias",
    "cache",
    "cargo-new",
    "doc",
    "future-incompat-report",
    "install",
    "net",
    "registry",
    "term",
];
/// The same for keys of `build`.
const QUIET_BUILD: [&str; 7] = [
    "build-dir",
    "incremental",
    "jobs",
    "rustc-wrapper",
    "rustdoc",
    "rustdocflags",
    "target-dir",
];

/// Warns of them.
pub(in crate::decide) fn warn(workspace: &Workspace, builder: &Builder) -> Vec<Diagnostic> {
    let mut warnings = nightly::warn(workspace, builder);
    warnings.extend(native_cpu(workspace));
    warnings.extend(of_member(workspace));
    warnings.extend(absent(workspace));
    warnings.extend(included(workspace, builder));
    warnings
}

/// `target-cpu=native`: the processor of whoever builds the image.
fn native_cpu(workspace: &Workspace) -> Option<Diagnostic> {
    workspace.cargo_configs.iter().find_map(|config| {
        let mut texts = flags::named(config, platforms(), &["rustflags"]);
        let (keys, text) = texts.find(|(_, text)| text.contains("target-cpu=native"))?;
        let line = config.line_in(&keys, text).unwrap_or(1);
        let message =
            "`target-cpu=native` compiles for the processor of the machine that builds the image";
        Some(
            Diagnostic::warning(Code::NativeCpu, message)
                .at_line(workspace.display(&config.path), line)
                .note("the program may stop with an illegal instruction on any other processor")
                .help("name the oldest processor that it runs on, such as `target-cpu=x86-64-v3`"),
        )
    })
}

/// A member's own configuration: cargo reads it in its folder, and the image is built in the workspace's root.
fn of_member(workspace: &Workspace) -> Option<Diagnostic> {
    let package = folder(workspace.package());
    let mut configs = workspace.member_configs.iter();
    configs.find_map(|config| {
        config.base().filter(|base| package.starts_with(base))?;
        let keys = telling_keys(config);
        let (first, _) = keys.split_first()?;
        let path: Vec<&str> = first.split('.').collect();
        let shown: Vec<String> = keys
            .iter()
            .map(|key| format!("`{}`", key.escape_debug()))
            .collect();
        let message = format!(
            "{} of `{}` {} not hold in the image",
            shown.join(", "),
            workspace.display(&config.path),
            if keys.len() == 1 { "does" } else { "do" },
        );
        let root = workspace.display(&workspace.root.join(".cargo/config.toml"));
        Some(
            Diagnostic::warning(Code::MemberConfig, message)
                .at_line(
                    workspace.display(&config.path),
                    config.line_at(&path).unwrap_or(1),
                )
                .note("cargo reads it when it runs in that folder; the image is built in the workspace's root")
                .help(format!("move what the image needs to `{root}`")),
        )
    })
}

/// The keys that change what is compiled, dotted.
fn telling_keys(config: &CargoConfig) -> Vec<String> {
    let mut keys = Vec::new();
    for (name, value) in &config.table {
        if QUIET.contains(&name.as_str()) {
            continue;
        }
        match value.as_table() {
            Some(table) => {
                let told = table
                    .keys()
                    .filter(|key| name != "build" || !QUIET_BUILD.contains(&key.as_str()));
                keys.extend(told.map(|key| format!("{name}.{key}")));
            }
            None => keys.push(name.clone()),
        }
    }
    keys
}

/// Files that the configuration names and that the image does not get.
fn absent(workspace: &Workspace) -> Vec<Diagnostic> {
    let missing = named(workspace).into_iter().filter(|named| {
        let is_wrapper = named.keys[0] == "build" && named.keys[1].ends_with("wrapper");
        match in_project(workspace, named.config, named.path) {
            Some(path) => !path.is_file(),
            // The builder has the programs of Debian, and is built without a wrapper.
            None => !is_wrapper && named.path != CERTIFICATES && !named.path.starts_with("/usr/"),
        }
    });
    missing
        .map(|named| {
            let key = named.keys.join(".");
            let message = format!(
                "`{}`, which `{}` names, is not in the build",
                named.path.escape_debug(),
                key.escape_debug()
            );
            Diagnostic::warning(Code::ConfigPath, message)
                .at_line(
                    workspace.display(&named.config.path),
                    named.config.line_at(&named.keys).unwrap_or(1),
                )
                .help("put the file into the repository, and name it relative to the folder of `.cargo`")
        })
        .collect()
}

/// Included files that the builder's cargo does not read, or that lie outside of the project.
fn included(workspace: &Workspace, builder: &Builder) -> Vec<Diagnostic> {
    let rust = builder.rust_version.as_ref();
    let rust = rust.and_then(|rust| version::parse(&rust.value));
    let old = rust.filter(|rust| *rust < INCLUDES_SINCE && builder.toolchain.is_none());
    let mut found = Vec::new();
    for config in &workspace.cargo_configs {
        let files = config.get(&["include"]).and_then(toml::Value::as_array);
        if files.is_none_or(Vec::is_empty) {
            continue;
        }
        let line = config.line_at(&["include"]).unwrap_or(1);
        let warning = |message: String| {
            Diagnostic::warning(Code::ConfigInclude, message)
                .at_line(workspace.display(&config.path), line)
        };
        if let Some(rust) = &old {
            let message = format!(
                "cargo {} does not follow `include`",
                version::minor_tag(rust)
            );
            found.push(warning(message).help("build with Rust 1.94 or newer"));
        }
        for file in crate::inspect::included(&config.path, &config.table) {
            if !file.starts_with(&workspace.bounds) && file.is_file() {
                let message = format!("`{}` lies outside the project", file.display());
                found.push(
                    warning(message)
                        .help("put it into the repository, or include it as `optional`"),
                );
            }
        }
    }
    found
}
