//! What a compile asks of the machine that it runs on: a database, git, variables.

use cargo_metadata::Package;

use super::addresses::words;
use super::said::{CompileVariable, Mark, SourceMark};
use super::scan::{Scan, of_kind};
use crate::source::{self, Conditions, FileFacts, Known, Meaning, Wrapper};

/// Parts of a variable's name that make it a version.
const VERSIONS: &[&str] = &[
    "branch", "build", "commit", "date", "describe", "git", "hash", "rev", "revision", "sha",
    "tag", "version",
];
/// Programs that make a front end.
const FRONT_END_TOOLS: &[&str] = &[
    "bun",
    "deno",
    "node",
    "npm",
    "npx",
    "pnpm",
    "trunk",
    "vite",
    "wasm-pack",
    "yarn",
];
/// The macro that goes without a value.
const OPTIONAL: &str = "option_env!";
/// Beginnings of the names of variables that cargo sets.
const CARGO: &[&str] = &[
    "CARGO", "DEP_", "OUT_DIR", "RUSTC", "RUSTDOC", "TARGET", "HOST",
];

impl Scan {
    /// What the code of a program or a library asks for.
    pub(super) fn asks(&mut self, package: &Package, file: &FileFacts) {
        for (name, meaning, mark) in [
            ("sqlx", Meaning::Query, Mark::Query),
            ("git-version", Meaning::GitVersion, Mark::GitVersion),
            ("git-version", Meaning::GitFallback, Mark::GitFallback),
        ] {
            let mut dependencies = package.dependencies.iter();
            if dependencies.any(|dependency| dependency.name == name) {
                let first = of_kind(file, meaning).next();
                self.facts.marks.extend(first.map(|(_, at)| (mark, at)));
            }
        }
        for (fact, at) in of_kind(file, Meaning::ReadVariableAtCompileTime) {
            let name = fact.arguments.first().and_then(Known::whole);
            if let Some(name) = name.filter(|name| name.starts_with("VERGEN_GIT_")) {
                self.build_variable(name, at);
            }
        }
    }

    /// Variables that are read while the package compiles.
    pub(super) fn reads_variables(&mut self, file: &FileFacts, wrappers: &[Wrapper]) {
        let facts = file.facts.iter().filter_map(|fact| {
            let is_needed = match fact.meaning {
                Meaning::ReadVariableAtCompileTime => fact.row != OPTIONAL,
                Meaning::ReadVariable if file.is_build_script => {
                    fact.otherwise == crate::source::Otherwise::Fails
                }
                _ => return None,
            };
            let name = fact.arguments.first()?;
            let name = name.variable.as_deref().or(name.whole())?;
            Some((name.to_owned(), is_needed, SourceMark::from(&fact.at)))
        });
        let wrapped = file.texts.iter().filter_map(|text| {
            let around = text.argument_of.as_deref()?;
            let mut wrappers = wrappers.iter();
            let wrapper = wrappers.find(|wrapper| wrapper.name == around)?;
            let line = text.line;
            let path = file.path.clone();
            let is_needed = wrapper.row != OPTIONAL;
            Some((text.value.clone(), is_needed, SourceMark { path, line }))
        });
        let texts = file.texts.iter().filter(|_| file.is_build_script);
        let named = texts.filter_map(|text| {
            let (_, name) = text.value.split_once("rerun-if-env-changed=")?;
            let line = text.line;
            let path = file.path.clone();
            Some((name.trim().to_owned(), false, SourceMark { path, line }))
        });
        for (name, is_needed, at) in facts.chain(named).chain(wrapped).collect::<Vec<_>>() {
            add(&mut self.facts.variables, name, is_needed, at);
        }
        // `fn need(name: &str) -> String { env::var(name).unwrap() }`
        self.asks_by_parameter |= file.is_build_script
            && of_kind(file, Meaning::ReadVariable)
                .any(|(fact, _)| fact.arguments.iter().all(|name| name.whole().is_none()));
    }

    /// Variables whose names a build script hands on, found by following it.
    pub(super) fn followed_variables(&mut self, package: &Package, conditions: &Conditions) {
        let mut targets = package.targets.iter();
        let script = targets.find(|target| target.is_custom_build());
        let Some(script) = script.filter(|_| self.asks_by_parameter) else {
            return;
        };
        let files = super::super::scripts::read(package, script).files;
        for read in source::script(&files, conditions).variables {
            let at = SourceMark {
                path: read.file,
                line: read.line,
            };
            add(&mut self.facts.variables, read.name, read.is_needed, at);
        }
    }

    fn build_variable(&mut self, name: &str, at: SourceMark) {
        let variables = &mut self.facts.build_variables;
        if is_plain(name) && !variables.iter().any(|(known, _)| known == name) {
            variables.push((name.to_owned(), at));
        }
    }

    /// What a build script asks for.
    pub(super) fn script_asks(&mut self, file: &FileFacts) {
        let mark = |line: usize| SourceMark {
            path: file.path.clone(),
            line,
        };
        let is_tool = |text: &str| FRONT_END_TOOLS.contains(&text.trim_end_matches(".cmd"));
        let mut texts = file.texts.iter();
        let tool = texts.find(|text| is_tool(text.value.split(' ').next().unwrap_or_default()));
        let tool = tool.map(|tool| (Mark::BuildsFrontEnd, mark(tool.line)));
        self.facts.marks.extend(tool);
        let Some(git) = file.texts.iter().find(|text| text.value == "git") else {
            return;
        };
        self.facts.marks.push((Mark::BuildGit, mark(git.line)));
        for (fact, at) in of_kind(file, Meaning::ReadVariable) {
            let Some(variable) = fact.arguments.first().and_then(Known::whole) else {
                continue;
            };
            let is_version = words(variable).any(|word| VERSIONS.contains(&word.as_str()));
            let is_cargo_s = CARGO.iter().any(|head| variable.starts_with(head));
            if is_version && !is_cargo_s {
                self.build_variable(variable, at);
            }
        }
    }
}

/// Adds a variable, unless cargo or the machine sets it.
pub(super) fn add(
    variables: &mut Vec<CompileVariable>,
    name: String,
    is_needed: bool,
    at: SourceMark,
) {
    let is_cargo_s = CARGO.iter().any(|head| name.starts_with(head));
    if !is_plain(&name) || is_cargo_s || super::compile::is_of_machine(&name) {
        return;
    }
    match variables.iter_mut().find(|known| known.name == name) {
        Some(known) if is_needed && !known.is_needed => {
            known.is_needed = true;
            known.at = at;
        }
        Some(_) => {}
        None => variables.push(CompileVariable {
            name,
            is_needed,
            at,
        }),
    }
}

/// Whether a text is the name of a variable as everybody writes them.
fn is_plain(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_uppercase())
        && text
            .chars()
            .all(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_')
}
