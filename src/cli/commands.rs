//! What each subcommand does: the same steps, as far as it needs them.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;

use super::arguments::{
    Arguments, CheckArguments, CheckFormat, ExplainArguments, Format, PlanArguments,
};
use super::findings::{self, Finding};
use super::remembered::{self, Remembered};
use super::report::Report;
use crate::command::Place;
use crate::decide;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::error::{Error, Result};
use crate::inspect::{self, Project, Workspace};
use crate::output::{Destination, Folder, State, replace_folder};
use crate::plan::Plan;
use crate::{promises, render, skeleton};

fn inspected(arguments: &Arguments, report: &Report) -> Result<Workspace> {
    let progress = |line: &str| report.progress(line);
    let request = arguments.request(Some(&progress))?;
    inspect::inspect(&request)
}

/// All that a command is about.
struct Planned {
    project: Arc<Project>,
    views: Vec<Workspace>,
    plan: Plan,
}

fn planned(arguments: &Arguments, report: &Report) -> Result<Planned> {
    let progress = |line: &str| report.progress(line);
    let request = arguments.request(Some(&progress))?;
    let (project, views) = inspect::inspect_all(&request)?;
    let mut plan = match request.whole_workspace {
        true => decide::plan_workspace(&project, &views)?,
        false => decide::plan_all(&views)?,
    };
    promises::check(&mut plan, &views, &project.root);
    Ok(Planned {
        plan,
        project,
        views,
    })
}

/// Plans what was typed; where nothing was, what an earlier run was asked for.
fn recalled(typed: &Arguments, report: &Report) -> Result<Planned> {
    match remembered::kept(typed)? {
        Some(kept) => match usual(&kept, typed, report) {
            Some(usual) => Ok(usual),
            None => repeated(&kept, report),
        },
        None => planned(typed, report).or_else(|error| match remembered::only(typed) {
            // Which program it is was said once.
            Ok(Some(only)) if is_ambiguous(&error) => repeated(&only, report),
            _ => Err(error),
        }),
    }
}

pub(super) fn generate(typed: &Arguments, report: &Report) -> Result<ExitCode> {
    let Planned {
        project,
        views,
        plan,
    } = recalled(typed, report)?;
    let files = render::render_all(&plan, &project.root)?;
    if typed.is_dry_run() {
        for file in &files {
            report.file(&project.display(&file.path), &file.text);
        }
    }
    if let Some(error) = &denied(typed, &plan) {
        report.summaries(&plan);
        report.warnings(&plan);
        report.error(error);
        return Ok(ExitCode::FAILURE);
    }
    if typed.is_dry_run() {
        report.summaries(&plan);
        report.status("Skipped", "writing, as this is a dry run");
        report.warnings(&plan);
        return Ok(ExitCode::SUCCESS);
    }
    let destination = Destination::of(&views)?;
    let written = destination.write(&files, typed.is_forced());
    let statuses = written.inspect_err(|_| {
        // An edited file is shown with what is not in the plan.
        for file in &files {
            if let Ok(State::Edited(there)) = destination.state(file) {
                report.diff(&project.display(&file.path), &there, &file.text);
            }
        }
    })?;
    report.summaries(&plan);
    for (file, status) in files.iter().zip(statuses) {
        report.status(&format!("{status:?}"), &project.display(&file.path));
    }
    report.warnings(&plan);
    let here = std::env::current_dir()?;
    let root = &project.root;
    report.next(&plan, Place { root, here: &here });
    Ok(ExitCode::from(u8::from(is_incomplete(&views))))
}

/// Plans what an earlier run was asked for, and says so.
fn repeated(kept: &Remembered, report: &Report) -> Result<Planned> {
    say_kept(kept, report);
    planned(&kept.arguments, report)
}

fn say_kept(kept: &Remembered, report: &Report) {
    let file = kept.files.first().map_or("", String::as_str);
    let said = format!("`{}` of {file}; `--force` starts afresh", kept.command);
    report.status("Kept", &said);
}

