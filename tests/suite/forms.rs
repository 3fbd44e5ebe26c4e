//! Forms in which programs say where they listen, and which variables they need: each is one that people write.

use serde_json::Value;

use crate::project::{Project, manifest};

/// What is seen: `8080`, `53/udp`, `loopback`, `needs A`, `A=b`.
fn seen(crates: &[&str], main: &str, files: &[(&str, &str)]) -> Vec<String> {
    let project = Project::with_crates(crates, main);
    let project = files
        .iter()
        .fold(project, |project, (path, text)| project.file(path, text));
    let image = project.image(&[]);
    let runtime = &image["runtime"];
    let list = |key: &str| runtime[key].as_array().unwrap().clone();
    let text = |value: &Value| value.to_string().replace('"', "");
    let mut all: Vec<String> = list("ports")
        .iter()
        .map(|port| text(&port["value"]))
        .collect();
    let udp = list("udp_ports");
    all.extend(udp.iter().map(|port| format!("{}/udp", port["value"])));
    let diagnostics = image["diagnostics"].as_array().unwrap();
    if diagnostics.iter().any(|found| found["code"] == "loopback") {
        all.push("loopback".to_owned());
    }
    let needed = list("required_env");
    all.extend(
        needed
            .iter()
            .map(|name| format!("needs {}", text(&name["value"]))),
    );
    let env = list("env");
    let env = env.iter().map(|set| &set["value"]);
    let env = env.map(|set| format!("{}={}", text(&set["name"]), text(&set["value"])));
    all.extend(env.filter(|set| !set.starts_with("HOME=")));
    all
}

#[track_caller]
fn sees(crates: &[&str], main: &str, expected: &[&str]) {
    assert_eq!(seen(crates, main, &[]), expected, "{main}");
}

/// A program of the standard library.
#[track_caller]
fn std_sees(items: &str, bind: &str, expected: &[&str]) {
    let main = format!(
        "use std::net::*;\n\n{items}\n\nfn main() {{\n    let _ = TcpListener::bind({bind});\n}}\n"
    );
    sees(&[], &main, expected);
}

#[test]
fn addresses_are_put_together_in_many_ways() {
    for (items, bind, expected) in [
        (
            "",
            "SocketAddr::from(([127, 0, 0, 1], 3000))",
            &["3000", "loopback"] as &[&str],
        ),
        ("", "\"[::1]:8080\"", &["8080", "loopback"]),
        ("", "(Ipv4Addr::LOCALHOST, 3001)", &["3001", "loopback"]),
        (
            "",
            "SocketAddrV4::new(Ipv4Addr::new(0, 0, 0, 0), 3016)",
            &["3016"],
        ),
        ("", "concat!(\"0.0.0.0\", \":\", 3070)", &["3070"]),
        (
            "",
            "\"0.0.0.0\".to_string() + \":\" + &3069.to_string()",
            &["3069"],
        ),
        (
            "const HOST: &str = \"0.0.0.0\"; const PORT: u16 = 3002;",
            "(HOST, PORT)",
            &["3002"],
        ),
        (
            "struct App; impl App { const PORT: u16 = 3015; }",
            "(\"0.0.0.0\", App::PORT)",
            &["3015"],
        ),
        (
            "fn port() -> u16 { if cfg!(debug_assertions) { 8000 } else { 3064 } }",
            "(\"0.0.0.0\", port())",
            &["3064"],
        ),
        (
            "fn port() -> u16 {\n    let args: Vec<String> = std::env::args().collect();\n    if args.len() > 1 { args[1].parse().unwrap() } else { 3065 }\n}",
            "(\"0.0.0.0\", port())",
            &["3065"],
        ),
        (
            "fn port() -> u16 {\n    let raw = std::env::var(\"PORT\").unwrap_or_default();\n    raw.parse().unwrap_or(3009)\n}",
            "(\"0.0.0.0\", port())",
            &["3009"],
        ),
    ] {
        std_sees(items, bind, expected);
    }
}

#[test]
fn an_address_is_handed_to_the_function_that_listens() {
    let plain = "use std::net::TcpListener;\n\nfn start(host: &str, port: u16) {\n    let _ = TcpListener::bind((host, port));\n}\n\nfn main() {\n    start(\"127.0.0.1\", 3018);\n}\n";
    sees(&[], plain, &["3018", "loopback"]);
    let query = "fn update(limit: i64) {\n    sql_query(QUERY).bind(limit);\n}\n\nfn main() {\n    update(5_000);\n    let _ = std::net::TcpListener::bind(\"0.0.0.0:3019\");\n}\n";
    sees(&[], query, &["3019"]);
    let held = "use std::net::TcpListener;\n\nstruct Server {\n    addr: String,\n}\n\nimpl Server {\n    fn new(addr: &str) -> Self {\n        Server { addr: addr.into() }\n    }\n\n    fn run(&self) {\n        let _ = TcpListener::bind(&self.addr);\n    }\n}\n\nstruct Cache;\n\nimpl Cache {\n    fn new(addr: &str) -> Self {\n        let _ = addr;\n        Cache\n    }\n}\n\nfn main() {\n    let _ = Cache::new(\"127.0.0.1:6379\");\n    Server::new(\"0.0.0.0:3071\").run();\n}\n";
    sees(&[], held, &["3071"]);
}

