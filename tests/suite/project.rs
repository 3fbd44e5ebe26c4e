//! A project on disk, and the program run on it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::rc::Rc;
use std::sync::OnceLock;

use cargo_dockerize::plan::Plan;
use cargo_dockerize::render::render_all;
use serde_json::Value;
use tempfile::TempDir;

/// A project in a folder of its own.
pub(crate) struct Project {
    dir: Rc<TempDir>,
    root: PathBuf,
    has_registry: bool,
}

/// What a run said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn new(output: Output, root: &Path) -> Self {
        let root = root.to_str().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(root, "[ROOT]");
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// Asserts that the program did not panic and refused with this code.
    #[track_caller]
    pub(crate) fn refuses(self, code: &str) -> Self {
        let ran = self.exits(101);
        assert!(
            ran.stderr.contains(&format!("error[{code}]:")),
            "expected error[{code}]:\n{}",
            ran.stderr
        );
        ran
    }

    /// Asserts that a text is in what it said to people.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(
            self.stderr.contains(text),
            "no `{text}` in:\n{}",
            self.stderr
        );
        self
    }

    /// Asserts that a text is not in what it said to people.
    #[track_caller]
    pub(crate) fn keeps_quiet_about(self, text: &str) -> Self {
        assert!(
            !self.stderr.contains(text),
            "there is `{text}` in:\n{}",
            self.stderr
        );
        self
    }
}

/// A manifest of a package without dependencies.
pub(crate) fn manifest(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n")
}

pub(crate) const MAIN: &str = "fn main() { println!(\"hello\"); }\n";

