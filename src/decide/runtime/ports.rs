//! The ports that the program listens on.

use std::collections::BTreeMap;

use cargo_metadata::Package;

use crate::decide::native::Findings;
use crate::decision::{Decision, Evidence, Origin};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::inspect::{Address, Mark, PackageSources, Workspace};
use crate::knowledge::{Framework, Knowledge};
use crate::plan::{Port, Variable};
use crate::settings::Sourced;
use crate::source::{Fact, Known, Meaning};

/// Where the program listens.
pub(super) struct Listening {
    /// The ports.
    pub(super) ports: Vec<Decision<Port>>,
    /// Those for datagrams.
    pub(super) udp_ports: Vec<Decision<Port>>,
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
    let sources: Vec<_> = workspace.sources_of(locals).collect();
    let framework = framework(findings, sources.iter().any(|sources| sources.listens()));
    let is_server = framework.is_some() || sources.iter().any(|sources| listens(sources));
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
        .flat_map(|chosen| chosen.value.keys());
    let set: Vec<&String> = asked
        .chain(variables.iter().map(|v| &v.value.name))
        .collect();
    let is_set = |(name, _): &(String, String)| set.contains(&name);
    // `--host 0.0.0.0` and `--host=0.0.0.0`
    let is_given = |(name, _): &(String, String)| {
        let mut words = workspace.settings.cmd.iter().flat_map(|set| &set.value);
        words.any(|word| word.split('=').next() == Some(name))
    };
    let mut closed: Vec<&&Address> = Vec::new();
    for address in addresses
        .iter()
        .filter(|address| address.is_loopback && address.is_bound)
        .filter(|address| !address.reach.as_ref().is_some_and(is_set))
        .filter(|address| !address.option.as_ref().is_some_and(is_given))
        .filter(|address| {
            !addresses
                .iter()
                .any(|other| opens(workspace, other, address))
        })
    {
        // What is said of one place holds for the others.
        if !closed.iter().any(|other| other.text == address.text) {
            diagnostics.push(loopback(workspace, address));
            closed.push(address);
        }
    }
    let chosen = &workspace.settings.port;
    if !chosen.is_empty() {
        return Listening {
            ports: chosen.iter().flat_map(chosen_ports).collect(),
            udp_ports: Vec::new(),
            variables,
        };
    }
    let is_tcp = framework.is_some() || sources.iter().any(|sources| has_streams(sources));
    let (udp, tcp): (Vec<&Address>, Vec<&Address>) = addresses
        .iter()
        .partition(|address| address.is_udp || !is_tcp);
    let udp_ports: Vec<_> = written(workspace, &udp).into_values().collect();
    let ports: Vec<_> = written(workspace, &tcp).into_values().collect();
    let ports = match ports.is_empty() && udp_ports.is_empty() {
        true => of_framework(framework, diagnostics),
        false => ports,
    };
    Listening {
        ports,
        udp_ports,
        variables,
    }
}

/// Whether a package has a socket that others can talk to.
pub(super) fn listens(sources: &PackageSources) -> bool {
    let mut binds = sources.facts.iter().filter(|fact| is_bind(fact));
    let is_address = |fact: &Fact| {
        let text = fact.arguments.first().map(Known::shown);
        text.is_some_and(|text| crate::inspect::is_address(&text))
    };
    // A client takes whatever port is free.
    let is_client = |fact: &Fact| {
        let text = fact.arguments.first().map(Known::shown);
        text.is_some_and(|text| text.ends_with(":0"))
    };
    let binds_nothing = binds.clone().next().is_some() && binds.clone().all(is_client);
    (sources.marked(Mark::Listener).next().is_some() && !binds_nothing) || binds.any(is_address)
}

fn is_bind(fact: &Fact) -> bool {
    fact.meaning.listens() && !fact.is_build_script
}

/// Whether a package has connections, and not only datagrams.
fn has_streams(sources: &PackageSources) -> bool {
    let mut facts = sources.facts.iter();
    facts.any(|fact| fact.row == "=TcpListener" || (fact.meaning == Meaning::Bind && is_bind(fact)))
}

fn chosen_ports(chosen: &Sourced<Vec<Port>>) -> impl Iterator<Item = Decision<Port>> {
    let because = Evidence::new(chosen.origin.clone(), "this port was asked for");
    let ports = chosen.value.iter();
    ports.map(move |port| Decision::new(*port, because.clone()))
}

type Linked<'a> = (&'static Framework, &'a Origin);

/// The web framework of the program.
fn framework(findings: &Findings, listens: bool) -> Option<Linked<'_>> {
    let frameworks = Knowledge::shipped().frameworks.iter();
    let frameworks = frameworks.filter(|framework| listens || !framework.serves_clients);
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

/// The ports of addresses.
fn written(workspace: &Workspace, addresses: &[&Address]) -> BTreeMap<Port, Decision<Port>> {
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
    ports
}

/// What the framework listens on where the code names nothing.
fn of_framework(
    framework: Option<Linked<'_>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Decision<Port>> {
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

/// Whether a file with settings that is in the image opens what the code has as its default.
fn opens(workspace: &Workspace, other: &Address, closed: &Address) -> bool {
    let file = &other.found_at.path;
    let is_shipped = || {
        workspace
            .assets
            .iter()
            .any(|asset| file.starts_with(&asset.path))
    };
    !other.is_loopback
        && other.port == closed.port
        && closed
            .found_at
            .path
            .extension()
            .is_some_and(|extension| extension == "rs")
        && is_shipped()
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
    .help(match &address.option {
        Some((name, value)) => format!(
            "start it with `{} {}`: behind the image's name, or in `cmd`",
            name.escape_debug(),
            value.escape_debug()
        ),
        // A file with settings, which the program may well have another one of.
        None if mark
            .path
            .extension()
            .is_none_or(|extension| extension != "rs") =>
        {
            "write `0.0.0.0` there, or give the container another file".to_owned()
        }
        None => "listen on `0.0.0.0`, or take the address from a flag or a variable".to_owned(),
    })
}