/// What is meant without a word, where all that was remembered is about another program: `--bin calc` with an output of
/// its own leaves the place of the usual Dockerfile to the usual program.
fn usual(kept: &Remembered, typed: &Arguments, report: &Report) -> Option<Planned> {
    let named = kept.arguments.program()?;
    let usual = planned(typed, report).ok()?;
    let mut images = usual.plan.images.iter();
    images
        .all(|image| image.binary.value != named)
        .then_some(usual)
}

fn is_ambiguous(error: &crate::Error) -> bool {
    let code = error.diagnostic().map(|diagnostic| diagnostic.code);
    code == Some(Code::SeveralBinaries)
}

/// Whether a member has no image, as nothing says which of its programs it is for.
fn is_incomplete(views: &[Workspace]) -> bool {
    views.iter().any(|view| !view.undecided.is_empty())
}

/// Compares all files that are ours, each with what its own command writes.
pub(super) fn check(
    typed: &Arguments,
    options: &CheckArguments,
    report: &Report,
) -> Result<ExitCode> {
    let (has_drift, found) = check_all(typed, options.format, report)?;
    match options.format {
        CheckFormat::Human => {}
        CheckFormat::Json => findings::json(&found, report)?,
        CheckFormat::Github => findings::github(&found, report),
        CheckFormat::Gitlab => findings::gitlab(&found, report)?,
    }
    Ok(ExitCode::from(u8::from(has_drift)))
}

fn check_all(
    typed: &Arguments,
    format: CheckFormat,
    report: &Report,
) -> Result<(bool, Vec<Finding>)> {
    let all = remembered::all(typed)?;
    if all.is_empty() {
        let checked = check_one(typed, format, report)?;
        return Ok((checked.has_drift, checked.found));
    }
    // Files are remembered in the root only, and the command runs there.
    let here = std::env::current_dir()?;
    let stale =
        |file: &str, command: &str| Finding::drift(&here.join(file), "stale", command, &here);
    let mut has_drift = false;
    let mut compared: Vec<String> = Vec::new();
    let mut found: Vec<Finding> = Vec::new();
    for one in &all {
        match check_one(&one.arguments, format, report) {
            Ok(checked) => {
                has_drift |= checked.has_drift;
                compared.extend(checked.files);
                found.extend(checked.found);
            }
            // What it was about may be gone: the others are compared all the same.
            Err(error) if all.len() > 1 => {
                report.error(&error);
                let files = one.files.join("`, `");
                report.status("Stale", &format!("`{files}`, as `{}` fails", one.command));
                compared.extend(one.files.iter().cloned());
                found.extend(one.files.iter().map(|file| stale(file, &one.command)));
                has_drift = true;
            }
            Err(error) => return Err(error),
        }
    }
    for one in &all {
        for file in one.files.iter().filter(|file| !compared.contains(file)) {
            let said = format!("{file}, which `{}` does not write any more", one.command);
            report.status("Stale", &said);
            found.push(stale(file, &one.command));
            has_drift = true;
        }
    }
    Ok((has_drift, found))
}

/// What a comparison found.
struct Checked {
    has_drift: bool,
    /// The files, from the root.
    files: Vec<String>,
    found: Vec<Finding>,
}

fn check_one(arguments: &Arguments, format: CheckFormat, report: &Report) -> Result<Checked> {
    let Planned {
        project,
        views,
        plan,
    } = planned(arguments, report)?;
    let files = render::render_all(&plan, &project.root)?;
    let destination = Destination::of(&views)?;
    let here = std::env::current_dir()?;
    let command = plan
        .images
        .first()
        .map(|image| image.files.command.as_str());
    let mut found = Vec::new();
    let mut needs_force = false;
    for file in &files {
        let path = project.display(&file.path);
        let (word, there) = match destination.state(file)? {
            State::Same => {
                report.status("Unchanged", &path);
                continue;
            }
            State::Missing => ("Missing", String::new()),
            State::Outdated(there) => ("Outdated", there),
            State::Newer(there) => ("Newer", there),
            State::Edited(there) => ("Edited", there),
            State::OtherImage(there) | State::Foreign(there) => ("Foreign", there),
        };
        needs_force |= matches!(word, "Newer" | "Edited" | "Foreign");
        report.drift(word, &path);
        found.push(Finding::drift(
            &file.path,
            word,
            command.unwrap_or_default(),
            &here,
        ));
        // What a machine reads is one thing.
        if format == CheckFormat::Human {
            report.diff(&path, &there, &file.text);
        }
    }
    let has_drift = !found.is_empty();
    report.all_diagnostics(&plan.images);
    for image in &plan.images {
        let dockerfile = project.root.join(&image.files.dockerfile);
        let said = image.diagnostics.iter();
        found.extend(said.map(|said| Finding::said(said, &project.root, &dockerfile, &here)));
    }
    // What else there is would be overwritten only on purpose.
    if has_drift && !needs_force {
        let (root, here) = (&project.root, &here);
        report.regenerates(&plan, Place { root, here });
    }
    let denied = denied(arguments, &plan);
    if let Some(error) = &denied {
        report.error(error);
    }
    Ok(Checked {
        has_drift: has_drift || denied.is_some() || is_incomplete(&views),
        files: files
            .iter()
            .map(|file| project.display(&file.path))
            .collect(),
        found,
    })
}

