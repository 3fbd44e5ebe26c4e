//! Generated workspaces with targets at odd places: what is compiled is always the real file.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::dockerfile::{self, Context};
use crate::project::{Project, manifest};
use crate::stages::Stages;

/// Workspaces that are planned, and as many of them as are built.
const PLANNED: u64 = 40;
const BUILT: u64 = 4;
const STRATEGIES: [&str; 4] = ["layers", "mounts", "hybrid", "layers"];
/// Folders that targets may be in, relative to their package; the packages are in `p/NAME`.
const PLACES: [&str; 10] = [
    "src",
    ".",
    "./code",
    "..",
    "../..",
    "../../shared",
    "../../shared/deep/er",
    "way/../src",
    "../with space",
    "../base/src",
];

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % end
    }
}

/// A generated workspace, and what its program prints.
struct Generated {
    project: Project,
    arguments: Vec<String>,
    expected: String,
}

/// Puts a target at some place; the key of its path, and its text, go to the manifest and the file.
fn place(
    project: &Project,
    package: &str,
    file: &str,
    text: &str,
    numbers: &mut Numbers,
) -> String {
    let folder = PLACES[numbers.below(PLACES.len())];
    // Of one name only: two packages may meet in one folder.
    let path = format!("{folder}/{package}_{file}.rs");
    project.write(&format!("p/{package}/{path}").replace("way/../", ""), text);
    path
}

fn generate(seed: u64) -> Generated {
    let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let project = Project::empty().file(
        "Cargo.toml",
        "[workspace]\nmembers = [\"p/*\"]\nexclude = [\"p/with space\"]\nresolver = \"2\"\n",
    );
    for package in ["base", "macros", "app"] {
        project.write(&format!("p/{package}/Cargo.toml"), &manifest(package));
    }
    let add = |package: &str, lines: String| {
        let path = format!("p/{package}/Cargo.toml");
        project.write(&path, &(project.read(&path) + &lines));
    };
    let script = "fn main() { println!(\"cargo:rustc-env=X=script\"); }\n";
    let base =
        "mod base_part;\npub fn x() -> String { format!(\"{} {}\", env!(\"X\"), base_part::X) }\n";
    let path = place(&project, "base", "lib", base, &mut numbers);
    let part = Path::new("p/base")
        .join(&path)
        .with_file_name("base_part.rs");
    let part = part.to_str().unwrap().replace("way/../", "");
    project.write(&part, "pub const X: &str = \"part\";\n");
    let build = place(&project, "base", "build", script, &mut numbers);
    // `build` is a key of `[package]`, which is still the last table.
    add(
        "base",
        format!("build = \"{build}\"\n[lib]\npath = \"{path}\"\n"),
    );
    let macros = "use proc_macro::TokenStream;\n#[proc_macro]\npub fn x(_: TokenStream) -> TokenStream { \"3\".parse().unwrap() }\n";
    let path = place(&project, "macros", "lib", macros, &mut numbers);
    add(
        "macros",
        format!("[lib]\npath = \"{path}\"\nproc-macro = true\n"),
    );
    let main = "fn main() { print!(\"{} {} app\", base::x(), macros::x!()); }\n";
    let path = place(&project, "app", "main", main, &mut numbers);
    let strategy = numbers.below(STRATEGIES.len());
    let layers = match strategy {
        3 => "[package.metadata.dockerize]\nlayers = [[\"base\"]]\n",
        _ => "",
    };
    add(
        "app",
        format!(
            "[[bin]]\nname = \"app\"\npath = \"{path}\"\n[dependencies]\nbase = {{ path = \"../base\" }}\n\
             macros = {{ path = \"../macros\" }}\n{layers}"
        ),
    );
    let arguments = ["--libc", "glibc", "--strategy", STRATEGIES[strategy]];
    Generated {
        project: project.locked(),
        arguments: arguments.map(str::to_owned).to_vec(),
        expected: "script part 3 app".to_owned(),
    }
}

/// Takes `..` out of a path.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => assert!(normal.pop(), "{}", path.display()),
            Component::CurDir => {}
            other => normal.push(other),
        }
    }
    normal
}

/// Files of the context by where they are when the program is compiled, relative to the workspace's root.
fn copied(project: &Project, image: &Value) -> BTreeMap<PathBuf, PathBuf> {
    let context = Context::read(project, image);
    let top = Path::new(image["context"]["workdir"].as_str().unwrap());
    let waiting = Path::new(image["context"]["copied_to"].as_str().unwrap());
    let mut copied = BTreeMap::new();
    let mut is_builder = false;
    let mut workdir = PathBuf::from("/");
    for instruction in dockerfile::parse(&project.read("Dockerfile")) {
        match instruction.kind.as_str() {
            "FROM" => {
                is_builder = [" AS dependencies", " AS build"]
                    .iter()
                    .any(|name| instruction.text.ends_with(name));
            }
            "WORKDIR" => workdir = dockerfile::word(&instruction.text).unwrap().into(),
            "COPY" if is_builder => {
                let copy = dockerfile::copy(&instruction.text);
                if copy.from.as_deref() == Some("skeleton") {
                    copied.clear();
                }
                if copy.from.is_some() {
                    continue;
                }
                let base = if workdir == waiting { waiting } else { top };
                for source in copy.sources.iter().flat_map(|it| context.resolve(it)) {
                    for file in context.below(&source) {
                        let inside = match source.as_str() {
                            "." => Path::new(file),
                            source => Path::new(file).strip_prefix(source).unwrap(),
                        };
                        let mut to = workdir.join(&copy.destination);
                        if copy.destination.ends_with('/') {
                            to.push(Path::new(&source).file_name().unwrap());
                        }
                        let to = normal(&to.join(inside));
                        let to = to.strip_prefix(base).unwrap().to_path_buf();
                        copied.insert(to, context.root.join(file));
                    }
                }
            }
            _ => {}
        }
    }
    copied
}

/// The files of all targets, as cargo names them.
fn targets(project: &Project) -> Vec<PathBuf> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--offline", "--no-deps"])
        .current_dir(project.root())
        .env("CARGO_HOME", project.cargo_home())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let targets = packages.flat_map(|package| package["targets"].as_array().unwrap());
    targets
        .map(|target| normal(Path::new(target["src_path"].as_str().unwrap())))
        .collect()
}

#[test]
fn every_target_is_copied_to_its_place_behind_its_stub() {
    for seed in 0..PLANNED {
        let Generated {
            project, arguments, ..
        } = generate(seed);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let image = project.image(&arguments);
        project.generate(&arguments);
        let copied = copied(&project, &image);
        let targets = targets(&project);
        assert_eq!(targets.len(), 4);
        for target in targets {
            let place = target.strip_prefix(project.root()).unwrap();
            assert_eq!(
                copied.get(place),
                Some(&target),
                "seed {seed}, {arguments:?}\n{}",
                project.read("Dockerfile")
            );
        }
    }
}

#[test]
fn what_is_compiled_is_never_a_stub() {
    let mut built = 0;
    for seed in PLANNED.. {
        let Generated {
            project,
            arguments,
            expected,
        } = generate(seed);
        // A cache mount is nothing that a test without Docker has.
        if arguments.last().unwrap() != "layers" {
            continue;
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let stages = Stages::build(&project, &arguments);
        assert_eq!(stages.output(), expected, "seed {seed}");
        built += 1;
        if built == BUILT {
            break;
        }
    }
}
