//! Whether the program can be stopped, and what the kernel allows it only with a word.

use cargo_metadata::{DependencyKind, Package};

use super::ports::Listening;
use crate::decide::native::Findings;
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::{Mark, PackageSources, SourceMark, Workspace};
use crate::knowledge::Knowledge;
use crate::plan::Port;

/// Crates that wait for signals; who depends on one knows about them.
const WAITING: &[&str] = &[
    "async-ctrlc",
    "async-signal",
    "axum-shutdown",
    "ctrlc",
    "ctrlc-async",
    "graceful-shutdown",
    "signal-hook",
    "signal-hook-async-std",
    "signal-hook-mio",
    "signal-hook-tokio",
    "tokio-graceful",
    "tokio-graceful-shutdown",
];
/// A function that ends with SIGTERM.
const WAIT: &str = "async fn stopped() {\n    use tokio::signal::unix::{SignalKind, signal};\n    signal(SignalKind::terminate()).expect(\"a signal handler\").recv().await;\n}";

/// Says that nothing stops a server before it is killed.
pub(super) fn decide(
    workspace: &Workspace,
    findings: &Findings,
    locals: &[&Package],
) -> Option<Diagnostic> {
    let sources = || workspace.sources_of(locals);
    let waits = |sources: &PackageSources| {
        [Mark::Sigterm, Mark::CtrlC]
            .iter()
            .any(|mark| sources.marked(*mark).next().is_some())
    };
    let is_waiting = |package: &&Package| {
        let mut dependencies = package.dependencies.iter();
        dependencies.any(|dependency| WAITING.contains(&dependency.name.as_str()))
    };
    let stops = Knowledge::shipped()
        .frameworks
        .iter()
        .any(|framework| framework.stops && findings.linked.contains_key(&framework.name));
    let is_unknown = sources().any(|sources| !sources.unread.is_empty());
    if stops || is_unknown || sources().any(waits) || locals.iter().any(is_waiting) {
        return None;
    }
    let listens = sources().find_map(listening);
    let serves = framework(workspace, findings, sources().any(PackageSources::listens));
    let because = match (listens, serves) {
        (Some(at), _) => format!(
            "{}:{}: it listens, and nothing waits for a signal",
            workspace.display(&at.path),
            at.line
        ),
        (None, Some(name)) => format!("it depends on `{name}`, and nothing waits for a signal"),
        (None, None) => return None,
    };
    let name = workspace.selected.binary.escape_debug();
    let message = format!(
        "`{name}` does not react to SIGTERM: `docker stop` waits ten seconds, then kills it"
    );
    Some(
        Diagnostic::info(Code::NoSignal, message)
            .note(because)
            .note("as process 1 it is only stopped by signals that it waits for; `docker run --init` stops it at once, too")
            .help(cure(workspace, findings)),
    )
}

/// The lines for the runtime that is linked.
fn cure(workspace: &Workspace, findings: &Findings) -> String {
    let has = |name: &str| {
        let mut dependencies = workspace.package().dependencies.iter();
        findings.linked.contains_key(name)
            && (name == "tokio" || dependencies.any(|dependency| dependency.name == name))
    };
    let serve = match (has("tokio"), has("axum"), has("tonic")) {
        (false, ..) => {
            return "wait for it, with ctrlc = { version = \"3\", features = [\"termination\"] }:\nctrlc::set_handler(|| std::process::exit(0)).expect(\"a signal handler\");".to_owned();
        }
        (true, true, _) => "server.with_graceful_shutdown(stopped()).await?;",
        (true, false, true) => "server.serve_with_shutdown(address, stopped()).await?;",
        (true, false, false) => {
            "tokio::select! { result = serve() => result?, () = stopped() => {} }"
        }
    };
    format!("wait for it, with the feature `signal` of tokio:\n{serve}\n{WAIT}")
}

/// Where something is listened on.
fn listening(sources: &PackageSources) -> Option<SourceMark> {
    let mut facts = sources
        .facts
        .iter()
        .filter(|_| super::ports::listens(sources));
    let bind = facts.find(|fact| fact.meaning.listens() && !fact.is_build_script)?;
    Some(SourceMark::from(&bind.at))
}

/// A framework that the program depends on itself.
fn framework<'a>(workspace: &'a Workspace, findings: &Findings, listens: bool) -> Option<&'a str> {
    let frameworks = Knowledge::shipped().frameworks.iter();
    let frameworks: Vec<_> = frameworks
        .filter(|row| listens || !row.serves_clients)
        .collect();
    let mut dependencies = workspace.package().dependencies.iter();
    let found = dependencies.find(|dependency| {
        let mut named = frameworks.iter().filter(|row| row.name == dependency.name);
        dependency.kind == DependencyKind::Normal
            && named.any(|row| {
                let features = findings.linked.get(&row.name).map(|(features, _)| features);
                features.is_some_and(|active| row.features.iter().all(|name| active.contains(name)))
            })
    });
    found.map(|dependency| dependency.name.as_str())
}

/// Ports that some engines keep for root.
pub(super) fn low_ports(listening: &Listening, user: &str) -> Option<Diagnostic> {
    const FIRST: Port = 1024;
    let is_root = ["0", "root"].contains(&user.split(':').next().unwrap_or(user));
    let mut ports = listening.ports.iter().chain(&listening.udp_ports);
    let low = ports.find(|port| port.value < FIRST && !is_root)?;
    let port = low.value;
    let message = format!(
        "port {port} is below {FIRST}: Docker lets every user listen on it, Kubernetes before containerd 2 does not"
    );
    let info = Diagnostic::info(Code::LowPort, message);
    let info = low
        .because
        .iter()
        .map(ToString::to_string)
        .fold(info, Diagnostic::note);
    Some(info.help(
        "listen on another port, such as 8080, or set the sysctl net.ipv4.ip_unprivileged_port_start=0 for the pod",
    ))
}
