//! A small project and what is right for it.

use std::io::Write;

use serde_json::Value;

use crate::dockerfile::Context;
use crate::engine::{Image, docker};
use crate::project::{Project, manifest};

/// Arguments of the tool: the toolchain of any builder image has the target of glibc.
const SETTINGS: &[&str] = &["--libc", "glibc"];

/// A small project and what is right for it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) has_registry: bool,
    files: Vec<(&'static str, String)>,
    commands: Vec<&'static str>,
    options: Vec<&'static str>,
    needs: Vec<&'static str>,
    leaves: Vec<&'static str>,
    warns: Vec<&'static str>,
    packages: Option<Vec<&'static str>>,
    takes: Option<Vec<&'static str>>,
    image: Expected,
}

/// What comes of the image.
enum Expected {
    /// It is built, and prints this.
    Prints(&'static str),
    /// It cannot be built, and the warnings say so.
    Fails,
    /// It is not built here, as this would take too long.
    Unbuilt,
}

impl Case {
    /// A package `app` without a source.
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            has_registry: false,
            files: vec![("Cargo.toml", manifest("app"))],
            commands: Vec::new(),
            options: Vec::new(),
            needs: Vec::new(),
            leaves: Vec::new(),
            warns: Vec::new(),
            packages: None,
            takes: None,
            image: Expected::Unbuilt,
        }
    }

    /// A file; a later one of the same path stands for the first.
    pub(crate) fn file(mut self, path: &'static str, text: &str) -> Self {
        self.files.retain(|(known, _)| *known != path);
        self.files.push((path, text.to_owned()));
        self
    }

    /// Lines at the end of the manifest.
    pub(crate) fn manifest(self, lines: &str) -> Self {
        let text = manifest("app") + lines;
        self.file("Cargo.toml", &text)
    }

    /// The program prints what its build script made.
    pub(crate) fn script(self, body: &str) -> Self {
        let text = format!(
            "fn main() {{\n    let made = {{ {body} }};\n    \
             println!(\"cargo:rustc-env=MADE={{made}}\");\n}}\n"
        );
        self.file("build.rs", &text).made()
    }

    /// The program prints what its build script made.
    pub(crate) fn made(self) -> Self {
        self.main("fn main() { println!(\"{}\", env!(\"MADE\")); }\n")
    }

    pub(crate) fn main(self, text: &str) -> Self {
        self.file("src/main.rs", text)
    }

    /// It has crates of the registry.
    pub(crate) fn with_registry(mut self) -> Self {
        self.has_registry = true;
        self
    }

    /// A command of git that is run in the project first.
    pub(crate) fn git(mut self, command: &'static str) -> Self {
        self.commands.push(command);
        self
    }

    /// Options of `docker build`.
    pub(crate) fn options(mut self, options: &[&'static str]) -> Self {
        self.options = options.to_vec();
        self
    }

    /// Files that the compile needs.
    pub(crate) fn needs(mut self, files: &[&'static str]) -> Self {
        self.needs = files.to_vec();
        self
    }

    /// Files that stay out.
    pub(crate) fn leaves(mut self, files: &[&'static str]) -> Self {
        self.leaves = files.to_vec();
        self
    }

    /// The codes of all warnings.
    pub(crate) fn warns(mut self, codes: &[&'static str]) -> Self {
        self.warns = codes.to_vec();
        self
    }

    /// The packages that are installed to build it.
    pub(crate) fn packages(mut self, packages: &[&'static str]) -> Self {
        self.packages = Some(packages.to_vec());
        self
    }

    /// The build arguments.
    pub(crate) fn takes(mut self, arguments: &[&'static str]) -> Self {
        self.takes = Some(arguments.to_vec());
        self
    }

    /// The image is built, and prints this.
    pub(crate) fn prints(mut self, text: &'static str) -> Self {
        self.image = Expected::Prints(text);
        self
    }

    /// The image cannot be built, and a warning says why.
    pub(crate) fn fails(mut self) -> Self {
        self.image = Expected::Fails;
        self
    }

    /// The project on disk; one that is built is planned for the Rust of this machine.
    fn project(&self, is_built: bool) -> Project {
        let mut project = Project::empty();
        if self.has_registry || is_built {
            project = project.with_registry();
        }
        for (path, text) in &self.files {
            project = project.file(path, text);
        }
        for command in &self.commands {
            let words = command.split(' ');
            let mut git = std::process::Command::new("git");
            let output = git.current_dir(project.root()).args(words).output();
            let output = output.expect("git is on PATH");
            assert!(output.status.success(), "git {command}: {output:?}");
        }
        let is_locked = self.files.iter().any(|(path, _)| *path == "Cargo.lock");
        match is_locked {
            true => project,
            false => project.locked(),
        }
    }

    /// What is wrong with the plan.
    pub(crate) fn plan(&self) -> Vec<String> {
        let project = &self.project(false);
        let name = self.name;
        let ran = project.run(SETTINGS);
        if ran.code != 0 {
            return vec![format!("{name}: {}", ran.stderr)];
        }
        let image = project.image(SETTINGS);
        let context = Context::read(project, &image);
        let mut wrong = Vec::new();
        let has = |path: &str| {
            let mut files = context.files.iter();
            files.any(|file| file == path || file.starts_with(&format!("{path}/")))
        };
        for path in self.needs.iter().filter(|path| !has(path)) {
            wrong.push(format!("{name}: `{path}` is not in the context"));
        }
        for path in self.leaves.iter().filter(|path| has(path)) {
            wrong.push(format!("{name}: `{path}` is in the context"));
        }
        let mut codes = warnings(&image);
        codes.dedup();
        if codes != self.warns {
            wrong.push(format!("{name}: warns of {codes:?}, not {:?}", self.warns));
        }
        let values = |key: &str| -> Vec<String> {
            let all = image["builder"][key].as_array();
            let all = all.into_iter().flatten();
            all.filter_map(|one| Some(one["value"].as_str()?.to_owned()))
                .collect()
        };
        for (key, expected) in [("packages", &self.packages), ("arguments", &self.takes)] {
            let planned = values(key);
            if expected.as_ref().is_some_and(|right| planned != *right) {
                wrong.push(format!("{name}: {key} {planned:?}, not {expected:?}"));
            }
        }
        wrong
    }

    /// What is wrong with the image.
    pub(crate) fn build(&self) -> Vec<String> {
        if matches!(self.image, Expected::Unbuilt) {
            return Vec::new();
        }
        let project = self.project(true);
        project.generate(SETTINGS);
        let mut wrong = Vec::new();
        let built = || {
            let image = Image::try_build(&project, self.name, &self.options);
            image.map(|image| printed(&image))
        };
        match (&self.image, self.name) {
            (Expected::Unbuilt, _) => {}
            (Expected::Prints(text), name) => match built() {
                Ok(printed) if printed.trim() == *text => {}
                Ok(printed) => wrong.push(format!("{name}: prints `{printed}`, not `{text}`")),
                Err(log) => wrong.push(format!("{name}: no image\n{log}")),
            },
            (Expected::Fails, name) => {
                if built().is_ok() {
                    wrong.push(format!("{name}: it can be built, and should not"));
                }
            }
        }
        let verdict = if wrong.is_empty() { "right" } else { "wrong" };
        let mut stderr = std::io::stderr();
        writeln!(stderr, "{verdict} {}", self.name).unwrap();
        wrong
    }
}

/// The codes of the warnings, in their order.
fn warnings(image: &Value) -> Vec<String> {
    let all = image["diagnostics"].as_array();
    let warnings = all
        .into_iter()
        .flatten()
        .filter(|one| one["severity"] == "warning");
    let mut codes: Vec<String> = warnings
        .filter_map(|one| Some(one["code"].as_str()?.to_owned()))
        .collect();
    codes.sort();
    codes
}

/// All that it prints, run as a locked-down cluster would.
fn printed(image: &Image) -> String {
    let output = docker(&["run", "--rm", "--read-only", "--network=none", &image.tag]);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match output.status.success() {
        true => text(&output.stdout),
        false => format!("{}{}", text(&output.stdout), text(&output.stderr)),
    }
}
