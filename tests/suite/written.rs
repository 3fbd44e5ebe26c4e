//! What a program needs around it: folders that it writes, programs, variables, files.

use serde_json::Value;

use crate::project::{Project, manifest};

fn program(body: &str, lines: &str) -> Project {
    let code = format!(
        "use std::fs::{{self, File, OpenOptions}};\nuse std::process::Command;\nfn main() {{\n{body}\n}}\n"
    );
    Project::empty()
        .file("Cargo.toml", &format!("{}{lines}\n", manifest("app")))
        .file("src/main.rs", &code)
        .locked()
}

fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap().iter();
    list.map(|found| found["value"].as_str().unwrap().to_owned())
        .collect()
}

fn diagnostic(image: &Value, code: &str) -> Option<(String, String)> {
    let mut all = image["diagnostics"].as_array().unwrap().iter();
    let found = all.find(|found| found["code"] == code)?;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Some((text(&found["message"]), text(&found["help"][0])))
}

#[track_caller]
fn makes(body: &str, folder: &str) {
    let image = program(body, "").image(&[]);
    let folders = texts(&image["runtime"]["folders"]);
    assert!(folders.contains(&folder.to_owned()), "{folders:?}: {body}");
    assert_eq!(diagnostic(&image, "written-folder"), None, "{body}");
}

#[test]
fn relative_folders_are_made() {
    for (body, folder) in [
        ("fs::create_dir_all(\"logs\").unwrap();", "/app/logs"),
        ("File::create(\"out/a.txt\").unwrap();", "/app/out"),
        ("fs::write(\"./var/x/a.txt\", \"\");", "/app/var/x"),
        (
            "OpenOptions::new().create(true).append(true).open(\"logs/app.log\");",
            "/app/logs",
        ),
        (
            "fs::write(format!(\"spool/{}.json\", id), \"\");",
            "/app/spool",
        ),
        (
            "let d = std::env::var(\"D\").unwrap_or(\"store\".into()); fs::create_dir_all(d);",
            "/app/store",
        ),
        (
            "tracing_appender::rolling::daily(\"logs\", \"a.log\");",
            "/app/logs",
        ),
        ("rusqlite::Connection::open(\"db/app.db\");", "/app/db"),
        ("Pool::connect(\"sqlite:db/app.db?mode=rwc\");", "/app/db"),
        ("Pool::connect(\"sqlite://db/app.db\");", "/app/db"),
        ("sled::open(\"cache\");", "/app/cache"),
    ] {
        makes(body, folder);
    }
}

#[test]
fn folders_of_the_home_are_made() {
    for (body, folder) in [
        (
            "fs::create_dir_all(dirs::data_dir().unwrap().join(\"app\"));",
            "/app/.local/share/app",
        ),
        (
            "let d = dirs::home_dir().unwrap().join(\".app\"); fs::create_dir_all(&d);",
            "/app/.app",
        ),
        (
            "let d = directories::BaseDirs::new().unwrap().config_dir().join(\"app\"); fs::create_dir_all(&d);",
            "/app/.config/app",
        ),
        (
            "fs::create_dir_all(expand(\"x\")); fs::write(\"~/.app/a\", \"\");",
            "/app/.app",
        ),
    ] {
        makes(body, folder);
    }
}

#[test]
fn absolute_folders_are_asked_for() {
    for body in [
        "fs::create_dir_all(\"/var/lib/app\").unwrap();",
        "fs::write(\"/var/lib/app/state.json\", \"\");",
        "let d = std::env::var(\"D\").unwrap_or_else(|_| \"/var/lib/app\".into()); fs::create_dir_all(&d);",
        "Pool::connect(\"sqlite:///var/lib/app/app.db\");",
    ] {
        let (message, help) = diagnostic(&program(body, "").image(&[]), "written-folder").unwrap();
        assert_eq!(
            message,
            "`app` writes to `/var/lib/app`, where its user may not write"
        );
        assert_eq!(
            help,
            "under [package.metadata.dockerize]: data = [\"/var/lib/app\"]"
        );
        let set = "[package.metadata.dockerize]\ndata = [\"/var/lib/app\"]";
        assert_eq!(
            diagnostic(&program(body, set).image(&[]), "written-folder"),
            None
        );
    }
}

