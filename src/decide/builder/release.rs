//! The release of Debian that the builder has, and whether its glibc suits the image that runs.
//!
//! A program needs the glibc it was linked against, or a newer one: two releases that float apart build well and die at
//! start.

use semver::Version;

use crate::decide::target::{RuntimeKind, Target, is_official};
use crate::decision::{Decision, Evidence};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::inspect::Workspace;
use crate::knowledge::{Knowledge, Release, SystemLibc, parts};
use crate::settings::Sourced;
use crate::version;

/// First words of tags that follow releases: what they are of changes in time.
const FLOATING: [&str; 9] = [
    "devel",
    "experimental",
    "latest",
    "oldoldstable",
    "oldstable",
    "rolling",
    "stable",
    "testing",
    "unstable",
];

/// Chooses the release: that of the builder image, or else the newest whose glibc the runtime image has.
pub(crate) fn choose(workspace: &Workspace) -> Decision<&'static Release> {
    let knowledge = Knowledge::shipped();
    let builder = workspace.settings.builder_image.as_ref();
    let named = |chosen: &Sourced<String>, release| {
        let fact = format!("the release of `{}`", chosen.value);
        Decision::new(release, Evidence::new(chosen.origin.clone(), fact))
    };
    if let Some(chosen) = builder {
        if let Some(release) = of_builder(&chosen.value) {
            return named(chosen, release);
        }
    }
    let pinned = pinned(workspace);
    let fits = |release: &&Release| match &pinned {
        Some(pinned) => version::parse(&release.since_rust).is_none_or(|since| since <= *pinned),
        None => true,
    };
    let by_runtime = workspace.settings.runtime.as_ref().and_then(|chosen| {
        let system = knowledge.system(&chosen.value)?;
        let glibc = system.glibc()?;
        let mut releases = knowledge.releases.iter().filter(fits);
        let release = releases.find(|release| release.glibc().is_some_and(|own| own <= glibc))?;
        Some(match system.release.as_ref() == Some(&release.codename) {
            true => named(chosen, release),
            false => {
                let fact = format!(
                    "the newest release whose glibc is not newer than that of `{}`, {}",
                    chosen.value, system.name
                );
                Decision::new(release, Evidence::new(chosen.origin.clone(), fact))
            }
        })
    });
    by_runtime.unwrap_or_else(|| by_toolchain(workspace))
}

/// The release that a builder image is of: what its reference says, or what the official image of its Rust has.
fn of_builder(reference: &str) -> Option<&'static Release> {
    let knowledge = Knowledge::shipped();
    let find = |codename: &str| {
        let mut releases = knowledge.releases.iter();
        releases.find(|release| release.codename == codename)
    };
    if let Some(system) = knowledge.system(reference) {
        return find(system.release.as_ref()?);
    }
    if !is_official(reference) {
        return None;
    }
    let (_, tag) = reference.rsplit_once(':')?;
    let first = tag.split(['-', '@']).next()?;
    match version::parse(first) {
        Some(rust) => release_with(&rust),
        None => knowledge.releases.first(),
    }
}

