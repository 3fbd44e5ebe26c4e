//! What build scripts and procedural macros of the workspace read: exactly, where all of it is understood, or else
//! everything that may be read.

mod early;
mod known;
mod missing;
mod paths;
mod reader;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Package, PackageId, Target};

pub(super) use self::early::run_early;
pub(super) use self::known::is_of_machine;
use self::paths::{Asked, Bases};
use self::reader::{Found, Reader};
use super::said::{CompileVariable, MissingFile, NeededFile, PackageSources, SourceMark};
use crate::inspect::package::folder;
use crate::inspect::project::Project;
use crate::inspect::tracked::Listings;
use crate::limits;
use crate::source::{Fact, Known, Meaning};

/// Something that reads nobody knows what, and where.
struct Doubt {
    fact: String,
    at: Option<SourceMark>,
    /// The package that it is in.
    of: PackageId,
}

/// Adds to each package what is read while it compiles.
pub(super) fn complete(project: &Project, found: &mut Found, listings: &Listings) {
    let others: BTreeSet<PathBuf> = project.local_packages().map(folder).collect();
    let ids: Vec<PackageId> = found.keys().cloned().collect();
    for id in &ids {
        let package = project.package_of(id);
        let reader = Reader {
            project,
            found,
            package,
        };
        let (mut inputs, doubts) = reader.inputs();
        let is_scripted_by_others = reader.sets_nobody_knows_what();
        let asked = reader.asked();
        inputs
            .needed
            .extend(reader.generous(&doubts, &|package| listings.of(&folder(package), &others)));
        inputs
            .missing
            .extend(missing::of(project, package, &found[id]));
        let Some(sources) = found.get_mut(id) else {
            continue;
        };
        let root = folder(package);
        for file in inputs.needed {
            let mut needed = sources.needed.iter();
            if !needed.any(|known| file.path.starts_with(&known.path)) {
                let path = file.path.clone();
                sources.needed.push(file);
                super::tree::symlinks(&path, &root, &mut sources.needed);
            }
        }
        for variable in asked {
            let CompileVariable {
                name,
                is_needed,
                at,
            } = variable;
            super::conditions::add(&mut sources.variables, name, is_needed, at);
        }
        sources.needed.sort();
        inputs.missing.sort();
        inputs
            .missing
            .dedup_by(|later, first| later.path == first.path);
        variables(project, sources, is_scripted_by_others);
        let missing = inputs.missing.into_iter();
        sources.missing = missing
            .map(|file| MissingFile::new(project, file))
            .collect();
    }
}

/// Leaves out variables that cargo's configuration or the build script sets.
fn variables(project: &Project, sources: &mut PackageSources, is_scripted_by_others: bool) {
    let literals = &sources.literals;
    let is_set = |name: &str| {
        let configs = project.cargo_configs.iter();
        let mut tables = configs.filter_map(|config| config.table.get("env")?.as_table());
        let printed = format!("rustc-env={name}=");
        tables.any(|env| env.contains_key(name))
            || literals.iter().any(|(text, _)| text.contains(&printed))
    };
    let sets_any = literals
        .iter()
        .any(|(text, _)| text.contains("rustc-env={"));
    sources.variables.retain(|variable| !is_set(&variable.name));
    for variable in &mut sources.variables {
        // What is read in the script itself is not set by it.
        let is_of_script = literals
            .iter()
            .any(|(_, mark)| mark.path == variable.at.path);
        variable.is_needed &= is_of_script || !(sets_any || is_scripted_by_others);
    }
}

/// What is read, and what is named and not there.
#[derive(Default)]
struct Inputs {
    needed: Vec<NeededFile>,
    missing: Vec<NeededFile>,
}

