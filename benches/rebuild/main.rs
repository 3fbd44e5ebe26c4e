//! Compares what it costs to build an image again, with the Dockerfiles of this tool and of others.
//!
//! Two projects go through the same edits, one after the other, once for each Dockerfile: this
//! repository's `example-app`, and a generated workspace of 30 members of which one is shipped. Each
//! Dockerfile works on its own copy, and shares no layer and no cache mount with another one or with
//! an earlier run. Crates are counted from what cargo prints during `docker build`.
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
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use columns::{COLUMNS, Column};
use engine::Cost;
use projects::{PROJECTS, Project};

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
    let folder = tempfile::tempdir()?;
    for project in PROJECTS {
        if wishes
            .project
            .as_ref()
            .is_some_and(|name| name != project.name)
        {
            continue;
        }
        let columns: Vec<&Column> = COLUMNS
            .iter()
            .filter(|column| column.suits(project) && wishes.include(column))
            .collect();
        let master = folder.path().join(project.name);
        project.make(&master)?;
        let costs: Vec<_> = columns
            .iter()
            .map(|column| measure(project, column, &master, &image))
            .collect();
        let packages = projects::packages(&master)?;
        table::print(project, packages, &columns, &costs)?;
    }
    Ok(())
}

/// What every edit costs with one Dockerfile; `None` is a build that failed.
fn measure(project: &Project, column: &Column, master: &Path, image: &str) -> Vec<Option<Cost>> {
    let mut costs = Vec::new();
    let result = try_measure(project, column, master, image, &mut costs);
    if let Err(error) = result {
        say(&format!("{} · {}: {error}", project.name, column.name));
    }
    costs.resize(project.scenarios.len(), None);
    costs
}

fn try_measure(
    project: &Project,
    column: &Column,
    master: &Path,
    image: &str,
    costs: &mut Vec<Option<Cost>>,
) -> Result<()> {
    let run = format!(
        "run{}",
        SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos()
    );
    let folder = tempfile::tempdir()?;
    // BuildKit sends only what differs from the last folder of that name.
    let copy = folder.path().join(&run);
    let skeleton = folder.path().join("skeleton");
    projects::copy(master, &copy)?;
    column.set_up(project, &copy, image)?;
    projects::age(&copy)?;
    for scenario in project.scenarios {
        scenario.apply(&copy)?;
        let skeleton = column.refresh(project, &copy, &skeleton)?;
        let cost = engine::build(&copy, skeleton, &run);
        say(&format!(
            "{} · {} · {}: {}",
            project.name,
            column.name,
            scenario.name,
            match &cost {
                Ok(cost) => cost.to_string(),
                Err(error) => error.to_string(),
            }
        ));
        costs.push(cost.ok());
    }
    Ok(())
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
