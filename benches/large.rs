//! Projects as large as they get: what they take may only grow as they do.
//!
//! ```console
//! $ cargo bench --bench large
//! ```
//!
//! A workspace of 1,000 members is written and checked with `--workspace`, and a package with 10,000 path dependencies
//! is planned; the lock files of both are made before. What takes longer than its bound is an error.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const MEMBERS: usize = 1_000;
const PATH_DEPENDENCIES: usize = 10_000;

/// For 1,000 members.
const BOUND: Duration = Duration::from_secs(10);
/// So many times what `cargo metadata` alone takes, for 10,000 path dependencies: most of their time is cargo's.
const RATIO: u32 = 6;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (members, star) = (folder.path().join("members"), folder.path().join("star"));
    workspace(&members)?;
    path_dependencies(&star)?;
    let program = env!("CARGO_BIN_EXE_cargo-dockerize");
    let metadata = run(&star, "cargo", &["metadata", "--format-version=1"])?;
    for (title, project, words, bound) in [
        ("1,000 members", &members, &["--workspace"][..], BOUND),
        ("1,000 members", &members, &["check", "--workspace"], BOUND),
        (
            "10,000 path dependencies",
            &star,
            &["plan"],
            metadata * RATIO,
        ),
    ] {
        let time = run(project, program, &[&["dockerize"], words].concat())?;
        let words = words.join(" ");
        let line = format!("{title}, `{words}`: {time:.1?} of {bound:.1?}");
        writeln!(std::io::stdout(), "{line}")?;
        if time > bound {
            return Err(line.into());
        }
    }
    Ok(())
}

/// Groups of ten members, of which each but the first depends on the one before it.
fn workspace(root: &Path) -> Result<()> {
    let manifest = "[workspace]\nresolver = \"2\"\nmembers = [\"m/*\"]\n";
    write(root, "Cargo.toml", manifest)?;
    for at in 0..MEMBERS {
        let dependency = match at % 10 {
            0 => String::new(),
            _ => format!("m{0:04} = {{ path = \"../m{0:04}\" }}\n", at - 1),
        };
        let (folder, name) = (format!("m/m{at:04}"), format!("m{at:04}"));
        let manifest = package(&name, &dependency);
        write(root, &format!("{folder}/Cargo.toml"), &manifest)?;
        write(root, &format!("{folder}/src/main.rs"), "fn main() {}\n")?;
        write(root, &format!("{folder}/src/lib.rs"), "")?;
    }
    lock(root)
}

/// One package, with libraries beside it.
fn path_dependencies(root: &Path) -> Result<()> {
    let mut dependencies = String::new();
    for at in 0..PATH_DEPENDENCIES {
        let name = format!("d{at:05}");
        dependencies.push_str(&format!("{name} = {{ path = \"deps/{name}\" }}\n"));
        let manifest = package(&name, "");
        write(root, &format!("deps/{name}/Cargo.toml"), &manifest)?;
        write(root, &format!("deps/{name}/src/lib.rs"), "")?;
    }
    write(root, "Cargo.toml", &package("app", &dependencies))?;
    write(root, "src/main.rs", "fn main() {}\n")?;
    lock(root)
}

fn package(name: &str, dependencies: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n{dependencies}"
    )
}

fn write(root: &Path, path: &str, text: &str) -> Result<()> {
    let path = root.join(path);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(std::fs::write(path, text)?)
}

fn lock(root: &Path) -> Result<()> {
    run(root, "cargo", &["generate-lockfile", "--offline"])?;
    Ok(())
}

/// Runs a command to its end, and says how long that took.
fn run(folder: &Path, program: &str, arguments: &[&str]) -> Result<Duration> {
    let start = Instant::now();
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()?;
    let time = start.elapsed();
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{program} {}` failed:\n{stderr}", arguments.join(" ")).into());
    }
    Ok(time)
}
