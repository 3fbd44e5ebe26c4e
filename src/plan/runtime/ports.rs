//! The ports that the program listens on.

use std::collections::BTreeMap;

use cargo_metadata::Package;

use super::Port;
use crate::decision::{Decision, Evidence};
use crate::diagnostic::{Diagnostic, Location};
use crate::inspect::{Address, Mark, Workspace};
use crate::plan::knowledge::Knowledge;
use crate::plan::native::Findings;

/// Ports, from the settings, or from addresses in the sources of a server.
pub(super) fn decide(
    workspace: &Workspace,
    findings: &Findings,
    locals: &[&Package],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Decision<Port>> {
    if let Some(wish) = &workspace.settings.port {
        let because = Evidence::new(wish.origin.clone(), "this port was asked for");
        return wish
            .value
            .0
            .iter()
            .map(|port| Decision::new(*port, because.clone()))
            .collect();
    }
    let frameworks = Knowledge::shipped().frameworks.iter();
    let linked = frameworks.filter_map(|framework| {
        let (features, origin) = findings.linked.get(&framework.name)?;
        let mut wanted = framework.features.iter();
        wanted
            .all(|feature| features.contains(feature))
            .then_some((framework, origin))
    });
    // One that has a port of its own says more than the one it is built on.
    let framework = linked.max_by_key(|(framework, _)| framework.port.is_some());
    let sources: Vec<_> = locals
        .iter()
        .filter_map(|package| workspace.sources.get(&package.id))
        .collect();
    let listens = sources
        .iter()
        .any(|sources| sources.marked(Mark::Listener).next().is_some());
    if framework.is_none() && !listens {
        return Vec::new();
    }
    let addresses: Vec<&Address> = sources
        .iter()
        .flat_map(|sources| &sources.addresses)
        .collect();
    for address in addresses
        .iter()
        .filter(|address| address.is_loopback && address.is_bound)
    {
        diagnostics.push(loopback(workspace, address));
    }
    let mut ports: BTreeMap<Port, Decision<Port>> = BTreeMap::new();
    for address in addresses
        .iter()
        .filter(|address| !address.is_loopback || address.is_bound)
    {
        let Some(port) = address.port else {
            continue;
        };
        let mark = &address.found_at;
        let evidence = Evidence::file(
            workspace.display(&mark.path),
            Some(mark.line),
            format!("`{}`", address.text),
        );
        ports
            .entry(port)
            .or_insert_with(|| Decision::new(port, evidence));
    }
    if ports.is_empty() {
        if let Some((port, origin)) =
            framework.and_then(|(framework, origin)| Some((framework.port?, origin)))
        {
            let evidence = Evidence::new(origin.clone(), "listens on it if nobody names another");
            return vec![Decision::new(port, evidence)];
        }
        if let Some((_, origin)) = framework {
            diagnostics.push(
                Diagnostic::info(
                    "no-port",
                    "no port was found, though the program is a server",
                )
                .note(format!("{origin} serves"))
                .help("name it, so that the image declares it: `--port 8080`"),
            );
        }
    }
    ports.into_values().collect()
}

fn loopback(workspace: &Workspace, address: &Address) -> Diagnostic {
    let mark = &address.found_at;
    let shown = workspace.display(&mark.path);
    let location = Location {
        path: shown.into(),
        line: mark.line,
        text: String::new(),
        span: 0..0,
        label: String::new(),
    };
    Diagnostic::warning(
        "loopback",
        format!(
            "`{}` cannot be reached from outside the container",
            address.text.escape_debug()
        ),
    )
    .at(location)
    .help("listen on `0.0.0.0`, or take the address from a flag or a variable")
}
