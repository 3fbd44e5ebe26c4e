//! Private code: what is fetched over ssh or with a token, and how a build gets at it.
//!
//! Everything is fetched in one `RUN` of its own, which compiles nothing: no build script and no macro
//! runs beside a token or an agent, and what comes out of it is sources.

mod hosts;
mod sources;
mod tokens;

use std::collections::BTreeMap;

use self::sources::{Place, Source};
use crate::decision::{Decision, Evidence};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::inspect::Workspace;
use crate::plan::{Build, Builder, Private, Registry};
use crate::shell::ShellText;

/// Decides how private sources are fetched; none where everything is public.
///
/// # Errors
///
/// A token in a file that is copied, a registry that no variable can name, a host key that is none, and
/// private sources without a lock file.
pub(crate) fn decide(
    workspace: &Workspace,
    (builder, build): (&Builder, &Build),
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Option<Private>> {
    tokens::refuse(workspace)?;
    let sources = sources::listed(workspace);
    diagnostics.extend(tokens::in_addresses(&sources));
    diagnostics.extend(tokens::in_configuration(workspace));
    let mut hosts: BTreeMap<String, Vec<Evidence>> = BTreeMap::new();
    let mut registries: BTreeMap<String, Decision<Registry>> = BTreeMap::new();
    for source in &sources {
        let address = match &source.place {
            Place::Registry(address) | Place::Git(address) => address,
            Place::Public => continue,
        };
        if let Some(host) = sources::ssh_host(address) {
            let evidence = source.evidence("over ssh");
            hosts.entry(host.to_owned()).or_default().extend(evidence);
        }
        if matches!(source.place, Place::Registry(_)) {
            match registry(workspace, source, address)? {
                Some(found) => add(&mut registries, found),
                None => diagnostics.extend(unnamed(source, address)),
            }
        }
    }
    if hosts.is_empty() && registries.is_empty() {
        return Ok(None);
    }
    if workspace.lock_file.is_none() {
        return Err(no_lock_file(&sources).into());
    }
    let with_git = sources::fetches_with_git(workspace).is_some();
    diagnostics.extend(hosts::unknown(workspace, hosts.keys(), with_git));
    let known_hosts = match with_git && !hosts.is_empty() {
        true => hosts::known(workspace)?,
        false => Vec::new(),
    };
    let ssh = (!hosts.is_empty()).then(|| ShellText::ours("--ssh default"));
    let secrets = registries
        .keys()
        .map(|id| ShellText::ours("--secret id=").and(&ShellText::word(id)));
    Ok(Some(Private {
        flags: ssh.into_iter().chain(secrets).collect(),
        hosts: hosts
            .into_iter()
            .map(|(value, because)| Decision { value, because })
            .collect(),
        known_hosts,
        registries: registries.into_values().collect(),
        arguments: arguments(builder, build),
    }))
}

/// Debian packages that fetching needs: cargo speaks git and ssh itself, unless it is told not to.
pub(crate) fn packages(workspace: &Workspace) -> Vec<Decision<String>> {
    let Some(evidence) = sources::fetches_with_git(workspace) else {
        return Vec::new();
    };
    let sources = sources::listed(workspace);
    let addresses = || sources.iter().filter_map(Source::git_address);
    let mut packages = Vec::new();
    if addresses().next().is_some() {
        packages.push(Decision::new("git".to_owned(), evidence.clone()));
    }
    if addresses().any(|address| sources::ssh_host(address).is_some()) {
        packages.push(Decision::new("openssh-client".to_owned(), evidence));
    }
    packages
}

/// What is compiled needs no more than this; all platforms would be a lot more.
fn arguments(builder: &Builder, build: &Build) -> Vec<ShellText> {
    let target = match &build.target {
        Some(target) => target.clone(),
        None => ShellText::ours("\"$(uname -m)-unknown-linux-gnu\""),
    };
    let further = builder.targets.iter();
    let further = further.map(|target| ShellText::word(&target.value));
    let targets = std::iter::once(target).chain(further);
    let targets = targets.map(|target| ShellText::option("--target", &target));
    std::iter::once(ShellText::ours("--locked"))
        .chain(targets)
        .collect()
}

/// The registry at an address, as cargo's configuration names it.
fn registry(
    workspace: &Workspace,
    source: &Source,
    address: &str,
) -> Result<Option<Decision<Registry>>> {
    let Some((name, evidence)) = sources::registry_name(workspace, address) else {
        return Ok(None);
    };
    let is_plain = |char: char| char.is_ascii_alphanumeric() || char == '-' || char == '_';
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(Diagnostic::error(
            Code::RegistryName,
            format!(
                "no variable can hold the token of the registry `{}`",
                name.escape_debug()
            ),
        )
        .note(format!("{evidence}"))
        .help("use a name of letters, digits, `-` and `_`")
        .into());
    }
    let variable = name.to_ascii_uppercase().replace('-', "_");
    let mut because = source.evidence("from this registry");
    because.push(evidence);
    Ok(Some(Decision {
        value: Registry {
            index: sources::shown(address),
            token: format!("CARGO_REGISTRIES_{variable}_TOKEN"),
            provider: format!("CARGO_REGISTRIES_{variable}_CREDENTIAL_PROVIDER"),
            name,
        },
        because,
    }))
}

fn add(registries: &mut BTreeMap<String, Decision<Registry>>, found: Decision<Registry>) {
    match registries.get_mut(&found.value.token) {
        Some(known) => {
            let new = found.because.into_iter();
            let new: Vec<_> = new.filter(|e| !known.because.contains(e)).collect();
            known.because.extend(new);
        }
        None => {
            registries.insert(found.value.token.clone(), found);
        }
    }
}

/// A registry that only the user's own configuration knows by name: cargo in the build does not.
fn unnamed(source: &Source, address: &str) -> Option<Diagnostic> {
    // A mirror without a name has no token either.
    if source.is_replaced {
        return None;
    }
    let address = sources::shown(address);
    let message = format!(
        "no configuration of the project names the registry of {}",
        source.crates()
    );
    Some(
        Diagnostic::warning(Code::RegistryUnnamed, message)
            .note("cargo in the build knows neither its name nor its token")
            .help(format!(
                "in `.cargo/config.toml`: `registries.NAME.index = \"{}\"`, with the name that the manifests use",
                address.trim_start_matches("registry+")
            )),
    )
}

fn no_lock_file(sources: &[Source]) -> Diagnostic {
    let error = Diagnostic::error(
        Code::PrivateLockFile,
        "there is no `Cargo.lock`, and private sources are fetched once, before the compile",
    );
    let private = sources
        .iter()
        .find(|source| !matches!(source.place, Place::Public));
    private
        .into_iter()
        .flat_map(|source| source.evidence("from a private source"))
        .fold(error, |error, evidence| error.note(evidence.to_string()))
        .help("cargo generate-lockfile, and commit the file")
}