impl Reader<'_> {
    fn inputs(&self) -> (Inputs, Vec<Doubt>) {
        let mut inputs = Inputs::default();
        let mut doubts = Vec::new();
        let root = folder(self.package);
        let workspace = self.project.root.clone();
        let script = self
            .package
            .targets
            .iter()
            .find(|target| target.is_custom_build());
        if let Some(script) = script {
            let bases = Bases::new(self.project, [root.clone(), workspace.clone()]);
            let own = &self.found[&self.package.id];
            let facts = own.facts.iter().filter(|fact| fact.is_build_script);
            let who = ("the build script", &self.package.id);
            self.read(who, facts, &bases, &mut inputs, &mut doubts);
            doubts.extend(self.unread(own, script));
            doubts.extend(self.unknown_crates(&self.package.id, DependencyKind::Build, script));
            let helpers = self.reached(&self.package.id, DependencyKind::Build);
            for helper in self.with_all_below(helpers) {
                let name = format!("`{}`, which the build script calls,", helper.name);
                let own = folder(helper);
                let bases = Bases::new(self.project, [root.clone(), own, workspace.clone()]);
                let facts = self.found[&helper.id].facts.iter();
                let facts = facts.filter(|fact| !fact.is_build_script);
                let who = (name.as_str(), &helper.id);
                self.read(who, facts, &bases, &mut inputs, &mut doubts);
                if let Some(library) = helper.targets.iter().find(|target| target.is_lib()) {
                    let kind = DependencyKind::Normal;
                    doubts.extend(self.unknown_crates(&helper.id, kind, library));
                }
            }
        }
        for macros in self.macros() {
            let name = format!("the macro crate `{}`", macros.name);
            let bases = Bases::new(self.project, [root.clone(), workspace.clone()]);
            for part in self.with_all_below(vec![macros]) {
                let facts = self.found[&part.id].facts.iter();
                let facts = facts.filter(|fact| !fact.is_build_script);
                let who = (name.as_str(), &part.id);
                self.read(who, facts, &bases, &mut inputs, &mut doubts);
            }
        }
        (inputs, doubts)
    }

    /// Variables that helpers of the build script and macros read while the package compiles.
    fn asked(&self) -> Vec<CompileVariable> {
        let mut called = self.macros();
        if self.has_script() {
            called.extend(self.reached(&self.package.id, DependencyKind::Build));
        }
        let called = self.with_all_below(called).into_iter();
        let facts = called.flat_map(|package| &self.found[&package.id].facts);
        let reads =
            facts.filter(|fact| fact.meaning == Meaning::ReadVariable && !fact.is_build_script);
        let variables = reads.filter_map(|fact| {
            let name = fact.arguments.first()?;
            let name = name.variable.as_deref().or(name.whole())?;
            Some(CompileVariable {
                name: name.to_owned(),
                is_needed: fact.otherwise == crate::source::Otherwise::Fails,
                at: SourceMark::from(&fact.at),
            })
        });
        variables.collect()
    }

    /// All that may be read where that is doubtful: what the package has, what the one has that reads, and what its
    /// literals name outside of both.
    fn generous(
        &self,
        doubts: &[Doubt],
        listed: &dyn Fn(&Package) -> Vec<PathBuf>,
    ) -> Vec<NeededFile> {
        let mut needed = Vec::new();
        let mut done = BTreeSet::new();
        for doubt in doubts {
            let mut add = |path: PathBuf| {
                needed.push(NeededFile {
                    is_folder: path.is_dir(),
                    path,
                    fact: format!("{}, so it may be read", doubt.fact),
                    found_at: doubt.at.clone(),
                    asked_by: None,
                });
            };
            for id in [&self.package.id, &doubt.of] {
                if done.insert(id.clone()) {
                    listed(self.project.package_of(id))
                        .into_iter()
                        .for_each(&mut add);
                }
            }
            if doubt.of != self.package.id {
                self.named_outside(&doubt.of).into_iter().for_each(add);
            }
        }
        needed
    }

    /// What literals of a package name in the folders above the one that is compiled.
    fn named_outside(&self, id: &PackageId) -> Vec<PathBuf> {
        let root = folder(self.package);
        let above = root.ancestors().skip(1);
        let above: Vec<&Path> = above
            .take_while(|folder| folder.starts_with(&self.project.bounds))
            .collect();
        let locals: Vec<PathBuf> = self.project.local_packages().map(folder).collect();
        let holds_package = |path: &Path| locals.iter().any(|local| local.starts_with(path));
        let sources = self.found.get(id).into_iter();
        let texts = sources.flat_map(|sources| &sources.texts);
        let paths = texts.flat_map(|text| above.iter().map(move |folder| folder.join(text)));
        paths
            .map(|path| crate::paths::normalize(&path))
            .filter(|path| {
                path.starts_with(&self.project.bounds)
                    && path.exists()
                    && !holds_package(path)
                    && !super::tree::is_skipped(&self.project.root, path)
            })
            .collect()
    }

    /// What facts of a package read, seen from the one that is compiled.
    fn read<'f>(
        &self,
        (who, id): (&str, &PackageId),
        facts: impl Iterator<Item = &'f Fact>,
        bases: &Bases,
        inputs: &mut Inputs,
        doubts: &mut Vec<Doubt>,
    ) {
        let facts: Vec<&Fact> = facts.collect();
        let moves = facts
            .iter()
            .any(|fact| fact.meaning == Meaning::EnterFolder);
        for fact in facts {
            let at = SourceMark::from(&fact.at);
            let doubt = |fact: String| Doubt {
                fact,
                at: Some(at.clone()),
                of: id.clone(),
            };
            if fact.meaning == Meaning::EnterFolder {
                doubts.push(doubt(format!("{who} goes to another folder")));
            }
            if fact.meaning == Meaning::Run {
                let program = fact.arguments.first();
                if let Some(program) = program.and_then(unknown_program) {
                    doubts.push(doubt(format!("{who} runs {program}")));
                }
                continue;
            }
            if !matches!(
                fact.meaning,
                Meaning::Open | Meaning::CompileRead | Meaning::EnterFolder
            ) {
                continue;
            }
            if fact.arguments.is_empty() && fact.meaning == Meaning::Open {
                doubts.push(doubt(format!(
                    "{who} opens a path that is only known when it runs"
                )));
            }
            for argument in &fact.arguments {
                if let Some(name) = bases.asked(argument) {
                    let name = name.escape_debug();
                    doubts.push(doubt(format!(
                        "{who} opens a path that `{name}` is a part of"
                    )));
                }
                match bases.find(argument, &folder(self.package)) {
                    Asked::Nothing => {}
                    Asked::Unknown => {
                        let fact = format!("{who} opens a path that is only known when it runs");
                        doubts.push(doubt(fact));
                    }
                    Asked::There(path) => inputs.needed.push(NeededFile {
                        is_folder: path.is_dir(),
                        path,
                        fact: format!("{who} reads it"),
                        found_at: Some(at.clone()),
                        asked_by: None,
                    }),
                    Asked::Missing(path) => {
                        let fails = fact.otherwise == crate::source::Otherwise::Fails && !moves;
                        inputs.missing.extend(fails.then(|| NeededFile {
                            is_folder: path.extension().is_none(),
                            path,
                            fact: format!("{who} reads it"),
                            found_at: Some(at.clone()),
                            asked_by: None,
                        }));
                    }
                }
            }
        }
    }

    /// Whether the build script calls what may set variables for the compile.
    fn sets_nobody_knows_what(&self) -> bool {
        let called = self
            .direct(&self.package.id, DependencyKind::Build)
            .into_iter();
        let mut called = called.filter(|package| {
            package.source.is_none()
                || !known::is_known(package.name.as_str())
                || package.name.starts_with("vergen")
        });
        self.has_script() && called.next().is_some()
    }

    /// A build script, or a part of it, that could not be understood.
    fn unread(&self, own: &PackageSources, script: &Target) -> Option<Doubt> {
        let script = script.src_path.as_std_path();
        let (path, reason) = own.unread.iter().find(|(path, _)| path == script)?;
        Some(Doubt {
            fact: format!("the build script could not be understood: {reason}"),
            at: Some(SourceMark {
                path: path.clone(),
                line: 1,
            }),
            of: self.package.id.clone(),
        })
    }

    /// Crates that the package calls while it compiles, and that may read anything.
    fn unknown_crates(&self, id: &PackageId, kind: DependencyKind, target: &Target) -> Vec<Doubt> {
        let packages = self.direct(id, kind).into_iter();
        let unknown = packages
            .filter(|package| package.source.is_some() && !known::is_known(package.name.as_str()));
        let text = limits::read(target.src_path.as_std_path(), limits::SOURCE);
        let text = text.unwrap_or_default();
        let doubt = |package: &Package| {
            let word = package.name.replace('-', "_");
            let mut lines = text.lines().enumerate();
            let line = lines.find(|(_, line)| {
                !line.trim_start().starts_with("//")
                    && line
                        .split(|char: char| !char.is_alphanumeric() && char != '_')
                        .any(|part| part == word)
            });
            Doubt {
                fact: format!("nobody knows what `{}` reads", package.name),
                at: line.map(|(at, _)| SourceMark {
                    path: target.src_path.clone().into(),
                    line: at + 1,
                }),
                of: id.clone(),
            }
        };
        unknown.map(doubt).collect()
    }
}

/// What a program is called that may read anything.
fn unknown_program(program: &Known) -> Option<String> {
    const TOOLS: &[&str] = &["CARGO", "CC", "CXX", "RUSTC"];
    let variable = program.variable.as_deref();
    if variable.is_some_and(|name| TOOLS.contains(&name)) {
        return None;
    }
    match program.whole() {
        Some(name) if known::is_harmless(name) => None,
        Some(name) => Some(format!("`{}`", name.escape_debug())),
        None => Some("a program that is only known when it runs".to_owned()),
    }
}
