//! The stage that runs.

mod ports;

use std::collections::BTreeMap;

use cargo_metadata::Package;
use serde::Serialize;

use super::build::Variable;
use super::knowledge::{Knowledge, Need, Release, RuntimeImage};
use super::native::Findings;
use super::target::{RuntimeKind, Target};
use crate::config::Libc;
use crate::decision::{Decision, Evidence, Origin};
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::inspect::{Mark, Workspace};

/// The user that distroless calls `nonroot`; a number works without a passwd file.
const USER: &str = "65532:65532";

/// The stage that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Runtime {
    /// The image.
    pub image: Decision<String>,
    /// Whether the program is put together with other files under `/rootfs` first.
    pub is_staged: bool,
    /// Whether the loader and the shared libraries are copied from the builder.
    pub copies_libraries: bool,
    /// Whether a writable `/tmp` has to be made.
    pub tmp: Option<Decision<bool>>,
    /// Whether a passwd entry has to be made.
    pub passwd: Option<Decision<bool>>,
    /// Files from the builder.
    pub files: Vec<Decision<RuntimeFile>>,
    /// Debian packages, where the image can install them.
    pub packages: Vec<Decision<String>>,
    /// The program in the image.
    pub program: String,
    /// Who runs it.
    pub user: Decision<String>,
    /// Its environment.
    pub env: Vec<Decision<Variable>>,
    /// Ports that it listens on.
    pub ports: Vec<Decision<Port>>,
    /// Labels, from the manifest.
    pub labels: Vec<Decision<Variable>>,
    /// The signal that stops it, where it is not SIGTERM.
    pub stop_signal: Option<Decision<String>>,
}

/// A file or a folder from the builder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuntimeFile {
    /// What it is, for a comment.
    pub what: String,
    /// The path in the builder.
    pub from: String,
    /// The path in the image.
    pub to: String,
}

/// A TCP port.
pub type Port = u16;

