//! The stage that compiles.

mod linkage;
mod linkers;
mod release;
mod script;
mod toolchain;

use semver::Version;

use self::release::release_with;
pub(crate) use self::release::{check, choose as release, is_unsure};
use super::conditions::Arguments;
use super::configuration;
use super::native::Findings;
use super::platforms;
use super::private;
use super::target::Target;
use super::teach;
use crate::decision::{Decision, Evidence, Origin};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::inspect::Workspace;
use crate::knowledge::Release;
use crate::knowledge::ceilings::Ceiling;
use crate::plan::{Builder, Libraries, Variable};
use crate::quote;
use crate::version;

/// Decides on the stage that compiles.
pub(crate) fn decide(
    workspace: &Workspace,
    target: &Target,
    findings: &Findings,
    release: &Decision<&'static Release>,
    (copied, arguments): (Option<&Libraries>, Arguments),
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Builder> {
    let (image, rust_version) = match &workspace.settings.builder_image {
        Some(chosen) => {
            quote::check_reference(&chosen.value, "builder-image")?;
            let because = Evidence::new(chosen.origin.clone(), "this builder was asked for");
            (Decision::new(chosen.value.clone(), because), None)
        }
        None => {
            let image = format!("rust:${{RUST_VERSION}}-{}", release.value.rust);
            let because = Evidence::default("the official Rust image, which has gcc");
            (
                Decision::new(image, because),
                Some(rust(workspace, findings)),
            )
        }
    };
    let mut packages: Vec<_> = findings
        .build
        .iter()
        .map(|(name, because)| Decision {
            value: name.clone(),
            because: because.clone(),
        })
        .collect();
    packages.extend(linkers::named(workspace, target.libc()));
    packages.extend(private::packages(workspace));
    for chosen in workspace.settings.build_packages.iter() {
        for name in &chosen.value {
            check_package(name, "build-packages")?;
            let because = Evidence::new(chosen.origin.clone(), "this package was asked for");
            packages.push(Decision::new(name.clone(), because));
        }
    }
    packages.sort_by(|left, right| left.value.cmp(&right.value));
    packages.dedup_by(|later, first| later.value == first.value);
    diagnostics.extend(findings.warnings.iter().cloned());
    let version = toolchain::other(workspace).or_else(|| rust_version.clone());
    diagnostics.extend(version.iter().flat_map(|rust| too_new(rust, findings)));
    let unknown = findings.unknown.iter();
    diagnostics.extend(unknown.map(|(name, because)| teach::unknown(workspace, name, because)));
    let (packages, platforms) = platforms::stages(packages, workspace, target, findings, copied);
    Ok(Builder {
        image,
        rust_version,
        release: Decision {
            value: release.value.codename.clone(),
            because: release.because.clone(),
        },
        profile: toolchain::profile(workspace),
        components: toolchain::components(workspace),
        toolchain: toolchain::other(workspace),
        targets: toolchain::targets(workspace),
        platforms,
        packages,
        arguments: arguments.names,
        argument_options: arguments.options,
        env: script::switched_off(workspace)
            .into_iter()
            .chain(super::build::folders(workspace))
            .chain(configuration::wrappers(workspace))
            .chain(offline_queries(workspace))
            .chain(findings.env.iter().map(|(name, (value, evidence))| {
                let variable = Variable {
                    name: name.clone(),
                    value: value.clone(),
                };
                Decision::new(variable, evidence.clone())
            }))
            .chain(linkage::flags(workspace, target))
            .collect(),
    })
}

/// Refuses what is not the name of a Debian package.
pub(crate) fn check_package(name: &str, key: &str) -> Result<()> {
    if quote::is_package(name) {
        return Ok(());
    }
    Err(Diagnostic::error(
        Code::DebianPackage,
        format!(
            "`{}` is not the name of a Debian package",
            name.escape_debug()
        ),
    )
    .note(format!("given as `{key}`"))
    .help("use names as `apt-get install` takes them, without versions")
    .into())
}

/// Warns of crates that this Rust does not compile.
fn too_new(rust: &Decision<String>, findings: &Findings) -> Vec<Diagnostic> {
    // `1`, `stable`, `nightly`: the newest.
    let version = version::parse(&rust.value).filter(|_| rust.value != "1");
    let is_too_new = |since: &str| match (&version, version::parse(since)) {
        (Some(version), Some(since)) => *version >= since,
        _ => true,
    };
    let fails = findings.ceilings.iter();
    let fails = fails.filter(|(_, (ceiling, _))| is_too_new(&ceiling.since));
    let warn = |(package, (ceiling, evidence)): (&String, &(&Ceiling, Evidence))| {
        let message = format!("`{package}` does not compile with Rust {}", rust.value);
        let warning = Diagnostic::warning(Code::RustTooNew, message).note(evidence.to_string());
        let warning = rust.because.iter().fold(warning, |warning, because| {
            warning.note(format!("Rust {}: {because}", rust.value))
        });
        warning
            .help(format!(
                "cargo update -p {package} --precise {}",
                ceiling.fixed
            ))
            .help(format!(
                "or name a Rust before {} in `rust-toolchain.toml`",
                ceiling.since
            ))
    };
    fails.map(warn).collect()
}

/// The version of Rust: a pin, or what compiled the project last, never below what it asks for.
fn rust(workspace: &Workspace, findings: &Findings) -> Decision<String> {
    if let Some(file) = &workspace.toolchain {
        let channel = file.channel.as_deref().unwrap_or_default();
        if version::parse(channel).is_some_and(|pinned| release_with(&pinned).is_some()) {
            return Decision::new(
                channel.to_owned(),
                Evidence::file(
                    workspace.display(&file.path),
                    Some(file.line),
                    "the toolchain that the project pins",
                ),
            );
        }
    }
    let floor = findings.rust_floor.as_ref();
    let is_enough = |version: &Version| {
        floor.is_none_or(|(floor, _)| (version.major, version.minor) >= (floor.major, floor.minor))
    };
    let kept = workspace
        .previous
        .as_ref()
        .and_then(|previous| previous.rust_version.as_ref());
    if let Some(kept) = kept.filter(|version| is_enough(version)) {
        return Decision::new(
            version::minor_tag(kept),
            Evidence::file(
                workspace.display(&workspace.dockerfile),
                None,
                "kept from the existing Dockerfile; `--force` uses the installed rustc",
            ),
        );
    }
    let running = workspace
        .compiler
        .as_ref()
        .map(|compiler| stable(&compiler.version));
    match (running, floor) {
        (Some(running), _) if is_enough(&running) => Decision::new(
            version::minor_tag(&running),
            Evidence::new(Origin::Compiler, "the installed rustc"),
        ),
        (_, Some((floor, evidence))) => Decision::new(version::minor_tag(floor), evidence.clone()),
        (_, None) => Decision::new(
            "1".to_owned(),
            Evidence::default("no rustc is installed, and nothing asks for a version"),
        ),
    }
}

/// The stable release that is out while `version` is beta or nightly.
fn stable(version: &Version) -> Version {
    let behind = match version.pre.as_str() {
        "" => 0,
        pre if pre.starts_with("beta") => 1,
        _ => 2,
    };
    Version::new(version.major, version.minor.saturating_sub(behind), 0)
}

/// sqlx checks its queries against recorded answers where they are, and against a database elsewhere.
fn offline_queries(workspace: &Workspace) -> Option<Decision<Variable>> {
    let needed = workspace
        .sources
        .values()
        .flat_map(|sources| &sources.needed);
    let recorded = needed
        .map(|file| &file.path)
        .find(|path| path.ends_with(".sqlx") || path.ends_with("sqlx-data.json"))?;
    let variable = Variable {
        name: "SQLX_OFFLINE".to_owned(),
        value: "true".to_owned(),
    };
    let fact = "the recorded queries are used, no database is asked";
    Some(Decision::new(
        variable,
        Evidence::file(workspace.display(recorded), None, fact),
    ))
}
