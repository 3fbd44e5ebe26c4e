//! Every file that the compile needs is let in and copied, and the program is made of it.

use std::os::unix::fs::symlink;

use crate::dockerfile::check_context;
use crate::project::{MAIN, Project, manifest};
use crate::stages::Stages;

const GLIBC: &[&str] = &["--libc", "glibc"];

/// Checks context and copies, builds without Docker, and compares what the program prints.
#[track_caller]
fn prints(project: &Project, arguments: &[&str], needed: &[&str], expected: &str) {
    let mut words = GLIBC.to_vec();
    words.extend(arguments);
    check_context(project, &words, needed);
    assert_eq!(Stages::build(project, &words).output(), expected);
}

#[test]
fn a_plain_program() {
    let project = Project::single()
        .file("src/unused.txt", "")
        .file("notes.txt", "")
        .file("target/x", "");
    prints(
        &project,
        &[],
        &["Cargo.toml", "Cargo.lock", "src/main.rs"],
        "hello\n",
    );
    let context = check_context(&project, GLIBC, &[]);
    assert!(
        !context
            .files
            .iter()
            .any(|file| file.contains("notes") || file.starts_with("target"))
    );
}

#[test]
fn a_file_embedded_from_above_the_package() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"crates/app\"]\nresolver = \"2\"\n",
        )
        .program("crates/app", "app")
        .file(
            "crates/app/src/main.rs",
            "fn main() { print!(\"{}\", include_str!(\"../../../VERSION\")); }\n",
        )
        .file("VERSION", "7")
        .file("OTHER", "8")
        .locked();
    prints(&project, &[], &["VERSION", "crates/app/src/main.rs"], "7");
    assert!(
        !check_context(&project, GLIBC, &[])
            .files
            .contains(&"OTHER".to_owned())
    );
}

#[test]
fn a_file_embedded_by_the_manifest_s_folder() {
    let project = Project::single()
        .file("src/main.rs", "fn main() { print!(\"{}\", include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/data/a.txt\"))); }\n")
        .file("data/a.txt", "A");
    prints(&project, &[], &["data/a.txt"], "A");
}

#[test]
fn a_file_embedded_in_a_module_outside_of_src() {
    let project = Project::single()
        .file("src/main.rs", "#[path = \"../generated/mod.rs\"]\nmod generated;\nfn main() { print!(\"{}\", generated::TEXT); }\n")
        .file("generated/mod.rs", "pub const TEXT: &str = include_str!(\"text.txt\");\n")
        .file("generated/text.txt", "G");
    prints(
        &project,
        &[],
        &["generated/mod.rs", "generated/text.txt"],
        "G",
    );
}

#[test]
fn a_symlink_that_leaves_the_package() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"app\"]\nresolver = \"2\"\n",
        )
        .program("app", "app")
        .file(
            "app/src/main.rs",
            "fn main() { print!(\"{}\", include_str!(\"../assets/x.txt\")); }\n",
        )
        .file("shared/assets/x.txt", "X")
        .locked();
    symlink("../shared/assets", project.path("app/assets")).unwrap();
    prints(&project, &[], &["shared/assets/x.txt", "app/assets"], "X");
}

#[test]
fn a_symlinked_file_in_src() {
    let project = Project::single()
        .file("common/shared.rs", "pub const X: &str = \"S\";\n")
        .file(
            "src/main.rs",
            "mod shared;\nfn main() { print!(\"{}\", shared::X); }\n",
        );
    symlink("../common/shared.rs", project.path("src/shared.rs")).unwrap();
    prints(&project, &[], &["common/shared.rs", "src/shared.rs"], "S");
}

#[test]
fn symlinks_in_a_circle_end() {
    let project = Project::single();
    symlink("..", project.path("src/up")).unwrap();
    symlink("self", project.path("src/self")).unwrap();
    project.generate(&[]);
}

const BUILD: &str = r#"fn main() {
    println!("cargo:rerun-if-changed=proto/a.proto");
    let text = std::fs::read_to_string("proto/a.proto").unwrap() + &std::fs::read_to_string("proto/inner/b.proto").unwrap();
    let out = std::path::PathBuf::from(std::env::var("OUT_DIR").unwrap());
    std::fs::write(out.join("text.rs"), format!("pub const TEXT: &str = {text:?};")).unwrap();
}
"#;

#[test]
fn what_a_build_script_names() {
    let project = Project::single()
        .file("build.rs", BUILD)
        .file("proto/a.proto", "a")
        .file("proto/inner/b.proto", "b")
        .file("src/main.rs", "include!(concat!(env!(\"OUT_DIR\"), \"/text.rs\"));\nfn main() { print!(\"{TEXT}\"); }\n");
    prints(
        &project,
        &[],
        &["build.rs", "proto/a.proto", "proto/inner/b.proto"],
        "ab",
    );
}