impl Project {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self::at("project")
    }

    /// An empty folder of the given path inside of a new temporary one.
    pub(crate) fn at(path: &str) -> Self {
        let dir = TempDir::with_prefix("dockerize-").unwrap();
        let root = fs_err::canonicalize(dir.path()).unwrap().join(path);
        fs_err::create_dir_all(&root).unwrap();
        Self {
            dir: Rc::new(dir),
            root,
            has_registry: false,
        }
    }

    /// Uses the machine's cargo home, where crates of the registry are or can be fetched to.
    pub(crate) fn with_registry(mut self) -> Self {
        self.has_registry = true;
        self
    }

    /// One package `app` with one binary and a lock file.
    pub(crate) fn single() -> Self {
        Self::empty()
            .file("Cargo.toml", &manifest("app"))
            .file("src/main.rs", MAIN)
            .locked()
    }

    /// One package `app` with these lines at the end of its manifest.
    pub(crate) fn with(lines: &str) -> Self {
        Self::empty()
            .file("Cargo.toml", &format!("{}{lines}\n", manifest("app")))
            .file("src/main.rs", MAIN)
            .locked()
    }

    /// A package `app` with this `main.rs` that depends on stand-ins for crates of these names.
    pub(crate) fn with_crates(names: &[&str], main: &str) -> Self {
        Self::with_crates_in("dependencies", names, main)
    }

    /// The same, with them in this table of dependencies.
    pub(crate) fn with_crates_in(kind: &str, names: &[&str], main: &str) -> Self {
        let dependencies: String = names
            .iter()
            .map(|name| format!("{name} = {{ path = \"fake/{name}\" }}\n"))
            .collect();
        let table = format!("{}[{kind}]\n{dependencies}[workspace]\n", manifest("app"));
        let project = Self::empty()
            .file("Cargo.toml", &table)
            .file("src/main.rs", main);
        let project = names.iter().fold(project, |project, name| {
            project.library(&format!("fake/{name}"), name)
        });
        project.locked()
    }

    /// A copy of a folder of this repository, at the given path of a new temporary folder.
    pub(crate) fn copy_of(folder: &Path, path: &str) -> Self {
        let project = Self::at(path);
        copy_tree(folder, &project.root);
        project
    }

    /// A home of its own: cargo locks it, and no configuration of the machine is in it.
    pub(crate) fn cargo_home(&self) -> PathBuf {
        self.dir.path().join(".cargo-home")
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The project in a folder of this one.
    pub(crate) fn below(&self, folder: &str) -> Self {
        Self {
            dir: Rc::clone(&self.dir),
            root: self.root.join(folder),
            has_registry: self.has_registry,
        }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Adds a file.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        self.write(path, text);
        self
    }

    /// Adds a program of a few lines of shell.
    ///
    /// Another process writes it: a file that this one has open for writing is open in whatever another thread forks
    /// at that moment, and Linux runs no such file ("Text file busy").
    pub(crate) fn executable(&self, path: &str, text: &str) -> PathBuf {
        let path = self.path(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        let mut shell = Command::new("sh")
            .args(["-c", "cat >\"$0\" && chmod 755 \"$0\""])
            .arg(&path)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = shell.stdin.take().unwrap();
        stdin.write_all(text.as_bytes()).unwrap();
        drop(stdin);
        assert!(shell.wait().unwrap().success(), "{}", path.display());
        path
    }

    /// Adds a package with one binary.
    pub(crate) fn program(self, folder: &str, name: &str) -> Self {
        self.file(&format!("{folder}/Cargo.toml"), &manifest(name))
            .file(&format!("{folder}/src/main.rs"), MAIN)
    }

    /// Adds a package with a library that says its own name.
    pub(crate) fn library(self, folder: &str, name: &str) -> Self {
        self.file(&format!("{folder}/Cargo.toml"), &manifest(name))
            .file(
                &format!("{folder}/src/lib.rs"),
                &format!("pub fn name() -> &'static str {{ \"{name}\" }}\n"),
            )
    }

    /// Adds a lock file, as cargo makes it.
    pub(crate) fn locked(self) -> Self {
        self.lock(".");
        self
    }

    /// Makes the lock file of the workspace in a folder.
    pub(crate) fn lock(&self, folder: &str) {
        let output = Command::new(env!("CARGO"))
            .arg("generate-lockfile")
            .args((!self.has_registry).then_some("--offline"))
            .current_dir(self.path(folder))
            .env("CARGO_HOME", self.cargo_home())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs_err::read_to_string(self.path(path)).unwrap()
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// Runs the program in the project's root.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_in(".", arguments)
    }

    /// Runs the program in a folder of the project.
    pub(crate) fn run_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        self.run_command(folder, arguments, &[])
    }

    /// Runs the program in the project's root with these variables.
    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        self.run_command(".", arguments, variables)
    }

    fn run_command(&self, folder: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-dockerize"));
        command
            .arg("dockerize")
            .args(arguments)
            .current_dir(self.path(folder))
            .env_remove("CLICOLOR_FORCE")
            .envs(variables.iter().copied());
        if !self.has_registry {
            command
                .env("CARGO_NET_OFFLINE", "true")
                .env("CARGO_HOME", self.cargo_home())
                .envs(rustc());
        }
        Ran::new(command.output().unwrap(), &self.root)
    }

    /// Writes the files, and asserts that this works.
    #[track_caller]
    pub(crate) fn generate(&self, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments).exits(0);
        // Twice the runs: `ROUND_TRIP=1` asks for it, and the recorded cases have it always.
        if std::env::var_os("ROUND_TRIP").is_some() && arguments.iter().all(|word| *word != "build")
        {
            self.has_the_files_of(&self.plan(arguments));
        }
        ran
    }

    /// The Dockerfile after a run with these arguments, and with none that an earlier run had.
    #[track_caller]
    pub(crate) fn dockerfile(&self, arguments: &[&str]) -> String {
        if arguments.is_empty() && self.has("Dockerfile") {
            let text = self.read("Dockerfile");
            if text
                .lines()
                .nth(1)
                .is_some_and(|command| command.contains(" --"))
            {
                fs_err::remove_file(self.path("Dockerfile")).unwrap();
            }
        }
        self.generate(arguments);
        self.read("Dockerfile")
    }

    /// The instructions of the Dockerfile after a run with these arguments, one a line.
    #[track_caller]
    pub(crate) fn instructions(&self, arguments: &[&str]) -> String {
        let lines = crate::dockerfile::parse(&self.dockerfile(arguments));
        let lines = lines.iter().map(|line| {
            let words: Vec<&str> = line.text.split_whitespace().collect();
            format!("{} {}\n", line.kind, words.join(" "))
        });
        lines.collect()
    }

    /// The plan as JSON.
    #[track_caller]
    pub(crate) fn plan(&self, arguments: &[&str]) -> Value {
        let mut words = vec!["plan", "--format", "json"];
        words.extend(arguments);
        let ran = self.run(&words).exits(0);
        let json: Value = serde_json::from_str(&ran.stdout).unwrap();
        let plan: Plan = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(json, serde_json::to_value(&plan).unwrap());
        json
    }

    /// Asserts that the files on disk are those that a plan gives which was printed and read back.
    #[track_caller]
    pub(crate) fn has_the_files_of(&self, plan: &Value) {
        let plan: Plan = serde_json::from_value(plan.clone()).unwrap();
        let files = render_all(&plan, &self.root).unwrap();
        assert!(files.len() >= 2);
        for file in files {
            let there = fs_err::read_to_string(&file.path).unwrap();
            assert_eq!(there, file.text, "{}", file.path.display());
        }
    }

    /// The only image of the plan.
    #[track_caller]
    pub(crate) fn image(&self, arguments: &[&str]) -> Value {
        let mut plan = self.plan(arguments);
        let images = plan["images"].as_array_mut().unwrap();
        assert_eq!(images.len(), 1);
        images.remove(0)
    }

    /// Every file below the root with its bytes, for comparisons.
    pub(crate) fn snapshot(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs_err::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                if entry.file_type().unwrap().is_dir() {
                    folders.push(path);
                } else {
                    let bytes = fs_err::read(&path).unwrap_or_default();
                    files.push((path, bytes));
                }
            }
        }
        files.sort();
        files
    }
}