/// Refuses a dynamic program whose C library the runtime image does not have.
pub(crate) fn check(
    workspace: &Workspace,
    target: &Target,
    release: &Decision<&'static Release>,
) -> Result<()> {
    let knowledge = Knowledge::shipped();
    let builder = workspace.settings.builder_image.as_ref();
    let built_on = builder.and_then(|chosen| knowledge.system(&chosen.value));
    if let (Some(system), Some(chosen)) = (built_on, builder) {
        if system.libc != SystemLibc::Glibc {
            let message = format!(
                "`{}` cannot be the builder: it has no glibc and no apt",
                chosen.value
            );
            return Err(Diagnostic::error(Code::BuilderLibc, message)
                .note(format!("{}; it is {}", chosen.origin, system.name))
                .note("the build installs Debian packages, and build scripts may need glibc")
                .help("leave out `builder-image`: the official image compiles static programs for musl, too")
                .into());
        }
    }
    let RuntimeKind::Named(image) = &target.runtime.value else {
        return Ok(());
    };
    let Some(system) = knowledge.system(image).filter(|_| !target.is_static()) else {
        return Ok(());
    };
    let evidence = target.route.because.first();
    let why = evidence.map(ToString::to_string).unwrap_or_default();
    if system.libc != SystemLibc::Glibc {
        let has = match system.libc {
            SystemLibc::Musl => "has musl",
            _ => "has no C library",
        };
        let message = format!("`{image}` {has}, but the program is linked against glibc");
        return Err(Diagnostic::error(Code::RuntimeLibc, message)
            .note(format!("dynamic: {why}"))
            .help("use `runtime = \"distroless\"`, or `linkage = \"static\"` where nothing prevents it")
            .into());
    }
    let known = builder.is_none_or(|chosen| of_builder(&chosen.value).is_some());
    let is_newer = |own: &Version| release.value.glibc().is_some_and(|glibc| glibc > *own);
    if !known || !system.glibc().is_some_and(|own| is_newer(&own)) {
        return Ok(());
    }
    let glibc = system.glibc.as_deref().unwrap_or_default();
    // Without a builder image of the user's the oldest was looked at, too.
    let release = match (builder, knowledge.releases.last()) {
        (None, Some(oldest)) => oldest,
        _ => release.value,
    };
    let own = &release.glibc;
    let message =
        format!("`{image}` has glibc {glibc}, but the program is linked against glibc {own}");
    let error = Diagnostic::error(Code::RuntimeGlibc, message);
    let error = match builder {
        Some(chosen) => {
            let builder = &chosen.value;
            error
                .note(format!(
                    "glibc {own} comes from the builder image `{builder}`"
                ))
                .help(format!("use a builder image with glibc {glibc} or older"))
        }
        None => error
            .note(format!(
                "the oldest builder image is that of Debian {}",
                release.codename
            ))
            .help("use a newer image, such as `runtime = \"debian:trixie-slim\"`"),
    };
    Err(error
        .help("or `linkage = \"static\"` for a static program")
        .into())
}

/// Why nobody knows before the build whether the glibc of the image suits; none where it is known.
pub(crate) fn is_unsure(workspace: &Workspace, image: &str, release: &Release) -> Option<Evidence> {
    let builder = workspace.settings.builder_image.as_ref();
    if let Some(chosen) = builder.filter(|chosen| of_builder(&chosen.value).is_none()) {
        let fact = format!("`{}` may have a newer glibc than `{image}`", chosen.value);
        return Some(Evidence::new(chosen.origin.clone(), fact));
    }
    let chosen = workspace.settings.runtime.as_ref()?;
    let (_, tag) = parts(image);
    let first = tag.and_then(|tag| tag.split('-').next());
    let is_floating = first.is_some_and(|first| FLOATING.contains(&first));
    let system = Knowledge::shipped().system(image);
    let fact = match system {
        Some(system) if is_floating && !image.contains("-debian1") => {
            format!(
                "`{image}` is {} today, and may be another later",
                system.name
            )
        }
        Some(_) => return None,
        None => format!(
            "nobody knows here which glibc `{image}` has; the builder has {}",
            release.glibc
        ),
    };
    (chosen.value == image).then(|| Evidence::new(chosen.origin.clone(), fact))
}

/// The version of Rust that the project pins.
fn pinned(workspace: &Workspace) -> Option<Version> {
    version::parse(workspace.toolchain.as_ref()?.channel.as_deref()?)
}

/// The newest release that has an image of the pinned Rust.
fn by_toolchain(workspace: &Workspace) -> Decision<&'static Release> {
    let newest = &Knowledge::shipped().releases[0];
    let found = workspace.toolchain.as_ref().and_then(|file| {
        let pinned = pinned(workspace)?;
        Some((file, release_with(&pinned)?, pinned))
    });
    let Some((file, release, pinned)) = found else {
        return Decision::new(newest, Evidence::default("the newest Debian release"));
    };
    Decision::new(
        release,
        Evidence::file(
            workspace.display(&file.path),
            Some(file.line),
            format!(
                "the newest Debian release with an image of Rust {}",
                version::minor_tag(&pinned)
            ),
        ),
    )
}

/// The newest release of Debian with an image of this Rust; none for a Rust older than all of them.
pub(super) fn release_with(rust: &Version) -> Option<&'static Release> {
    let has =
        |release: &&Release| version::parse(&release.since_rust).is_none_or(|since| since <= *rust);
    Knowledge::shipped().releases.iter().find(has)
}
