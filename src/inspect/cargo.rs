//! Asking cargo and rustc.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cargo_metadata::camino::Utf8PathBuf;
use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};

use super::compiler::rustc;
use super::index::PackageIndex;
use super::locate::manifest_path;
use super::mirror::Mirror;
use super::request::Request;
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::folder::{Batch, Folder, GeneratedFile};
use crate::limits;
use crate::platform::TRIPLES;
use crate::settings::Caller;

/// Variables that cargo sets for build scripts, and that another cargo takes for settings of the user.
const SET_FOR_BUILD_SCRIPTS: [&str; 3] = [
    "CARGO_ENCODED_RUSTFLAGS",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
];

/// Variables that stand over the wrappers of cargo's configuration.
const WRAPPERS: [&str; 2] = ["RUSTC_WORKSPACE_WRAPPER", "RUSTC_WRAPPER"];

/// What `cargo metadata` said.
pub(super) struct Outcome {
    pub(super) metadata: Metadata,
    /// The lock file; as cargo would update it, where it is out of date.
    pub(super) lock_file: Option<String>,
    pub(super) is_lock_file_outdated: bool,
}

/// Runs `cargo metadata` once, for every platform that an image can have.
///
/// All features are switched on: the graph then holds what any choice of features can reach, and the
/// plan works out what the chosen ones do. The lock file of the project is only read: where it is missing or out
/// of date, cargo resolves in a [`Mirror`].
pub(super) fn metadata(request: &Request<'_>) -> Result<Outcome> {
    let manifest = manifest_path(request)?;
    let mut folders = manifest.ancestors().skip(1);
    if request.locked || folders.any(|folder| folder.join("Cargo.lock").exists()) {
        let command = question(request, &manifest, true)?;
        let (stdout, stderr, success) = run(command, request.progress)?;
        if success {
            let metadata = parsed(&stdout)?;
            let lock_file = metadata.workspace_root.as_std_path().join("Cargo.lock");
            return Ok(Outcome {
                metadata,
                lock_file: Some(limits::read(&lock_file, limits::LOCK)?),
                is_lock_file_outdated: false,
            });
        }
        if request.locked || !stderr.contains("--locked") {
            return Err(refused(&manifest, &stderr));
        }
    }
    let mirror = Mirror::of(&workspace_root(request, &manifest)?).map_err(no_mirror)?;
    let command = question(request, &mirror.path(&manifest), false)?;
    let (stdout, stderr, success) = run(command, request.progress)?;
    if !success {
        return Err(refused(&manifest, &mirror.seen_from_outside(&stderr)));
    }
    let (lock_file, is_lock_file_outdated) = mirror.lock_file()?;
    Ok(Outcome {
        metadata: parsed(&mirror.seen_from_outside(&stdout))?,
        lock_file,
        is_lock_file_outdated,
    })
}

/// The folder of the workspace that a request is about.
#[cfg(feature = "cli")]
pub(super) fn root(request: &Request<'_>) -> Result<PathBuf> {
    workspace_root(request, &manifest_path(request)?)
}

/// What cargo says of a package and its workspace; nothing is resolved for this.
pub(super) fn described(request: &Request<'_>, manifest: &Path) -> Result<Metadata> {
    let mut command = Command::new(cargo()?);
    command
        .args(["metadata", "--no-deps", "--format-version=1"])
        .arg("--manifest-path")
        .arg(manifest)
        .current_dir(&request.current_dir);
    let (stdout, stderr, success) = run(command, None)?;
    match success {
        true => parsed(&stdout),
        false => Err(refused(manifest, &stderr)),
    }
}

/// Asks for the metadata of the project that a manifest belongs to.
fn question(request: &Request<'_>, manifest: &Path, is_locked: bool) -> Result<Command> {
    let mut command = MetadataCommand::new();
    command
        .cargo_path(cargo()?)
        .manifest_path(manifest)
        .current_dir(&request.current_dir)
        .features(CargoOpt::AllFeatures);
    let mut options: Vec<String> = TRIPLES
        .iter()
        .map(|triple| format!("--filter-platform={triple}"))
        .collect();
    if is_locked {
        options.push("--locked".to_owned());
    }
    if request.offline {
        options.push("--offline".to_owned());
    }
    command.other_options(options);
    if let Some(cache) = &request.cache {
        command
            .env("CARGO_TARGET_DIR", cache)
            .env("CARGO_BUILD_BUILD_DIR", cache);
    }
    let mut command = command.cargo_command();
    if request.caller == Caller::BuildScript {
        for name in SET_FOR_BUILD_SCRIPTS {
            command.env_remove(name);
        }
    }
    Ok(command)
}

