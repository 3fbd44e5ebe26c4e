//! Arguments without which the program does nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::Package;

use crate::decide::native::Findings;
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::Workspace;
use crate::knowledge::Knowledge;
use crate::source::{Demand, Field, Parser};

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
/// Parsers are not nested deeper.
const DEEPEST: usize = 6;

/// Something that has to be there, and where the code says so.
struct Asked {
    what: Ask,
    file: PathBuf,
    line: usize,
}

enum Ask {
    /// One of these, as far as they are known, with what it needs itself.
    Subcommand(Vec<Command>),
    Argument(String),
    Option(String),
    Variable(String),
    /// Anything.
    Any,
}

struct Command {
    name: String,
    needs: Vec<Ask>,
}

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

/// All that the sources say of parsers.
struct Known<'a> {
    parsers: Vec<(&'a Path, &'a Parser)>,
    /// The types, and the files that parse them.
    parsed: Vec<(&'a Path, &'a str)>,
    demands: Vec<(&'a Path, &'a (Demand, String, usize))>,
}

impl<'a> Known<'a> {
    fn of(workspace: &'a Workspace, locals: &[&Package]) -> Self {
        let package = workspace.package();
        let others: Vec<&Path> = package
            .targets
            .iter()
            .filter(|target| target.is_bin() && target.name != workspace.selected.binary)
            .map(|target| target.src_path.as_std_path())
            .collect();
        let sources = locals
            .iter()
            .filter_map(|package| workspace.sources.get(&package.id));
        let parsing = sources.flat_map(|sources| &sources.parsing);
        let parsing: Vec<_> = parsing
            .filter(|parsing| !others.contains(&parsing.file.as_path()))
            .collect();
        let own = workspace.sources.get(&package.id);
        let own: Vec<&Path> = own
            .iter()
            .flat_map(|sources| &sources.parsing)
            .map(|parsing| parsing.file.as_path())
            .collect();
        let mut parsers = Vec::new();
        let mut demands = Vec::new();
        for parsing in &parsing {
            let file = parsing.file.as_path();
            parsers.extend(parsing.parsers.iter().map(|parser| (file, parser)));
            demands.extend(parsing.demands.iter().map(|demand| (file, demand)));
        }
        // Of other packages only what is asked to parse.
        demands.retain(|(file, _)| own.contains(file));
        Self {
            parsers,
            parsed: parsing
                .iter()
                .flat_map(|parsing| {
                    let names = parsing.parsed.iter().map(String::as_str);
                    names.map(|name| (parsing.file.as_path(), name))
                })
                .collect(),
            demands,
        }
    }

    /// Types that are parsed; where no call says which, those that are no part of others.
    fn roots(&self) -> Vec<(&'a Path, &'a Parser)> {
        let all = || {
            let roots = self.parsers.iter().copied();
            roots.filter(|(_, parser)| parser.is_root)
        };
        let mut called: Vec<(&Path, &Parser)> = Vec::new();
        for (file, name) in &self.parsed {
            let found = self.named(file, name).filter(|(_, parser)| parser.is_root);
            called.extend(found.filter(|found| !called.contains(found)));
        }
        if !called.is_empty() {
            return called;
        }
        let inner: BTreeSet<&str> = self
            .parsers
            .iter()
            .flat_map(|(_, parser)| {
                let fields = parser.fields.iter();
                let of_choices = parser.choices.iter().flat_map(|choice| &choice.fields);
                let kinds = fields.chain(of_choices).map(|field| field.kind.as_str());
                let choices = parser.choices.iter();
                kinds.chain(choices.filter_map(|choice| choice.inner.as_deref()))
            })
            .collect();
        all()
            .filter(|(_, parser)| !inner.contains(parser.name.as_str()))
            .collect()
    }

    /// The type of a name: that of the same file, the only one, or that of the file which is named after it.
    fn named(&self, file: &Path, name: &str) -> Option<(&'a Path, &'a Parser)> {
        let all = self.parsers.iter().copied();
        let all: Vec<_> = all.filter(|(_, parser)| parser.name == name).collect();
        let same = all.iter().find(|(at, _)| *at == file);
        let beside = || {
            let beside = file.with_file_name(format!("{}.rs", name.to_lowercase()));
            all.iter().find(move |(at, _)| *at == beside)
        };
        let only = || match all.as_slice() {
            [only] => Some(only),
            _ => None,
        };
        same.or_else(only).or_else(beside).copied()
    }

