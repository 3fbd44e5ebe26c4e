//! Targets at odd places: the real file is what is compiled, or there is no plan.

use std::os::unix::fs::symlink;

use crate::dockerfile::check_context;
use crate::engine::{Image, turn};
use crate::project::{MAIN, Project, manifest};
use crate::stages::Stages;
use crate::stale::{RUST, fresh_word};

const GLIBC: &[&str] = &["--libc", "glibc"];

/// A package `app` in a folder of a workspace, with these lines at the end of its manifest.
fn member(lines: &str) -> Project {
    Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"app\"]\nresolver = \"2\"\n",
        )
        .file("app/Cargo.toml", &format!("{}{lines}\n", manifest("app")))
}

fn binary(path: &str) -> Project {
    member(&format!("[[bin]]\nname = \"app\"\npath = \"{path}\""))
}

#[track_caller]
fn prints(project: Project, needed: &[&str], expected: &str) {
    let project = project.locked();
    let context = check_context(&project, GLIBC, needed);
    assert!(
        context.files.iter().all(|path| !path.contains("secret")),
        "{:?}",
        context.files
    );
    assert_eq!(Stages::build(&project, GLIBC).output(), expected);
    let ignored = project.read("Dockerfile.dockerignore");
    assert!(!ignored.contains(".."), "{ignored}");
}

#[test]
fn a_program_beside_its_package() {
    let project = binary("../shared/main.rs")
        .file(
            "shared/main.rs",
            "mod inner;\nfn main() { print!(\"{}\", inner::X); }\n",
        )
        .file(
            "shared/inner.rs",
            "pub const X: &str = include_str!(\"../data/x.txt\");\n",
        )
        .file("data/x.txt", "real");
    prints(
        project,
        &["shared/main.rs", "shared/inner.rs", "data/x.txt"],
        "real",
    );
}

#[test]
fn a_program_in_the_workspace_s_root_brings_its_modules_only() {
    let main = "mod one;\n#[path = \"odd.rs\"]\nmod three;\nfn main() { print!(\"{}{}\", one::two::X, three::X); }\n";
    let project = binary("../main.rs")
        .file("main.rs", main)
        .file("one.rs", "pub mod two;\n")
        .file("one/two.rs", "pub const X: u32 = 2;\n")
        .file("odd.rs", "mod four;\npub const X: u32 = four::X;\n")
        .file("four.rs", "pub const X: u32 = 4;\n")
        .file("secret.pem", "x");
    prints(
        project,
        &["main.rs", "one/two.rs", "odd.rs", "four.rs"],
        "24",
    );
}

#[test]
fn a_build_script_above_its_package() {
    let project = member("build = \"../build.rs\"")
        .file(
            "build.rs",
            "mod part;\nfn main() { println!(\"cargo:rustc-env=X={}\", part::X); }\n",
        )
        .file("part.rs", "pub const X: &str = \"real\";\n")
        .file(
            "app/src/main.rs",
            "fn main() { print!(\"{}\", env!(\"X\")); }\n",
        )
        .file("secret.pem", "x");
    prints(project, &["build.rs", "part.rs"], "real");
}

#[test]
fn a_library_above_the_workspace() {
    let project = Project::at("outer/project")
        .file(
            "Cargo.toml",
            &format!("{}[lib]\npath = \"../lib/code.rs\"\n", manifest("app")),
        )
        .file("src/main.rs", "fn main() { print!(\"{}\", app::X); }\n")
        .file("../lib/code.rs", "mod x;\npub use x::X;\n")
        .file("../lib/x.rs", "pub const X: u32 = 7;\n")
        .locked();
    let context = check_context(&project, GLIBC, &["lib/code.rs", "lib/x.rs"]);
    assert!(context.root.ends_with("outer"));
    assert_eq!(Stages::build(&project, GLIBC).output(), "7");
}

#[test]
fn paths_that_go_a_way_round() {
    for path in [
        "./src/./main.rs",
        "src/../src/main.rs",
        "../app/src/main.rs",
    ] {
        let project = binary(path).file("app/src/main.rs", "fn main() { print!(\"real\"); }\n");
        prints(project, &["app/src/main.rs"], "real");
    }
    let project = binary("way/../code.rs")
        .file("app/code.rs", "fn main() { print!(\"real\"); }\n")
        .file("app/way/unused.txt", "");
    prints(project, &["app/code.rs"], "real");
    let project = binary("../way/../code.rs")
        .file("code.rs", "fn main() { print!(\"real\"); }\n")
        .file("way/unused.txt", "");
    prints(project, &["code.rs"], "real");
}

