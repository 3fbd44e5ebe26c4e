//! What a build script needs, as the script itself says.

use std::collections::BTreeSet;
use std::path::Path;

use cargo_metadata::{DependencyKind, Package};

use crate::decide::rules::Rules;
use crate::decision::{Evidence, Origin};
use crate::inspect::{self, Mark, Meaning, NATIVE_TOOLS, SourceMark, Workspace};
use crate::knowledge::programs::{Program, program};
use crate::knowledge::{Compiles, Musl, Rule};
use crate::source::{Act, Does, Script, ScriptFile};

/// What the linker of gcc finds by itself.
const COMPILER_LIBRARIES: &[&str] = &["c", "dl", "gcc", "gcc_s", "m", "pthread", "rt", "util"];
/// The library of C++.
const CXX_LIBRARY: &str = "stdc++";
/// What helps a program that compiles C++.
const CXX_HELP: &str = "build for static glibc, Debian has no C++ compiler for musl";
/// What headers of the builder stand against.
pub(super) const READS_HEADERS: &str =
    "reads headers with `bindgen`, and those of the builder are glibc's";

/// What is known of a crate from its build script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Understood {
    /// What it needs, and why.
    Needs(Box<Needs>),
    /// Something in it is not understood.
    Unclear(Evidence),
}

/// What a build script needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Needs {
    pub(super) rule: Rule,
    /// What was read, in words and with the line; none where it does nothing that matters.
    pub(super) read: Option<String>,
    /// Where it reads headers.
    pub(super) headers: Option<Evidence>,
    /// Whether it makes archives, as far as that is seen.
    makes: bool,
    /// Programs that no package is known to have, and where they are run.
    pub(super) missing: Vec<(Option<String>, Evidence)>,
}

/// What the build script of a crate says; none where it was not read.
pub(super) fn understand(
    workspace: &Workspace,
    rules: &Rules,
    package: &Package,
    features: &BTreeSet<String>,
    origin: &Origin,
) -> Option<Understood> {
    let facts = workspace.scripts.get(&package.id)?;
    let reading = Reading {
        workspace,
        rules,
        package,
        origin,
    };
    if let Some((path, why)) = &facts.unread {
        let why = format!("its build script is not read: {}", why.escape_debug());
        return Some(Understood::Unclear(reading.at(path, 1, &why)));
    }
    let script = rules.script(package, features, &facts.files);
    if let Some((path, why)) = &script.unread {
        let why = format!("its build script is not read: {why}");
        return Some(Understood::Unclear(reading.at(path, 1, &why)));
    }
    if let Some(evidence) = reading.helper() {
        return Some(Understood::Unclear(evidence));
    }
    let in_code = reading.linked_in_code(&facts.files);
    let is_quiet = script.acts.is_empty();
    if let Some(mark) = in_code.or(facts.linked.as_ref().filter(|_| is_quiet)) {
        let evidence = reading.at(&mark.path, mark.line, "links a library with `#[link]`");
        return Some(Understood::Unclear(evidence));
    }
    Some(match reading.needs(&script) {
        Ok(needs) => Understood::Needs(Box::new(needs)),
        Err(evidence) => Understood::Unclear(evidence),
    })
}

struct Reading<'a> {
    workspace: &'a Workspace,
    rules: &'a Rules,
    package: &'a Package,
    origin: &'a Origin,
}

