//! Where a program listens: found in its code and in the files that it reads, and made reachable.

use serde_json::Value;

use crate::dockerfile::parse;
use crate::project::{Project, manifest};

/// A server of the standard library with these items before its `main`.
fn server(items: &str) -> Project {
    let code = format!(
        "use std::net::TcpListener;\n\n{items}\n\nfn main() {{ let _ = TcpListener::bind(addr()); }}\n"
    );
    Project::empty()
        .file("Cargo.toml", &manifest("app"))
        .file("src/main.rs", &code)
        .locked()
}

fn ports(image: &Value) -> Vec<(u64, String)> {
    let ports = image["runtime"]["ports"].as_array().unwrap().iter();
    ports
        .map(|port| {
            let origin = &port["because"][0]["origin"];
            let place = format!(
                "{}:{}",
                origin["file"].as_str().unwrap_or("?"),
                origin["line"]
            );
            (port["value"].as_u64().unwrap(), place)
        })
        .collect()
}

fn env(image: &Value) -> Vec<String> {
    let env = image["runtime"]["env"].as_array().unwrap().iter();
    env.map(|variable| {
        let value = &variable["value"];
        format!("{}={}", value["name"], value["value"]).replace('"', "")
    })
    // Every image sets it, whatever the program listens on.
    .filter(|variable| !variable.starts_with("HOME="))
    .collect()
}

fn warnings(image: &Value) -> Vec<String> {
    let diagnostics = image["diagnostics"].as_array().unwrap().iter();
    diagnostics
        .filter(|diagnostic| diagnostic["code"] == "loopback")
        .map(|diagnostic| {
            let place = &diagnostic["location"];
            format!("{}:{}", place["path"], place["line"]).replace('"', "")
        })
        .collect()
}

#[track_caller]
fn finds(items: &str, expected: &[u64]) {
    let image = server(items).image(&[]);
    let found: Vec<u64> = ports(&image).into_iter().map(|(port, _)| port).collect();
    assert_eq!(found, expected, "{items}");
}

#[test]
fn ports_that_the_code_names() {
    for (items, port) in [
        ("const DEFAULT_PORT: u16 = 6_379;", 6379),
        ("fn a() -> u16 { let port: u16 = 3000; port }", 3000),
        ("fn default_port() -> u16 { 5000 }", 5000),
        (
            "struct A { #[arg(long, default_value = \"8081\")] port: u16 }",
            8081,
        ),
        (
            "struct A { #[clap(short, long, env = \"APP_PORT\", default_value_t = 8082)] pub http_port: u16 }",
            8082,
        ),
        (
            "struct A { /// The port.\n #[builder(default = \"8083\")] pub http_port: u16 }",
            8083,
        ),
        (
            "struct A { port: u16 }\nimpl Default for A { fn default() -> Self { Self { port: 8084 } } }",
            8084,
        ),
        (
            "fn a() { let port = std::env::var(\"PORT\").unwrap_or_else(|_| \"8085\".to_string()); }",
            8085,
        ),
        (
            "fn a() { let p: u16 = std::env::var(\"PORT\").ok().and_then(|p| p.parse().ok()).unwrap_or(8086); }",
            8086,
        ),
        ("fn a(args: A) { serve(args.port.unwrap_or(8087)); }", 8087),
        (
            "fn a(m: M) { let p = m.get_one::<u16>(\"port\").copied().unwrap_or(8088); }",
            8088,
        ),
        (
            "fn a() { c().arg(Arg::new(\"port\").long(\"port\").default_value(\"8089\")); }",
            8089,
        ),
        ("fn a() { let p = env_or(\"PORT\", 8090); }", 8090),
        ("fn a() { c().set_default(\"server.port\", 8091); }", 8091),
        (
            "fn a() { let b = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 8092); }",
            8092,
        ),
        (
            "fn a() { let p = std::env::args().nth(1).and_then(|p| p.parse().ok()); let port = std::env::args().nth(1).map(n).unwrap_or(8093); }",
            8093,
        ),
    ] {
        finds(items, &[port]);
    }
}

