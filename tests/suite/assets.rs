//! Files that the program opens when it runs: found, offered, and copied where they are asked for.

use std::os::unix::fs::{PermissionsExt, symlink};

use serde_json::Value;

use crate::dockerfile::{Instruction, check_context, copy, parse};
use crate::engine::{Image, turn};
use crate::project::{MAIN, Project, manifest};

fn offered(image: &Value) -> Option<&Value> {
    let mut diagnostics = image["diagnostics"].as_array().unwrap().iter();
    diagnostics.find(|diagnostic| diagnostic["code"] == "assets")
}

fn opening(code: &str) -> Project {
    Project::single()
        .file("src/main.rs", &format!("fn main() {{\n    {code};\n}}\n"))
        .file("static/index.html", "<p>")
        .file("templates/a/b.html", "<p>")
        .file("app.toml", "a = 1\n")
}

#[test]
fn what_the_code_opens_is_offered_with_its_line() {
    for (code, path) in [
        ("ServeDir::new(\"static\")", "static"),
        (
            "tower_http::services::ServeFile::new(\"static/index.html\")",
            "static/index.html",
        ),
        ("Files::new(\"/templates\", \"./static\")", "static"),
        ("rocket::fs::FileServer::from(\"static/\")", "static"),
        ("warp::fs::dir(\"static\")", "static"),
        (
            "NamedFile::open(\"static/index.html\").await",
            "static/index.html",
        ),
        ("Tera::new(\"templates/**/*.html\")", "templates"),
        (
            "h.register_templates_directory(\".html\", \"./templates\")",
            "templates",
        ),
        ("std::fs::read_to_string(\"app.toml\")", "app.toml"),
        ("File::open(Path::new(\"app.toml\"))", "app.toml"),
        (
            "sqlx::migrate::Migrator::new(Path::new(\"./static\"))",
            "static",
        ),
    ] {
        let image = opening(code).image(&[]);
        let diagnostic = offered(&image).unwrap_or_else(|| panic!("nothing for {code}"));
        assert_eq!(diagnostic["severity"], "note");
        let note = diagnostic["notes"][0].as_str().unwrap();
        assert!(
            note.starts_with(&format!("src/main.rs:2: `{path}`")),
            "{note}"
        );
        assert_eq!(
            diagnostic["help"][0],
            format!("under [package.metadata.dockerize]: assets = [\"{path}\"]")
        );
        // Offered, and not taken.
        assert_eq!(image["runtime"]["assets"].as_array().unwrap().len(), 0);
    }
}

#[test]
fn what_the_code_does_not_open_is_not_offered() {
    for code in [
        "let a = \"static\"",
        "println!(\"static\")",
        "create(\"static\")",
        "ServeDir::new(\"public\")",
        "ServeDir::new(\"/static\")",
        "ServeDir::new(\"../static\")",
        "ServeDir::new(\".\")",
        "ServeDir::new(\"src\")",
        "std::fs::read_to_string(\"Cargo.toml\")",
        "std::fs::read_to_string(\".env\")",
        "include_str!(\"../app.toml\")",
        "MyServeDir::new(\"static\")",
        "client.get(\"static\")",
        "#[cfg(test)] mod tests { fn a() { ServeDir::new(\"static\"); } }",
    ] {
        let project = opening(code).file(".env", "A=1\n");
        assert_eq!(offered(&project.image(&[])), None, "{code}");
    }
    let other = opening("()").file(
        "src/bin/other.rs",
        "fn main() { ServeDir::new(\"static\"); }\n",
    );
    assert_eq!(offered(&other.image(&["--bin", "app"])), None);
    let script = opening("()").file(
        "build.rs",
        "fn main() { std::fs::read_to_string(\"app.toml\"); }\n",
    );
    assert_eq!(offered(&script.image(&[])), None);
}