impl Reading<'_> {
    /// A file of the package and a line, as a reader finds them.
    fn place(&self, path: &Path, line: usize) -> String {
        let folder = inspect::folder(self.package);
        let shown = match self.package.source {
            Some(_) => path
                .strip_prefix(&folder)
                .unwrap_or(path)
                .display()
                .to_string(),
            None => self.workspace.display(path),
        };
        format!("{}:{line}", shown.escape_debug())
    }

    /// A line of the package as evidence.
    fn at(&self, path: &Path, line: usize, fact: &str) -> Evidence {
        match self.package.source {
            None => Evidence::file(self.workspace.display(path), Some(line), fact),
            Some(_) => {
                let place = self.place(path, line);
                Evidence::new(self.origin.clone(), format!("{fact} ({place})"))
            }
        }
    }

    /// Where the code of a local package, beside its build script, links a library.
    fn linked_in_code(&self, script: &[ScriptFile]) -> Option<&SourceMark> {
        let sources = self.workspace.sources.get(&self.package.id)?;
        let mut marks = sources.marked(Mark::Links);
        marks.find(|mark| script.iter().all(|file| file.path != mark.path))
    }

    /// A library that the script calls and that has to do with native code itself.
    fn helper(&self) -> Option<Evidence> {
        let node = self.workspace.node(&self.package.id)?;
        let is_build = |dep: &&cargo_metadata::NodeDep| {
            let mut kinds = dep.dep_kinds.iter();
            kinds.any(|kind| kind.kind == DependencyKind::Build)
        };
        let helpers = node.deps.iter().filter(is_build);
        let mut helpers = helpers.map(|dep| self.workspace.package_of(&dep.pkg));
        let found = helpers.find(|helper| {
            let name = helper.name.as_str();
            !NATIVE_TOOLS.contains(&name) && !self.rules.knows(name) && self.is_native(helper)
        })?;
        let fact = format!(
            "its build script calls `{}`, which is not followed",
            found.name
        );
        Some(Evidence::new(self.origin.clone(), fact))
    }

    fn is_native(&self, helper: &Package) -> bool {
        const BUILD: [Meaning; 4] = [
            Meaning::BuildCpp,
            Meaning::BuildCmake,
            Meaning::BuildPkgConfig,
            Meaning::BuildHeaders,
        ];
        let mut dependencies = helper.dependencies.iter();
        let uses_tool = dependencies.any(|dependency| {
            dependency.kind == DependencyKind::Normal
                && !dependency.optional
                && NATIVE_TOOLS.contains(&dependency.name.as_str())
        });
        let sources = self.workspace.sources.get(&helper.id);
        let is_seen = sources.is_some_and(|sources| {
            let mut facts = sources.facts.iter();
            sources.marked(Mark::Links).next().is_some()
                || facts.any(|fact| BUILD.contains(&fact.meaning))
        });
        uses_tool || is_seen
    }

    fn needs(&self, script: &Script) -> Result<Needs, Evidence> {
        let mut needs = Needs::default();
        let is_compiled = |act: &Act| {
            matches!(
                act.does,
                Does::CompilesC | Does::CompilesCxx | Does::RunsCmake
            )
        };
        let compiles = script.acts.iter().any(is_compiled);
        let makes = |act: &Act| is_compiled(act) || matches!(act.does, Does::Runs(_));
        needs.makes = script.acts.iter().any(makes);
        for act in &script.acts {
            self.act(act, compiles, &mut needs)?;
        }
        if needs.read.is_none() {
            let elsewhere = script.elsewhere.as_ref();
            needs.read = elsewhere.map(|(path, line)| {
                let place = self.place(path, *line);
                format!("its build script does nothing native for Linux ({place})")
            });
        }
        let rule = &mut needs.rule;
        for list in [&mut rule.build, &mut rule.runtime] {
            list.sort();
            list.dedup();
        }
        Ok(needs)
    }

    fn act(&self, act: &Act, compiles: bool, needs: &mut Needs) -> Result<(), Evidence> {
        let at = |fact: &str| self.at(&act.file, act.line, fact);
        let rule = &mut needs.rule;
        let fact = match &act.does {
            Does::CompilesC => {
                if rule.compiles == Compiles::Nothing {
                    rule.compiles = Compiles::C;
                }
                "compiles C with `cc`".to_owned()
            }
            Does::CompilesCxx => {
                cxx(rule, &["g++"]);
                rule.runtime.push("libstdc++6".to_owned());
                "compiles C++".to_owned()
            }
            Does::RunsCmake => {
                cxx(rule, &["cmake", "g++", "make"]);
                "runs CMake".to_owned()
            }
            Does::AsksPkgConfig(Some(module)) => {
                if compiles && !act.is_certain {
                    let fact = format!("may look for `{}`, or compile it", module.escape_debug());
                    return Err(at(&fact));
                }
                let Some(found) = self.rules.module(module) else {
                    let fact = format!(
                        "asks pkg-config for `{}`, and which Debian package has that is not known",
                        module.escape_debug()
                    );
                    return Err(at(&fact));
                };
                rule.build
                    .extend([found.package.clone(), "pkg-config".to_owned()]);
                rule.runtime.extend(found.runtime.iter().cloned());
                rule.musl = Some(Musl::Impossible);
                format!("asks pkg-config for `{module}`")
            }
            Does::AsksPkgConfig(None) => {
                return Err(at("asks pkg-config for a module whose name is not plain"));
            }
            Does::ReadsHeaders => {
                needs.headers.get_or_insert_with(|| at(READS_HEADERS));
                "reads headers with `bindgen`".to_owned()
            }
            Does::Links { name, is_static } => {
                // An archive has to come from somewhere.
                let is_made = *is_static && needs.makes;
                return match self.links(name.as_deref(), is_made, rule) {
                    Some(fact) => Err(at(&fact)),
                    None => Ok(()),
                };
            }
            Does::Runs(name) => return self.runs(name.as_deref(), act, needs),
            Does::Unclear(why) => return Err(at(&format!("its build script {why}"))),
        };
        let place = self.place(&act.file, act.line);
        let read = || format!("its build script {fact} ({place})");
        needs.read.get_or_insert_with(read);
        Ok(())
    }

    /// Why a library that is linked is not understood.
    fn links(&self, name: Option<&str>, is_made: bool, rule: &mut Rule) -> Option<String> {
        match name {
            Some(CXX_LIBRARY) => {
                cxx(rule, &["g++"]);
                rule.runtime.push("libstdc++6".to_owned());
                None
            }
            _ if is_made => None,
            Some(name) if COMPILER_LIBRARIES.contains(&name) => None,
            // pkg-config said so.
            _ if rule.build.iter().any(|package| package == "pkg-config") => None,
            Some(name) => Some(format!("links `{}`", name.escape_debug())),
            None => Some("links a library whose name is not plain".to_owned()),
        }
    }

    fn runs(&self, name: Option<&str>, act: &Act, needs: &mut Needs) -> Result<(), Evidence> {
        let is_local = self.package.source.is_none();
        // What is asked of git, and what makes front ends, has decisions of its own.
        if name == Some("git") {
            return Ok(());
        }
        let shown = name.map_or("a program whose name is not plain".to_owned(), |name| {
            format!("`{}`", name.escape_debug())
        });
        let evidence = self.at(
            &act.file,
            act.line,
            &format!("its build script runs {shown}"),
        );
        match name.and_then(program) {
            Some(Program::InImage) => Ok(()),
            Some(Program::Packages(packages)) => {
                needs.rule.build.extend(packages.iter().cloned());
                let place = self.place(&act.file, act.line);
                let read = || format!("its build script runs {shown} ({place})");
                needs.read.get_or_insert_with(read);
                Ok(())
            }
            Some(Program::Nowhere) | None if is_local => {
                needs.missing.push((name.map(str::to_owned), evidence));
                Ok(())
            }
            Some(Program::Nowhere) | None => Err(evidence),
        }
    }
}

fn cxx(rule: &mut Rule, packages: &[&str]) {
    rule.compiles = Compiles::Cxx;
    rule.build
        .extend(packages.iter().map(|name| (*name).to_owned()));
    if rule.musl.is_none() {
        rule.musl = Some(Musl::NeedsCxx);
    }
    rule.help.get_or_insert_with(|| CXX_HELP.to_owned());
}