#[test]
fn what_is_only_read_or_unknown_is_no_folder() {
    for body in [
        "fs::read(\"logs/a\");",
        "OpenOptions::new().read(true).open(\"logs/a\");",
        "fs::create_dir_all(path);",
        "fs::write(\"/dev/null\", \"\");",
        "rusqlite::Connection::open(\":memory:\");",
        "Pool::connect(\"sqlite::memory:\");",
    ] {
        let image = program(body, "").image(&[]);
        assert_eq!(texts(&image["runtime"]["folders"]), ["/app"], "{body}");
        assert_eq!(diagnostic(&image, "written-folder"), None, "{body}");
    }
    let image = program("fs::write(\"/tmp/a\", \"\");", "").image(&[]);
    assert_eq!(image["runtime"]["tmp"]["value"], true);
}

#[test]
fn programs_that_are_started_are_named() {
    for (body, name, help) in [
        (
            "Command::new(\"ffmpeg\").spawn();",
            "ffmpeg",
            "runtime-packages = [\"ffmpeg\"]",
        ),
        (
            "tokio::process::Command::new(\"/usr/bin/git\").spawn();",
            "git",
            "runtime-packages = [\"git\"]",
        ),
        (
            "duct::cmd!(\"pg_dump\", \"-h\");",
            "pg_dump",
            "postgresql-client",
        ),
        (
            "xshell::cmd!(sh, \"rsync -a {x}\");",
            "rsync",
            "runtime-packages = [\"rsync\"]",
        ),
        (
            "Command::new(\"sh\").spawn();",
            "sh",
            "runtime = \"debian\"",
        ),
        (
            "Command::new(\"frobnicate\").spawn();",
            "frobnicate",
            "name the Debian package",
        ),
    ] {
        let found = diagnostic(&program(body, "").image(&[]), "runs-program");
        let (message, said) = found.unwrap_or_else(|| panic!("{body}"));
        assert!(message.contains(&format!("`{name}`")), "{message}");
        assert!(said.contains(help), "{said}");
    }
    for body in [
        "clap::Command::new(\"ffmpeg\").get_matches();",
        "Command::new(\"xdg-open\").spawn();",
        "Command::new(program).spawn();",
        "Command::new(\"app\").spawn();",
    ] {
        let image = program(body, "").image(&[]);
        assert_eq!(diagnostic(&image, "runs-program"), None, "{body}");
    }
    let set = "[package.metadata.dockerize]\nruntime-packages = [\"ffmpeg\"]";
    let image = program("Command::new(\"ffmpeg\").spawn();", set).image(&[]);
    assert_eq!(diagnostic(&image, "runs-program"), None);
}

#[test]
fn variables_that_have_to_be_set_are_listed() {
    let needs = |body: &str, lines: &str| {
        texts(&program(body, lines).image(&[])["runtime"]["required_env"])
    };
    for body in [
        "let a = std::env::var(\"DATABASE_URL\").expect(\"x\");",
        "let a = std::env::var(\"DATABASE_URL\").unwrap();",
        "let a = std::env::var(\"DATABASE_URL\")?;",
        "let a = std::env::var(\"DATABASE_URL\").context(\"x\")?;",
    ] {
        assert_eq!(needs(body, ""), ["DATABASE_URL"], "{body}");
    }
    for body in [
        "let a = std::env::var(\"A\").ok();",
        "let a = std::env::var(\"A\").unwrap_or_default();",
        "let a = std::env::var(\"HOME\").unwrap();",
        "if let Ok(a) = std::env::var(\"A\") {}",
    ] {
        assert!(needs(body, "").is_empty(), "{body}");
    }
    let set = "[package.metadata.dockerize]\nenv = { A = \"b\" }";
    assert!(needs("std::env::var(\"A\").unwrap();", set).is_empty());
    let option = "} #[derive(Parser)] struct Args { #[arg(long, env = \"TOKEN\")] token: String } fn go() { Args::parse();";
    assert_eq!(needs(option, ""), ["TOKEN"]);
    program("std::env::var(\"A\").unwrap();", "")
        .generate(&[])
        .says("docker run --rm -e A=… app");
}

