//! Compares the wall time of `cargo dockerize plan` with that of `cargo metadata` alone.
//!
//! Every decision is made from what `cargo metadata` prints, so that time is the floor. Both run in
//! turns in one process, so that a busy moment of the machine hits both.
//!
//! ```console
//! $ cargo bench --bench plan
//! $ cargo bench --bench plan -- path/to/project
//! ```
//!
//! Without a path two projects are made in temporary folders: one with more than 500 packages, whose dependencies are
//! fetched from the registry the first time, and the same with 200,000 lines of source of its own.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often each command is run and measured.
const ROUNDS: usize = 10;
/// The least number of packages that the project without a path must have.
const MANY: usize = 500;

/// A few large dependencies; together their graph has more than [`MANY`] packages.
const MANIFEST: &str = r#"
[package]
name = "many-packages"
version = "0.1.0"
edition = "2021"

[dependencies]
actix-web = "4"
aws-config = "1"
aws-sdk-s3 = "1"
axum = "0.8"
datafusion = "46"
opentelemetry-otlp = "0.29"
reqwest = "0.12"
sqlx = { version = "0.8", features = ["mysql", "postgres", "runtime-tokio", "sqlite", "tls-rustls"] }
tonic = "0.12"
wasmtime = "30"

[workspace]
"#;

/// The least number of lines of the project with much source.
const LINES: usize = 200_000;
/// Folders with modules, modules in each, and functions in each of those.
const AREAS: usize = 20;
const MODULES: usize = 40;
const FUNCTIONS: usize = 12;

/// The head of a module.
const HEAD: &str = r#"//! Orders of the area NAME.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// One order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    pub id: u64,
    pub customer: String,
    pub items: Vec<(String, u32)>,
    #[serde(default)]
    pub notes: BTreeMap<String, String>,
}

impl fmt::Display for Order {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "order {} of {}", self.id, self.customer)
    }
}
"#;
/// A function of a module.
const BODY: &str = r#"
/// Adds up what an order costs, step NAME.
pub fn total_NAME(order: &Order, prices: &BTreeMap<String, u64>) -> Result<u64, String> {
    let mut total = 0;
    for (name, count) in &order.items {
        let price = match prices.get(name) {
            Some(price) if *price > 0 => *price,
            Some(_) => return Err(format!("`{name}` has no price")),
            None => {
                return Err(format!("`{name}` is not known to order {}", order.id));
            }
        };
        total += price.checked_mul(u64::from(*count)).ok_or("too much")?;
    }
    let discount = order.notes.get("discount").map(|text| text.parse::<u64>());
    if let Some(Ok(discount)) = discount.filter(|_| total > 100) {
        total = total.saturating_sub(discount);
    }
    Ok(total)
}
"#;
/// What matters to an image.
const TELLING: &str = r#"
pub fn listen() -> std::io::Result<std::net::TcpListener> {
    std::net::TcpListener::bind(("0.0.0.0", crate::area_0::part_1::total_port()))
}

pub fn template(name: &str) -> std::io::Result<String> {
    std::fs::read_to_string(std::path::Path::new("templates").join(format!("{name}.html")))
}
"#;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    // cargo itself passes `--bench`.
    let path = std::env::args_os()
        .skip(1)
        .find(|argument| !argument.to_string_lossy().starts_with('-'));
    if let Some(path) = path {
        return compare("the project", &PathBuf::from(path));
    }
    let folder = tempfile::tempdir()?;
    let project = many_packages(folder.path())?;
    let packages = packages(&project)?;
    assert!(
        packages >= MANY,
        "{packages} packages are too few: {MANY} are wanted"
    );
    compare("many packages", &project)?;
    let lines = many_lines(&project)?;
    assert!(
        lines >= LINES,
        "{lines} lines are too few: {LINES} are wanted"
    );
    compare("many packages, and much source", &project)
}

fn compare(title: &str, project: &Path) -> Result<()> {
    let packages = packages(project)?;
    let (plan, metadata) = measure(project)?;
    print(title, packages, plan, metadata)
}

/// Writes a small program with a large graph.
fn many_packages(folder: &Path) -> Result<PathBuf> {
    std::fs::create_dir(folder.join("src"))?;
    std::fs::write(folder.join("Cargo.toml"), MANIFEST)?;
    std::fs::write(folder.join("src/main.rs"), "fn main() {}\n")?;
    run(command(cargo(), &["fetch", "--quiet"], folder))?;
    Ok(folder.to_path_buf())
}