#[test]
fn a_build_script_with_a_module_and_in_a_folder() {
    let project = Project::single()
        .file(
            "build.rs",
            "mod build_support;\nfn main() { build_support::run(); }\n",
        )
        .file(
            "build_support.rs",
            "pub fn run() { println!(\"cargo:rustc-env=X=1\"); }\n",
        )
        .file(
            "src/main.rs",
            "fn main() { print!(\"{}\", env!(\"X\")); }\n",
        );
    prints(&project, &[], &["build.rs", "build_support.rs"], "1");
    let project = Project::with("build = \"build/main.rs\"")
        .file("build/main.rs", "mod inner;\nfn main() { inner::run(); }\n")
        .file(
            "build/inner.rs",
            "pub fn run() { println!(\"cargo:rustc-env=X=2\"); }\n",
        )
        .file(
            "src/main.rs",
            "fn main() { print!(\"{}\", env!(\"X\")); }\n",
        );
    prints(&project, &[], &["build/main.rs", "build/inner.rs"], "2");
}

#[test]
fn a_patch_by_path() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            &format!(
                "{}[dependencies]\nbase = {{ path = \"base\" }}\n[patch.crates-io]\ninner = {{ path = \"vendor/inner\" }}\n[workspace]\n",
                manifest("app")
            ),
        )
        .library("base", "base")
        .file("base/Cargo.toml", &format!("{}[dependencies]\ninner = \"0.1\"\n", manifest("base")))
        .file("base/src/lib.rs", "pub use inner::name;\n")
        .library("vendor/inner", "inner")
        .file("src/main.rs", "fn main() { print!(\"{}\", base::name()); }\n")
        .locked();
    prints(
        &project,
        &[],
        &[
            "vendor/inner/Cargo.toml",
            "vendor/inner/src/lib.rs",
            "base/src/lib.rs",
        ],
        "inner",
    );
}

#[test]
fn a_path_dependency_outside_the_workspace_widens_the_context() {
    let project = Project::empty()
        .program("server", "app")
        .file(
            "server/Cargo.toml",
            &format!(
                "{}[dependencies]\nouter = {{ path = \"../libs/outer\" }}\n",
                manifest("app")
            ),
        )
        .file(
            "server/src/main.rs",
            "fn main() { print!(\"{}\", outer::name()); }\n",
        )
        .library("libs/outer", "outer")
        .file("other/big.bin", "x");
    project.lock("server");
    let words = ["--manifest-path", "server/Cargo.toml"];
    prints_below(
        &project,
        "server",
        &[
            "libs/outer/src/lib.rs",
            "libs/outer/Cargo.toml",
            "server/src/main.rs",
        ],
        "outer",
    );
    let image = project.image(&words);
    assert_eq!(image["files"]["context"], "..");
}

/// As [`prints`], for a workspace that is not at the project's root.
#[track_caller]
fn prints_below(project: &Project, folder: &str, needed: &[&str], expected: &str) {
    let inner = project.below(folder);
    prints(&inner, &[], needed, expected);
}

#[test]
fn a_path_dependency_that_inherits_from_another_workspace() {
    let project = Project::empty()
        .program("server", "app")
        .file("server/Cargo.toml", &format!("{}[dependencies]\nouter = {{ path = \"../libs/outer\" }}\n", manifest("app")))
        .file("server/src/main.rs", "fn main() { print!(\"{}\", outer::name()); }\n")
        .library("libs/outer", "outer")
        .file("libs/Cargo.toml", "[workspace]\nmembers = [\"outer\", \"more\"]\nresolver = \"2\"\n[workspace.package]\nversion = \"0.3.0\"\nedition = \"2021\"\n")
        .library("libs/more", "more")
        .file("libs/outer/Cargo.toml", "[package]\nname = \"outer\"\nversion.workspace = true\nedition.workspace = true\n");
    project.lock("server");
    prints_below(
        &project,
        "server",
        &["libs/outer/src/lib.rs", "libs/Cargo.toml"],
        "outer",
    );
}

#[test]
fn cargo_s_configuration_at_the_repository_s_root() {
    let project = Project::empty()
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .file(".cargo/config.toml", "[env]\nGREETING = \"hi\"\n")
        .program("backend", "app")
        .file(
            "backend/src/main.rs",
            "fn main() { print!(\"{}\", env!(\"GREETING\")); }\n",
        );
    project.lock("backend");
    prints_below(
        &project,
        "backend",
        &[".cargo/config.toml", "backend/src/main.rs"],
        "hi",
    );
    let context = check_context(&project.below("backend"), GLIBC, &[]);
    assert!(!context.files.iter().any(|file| file.starts_with(".git/")));
}

