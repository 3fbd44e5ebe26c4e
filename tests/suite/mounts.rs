//! What cargo does not see: one cache mount for builds whose files, builders, arguments and projects
//! differ. The commands of the Dockerfile run without Docker.

use std::os::unix::fs::symlink;

use crate::files::date;
use crate::project::{Project, manifest};
use crate::stages::{Mount, Stages};

const ARGUMENTS: &[&str] = &["-p", "app", "--libc", "glibc", "--strategy", "mounts"];

/// A macro that makes a literal of names and texts of what is in `migrations`, as real ones do: the
/// compiler hears nothing of the files.
const MACRO: &str = r##"
use proc_macro::TokenStream;

#[proc_macro]
pub fn embed_migrations(_: TokenStream) -> TokenStream {
    let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap() + "/migrations";
    format!("{:?}", list(folder.as_ref())).parse().unwrap()
}

fn list(folder: &std::path::Path) -> String {
    let mut found: Vec<String> = std::fs::read_dir(folder).into_iter().flatten().map(|entry| {
        let path = entry.unwrap().path();
        let text = if path.is_dir() { list(&path) } else { std::fs::read_to_string(&path).unwrap() };
        format!("{}({text})", path.file_name().unwrap().to_str().unwrap())
    }).collect();
    found.sort();
    found.join(" ")
}
"##;

/// A program over a library that embeds a folder and a library that embeds nothing.
pub(crate) fn project() -> Project {
    Project::empty()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"app\", \"data\", \"plain\", \"refinery\"]\nresolver = \"2\"\n\
             [profile.release]\nopt-level = 0\n",
        )
        .file(
            "app/Cargo.toml",
            &format!(
                "{}[dependencies]\ndata = {{ path = \"../data\" }}\nplain = {{ path = \"../plain\" }}\n",
                manifest("app")
            ),
        )
        .file(
            "app/src/main.rs",
            "fn main() { print!(\"{} {}\", plain::name(), data::LIST); }\n",
        )
        .file(
            "data/Cargo.toml",
            &format!(
                "{}[dependencies]\nrefinery = {{ path = \"../refinery\" }}\n",
                manifest("data")
            ),
        )
        .file(
            "data/src/lib.rs",
            "pub const LIST: &str = refinery::embed_migrations!();\n",
        )
        .file("data/migrations/a.sql", "1")
        .library("plain", "plain")
        .file(
            "refinery/Cargo.toml",
            &format!("{}[lib]\nproc-macro = true\n", manifest("refinery")),
        )
        .file("refinery/src/lib.rs", MACRO)
        .locked()
}

/// Builds with old file times, as a checkout can have them; what the program prints.
#[track_caller]
fn prints(mount: &Mount, project: &Project) -> String {
    build(mount, project).output()
}

#[track_caller]
fn build(mount: &Mount, project: &Project) -> Stages {
    date(project);
    Stages::build_in(mount, project, ARGUMENTS).unwrap_or_else(|log| panic!("{log}"))
}

#[track_caller]
fn fails(mount: &Mount, project: &Project, reason: &str) {
    date(project);
    match Stages::build_in(mount, project, ARGUMENTS) {
        Ok(stages) => panic!("it prints {}", stages.output()),
        Err(log) => assert!(log.contains(reason), "{log}"),
    }
}

fn remove(project: &Project, path: &str) {
    fs_err::remove_file(project.path(path)).unwrap();
}

#[test]
fn embedded_files_come_change_and_go() {
    let (mount, project) = (Mount::new(), project());
    assert_eq!(prints(&mount, &project), "plain a.sql(1)");
    project.write("data/migrations/b.sql", "2");
    assert_eq!(prints(&mount, &project), "plain a.sql(1) b.sql(2)");
    project.write("data/migrations/b.sql", "3");
    assert_eq!(prints(&mount, &project), "plain a.sql(1) b.sql(3)");
    project.write("data/migrations/sub/c.sql", "4");
    assert_eq!(
        prints(&mount, &project),
        "plain a.sql(1) b.sql(3) sub(c.sql(4))"
    );
    remove(&project, "data/migrations/a.sql");
    assert_eq!(prints(&mount, &project), "plain b.sql(3) sub(c.sql(4))");
    remove(&project, "data/migrations/b.sql");
    symlink("sub/c.sql", project.path("data/migrations/b.sql")).unwrap();
    assert_eq!(prints(&mount, &project), "plain b.sql(4) sub(c.sql(4))");
    // Names that a shell and the compiler's files write in another way.
    project.write("data/migrations/d 'e\\ $f.sql ", "5");
    let rest = "b.sql(4) d 'e\\ $f.sql (5) sub(c.sql(4))";
    assert_eq!(prints(&mount, &project), format!("plain {rest}"));
    project.write("data/migrations/d 'e\\ $f.sql ", "6");
    let rest = rest.replace('5', "6");
    assert_eq!(prints(&mount, &project), format!("plain {rest}"));
}

