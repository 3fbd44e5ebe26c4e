//! The ports that the program listens on.

use std::collections::BTreeMap;

use cargo_metadata::Package;

use crate::decide::native::Findings;
use crate::decision::{Decision, Evidence, Origin};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::inspect::{Address, Mark, Workspace};
use crate::knowledge::{Framework, Knowledge};
use crate::plan::{Port, Variable};
use crate::settings::Sourced;

/// Where the program listens.
pub(super) struct Listening {
    /// The ports.
    pub(super) ports: Vec<Decision<Port>>,
    /// Variables without which nobody could reach it there.
    pub(super) variables: Vec<Decision<Variable>>,
}

/// Ports, from the settings, or from addresses in the sources of a server.
pub(super) fn decide(
    workspace: &Workspace,
    findings: &Findings,
    locals: &[&Package],
    diagnostics: &mut Vec<Diagnostic>,
) -> Listening {
    let framework = framework(findings);
    let sources: Vec<_> = locals
        .iter()
        .filter_map(|package| workspace.sources.get(&package.id))
        .collect();
    let is_server = framework.is_some()
        || sources
            .iter()
            .any(|sources| sources.marked(Mark::Listener).next().is_some());
    let addresses: Vec<&Address> = sources
        .iter()
        .filter(|_| is_server)
        .flat_map(|sources| &sources.addresses)
        .collect();
    let variables = variables(workspace, &addresses);
    let asked = workspace
        .settings
        .env
        .iter()
        .flat_map(|wish| wish.value.keys());
    let set: Vec<&String> = asked
        .chain(variables.iter().map(|v| &v.value.name))
        .collect();
    for address in addresses
        .iter()
        .filter(|address| address.is_loopback && address.is_bound)
    {
        let is_set = |(name, _): &(String, String)| set.contains(&name);
        if !address.reach.as_ref().is_some_and(is_set) {
            diagnostics.push(loopback(workspace, address));
        }
    }
    let wishes = &workspace.settings.port;
    let ports = match wishes.is_empty() {
        true => found(workspace, &addresses, framework, diagnostics),
        false => wishes.iter().flat_map(wished).collect(),
    };
    Listening { ports, variables }
}

fn wished(wish: &Sourced<Vec<Port>>) -> impl Iterator<Item = Decision<Port>> {
    let because = Evidence::new(wish.origin.clone(), "this port was asked for");
    let ports = wish.value.iter();
    ports.map(move |port| Decision::new(*port, because.clone()))
}

type Linked<'a> = (&'static Framework, &'a Origin);

/// The web framework of the program.
fn framework(findings: &Findings) -> Option<Linked<'_>> {
    let frameworks = Knowledge::shipped().frameworks.iter();
    let linked = frameworks.filter_map(|framework| {
        let (features, origin) = findings.linked.get(&framework.name)?;
        let mut wanted = framework.features.iter();
        wanted
            .all(|feature| features.contains(feature))
            .then_some((framework, origin))
    });
    // One that has a port of its own says more than the one it is built on.
    linked.max_by_key(|(framework, _)| framework.port.is_some())
}

fn found(
    workspace: &Workspace,
    addresses: &[&Address],
    framework: Option<Linked<'_>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Decision<Port>> {
    let mut ports: BTreeMap<Port, Decision<Port>> = BTreeMap::new();
    for address in addresses
        .iter()
        .filter(|address| !address.is_loopback || address.is_bound)
    {
        let Some(port) = address.port else {
            continue;
        };
        let evidence = evidence(workspace, address, format!("`{}`", address.text));
        ports
            .entry(port)
            .or_insert_with(|| Decision::new(port, evidence));
    }
    if !ports.is_empty() {
        return ports.into_values().collect();
    }
    match framework {
        Some((
            Framework {
                port: Some(port), ..
            },
            origin,
        )) => {
            let evidence = Evidence::new(origin.clone(), "listens on it if nobody names another");
            vec![Decision::new(*port, evidence)]
        }
        Some((_, origin)) => {
            diagnostics.push(
                Diagnostic::info(
                    Code::NoPort,
                    "no port was found, though the program is a server",
                )
                .note(format!("{origin} serves"))
                .help("name it, so that the image declares it: `--port 8080`"),
            );
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// The variables to set, each for the first address that asks for it.
fn variables(workspace: &Workspace, addresses: &[&Address]) -> Vec<Decision<Variable>> {
    let mut variables: BTreeMap<&str, Decision<Variable>> = BTreeMap::new();
    for address in addresses {
        let Some((name, value)) = &address.reach else {
            continue;
        };
        let fact = match address.is_loopback {
            true => format!("listens on `{}` unless it is told otherwise", address.text),
            false => format!("`{}`", address.text),
        };
        variables.entry(name).or_insert_with(|| {
            let variable = Variable {
                name: name.clone(),
                value: value.clone(),
            };
            Decision::new(variable, evidence(workspace, address, fact))
        });
    }
    variables.into_values().collect()
}

fn evidence(workspace: &Workspace, address: &Address, fact: String) -> Evidence {
    let mark = &address.found_at;
    Evidence::file(workspace.display(&mark.path), Some(mark.line), fact)
}

fn loopback(workspace: &Workspace, address: &Address) -> Diagnostic {
    let mark = &address.found_at;
    let shown = workspace.display(&mark.path);
    let location = Location::line(shown, mark.line);
    Diagnostic::warning(
        Code::Loopback,
        format!(
            "`{}` cannot be reached from outside the container",
            address.text.escape_debug()
        ),
    )
    .at(location)
    .help("listen on `0.0.0.0`, or take the address from a flag or a variable")
}