/// A program of `tests/tools`.
pub(crate) fn tool(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/tools")
        .join(name)
}

/// The variables that make cargo and the program take the rustc of `tests/tools`.
///
/// Its answers are kept for all projects: else most of the time of these tests would go to asking for them.
pub(crate) fn rustc() -> [(&'static str, PathBuf); 2] {
    static ANSWERS: OnceLock<PathBuf> = OnceLock::new();
    let answers = ANSWERS.get_or_init(|| {
        let version = Command::new("rustc").arg("-vV").output().unwrap();
        assert!(version.status.success(), "{version:?}");
        // Another compiler has other answers, and so has one with another of these.
        let mut hasher = DefaultHasher::new();
        let variables = ["PATH", "RUSTC_BOOTSTRAP", "RUSTUP_TOOLCHAIN"].map(std::env::var_os);
        let cargo = env!("CARGO");
        let program = fs_err::read(tool("rustc")).unwrap();
        (version.stdout, variables, cargo, program).hash(&mut hasher);
        let folder = format!("rustc-{:016x}", hasher.finish());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
        fs_err::create_dir_all(&path).unwrap();
        path
    });
    [("RUSTC", tool("rustc")), ("RUSTC_ANSWERS", answers.clone())]
}

/// Copies a folder, without what was built in it.
pub(crate) fn copy_tree(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).unwrap();
    for entry in fs_err::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            if entry.file_name() != "target" || !entry.path().join("CACHEDIR.TAG").exists() {
                copy_tree(&entry.path(), &target);
            }
        } else if kind.is_symlink() {
            let link = fs_err::read_link(entry.path()).unwrap();
            std::os::unix::fs::symlink(link, target).unwrap();
        } else {
            copy_file(&entry.path(), &target);
        }
    }
}

/// Copies a file; another process copies a program, as in [`Project::executable`].
pub(crate) fn copy_file(from: &Path, to: &Path) {
    use std::os::unix::fs::PermissionsExt;
    if fs_err::metadata(from).unwrap().permissions().mode() & 0o111 == 0 {
        fs_err::copy(from, to).unwrap();
        return;
    }
    let status = Command::new("cp")
        .args(["--preserve=mode", "--"])
        .args([from, to])
        .status();
    assert!(status.unwrap().success(), "{}", from.display());
}