#[test]
fn what_only_looks_for_an_address_listens_on_none() {
    let free = "use std::net::TcpListener;\n\nfn main() {\n    let free = TcpListener::bind(\"127.0.0.1:9000\")\n        .ok()\n        .map(|listener| listener.local_addr().unwrap().port());\n    println!(\"{free:?}\");\n}\n";
    sees(&[], free, &[]);
    let is_free = "use std::net::TcpListener;\n\nfn main() {\n    println!(\"{}\", TcpListener::bind((\"127.0.0.1\", 9001)).is_ok());\n}\n";
    sees(&[], is_free, &[]);
    let pair = "use std::net::*;\n\nconst TYPE_A: u16 = 1;\n\nfn main() {\n    let (address, kind) = if true {\n        (IpAddr::from(Ipv4Addr::UNSPECIFIED), TYPE_A)\n    } else {\n        (IpAddr::from(Ipv6Addr::UNSPECIFIED), 28)\n    };\n    let socket = UdpSocket::bind(SocketAddr::new(address, 0));\n    let _ = (socket, kind);\n}\n";
    sees(&[], pair, &[]);
}

#[test]
fn datagrams_have_ports_of_their_own() {
    let udp = "use std::net::UdpSocket;\n\nfn main() {\n    let socket = UdpSocket::bind(\"0.0.0.0:5353\").unwrap();\n    let _ = socket;\n}\n";
    sees(&[], udp, &["5353/udp"]);
    let both = "use std::net::*;\n\nfn main() {\n    let _ = UdpSocket::bind(\"0.0.0.0:5353\").unwrap();\n\n    let _ = TcpListener::bind(\"0.0.0.0:8053\").unwrap();\n}\n";
    sees(&[], both, &["8053", "5353/udp"]);
    let quic = "#[tokio::main]\nasync fn main() {\n    let address = \"127.0.0.1:4434\".parse().unwrap();\n    let endpoint = quinn::Endpoint::server(config(), address).unwrap();\n    endpoint.accept().await;\n}\n";
    sees(&["quinn", "tokio"], quic, &["4434/udp", "loopback"]);
    let client = "use std::net::UdpSocket;\n\nconst DEFAULT_PORT: u16 = 53;\n\nfn main() {\n    let socket = UdpSocket::bind(\"0.0.0.0:0\").unwrap();\n    let _ = socket.connect((\"9.9.9.9\", DEFAULT_PORT));\n}\n";
    sees(&[], client, &[]);
    let project = Project::empty()
        .file("Cargo.toml", &manifest("app"))
        .file("src/main.rs", udp)
        .locked();
    assert!(project.dockerfile(&[]).contains("\nEXPOSE 5353/udp\n"));
}

#[test]
fn servers_of_many_crates_listen() {
    for (crates, main, expected) in [
        (
            &["tiny_http"] as &[&str],
            "fn main() {\n    let server = tiny_http::Server::http(\"127.0.0.1:3053\").unwrap();\n}\n",
            &["3053", "loopback"] as &[&str],
        ),
        (
            &["rouille"],
            "fn main() {\n    rouille::start_server(\"localhost:3054\", move |request| answer(request));\n}\n",
            &["3054", "loopback"],
        ),
        (
            &["gotham"],
            "fn main() {\n    gotham::start(\"0.0.0.0:3056\", || Ok(say)).unwrap();\n}\n",
            &["3056"],
        ),
        (
            &["axum-server", "tokio"],
            "#[tokio::main]\nasync fn main() {\n    let address = std::net::SocketAddr::from(([127, 0, 0, 1], 3058));\n    axum_server::bind(address).serve(app()).await.unwrap();\n}\n",
            &["3058", "loopback"],
        ),
        (
            &["socket2"],
            "use socket2::*;\n\nfn main() {\n    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();\n    let address: std::net::SocketAddr = \"0.0.0.0:3073\".parse().unwrap();\n    socket.bind(&address.into()).unwrap();\n}\n",
            &["3073"],
        ),
    ] {
        sees(crates, main, expected);
    }
}

