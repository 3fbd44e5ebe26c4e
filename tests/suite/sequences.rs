//! What happens to files between two builds through one cache mount: each image is as a build of its
//! sources alone would make it.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::{Duration, UNIX_EPOCH};

use crate::engine::{Image, turn};
use crate::project::{Project, manifest};
use crate::stale::{RUST, fresh_word};

/// Runs a test for both strategies that have a mount, at the same time.
#[track_caller]
pub(crate) fn for_mounts(test: impl Fn(&'static str) + Sync) {
    let _turn = turn();
    let test = &test;
    let threads = ["mounts", "hybrid"].map(|strategy| move || test(strategy));
    std::thread::scope(|scope| {
        threads
            .map(|thread| scope.spawn(thread))
            .map(|it| it.join())
    })
    .into_iter()
    .for_each(|result| assert!(result.is_ok(), "see above"));
}

/// Gives every file a date of its own, in seconds since 1970.
pub(crate) fn set_dates(project: &Project, mut date: impl FnMut() -> u64) {
    for (path, _) in project.snapshot() {
        if path.is_symlink() {
            continue;
        }
        let file = fs_err::OpenOptions::new().append(true).open(path).unwrap();
        let time = UNIX_EPOCH + Duration::from_secs(date());
        file.file().set_modified(time).unwrap();
    }
}

/// A project that is built again and again.
struct Steps {
    project: Project,
    app: String,
    strategy: &'static str,
    date: u64,
}

impl Steps {
    /// A program with these files, and a package `scripted` with this build script, which writes the
    /// text of the constant `TEXT`.
    #[track_caller]
    fn new(strategy: &'static str, main: &str, script: &str, files: &[(&str, &str)]) -> Self {
        let app = format!("app-{}-{strategy}", fresh_word());
        let project = Project::at(&app)
            .file(
                "Cargo.toml",
                "[workspace]\nmembers = [\"app\", \"scripted\"]\nresolver = \"2\"\n[profile.release]\nopt-level = 0\n",
            )
            .file(
                "app/Cargo.toml",
                &format!("{}[dependencies]\nscripted = {{ path = \"../scripted\" }}\n", manifest(&app)),
            )
            .file("app/src/main.rs", main)
            .file("scripted/Cargo.toml", &manifest("scripted"))
            .file(
                "scripted/src/lib.rs",
                "pub const TEXT: &str = include_str!(concat!(env!(\"OUT_DIR\"), \"/text\"));\n",
            )
            .file(
                "scripted/build.rs",
                &format!(
                    "{script}\nfn main() {{\n    let out = std::path::PathBuf::from(std::env::var(\"OUT_DIR\").unwrap());\n    std::fs::write(out.join(\"text\"), text()).unwrap();\n}}\n"
                ),
            );
        for (path, text) in files {
            project.write(path, text);
        }
        let project = project.locked();
        Self {
            project,
            app,
            strategy,
            date: 1_704_067_200,
        }
    }

    fn build(&mut self) -> Result<Image, String> {
        let arguments = ["--libc", "glibc", "--strategy", self.strategy];
        self.project.generate(&arguments);
        // No layer knows this file: the program is made in the mount even of sources that were there before.
        self.project.write("app/src/run.txt", &fresh_word());
        // Every step is older than the one before: nothing can go by dates.
        self.date -= 3600;
        let date = self.date;
        set_dates(&self.project, || date);
        let image = Image::try_build(&self.project, &self.app, &[RUST])?;
        assert!(image.log.contains("Finished `release`"), "{}", image.log);
        Ok(image)
    }

    #[track_caller]
    fn prints(&mut self, what: &str, expected: &str) {
        match self.build() {
            Ok(image) => {
                let printed = image.prints(&[]);
                assert_eq!(printed, expected, "{}: {what}", self.strategy);
            }
            Err(log) => panic!("{}: {what}: no image\n{log}", self.strategy),
        }
    }

    #[track_caller]
    fn fails(&mut self, what: &str, reason: &str) {
        match self.build() {
            Ok(image) => panic!("{}: {what}: printed {:?}", self.strategy, image.prints(&[])),
            Err(log) => assert!(log.contains(reason), "{}: {what}\n{log}", self.strategy),
        }
    }

    fn remove(&self, path: &str) {
        let path = self.project.path(path);
        match path.is_dir() && !path.is_symlink() {
            true => fs_err::remove_dir_all(path).unwrap(),
            false => fs_err::remove_file(path).unwrap(),
        }
    }

    fn link(&self, path: &str, target: &str) {
        symlink(target, self.project.path(path)).unwrap();
    }

    fn set_mode(&self, path: &str, mode: u32) {
        fs_err::set_permissions(
            self.project.path(path),
            std::fs::Permissions::from_mode(mode),
        )
        .unwrap();
    }
}

const MAIN: &str = "fn main() { print!(\"{}\", scripted::TEXT); }\n";
const NOTHING: &str =
    "fn text() -> &'static str {\n    println!(\"cargo:rerun-if-changed=build.rs\");\n    \"\"\n}";
/// Names and texts of what is in `data`, one level deep.
const LIST: &str = r#"
fn text() -> String {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=data");
    list("data".as_ref())
}

fn list(folder: &std::path::Path) -> String {
    let mut found: Vec<String> = std::fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let text = if path.is_dir() { list(&path) } else { std::fs::read_to_string(&path).unwrap() };
        format!("{}({text})", path.file_name().unwrap().to_str().unwrap())
    }).collect();
    found.sort();
    found.join(" ")
}
"#;