/// The root of the workspace that a manifest belongs to; cargo resolves nothing for this.
fn workspace_root(request: &Request<'_>, manifest: &Path) -> Result<PathBuf> {
    let mut command = Command::new(cargo()?);
    command
        .args(["locate-project", "--workspace", "--message-format=plain"])
        .arg("--manifest-path")
        .arg(manifest)
        .current_dir(&request.current_dir);
    let (stdout, stderr, success) = run(command, None)?;
    let root = Path::new(stdout.trim_end()).parent();
    match root.filter(|root| success && root.is_absolute()) {
        Some(root) => Ok(root.to_path_buf()),
        None => Err(refused(manifest, &stderr)),
    }
}

/// cargo would write a lock file, and has no other place to.
fn no_mirror(error: crate::Error) -> crate::Error {
    let message = "`Cargo.lock` is missing or out of date, and cargo cannot be asked without it";
    Diagnostic::error(Code::LockFile, message)
        .note(error.to_string())
        .help("cargo generate-lockfile, and commit the file")
        .into()
}

/// Reads the metadata; every path in it has to be absolute, as those of cargo are, and every package described.
///
/// # Errors
///
/// It is not what cargo prints.
pub(crate) fn parsed(stdout: &str) -> Result<Metadata> {
    // The parser of `cfg(…)` recurses. Another key comes after the condition.
    let mut conditions = stdout.split("\"target\":").skip(1);
    let is_shallow = |rest: &str| {
        let end = rest.find(",\"").unwrap_or(rest.len());
        limits::has_few_brackets(&rest[..end])
    };
    if !conditions.all(is_shallow) {
        return Err(unreadable(
            "the condition of a dependency is nested too deeply",
        ));
    }
    let metadata =
        MetadataCommand::parse(stdout).map_err(|error| unreadable(&error.to_string()))?;
    if let Some(path) = paths(&metadata).find(|path| !path.is_absolute()) {
        let path = path.as_str().escape_debug();
        return Err(unreadable(&format!("the path `{path}` is not absolute")));
    }
    if let Some(id) = PackageIndex::of(&metadata).unknown(&metadata) {
        let id = id.repr.escape_debug();
        return Err(unreadable(&format!("`{id}` is not described")));
    }
    Ok(metadata)
}

/// The paths that everything else is derived from.
fn paths(metadata: &Metadata) -> impl Iterator<Item = &Utf8PathBuf> {
    let packages = &metadata.packages;
    let targets = packages.iter().flat_map(|package| &package.targets);
    let dependencies = packages.iter().flat_map(|package| &package.dependencies);
    [&metadata.workspace_root, &metadata.target_directory]
        .into_iter()
        .chain(packages.iter().map(|package| &package.manifest_path))
        .chain(targets.map(|target| &target.src_path))
        .chain(dependencies.filter_map(|dependency| dependency.path.as_ref()))
}

fn unreadable(note: &str) -> crate::Error {
    Diagnostic::error(
        Code::CargoMetadata,
        "cannot read what `cargo metadata` prints",
    )
    .note(note)
    .help("update cargo, or report this with the output of `cargo metadata --format-version 1`")
    .into()
}

/// The lock file that cargo makes of a tree of files, which holds a longer one.
///
/// Versions stay what they are; packages that nothing asks for any more go away.
///
/// # Errors
///
/// cargo cannot be run, or refuses the tree.
pub(crate) fn cut_lock_file(
    root: &Path,
    tree: &[GeneratedFile],
    lock_file: &Path,
) -> Result<String> {
    let folder = Folder::temporary()?;
    let mut batch = Batch::default();
    for file in tree {
        batch.add(&folder, &file.path, &file.text, None)?;
    }
    batch.commit()?;
    let lock_file = folder.path().join(lock_file);
    let manifest = lock_file.with_file_name("Cargo.toml");
    let mut said = String::new();
    // What is needed was just read for the project itself: most often nothing has to be fetched.
    for offline in [true, false] {
        let mut command = Command::new(cargo()?);
        command
            .args(["metadata", "--format-version=1", "--manifest-path"])
            .arg(&manifest)
            .args(offline.then_some("--offline"))
            .current_dir(root);
        let (_, stderr, success) = run(command, None)?;
        if success {
            return Ok(limits::read(&lock_file, limits::LOCK)?);
        }
        said = stderr;
    }
    Err(refused(&manifest, &said))
}