#[test]
fn frameworks_have_files_of_fixed_names() {
    let dependencies = "[dependencies]\nrocket = { path = \"fake/rocket\" }\nrocket_dyn_templates = { path = \"fake/dyn\" }\n[workspace]\n";
    let project = Project::empty()
        .file("Cargo.toml", &format!("{}{dependencies}", manifest("app")))
        .file("src/main.rs", MAIN)
        .library("fake/rocket", "rocket")
        .library("fake/dyn", "rocket_dyn_templates")
        .file("Rocket.toml", "[default]\nport = 8001\n")
        .file("templates/a.html.tera", "")
        .locked();
    let image = project.image(&[]);
    let help = offered(&image).unwrap()["help"][0].as_str().unwrap();
    assert!(
        help.ends_with("assets = [\"Rocket.toml\", \"templates\"]"),
        "{help}"
    );
    let plain = Project::single()
        .file("Rocket.toml", "")
        .file("templates/a", "");
    assert_eq!(offered(&plain.image(&[])), None);
}

#[test]
fn what_is_asked_for_is_not_offered_again() {
    let project = opening("ServeDir::new(\"static\"); Tera::new(\"templates/*\")");
    let table = |list: &str| {
        format!(
            "{}[package.metadata.dockerize]\nassets = {list}\n",
            manifest("app")
        )
    };
    project.write("Cargo.toml", &table("[\"static\"]"));
    let image = project.image(&[]);
    let diagnostic = offered(&image).unwrap();
    assert_eq!(diagnostic["notes"].as_array().unwrap().len(), 1);
    let help = diagnostic["help"][0].as_str().unwrap();
    assert!(
        help.ends_with("assets = [\"static\", \"templates\"]"),
        "{help}"
    );
    project.write("Cargo.toml", &table("[\"static\", \"templates\"]"));
    assert_eq!(offered(&project.image(&[])), None);
}

/// The instructions of the last stage, and of all before it.
fn stages(project: &Project) -> (Vec<Instruction>, Vec<Instruction>) {
    let mut before = parse(&project.dockerfile(&[]));
    let last = before.iter().rposition(|i| i.kind == "FROM").unwrap();
    let runtime = before.split_off(last);
    (before, runtime)
}

fn copies(instructions: &[Instruction]) -> Vec<(Vec<String>, String)> {
    let copies = instructions.iter().filter(|i| i.kind == "COPY");
    copies
        .map(|i| copy(&i.text))
        .filter(|copy| copy.from.is_none())
        .map(|copy| (copy.sources, copy.destination))
        .collect()
}

fn member(assets: &str) -> Project {
    let table = format!(
        "{}[package.metadata.dockerize]\nassets = {assets}\n",
        manifest("app")
    );
    Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"crates/app\"]\nresolver = \"2\"\n",
        )
        .file("crates/app/Cargo.toml", &table)
        .file("crates/app/src/main.rs", MAIN)
        .file("crates/app/static/a.txt", "a")
        .file("crates/app/other/b.txt", "b")
        .file("shared/c.txt", "c")
        .locked()
}

#[test]
fn assets_are_copied_straight_into_the_runtime_stage() {
    let project = member("[\"static\", \"../../shared/c.txt\"]");
    let context = check_context(&project, &[], &["crates/app/static/a.txt", "shared/c.txt"]);
    assert!(!context.files.contains(&"crates/app/other/b.txt".to_owned()));
    let (build, runtime) = stages(&project);
    // As they are called from the package, or from the workspace.
    let pair = |from: &str, to: &str| (vec![from.to_owned()], to.to_owned());
    assert_eq!(
        copies(&runtime),
        [
            pair("shared/c.txt", "shared/c.txt"),
            pair("crates/app/static", "static")
        ]
    );
    let workdir = runtime.iter().find(|i| i.kind == "WORKDIR").unwrap();
    assert_eq!(workdir.text, "/app");
    // A change in them compiles nothing: no stage that compiles has them.
    for (sources, _) in copies(&build) {
        for source in sources {
            let found = context.resolve(&source);
            let below: Vec<_> = found.iter().flat_map(|path| context.below(path)).collect();
            assert!(
                !below
                    .iter()
                    .any(|file| file.contains("static") || file.contains("shared")),
                "{source} has {below:?}"
            );
        }
    }
    project.run(&["check"]).exits(0);
}

#[test]
fn without_assets_the_working_directory_is_the_programs_own() {
    let (build, runtime) = stages(&Project::single());
    assert!(
        runtime
            .iter()
            .any(|i| i.kind == "WORKDIR" && i.text == "/app")
    );
    let makes = |i: &Instruction| i.text.contains("chown 65532:65532 /rootfs/app");
    assert!(build.iter().any(makes));
}

