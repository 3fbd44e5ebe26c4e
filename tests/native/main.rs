//! The knowledge about native code, seen to be true: projects built and run with the real tools.
//!
//! Every folder of `projects` is a small program with one kind of native code or of need at run time. Its
//! Dockerfile is written by the real binary and built as it is, twice: with nothing asked for, and for
//! distroless. What is in the image is compared with the plan, and the image is run locked down.
//!
//! ```console
//! $ cargo test --test native
//! $ cargo test --test native -- --only ring-digest --only esaxx-cpp
//! $ cargo test --test native -- --removal
//! $ cargo test --test native -- --records
//! $ cargo test --test native -- --field FOLDER
//! ```
//!
//! `--removal` takes one Debian package after the other away from the builder, and every time the build or the
//! program has to fail. `--records` compares the packages that an image names for scanners with
//! the libraries that are in it. `--field` plans public projects, whose clones lie in a folder, and compares the
//! packages with those that they need; it builds nothing.
//!
//! Needs a Docker engine on this machine with BuildKit, openssl(1), tar and a registry of crates that builds
//! can reach. It takes the better part of an hour. `--musl-rust VERSION` is the Rust of the programs for musl,
//! where the image of the planned one can add no targets. `--quick` leaves out what is forced onto distroless.

mod check;
mod elf;
mod engine;
mod field;
mod matrix;
mod project;
mod projects;
mod records;
mod removal;
mod rootfs;
mod server;

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use projects::{PROJECTS, Project};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Makes a project's lines of the table, and hands over each as soon as it is known.
type Rows = fn(&Project, &Wishes, Sink<'_>) -> Result<()>;

/// What takes lines of the table.
type Sink<'a> = &'a mut dyn FnMut(Row) -> Result<()>;

/// What a run is about.
#[derive(Default)]
struct Wishes {
    mode: Mode,
    /// Names of projects; none means all.
    only: Vec<String>,
    musl_rust: Option<String>,
    /// Leaves out what is forced onto distroless.
    is_quick: bool,
}

#[derive(Clone, Default)]
enum Mode {
    #[default]
    Matrix,
    Removal,
    Records,
    /// With the folder of the clones.
    Field(PathBuf),
}

fn main() -> ExitCode {
    match run() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failures) => {
            say(&format!("error: {failures} of the rows failed"));
            ExitCode::FAILURE
        }
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Runs all projects that are meant, and counts the rows that failed.
fn run() -> Result<usize> {
    let wishes = wishes(std::env::args().skip(1))?;
    let mut failures = 0;
    let mut count = 0;
    let mut sink = |row: Row| {
        count += 1;
        if let Err(error) = &row.outcome {
            failures += 1;
            say(&format!("{}: {error}", row.cells[0]));
        }
        print(&row.to_string())
    };
    let (header, rows): (&str, Rows) = match &wishes.mode {
        Mode::Matrix => (matrix::HEADER, matrix::rows),
        Mode::Removal => (removal::HEADER, removal::rows),
        Mode::Records => (records::HEADER, records::rows),
        Mode::Field(folder) => {
            print(field::HEADER)?;
            field::rows(folder, &wishes.only, &mut sink)?;
            return Ok(failures);
        }
    };
    engine::find()?;
    print(header)?;
    for project in PROJECTS {
        if wishes.include(project) {
            rows(project, &wishes, &mut sink)?;
        }
    }
    if count == 0 {
        return Err("nothing to do: none of the projects has a row of this kind".into());
    }
    Ok(failures)
}

/// A line of the table, and what went wrong with it.
struct Row {
    cells: Vec<String>,
    outcome: Result<String>,
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let outcome = self.outcome.as_deref().unwrap_or("**failed**");
        write!(f, "| {} | {outcome} |", self.cells.join(" | "))
    }
}

fn wishes(mut arguments: impl Iterator<Item = String>) -> Result<Wishes> {
    let mut wishes = Wishes::default();
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("`{argument}` needs a value"))
        };
        match argument.as_str() {
            "--removal" => wishes.mode = Mode::Removal,
            "--records" => wishes.mode = Mode::Records,
            "--field" => wishes.mode = Mode::Field(PathBuf::from(value()?)),
            "--only" => wishes.only.push(value()?),
            "--quick" => wishes.is_quick = true,
            "--musl-rust" => wishes.musl_rust = Some(value()?),
            _ => return Err(format!("unexpected argument `{argument}`").into()),
        }
    }
    if let Mode::Field(_) = wishes.mode {
        return match wishes.only.iter().find(|name| !field::has(name)) {
            Some(name) => Err(format!("`{name}` is none of the public projects").into()),
            None => Ok(wishes),
        };
    }
    for name in &wishes.only {
        if !PROJECTS.iter().any(|project| project.name == name) {
            let known: Vec<_> = PROJECTS.iter().map(|project| project.name).collect();
            return Err(format!("`{name}` is none of {}", known.join(", ")).into());
        }
    }
    Ok(wishes)
}

impl Wishes {
    fn include(&self, project: &Project) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == project.name)
    }
}

/// A line of the table, as soon as it is known.
fn print(line: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}

/// Progress and errors, apart from the table.
fn say(line: &str) {
    // A closed standard error is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{line}");
}