#[test]
fn defaults_are_code_in_texts_too() {
    let argh = "use std::net::TcpListener;\n\n#[derive(argh::FromArgs)]\n/// Serves.\nstruct Args {\n    /// the port\n    #[argh(option, default = \"3024\")]\n    port: u16,\n}\n\nfn main() {\n    let args: Args = argh::from_env();\n    let _ = TcpListener::bind((\"0.0.0.0\", args.port));\n}\n";
    sees(&["argh"], argh, &["3024"]);
    let smart = "use std::net::TcpListener;\n\n#[derive(SmartDefault)]\nstruct Settings {\n    #[default(_code = \"\\\"0.0.0.0:3026\\\".parse().unwrap()\")]\n    listen: std::net::SocketAddr,\n}\n\nfn main() {\n    let settings = Settings::default();\n    let _ = TcpListener::bind(settings.listen);\n}\n";
    sees(&["smart-default"], smart, &["3026"]);
    let named = "use std::net::*;\n\nfn graphql_listen() -> SocketAddr {\n    \"0.0.0.0:4000\".parse().unwrap()\n}\n\nfn default_graphql_listen() -> SocketAddr {\n    SocketAddr::from_str(\"127.0.0.1:4001\").unwrap()\n}\n\nfn main() {\n    let _ = TcpListener::bind(config().listen);\n}\n";
    sees(&[], named, &["4000", "4001", "loopback"]);
}

#[test]
fn variables_are_read_by_functions_of_the_project() {
    let ends = "fn required(name: &str) -> String {\n    std::env::var(name).unwrap_or_else(|_| panic!(\"{name} must be set\"))\n}\n\nfn or(name: &str, other: &str) -> String {\n    std::env::var(name).unwrap_or_else(|_| other.to_owned())\n}\n\nfn main() {\n    let _ = required(\"DATABASE_URL\");\n    let _ = or(\"LOG_FORMAT\", \"json\");\n}\n";
    sees(&[], ends, &["needs DATABASE_URL"]);
    let refuses = "fn required_var(key: &str) -> anyhow::Result<String> {\n    var(key)?.context(\"missing\")\n}\n\nfn var(key: &str) -> anyhow::Result<Option<String>> {\n    match std::env::var(key) {\n        Ok(value) => Ok(Some(value)),\n        Err(_) => Ok(None),\n    }\n}\n\nfn parsed(key: &str, other: u16) -> anyhow::Result<u16> {\n    match std::env::var(key) {\n        Ok(value) => Ok(value.parse()?),\n        Err(_) => Ok(other),\n    }\n}\n\nfn main() -> anyhow::Result<()> {\n    let _ = required_var(\"DATABASE_URL\")?;\n    let _ = var(\"MAYBE_URL\")?;\n    let _ = parsed(\"QUEUE_SIZE\", 3)?;\n    match kind() {\n        \"s3\" => required_var(\"AWS_SECRET_KEY\")?,\n        _ => String::new(),\n    };\n    Ok(())\n}\n";
    sees(&["anyhow"], refuses, &["needs DATABASE_URL"]);
}

#[test]
fn variables_fill_the_fields_of_a_type() {
    let envy = "#[derive(serde::Deserialize)]\nstruct Config {\n    #[serde(default = \"port\")]\n    port: u16,\n    database_url: String,\n    log: Option<String>,\n}\n\nfn port() -> u16 {\n    3028\n}\n\nfn main() {\n    let config = envy::from_env::<Config>().unwrap();\n}\n";
    sees(&["envy", "serde"], envy, &["needs DATABASE_URL"]);
    let prefixed = "#[derive(Debug, Deserialize)]\nstruct Config {\n    secret: String,\n}\n\nfn main() {\n    let config: Config = envy::prefixed(\"APP_\").from_env().expect(\"a configuration\");\n}\n";
    sees(&["envy", "serde"], prefixed, &["needs APP_SECRET"]);
    let derived = "#[derive(Envconfig)]\nstruct Config {\n    #[envconfig(from = \"API_KEY\")]\n    key: String,\n    #[envconfig(from = \"API_HOST\", default = \"x\")]\n    host: String,\n}\n\nfn main() {\n    let config = Config::init_from_env().unwrap();\n}\n";
    sees(&["envconfig"], derived, &["needs API_KEY"]);
}

#[test]
fn a_configuration_file_says_what_listens_whatever_it_is_called() {
    let main = "use std::net::TcpListener;\n\nstatic PATHS: [&str; 2] = [\"./config.cfg\", \"/etc/app.cfg\"];\n\nfn main() {\n    let config = load(PATHS);\n    let _ = TcpListener::bind(config.channel.inet);\n}\n";
    let config = "[channel]\ninet = \"[::1]:1491\"\n\n[upstream]\ninet = \"127.0.0.1:9999\"\n";
    assert_eq!(
        seen(&["toml"], main, &[("config.cfg", config)]),
        ["1491", "loopback"]
    );
}