#[test]
fn a_file_of_variables_that_has_to_be_there_is_said() {
    for body in [
        "dotenvy::dotenv().expect(\"no .env\");",
        "dotenvy::dotenv()?;",
        "dotenv::dotenv().unwrap();",
    ] {
        let image = program(body, "").image(&[]);
        assert!(diagnostic(&image, "dotenv-required").is_some(), "{body}");
    }
    for body in ["dotenvy::dotenv().ok();", "let _ = dotenvy::dotenv();"] {
        let image = program(body, "").image(&[]);
        assert_eq!(diagnostic(&image, "dotenv-required"), None, "{body}");
    }
}

#[test]
fn paths_of_the_builder_are_said_with_lines_that_work() {
    for body in [
        "fs::read(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/data/a.txt\"));",
        "fs::read(std::path::Path::new(env!(\"CARGO_MANIFEST_DIR\")).join(\"data\").join(\"a.txt\"));",
        "FileServer::from(relative!(\"data/a.txt\"));",
    ] {
        let project = program(body, "").file("data/a.txt", "a");
        let image = project.image(&[]);
        let (_, help) = diagnostic(&image, "manifest-dir").unwrap_or_else(|| panic!("{body}"));
        let lines = "assets = [\"data/a.txt\"]\nworkdir = \"/build\"";
        assert_eq!(
            help,
            format!("under [package.metadata.dockerize]:\n{lines}")
        );
        let set = format!("[package.metadata.dockerize]\n{lines}");
        let image = program(body, &set).file("data/a.txt", "a").image(&[]);
        assert_eq!(diagnostic(&image, "manifest-dir"), None, "{body}");
        assert_eq!(image["runtime"]["workdir"]["value"], "/build");
        assert_eq!(image["runtime"]["assets"][0]["destination"], "data/a.txt");
    }
    let embedded = "include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/data/a.txt\"));";
    let image = program(embedded, "").file("data/a.txt", "a").image(&[]);
    assert_eq!(diagnostic(&image, "manifest-dir"), None);
}

#[test]
fn the_default_of_an_option_can_be_a_file() {
    for code in [
        "struct A { #[arg(long, default_value = \"app.toml\")] config: String }",
        "struct A { #[arg(default_value_t = String::from(\"app.toml\"), env)] config_file: String }",
        "fn a() { Arg::new(\"config\").long(\"config\").default_value(\"app.toml\"); }",
    ] {
        let project = program(code, "").file("app.toml", "a = 1\n");
        let (_, help) =
            diagnostic(&project.image(&[]), "assets").unwrap_or_else(|| panic!("{code}"));
        assert!(help.ends_with("assets = [\"app.toml\"]"), "{help}");
    }
    let code = "struct A { #[arg(long, default_value = \"README.md\")] readme_path: String }";
    let image = program(code, "").file("README.md", "").image(&[]);
    assert_eq!(diagnostic(&image, "assets"), None);
}

#[test]
fn folders_of_the_system_are_mounted() {
    let image = program("fs::create_dir_all(\"/var/run/app\");", "").image(&[]);
    let (_, help) = diagnostic(&image, "written-folder").unwrap();
    assert_eq!(help, "docker run --tmpfs /var/run/app:mode=1777 …");
}
