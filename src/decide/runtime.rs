//! The stage that runs.

mod arguments;
mod assets;
mod configuration;
mod files;
mod folders;
mod foreign;
mod health;
mod libraries;
mod ports;
mod programs;
mod signals;
mod test_files;
mod variables;
mod written;

use std::collections::BTreeMap;

use cargo_metadata::Package;

use self::configuration::{default_arguments, environment, labels, stop_signal};
use super::caching;
use super::front_ends::Chosen;
use super::inputs::Inputs;
use super::native::Findings;
use super::target::{RuntimeKind, Target};
use crate::decision::{Decision, Evidence};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::inspect::Workspace;
use crate::knowledge::{Knowledge, Need, Release, RuntimeImage};
use crate::plan::layout::USER;
use crate::plan::{Build, Context, Copy, Healthcheck, Runtime, RuntimeFile};
use crate::quote;
use crate::shell;

/// Decides on the stage that runs.
pub(crate) fn decide(
    workspace: &Workspace,
    (target, build): (&Target, &Build),
    findings: &Findings,
    release: &Decision<&'static Release>,
    (inputs, locals, front_end): (&Inputs, &[&Package], Option<&Chosen<'_>>),
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Runtime> {
    let assets = assets::decide(workspace, inputs, locals, front_end, diagnostics)?;
    let (image, known) = image(target, release);
    let asked: Vec<Evidence> = assets
        .first()
        .map(|copy| copy.because.clone())
        .unwrap_or_default();
    let (written, said) = written::decide(workspace, locals);
    diagnostics.extend(said);
    let folders = folders::decide(workspace, known, &asked, &written)?;
    let workdir = folders.workdir.as_ref().map(|set| set.value.as_str());
    diagnostics.extend(files::decide(workspace, inputs, locals, workdir));
    let libraries = libraries::decide(
        workspace,
        target,
        findings,
        release.value,
        &image.value,
        known,
    );
    let packages = packages(
        workspace,
        &image.value,
        known,
        findings,
        release.value,
        diagnostics,
    )?;
    let lacks = |need: Need| known.is_some_and(|image| !image.provides(need));
    let missing = |need: Need| findings.needs.get(&need).filter(|_| lacks(need)).cloned();
    let decision = |because: Vec<Evidence>| Decision {
        value: true,
        because,
    };
    let asked = match known.is_some_and(|image| image.provides(Need::Tmp)) {
        true => None,
        false => Some(folders.tmp).filter(|because| !because.is_empty()),
    };
    let tmp = missing(Need::Tmp).or(asked).map(decision);
    let user = user(workspace);
    let passwd = missing(Need::Home).map(|because| Decision {
        value: passwd(&user.value, folders.home.as_ref()),
        because,
    });
    let files = match known {
        Some(image) if !image.apt => files(findings, image),
        _ => Vec::new(),
    };
    let listening = ports::decide(workspace, findings, locals, diagnostics);
    let env = environment(
        workspace,
        findings,
        &listening.variables,
        folders.home.as_ref(),
    );
    diagnostics.extend(signals::decide(workspace, findings, locals));
    diagnostics.extend(signals::low_ports(&listening, &user.value));
    diagnostics.extend(programs::decide(
        workspace,
        (&image.value, known),
        &packages,
        locals,
    ));
    let healthcheck = health::decide(workspace, (target, build), &listening.ports)?;
    diagnostics.extend(health::missing(
        workspace,
        healthcheck.as_ref(),
        (&image.value, known),
        &packages,
    ));
    let wanted = arguments::decide(workspace, findings, locals, diagnostics);
    let extra_programs = extra_programs(workspace);
    let aliases = aliases(workspace)?;
    let has_more = libraries.is_some() || !files.is_empty() || tmp.is_some() || passwd.is_some();
    let has_more = has_more || !extra_programs.is_empty() || !aliases.is_empty();
    let has_more = has_more || !folders.owned.is_empty();
    let has_probe = |health: &Healthcheck| !health.probe.is_empty();
    let has_more = has_more || healthcheck.as_ref().is_some_and(has_probe);
    let program = installed(&workspace.selected.binary);
    let is_staged = has_more || is_elsewhere(workspace, target) || is_staged_for_others(workspace);
    let copied = copied(&program, &inputs.context, build).filter(|_| !is_staged);
    Ok(Runtime {
        is_staged: copied.is_none(),
        copied,
        image,
        base: libraries
            .as_ref()
            .filter(|libraries| !libraries.with_loader)
            .map(|_| "base".to_owned()),
        libraries,
        tmp,
        passwd,
        files,
        packages,
        workdir: folders.workdir,
        folders: folders.owned,
        volumes: folders.volumes,
        assets,
        program,
        extra_programs,
        aliases,
        user,
        cmd: default_arguments(workspace),
        required_env: variables::decide(workspace, &env, &wanted, locals),
        env,
        ports: listening.ports,
        udp_ports: listening.udp_ports,
        labels: labels(workspace.package(), workspace),
        stop_signal: stop_signal(workspace, locals),
        healthcheck,
    })
}

/// Whether cargo leaves the program in a folder, or under a name, that a plain `COPY` does not find.
fn is_elsewhere(workspace: &Workspace, target: &Target) -> bool {
    let is_odd = !shell::is_plain(&workspace.selected.binary);
    let mut configs = workspace.cargo_configs.iter();
    let has_target = configs.any(|config| config.get(&["build", "target"]).is_some());
    is_odd || has_target || target.is_static() || target.is_cross
}

/// Whether the program is brought to one place for what comes after its compile.
fn is_staged_for_others(workspace: &Workspace) -> bool {
    // A snippet finds the program in one place, and can put files beside it.
    let mut templates = workspace.templates.iter();
    // A cache mount is no part of the stage's files.
    caching::has_mount(workspace)
        || templates.any(|template| template.name == "after-build" && !template.is_blank())
}

/// The copy of the program from where cargo leaves it; none for a path that no `COPY` can name.
fn copied(program: &str, context: &Context, build: &Build) -> Option<Copy> {
    let source = format!("{}/{}", context.workdir, build.output.as_ref()?);
    quote::is_copyable(&source).then(|| Copy {
        from: Some("build".to_owned()),
        sources: vec![source],
        destination: program.to_owned(),
        because: Vec::new(),
    })
}

/// Who runs the program.
fn user(workspace: &Workspace) -> Decision<String> {
    match &workspace.settings.user {
        Some(set) => {
            let because = Evidence::new(set.origin.clone(), "this user was asked for");
            Decision::new(set.value.to_string(), because)
        }
        None => Decision::new(
            USER.to_owned(),
            Evidence::default("never root; numeric, so that Kubernetes can verify it"),
        ),
    }
}

/// The user's line of a passwd file.
fn passwd(user: &str, home: Option<&Decision<String>>) -> String {
    let home = home.map_or("/", |home| &home.value);
    format!("nonroot:x:{user}::{home}:/sbin/nologin")
}

fn extra_programs(workspace: &Workspace) -> Vec<Decision<String>> {
    let chosen = workspace.selected.extra.iter();
    let programs = chosen.map(|chosen| {
        let because = Evidence::new(chosen.origin.clone(), "this binary was asked for, too");
        Decision::new(installed(&chosen.value), because)
    });
    programs.collect()
}

/// Where a program is in the image.
fn installed(name: &str) -> String {
    format!("/usr/local/bin/{name}")
}

/// Further names of the program.
fn aliases(workspace: &Workspace) -> Result<Vec<Decision<String>>> {
    let mut aliases: Vec<Decision<String>> = Vec::new();
    for chosen in &workspace.settings.aliases {
        for name in &chosen.value {
            let is_name = !name.is_empty()
                && ![".", ".."].contains(&name.as_str())
                && !name.contains(|char: char| char == '/' || char.is_control());
            let is_taken = workspace.selected.binaries().any(|binary| binary == name);
            let what = match (is_name, is_taken) {
                (false, _) => "is not a file name",
                (true, true) => "is the name of a program that is in the image",
                (true, false) => {
                    let because = Evidence::new(chosen.origin.clone(), "this name was asked for");
                    if !aliases.iter().any(|known| known.value == *name) {
                        aliases.push(Decision::new(name.clone(), because));
                    }
                    continue;
                }
            };
            let message = format!("`{}` {what}", name.escape_debug());
            return Err(Diagnostic::error(Code::Alias, message)
                .note(format!("asked for by {}", chosen.origin))
                .help("name what the program may be called by, beside its own name")
                .into());
        }
    }
    Ok(aliases)
}

/// The reference of the runtime image, and what is known about it.
fn image(
    target: &Target,
    release: &Decision<&'static Release>,
) -> (Decision<String>, Option<&'static RuntimeImage>) {
    let debian = release.value.debian;
    let reference = match &target.runtime.value {
        RuntimeKind::Scratch => "scratch".to_owned(),
        RuntimeKind::Distroless if target.is_static() => {
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

/// Files that the program reads and that the image lacks.
fn files(findings: &Findings, image: &RuntimeImage) -> Vec<Decision<RuntimeFile>> {
    let known = [
        (
            Need::CaCertificates,
            "/etc/ssl/certs/ca-certificates.crt",
            "ca-certificates",
        ),
        (Need::Tzdata, "/usr/share/zoneinfo", "tzdata"),
    ];
    let missing = known.into_iter().filter_map(|(need, path, package)| {
        let because = findings
            .needs
            .get(&need)
            .filter(|_| !image.provides(need))?;
        let file = RuntimeFile {
            path: path.to_owned(),
            package: package.to_owned(),
        };
        Some(Decision {
            value: file,
            because: because.clone(),
        })
    });
    missing.collect()
}

/// Packages that apt installs: programs, data, and certificates where the image has none.
fn packages(
    workspace: &Workspace,
    image: &str,
    known: Option<&RuntimeImage>,
    findings: &Findings,
    release: &Release,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Vec<Decision<String>>> {
    let programs = findings.programs.iter();
    let mut packages: BTreeMap<String, Vec<Evidence>> = programs
        .map(|(name, because)| (release.package(name).to_owned(), because.clone()))
        .collect();
    for chosen in workspace.settings.runtime_packages.iter() {
        for name in &chosen.value {
            super::builder::check_package(name, "runtime-packages")?;
            let evidence = Evidence::new(chosen.origin.clone(), "this package was asked for");
            packages.entry(name.clone()).or_default().push(evidence);
        }
    }
    let has_apt = known.is_some_and(|image| image.apt);
    if has_apt && known.is_some_and(|image| !image.provides(Need::CaCertificates)) {
        if let Some(because) = findings.needs.get(&Need::CaCertificates) {
            packages.insert("ca-certificates".to_owned(), because.clone());
        }
    }
    if let (false, Some((name, because))) = (has_apt, packages.iter().next()) {
        let message = format!("`{image}` has no `{name}`, and nothing to install it with");
        let because = because.first().map(ToString::to_string).unwrap_or_default();
        if !workspace.settings.runtime_packages.is_empty() {
            return Err(Diagnostic::error(Code::RuntimePackage, message)
                .note(because)
                .help("runtime = \"auto\", which takes Debian's image")
                .into());
        }
        let warning = Diagnostic::warning(Code::RuntimePackage, message).note(because);
        diagnostics.push(warning.help("use an image that has it, if the program needs it"));
        return Ok(Vec::new());
    }
    let decision = |(value, because)| Decision { value, because };
    Ok(packages.into_iter().map(decision).collect())
}