#[test]
fn assets_that_cannot_be_are_refused() {
    for (assets, code) in [
        ("[\"nothing\"]", "asset-missing"),
        ("[\"\"]", "asset-whole"),
        ("[\".\"]", "asset-whole"),
        ("[\"../..\"]", "asset-whole"),
        ("[\"../../..\"]", "asset-outside"),
        ("[\"/etc/passwd\"]", "asset-outside"),
        ("[\"out\"]", "asset-outside"),
        ("[\"shared\", \"../../shared\"]", "asset-twice"),
    ] {
        let project = member(assets).file("crates/app/shared/d.txt", "d");
        symlink("/etc", project.path("crates/app/out")).unwrap();
        project
            .run(&[])
            .refuses(code)
            .says("crates/app/Cargo.toml:6");
        assert!(!project.has("Dockerfile"));
    }
    member("\"static\"").run(&[]).refuses("manifest-key");
}

#[test]
fn names_of_assets_stay_names() {
    for name in [
        "a b",
        "--chown=0:0",
        "a[1]$HOME",
        "it is #1",
        "{{why}}",
        "日本",
    ] {
        let list = serde_json::to_string(&[format!("./{name}")]).unwrap();
        let project = member(&list).file(&format!("crates/app/{name}/x"), "x");
        let (_, runtime) = stages(&project);
        assert_eq!(copies(&runtime)[0].1, name);
        check_context(&project, &[], &[&format!("crates/app/{name}/x")]);
        let kinds: Vec<&str> = runtime.iter().map(|i| i.kind.as_str()).collect();
        assert_eq!(
            kinds,
            [
                "FROM",
                "LABEL",
                "WORKDIR",
                "COPY",
                "COPY",
                "ENV",
                "USER",
                "ENTRYPOINT"
            ]
        );
    }
    for (name, code) in [
        ("a\"b", "path-character"),
        ("a\\b", "path-character"),
        ("x<<EOF", "path-character"),
        ("a\nRUN id", "control-character"),
    ] {
        let list = serde_json::to_string(&[name]).unwrap();
        let project = member(&list).file(&format!("crates/app/{name}/x"), "x");
        project.run(&[]).refuses(code);
    }
}

#[test]
fn an_offer_shows_no_escape_sequence() {
    let name = "a\u{1b}[2J";
    let code = format!("fn main() {{ ServeDir::new({name:?}); }}\n");
    let project = Project::single()
        .file("src/main.rs", &code.replace("\\u{1b}", "\u{1b}"))
        .file(&format!("{name}/x"), "x");
    let ran = project.run(&["plan"]).says("note[assets]");
    assert!(!ran.stderr.contains('\u{1b}'), "{:?}", ran.stderr);
}

const PRINTS: &str = r#"fn main() {
    println!("{}", std::env::current_dir().unwrap().display());
    print!("{}", std::fs::read_to_string("static/a.txt").unwrap());
    print!("{}", std::fs::read_to_string("app.toml").unwrap());
}
"#;

#[test]
#[ignore = "needs a Docker engine"]
fn the_program_opens_them_and_a_change_compiles_nothing() {
    let _turn = turn();
    let table = "[package.metadata.dockerize]\nassets = [\"static\", \"app.toml\"]\n";
    let project = Project::with(table)
        .file("src/main.rs", PRINTS)
        .file("static/a.txt", "first\n")
        .file("app.toml", "x = 1\n");
    // A program that no layer of an earlier run has.
    let own = format!("{PRINTS}// {}\n", project.root().display());
    project.write("src/main.rs", &own);
    // Nobody but the owner may read it here.
    let closed = std::fs::Permissions::from_mode(0o600);
    fs_err::set_permissions(project.path("static/a.txt"), closed).unwrap();
    // The engine has another compiler than the one the tests pretend to have.
    let version = ["--build-arg=RUST_VERSION=1"];
    let arguments = ["--libc", "glibc", "--runtime", "scratch"];
    project.generate(&arguments);
    let image = Image::build(&project, "assets", &version);
    assert_eq!(image.prints(&[]), "/app\nfirst\nx = 1\n");
    assert!(image.log.contains("Compiling app"), "{}", image.log);
    project.write("static/a.txt", "another one\n");
    project
        .run(&[["check"].as_slice(), &arguments].concat())
        .exits(0);
    let image = Image::build(&project, "assets", &version);
    assert_eq!(image.prints(&[]), "/app\nanother one\nx = 1\n");
    assert!(!image.log.contains("Compiling"), "{}", image.log);
}