#[test]
fn numbers_that_are_no_port_of_the_program() {
    for items in [
        // Of what it talks to.
        "struct DatabaseSettings { #[arg(default_value_t = 5432)] port: u16 }",
        "struct A { #[arg(long, default_value = \"587\")] smtp_port: u16 }",
        "fn a() { let port = std::env::var(\"REDIS_PORT\").unwrap_or(\"6379\".into()); }",
        "fn connect_db() { let port = 5432; }",
        "mod postgres { pub fn default_port() -> u16 { 5432 } }",
        "fn a() { let a = config.database.port.unwrap_or(3306); }",
        "fn a() { c().set_default(\"metrics.port\", 9001); }",
        // Of a URL.
        "fn a(url: Url) { let port = url.port().unwrap_or(80); }",
        "fn a(uri: Uri) { let port = uri.port_u16().unwrap_or(443); }",
        "fn a(t: &str) { let port = t.split(':').nth(1).and_then(|p| p.parse().ok()).unwrap_or(443); }",
        // Computed, indexed, counted.
        "fn a() { let port = parts[1].parse::<u16>(); }",
        "fn a() { let port = base + 8080; }",
        "fn a() { let port = args().nth(1); }",
        "fn a() { let port = 0; }",
        "fn a() { let port = 70000; }",
        "const SUPPORT: u16 = 8080; const EXPORT_PORTS: u16 = 8080; const REPORT: u16 = 1234;",
        "fn a() { let timeout = std::env::var(\"TIMEOUT\").unwrap_or(\"8080\".into()); }",
        // Tests and texts for people.
        "#[cfg(test)] mod tests { fn a() { let port = 8080; } }",
        "/// Set `port = 8080`, or bind `0.0.0.0:8080`.\nfn a() {}",
    ] {
        finds(items, &[]);
    }
}

#[test]
fn a_number_in_a_program_that_does_not_listen_is_no_port() {
    let code = "struct A { #[arg(long, default_value_t = 8080)] port: u16 }\nfn main() {}\n";
    let project = Project::single().file("src/main.rs", code);
    assert_eq!(ports(&project.image(&[])), []);
}

#[test]
fn what_is_bound_counts_whatever_it_is_called() {
    let items = "struct A { #[builder(default = \"3890\")] ldap_port: u16, #[builder(default = \"25\")] smtp_port: u16 }\nfn a(c: A) { x.bind(\"ldap\", (c.host.clone(), c.ldap_port), y); }";
    finds(items, &[3890]);
}

#[test]
fn evidence_has_file_and_line() {
    let project = server(
        "struct A {\n    #[arg(\n        long,\n        default_value = \"8081\"\n    )]\n    port: u16,\n}",
    );
    assert_eq!(
        ports(&project.image(&[])),
        [(8081, "src/main.rs:6".to_owned())]
    );
    let text = project.dockerfile(&[]);
    assert!(
        text.contains("# src/main.rs: `port = 8081`\nEXPOSE 8081\n"),
        "{text}"
    );
}

#[test]
fn loopback_literals_are_warned_about() {
    for items in [
        "fn a() { let at = SocketAddr::from(([127, 0, 0, 1], 3000));\n\n\n serve(at); }",
        "fn a() { let at = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);\n\n\n serve(at); }",
        "fn a() { let at = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 1), 3000);\n\n\n serve(at); }",
        "fn a() { let at = \"[::1]:3000\".parse()?;\n\n\n serve(at); }",
        "fn a() { let at: SocketAddr = \"127.0.0.1:3000\".parse().expect(\"an address\");\n\n\n serve(at); }",
        "struct A { #[arg(long, default_value = \"127.0.0.1:3000\")] listen: SocketAddr }",
    ] {
        let image = server(items).image(&[]);
        assert_eq!(warnings(&image), ["src/main.rs:3"], "{items}");
        assert_eq!(
            ports(&image),
            [(3000, "src/main.rs:3".to_owned())],
            "{items}"
        );
        assert_eq!(env(&image), [""; 0]);
    }
    // A client's, and one that is only compared with.
    for items in [
        "fn a() { let at = SocketAddr::from(([127, 0, 0, 1], 3000));\n\n\n connect(at); }",
        "struct A { #[arg(long, default_value = \"127.0.0.1:3000\")] upstream: SocketAddr }",
        "struct Redis { #[arg(long, default_value = \"127.0.0.1\")] host: String }",
        "fn a(ip: IpAddr) -> bool {\n\n\n ip == Ipv4Addr::LOCALHOST }",
    ] {
        let image = server(items).image(&[]);
        assert_eq!(warnings(&image), [""; 0], "{items}");
        assert_eq!(ports(&image), [], "{items}");
    }
}

