//! Generating from a build script: the same steps as on the command line, and cargo's directives.

mod directives;
mod inputs;
mod outcome;
mod setters;
mod surroundings;

use std::sync::Arc;

use self::directives::Directives;
pub use self::outcome::Outcome;
pub use self::surroundings::Skipped;
use self::surroundings::{Mode, Surroundings};
use crate::decide;
use crate::error::Result;
use crate::inspect::{self, Project, Request, Workspace};
use crate::output::{Destination, GeneratedFile, State, Status};
use crate::plan::Plan;
use crate::promises;
use crate::render;
use crate::settings::{self, Caller, ROWS, SettingsTable};

/// Keeps the Dockerfile of a package current, from the package's build script.
///
/// ```no_run
/// // All that `main` of a `build.rs` has to do:
/// cargo_dockerize::Build::new().generate();
/// ```
///
/// Settings belong in `[package.metadata.dockerize]`, where `cargo dockerize` finds them, too; the setters are
/// for what only the script knows, and override the manifest. There is one for each setting.
///
/// [`generate`](Self::generate) never breaks a build unless it is [`strict`](Self::strict): what goes wrong is a
/// `cargo::warning`. It does nothing in the cases that [`Skipped`] lists. The variable `CARGO_DOCKERIZE` says more:
/// `off` switches it off, `check` compares and writes nothing, `deny` does so and stops the build if the files
/// differ, and `generate` writes them even if the script only checks.
///
/// The inputs are printed as `cargo::rerun-if-changed`. Cargo then no longer reruns the script for any
/// file of the package: a script that does more has to print its own inputs, too.
#[derive(Debug, Clone, Default)]
pub struct Build {
    settings: SettingsTable,
    is_check: bool,
    is_strict: bool,
}

impl Build {
    /// The images of the package that is being built, with the settings of its manifest.
    pub fn new() -> Self {
        Self::default()
    }

    /// Compare only, and write nothing.
    pub fn check_only(&mut self, yes: bool) -> &mut Self {
        self.is_check = yes;
        self
    }

    /// Stop the build where the files differ or could not be made, instead of warning.
    pub fn strict(&mut self, yes: bool) -> &mut Self {
        self.is_strict = yes;
        self
    }

    /// Brings the files up to date, and says with a `cargo::warning` what stands against it.
    pub fn generate(&self) {
        let mut directives = Directives::default();
        let is_strict = self.is_strict || matches!(Mode::read(), Ok(Mode::Deny));
        let outcome = self.run(&mut directives);
        directives.conclude(&outcome, is_strict);
        directives.print();
    }

    /// Brings the files up to date.
    ///
    /// The inputs are printed in any case; what else there is to say is left to the caller.
    ///
    /// # Errors
    ///
    /// What `cargo dockerize` refuses too: a project that cargo cannot read without the network, settings that
    /// contradict each other, a file that is not ours or was edited. And to be called elsewhere than in a
    /// build script.
    pub fn try_generate(&self) -> Result<Outcome> {
        let mut directives = Directives::default();
        let outcome = self.run(&mut directives);
        directives.print();
        outcome
    }

    /// The plan, before anything is written; `None` where [`generate`](Self::generate) would do nothing.
    ///
    /// # Errors
    ///
    /// As [`try_generate`](Self::try_generate).
    pub fn try_plan(&self) -> Result<Option<Plan>> {
        if Mode::read()? == Mode::Off {
            return Ok(None);
        }
        let surroundings = Surroundings::read()?;
        match surroundings.skipped() {
            Some(_) => Ok(None),
            None => Ok(Some(self.planned(&surroundings)?.2)),
        }
    }

    fn planned(&self, surroundings: &Surroundings) -> Result<(Arc<Project>, Vec<Workspace>, Plan)> {
        let (project, views) = inspect::inspect_all(&Request {
            current_dir: surroundings.package.clone(),
            beside_package: true,
            caller: Caller::BuildScript,
            overrides: self.settings.clone(),
            variables: settings::read_variables(std::env::vars_os())?,
            locked: surroundings.lock_file().is_some(),
            offline: true,
            cache: Some(surroundings.out.join("cargo-dockerize")),
            ..Request::default()
        })?;
        let mut plan = decide::plan_all(&views)?;
        promises::check(&mut plan, &views, &project.root);
        Ok((project, views, plan))
    }

    fn run(&self, directives: &mut Directives) -> Result<Outcome> {
        directives.variable(surroundings::VARIABLE);
        directives.variable(surroundings::DOCS);
        let variables = ROWS.iter().filter_map(|row| row.variable_name());
        variables.for_each(|name| directives.variable(name));
        let mode = Mode::read()?;
        if mode == Mode::Off {
            return Ok(Outcome::Skipped(Skipped::SwitchedOff));
        }
        let surroundings = Surroundings::read()?;
        if let Some(reason) = surroundings.skipped() {
            return Ok(Outcome::Skipped(reason));
        }
        let planned = self.planned(&surroundings);
        let (project, views, plan) =
            planned.inspect_err(|_| directives.inputs(inputs::unread(&surroundings)))?;
        let files = render::render_all(&plan, &project.root)
            .inspect_err(|_| directives.inputs(inputs::all(&views, &surroundings, &[])))?;
        directives.inputs(inputs::all(&views, &surroundings, &files));
        let is_check = match mode {
            Mode::AsScripted => self.is_check,
            Mode::Generate => false,
            Mode::Check | Mode::Deny | Mode::Off => true,
        };
        let destination = Destination::of(&views)?;
        let outcome = match is_check {
            true => compared(&destination, &files)?,
            false => written(&destination, &files, &surroundings)?,
        };
        if matches!(outcome, Outcome::Written(_)) {
            directives.report(&plan);
        }
        Ok(outcome)
    }
}

/// The files that are not as planned.
fn compared(destination: &Destination, files: &[GeneratedFile]) -> Result<Outcome> {
    let mut differing = Vec::new();
    for file in files {
        if destination.state(file)? != State::Same {
            differing.push(file.path.clone());
        }
    }
    Ok(match differing.is_empty() {
        true => Outcome::Unchanged,
        false => Outcome::Differs(differing),
    })
}

fn written(
    destination: &Destination,
    files: &[GeneratedFile],
    surroundings: &Surroundings,
) -> Result<Outcome> {
    let statuses = destination.write_at(files, false, Some(surroundings.started()))?;
    let written: Vec<_> = files
        .iter()
        .zip(statuses)
        .filter(|(_, status)| *status != Status::Unchanged)
        .map(|(file, _)| file.path.clone())
        .collect();
    Ok(match written.is_empty() {
        true => Outcome::Unchanged,
        false => Outcome::Written(written),
    })
}
