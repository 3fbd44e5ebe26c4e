//! The stale matrix: whatever is edited, whatever version or date it has, the next image has the edit.

use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::engine::{Image, turn};
use crate::files::date;
use crate::project::Project;

pub(crate) const TRIPLE: &str = "x86_64-unknown-linux-gnu";
/// What cargo compiles in four ways; the folders of the members.
const KINDS: [&str; 4] = ["library", "scripted", "macros", "app"];
/// The engine has another compiler than the one that the tests pretend to have.
pub(crate) const RUST: &str = "--build-arg=RUST_VERSION=1";

/// Where the targets of a workspace are, and how it names its packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Where cargo looks for them.
    Usual,
    /// Outside of their packages: in folders of their own, and beside the manifest of the workspace.
    Odd,
    /// As usual, and the library is asked for by version, through `[patch]`.
    Patched,
}

/// A workspace of the matrix.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    layout: Layout,
    has_target: bool,
    pub(crate) version: Option<&'static str>,
    pub(crate) is_old: bool,
}

impl Case {
    pub(crate) fn all() -> Vec<Self> {
        let mut cases = Vec::new();
        for has_target in [false, true] {
            for version in [Some("0.0.1"), Some("1.2.3"), None] {
                for is_old in [true, false] {
                    cases.push(Self {
                        layout: Layout::Usual,
                        has_target,
                        version,
                        is_old,
                    });
                }
            }
        }
        cases
    }

    /// Those with another layout than the usual one.
    pub(crate) fn layouts() -> Vec<Self> {
        let cases = [Layout::Odd, Layout::Patched].into_iter();
        let cases = cases.flat_map(|layout| [true, false].map(|is_old| (layout, is_old)));
        cases
            .map(|(layout, is_old)| Self {
                layout,
                has_target: false,
                version: Some("1.2.3"),
                is_old,
            })
            .collect()
    }

    fn name(self) -> String {
        format!(
            "{:?}, {}, version {}, sources of {}",
            self.layout,
            if self.has_target { TRIPLE } else { "host" },
            self.version.unwrap_or("none"),
            if self.is_old { "2024" } else { "now" }
        )
    }
}

/// A word that no other run has: neither layers nor cache mounts of one can be taken for another's.
pub(crate) fn fresh_word() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    format!("{:x}", now.as_nanos())
}

/// A workspace with all four kinds, whose program prints the value of each.
pub(crate) struct Workspace {
    pub(crate) project: Project,
    pub(crate) app: String,
    case: Case,
    values: [u64; 4],
}

impl Workspace {
    /// Writes the project and generates its files.
    #[track_caller]
    pub(crate) fn new(case: Case, metadata: &str, arguments: &[&str]) -> Self {
        let app = format!("app-{}", fresh_word());
        let patch = match case.layout {
            Layout::Patched => "[patch.crates-io]\nlibrary = { path = \"library\" }\n",
            _ => "",
        };
        // The engine takes folders of one name for one context, and then files of one date and size for one.
        let project = Project::at(&app).file(
            "Cargo.toml",
            &format!(
                "[workspace]\nmembers = [\"app\", \"library\", \"macros\", \"scripted\"]\nresolver = \"2\"\n\
                 [profile.release]\nopt-level = 0\n{patch}"
            ),
        );
        for kind in KINDS {
            project.write(&format!("{kind}/Cargo.toml"), &manifest(kind, &app, case));
        }
        let app_manifest = project.read("app/Cargo.toml");
        project.write("app/Cargo.toml", &(app_manifest + metadata));
        if case.has_target {
            project.write(
                ".cargo/config.toml",
                &format!("[build]\ntarget = \"{TRIPLE}\"\n"),
            );
        }
        let values = [1; 4];
        for (kind, value) in KINDS.iter().zip(values) {
            write_kind(&project, case.layout, kind, value);
        }
        let project = project
            .file(
                "scripted/src/lib.rs",
                "include!(concat!(env!(\"OUT_DIR\"), \"/x.rs\"));\n",
            )
            .locked();
        let text = project.dockerfile(arguments);
        assert_eq!(text.contains(" --target "), case.has_target, "{text}");
        let workspace = Self {
            project,
            app,
            case,
            values,
        };
        workspace.set_dates();
        workspace
    }

    fn set_dates(&self) {
        if self.case.is_old {
            date(&self.project);
        }
    }

    /// Another value, of another size: an engine takes a file of the same size and date for the same.
    fn edit(&mut self, kind: usize) {
        self.values[kind] = self.values[kind] * 10 + 2;
        write_kind(
            &self.project,
            self.case.layout,
            KINDS[kind],
            self.values[kind],
        );
        self.set_dates();
    }

    fn expected(&self) -> String {
        let [library, scripted, macros, app] = self.values;
        format!("{library} {scripted} {macros} {app}\n")
    }

    /// Edits one kind after the other; what was wrong with the images.
    pub(crate) fn walk(&mut self, print: impl Fn(&Self) -> Result<String, String>) -> Vec<String> {
        let mut wrong = Vec::new();
        for step in 0..=KINDS.len() {
            let what = match step {
                0 => "the first build".to_owned(),
                _ => {
                    self.edit(step - 1);
                    format!("the edit of `{}`", KINDS[step - 1])
                }
            };
            let expected = self.expected();
            match print(self) {
                Ok(printed) if printed == expected => {}
                Ok(printed) => wrong.push(format!(
                    "{}: after {what} the image prints {printed:?}, not {expected:?}",
                    self.case.name()
                )),
                Err(log) => {
                    wrong.push(format!(
                        "{}: no image after {what}\n{log}",
                        self.case.name()
                    ));
                }
            }
        }
        wrong
    }
}

