//! Sources are read as the compiler reads them: what it leaves out says nothing, what it follows is followed.

use serde_json::Value;

use crate::dockerfile::check_context;
use crate::project::{Project, manifest};

fn program(files: &[(&str, &str)]) -> Project {
    let project = Project::single();
    for (path, text) in files {
        project.write(path, text);
    }
    project
}

fn ports(image: &Value) -> Vec<u64> {
    let ports = image["runtime"]["ports"].as_array().unwrap().iter();
    ports.map(|port| port["value"].as_u64().unwrap()).collect()
}

fn codes(image: &Value) -> Vec<&str> {
    let diagnostics = image["diagnostics"].as_array().unwrap().iter();
    diagnostics
        .map(|diagnostic| diagnostic["code"].as_str().unwrap())
        .collect()
}

#[test]
fn a_condition_on_an_arm_takes_no_more_than_the_arm() {
    for body in [
        "match n { #[cfg(test)] 0 => \"t\", _ => { include_str!(\"../assets/data.txt\") } }",
        "match n { #[cfg(test)] 0 => { \"t\" } _ => include_str!(\"../assets/data.txt\") }",
        "{ #[cfg(test)] let a = A { b }; include_str!(\"../assets/data.txt\") }",
        "f(#[cfg(test)] 0, include_str!(\"../assets/data.txt\"))",
    ] {
        let project = program(&[
            ("src/main.rs", &format!("fn main() {{ let _ = {body}; }}\n")),
            ("assets/data.txt", "x"),
        ]);
        check_context(&project, &[], &["assets/data.txt"]);
    }
}

#[test]
fn modules_that_are_switched_off_say_nothing() {
    let listens = |port: u16| {
        format!("pub fn f() {{ let _ = std::net::TcpListener::bind(\"127.0.0.1:{port}\"); }}\n")
    };
    let project = program(&[
        (
            "src/main.rs",
            "#[cfg(test)]\nmod tests;\n#[cfg(windows)]\nmod win;\n#[cfg(feature = \"admin\")]\nmod admin;\nmod server;\n#[cfg(all(unix, feature = \"web\"))]\nmod web;\nfn main() {}\n",
        ),
        ("src/tests.rs", &listens(9999)),
        ("src/win.rs", &listens(7001)),
        ("src/admin.rs", &listens(7002)),
        ("src/orphan.rs", &listens(7004)),
        (
            "src/web.rs",
            "pub fn f() { let _ = std::net::TcpListener::bind(\"0.0.0.0:7003\"); }\n",
        ),
        (
            "src/server.rs",
            "pub fn f() { let _ = std::net::TcpListener::bind(\"0.0.0.0:7000\"); }\n",
        ),
        (
            "Cargo.toml",
            &format!("{}[features]\nadmin = []\nweb = []\n", manifest("app")),
        ),
    ]);
    let image = project.image(&[]);
    assert_eq!(ports(&image), [7000]);
    assert!(!codes(&image).contains(&"loopback"), "{:?}", codes(&image));
    let image = project.image(&["--features", "web,admin"]);
    assert_eq!(ports(&image), [7000, 7002, 7003]);
    assert!(codes(&image).contains(&"loopback"));
}

#[test]
fn modules_behind_a_path_bring_theirs() {
    let project = Project::empty()
        .file("Cargo.toml", "[workspace]\nmembers = [\"a\"]\nresolver = \"2\"\n")
        .file("a/Cargo.toml", &manifest("a"))
        .file(
            "a/src/main.rs",
            "#[path = \"../../shared/util.rs\"]\nmod util;\n#[cfg_attr(unix, path = \"../../shared/nix.rs\")]\nmod system;\nfn main() { util::deep::x(); }\n",
        )
        .file("shared/util.rs", "pub mod deep;\n")
        .file("shared/deep.rs", "pub fn x() {}\n")
        .file("shared/nix.rs", "mod more;\n")
        .file("shared/more/mod.rs", "const A: &str = include_str!(\"../../data/a.txt\");\n")
        .file("shared/other.rs", "")
        .file("data/a.txt", "")
        .locked();
    let needed = [
        "shared/util.rs",
        "shared/deep.rs",
        "shared/nix.rs",
        "shared/more/mod.rs",
        "data/a.txt",
    ];
    let context = check_context(&project, &[], &needed);
    assert!(!context.files.iter().any(|file| file == "shared/other.rs"));
}