#[test]
fn a_variable_with_a_loopback_default_is_set_in_the_image() {
    for (items, expected) in [
        (
            "struct A { #[arg(long, env = \"HOST\", default_value = \"127.0.0.1\")] host: String }",
            "HOST=0.0.0.0",
        ),
        (
            "struct A { #[arg(long, env, default_value = \"::1\")] listen: String }",
            "LISTEN=::",
        ),
        (
            "struct A { #[arg(long, env = \"APP_ADDR\", default_value_t = Ipv4Addr::LOCALHOST)] addr: Ipv4Addr }",
            "APP_ADDR=0.0.0.0",
        ),
        (
            "fn a() { let host = std::env::var(\"HOST\").unwrap_or_else(|_| \"localhost\".into()); }",
            "HOST=0.0.0.0",
        ),
        (
            "fn a() { let a = std::env::var(\"LISTEN_ADDR\").unwrap_or(\"127.0.0.1:7000\".to_owned()); }",
            "LISTEN_ADDR=0.0.0.0:7000",
        ),
    ] {
        let project = server(items);
        let image = project.image(&[]);
        assert_eq!(env(&image), [expected], "{items}");
        assert_eq!(warnings(&image), [""; 0], "{items}");
        let (name, value) = expected.split_once('=').unwrap();
        let text = project.dockerfile(&[]);
        assert!(
            text.contains(&format!("ENV {name}=\"{value}\"\n")),
            "{text}"
        );
    }
    for items in [
        "fn a() { let host = std::env::var(\"DB_HOST\").unwrap_or(\"127.0.0.1\".into()); }",
        "fn a() { let host = std::env::var(\"HOST\").unwrap_or(\"0.0.0.0\".into()); }",
        "fn a() { let url = std::env::var(\"API_URL\").unwrap_or(\"http://127.0.0.1:80\".into()); }",
    ] {
        assert_eq!(env(&server(items).image(&[])), [""; 0], "{items}");
    }
}

#[test]
fn the_settings_win() {
    let items = "struct A { #[arg(env = \"HOST\", default_value = \"127.0.0.1\")] host: String, #[arg(default_value_t = 8080)] port: u16 }";
    let project = server(items).file(
        "Cargo.toml",
        &format!(
            "{}[package.metadata.dockerize]\nport = 9000\nenv = {{ HOST = \"::\" }}\n",
            manifest("app")
        ),
    );
    let image = project.image(&[]);
    assert_eq!(env(&image), ["HOST=::"]);
    assert_eq!(ports(&image)[0].0, 9000);
    assert_eq!(warnings(&image), [""; 0]);
}

#[test]
fn names_of_variables_are_never_instructions() {
    let items = "struct A { #[arg(env = \"HOST\\nRUN id\", default_value = \"127.0.0.1\")] host: String }\nstruct B { #[arg(env = \"A=b C\", default_value = \"127.0.0.1:80\")] listen: String, #[arg(env = \"P\\nUSER root\", default_value = \"81\")] port: u16 }";
    let project = server(items);
    let image = project.image(&[]);
    assert_eq!(env(&image), [""; 0]);
    assert_eq!(warnings(&image).len(), 2);
    let text = project.dockerfile(&[]);
    assert!(text.contains("EXPOSE 81\n"), "{text}");
    let runs = |kind: &str| parse(&text).iter().filter(|i| i.kind == kind).count();
    // The one variable is the home folder.
    assert_eq!((runs("USER"), runs("ENV")), (1, 1), "{text}");
    assert!(!text.contains("\nRUN id"), "{text}");
}