#[test]
#[ignore = "needs Docker"]
fn files_of_a_listed_folder_come_and_go() {
    for_mounts(|strategy| {
        let files = [("scripted/data/a", "1"), ("scripted/data/b", "2")];
        let mut steps = Steps::new(strategy, MAIN, LIST, &files);
        steps.prints("first", "a(1) b(2)");
        steps.project.write("scripted/data/c", "3");
        steps.prints("a file added", "a(1) b(2) c(3)");
        steps.remove("scripted/data/a");
        steps.prints("a file removed", "b(2) c(3)");
        steps.remove("scripted/data/b");
        steps.project.write("scripted/data/b/inner", "4");
        steps.prints("a file becomes a folder", "b(inner(4)) c(3)");
        steps.remove("scripted/data/b");
        steps.project.write("scripted/data/b", "2");
        steps.prints("and a file again", "b(2) c(3)");
        steps.remove("scripted/data/b");
        steps.link("scripted/data/b", "../other");
        steps.project.write("scripted/other", "5");
        steps.prints("a file becomes a symlink", "b(5) c(3)");
        steps.remove("scripted/data/b");
        steps.project.write("scripted/data/b", "5");
        steps.prints("and a file of the same text", "b(5) c(3)");
        steps.project.write("scripted/other", "6");
        steps.prints("which is no link any more", "b(5) c(3)");
    });
}

#[test]
#[ignore = "needs Docker"]
fn modules_come_and_go() {
    for_mounts(|strategy| {
        let two = "mod one;\nmod two;\nfn main() { print!(\"{} {}\", one::X, two::X); }\n";
        let one = "mod one;\nfn main() { print!(\"{}\", one::X); }\n";
        let module = |value: u32| format!("pub const X: u32 = {value};\n");
        let mut steps = Steps::new(strategy, one, NOTHING, &[("app/src/one.rs", &module(1))]);
        steps.prints("first", "1");
        steps.project.write("app/src/main.rs", two);
        steps.project.write("app/src/two.rs", &module(2));
        steps.prints("a module added", "1 2");
        steps.remove("app/src/two.rs");
        steps.project.write("app/src/two/mod.rs", &module(3));
        steps.prints("a module moved to a folder", "1 3");
        steps.remove("app/src/two");
        steps.project.write("app/src/two.rs", &module(2));
        steps.prints("and back, as it was", "1 2");
        steps.remove("app/src/two.rs");
        steps.fails("a module removed that is needed", "E0583");
        steps.project.write("app/src/main.rs", one);
        steps.prints("and not needed any more", "1");
        steps
            .project
            .write("app/src/one.rs", "pub const X: u32 = ;\n");
        steps.fails("a syntax error", "expected expression");
        steps.project.write("app/src/one.rs", &module(1));
        steps.prints("and back, with an older date", "1");
    });
}

