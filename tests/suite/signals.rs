//! Whether a program can be stopped, and what only root may do.

use crate::project::{Project, manifest};

fn codes(project: &Project) -> Vec<String> {
    let image = project.image(&[]);
    let diagnostics = image["diagnostics"].as_array().unwrap().iter();
    diagnostics
        .map(|found| found["code"].as_str().unwrap().to_owned())
        .collect()
}

#[track_caller]
fn is_killed(main: &str, crates: &[&str], cure: &str) {
    let project = Project::with_crates(crates, main);
    project
        .run(&["plan"])
        .exits(0)
        .says("note[no-signal]")
        .says(cure);
}

#[track_caller]
fn stops(main: &str, crates: &[&str]) {
    let codes = codes(&Project::with_crates(crates, main));
    assert!(
        !codes.contains(&"no-signal".to_owned()),
        "{codes:?}:\n{main}"
    );
}

const BIND: &str = "let l = std::net::TcpListener::bind(\"0.0.0.0:8080\").unwrap();";

#[test]
fn a_server_that_waits_for_no_signal_is_killed() {
    is_killed(
        &format!("fn main() {{ {BIND} }}"),
        &[],
        "src/main.rs:1: it listens",
    );
    is_killed(
        &format!("fn main() {{ {BIND} }}"),
        &[],
        "ctrlc::set_handler",
    );
    is_killed(
        "async fn main() { let l = tokio::net::TcpListener::bind(\"0.0.0.0:1\").await; axum::serve(l, app()).await; }",
        &["axum", "tokio"],
        "with_graceful_shutdown(stopped())",
    );
    is_killed(
        "async fn main() { let l = tokio::net::TcpListener::bind(\"0.0.0.0:1\").await; tonic::Server::builder().serve(a).await }",
        &["tokio", "tonic"],
        "serve_with_shutdown",
    );
    is_killed(
        "fn main() { gotham() }",
        &["gotham", "tokio"],
        "it depends on `gotham`",
    );
}

#[test]
fn who_waits_for_a_signal_stops() {
    let wait = format!("fn main() {{ {BIND} signal_hook::flag::register(SIGTERM, a); }}");
    stops(&wait, &[]);
    stops(
        &format!("fn main() {{ {BIND} tokio::signal::ctrl_c(); }}"),
        &[],
    );
    stops(
        &format!("fn main() {{ {BIND} signal(SignalKind::terminate()); }}"),
        &[],
    );
    stops(
        &format!("fn main() {{ {BIND} ctrlc::set_handler(f); }}"),
        &["ctrlc"],
    );
    stops(
        "fn main() { HttpServer::new(app).bind(\"0.0.0.0:1\") }",
        &["actix-web"],
    );
    stops("fn main() { rocket() }", &["rocket"]);
    stops("fn main() { println!(\"a tool\") }", &["tokio"]);
    stops("fn main() { std::net::TcpStream::connect(\"a:80\"); }", &[]);
}

#[test]
fn low_ports_are_said() {
    let low = "fn main() { std::net::TcpListener::bind(\"0.0.0.0:80\"); }";
    assert!(codes(&Project::with_crates(&[], low)).contains(&"low-port".to_owned()));
    let high = format!("fn main() {{ {BIND} }}");
    assert!(!codes(&Project::with_crates(&[], &high)).contains(&"low-port".to_owned()));
}

#[test]
fn who_only_talks_to_servers_is_none() {
    let client = "fn main() { tonic::Endpoint::from_static(\"http://localhost:9000\"); }\n";
    let table = format!(
        "{}[dependencies]\ntonic = {{ path = \"fake/tonic\", features = [\"server\"] }}\n[workspace]\n",
        manifest("app")
    );
    let tonic = format!("{}[features]\nserver = []\n", manifest("tonic"));
    let project = |main: &str| {
        Project::empty()
            .file("Cargo.toml", &table)
            .file("src/main.rs", main)
            .library("fake/tonic", "tonic")
            .file("fake/tonic/Cargo.toml", &tonic)
            .locked()
    };
    let quiet = codes(&project(client));
    assert!(!quiet.contains(&"no-signal".to_owned()), "{quiet:?}");
    assert!(!quiet.contains(&"no-port".to_owned()), "{quiet:?}");
    let server = "fn main() { tonic::Server::builder().serve_with_incoming(stream()); }\n";
    let said = codes(&project(server));
    assert!(said.contains(&"no-signal".to_owned()), "{said:?}");
    assert!(said.contains(&"no-port".to_owned()), "{said:?}");
    // A socket that is connected is one end of a conversation.
    stops(
        "fn main() { let s = std::net::UdpSocket::bind(local()).unwrap(); s.connect(to()); s.send(b\"?\"); }",
        &[],
    );
    is_killed(
        "fn main() { let s = std::net::UdpSocket::bind(\"0.0.0.0:53\").unwrap(); s.recv_from(&mut b); }",
        &[],
        "ctrlc",
    );
}