#[test]
fn rust_files_can_be_embedded_too() {
    let (mount, project) = (Mount::new(), project());
    prints(&mount, &project);
    project.write("data/migrations/b.rs", "1");
    assert_eq!(prints(&mount, &project), "plain a.sql(1) b.rs(1)");
    project.write("data/migrations/b.rs", "2");
    assert_eq!(prints(&mount, &project), "plain a.sql(1) b.rs(2)");
    // One that the compiler has named, too, for a part that is compiled on its own.
    project.write(
        "app/src/main.rs",
        "fn main() { print!(\"{} {}{}\", plain::name(), data::LIST, include_str!(\"../../data/migrations/b.rs\")); }\n",
    );
    assert_eq!(prints(&mount, &project), "plain a.sql(1) b.rs(2)2");
    project.write("data/migrations/b.rs", "3");
    assert_eq!(prints(&mount, &project), "plain a.sql(1) b.rs(3)3");
}

#[test]
fn a_file_can_be_read_in_two_ways() {
    let (mount, project) = (Mount::new(), project());
    prints(&mount, &project);
    // The compiler names it for a package that the one with the macro does not depend on.
    project.write(
        "plain/src/lib.rs",
        "pub fn name() -> &'static str { include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/../data/migrations/a.sql\")) }\n",
    );
    assert_eq!(prints(&mount, &project), "1 a.sql(1)");
    project.write("data/migrations/a.sql", "2");
    assert_eq!(prints(&mount, &project), "2 a.sql(2)");
}

#[test]
fn what_a_build_script_wrote_once_does_not_stay() {
    let (mount, project) = (Mount::new(), project());
    let copy = "use std::{env, fs, path::Path};\nfn main() {\n    println!(\"cargo:rerun-if-changed=assets\");\n    \
         let out = env::var(\"OUT_DIR\").unwrap();\n    for entry in fs::read_dir(\"assets\").unwrap().flatten() {\n        \
         fs::copy(entry.path(), Path::new(&out).join(entry.file_name())).unwrap();\n    }\n    \
         let mut all: Vec<String> = fs::read_dir(&out).unwrap().flatten().map(|entry| entry.file_name().into_string().unwrap()).collect();\n    \
         all.sort();\n    println!(\"cargo:rustc-env=ALL={}\", all.join(\" \"));\n}\n";
    project.write("plain/build.rs", copy);
    project.write("plain/assets/a", "1");
    project.write("plain/assets/b", "2");
    project.write(
        "plain/src/lib.rs",
        "pub fn name() -> &'static str { env!(\"ALL\") }\n",
    );
    assert_eq!(prints(&mount, &project), "a b a.sql(1)");
    remove(&project, "plain/assets/a");
    assert_eq!(prints(&mount, &project), "b a.sql(1)");
    // The script itself leaves something out.
    project.write("plain/assets/c", "3");
    assert_eq!(prints(&mount, &project), "b c a.sql(1)");
    project.write(
        "plain/build.rs",
        &copy.replace(
            ".flatten() {",
            ".flatten().filter(|entry| entry.file_name() != \"c\") {",
        ),
    );
    assert_eq!(prints(&mount, &project), "b a.sql(1)");
}

#[test]
fn what_the_compiler_names_compiles_its_package_only() {
    let (mount, project) = (Mount::new(), project());
    // Buildah's own file for `sharing=locked`.
    let lock = mount.file("buildah-cache-lockfile");
    fs_err::write(&lock, "").unwrap();
    prints(&mount, &project);
    assert!(lock.exists());
    project.write(
        "plain/src/lib.rs",
        "pub fn name() -> &'static str { \"other\" }\n",
    );
    let stages = build(&mount, &project);
    assert_eq!(stages.output(), "other a.sql(1)");
    let compiled: Vec<&str> = stages
        .log
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Compiling "))
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(compiled, ["plain", "app"], "{}", stages.log);
    // Nothing is written where nothing changed, whatever the date.
    let stages = build(&mount, &project);
    assert!(!stages.log.contains("Compiling"), "{}", stages.log);
}

#[test]
fn projects_of_one_name_share_a_mount() {
    let mount = Mount::new();
    let (one, two) = (project(), project());
    // Only the second has the file, the same file has another text, and another kind.
    two.write("data/migrations/b.sql", "2");
    two.write(
        "plain/src/lib.rs",
        "mod more;\npub fn name() -> &'static str { more::NAME }\n",
    );
    two.write("plain/src/more.rs", "pub const NAME: &str = \"two\";\n");
    for _ in 0..3 {
        assert_eq!(prints(&mount, &one), "plain a.sql(1)");
        assert_eq!(prints(&mount, &two), "two a.sql(1) b.sql(2)");
    }
    // A file of the first is no file of the second.
    remove(&two, "plain/src/more.rs");
    one.write("plain/src/more.rs", "pub const NAME: &str = \"one\";\n");
    assert_eq!(prints(&mount, &one), "plain a.sql(1)");
    fails(&mount, &two, "E0583");
}