#[test]
#[ignore = "needs Docker"]
fn a_program_of_the_build_script_gains_and_loses_its_executable_bit() {
    for_mounts(|strategy| {
        let script = "fn text() -> String {\n    println!(\"cargo:rerun-if-changed=build.rs\");\n\
             println!(\"cargo:rerun-if-changed=gen.sh\");\n\
             let ran = std::process::Command::new(\"./gen.sh\").output();\n\
             ran.map(|ran| String::from_utf8(ran.stdout).unwrap()).unwrap_or_else(|_| \"refused\".to_owned())\n}";
        let files = [("scripted/gen.sh", "#!/bin/sh\nprintf ran\n")];
        let mut steps = Steps::new(strategy, MAIN, script, &files);
        steps.prints("first", "refused");
        steps.set_mode("scripted/gen.sh", 0o755);
        steps.prints("executable", "ran");
        steps.set_mode("scripted/gen.sh", 0o644);
        steps.prints("not executable any more", "refused");
    });
}

#[test]
#[ignore = "needs Docker"]
fn a_symlink_points_elsewhere() {
    for_mounts(|strategy| {
        let main = "fn main() { print!(\"{}\", include_str!(\"../text/now\")); }\n";
        let files = [("app/text/one", "1"), ("app/text/two", "22")];
        let mut steps = Steps::new(strategy, main, NOTHING, &[]);
        for (path, text) in files {
            steps.project.write(path, text);
        }
        steps.link("app/text/now", "one");
        steps.prints("first", "1");
        steps.remove("app/text/now");
        steps.link("app/text/now", "two");
        steps.prints("elsewhere", "22");
        steps.remove("app/text/now");
        steps.project.write("app/text/now", "333");
        steps.prints("a file again", "333");
    });
}

#[test]
#[ignore = "needs Docker"]
fn a_folder_becomes_a_symlink() {
    for_mounts(|strategy| {
        let files = [("scripted/data/b/x", "1"), ("scripted/other/x", "22")];
        let mut steps = Steps::new(strategy, MAIN, LIST, &files);
        steps.prints("first", "b(x(1))");
        steps.remove("scripted/data/b");
        steps.link("scripted/data/b", "../other");
        steps.prints("a symlink", "b(x(22))");
        steps.remove("scripted/data/b");
        steps.project.write("scripted/data/b/x", "1");
        steps.prints("a folder again", "b(x(1))");
    });
}

#[test]
#[ignore = "needs Docker"]
fn a_file_goes_away_under_a_script_that_names_none() {
    for_mounts(|strategy| {
        let script = LIST
            .replace("println!(\"cargo:rerun-if-changed=build.rs\");", "")
            .replace("println!(\"cargo:rerun-if-changed=data\");", "");
        let files = [("scripted/data/a", "1"), ("scripted/data/b", "2")];
        let mut steps = Steps::new(strategy, MAIN, &script, &files);
        steps.prints("first", "a(1) b(2)");
        steps.remove("scripted/data/a");
        steps.prints("a file removed", "b(2)");
        steps.project.write("scripted/data/a", "1");
        steps.prints("and back", "a(1) b(2)");
        steps.remove("scripted/data/b");
        steps.prints("the older file removed", "a(1)");
    });
}

#[test]
#[ignore = "needs Docker"]
fn a_folder_without_files() {
    for_mounts(|strategy| {
        let mut steps = Steps::new(strategy, MAIN, LIST, &[("scripted/data/a", "1")]);
        steps.remove("scripted/data/a");
        steps.prints("first", "");
        steps.project.write("scripted/data/a", "1");
        steps.prints("a file", "a(1)");
        steps.project.write("scripted/data/b/inner", "2");
        steps.prints("a folder", "a(1) b(inner(2))");
        steps.remove("scripted/data/b/inner");
        steps.prints("a folder without its file", "a(1) b()");
        steps.remove("scripted/data/b");
        steps.prints("no folder", "a(1)");
    });
}