#[test]
fn defaults_of_settings_are_offered() {
    let config = "mod defaults { pub fn path() -> std::path::PathBuf { std::path::PathBuf::from(\"./static/\") }\n pub fn data() -> std::path::PathBuf { std::path::PathBuf::from(\"./data/\") } }\n#[derive(Deserialize)]\nstruct Assets {\n    #[serde(default = \"defaults::path\")]\n    path: std::path::PathBuf,\n}\n#[derive(Deserialize)]\nstruct Store {\n    #[serde(default = \"defaults::data\")]\n    path: std::path::PathBuf,\n}\nfn main() {}\n";
    let project = opening("run()")
        .file("src/main.rs", config)
        .file("data/a", "");
    let image = project.image(&[]);
    let note = offered(&image).unwrap().to_string();
    assert!(
        note.contains("src/main.rs:5: `static`, the default of an option"),
        "{note}"
    );
    // What the program fills is none of them.
    assert!(!note.contains("`data`"), "{note}");
}

#[test]
fn a_configuration_deep_in_the_workspace_is_offered_alone() {
    let table = format!(
        "{}[dependencies]\ntoml = {{ path = \"fake/toml\" }}\n[workspace]\n",
        manifest("app")
    );
    let project = Project::empty()
        .file("Cargo.toml", &table)
        .file(
            "src/main.rs",
            "fn main() { let _ = toml::read(\"core/ai/app.toml\"); std::net::TcpListener::bind(addr()); }\n",
        )
        .file("core/ai/app.toml", "[server]\nport = 8082\n")
        .file("core/other/large.bin", "")
        .library("fake/toml", "toml")
        .locked();
    let image = project.image(&[]);
    let note = offered(&image).unwrap().to_string();
    assert!(note.contains("`core/ai/app.toml`"), "{note}");
    assert!(!note.contains("`core`"), "{note}");
}

fn absent(code: &str) -> Option<String> {
    let image = opening(code).image(&[]);
    let mut diagnostics = image["diagnostics"].as_array().unwrap().iter();
    let found = diagnostics.find(|found| found["code"] == "runtime-file");
    found.map(ToString::to_string)
}

#[test]
fn a_file_that_nobody_has_is_said() {
    for (code, said) in [
        (
            "let _ = std::fs::read_to_string(\"settings.toml\").unwrap()",
            "src/main.rs:2: `settings.toml`, opened by `fs::read_to_string`, and has to be there",
        ),
        (
            "let _ = std::fs::File::open(\"/etc/app/tokens.json\").expect(\"tokens\")",
            "`/etc/app/tokens.json`",
        ),
        (
            "let _ = clap::Arg::new(\"config\").long(\"config\").default_value(\"server.toml\")",
            "`server.toml`, the default of an option",
        ),
    ] {
        let note = absent(code).unwrap_or_else(|| panic!("nothing is said of {code}"));
        assert!(note.contains(said), "{note}");
    }
    let note = absent("let _ = std::fs::read(\"conf/it's.toml\").unwrap()").unwrap();
    assert!(
        note.contains(
            r#"docker run --volume \"$PWD\"/'it'\\''s.toml:/app/conf/it'\\''s.toml:ro' …"#
        ),
        "{note}"
    );
}

#[test]
fn what_may_be_missing_or_is_made_is_not_said() {
    for code in [
        // There.
        "let _ = std::fs::read_to_string(\"app.toml\").unwrap()",
        // Looked for, and done without.
        "let _ = std::fs::read_to_string(\"settings.toml\").unwrap_or_default()",
        "if let Ok(text) = std::fs::read_to_string(\"settings.toml\") { drop(text) }",
        // Made by the program.
        "std::fs::write(\"state.json\", \"{}\").unwrap(); let _ = std::fs::read(\"state.json\").unwrap()",
        "std::fs::create_dir_all(\"state\").unwrap(); let _ = std::fs::read(\"state/a.json\").unwrap()",
        // Of the system.
        "let _ = std::fs::read_to_string(\"/proc/self/a.json\").unwrap()",
    ] {
        assert_eq!(absent(code), None, "{code}");
    }
}
