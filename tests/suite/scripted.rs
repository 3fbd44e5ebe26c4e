//! Packages with this crate in their build script, for the tests of `build_script`.
//!
//! This crate is vendored to `target/tmp` with its dependencies, so that the packages have it from the
//! registry as others would; they share a target folder there, in which it is compiled once.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::SystemTime;

use crate::project::{Project, Ran, copy_tree, manifest};

pub(crate) const CRATE: &str = env!("CARGO_MANIFEST_DIR");

/// What all of these packages share.
pub(crate) struct Shared {
    /// A cargo home in which the registry is replaced by `vendor`.
    pub(crate) home: PathBuf,
    pub(crate) vendor: PathBuf,
    pub(crate) target: PathBuf,
}

pub(crate) fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build-script");
        let shared = Shared {
            home: root.join("home"),
            vendor: root.join("vendor"),
            target: root.join("target"),
        };
        fs_err::create_dir_all(&shared.target).unwrap();
        vendor_dependencies(&shared.vendor);
        vendor_this(&shared);
        let config = format!(
            "[net]\noffline = true\n[source.crates-io]\nreplace-with = \"vendored\"\n\
             [source.vendored]\ndirectory = {:?}\n",
            shared.vendor
        );
        fs_err::create_dir_all(&shared.home).unwrap();
        fs_err::write(shared.home.join("config.toml"), config).unwrap();
        shared
    })
}

/// What this crate depends on without the command line, in the versions of its own lock file.
fn vendor_dependencies(vendor: &Path) {
    let lock_file = fs_err::read_to_string(Path::new(CRATE).join("Cargo.lock")).unwrap();
    let stamp = vendor.with_extension("lock");
    if fs_err::read_to_string(&stamp).is_ok_and(|text| text == lock_file) {
        return;
    }
    let dependency = format!(
        "[dependencies]\ncargo-dockerize = {{ path = {CRATE:?}, default-features = false }}\n"
    );
    let project = Project::empty()
        .file("Cargo.toml", &(manifest("vendored") + &dependency))
        .file("src/lib.rs", "")
        .file("Cargo.lock", &lock_file);
    let vendored = |options: &[&str]| {
        Command::new(env!("CARGO"))
            .args(["vendor", "--quiet"])
            .args(options)
            .arg(vendor)
            .current_dir(project.root())
            .output()
            .unwrap()
    };
    // Crates for other platforms were not fetched yet on a machine that only ever compiled this crate.
    let mut output = vendored(&["--offline"]);
    if !output.status.success() {
        output = vendored(&[]);
    }
    assert!(output.status.success(), "{output:?}");
    fs_err::write(stamp, lock_file).unwrap();
}

/// This crate as it is now. Cargo takes a vendored crate for unchanged while its version is the same.
fn vendor_this(shared: &Shared) {
    let new = shared.vendor.with_extension("new");
    let old = shared.vendor.join("cargo-dockerize");
    let _ = fs_err::remove_dir_all(&new);
    for folder in ["src", "templates"] {
        copy_tree(&Path::new(CRATE).join(folder), &new.join(folder));
    }
    let text = fs_err::read_to_string(Path::new(CRATE).join("Cargo.toml")).unwrap();
    // The rest of the manifest names files that are not copied.
    let start = text.find("[[bench]]").unwrap();
    let end = text.find("[dependencies]").unwrap();
    fs_err::write(
        new.join("Cargo.toml"),
        format!("{}{}", &text[..start], &text[end..]),
    )
    .unwrap();
    fs_err::write(new.join(".cargo-checksum.json"), "{\"files\":{}}").unwrap();
    let is_same = Command::new("diff")
        .arg("-rq")
        .args([&old, &new])
        .output()
        .unwrap();
    if is_same.status.success() {
        return;
    }
    let _ = fs_err::remove_dir_all(&old);
    fs_err::rename(&new, &old).unwrap();
    for folder in fs_err::read_dir(shared.target.join("debug/.fingerprint"))
        .into_iter()
        .flatten()
    {
        let path = folder.unwrap().path();
        if path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("cargo-dockerize-")
        {
            fs_err::remove_dir_all(path).unwrap();
        }
    }
}

pub(crate) const DEPENDENCY: &str =
    "[build-dependencies]\ncargo-dockerize = { version = \"0.1\", default-features = false }\n";

pub(crate) fn script(calls: &str) -> String {
    format!("fn main() {{ cargo_dockerize::Build::new(){calls}; }}\n")
}

impl Project {
    /// A package whose build script makes these calls.
    pub(crate) fn scripted(name: &str, calls: &str) -> Self {
        Self::at(name).scripted_package(".", name, calls).linked()
    }

    pub(crate) fn scripted_package(self, folder: &str, name: &str, calls: &str) -> Self {
        self.program(folder, name)
            .file(
                &format!("{folder}/Cargo.toml"),
                &(manifest(name) + DEPENDENCY),
            )
            .file(&format!("{folder}/build.rs"), &script(calls))
    }

    /// The shared target folder in the usual place.
    pub(crate) fn linked(self) -> Self {
        std::os::unix::fs::symlink(&shared().target, self.path("target")).unwrap();
        self.file(".gitignore", "target\n")
    }

    pub(crate) fn append(&self, path: &str, text: &str) {
        self.write(path, &(self.read(path) + text));
    }

    /// Runs cargo in the project's root.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Ran {
        self.cargo_with(arguments, &[])
    }

    pub(crate) fn cargo_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(self.root())
            .env("CARGO_HOME", &shared().home)
            .env_remove("CARGO_DOCKERIZE")
            .env_remove("CARGO_TARGET_DIR")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        Ran::new(output, self.root())
    }

    /// Builds; the script says nothing to people.
    #[track_caller]
    pub(crate) fn build(&self) -> Ran {
        let ran = self.cargo(&["build"]).exits(0);
        ran.keeps_quiet_about("cargo-dockerize:")
    }

    /// Builds, and asserts that there is nothing to do.
    #[track_caller]
    pub(crate) fn rests(&self) {
        let ran = self.cargo(&["build", "--verbose"]).exits(0);
        ran.keeps_quiet_about("Dirty").keeps_quiet_about("Running");
    }

    /// Asserts that the command line would write the same bytes.
    #[track_caller]
    pub(crate) fn agrees_with_the_command_line(&self, arguments: &[&str]) {
        let words = [&["check"], arguments].concat();
        self.dockerize(&words).exits(0);
    }

    pub(crate) fn dockerize(&self, arguments: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-dockerize"))
            .arg("dockerize")
            .args(arguments)
            .current_dir(self.root())
            .env("CARGO_HOME", &shared().home)
            .output()
            .unwrap();
        Ran::new(output, self.root())
    }

    pub(crate) fn modified(&self, path: &str) -> SystemTime {
        let file = fs_err::metadata(self.path(path)).unwrap();
        file.modified().unwrap()
    }
}