#[test]
fn rocket_has_its_port_in_its_file() {
    let project = Project::with_crates(&["rocket"], "fn main() {}\n").file(
        "Rocket.toml",
        "[default]\nport = 8001\naddress = \"127.0.0.1\"\n[debug]\nport = 1\n[default.databases.x]\nport = 5\n",
    );
    let image = project.image(&[]);
    assert_eq!(ports(&image), [(8001, "Rocket.toml:2".to_owned())]);
    assert_eq!(env(&image), ["ROCKET_ADDRESS=0.0.0.0", "ROCKET_PORT=8001"]);
    project.write(
        "Rocket.toml",
        "[default]\nport = 8001\n[release]\nport = 80\n",
    );
    assert_eq!(
        ports(&project.image(&[])),
        [(80, "Rocket.toml:4".to_owned())]
    );
    project.write("Rocket.toml", "this is [ no toml\n");
    assert_eq!(ports(&project.image(&[]))[0].0, 8000);
    let other = Project::with_crates(&["axum"], "fn main() {}\n")
        .file("Rocket.toml", "[default]\nport = 8001\n");
    assert_eq!(ports(&other.image(&[])), []);
}

#[test]
fn loco_has_both_in_the_file_of_its_environment() {
    let project = Project::with_crates(&["loco-rs"], "fn main() {}\n")
        .file(
            "config/development.yaml",
            "logger:\n  enable: true\nserver:\n  # The port.\n  port: 5151\n  binding: localhost\n  host: http://localhost\nmailer:\n  smtp:\n    host: localhost\n    port: 1025\n",
        )
        .file("config/test.yaml", "server:\n  port: 5150\n");
    let image = project.image(&[]);
    assert_eq!(
        ports(&image),
        [(5151, "config/development.yaml:5".to_owned())]
    );
    assert_eq!(warnings(&image), ["config/development.yaml:6"]);
    let template =
        "server:\n  port: {{ get_env(name=\"PORT\", default=\"5152\") }}\n  binding: 0.0.0.0\n";
    project.write("config/development.yaml", template);
    let image = project.image(&[]);
    assert_eq!(ports(&image)[0].0, 5152);
    assert_eq!(warnings(&image), [""; 0]);
}

#[test]
fn leptos_has_its_address_in_the_manifest() {
    let project = Project::with_crates(&["leptos"], "fn main() {}\n");
    let table = project
        .read("Cargo.toml")
        .replace("leptos = {", "leptos = { features = [\"ssr\"],");
    project.write(
        "Cargo.toml",
        &format!("{table}[package.metadata.leptos]\nsite-addr = \"127.0.0.1:3003\" # here\n"),
    );
    project.write(
        "fake/leptos/Cargo.toml",
        &format!("{}[features]\nssr = []\n", manifest("leptos")),
    );
    let image = project.image(&[]);
    assert_eq!(env(&image), ["LEPTOS_SITE_ADDR=0.0.0.0:3003"]);
    assert_eq!(ports(&image)[0].0, 3003);
}

const READS: &str = r#"
use std::net::TcpListener;
fn main() {
    let folder = std::env::current_dir().unwrap().join("configuration");
    let which = std::env::var("APP_ENVIRONMENT").unwrap_or_else(|_| "local".into());
    let settings = config::Config::builder()
        .add_source(config::File::from(folder.join("base.yaml")))
        .add_source(config::File::from(folder.join(format!("{which}.yaml"))))
        .add_source(config::Environment::with_prefix("APP").prefix_separator("_").separator("__"))
        .build();
    TcpListener::bind(format!("{}:{}", settings.host, settings.port)).unwrap();
}
"#;

#[test]
fn configuration_files_that_the_code_names() {
    let project = Project::with_crates(&["config"], READS)
        .file(
            "configuration/base.yaml",
            "database:\n  host: 127.0.0.1\n  port: 5432\napplication:\n  port: 8000\n  host: 0.0.0.0\nredis_uri: \"redis://127.0.0.1:6379\"\n",
        )
        .file("configuration/local.yaml", "application:\n  host: 127.0.0.1\n")
        .file("configuration/production.yaml", "application:\n  port: 80\n")
        .file("configuration/other/base.yaml", "application:\n  port: 81\n");
    let image = project.image(&[]);
    assert_eq!(
        ports(&image),
        [(8000, "configuration/base.yaml:5".to_owned())]
    );
    assert_eq!(env(&image), ["APP_APPLICATION__HOST=0.0.0.0"]);
    assert_eq!(warnings(&image), [""; 0]);
}

