//! What build scripts, procedural macros and crates read while the program compiles: exactly, or generously.

use std::process::Command;

use crate::dockerfile::check_context;
use crate::project::{Project, manifest};

/// A package with a build script that prints nothing.
fn scripted(body: &str) -> Project {
    Project::single().file("build.rs", &format!("fn main() {{\n{body}\n}}\n"))
}

/// What the build gets has all of the first files, and none of the others.
#[track_caller]
fn gets(project: &Project, needed: &[&str], not: &[&str]) {
    let context = check_context(project, &[], needed);
    for path in not {
        let is_in = |file: &String| file == path || file.starts_with(&format!("{path}/"));
        assert!(
            !context.files.iter().any(is_in),
            "{path}: {:?}",
            context.files
        );
    }
}

#[track_caller]
fn git(project: &Project, arguments: &[&str]) {
    let mut command = Command::new("git");
    let status = command
        .arg("-C")
        .arg(project.root())
        .args(arguments)
        .output();
    assert!(status.unwrap().status.success());
}

#[test]
fn what_is_understood_comes_alone() {
    let script = "for name in [\"a\", \"b\"] { let _ = std::fs::read(format!(\"data/{name}.txt\")); }\n\
                  let mut path = std::path::PathBuf::from(env!(\"CARGO_MANIFEST_DIR\"));\n\
                  path.push(\"more\"); path.push(\"c.txt\");\nlet _ = std::fs::read(&path);";
    let project = scripted(script)
        .file("data/a.txt", "")
        .file("more/c.txt", "")
        .file("notes.txt", "");
    gets(&project, &["data/a.txt", "more/c.txt"], &["notes.txt"]);
}

#[test]
fn a_path_that_is_known_when_it_runs_lets_all_in() {
    for read in [
        "let name = std::env::args().next().unwrap(); let _ = std::fs::read_to_string(format!(\"{name}.toml\"));",
        "let path = [\"./\", format!(\"{}.toml\", std::env::args().len()).as_str()].iter().collect::<std::path::PathBuf>(); let _ = std::fs::read_dir(path);",
        "for entry in std::path::Path::new(env!(\"CARGO_MANIFEST_DIR\")).read_dir().unwrap() { drop(entry); }",
        "let _ = std::process::Command::new(\"sh\").arg(\"-c\").arg(\"cat *.toml\").status();",
        "let name = std::env::var(\"APP_PROFILE\").unwrap_or_else(|_| \"developer\".to_owned());\n\
         let _ = std::fs::read(format!(\"{name}.toml\"));",
    ] {
        let project = scripted(read)
            .file("container.toml", "")
            .file("conf/deep/x.toml", "")
            .file("tests/it.rs", "")
            .file("examples/data/x.bin", "")
            .file(".github/workflows/ci.yml", "")
            .file("Dockerfile.old", "");
        gets(
            &project,
            &["container.toml", "conf/deep/x.toml"],
            &["tests/it.rs", "examples/data", ".github", "Dockerfile.old"],
        );
        let text = project.generate(&["--force"]);
        text.says(": the build script").says(", so it may be read)");
    }
}

#[test]
fn only_what_git_tracks_is_let_in() {
    let project = scripted("let _ = std::fs::read(std::env::args().next().unwrap());")
        .file("conf/a.toml", "")
        .file("conf/dump.log", "")
        .file(".gitignore", "*.log\n/target\n")
        .file("docs/picture.png", "")
        .file("docs/grammar.txt", "")
        .file("scratch.sql", "");
    git(&project, &["init", "--quiet"]);
    git(
        &project,
        &[
            "add",
            "Cargo.toml",
            "Cargo.lock",
            "build.rs",
            "src",
            "conf",
            "docs",
            ".gitignore",
        ],
    );
    gets(
        &project,
        &["conf/a.toml", "docs/grammar.txt"],
        &["conf/dump.log", "docs/picture.png", "scratch.sql"],
    );
}

#[test]
fn secrets_stay_out_of_what_is_let_in() {
    let project = scripted("let _ = std::fs::read(std::env::args().next().unwrap());")
        .file(".env", "TOKEN=x")
        .file("certs/server.key", "-----BEGIN PRIVATE KEY-----")
        .file("a.txt", "");
    gets(&project, &["a.txt"], &[".env", "certs/server.key"]);
}

