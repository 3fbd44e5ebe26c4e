//! Arguments without which the program does nothing.

mod asked;

use std::path::PathBuf;

use cargo_metadata::Package;

use self::asked::{Ask, Asked, Command, Known};
use crate::decide::native::Findings;
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::Workspace;
use crate::knowledge::Knowledge;

/// Subcommands that plainly are the server, the likeliest first.
const SERVERS: &[&str] = &[
    "serve",
    "server",
    "start",
    "run",
    "web",
    "api",
    "daemon",
    "start-server",
    "run-server",
];

/// What a command line asks for.
#[derive(Default)]
pub(super) struct Wanted {
    /// Variables, and the file and the line that ask for each.
    pub(super) variables: Vec<(String, PathBuf, usize)>,
}

/// Says which arguments are missing, unless there are some.
pub(super) fn decide(
    workspace: &Workspace,
    findings: &Findings,
    locals: &[&Package],
    diagnostics: &mut Vec<Diagnostic>,
) -> Wanted {
    let known = Known::of(workspace, locals);
    let mut asked = known.derived();
    asked.extend(known.built());
    let mut wanted = Wanted::default();
    asked.retain(|asked| match &asked.what {
        Ask::Variable(name) => {
            let found = (name.clone(), asked.file.clone(), asked.line);
            wanted.variables.push(found);
            false
        }
        _ => true,
    });
    let is_set = workspace
        .settings
        .cmd
        .iter()
        .any(|cmd| !cmd.value.is_empty());
    if is_set {
        return wanted;
    }
    let name = &workspace.selected.binary;
    if !asked.is_empty() {
        diagnostics.push(missing(workspace, name, &asked));
    } else {
        diagnostics.extend(of_framework(workspace, findings, name));
    }
    wanted
}

/// The note, with the line that gives the arguments.
fn missing(workspace: &Workspace, name: &str, asked: &[Asked]) -> Diagnostic {
    let wants: Vec<String> = asked.iter().map(|asked| shown(&asked.what)).collect();
    let mut wants: Vec<&String> = wants.iter().collect();
    wants.dedup();
    let wants: Vec<&str> = wants.into_iter().map(String::as_str).collect();
    let message = format!(
        "`{}` does not start without {}",
        name.escape_debug(),
        wants.join(" and ")
    );
    let note = |asked: &Asked| {
        let fact = match &asked.what {
            Ask::Subcommand(commands) if !commands.is_empty() => {
                let named = commands.iter().filter(|command| !command.name.is_empty());
                let mut names: Vec<String> = named
                    .map(|command| format!("`{}`", command.name.escape_debug()))
                    .collect();
                if names.len() < commands.len() {
                    names.push("others".to_owned());
                }
                format!("its subcommands are {}", names.join(", "))
            }
            Ask::Subcommand(_) | Ask::Any => "the parser requires it".to_owned(),
            Ask::Argument(_) | Ask::Option(_) | Ask::Variable(_) => "required here".to_owned(),
        };
        format!("{}:{}: {fact}", workspace.display(&asked.file), asked.line)
    };
    let info = asked.iter().map(note).fold(
        Diagnostic::info(Code::NeedsArguments, message),
        Diagnostic::note,
    );
    let words: Vec<String> = asked.iter().flat_map(|asked| typed(&asked.what)).collect();
    let quoted: Vec<String> = words
        .iter()
        .map(|word| toml::Value::from(word.as_str()).to_string())
        .collect();
    info.help(format!(
        "under [package.metadata.dockerize]: cmd = [{}]",
        quoted.join(", ")
    ))
}

fn shown(ask: &Ask) -> String {
    match ask {
        Ask::Subcommand(_) => "a subcommand".to_owned(),
        Ask::Argument(name) if name == "argument" => "an argument".to_owned(),
        Ask::Argument(name) => format!("the argument `{}`", name.escape_debug()),
        Ask::Option(name) => format!("the option `--{}`", name.escape_debug()),
        Ask::Variable(name) => format!("the variable `{}`", name.escape_debug()),
        Ask::Any => "an argument".to_owned(),
    }
}

/// The words of a command line; what only the user knows is in angle brackets.
fn typed(ask: &Ask) -> Vec<String> {
    match ask {
        Ask::Subcommand(commands) => {
            let Some(command) = server(commands) else {
                return vec!["<subcommand>".to_owned()];
            };
            let needs = command.needs.iter().flat_map(typed);
            std::iter::once(command.name.clone()).chain(needs).collect()
        }
        Ask::Argument(name) => vec![format!("<{name}>")],
        Ask::Option(name) => vec![format!("--{name}=<{name}>")],
        Ask::Variable(_) => Vec::new(),
        Ask::Any => vec!["<argument>".to_owned()],
    }
}

/// The subcommand that plainly is the server, or the only one.
fn server(commands: &[Command]) -> Option<&Command> {
    if let [only] = commands {
        return Some(only).filter(|only| !only.name.is_empty());
    }
    let of = |name: &&str| commands.iter().find(|command| command.name == **name);
    SERVERS.iter().find_map(of)
}

/// A framework whose programs have subcommands.
fn of_framework(workspace: &Workspace, findings: &Findings, name: &str) -> Option<Diagnostic> {
    let frameworks = Knowledge::shipped().frameworks.iter();
    let (framework, origin) = frameworks
        .filter(|framework| !framework.cmd.is_empty())
        .find_map(|framework| Some((framework, &findings.linked.get(&framework.name)?.1)))?;
    let words: Vec<String> = framework
        .cmd
        .iter()
        .map(|word| toml::Value::from(word.as_str()).to_string())
        .collect();
    let message = format!(
        "`{}` does not start without the subcommand `{}`",
        name.escape_debug(),
        framework.cmd.join(" ")
    );
    let mut info = Diagnostic::info(Code::NeedsArguments, message)
        .note(format!("{origin} has one for each task"))
        .help(format!(
            "under [package.metadata.dockerize]: cmd = [{}]",
            words.join(", ")
        ));
    let set = |name: &String| {
        let mut env = workspace.settings.env.iter();
        env.any(|chosen| chosen.value.contains_key(name))
    };
    for (name, value) in framework.chosen.iter().filter(|(name, _)| !set(name)) {
        info = info.note(format!(
            "it reads the configuration that `{name}` names, `development` unless it is set: env = {{ {name} = \"{value}\" }}"
        ));
    }
    Some(info)
}