#[test]
fn configuration_files_in_other_forms() {
    let code = |path: &str| {
        format!("use std::net::TcpListener;\nfn main() {{ let _ = read(\"{path}\"); }}\n")
    };
    for (path, file, text, line) in [
        (
            "config/default",
            "config/default.toml",
            "[redis]\nport = 6379\n[server]\nport = 7001\n",
            4,
        ),
        (
            "app.json",
            "app.json",
            "{\n  \"db\": { \"port\": 1 },\n  \"http\": { \"port\": 7001 }\n}\n",
            3,
        ),
        (
            "settings",
            "settings.yml",
            "port: 7001 # here\nsmtp: {port: 25}\n",
            1,
        ),
    ] {
        let project = Project::with_crates(&["config"], &code(path)).file(file, text);
        assert_eq!(
            ports(&project.image(&[])),
            [(7001, format!("{file}:{line}"))]
        );
        // Without a crate that reads such files, it is somebody else's.
        let project = Project::with_crates(&["other"], &code(path)).file(file, text);
        assert_eq!(ports(&project.image(&[])), []);
    }
    // A file that nothing names, one above the workspace, and one of a tool.
    for (path, file) in [
        ("x", "config/default.toml"),
        ("../app.toml", "../app.toml"),
        ("package.json", "package.json"),
    ] {
        let project = Project::with_crates(&["config"], &code(path)).file(file, "port = 7001\n");
        assert_eq!(ports(&project.image(&[])), [], "{file}");
    }
}

#[test]
fn a_loopback_in_a_configuration_file_is_warned_about() {
    let code = "use std::net::TcpListener;\nfn main() { let _ = read(\"app.json\"); }\n";
    let project = Project::with_crates(&["serde_json"], code).file(
        "app.json",
        "{\n \"server\": {\n  \"host\": \"127.0.0.1:1337\",\n  \"tls\": { \"host\": \"127.0.0.1:443\" } } }\n",
    );
    let image = project.image(&[]);
    assert_eq!(ports(&image), [(1337, "app.json:3".to_owned())]);
    assert_eq!(warnings(&image), ["app.json:3"]);
}

#[test]
fn functions_of_serde_give_defaults_wherever_they_are_written() {
    let config = "use super::defaults;\n#[derive(Deserialize)]\npub struct Server {\n    #[serde(default = \"defaults::server_inet\")]\n    pub inet: std::net::SocketAddr,\n}\n";
    let defaults =
        "pub fn server_inet() -> std::net::SocketAddr {\n    \"[::1]:9001\".parse().unwrap()\n}\n";
    let project = server(
        "mod config;\nmod defaults;\nfn addr() -> String { std::process::id().to_string() }",
    )
    .file("src/config.rs", config)
    .file("src/defaults.rs", defaults);
    let image = project.image(&[]);
    assert_eq!(ports(&image), [(9001, "src/config.rs:4".to_owned())]);
    project
        .run(&["plan"])
        .exits(0)
        .says("warning[loopback]: `[::1]:9001`");
}

#[test]
fn a_file_in_the_image_opens_what_the_code_keeps_closed() {
    let config = "#[derive(Deserialize)]\npub struct Server {\n    #[serde(default = \"inet\")]\n    inet: std::net::SocketAddr,\n}\nfn inet() -> std::net::SocketAddr { \"127.0.0.1:9001\".parse().unwrap() }\nuse std::net::TcpListener;\nfn main() { toml::read(\"app.toml\"); TcpListener::bind(addr()); }\n";
    let project =
        Project::with_crates(&["toml"], config).file("app.toml", "inet = \"0.0.0.0:9001\"\n");
    // Whether the container has the file is not known.
    project.run(&["plan"]).exits(0).says("warning[loopback]");
    let table = project.read("Cargo.toml");
    let assets = "[package.metadata.dockerize]\nassets = [\"app.toml\"]\n";
    project.write("Cargo.toml", &format!("{table}{assets}"));
    project
        .run(&["plan"])
        .exits(0)
        .keeps_quiet_about("loopback");
    project.write("app.toml", "inet = \"127.0.0.1:9001\"\n");
    project.run(&["plan"]).exits(0).says("warning[loopback]");
}

