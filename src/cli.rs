//! The command line: the only code that reads arguments and prints.

mod arguments;
mod commands;
mod explain;
mod findings;
mod fold;
mod remembered;
mod report;
mod rows;
mod settings;
mod templates;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use self::arguments::{Cargo, Command};
use self::report::Report;

/// The JSON schema (draft 7) of a manifest, as far as it holds settings.
const SCHEMA: &str = include_str!("../docs/settings.schema.json");

/// Runs the command line of this process.
///
/// Exit codes: 0 fine, 1 drift or a failed check, 2 usage, 101 could not run.
pub fn main() -> ExitCode {
    let arguments = match Cargo::try_parse_from(words()) {
        Ok(Cargo::Dockerize(arguments)) => arguments,
        Err(error) => return terminal::usage(&error),
    };
    // As for cargo itself, a flag overrides its variable.
    let is_set = |variable: &str| std::env::var(variable).is_ok_and(|value| value == "true");
    let is_quiet = arguments.quiet || (is_set("CARGO_TERM_QUIET") && !arguments.verbose);
    let is_verbose = arguments.verbose || (is_set("CARGO_TERM_VERBOSE") && !is_quiet);
    let report = Report::new(arguments.color.or_of_cargo(), is_quiet, is_verbose);
    let outcome = match &arguments.command {
        None | Some(Command::Generate) => commands::generate(&arguments, &report),
        Some(Command::Check(check)) => commands::check(&arguments, check, &report),
        Some(Command::Plan(plan)) => commands::plan(&arguments, plan, &report),
        Some(Command::Explain(explain)) => commands::explain(&arguments, explain, &report),
        Some(Command::Skeleton) => commands::skeleton(&arguments, &report),
        Some(Command::Templates(chosen)) => templates::run(&arguments, chosen, &report),
        Some(Command::Schema) => {
            report.lines(SCHEMA);
            Ok(ExitCode::SUCCESS)
        }
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            report.error(&error);
            ExitCode::from(101)
        }
    }
}

/// The arguments as cargo would pass them: `cargo-dockerize …` by itself means the same.
fn words() -> Vec<std::ffi::OsString> {
    let mut words: Vec<_> = std::env::args_os().collect();
    if words.get(1).is_none_or(|first| first != "dockerize") {
        words.insert(1.min(words.len()), "dockerize".into());
    }
    words
}