#[test]
fn another_builder_compiles_anew() {
    let mut mount = Mount::new();
    let project = project();
    // What the builder has: cargo hears nothing of it.
    let library = mount.file("../library-of-the-builder");
    let library = library.with_file_name(format!(
        "{}-library",
        mount.file("").file_name().unwrap().to_str().unwrap()
    ));
    project.write(
        "plain/build.rs",
        &format!(
            "fn main() {{\n    println!(\"cargo:rerun-if-changed=build.rs\");\n    println!(\"cargo:rustc-env=OF_BUILDER={{}}\", std::fs::read_to_string({library:?}).unwrap());\n}}\n"
        ),
    );
    project.write(
        "plain/src/lib.rs",
        "pub fn name() -> &'static str { env!(\"OF_BUILDER\") }\n",
    );
    for value in ["1", "2", "1", "3"] {
        fs_err::write(&library, value).unwrap();
        mount.builder = format!("{value}  /opt/library\n");
        assert_eq!(prints(&mount, &project), format!("{value} a.sql(1)"));
        let stages = build(&mount, &project);
        assert!(!stages.log.contains("Compiling"), "{}", stages.log);
    }
    fs_err::remove_file(library).unwrap();
}

#[test]
fn another_build_argument_runs_build_scripts_again() {
    let mut mount = Mount::new();
    let project = project();
    project.write(
        "plain/build.rs",
        "fn main() {\n    let sha = std::env::var(\"GIT_SHA\").unwrap_or_else(|_| {\n        \
         let ran = std::process::Command::new(\"git\").arg(\"rev-parse\").output().unwrap();\n        \
         String::from_utf8(ran.stdout).unwrap()\n    });\n    \
         println!(\"cargo:rerun-if-changed=build.rs\");\n    println!(\"cargo:rustc-env=SHA={sha}\");\n}\n",
    );
    project.write(
        "plain/src/lib.rs",
        "pub fn name() -> &'static str { env!(\"SHA\") }\n",
    );
    for value in ["1", "2", "1"] {
        mount.arguments = vec![("GIT_SHA".to_owned(), value.to_owned())];
        assert_eq!(prints(&mount, &project), format!("{value} a.sql(1)"));
        let text = project.read("Dockerfile");
        assert!(text.contains("\nARG GIT_SHA\n"), "{text}");
    }
}

#[test]
fn a_build_that_was_cut_short_hides_nothing() {
    let (mount, project) = (Mount::new(), project());
    prints(&mount, &project);
    // All is written, nothing is compiled.
    project.write("data/migrations/b.sql", "2");
    project.write("app/src/main.rs", "fn main() { broken }\n");
    fails(&mount, &project, "E0425");
    project.write(
        "app/src/main.rs",
        "fn main() { print!(\"{} {}\", plain::name(), data::LIST); }\n",
    );
    assert_eq!(prints(&mount, &project), "plain a.sql(1) b.sql(2)");
    // All is written, nothing is taken away.
    project.write("data/migrations/c.sql", "3");
    fs_err::write(mount.file("target/unfinished"), "").unwrap();
    fs_err::write(mount.file("data/migrations/c.sql"), "3").unwrap();
    assert_eq!(prints(&mount, &project), "plain a.sql(1) b.sql(2) c.sql(3)");
    assert!(!mount.file("target/unfinished").exists());
    remove(&project, "data/migrations/c.sql");
    // Half of it is written.
    project.write("data/migrations/b.sql", "3");
    fs_err::remove_file(mount.file("plain/src/lib.rs")).unwrap();
    fs_err::write(mount.file("data/migrations/b.sql"), "").unwrap();
    assert_eq!(prints(&mount, &project), "plain a.sql(1) b.sql(3)");
}

#[test]
fn a_file_among_the_artifacts_of_another_builder_is_gone() {
    let mut mount = Mount::new();
    let project = project();
    prints(&mount, &project);
    let left = mount.file("target/release/left");
    fs_err::write(&left, "").unwrap();
    prints(&mount, &project);
    assert!(left.exists());
    mount.builder = "two\n".to_owned();
    prints(&mount, &project);
    assert!(!left.exists());
}

#[test]
fn the_id_names_repository_and_builder() {
    let id = |lines: &str, arguments: &[&str]| {
        let arguments = [&["--libc", "glibc", "--strategy", "mounts"], arguments].concat();
        let image = Project::with(lines).image(&arguments);
        image["caching"]["mount"].as_str().unwrap().to_owned()
    };
    let default = "app-glibc-release-rust-${RUST_VERSION}-slim-trixie-${TARGETARCH}";
    assert_eq!(id("", &[]), default);
    assert_eq!(
        id("repository = \"https://git.example/team/shop.git\"", &[]),
        format!("git.example-team-shop-{default}")
    );
    // No password, and nothing that a shell or a Dockerfile reads.
    assert_eq!(
        id("repository = \"https://me:pw@git.example/a,b$(id)\"", &[]),
        format!("git.example-a-b--id--{default}")
    );
    // The digest of a pinned image is new with each update.
    let digest = format!("team/rust:1@sha256:{}", "0".repeat(64));
    assert_eq!(
        id("", &["--builder-image", &digest]),
        "app-glibc-release-team-rust-1-${TARGETARCH}"
    );
}