#[test]
fn what_is_logged_in_to_is_somebody_else_s() {
    let config = "[http]\naddress = \"0.0.0.0:8082\"\n\n[hub]\naddress = \"localhost:8090\"\nusername = \"u\"\npassword = \"p\"\n";
    let project = Project::with_crates(
        &["toml"],
        "use std::net::TcpListener;\nfn main() { let _ = toml::read(\"config.toml\"); TcpListener::bind(addr()); }\n",
    )
    .file("config.toml", config);
    let image = project.image(&[]);
    assert_eq!(ports(&image), [(8082, "config.toml:2".to_owned())]);
    let pool = "impl Default for Upstream {\n    fn default() -> Self {\n        Self { host: String::from(\"127.0.0.1\"), port: 5432, database: \"d\".into(), username: \"u\".into() }\n    }\n}\nfn addr() -> String { std::process::id().to_string() }";
    assert_eq!(ports(&server(pool).image(&[])), []);
    let own = "impl Default for Hub {\n    fn default() -> Self {\n        Self { address: \"localhost:8090\".into(), username: \"u\".into(), password: \"p\".into() }\n    }\n}\nfn addr() -> String { std::process::id().to_string() }";
    let project = server(own);
    assert_eq!(ports(&project.image(&[])), []);
    project
        .run(&["plan"])
        .exits(0)
        .keeps_quiet_about("loopback");
}

#[test]
fn a_file_that_two_packages_read_is_warned_of_once() {
    let read = "pub fn read() { let _ = toml::read(\"config.toml\"); }\n";
    let table = format!(
        "{}[dependencies]\ntoml = {{ path = \"fake/toml\" }}\nlib = {{ path = \"lib\" }}\n[workspace]\nmembers = [\"lib\"]\n",
        manifest("app")
    );
    let lib = format!(
        "{}[dependencies]\ntoml = {{ path = \"../fake/toml\" }}\n",
        manifest("lib")
    );
    let project = Project::empty()
        .file("Cargo.toml", &table)
        .file(
            "src/main.rs",
            &format!(
                "use std::net::TcpListener;\n{read}fn main() {{ TcpListener::bind(addr()); }}\n"
            ),
        )
        .file("lib/Cargo.toml", &lib)
        .file("lib/src/lib.rs", read)
        .file("config.toml", "[server]\naddress = \"127.0.0.1:8082\"\n")
        .library("fake/toml", "toml")
        .locked();
    let ran = project.run(&["plan"]).exits(0);
    assert_eq!(
        ran.stderr.matches("warning[loopback]").count(),
        1,
        "{}",
        ran.stderr
    );
    ran.says("help: write `0.0.0.0` there, or give the container another file\n");
}

#[test]
fn an_option_that_opens_a_server_is_named() {
    let derived = "#[derive(clap::Parser)]\nstruct Args {\n    #[arg(short, long, default_value = \"127.0.0.1\")]\n    bind_host: String,\n}\nfn addr() -> String { std::process::id().to_string() }";
    let built = "fn cli() { clap::Arg::new(\"h\").long(\"bind-host\").default_value(\"127.0.0.1:8080\"); }\nfn addr() -> String { std::process::id().to_string() }";
    for (items, value) in [(derived, "0.0.0.0"), (built, "0.0.0.0:8080")] {
        let project = server(items);
        project.run(&["plan"]).exits(0).says(&format!(
            "= help: start it with `--bind-host {value}`: behind the image's name, or in `cmd`\n"
        ));
        let table = format!(
            "{}[package.metadata.dockerize]\ncmd = [\"--bind-host={value}\"]\n",
            manifest("app")
        );
        let ran = project.file("Cargo.toml", &table).run(&["plan"]).exits(0);
        ran.keeps_quiet_about("loopback");
    }
    // A positional argument has no name to give.
    let positional = "#[derive(clap::Parser)]\nstruct Args {\n    #[arg(default_value = \"127.0.0.1\")]\n    bind_host: String,\n}\nfn addr() -> String { std::process::id().to_string() }";
    server(positional)
        .run(&["plan"])
        .exits(0)
        .says("help: listen on `0.0.0.0`");
}
