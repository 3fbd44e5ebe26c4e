//! What a compile asks of the machine that it runs on: a database, git, variables.

use std::path::Path;

use cargo_metadata::Package;

use super::super::lexer::Tokens;
use super::{Mark, Scan, SourceMark};

/// Macros of sqlx that ask a database while they compile, without `_unchecked`.
const QUERIES: &[&str] = &[
    "query",
    "query_as",
    "query_file",
    "query_file_as",
    "query_file_scalar",
    "query_scalar",
];
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
/// Beginnings of the names of variables that cargo sets.
const CARGO: &[&str] = &[
    "CARGO", "DEP_", "OUT_DIR", "RUSTC", "RUSTDOC", "TARGET", "HOST",
];

impl Scan {
    /// What the code of a program or a library asks for.
    pub(super) fn asks(&mut self, package: &Package, file: &Path, tokens: &Tokens) {
        let depends = |name: &str| {
            package
                .dependencies
                .iter()
                .any(|dependency| dependency.name == name)
        };
        let mark = |line: usize| SourceMark {
            path: file.to_path_buf(),
            line,
        };
        let marks = &mut self.facts.marks;
        let is_query = |name: &Option<String>| {
            let name = name.as_deref().unwrap_or_default();
            QUERIES.contains(&name.trim_end_matches("_unchecked"))
        };
        if depends("sqlx") {
            let first = tokens.texts.iter().find(|text| is_query(&text.argument_of));
            marks.extend(first.map(|text| (Mark::Query, mark(text.line))));
        }
        if depends("git-version") {
            let mut idents = tokens.idents.iter();
            let uses = idents.find(|(name, line)| {
                let near = |other: &&(String, usize)| {
                    matches!(other.0.as_str(), "cargo_prefix" | "fallback")
                        && other.1.abs_diff(*line) <= 4
                };
                name == "git_version"
                    && !is_import(tokens, *line)
                    && !tokens.idents.iter().any(|other| near(&other))
            });
            marks.extend(uses.map(|(_, line)| (Mark::GitVersion, mark(*line))));
        }
        for text in &tokens.texts {
            let is_read = matches!(text.argument_of.as_deref(), Some("env" | "option_env"));
            if is_read && text.value.starts_with("VERGEN_GIT_") && is_plain(&text.value) {
                let variables = &mut self.facts.build_variables;
                if !variables.iter().any(|(name, _)| *name == text.value) {
                    variables.push((text.value.clone(), mark(text.line)));
                }
            }
        }
    }

    /// What a build script asks for.
    pub(super) fn script_asks(&mut self, file: &Path, tokens: &Tokens) {
        let mark = |line: usize| SourceMark {
            path: file.to_path_buf(),
            line,
        };
        let is_tool = |text: &str| FRONT_END_TOOLS.contains(&text.trim_end_matches(".cmd"));
        let mut texts = tokens.texts.iter();
        let tool = texts.find(|text| is_tool(text.value.split(' ').next().unwrap_or_default()));
        let tool = tool.map(|tool| (Mark::BuildsFrontEnd, mark(tool.line)));
        self.facts.marks.extend(tool);
        let Some(git) = tokens.texts.iter().find(|text| text.value == "git") else {
            return;
        };
        self.facts.marks.push((Mark::BuildGit, mark(git.line)));
        for call in &tokens.values.calls {
            let name = call.path.rsplit("::").next().unwrap_or_default();
            let Some(Some(variable)) = call.arguments.first() else {
                continue;
            };
            let is_version =
                super::listen::words(variable).any(|word| VERSIONS.contains(&word.as_str()));
            let is_cargo_s = CARGO.iter().any(|head| variable.starts_with(head));
            let variables = &mut self.facts.build_variables;
            if matches!(name, "var" | "var_os")
                && is_version
                && !is_cargo_s
                && is_plain(variable)
                && !variables.iter().any(|(name, _)| name == variable)
            {
                variables.push((variable.clone(), mark(call.line)));
            }
        }
    }
}

fn is_import(tokens: &Tokens, line: usize) -> bool {
    tokens
        .idents
        .iter()
        .any(|(name, at)| name == "use" && *at == line)
}

/// Whether a text is the name of a variable as everybody writes them.
fn is_plain(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_uppercase())
        && text
            .chars()
            .all(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_')
}