/// Leaves out the programs that cargo's configuration names: nothing that a repository names is run to learn about it.
/// Those of the environment are the user's own.
fn leave_out_programs(command: &mut Command) {
    command.env("RUSTC", rustc());
    for name in WRAPPERS {
        let is_removed = command
            .get_envs()
            .any(|(key, value)| key == name && value.is_none());
        if is_removed || std::env::var_os(name).is_none() {
            command.env(name, "");
        }
    }
}

fn run(
    mut command: Command,
    progress: Option<&(dyn Fn(&str) + Sync)>,
) -> Result<(String, String, bool)> {
    leave_out_programs(&mut command);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| {
        Diagnostic::error(Code::CargoNotFound, format!("cannot run cargo: {error}"))
            .note(format!(
                "tried `{}`",
                command.get_program().to_string_lossy()
            ))
            .help("install Rust, or set the variable CARGO to cargo's path")
    })?;
    let pipe = child.stderr.take();
    let mut stdout = Vec::new();
    let stderr = std::thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let mut all = String::new();
            if let Some(pipe) = pipe {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    if let Some(progress) = progress {
                        progress(&line);
                    }
                    all.push_str(&line);
                    all.push('\n');
                }
            }
            all
        });
        if let Some(mut out) = child.stdout.take() {
            out.read_to_end(&mut stdout)?;
        }
        Ok::<_, std::io::Error>(reader.join().unwrap_or_default())
    })?;
    let status = child.wait()?;
    Ok((
        String::from_utf8_lossy(&stdout).into_owned(),
        stderr,
        status.success(),
    ))
}

/// cargo sets `CARGO` for its subcommands; elsewhere the first one on `PATH` is meant.
fn cargo() -> Result<PathBuf> {
    if let Some(cargo) = std::env::var_os("CARGO") {
        return Ok(cargo.into());
    }
    which::which("cargo").map_err(|_| {
        Diagnostic::error(Code::CargoNotFound, "cannot find cargo")
            .note("looked at the variable CARGO and at every folder in PATH")
            .help("install Rust, or set the variable CARGO to cargo's path")
            .into()
    })
}

fn refused(manifest: &Path, stderr: &str) -> crate::Error {
    let text = stderr.trim();
    let is_error = |line: &&str| line.starts_with("error");
    let is_trace = |line: &&str| {
        !line
            .trim_start()
            .to_lowercase()
            .starts_with("stack backtrace")
    };
    let start = text.lines().find(is_error).and_then(|line| text.find(line));
    let errors = start.map_or(text, |start| &text[start..]);
    let mut diagnostic = Diagnostic::error(
        Code::CargoMetadata,
        format!("cargo cannot read the project at `{}`", manifest.display()),
    );
    let lines = errors.lines().take_while(is_trace);
    for line in lines.filter(|line| !line.trim().is_empty()) {
        diagnostic = diagnostic.note(line.trim_end().to_owned());
    }
    if errors.contains("is not installed") {
        diagnostic = diagnostic
            .help("install the toolchain that the project pins: `rustup toolchain install`")
            .help("or look at it with one that is installed: `cargo +stable dockerize`");
    } else if errors.contains("--locked") {
        diagnostic = diagnostic
            .help("bring the lock file up to date with `cargo update --workspace`, and commit it");
    } else if errors.contains("--offline") || errors.contains("failed to resolve address") {
        diagnostic = diagnostic
            .help("cargo needs the network once, to fetch the dependencies: `cargo fetch`");
    } else {
        diagnostic = diagnostic.help("make `cargo metadata` succeed first");
    }
    diagnostic.into()
}