fn manifest(kind: &str, app: &str, case: Case) -> String {
    let name = if kind == "app" { app } else { kind };
    let version = match case.version {
        Some(version) => format!("version = \"{version}\"\n"),
        None => String::new(),
    };
    let library = match case.layout {
        Layout::Patched => "library = \"1\"",
        _ => "library = { path = \"../library\" }",
    };
    let target = match (case.layout, kind) {
        (Layout::Odd, "library" | "macros") => format!("[lib]\npath = \"../odd/{kind}/code.rs\"\n"),
        (Layout::Odd, "app") => format!("[[bin]]\nname = \"{app}\"\npath = \"../main.rs\"\n"),
        (Layout::Odd, _) => "build = \"../build.rs\"\n".to_owned(),
        (_, "macros") => "[lib]\n".to_owned(),
        _ => String::new(),
    };
    let rest = match kind {
        "app" => format!(
            "[dependencies]\n{library}\nmacros = {{ path = \"../macros\" }}\n\
             scripted = {{ path = \"../scripted\" }}\n"
        ),
        "macros" => "proc-macro = true\n".to_owned(),
        _ => String::new(),
    };
    format!("[package]\nname = \"{name}\"\n{version}edition = \"2021\"\n{target}{rest}")
}

fn write_kind(project: &Project, layout: Layout, kind: &str, value: u64) {
    let (path, text) = match kind {
        "library" => (
            "library/src/lib.rs",
            format!("pub const X: u64 = {value};\n"),
        ),
        "scripted" => (
            "scripted/build.rs",
            format!(
                "fn main() {{\n    println!(\"cargo:rerun-if-changed=build.rs\");\n    let out = std::env::var(\"OUT_DIR\").unwrap();\n    std::fs::write(out + \"/x.rs\", \"pub const X: u64 = {value};\").unwrap();\n}}\n"
            ),
        ),
        "macros" => (
            "macros/src/lib.rs",
            format!(
                "use proc_macro::TokenStream;\n#[proc_macro]\npub fn x(_: TokenStream) -> TokenStream {{ \"{value}\".parse().unwrap() }}\n"
            ),
        ),
        _ => (
            "app/src/main.rs",
            format!(
                "const X: u64 = {value};\nfn main() {{ println!(\"{{}} {{}} {{}} {{X}}\", library::X, scripted::X, macros::x!()); }}\n"
            ),
        ),
    };
    let path = match (layout, kind) {
        (Layout::Odd, "library" | "macros") => &format!("odd/{kind}/code.rs"),
        (Layout::Odd, "app") => "main.rs",
        (Layout::Odd, _) => "build.rs",
        _ => path,
    };
    project.write(path, &text);
}

/// Walks through these workspaces, two at a time; what was wrong with the images.
pub(crate) fn walk_all(
    cases: Vec<Case>,
    metadata: &str,
    arguments: &[&str],
    print: impl Fn(&Workspace) -> Result<String, String> + Sync,
) -> Vec<String> {
    let cases = Mutex::new(cases);
    let wrong = Mutex::new(Vec::new());
    let work = || {
        while let Some(case) = { cases.lock().unwrap().pop() } {
            let mut workspace = Workspace::new(case, metadata, arguments);
            let found = workspace.walk(&print);
            wrong.lock().unwrap().extend(found);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    wrong.into_inner().unwrap()
}

#[track_caller]
fn assert_never_stale(cases: Vec<Case>, strategy: &str, metadata: &str) {
    let _turn = turn();
    let arguments = ["--libc", "glibc", "--strategy", strategy];
    let wrong = walk_all(cases, metadata, &arguments, |workspace| {
        let image = Image::try_build(&workspace.project, &workspace.app, &[RUST])?;
        Ok(image.prints(&[]))
    });
    assert!(wrong.is_empty(), "{strategy}\n{}", wrong.join("\n"));
}

const LOCAL_LAYERS: &str =
    "[package.metadata.dockerize]\nlayers = [[\"library\"], [\"macros\", \"scripted\"]]\n";

#[test]
#[ignore = "needs Docker"]
fn layers_are_never_stale() {
    assert_never_stale(Case::all(), "layers", "");
}

#[test]
#[ignore = "needs Docker"]
fn layers_of_local_packages_are_never_stale() {
    assert_never_stale(Case::all(), "layers", LOCAL_LAYERS);
}

#[test]
#[ignore = "needs Docker"]
fn mounts_are_never_stale() {
    assert_never_stale(Case::all(), "mounts", "");
}

#[test]
#[ignore = "needs Docker"]
fn a_mount_that_begins_with_a_layer_is_never_stale() {
    assert_never_stale(Case::all(), "hybrid", "");
}

#[test]
#[ignore = "needs Docker"]
fn odd_layouts_in_layers_are_never_stale() {
    assert_never_stale(Case::layouts(), "layers", "");
}

#[test]
#[ignore = "needs Docker"]
fn odd_layouts_in_local_layers_are_never_stale() {
    assert_never_stale(Case::layouts(), "layers", LOCAL_LAYERS);
}

#[test]
#[ignore = "needs Docker"]
fn odd_layouts_in_mounts_are_never_stale() {
    assert_never_stale(Case::layouts(), "mounts", "");
}

#[test]
#[ignore = "needs Docker"]
fn odd_layouts_in_hybrids_are_never_stale() {
    assert_never_stale(Case::layouts(), "hybrid", "");
}