#[test]
fn files_of_other_packages_do_not_come_along() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            &format!("{}[workspace]\nmembers = [\"other\"]\n", manifest("app")),
        )
        .file("src/main.rs", "fn main() {}\n")
        .file(
            "build.rs",
            "fn main() { let _ = std::fs::read(std::env::args().next().unwrap()); }\n",
        )
        .file("data.txt", "")
        .program("other", "other")
        .file("other/notes.txt", "")
        .locked();
    let context = check_context(&project, &["-p", "app"], &["data.txt"]);
    assert!(
        !context.files.contains(&"other/notes.txt".to_owned()),
        "{:?}",
        context.files
    );
}

/// A workspace of `svc`, with a build script or a macro, and the libraries behind it.
fn workspace(members: &str) -> Project {
    Project::empty().file(
        "Cargo.toml",
        &format!("[workspace]\nmembers = [{members}]\nresolver = \"2\"\n"),
    )
}

#[test]
fn a_library_two_levels_behind_a_build_script() {
    let project = workspace("\"svc\", \"codegen\", \"deep\"")
        .program("svc", "svc")
        .file(
            "svc/Cargo.toml",
            &format!(
                "{}[build-dependencies]\ncodegen = {{ path = \"../codegen\" }}\n",
                manifest("svc")
            ),
        )
        .file("svc/build.rs", "fn main() { codegen::run(); }\n")
        .library("codegen", "codegen")
        .file(
            "codegen/Cargo.toml",
            &format!(
                "{}[dependencies]\ndeep = {{ path = \"../deep\" }}\n",
                manifest("codegen")
            ),
        )
        .file("codegen/src/lib.rs", "pub fn run() { deep::run() }\n")
        .library("deep", "deep")
        .file(
            "deep/src/lib.rs",
            "pub fn run() { std::fs::read(\"../api/openapi.yaml\").unwrap(); }\n",
        )
        .file("api/openapi.yaml", "")
        .file("notes.txt", "")
        .locked();
    let context = check_context(&project, &["-p", "svc"], &["api/openapi.yaml"]);
    assert!(!context.files.contains(&"notes.txt".to_owned()));
}

#[test]
fn a_library_that_opens_what_nobody_knows() {
    let project = workspace("\"svc\", \"codegen\"")
        .program("svc", "svc")
        .file("svc/Cargo.toml", &format!("{}[build-dependencies]\ncodegen = {{ path = \"../codegen\" }}\n", manifest("svc")))
        .file("svc/build.rs", "fn main() { codegen::run(std::path::Path::new(\".\")); }\n")
        .library("codegen", "codegen")
        .file("codegen/src/lib.rs", "pub fn run(at: &std::path::Path) {\n    for entry in std::fs::read_dir(at).unwrap() { drop(entry); }\n}\n")
        .file("svc/api/openapi.yaml", "")
        .locked();
    check_context(&project, &["-p", "svc"], &["svc/api/openapi.yaml"]);
    project
        .generate(&["-p", "svc"])
        .says("codegen/src/lib.rs:2: `codegen`, which the build script calls,");
}

const MACRO: &str = "[lib]\nproc-macro = true\n";

#[test]
fn a_macro_of_the_workspace_reads_in_the_package_that_uses_it() {
    for (read, by) in [
        (
            "let dir = std::env::var(\"CARGO_MANIFEST_DIR\").unwrap();\n    let _ = std::fs::read_dir(std::path::Path::new(&dir).join(\"schema\"));",
            "svc/schema/a.json",
        ),
        (
            "let _ = std::fs::read_to_string(\"svc/schema/a.json\");",
            "svc/schema/a.json",
        ),
        (
            "let _ = std::fs::read_to_string(item.to_string());",
            "svc/schema/a.json",
        ),
    ] {
        let project = workspace("\"svc\", \"facade\", \"macros\"")
            .program("svc", "svc")
            .file("svc/Cargo.toml", &format!("{}[dependencies]\nfacade = {{ path = \"../facade\" }}\n", manifest("svc")))
            .library("facade", "facade")
            .file("facade/Cargo.toml", &format!("{}[dependencies]\nmacros = {{ path = \"../macros\" }}\n", manifest("facade")))
            .file("facade/src/lib.rs", "pub use macros::schema;\n")
            .library("macros", "macros")
            .file("macros/Cargo.toml", &format!("{}{MACRO}", manifest("macros")))
            .file("macros/src/lib.rs", &format!("extern crate proc_macro;\n#[proc_macro]\npub fn schema(item: proc_macro::TokenStream) -> proc_macro::TokenStream {{\n    {read}\n    item\n}}\n"))
            .file("svc/schema/a.json", "")
            .locked();
        check_context(&project, &["-p", "svc"], &[by]);
    }
}

