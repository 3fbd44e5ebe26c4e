//! The rule that holds for a crate, and where it comes from.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use cargo_metadata::{Package, PackageId};

use super::system_deps::{self, Wanted};
use super::teach::ManifestRules;
use crate::decision::{Origin, Place};
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::inspect::Workspace;
use crate::knowledge::pkg_config::{self, Module};
use crate::knowledge::{Knowledge, Release, Rule};
use crate::platform::Target;
use crate::source::{self, Conditions, Script, ScriptFile};

/// What build scripts do, by package and by the features that are active.
type Scripts = BTreeMap<(PackageId, BTreeSet<String>), Rc<Script>>;

/// What is known about crates: what the manifest teaches, then what the tables say, then what the crate
/// declares for system-deps.
#[derive(Debug)]
pub(crate) struct Rules {
    manifest: ManifestRules,
    release: &'static Release,
    /// Build scripts that were followed, by crate and features.
    scripts: RefCell<Scripts>,
}

/// A crate as one graph compiles it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compiled<'a> {
    pub(crate) package: &'a Package,
    pub(crate) features: &'a BTreeSet<String>,
    /// What it is compiled for.
    pub(crate) target: &'a Target,
}

/// A rule whose conditions hold.
#[derive(Debug)]
pub(crate) struct Applied<'a> {
    pub(crate) rule: Cow<'a, Rule>,
    pub(crate) source: Source<'a>,
}

/// Where a rule comes from.
#[derive(Debug)]
pub(crate) enum Source<'a> {
    /// The manifest of the shipped package.
    Manifest(&'a Place),
    /// A row of a table, with the row's own source.
    Table(&'a str),
    /// What the crate asks pkg-config for.
    SystemDeps,
}

impl Applied<'_> {
    /// The crate, and the rule of the manifest that describes it, where there is one.
    pub(crate) fn origin(&self, of: &Origin) -> Origin {
        match self.source {
            Source::Manifest(place) => of.clone().by_rule(place),
            Source::Table(_) | Source::SystemDeps => of.clone(),
        }
    }
}

impl Rules {
    /// Reads what the manifest teaches; the packages are those of a release of Debian.
    pub(crate) fn read(workspace: &Workspace, release: &'static Release) -> Result<Self> {
        Ok(Self {
            manifest: ManifestRules::read(workspace)?,
            release,
            scripts: RefCell::default(),
        })
    }

    /// What a crate's build script does with these features.
    pub(crate) fn script(
        &self,
        package: &Package,
        features: &BTreeSet<String>,
        files: &[ScriptFile],
    ) -> Rc<Script> {
        let mut scripts = self.scripts.borrow_mut();
        let key = (package.id.clone(), features.clone());
        let followed = scripts.entry(key).or_insert_with(|| {
            let conditions = Conditions {
                features: features.clone(),
            };
            Rc::new(source::script(files, &conditions))
        });
        Rc::clone(followed)
    }

    /// A module of pkg-config in the release of Debian.
    pub(crate) fn module(&self, name: &str) -> Option<&'static Module> {
        pkg_config::module(&self.release.codename, name)
    }

    /// Warns of rules that nothing needs.
    pub(crate) fn unused(&self, workspace: &Workspace) -> Vec<Diagnostic> {
        self.manifest.unused(&workspace.metadata)
    }

    /// All rules with conditions that there are about a crate: the first that holds counts.
    pub(crate) fn about(&self, name: &str) -> Vec<Applied<'_>> {
        let own = self.manifest.rules(name).iter().map(|own| Applied {
            rule: Cow::Borrowed(&own.rule),
            source: Source::Manifest(&own.place),
        });
        let (source, rules) = Knowledge::shipped().row(name).unwrap_or_default();
        let shipped = rules.iter().map(|rule| Applied {
            rule: Cow::Borrowed(rule),
            source: Source::Table(source),
        });
        own.chain(shipped).collect()
    }

    /// The first rule that holds for a crate.
    pub(crate) fn find(&self, compiled: Compiled<'_>) -> Option<Applied<'_>> {
        let package = compiled.package;
        let mut rules = self.about(&package.name).into_iter();
        let found = rules.find(|applied| applied.rule.holds(&package.version, compiled.features));
        if found.is_some() || Knowledge::shipped().knows(&package.name) {
            return found;
        }
        let rule = system_deps::rule(&wanted(compiled)?, &self.release.codename);
        Some(Applied {
            rule: Cow::Owned(rule),
            source: Source::SystemDeps,
        })
    }

    /// The names of all crates that there are rules about.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.manifest.names().chain(Knowledge::shipped().names())
    }

    /// Whether there is a row about a crate, whatever its version and features are.
    pub(crate) fn knows(&self, name: &str) -> bool {
        Knowledge::shipped().knows(name)
    }

    /// Warns of libraries that the release of Debian does not have, or not in this version.
    pub(crate) fn missing(
        &self,
        workspace: &Workspace,
        compiled: Compiled<'_>,
        applied: &Applied<'_>,
        origin: &Origin,
    ) -> Vec<Diagnostic> {
        let wanted = match applied.source {
            // Who teaches a crate knows it.
            Source::Manifest(_) => return Vec::new(),
            Source::Table(_) | Source::SystemDeps => wanted(compiled).unwrap_or_default(),
        };
        let name = compiled.package.name.as_str();
        let check = |wanted: &Wanted| match wanted.module(&self.release.codename) {
            None if matches!(applied.source, Source::SystemDeps) => {
                Some(system_deps::unknown(workspace, name, wanted, origin))
            }
            // A crate with a row may compile its own copy; then the row names no package.
            Some(module)
                if applied.rule.build.contains(&module.package)
                    && !wanted.accepts(&module.version) =>
            {
                Some(system_deps::unfit(
                    name,
                    wanted,
                    &module.version,
                    self.release,
                    origin,
                ))
            }
            _ => None,
        };
        wanted.iter().filter_map(check).collect()
    }
}

fn wanted(compiled: Compiled<'_>) -> Option<Vec<Wanted>> {
    system_deps::wanted(compiled.package, compiled.features, compiled.target)
}