#[test]
fn one_file_for_two_targets() {
    // The program of one package is the library of another, and its own build script.
    let text = "pub fn main() { println!(\"cargo:rustc-env=X=real\"); }\n#[allow(dead_code)] pub const X: u32 = 3;\n";
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"app\", \"base\"]\nresolver = \"2\"\n",
        )
        .file(
            "app/Cargo.toml",
            &format!(
                "{}build = \"../base/src/lib.rs\"\n[[bin]]\nname = \"app\"\npath = \"../base/src/lib.rs\"\n\
                 [dependencies]\nbase = {{ path = \"../base\" }}\n",
                manifest("app")
            ),
        )
        .file("base/Cargo.toml", &manifest("base"))
        .file("base/src/lib.rs", text);
    prints(project, &["base/src/lib.rs"], "cargo:rustc-env=X=real\n");
}

#[test]
fn a_path_dependency_that_is_compiled_from_elsewhere() {
    let project = Project::empty()
        .file(
            "server/Cargo.toml",
            &format!(
                "{}[dependencies]\nouter = {{ path = \"../outer\" }}\n",
                manifest("app")
            ),
        )
        .file(
            "server/src/main.rs",
            "fn main() { print!(\"{}\", outer::X); }\n",
        )
        .file(
            "outer/Cargo.toml",
            &format!(
                "{}[lib]\npath = \"../elsewhere/outer.rs\"\n",
                manifest("outer")
            ),
        )
        .file("elsewhere/outer.rs", "pub const X: u32 = 5;\n");
    project.lock("server");
    let inner = project.below("server");
    check_context(&inner, GLIBC, &["elsewhere/outer.rs", "outer/Cargo.toml"]);
    assert_eq!(Stages::build(&inner, GLIBC).output(), "5");
}

#[test]
fn what_is_not_compiled_may_be_missing_from_the_image() {
    let project = member(
        "[[test]]\nname = \"far\"\npath = \"../tests/far.rs\"\n[[example]]\nname = \"near\"\npath = \"../near.rs\"",
    )
    .file("app/src/main.rs", "fn main() { print!(\"real\"); }\n")
    .file("tests/far.rs", "")
    .file("near.rs", "fn main() {}\n");
    prints(project, &["app/src/main.rs"], "real");
}

#[test]
fn a_path_that_only_this_machine_has_is_refused() {
    let project = Project::empty().file("main.rs", MAIN);
    let path = project.path("main.rs");
    let project = project.file(
        "app/Cargo.toml",
        &format!(
            "{}[[bin]]\nname = \"app\"\npath = \"{}\"\n",
            manifest("app"),
            path.display()
        ),
    );
    project.lock("app");
    let inner = project.below("app");
    inner
        .run(GLIBC)
        .refuses("target-path")
        .says("the path of the target `app` is absolute")
        .says("help: write it relative to the manifest");
    assert!(!inner.has("Dockerfile"));
}

#[test]
fn a_path_that_goes_up_from_a_symlink_is_refused() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"link\"]\nresolver = \"2\"\n",
        )
        .file("main.rs", MAIN)
        .file("real/main.rs", MAIN)
        .file(
            "real/app/Cargo.toml",
            &format!(
                "{}[[bin]]\nname = \"app\"\npath = \"../main.rs\"\n",
                manifest("app")
            ),
        );
    symlink("real/app", project.path("link")).unwrap();
    let project = project.locked();
    project
        .run(GLIBC)
        .refuses("target-path")
        .says("the path of the target `app` goes up from a symlink");
    assert!(!project.has("Dockerfile"));
}

/// The Dockerfile where this `COPY` of a folder brings its manifest only, if it has one.
fn without_sources(text: &str, folder: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| match line.strip_prefix(&format!("COPY {folder}")) {
            Some(rest) if rest.starts_with(['/', ' ']) && !rest.contains("Cargo.toml") => {
                match folder {
                    "base" | "macros" => format!("COPY {folder}/Cargo.toml {folder}/"),
                    _ => String::new(),
                }
            }
            _ => line.to_owned(),
        })
        .collect();
    let edited = lines.join("\n") + "\n";
    assert_ne!(edited, text, "no COPY of {folder}");
    edited
}

