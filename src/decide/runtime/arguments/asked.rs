//! What parsers of the command line ask for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::Package;

use crate::inspect::Workspace;
use crate::source::{Demand, Field, Parser};

/// Parsers are not nested deeper.
const DEEPEST: usize = 6;

/// Something that has to be there, and where the code says so.
pub(super) struct Asked {
    pub(super) what: Ask,
    pub(super) file: PathBuf,
    pub(super) line: usize,
}

/// What has to be there.
pub(super) enum Ask {
    /// One of these, as far as they are known, with what it needs itself.
    Subcommand(Vec<Command>),
    Argument(String),
    Option(String),
    Variable(String),
    /// Anything.
    Any,
}

/// A subcommand, and what it needs itself.
pub(super) struct Command {
    pub(super) name: String,
    pub(super) needs: Vec<Ask>,
}

/// All that the sources say of parsers.
pub(super) struct Known<'a> {
    parsers: Vec<(&'a Path, &'a Parser)>,
    /// The types, and the files that parse them.
    parsed: Vec<(&'a Path, &'a str)>,
    demands: Vec<(&'a Path, &'a (Demand, String, usize))>,
}

impl<'a> Known<'a> {
    pub(super) fn of(workspace: &'a Workspace, locals: &[&Package]) -> Self {
        let package = workspace.package();
        let others: Vec<&Path> = package
            .targets
            .iter()
            .filter(|target| target.is_bin() && target.name != workspace.selected.binary)
            .map(|target| target.src_path.as_std_path())
            .collect();
        let sources = workspace.sources_of(locals);
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

    /// What parsers ask for that are derived from types.
    pub(super) fn derived(&self) -> Vec<Asked> {
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
    pub(super) fn built(&self) -> Vec<Asked> {
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
