//! Variables that the compile reads, as arguments of the image's build.

use cargo_metadata::Package;

use crate::decision::{Decision, Evidence};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::inspect::{CompileVariable, PackageSources, SourceMark, Workspace};
use crate::shell::ShellText;

/// A local package with what its sources say.
pub(super) type Local<'a> = (&'a Package, &'a PackageSources);

pub(super) fn location(workspace: &Workspace, mark: &SourceMark) -> Location {
    Location::line(workspace.display(&mark.path), mark.line)
}

/// Variables that the compile fails without.
pub(super) fn needed<'a>(locals: &[Local<'a>]) -> Vec<&'a CompileVariable> {
    let variables = locals.iter().flat_map(|(_, sources)| &sources.variables);
    let mut needed: Vec<&CompileVariable> = variables.filter(|one| one.is_needed).collect();
    needed.sort_by(|left, right| left.name.cmp(&right.name));
    needed.dedup_by(|later, first| later.name == first.name);
    needed
}

/// Adds all variables that the compile reads.
pub(super) fn with_variables(
    workspace: &Workspace,
    locals: &[Local<'_>],
    mut arguments: Vec<Decision<String>>,
) -> Vec<Decision<String>> {
    let is_known = |arguments: &[Decision<String>], name: &str| {
        arguments.iter().any(|argument| argument.value == name)
    };
    for variable in locals.iter().flat_map(|(_, sources)| &sources.variables) {
        // vergen sets its own; those that it takes are there already.
        if is_known(&arguments, &variable.name) || variable.name.starts_with("VERGEN_") {
            continue;
        }
        let place = workspace.display(&variable.at.path);
        let fact = "read while the program compiles";
        let evidence = Evidence::file(place, Some(variable.at.line), fact);
        arguments.push(Decision::new(variable.name.clone(), evidence));
    }
    arguments.sort_by(|left, right| left.value.cmp(&right.value));
    arguments
}

/// Warns of those that the compile fails without.
pub(super) fn unset(workspace: &Workspace, needed: &[&CompileVariable]) -> Option<Diagnostic> {
    let first = needed.first()?;
    let names: Vec<String> = needed.iter().map(|one| format!("`{}`", one.name)).collect();
    let message = format!("the build fails without a value for {}", names.join(", "));
    let mut warning =
        Diagnostic::warning(Code::BuildVariable, message).at(location(workspace, &first.at));
    for one in needed.iter().skip(1) {
        let place = workspace.display(&one.at.path);
        warning = warning.note(format!("{place}:{}: reads `{}`", one.at.line, one.name));
    }
    let options: Vec<ShellText> = needed.iter().map(|one| option(&one.name)).collect();
    let options = ShellText::command(&options);
    Some(warning.help(format!("docker build {options} …")))
}

/// The option of `docker build` that gives a variable its value: what git or the clock says, or else what the
/// variable is where the command is typed.
pub(super) fn option(name: &str) -> ShellText {
    let option = ShellText::option("--build-arg", &ShellText::word(name));
    match value(name) {
        Some(command) => option
            .and(&ShellText::ours("=\"$("))
            .and(&ShellText::ours(command))
            .and(&ShellText::ours(")\"")),
        None => option,
    }
}

/// The command that prints what the name of a variable asks for.
pub(super) fn value(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split('_').collect();
    let has = |all: &[&str]| words.iter().any(|word| all.contains(word));
    let is_of_git = has(&["commit", "git", "head", "rev", "revision", "sha"]);
    Some(match () {
        () if has(&["epoch"]) => "git log -1 --format=%ct",
        () if has(&["date", "time", "timestamp"]) && is_of_git => "git log -1 --format=%cI",
        () if has(&["date", "datetime", "timestamp"]) || has(&["time"]) && has(&["build"]) => {
            "date -u +%FT%TZ"
        }
        () if has(&["branch"]) => "git branch --show-current",
        () if has(&["tag"]) => "git describe --tags",
        () if has(&["describe", "version"]) => "git describe --always --tags",
        () if has(&["short"]) && (is_of_git || has(&["hash"])) => "git rev-parse --short HEAD",
        () if has(&["commit", "hash", "rev", "revision", "sha"]) => "git rev-parse HEAD",
        () => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn names_say_what_they_need() {
        for (name, command) in [
            ("GIT_SHA", Some("git rev-parse HEAD")),
            ("COMMIT_HASH", Some("git rev-parse HEAD")),
            ("GIT_SHA_SHORT", Some("git rev-parse --short HEAD")),
            ("GIT_COMMIT_DATE", Some("git log -1 --format=%cI")),
            ("BUILD_TIME", Some("date -u +%FT%TZ")),
            ("BUILD_DATE", Some("date -u +%FT%TZ")),
            ("GIT_BRANCH", Some("git branch --show-current")),
            ("RELEASE_TAG", Some("git describe --tags")),
            ("APP_VERSION", Some("git describe --always --tags")),
            ("SOURCE_DATE_EPOCH", Some("git log -1 --format=%ct")),
            ("API_URL", None),
            ("REVIEWERS", None),
            ("STAGE", None),
        ] {
            assert_eq!(value(name), command, "{name}");
        }
    }
}