/// Adds modules to the program, as large projects have them: handlers, types and a few places that matter to an image.
fn many_lines(project: &Path) -> Result<usize> {
    let mut main = String::new();
    let mut lines = 0;
    for area in 0..AREAS {
        let folder = project.join(format!("src/area_{area}"));
        std::fs::create_dir_all(&folder)?;
        main.push_str(&format!("mod area_{area};\n"));
        let mut index = String::new();
        for module in 0..MODULES {
            index.push_str(&format!("pub mod part_{module};\n"));
            let mut text = HEAD.replace("NAME", &format!("{area}_{module}"));
            // One module in twenty has something for the image.
            if module % 20 == 0 {
                text.push_str(TELLING);
            }
            for function in 0..FUNCTIONS {
                text.push_str(&BODY.replace("NAME", &function.to_string()));
            }
            lines += text.lines().count();
            std::fs::write(folder.join(format!("part_{module}.rs")), text)?;
        }
        std::fs::write(folder.join("mod.rs"), index)?;
    }
    std::fs::write(
        project.join("src/main.rs"),
        format!("{main}fn main() {{}}\n"),
    )?;
    Ok(lines)
}

/// Counts the packages of the lock file.
fn packages(project: &Path) -> Result<usize> {
    let lock = project.join("Cargo.lock");
    let text = std::fs::read_to_string(&lock)
        .map_err(|error| format!("cannot read `{}`: {error}", lock.display()))?;
    Ok(text.lines().filter(|line| *line == "[[package]]").count())
}

/// The times of `cargo dockerize plan` and of `cargo metadata`, one each per round.
fn measure(project: &Path) -> Result<(Vec<Duration>, Vec<Duration>)> {
    let plan = || {
        let program = env!("CARGO_BIN_EXE_cargo-dockerize");
        command(program, &["dockerize", "plan", "--format=json"], project)
    };
    let metadata = || command(cargo(), &["metadata", "--format-version=1"], project);
    // Once without a clock: caches of the file system are warm for both.
    run(plan())?;
    run(metadata())?;
    let (mut plans, mut metadatas) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // Neither is always the first of a round.
        if round % 2 == 0 {
            plans.push(run(plan())?);
            metadatas.push(run(metadata())?);
        } else {
            metadatas.push(run(metadata())?);
            plans.push(run(plan())?);
        }
    }
    Ok((plans, metadatas))
}

/// The cargo that runs this benchmark, so that both commands use the same one.
fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

fn command(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// Runs a command to its end, reads all that it prints, and says how long that took.
fn run(mut command: Command) -> Result<Duration> {
    let start = Instant::now();
    let output = command.stdout(Stdio::piped()).output()?;
    let time = start.elapsed();
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{command:?} failed:\n{stderr}").into());
    }
    Ok(time)
}

fn print(
    title: &str,
    packages: usize,
    mut plan: Vec<Duration>,
    mut metadata: Vec<Duration>,
) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "\n{title}: {packages} packages in the lock file, {ROUNDS} rounds\n"
    )?;
    writeln!(out, "| command | median | fastest | slowest |")?;
    writeln!(out, "|---|---|---|---|")?;
    for (name, times) in [
        ("cargo dockerize plan", &mut plan),
        ("cargo metadata", &mut metadata),
    ] {
        times.sort_unstable();
        let [fastest, .., slowest] = times.as_slice() else {
            return Err("nothing was measured".into());
        };
        writeln!(
            out,
            "| `{name}` | {} ms | {} ms | {} ms |",
            median(times).as_millis(),
            fastest.as_millis(),
            slowest.as_millis()
        )?;
    }
    let ratio = median(&plan).as_secs_f64() / median(&metadata).as_secs_f64();
    writeln!(out, "\nratio of the medians: {ratio:.2}")?;
    Ok(())
}

/// The middle of sorted times, or the mean of the two in the middle.
fn median(sorted: &[Duration]) -> Duration {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 0 {
        (sorted[middle - 1] + sorted[middle]) / 2
    } else {
        sorted[middle]
    }
}