    fn derived(&self) -> Vec<Asked> {
        let mut asked = Vec::new();
        for (file, parser) in self.roots() {
            self.parser(file, parser, 0, &mut asked);
        }
        asked
    }

    fn parser(&self, file: &Path, parser: &Parser, depth: usize, asked: &mut Vec<Asked>) {
        if depth > DEEPEST {
            return;
        }
        let at = |what, line| Asked {
            what,
            file: file.to_path_buf(),
            line,
        };
        if parser.is_choice {
            let commands = self.commands(file, parser, depth);
            asked.push(at(Ask::Subcommand(commands), parser.line));
            return;
        }
        if parser.wants_any {
            let field = parser.fields.iter().find(|field| field.is_subcommand);
            asked.push(match field {
                Some(field) => at(self.subcommand(file, field, depth), field.line),
                None => at(Ask::Any, parser.line),
            });
        }
        for field in parser.fields.iter().filter(|field| field.is_required) {
            if field.is_flattened {
                if let Some((file, inner)) = self.named(file, &field.kind) {
                    self.parser(file, inner, depth + 1, asked);
                }
            } else if field.is_subcommand {
                if !parser.wants_any {
                    asked.push(at(self.subcommand(file, field, depth), field.line));
                }
            } else {
                asked.push(at(of_field(field), field.line));
            }
        }
    }

    fn subcommand(&self, file: &Path, field: &Field, depth: usize) -> Ask {
        let commands = self.named(file, &field.kind);
        Ask::Subcommand(match commands {
            Some((file, parser)) => self.commands(file, parser, depth),
            None => Vec::new(),
        })
    }

    fn commands(&self, file: &Path, parser: &Parser, depth: usize) -> Vec<Command> {
        let mut commands = Vec::new();
        if depth > DEEPEST {
            return commands;
        }
        for choice in &parser.choices {
            let inner = choice
                .inner
                .as_deref()
                .and_then(|name| self.named(file, name))
                .filter(|(_, inner)| *inner != parser);
            if let (true, Some((file, inner))) = (choice.is_flattened, inner) {
                commands.extend(self.commands(file, inner, depth + 1));
                continue;
            }
            let mut needs: Vec<Ask> = choice
                .fields
                .iter()
                .filter(|field| field.is_required && !field.is_flattened)
                .map(of_field)
                .collect();
            if let Some((file, inner)) = inner {
                let mut asked = Vec::new();
                self.parser(file, inner, depth + 1, &mut asked);
                needs.extend(asked.into_iter().map(|asked| asked.what));
            }
            let shown = inner.and_then(|(_, inner)| inner.shown.clone());
            commands.push(Command {
                name: shown.unwrap_or_else(|| choice.name.clone()),
                needs,
            });
        }
        commands
    }

    /// What parsers ask for that are put together by calls.
    fn built(&self) -> Vec<Asked> {
        let subcommands = || {
            self.demands
                .iter()
                .filter_map(|(file, (demand, owner, _))| match demand {
                    Demand::Subcommand(name) => Some((*file, owner, name)),
                    _ => None,
                })
        };
        let mut asked = Vec::new();
        for (file, (demand, owner, line)) in &self.demands {
            let is_beside =
                |(at, other, _): &(&Path, &String, &String)| at == file && *other == owner;
            let is_root = subcommands().next().is_none() || subcommands().any(|it| is_beside(&it));
            let what = match demand {
                _ if !is_root => continue,
                Demand::Subcommand(_) => continue,
                Demand::Any => {
                    let names = subcommands().filter(is_beside).map(|(_, _, name)| Command {
                        name: name.clone(),
                        needs: Vec::new(),
                    });
                    let names: Vec<_> = names.collect();
                    match names.is_empty() {
                        true => Ask::Any,
                        false => Ask::Subcommand(names),
                    }
                }
                Demand::Argument(name) => Ask::Argument(name.clone()),
                Demand::Option(name) => Ask::Option(name.clone()),
            };
            asked.push(Asked {
                what,
                file: file.to_path_buf(),
                line: *line,
            });
        }
        asked
    }
}

fn of_field(field: &Field) -> Ask {
    match (&field.variable, field.is_subcommand, field.is_positional) {
        (Some(name), ..) => Ask::Variable(name.clone()),
        (None, true, _) => Ask::Subcommand(Vec::new()),
        (None, false, true) => Ask::Argument(field.name.clone()),
        (None, false, false) => Ask::Option(field.name.clone()),
    }
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