#[test]
fn what_macros_read_without_naming_it() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            &format!(
                "{}[dependencies]\nsqlx = {{ path = \"fake/sqlx\" }}\n[workspace]\n",
                manifest("app")
            ),
        )
        .file("src/main.rs", "fn main() { sqlx::migrate(); }\n")
        .library("fake/sqlx", "sqlx")
        .file("fake/sqlx/src/lib.rs", "pub fn migrate() {}\n")
        .file("migrations/1_init.sql", "select 1;")
        .file(".sqlx/query-1.json", "{}")
        .locked();
    check_context(
        &project,
        &[],
        &["migrations/1_init.sql", ".sqlx/query-1.json"],
    );
}

#[test]
fn migrations_named_by_a_macro() {
    let project = Project::single()
        .file("src/main.rs", "macro_rules! embed_migrations { ($p:literal) => {} }\nembed_migrations!(\"./db/migrations\");\nfn main() {}\n")
        .file("db/migrations/1.sql", "");
    check_context(&project, &[], &["db/migrations/1.sql"]);
}

#[test]
fn the_readme_as_documentation() {
    let project = Project::single()
        .file(
            "src/main.rs",
            "#![doc = include_str!(\"../README.md\")]\nfn main() { print!(\"r\"); }\n",
        )
        .file("README.md", "# app\n");
    prints(&project, &[], &["README.md"], "r");
}

#[test]
fn the_readme_of_the_manifest_is_not_needed() {
    let project = Project::with("readme = \"README.md\"\nlicense-file = \"LICENSE\"\n")
        .file("README.md", "")
        .file("LICENSE", "");
    prints(&project, &[], &[], "hello\n");
}

#[test]
fn targets_that_the_manifest_lists_without_a_path() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            &format!(
                "{}[lib]\n[[test]]\nname = \"it\"\n[[bench]]\nname = \"speed\"\nharness = false\n[[example]]\nname = \"show\"\n",
                manifest("app")
            ),
        )
        .file("src/main.rs", MAIN)
        .file("src/lib.rs", "")
        .file("tests/it.rs", "")
        .file("benches/speed.rs", "fn main() {}\n")
        .file("examples/show.rs", "fn main() {}\n")
        .locked();
    prints(&project, &[], &["src/main.rs"], "hello\n");
}

#[test]
fn targets_that_the_manifest_lists_with_a_path() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            &format!(
                "{}autotests = false\n[[test]]\nname = \"it\"\npath = \"checks/it.rs\"\n[[example]]\nname = \"show\"\npath = \"checks/show/main.rs\"\n",
                manifest("app")
            ),
        )
        .file("src/main.rs", MAIN)
        .file("checks/it.rs", "")
        .file("checks/show/main.rs", "fn main() {}\n")
        .locked();
    prints(&project, &[], &["src/main.rs"], "hello\n");
}

#[test]
fn a_module_folder_named_target() {
    let project = Project::single()
        .file("src/main.rs", "mod target;\nmod inner { pub mod target; }\nfn main() { print!(\"{}{}\", target::X, inner::target::X); }\n")
        .file("src/target/mod.rs", "pub const X: &str = \"t\";\n")
        .file("src/inner/target/mod.rs", "pub const X: &str = \"i\";\n");
    prints(
        &project,
        &[],
        &["src/target/mod.rs", "src/inner/target/mod.rs"],
        "ti",
    );
}

#[test]
fn a_program_beside_its_manifest() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            &format!(
                "{}[[bin]]\nname = \"app\"\npath = \"main.rs\"\n",
                manifest("app")
            ),
        )
        .file(
            "main.rs",
            "mod other;\nfn main() { print!(\"{}\", other::X); }\n",
        )
        .file("other.rs", "pub const X: u8 = 1;\n")
        .file("target/debug/x", "x")
        .locked();
    prints(&project, &[], &["main.rs", "other.rs"], "1");
    let context = check_context(&project, GLIBC, &[]);
    assert!(
        !context.files.iter().any(|file| file.starts_with("target")),
        "{:?}",
        context.files
    );
}

#[test]
fn a_workspace_builds_from_its_dependencies_on() {
    let project = rich();
    prints(
        &project,
        &[],
        &[
            "app/src/main.rs",
            "macros/src/lib.rs",
            "lib/build.rs",
            "lib/with space.txt",
            "VERSION",
        ],
        "answer=42 built=yes text=spaced version=1 unused",
    );
}