/// Decides on the stage that runs.
pub(crate) fn decide(
    workspace: &Workspace,
    target: &Target,
    findings: &Findings,
    release: &Decision<&'static Release>,
    locals: &[&Package],
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Runtime> {
    let (image, known) = image(target, release);
    let copies_libraries = image.value == "scratch" && target.libc.value == Libc::Glibc;
    let packages = packages(&image.value, known, target, findings, release)?;
    let lacks = |need: Need| known.is_some_and(|image| !image.provides(need));
    let missing = |need: Need| findings.needs.get(&need).filter(|_| lacks(need)).cloned();
    let decision = |because: Vec<Evidence>| Decision {
        value: true,
        because,
    };
    let tmp = missing(Need::Tmp).map(decision);
    let passwd = missing(Need::Home).map(decision);
    let mut files = Vec::new();
    let mut env = environment(workspace, findings);
    for (need, what, path) in [
        (
            Need::CaCertificates,
            "Certificates of the public authorities",
            "/etc/ssl/certs/ca-certificates.crt",
        ),
        (Need::Tzdata, "Time zones", "/usr/share/zoneinfo"),
    ] {
        let is_installed = known.is_some_and(|image| image.apt);
        if let Some(because) = missing(need).filter(|_| !is_installed) {
            let file = RuntimeFile {
                what: what.to_owned(),
                from: path.to_owned(),
                to: path.to_owned(),
            };
            files.push(Decision {
                value: file,
                because,
            });
        }
    }
    if let Some(home) = &passwd {
        let variable = Variable {
            name: "HOME".to_owned(),
            value: "/".to_owned(),
        };
        env.push(Decision {
            value: variable,
            because: home.because.clone(),
        });
    }
    let is_odd = super::shell(&workspace.selected.binary) != workspace.selected.binary;
    let names_target = target.libc.value == Libc::Musl
        || workspace
            .cargo_configs
            .iter()
            .any(|config| config.get(&["build", "target"]).is_some());
    Ok(Runtime {
        is_staged: names_target || copies_libraries || tmp.is_some() || passwd.is_some() || is_odd,
        image,
        copies_libraries,
        tmp,
        passwd,
        files,
        packages,
        program: format!("/usr/local/bin/{}", workspace.selected.binary),
        user: Decision::new(
            USER.to_owned(),
            Evidence::default("never root; a number, so that Kubernetes can tell"),
        ),
        env,
        ports: ports::decide(workspace, findings, locals, diagnostics),
        labels: labels(workspace.package(), workspace),
        stop_signal: stop_signal(workspace, locals),
    })
}

/// The reference of the runtime image, and what is known about it.
fn image(
    target: &Target,
    release: &Decision<&'static Release>,
) -> (Decision<String>, Option<&'static RuntimeImage>) {
    let debian = release.value.debian;
    let reference = match &target.runtime.value {
        RuntimeKind::Scratch => "scratch".to_owned(),
        RuntimeKind::Distroless if target.libc.value == Libc::Musl => {
            format!("gcr.io/distroless/static-debian{debian}:nonroot")
        }
        RuntimeKind::Distroless => format!("gcr.io/distroless/cc-debian{debian}:nonroot"),
        RuntimeKind::Debian => format!("debian:{}-slim", release.value.codename),
        RuntimeKind::Named(reference) => reference.clone(),
    };
    let known = Knowledge::shipped().image(&reference);
    let decision = Decision {
        value: reference,
        because: target.runtime.because.clone(),
    };
    (decision, known)
}

/// Packages with shared libraries that the image lacks.
fn packages(
    image: &str,
    known: Option<&RuntimeImage>,
    target: &Target,
    findings: &Findings,
    release: &Decision<&'static Release>,
) -> Result<Vec<Decision<String>>> {
    if target.libc.value == Libc::Musl || image == "scratch" {
        return Ok(Vec::new());
    }
    let mut missing: Vec<Decision<String>> = findings
        .runtime
        .iter()
        .map(|(package, because)| Decision {
            value: release.value.package(package).to_owned(),
            because: because.clone(),
        })
        .filter(|package| known.is_some_and(|image| !image.packages.contains(&package.value)))
        .collect();
    let Some(known) = known else {
        return Ok(Vec::new());
    };
    if known.apt && !known.provides(Need::CaCertificates) {
        if let Some(because) = findings.needs.get(&Need::CaCertificates) {
            missing.push(Decision {
                value: "ca-certificates".to_owned(),
                because: because.clone(),
            });
        }
    }
    missing.sort_by(|left, right| left.value.cmp(&right.value));
    match missing.first() {
        Some(first) if !known.apt => {
            let because = first
                .because
                .first()
                .map(ToString::to_string)
                .unwrap_or_default();
            Err(Diagnostic::error(
                "runtime-library",
                format!(
                    "`{image}` has no `{}`, which the program links",
                    first.value
                ),
            )
            .note(because)
            .help(format!(
                "runtime = \"debian:{}-slim\", where it can be installed",
                release.value.codename
            ))
            .into())
        }
        _ => Ok(missing),
    }
}

fn environment(workspace: &Workspace, findings: &Findings) -> Vec<Decision<Variable>> {
    let mut env: BTreeMap<String, Decision<Variable>> = BTreeMap::new();
    let mut set = |name: &str, value: &str, evidence: Evidence| {
        let variable = Variable {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        env.insert(name.to_owned(), Decision::new(variable, evidence));
    };
    for framework in &Knowledge::shipped().frameworks {
        let Some((features, origin)) = findings.linked.get(&framework.name) else {
            continue;
        };
        if framework
            .features
            .iter()
            .all(|feature| features.contains(feature))
        {
            for (name, value) in &framework.env {
                set(
                    name,
                    value,
                    Evidence::new(
                        origin.clone(),
                        "listens on loopback unless it is told otherwise",
                    ),
                );
            }
        }
    }
    for wish in workspace.settings.env.iter() {
        for (name, value) in &wish.value {
            set(name, value, Evidence::new(wish.origin.clone(), "asked for"));
        }
    }
    env.into_values().collect()
}

/// Labels of the OCI annotations specification, from what the manifest says.
fn labels(package: &Package, workspace: &Workspace) -> Vec<Decision<Variable>> {
    let manifest = workspace.display(package.manifest_path.as_std_path());
    let values = [
        ("title", Some(package.name.to_string()), "name"),
        ("description", package.description.clone(), "description"),
        ("version", Some(package.version.to_string()), "version"),
        ("licenses", package.license.clone(), "license"),
        ("source", package.repository.clone(), "repository"),
        ("url", package.homepage.clone(), "homepage"),
        (
            "documentation",
            package.documentation.clone(),
            "documentation",
        ),
    ];
    values
        .into_iter()
        .filter_map(|(name, value, key)| {
            Some((name, value.filter(|value| !value.trim().is_empty())?, key))
        })
        .map(|(name, value, key)| {
            let variable = Variable {
                name: format!("org.opencontainers.image.{name}"),
                value: value.split_whitespace().collect::<Vec<_>>().join(" "),
            };
            Decision::new(
                variable,
                Evidence::file(manifest.clone(), None, format!("`package.{key}`")),
            )
        })
        .collect()
}

/// As process 1 a program only stops on the signals that it waits for.
fn stop_signal(workspace: &Workspace, locals: &[&Package]) -> Option<Decision<String>> {
    let sources = || {
        locals
            .iter()
            .filter_map(|package| workspace.sources.get(&package.id))
    };
    if sources().any(|sources| sources.marked(Mark::Sigterm).next().is_some()) {
        return None;
    }
    let mark = sources().find_map(|sources| sources.marked(Mark::CtrlC).next())?;
    let fact = "waits for ctrl-c, and nothing waits for SIGTERM";
    let evidence = Evidence::new(
        Origin::File {
            file: workspace.display(&mark.path),
            line: Some(mark.line),
        },
        fact,
    );
    Some(Decision::new("SIGINT".to_owned(), evidence))
}