#[test]
fn ports_are_followed_through_constants() {
    for (items, body) in [
        (
            "pub const CONTROL_PORT: u16 = 7835;",
            "let addr = std::net::SocketAddr::from(([0, 0, 0, 0], CONTROL_PORT)); TcpListener::bind(&addr);",
        ),
        (
            "const P: u16 = 7835;",
            "TcpListener::bind((\"0.0.0.0\", P));",
        ),
        (
            "const P: u16 = 7835;",
            "TcpListener::bind(format!(\"0.0.0.0:{P}\"));",
        ),
        (
            "mod names { pub const P: u16 = OFFSET; const OFFSET: u16 = 7835; }",
            "TcpListener::bind((std::net::Ipv4Addr::UNSPECIFIED, names::P));",
        ),
        (
            "fn p() -> u16 { 7835 }",
            "let at = format!(\"{}:{}\", \"0.0.0.0\", p()); TcpListener::bind(at);",
        ),
        (
            "static ADDR: &str = concat!(\"0.0.0.0:\", 7835);",
            "TcpListener::bind(ADDR);",
        ),
    ] {
        let code = format!("use std::net::TcpListener;\n{items}\nfn main() {{ {body} }}\n");
        let project = program(&[("src/main.rs", &code)]);
        assert_eq!(ports(&project.image(&[])), [7835], "{code}");
    }
    // In a module where nothing else is of interest.
    let project = program(&[
        (
            "src/main.rs",
            "mod names;\nfn main() { std::net::TcpListener::bind((\"0.0.0.0\", names::CONTROL)); }\n",
        ),
        ("src/names.rs", "pub const CONTROL: u16 = 7835;\n"),
    ]);
    assert_eq!(ports(&project.image(&[])), [7835]);
}

#[test]
fn defaults_of_conditions_count() {
    for value in [
        "if let Ok(addr) = env::var(\"HTTP_ADDR\") { addr } else { \"127.0.0.1:8484\".to_string() }",
        "match env::var(\"HTTP_ADDR\") { Ok(addr) => addr, Err(_) => \"127.0.0.1:8484\".to_string() }",
        "match env::var(\"HTTP_ADDR\").ok() { Some(addr) => addr, _ => String::from(\"127.0.0.1:8484\") }",
        "env::var(\"HTTP_ADDR\").unwrap_or_else(|_| \"127.0.0.1:8484\".into())",
        "env::var(\"HTTP_ADDR\").unwrap_or(DEFAULT.to_owned())",
    ] {
        for name in ["bind_addr", "x"] {
            let code = format!(
                "use std::env;\nconst DEFAULT: &str = \"127.0.0.1:8484\";\nfn main() {{\n    let {name} = {value};\n    for _ in std::net::TcpListener::bind({name}).unwrap().incoming() {{}}\n}}\n"
            );
            let project = program(&[("src/main.rs", &code)]);
            let image = project.image(&[]);
            assert_eq!(ports(&image), [8484], "{code}");
            let env = image["runtime"]["env"].as_array().unwrap();
            let is_set = env
                .iter()
                .map(|variable| &variable["value"])
                .any(|variable| {
                    variable["name"] == "HTTP_ADDR" && variable["value"] == "0.0.0.0:8484"
                });
            assert!(is_set, "{code}");
            assert!(!codes(&image).contains(&"loopback"), "{code}");
        }
    }
}

#[test]
fn what_a_program_connects_to_is_no_port_of_it() {
    for code in [
        "struct ServerConfig { host: String, port: u16 }\nstruct Shard { servers: Vec<ServerConfig> }\nimpl Default for Shard { fn default() -> Self { Shard { servers: vec![ServerConfig { host: String::from(\"localhost\"), port: 5432 }] } } }\nfn main() { std::net::TcpListener::bind(std::env::args().nth(1).unwrap()); }\n",
        "fn main() { std::net::TcpListener::bind(x()); std::net::TcpStream::connect(\"127.0.0.1:5432\"); }\n",
        "fn main() { std::net::TcpListener::bind(x());\nstd::net::TcpStream::connect((\"127.0.0.1\", 5432)); }\n",
    ] {
        let image = program(&[("src/main.rs", code)]).image(&[]);
        assert_eq!(ports(&image), [0_u64; 0], "{code}");
        assert!(!codes(&image).contains(&"loopback"), "{code}");
    }
    // What a default is made of counts.
    let code = "struct Http { port: u16 }\nstruct App { http: Http }\nimpl Default for App { fn default() -> Self { Self { http: Http { port: 8081 } } } }\nfn main() { std::net::TcpListener::bind(x()); }\n";
    assert_eq!(ports(&program(&[("src/main.rs", code)]).image(&[])), [8081]);
}