#[test]
fn a_path_above_the_package_and_a_variable_of_cargos_configuration() {
    let project = workspace("\"crates/svc\"")
        .program("crates/svc", "svc")
        .file("crates/svc/build.rs", "fn main() {\n\
              let root = std::path::Path::new(env!(\"CARGO_MANIFEST_DIR\")).parent().unwrap().parent().unwrap();\n\
              let _ = std::fs::read(root.join(\"api\").join(\"a.yaml\"));\n\
              let _ = std::fs::read(std::path::Path::new(&std::env::var(\"SCHEMAS\").unwrap()).join(\"b.yaml\"));\n}\n")
        .file(".cargo/config.toml", "[env]\nSCHEMAS = { value = \"schemas\", relative = true }\n")
        .file("api/a.yaml", "")
        .file("schemas/b.yaml", "")
        .file("crates/svc/notes.txt", "")
        .locked();
    gets(
        &project,
        &["api/a.yaml", "schemas/b.yaml"],
        &["crates/svc/notes.txt"],
    );
}

#[test]
fn what_is_embedded_and_not_there_is_let_in_and_said() {
    let project = Project::single()
        .file(
            "src/main.rs",
            "fn main() {\n    print!(\"{}\", include_str!(\"../web/out.html\"));\n}\n",
        )
        .file("web/package.json", "{}");
    let said = project.generate(&[]);
    let said = said.says("warning[input-missing]: `web/out.html` is not there");
    said.says("src/main.rs:2").says("`npm run build` in `web`");
    assert!(project.dockerfile(&[]).contains("web"));
    let project = Project::single().file(
        "src/main.rs",
        "fn main() {}\nmod a { #[cfg(test)] const A: &str = include_str!(\"a.txt\"); }\n",
    );
    project.generate(&[]).keeps_quiet_about("input-missing");
}

#[test]
fn a_submodule_that_is_not_checked_out() {
    for read in [
        "for entry in std::fs::read_dir(\"vendor/lib/words/\").unwrap() { drop(entry); }",
        "let _ = std::fs::read(\"vendor/lib/a.c\");",
    ] {
        let project = scripted(read).file(
            ".gitmodules",
            "[submodule \"lib\"]\n\tpath = vendor/lib\n\turl = ../lib\n",
        );
        let said = project.generate(&["--force"]);
        said.says("git submodule update --init vendor/lib");
        let project = project
            .file("vendor/lib/words/a", "")
            .file("vendor/lib/a.c", "");
        project
            .generate(&["--force"])
            .keeps_quiet_about("submodule");
    }
}

#[test]
fn what_git_ignores_is_in_no_clone() {
    let project = Project::single()
        .file(
            "src/main.rs",
            "fn main() { print!(\"{}\", include_str!(\"../made/a.txt\")); }\n",
        )
        .file("made/a.txt", "")
        .file(".gitignore", "Cargo.lock\nmade\n");
    project.generate(&[]).keeps_quiet_about("ignored-by-git");
    git(&project, &["init", "--quiet"]);
    let said = project
        .generate(&["--force"])
        .says("warning[ignored-by-git]");
    said.says("`Cargo.lock`, `made`");
    git(&project, &["add", "--force", "Cargo.lock", "made"]);
    project
        .generate(&["--force"])
        .keeps_quiet_about("ignored-by-git");
}