#[test]
fn an_edited_file_of_an_old_date_is_compiled() {
    let project = rich();
    date(&project);
    let stages = Stages::build(&project, GLIBC);
    assert_eq!(
        stages.output(),
        "answer=42 built=yes text=spaced version=1 unused"
    );
    project.write("VERSION", "2");
    project.write("lib/with space.txt", "edited");
    date(&project);
    let stages = Stages::build(&project, GLIBC);
    assert_eq!(
        stages.output(),
        "answer=42 built=yes text=edited version=2 unused"
    );
}

#[test]
fn many_members_are_gathered_in_a_stage() {
    let mut project = Project::empty().program("crates/app", "app");
    let mut dependencies = String::new();
    for at in 0..14 {
        project = project.library(&format!("crates/lib-{at}"), &format!("lib-{at}"));
        dependencies.push_str(&format!("lib-{at} = {{ path = \"../lib-{at}\" }}\n"));
    }
    let project = project
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"2\"\n",
        )
        .file(
            "crates/app/Cargo.toml",
            &format!("{}[dependencies]\n{dependencies}", manifest("app")),
        )
        .file(
            "crates/app/src/main.rs",
            "fn main() { print!(\"{}\", lib_13::name()); }\n",
        )
        .locked();
    prints(&project, &[], &["crates/lib-0/src/lib.rs"], "lib-13");
}

/// A workspace with everything that gets stale: a procedural macro, a build script, embedded files.
pub(crate) fn rich() -> Project {
    Project::empty()
        .file("Cargo.toml", "[workspace]\nmembers = [\"app\", \"lib\", \"macros\", \"unused\"]\nresolver = \"2\"\n")
        .program("app", "app")
        .file(
            "app/Cargo.toml",
            &format!("{}[dependencies]\nlib = {{ path = \"../lib\" }}\nmacros = {{ path = \"../macros\" }}\n", manifest("app")),
        )
        .file(
            "app/src/main.rs",
            "fn main() {\n    print!(\"answer={} built={} text={} version={} {}\", macros::answer!(), lib::BUILT, lib::TEXT, include_str!(\"../../VERSION\").trim(), \"unused\");\n}\n",
        )
        .file("VERSION", "1")
        .file("lib/Cargo.toml", &manifest("lib"))
        .file(
            "lib/build.rs",
            "fn main() {\n    println!(\"cargo:rerun-if-changed=build.rs\");\n    let out = std::path::PathBuf::from(std::env::var(\"OUT_DIR\").unwrap());\n    std::fs::write(out.join(\"built.rs\"), \"pub const BUILT: &str = \\\"yes\\\";\").unwrap();\n}\n",
        )
        .file(
            "lib/src/lib.rs",
            "include!(concat!(env!(\"OUT_DIR\"), \"/built.rs\"));\npub const TEXT: &str = include_str!(\"../with space.txt\");\n",
        )
        .file("lib/with space.txt", "spaced")
        .file("macros/Cargo.toml", &format!("{}[lib]\nproc-macro = true\n", manifest("macros")))
        .file(
            "macros/src/lib.rs",
            "use proc_macro::TokenStream;\n#[proc_macro]\npub fn answer(_: TokenStream) -> TokenStream { \"42\".parse().unwrap() }\n",
        )
        .library("unused", "unused")
        .locked()
}

/// Gives every file a date of 2024, as a checkout of an archive has.
pub(crate) fn date(project: &Project) {
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_704_067_200);
    for (path, _) in project.snapshot() {
        let file = fs_err::OpenOptions::new().append(true).open(path).unwrap();
        file.file().set_modified(time).unwrap();
    }
}

#[test]
fn a_dependency_with_the_name_of_the_package_never_leaves_a_stub() {
    let manifest = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\
         [workspace]\nexclude = [\"other\"]\n\
         [dependencies]\nother = { package = \"app\", path = \"other\", version = \"0.2.0\" }\n";
    let other = "[package]\nname = \"app\"\nversion = \"0.2.0\"\nedition = \"2021\"\n";
    let project = Project::empty()
        .file("Cargo.toml", manifest)
        .file(
            "src/main.rs",
            "fn main() { print!(\"{}\", other::WORD); }\n",
        )
        .file("other/Cargo.toml", other)
        .file("other/src/lib.rs", "pub const WORD: &str = \"real\";\n")
        .locked();
    date(&project);
    let stages = Stages::build(&project, &["--libc", "glibc"]);
    assert_eq!(stages.output(), "real");
    let text = project.read("Dockerfile");
    assert!(
        text.contains("RUSTC_WORKSPACE_WRAPPER=/usr/bin/env"),
        "{text}"
    );
    assert!(!text.contains("cargo clean"), "{text}");
}