#[test]
fn files_are_opened_in_many_ways() {
    for (path, body) in [
        ("model.onnx", "Session::commit_from_file(\"model.onnx\");"),
        (
            "model.onnx",
            "Session::builder()?.commit_from_file(\"model.onnx\")?;",
        ),
        (
            "plugin.wasm",
            "Module::from_file(&engine, \"plugin.wasm\");",
        ),
        (
            "geo.mmdb",
            "maxminddb::Reader::open_readfile(\"geo.mmdb\");",
        ),
        ("data.csv", "csv::Reader::from_path(\"data.csv\");"),
        ("cert.pem", "CertificateDer::from_pem_file(\"cert.pem\");"),
        ("migrations", "Migrator::new(Path::new(\"./migrations\"));"),
        ("app.ini", "Ini::load_from_file(\"app.ini\");"),
        ("www", "app.at(\"/\").serve_dir(\"www/\");"),
        (
            "Settings.toml",
            "let p = PathBuf::from(\"Settings.toml\"); std::fs::read_to_string(&p);",
        ),
        ("Settings.toml", "std::fs::read_to_string(SETTINGS);"),
        (
            "Settings.toml",
            "let p = std::env::var(\"SETTINGS\").unwrap_or(\"Settings.toml\".into()); fs_err::read_to_string(p);",
        ),
        (
            "www/a",
            "let p = Path::new(\"www\").join(\"a\"); tokio::fs::read(p).await;",
        ),
        // The folder of which a part is not known.
        ("www", "fs::read(format!(\"www/{name}.html\"));"),
    ] {
        let code = format!(
            "use std::fs;\nconst SETTINGS: &str = \"Settings.toml\";\nfn main() {{ {body} }}\n"
        );
        let project = program(&[("src/main.rs", &code)]);
        for file in [
            "model.onnx",
            "plugin.wasm",
            "geo.mmdb",
            "data.csv",
            "cert.pem",
            "migrations/1.sql",
            "app.ini",
            "www/a/index.html",
            "Settings.toml",
        ] {
            project.write(file, "");
        }
        let image = project.image(&[]);
        let mut diagnostics = image["diagnostics"].as_array().unwrap().iter();
        let assets = diagnostics.find(|diagnostic| diagnostic["code"] == "assets");
        let help = assets.map(|assets| assets["help"][0].as_str().unwrap().to_owned());
        assert_eq!(
            help,
            Some(format!(
                "under [package.metadata.dockerize]: assets = [\"{path}\"]"
            )),
            "{body}"
        );
    }
}

#[test]
fn a_pattern_of_a_build_script_needs_its_folder() {
    for pattern in ["proto/**/*.proto", "./proto/*/a.proto", "proto/v?/a.proto"] {
        let project = program(&[
            (
                "build.rs",
                &format!("fn main() {{ glob::glob(\"{pattern}\"); }}\n"),
            ),
            ("proto/v1/a.proto", ""),
        ]);
        check_context(&project, &[], &["proto/v1/a.proto"]);
    }
}

#[test]
fn yaml_in_both_styles_has_ports() {
    for text in [
        "server: {host: 0.0.0.0, port: 8085}\n",
        "server:\n  host: 0.0.0.0\n  port: 8085\n",
        "{\"server\": {\"host\": \"0.0.0.0\",\n  \"port\": 8085}}\n",
    ] {
        let table = format!(
            "{}[dependencies]\nconfig = {{ path = \"fake/config\" }}\n[workspace]\n",
            manifest("app")
        );
        let project = Project::empty()
            .file("Cargo.toml", &table)
            .file(
                "src/main.rs",
                "fn main() { read(\"app.yaml\"); std::net::TcpListener::bind(x()); }\n",
            )
            .library("fake/config", "config")
            .file("app.yaml", text)
            .locked();
        assert_eq!(ports(&project.image(&[])), [8085], "{text}");
    }
}

#[test]
fn embedded_configuration_has_ports() {
    for (path, embedded) in [
        ("app.toml", "include_str!(\"../app.toml\")"),
        (
            "config/app.toml",
            "include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/config/app.toml\"))",
        ),
    ] {
        let table = format!(
            "{}[dependencies]\ntoml = {{ path = \"fake/toml\" }}\n[workspace]\n",
            manifest("app")
        );
        let code = format!(
            "static DEFAULT: &str = {embedded};\nfn main() {{ std::net::TcpListener::bind(read(DEFAULT).listen); }}\n"
        );
        let project = Project::empty()
            .file("Cargo.toml", &table)
            .file("src/main.rs", &code)
            .library("fake/toml", "toml")
            .file(path, "[server]\nlisten = \"0.0.0.0:1883\"\n")
            .locked();
        let image = project.image(&[]);
        assert_eq!(ports(&image), [1883], "{path}");
        // It is a part of the program, and not opened.
        assert!(!codes(&image).contains(&"assets"), "{path}");
    }
}

#[test]
fn a_file_that_is_no_rust_hides_nothing_beside_it() {
    let project = program(&[
        (
            "src/main.rs",
            "mod odd;\nmod template;\nmod server;\nfn main() {}\n",
        ),
        ("src/odd.rs", "fn a() { gen gen gen \"unclosed\n"),
        (
            "src/template.rs",
            "fn {{name}}() { let a = include_str!(\"../data/a.txt\"); }\n",
        ),
        (
            "src/server.rs",
            "pub fn f() { std::net::TcpListener::bind(\"0.0.0.0:7000\"); }\n",
        ),
        ("data/a.txt", ""),
    ]);
    assert_eq!(ports(&project.image(&[])), [7000]);
    check_context(&project, &[], &["data/a.txt"]);
}
