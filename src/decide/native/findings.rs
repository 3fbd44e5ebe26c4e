//! What the crates of one platform's graphs need, and what follows from a rule.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::Package;

use super::blockers::{Blocker, against_musl, against_static_glibc};
use crate::decision::{Evidence, Origin};
use crate::diagnostic::Diagnostic;
use crate::knowledge::ceilings::{self, Ceiling};
use crate::knowledge::{Compiles, Need, Rule};
use crate::settings::Libc;

/// What the crates of one platform's graphs need.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Debian packages of the builder.
    pub(crate) build: BTreeMap<String, Vec<Evidence>>,
    /// Those of them that crates of the program itself want.
    pub(crate) linked_build: BTreeMap<String, Vec<Evidence>>,
    /// Those of them that build scripts and proc-macros want.
    pub(crate) host_build: BTreeSet<String>,
    /// Debian packages whose shared libraries a dynamic program links.
    pub(crate) libraries: BTreeMap<String, Vec<Evidence>>,
    /// Files that the shared libraries load in their turn, as patterns of a shell.
    pub(crate) loads: BTreeMap<String, Vec<Evidence>>,
    /// Debian packages with programs or data that it runs or reads.
    pub(crate) programs: BTreeMap<String, Vec<Evidence>>,
    /// Environment of the build.
    pub(crate) env: BTreeMap<String, (String, Evidence)>,
    /// What the program expects to find.
    pub(crate) needs: BTreeMap<Need, Vec<Evidence>>,
    /// Crates that start threads.
    pub(crate) threads: Vec<Evidence>,
    /// Crates that are an allocator.
    pub(crate) allocators: Vec<Evidence>,
    /// Whether C is compiled into the program.
    pub(crate) compiles_c: bool,
    /// What stands against a static program with musl.
    pub(crate) musl_blockers: Vec<Blocker>,
    /// What stands against a static program with glibc.
    pub(crate) glibc_blockers: Vec<Blocker>,
    /// Crates with native code that no table knows.
    pub(crate) unknown: Vec<(String, Evidence)>,
    /// Those of them that the program itself links.
    pub(crate) linked_unknown: Vec<Evidence>,
    /// What there is to say about libraries that the release of Debian does not have.
    pub(crate) warnings: Vec<Diagnostic>,
    /// Names of all linked crates with their features.
    pub(crate) linked: BTreeMap<String, (BTreeSet<String>, Origin)>,
    /// Crates that a newer Rust does not compile: the names with versions, and what is known of them.
    pub(crate) ceilings: BTreeMap<String, (&'static Ceiling, Evidence)>,
    /// The newest Rust that a crate asks for.
    pub(crate) rust_floor: Option<(semver::Version, Evidence)>,
}

impl Findings {
    /// Remembers a crate that a newer Rust does not compile.
    pub(super) fn ceiling(&mut self, package: &Package, origin: &Origin) {
        if let Some(ceiling) = ceilings::ceiling(&package.name, &package.version) {
            let fact = format!("does not compile with Rust {} and newer", ceiling.since);
            let evidence = Evidence::new(origin.clone(), fact);
            let name = format!("{}@{}", package.name, package.version);
            self.ceilings.entry(name).or_insert((ceiling, evidence));
        }
    }

    /// Remembers the newest Rust that a crate asks for.
    pub(super) fn floor(&mut self, package: &Package, origin: &Origin) {
        let Some(version) = &package.rust_version else {
            return;
        };
        if self
            .rust_floor
            .as_ref()
            .is_none_or(|(floor, _)| version > floor)
        {
            let fact = format!("`rust-version` is {}.{}", version.major, version.minor);
            self.rust_floor = Some((version.clone(), Evidence::new(origin.clone(), fact)));
        }
    }

    /// What follows from a rule; `read` is what a rule was made from that stands in no table.
    pub(super) fn rule(
        &mut self,
        rule: &Rule,
        origin: &Origin,
        read: Option<&str>,
        libc: Libc,
        is_linked: bool,
    ) {
        let because = |fact: &str| because(origin, fact, read);
        let for_musl = is_linked && libc == Libc::Musl;
        let packages = match &rule.musl_build {
            Some(packages) if for_musl => packages,
            _ => &rule.build,
        };
        let needed = match origin {
            Origin::Crate { name, .. } => format!("needed to build {name}"),
            _ => "needed to build it".to_owned(),
        };
        for package in packages {
            let evidence = because(&needed);
            if is_linked {
                push(&mut self.linked_build, package, evidence.clone());
            } else {
                self.host_build.insert(package.clone());
            }
            push(&mut self.build, package, evidence);
        }
        if for_musl && rule.compiles != Compiles::Nothing {
            push(
                &mut self.build,
                "musl-tools",
                because("compiles C for musl"),
            );
        }
        for (name, value) in &rule.env {
            let evidence = because("links its own copy, whatever the builder image has");
            self.env
                .entry(name.clone())
                .or_insert((value.clone(), evidence));
        }
        if is_linked {
            self.rule_of_program(rule, origin, read);
        }
    }

    /// What a crate of the program itself brings to where it runs.
    fn rule_of_program(&mut self, rule: &Rule, origin: &Origin, read: Option<&str>) {
        let because = |fact: &str| because(origin, fact, read);
        self.compiles_c |= rule.compiles != Compiles::Nothing;
        for (names, found, fact) in [
            (
                &rule.runtime,
                &mut self.libraries,
                "links a library from it",
            ),
            (&rule.loads, &mut self.loads, "has a library that loads it"),
            (
                &rule.programs,
                &mut self.programs,
                "runs or reads what is in it",
            ),
        ] {
            for name in names {
                push(found, name, because(fact));
            }
        }
        for need in &rule.needs {
            let evidence = self.needs.entry(*need).or_default();
            let new = because(match need {
                Need::CaCertificates => "reads the system's certificates",
                Need::Tzdata => "reads the system's time zones",
                Need::Tmp => "makes temporary files",
                Need::Home => "asks for the user's home",
            });
            if !evidence.contains(&new) {
                evidence.push(new);
            }
        }
        if rule.threads {
            add(&mut self.threads, because("starts threads"));
        }
        if rule.allocator {
            add(&mut self.allocators, because("is a memory allocator"));
        }
        for (fact, blockers) in [
            (against_musl(rule), &mut self.musl_blockers),
            (against_static_glibc(rule), &mut self.glibc_blockers),
        ] {
            if let Some(fact) = fact {
                let blocker = Blocker {
                    evidence: because(fact),
                    help: rule.help.clone(),
                };
                add(blockers, blocker);
            }
        }
    }
}

fn because(origin: &Origin, fact: &str, read: Option<&str>) -> Evidence {
    let fact = match read {
        Some(read) => format!("{fact}: {read}"),
        None => fact.to_owned(),
    };
    Evidence::new(origin.clone(), fact)
}

/// Remembers why a package is needed.
pub(super) fn push(packages: &mut BTreeMap<String, Vec<Evidence>>, name: &str, evidence: Evidence) {
    add(packages.entry(name.to_owned()).or_default(), evidence);
}

/// Adds what is not there yet.
pub(super) fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
