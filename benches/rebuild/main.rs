//! Compares what it costs to build an image again, with the Dockerfiles of this tool and of others.
//!
//! Two projects go through the same edits, one after the other: this repository's `example-app`, and a
//! generated workspace of 30 members of which one is shipped. After each edit every Dockerfile is built,
//! in turns. Each has its own copy of the project, and shares no layer and no cache mount with another
//! one or with an earlier run. Crates are counted from what cargo prints during `docker build`.
//!
//! ```console
//! $ cargo bench --bench rebuild
//! $ cargo bench --bench rebuild -- --project app --only layers --only cargo-chef
//! ```
//!
//! Needs a Docker engine with BuildKit and a registry of crates that builds can reach. The layers
//! stay in the engine's build cache, some gigabytes; `docker builder prune` removes them.

mod columns;
mod commands;
mod engine;
mod projects;
mod table;
mod workspace;

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use columns::{COLUMNS, Column};
use engine::Cost;
use projects::{PROJECTS, Project, Scenario};
use tempfile::TempDir;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What a run is about: nothing means everything.
#[derive(Default)]
struct Wishes {
    project: Option<String>,
    columns: Vec<String>,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let wishes = wishes(std::env::args().skip(1))?;
    engine::find()?;
    let image = commands::rust_image()?;
    for project in PROJECTS {
        if wishes.leave_out(project) {
            continue;
        }
        let folder = tempfile::tempdir()?;
        let master = folder.path().join(project.name);
        project.make(&master)?;
        let mut lanes = Vec::new();
        for column in COLUMNS {
            if column.suits(project) && wishes.include(column) {
                lanes.push(Lane::new(project, column, &master, &image)?);
            }
        }
        for scenario in project.scenarios {
            // In turns, so that a busy time of the machine hits all of them.
            for lane in &mut lanes {
                lane.run(project, scenario);
            }
        }
        table::print(project, projects::packages(&master)?, &lanes)?;
    }
    Ok(())
}

/// One Dockerfile with its own copy of the project.
struct Lane {
    column: &'static Column,
    /// A name that nothing else has.
    id: String,
    folder: TempDir,
    /// For each edit so far; `None` is a build that failed.
    costs: Vec<Option<Cost>>,
}

impl Lane {
    fn new(project: &Project, column: &'static Column, master: &Path, image: &str) -> Result<Self> {
        let time = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let lane = Self {
            column,
            id: format!("run{}", time.as_nanos()),
            folder: tempfile::tempdir()?,
            costs: Vec::new(),
        };
        let copy = lane.copy();
        projects::copy(master, &copy)?;
        column.set_up(project, &copy, image)?;
        projects::age(&copy)?;
        Ok(lane)
    }

    /// The copy; BuildKit sends only what differs from the last folder of the same name.
    fn copy(&self) -> PathBuf {
        self.folder.path().join(&self.id)
    }

    /// Edits and builds, and says what that cost.
    fn run(&mut self, project: &Project, scenario: &Scenario) {
        let cost = self.try_run(project, scenario);
        let outcome = match &cost {
            Ok(cost) => cost.to_string(),
            Err(error) => error.to_string(),
        };
        let (column, edit) = (self.column.name, scenario.name);
        say(&format!("{} · {edit} · {column}: {outcome}", project.name));
        self.costs.push(cost.ok());
    }

    fn try_run(&self, project: &Project, scenario: &Scenario) -> Result<Cost> {
        let copy = self.copy();
        let skeleton = self.folder.path().join("skeleton");
        scenario.apply(&copy)?;
        let skeleton = self.column.refresh(project, &copy, &skeleton)?;
        engine::build(&copy, skeleton, &self.id)
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
            // cargo itself passes it.
            "--bench" => {}
            "--project" => wishes.project = Some(value()?),
            "--only" => wishes.columns.push(value()?),
            _ => return Err(format!("unexpected argument `{argument}`").into()),
        }
    }
    wishes.check()?;
    Ok(wishes)
}

impl Wishes {
    fn leave_out(&self, project: &Project) -> bool {
        let wanted = self.project.as_deref();
        wanted.is_some_and(|name| name != project.name)
    }

    fn include(&self, column: &Column) -> bool {
        self.columns.is_empty() || self.columns.iter().any(|name| name == column.name)
    }

    /// Refuses names that nothing has.
    fn check(&self) -> Result<()> {
        let projects: Vec<_> = PROJECTS.iter().map(|project| project.name).collect();
        let columns: Vec<_> = COLUMNS.iter().map(|column| column.name).collect();
        for (names, known) in [
            (self.project.as_slice(), projects),
            (self.columns.as_slice(), columns),
        ] {
            for name in names {
                if !known.contains(&name.as_str()) {
                    return Err(format!("`{name}` is none of {}", known.join(", ")).into());
                }
            }
        }
        Ok(())
    }
}

/// Progress and errors, apart from the tables.
fn say(line: &str) {
    // A closed standard error is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{line}");
}