#[test]
fn a_program_in_the_root_comes_file_by_file() {
    let lines = "[[bin]]\nname = \"app\"\npath = \"main.rs\"\n[lib]\npath = \"lib.rs\"\n";
    let project = Project::with(lines)
        .file("main.rs", "mod helper;\nfn main() { helper::run() }\n")
        .file("helper/mod.rs", "pub mod deep;\npub fn run() {}\n")
        .file("helper/deep.rs", "")
        .file("lib.rs", "")
        .file("notes.txt", "")
        .file(".env", "");
    gets(
        &project,
        &["main.rs", "helper/mod.rs", "helper/deep.rs", "lib.rs"],
        &["notes.txt", ".env"],
    );
    assert!(!project.dockerfile(&[]).contains("COPY . ."));
}

/// The names of the arguments of the image's build.
fn arguments(project: &Project) -> Vec<String> {
    let image = project.image(&[]);
    let all = image["builder"]["arguments"].as_array().unwrap().iter();
    all.map(|one| one["value"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn variables_of_the_compile_become_arguments() {
    let project = Project::single().file(
        "src/main.rs",
        "fn main() {\n    println!(\"{} {:?} {}\", env!(\"GIT_SHA\"), option_env!(\"BUILD_TIME\"), env!(\"CARGO_PKG_VERSION\"));\n}\n",
    );
    assert_eq!(arguments(&project), ["BUILD_TIME", "GIT_SHA"]);
    let said = project.generate(&[]);
    let said = said.says("warning[build-variable]: the build fails without a value for `GIT_SHA`");
    said.says("src/main.rs:2")
        .says("Next docker build --build-arg BUILD_TIME=\"$(date -u +%FT%TZ)\" --build-arg GIT_SHA=\"$(git rev-parse HEAD)\" -t app .");
    let instructions = project.instructions(&[]);
    let argument = instructions.find("ARG GIT_SHA").unwrap();
    let compile = instructions.rfind("RUN cargo build").unwrap();
    let dependencies = instructions.find("RUN DOCKERIZE_STUBS=1").unwrap_or(0);
    assert!(
        dependencies < argument && argument < compile,
        "{instructions}"
    );
}

#[test]
fn a_build_script_fails_without_a_variable() {
    let needed = scripted(
        "let v = std::env::var(\"RELEASE_TAG\").expect(\"set it\");\nprintln!(\"cargo:rustc-env=TAG={v}\");",
    );
    let needed = needed.file("src/main.rs", "fn main() { print!(env!(\"TAG\")); }\n");
    assert_eq!(arguments(&needed), ["RELEASE_TAG"]);
    needed
        .generate(&[])
        .says("--build-arg RELEASE_TAG=\"$(git describe --tags)\"");
    let optional = scripted(
        "let _ = std::env::var(\"API_URL\");\nprintln!(\"cargo:rerun-if-env-changed=OTHER\");",
    );
    assert_eq!(arguments(&optional), ["API_URL", "OTHER"]);
    optional.generate(&[]).keeps_quiet_about("build-variable");
}

#[test]
fn what_something_else_sets_is_no_argument() {
    let project = scripted("println!(\"cargo::rustc-env=MADE={}\", 1);\nlet _ = std::env::var(\"OUT_DIR\").unwrap();\nlet _ = std::env::var(\"HOME\").unwrap();")
        .file("src/main.rs", "fn main() { print!(\"{}{}{}\", env!(\"MADE\"), env!(\"CONFIGURED\"), env!(\"CARGO_PKG_NAME\")); }\n")
        .file(".cargo/config.toml", "[env]\nCONFIGURED = \"x\"\n");
    assert!(arguments(&project).is_empty());
    let any = scripted("for (k, v) in [(\"A\", \"1\")] { println!(\"cargo:rustc-env={k}={v}\"); }")
        .file("src/main.rs", "fn main() { print!(env!(\"A\")); }\n");
    any.generate(&[]).keeps_quiet_about("build-variable");
}

#[test]
fn the_bake_file_hands_variables_on() {
    let project = workspace("\"a\", \"b\"")
        .program("a", "a")
        .file(
            "a/src/main.rs",
            "fn main() { print!(env!(\"GIT_SHA\")); }\n",
        )
        .program("b", "b")
        .locked();
    project.generate(&["--workspace"]);
    let bake = project.read("docker-bake.hcl");
    assert!(bake.contains("variable \"GIT_SHA\" {"), "{bake}");
    assert_eq!(
        bake.matches("args       = { GIT_SHA = GIT_SHA }").count(),
        1,
        "{bake}"
    );
}