#[test]
fn a_stub_of_anything_that_is_left_fails_the_build() {
    let layered = "[package.metadata.dockerize]\nlayers = [[\"base\"]]\n";
    for layers in ["", layered] {
        let project = Project::empty()
            .file(
                "Cargo.toml",
                "[workspace]\nmembers = [\"app\", \"base\", \"macros\"]\nresolver = \"2\"\n",
            )
            .file(
                "app/Cargo.toml",
                &format!(
                    "{}build = \"../script/build.rs\"\n[[bin]]\nname = \"app\"\npath = \"../program/main.rs\"\n\
                     [dependencies]\nbase = {{ path = \"../base\" }}\nmacros = {{ path = \"../macros\" }}\n{layers}",
                    manifest("app")
                ),
            )
            .file("program/main.rs", "fn main() { print!(\"real\"); }\n")
            .file("script/build.rs", "fn main() {}\n")
            .library("base", "base")
            .file("macros/Cargo.toml", &(manifest("macros") + "[lib]\nproc-macro = true\n"))
            .file("macros/src/lib.rs", "")
            .locked();
        for folder in ["program", "script", "base", "macros"] {
            let edit = |text: String| without_sources(&text, folder);
            let built = Stages::try_build(&project, GLIBC, edit);
            let log = built
                .err()
                .unwrap_or_else(|| panic!("{layers}: built without {folder}"));
            assert!(log.contains("this is a stub, not the real file"), "{log}");
        }
        assert_eq!(Stages::build(&project, GLIBC).output(), "real");
    }
}

#[test]
fn stubs_compile_under_lints_that_are_denied() {
    let lints = "[lints.rust]\nmissing_docs = \"forbid\"\nunused = \"forbid\"\nunused_crate_dependencies = \"deny\"\n";
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"app\", \"base\"]\nresolver = \"2\"\n",
        )
        .file(
            "app/Cargo.toml",
            &format!(
                "{}[dependencies]\nbase = {{ path = \"../base\" }}\n{lints}",
                manifest("app")
            ),
        )
        .file(
            "app/src/main.rs",
            "//! App.\nfn main() { print!(\"{}\", base::X); }\n",
        )
        .file("base/Cargo.toml", &(manifest("base") + lints))
        .file(
            "base/src/lib.rs",
            "//! Base.\n/// One.\npub const X: u32 = 1;\n",
        );
    prints(project, &[], "1");
}

#[test]
fn a_layer_that_would_bring_another_target_along_is_left_out() {
    let project = Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"app\", \"base\", \"tools\"]\nresolver = \"2\"\n",
        )
        .file(
            "app/Cargo.toml",
            &format!(
                "{}[[bin]]\nname = \"app\"\npath = \"../shared/main.rs\"\n[dependencies]\n\
                 base = {{ path = \"../base\" }}\ntools = {{ path = \"../tools\" }}\n\
                 [package.metadata.dockerize]\nlayers = [[\"base\"]]\n",
                manifest("app")
            ),
        )
        .file(
            "base/Cargo.toml",
            &format!("{}[lib]\npath = \"../shared/base.rs\"\n", manifest("base")),
        )
        .file("shared/base.rs", "pub const X: u32 = 1;\n")
        .file(
            "shared/main.rs",
            "fn main() { print!(\"{} {}\", base::X, tools::name()); }\n",
        )
        .library("tools", "tools")
        .locked();
    project
        .run(GLIBC)
        .exits(0)
        .says("warning[layers-shared]: local packages get no layers")
        .says("what `base` is compiled from holds a target of `app`");
    assert_eq!(Stages::build(&project, GLIBC).output(), "1 tools");
}

#[test]
#[ignore = "needs Docker"]
fn a_stub_that_is_left_fails_every_image() {
    let _turn = turn();
    for strategy in ["layers", "mounts", "hybrid"] {
        let app = format!("app-{}", fresh_word());
        let project = Project::at(&app)
            .file("Cargo.toml", "[workspace]\nmembers = [\"app\"]\nresolver = \"2\"\n")
            .file(
                "app/Cargo.toml",
                &format!(
                    "{}build = \"../script/build.rs\"\n[[bin]]\nname = \"{app}\"\npath = \"../program/main.rs\"\n\
                     [[test]]\nname = \"it\"\n",
                    manifest(&app)
                ),
            )
            .file("app/tests/it.rs", "")
            .file("program/main.rs", "fn main() { print!(\"{}\", env!(\"X\")); }\n")
            .file("script/build.rs", "fn main() { println!(\"cargo:rustc-env=X=real\"); }\n")
            .locked();
        project.generate(&["--libc", "glibc", "--strategy", strategy]);
        let image = Image::build(&project, &app, &[RUST]);
        assert_eq!(image.prints(&[]), "real", "{strategy}");
        let text = project.read("Dockerfile");
        for folder in ["program", "script"] {
            project.write("Dockerfile", &without_sources(&text, folder));
            match Image::try_build(&project, &app, &[RUST]) {
                Ok(_) => panic!("{strategy}: an image without {folder}"),
                Err(log) => assert!(log.contains("this is a stub, not the real file"), "{log}"),
            }
        }
    }
}