pub(super) fn plan(
    arguments: &Arguments,
    options: &PlanArguments,
    report: &Report,
) -> Result<ExitCode> {
    let plan = recalled(arguments, report)?.plan;
    match options.format {
        Format::Json => report.json(&plan)?,
        Format::Human => {
            for image in &plan.images {
                report.plan(image);
            }
        }
    }
    let denied = denied(arguments, &plan);
    if let Some(error) = &denied {
        report.error(error);
    }
    Ok(ExitCode::from(u8::from(denied.is_some())))
}

/// What `--deny-warnings` has against a plan.
fn denied(arguments: &Arguments, plan: &Plan) -> Option<Error> {
    if !arguments.denies_warnings() {
        return None;
    }
    let all = plan.images.iter().flat_map(|image| &image.diagnostics);
    let warnings = all.filter(|found| found.severity >= Severity::Warning);
    let codes: BTreeSet<Code> = warnings.map(|warning| warning.code).collect();
    if codes.is_empty() {
        return None;
    }
    let names: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    let quoted: Vec<String> = codes.iter().map(|code| format!("\"{code}\"")).collect();
    let message = format!("`--deny-warnings` denies {}", names.join(", "));
    let error = Diagnostic::error(Code::DeniedWarnings, message).help(format!(
        "fix the cause, or under [package.metadata.dockerize]: allow = [{}]",
        quoted.join(", ")
    ));
    Some(error.into())
}

pub(super) fn explain(
    arguments: &Arguments,
    options: &ExplainArguments,
    report: &Report,
) -> Result<ExitCode> {
    let about_crate = || decide::explain(&inspected(arguments, report)?, &options.name);
    let code = Code::from_str(&options.name).ok();
    let explanation = match (code, about_crate()) {
        // Needs no project.
        (Some(_), Err(_)) => None,
        (_, explanation) => Some(explanation?),
    };
    match options.format {
        Format::Json => match (code, &explanation) {
            (_, Some(explanation)) => report.json(explanation)?,
            (Some(code), None) => {
                report.json(&serde_json::json!({ "code": code, "page": code.page() }))?;
            }
            (None, None) => {}
        },
        Format::Human => {
            if let Some(code) = code {
                report.page(code, explanation.is_some());
            }
            if let Some(explanation) = &explanation {
                report.explanation(explanation);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn skeleton(arguments: &Arguments, report: &Report) -> Result<ExitCode> {
    let folder = arguments.folder();
    // A skeleton is that of one program.
    let kept = remembered::kept(arguments)?.filter(|kept| !kept.arguments.is_of_workspace());
    if let Some(kept) = &kept {
        say_kept(kept, report);
    }
    let arguments = kept.as_ref().map_or(arguments, |kept| &kept.arguments);
    let workspace = inspected(arguments, report)?;
    for image in &decide::plan(&workspace)?.images {
        let files = skeleton::skeleton(&workspace, image)?;
        let count = files.len();
        let place = Folder::typed(&std::env::current_dir()?, &folder)?;
        replace_folder(&place, &files)?;
        let said = format!("{count} files in {}", folder.display());
        report.status("Created", &said);
    }
    Ok(ExitCode::SUCCESS)
}
