//! What the crates of the graph need, by the tables and by what their manifests show.

mod blockers;
mod protoc;
mod scripts;
#[cfg(test)]
mod tests;
mod unknown;

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{Package, PackageId};

pub(crate) use self::blockers::Blocker;
use self::blockers::{against_musl, against_static_glibc};
pub(crate) use self::unknown::code;
use super::rules::{Compiled, Rules};
use crate::decision::{Evidence, Origin};
use crate::diagnostic::Diagnostic;
use crate::features::Features;
use crate::graph::{self, Graph};
use crate::inspect::Workspace;
use crate::knowledge::ceilings::{self, Ceiling};
use crate::knowledge::{Compiles, Need, Rule};
use crate::platform::{MACHINES, Target};
use crate::settings::Libc;

/// The graphs of the shipped package, one for each platform that the image can have.
pub(crate) struct Graphs {
    glibc: Vec<Graph>,
    musl: Vec<Graph>,
    findings_glibc: Findings,
    findings_musl: Findings,
}

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

impl Graphs {
    /// Works out all of them.
    pub(crate) fn resolve(workspace: &Workspace, rules: &Rules, index: &graph::Index<'_>) -> Self {
        let is_unified = workspace.unifies_features();
        let mut asked = Features::asked(&workspace.settings);
        asked
            .named
            .extend(super::build::required_features(workspace));
        let graphs = |libc| -> Vec<Graph> {
            let graph = |machine: &&str| {
                let image = Target::linux(machine, libc);
                let host = Target::linux(machine, Libc::Glibc);
                let package = &workspace.selected.package;
                graph::resolve(index, package, &asked, &image, &host, is_unified)
            };
            MACHINES.iter().map(graph).collect()
        };
        let (glibc, musl) = (graphs(Libc::Glibc), graphs(Libc::Musl));
        Self {
            findings_glibc: Findings::collect(workspace, rules, &glibc, Libc::Glibc),
            findings_musl: Findings::collect(workspace, rules, &musl, Libc::Musl),
            glibc,
            musl,
        }
    }

    /// The graphs for this C library, in the order of the machines.
    pub(crate) fn of(&self, libc: Libc) -> &[Graph] {
        match libc {
            Libc::Glibc => &self.glibc,
            Libc::Musl => &self.musl,
        }
    }

    /// What a program for this C library needs.
    pub(crate) fn findings(&self, libc: Libc) -> &Findings {
        match libc {
            Libc::Glibc => &self.findings_glibc,
            Libc::Musl => &self.findings_musl,
        }
    }

    /// The ids of all packages that the program is compiled from.
    pub(crate) fn ids(&self, libc: Libc) -> BTreeSet<PackageId> {
        let nodes = self.of(libc).iter().flat_map(Graph::nodes);
        nodes.map(|(id, _)| id.clone()).collect()
    }

    /// All packages that the program is compiled from, in the order of their ids.
    pub(crate) fn packages<'a>(
        &self,
        workspace: &'a Workspace,
        libc: Libc,
    ) -> impl Iterator<Item = &'a Package> + use<'a> {
        self.ids(libc)
            .into_iter()
            .map(|id| workspace.package_of(&id))
    }

    /// Those of this project whose code is in the program: no helpers of build scripts, no macros.
    pub(crate) fn linked_packages<'a>(
        &self,
        workspace: &'a Workspace,
        libc: Libc,
    ) -> Vec<&'a Package> {
        let nodes = self.of(libc).iter().flat_map(Graph::nodes);
        let linked: BTreeSet<&PackageId> = nodes
            .filter(|(_, node)| node.is_linked)
            .map(|(id, _)| id)
            .collect();
        let mut packages = self.local_packages(workspace, libc);
        packages.retain(|package| linked.contains(&package.id));
        packages
    }

    /// Those of this project.
    pub(crate) fn local_packages<'a>(
        &self,
        workspace: &'a Workspace,
        libc: Libc,
    ) -> Vec<&'a Package> {
        let packages = self.packages(workspace, libc);
        packages
            .filter(|package| package.source.is_none())
            .collect()
    }
}

impl Findings {
    fn collect(workspace: &Workspace, rules: &Rules, graphs: &[Graph], libc: Libc) -> Self {
        let mut findings = Self::default();
        // What only the later machine has comes after; the first one's evidence stands.
        for (machine, graph) in MACHINES.iter().zip(graphs) {
            let image = Target::linux(machine, libc);
            let host = Target::linux(machine, Libc::Glibc);
            for (id, node) in graph.nodes() {
                let package = workspace.package_of(id);
                let origin = graph.origin(id);
                findings.floor(package, &origin);
                findings.ceiling(package, &origin);
                if node.is_linked {
                    // The shipped package may have the name of a crate that it uses.
                    if *id != workspace.selected.package {
                        let linked = findings.linked.entry(package.name.to_string());
                        let (features, _) = linked.or_insert((BTreeSet::new(), origin.clone()));
                        features.extend(node.features.iter().cloned());
                    }
                    let compiled = Compiled {
                        package,
                        features: &node.features,
                        target: &image,
                    };
                    findings.package(workspace, rules, compiled, &origin, libc, true);
                }
                if node.is_for_host {
                    let compiled = Compiled {
                        package,
                        features: &node.host_features,
                        target: &host,
                    };
                    findings.package(workspace, rules, compiled, &origin, libc, false);
                }
            }
        }
        protoc::settle(&mut findings, workspace, graphs);
        findings
    }

    fn ceiling(&mut self, package: &Package, origin: &Origin) {
        if let Some(ceiling) = ceilings::ceiling(&package.name, &package.version) {
            let fact = format!("does not compile with Rust {} and newer", ceiling.since);
            let evidence = Evidence::new(origin.clone(), fact);
            let name = format!("{}@{}", package.name, package.version);
            self.ceilings.entry(name).or_insert((ceiling, evidence));
        }
    }

    fn floor(&mut self, package: &Package, origin: &Origin) {
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

    fn package(
        &mut self,
        workspace: &Workspace,
        rules: &Rules,
        compiled: Compiled<'_>,
        origin: &Origin,
        libc: Libc,
        is_linked: bool,
    ) {
        let package = compiled.package;
        match rules.find(compiled) {
            Some(applied) => {
                self.rule(
                    &applied.rule,
                    &applied.origin(origin),
                    None,
                    libc,
                    is_linked,
                );
                for warning in rules.missing(workspace, compiled, &applied, origin) {
                    if !self.warnings.contains(&warning) {
                        self.warnings.push(warning);
                    }
                }
            }
            None if rules.knows(&package.name) => {}
            None => self.unknown(workspace, rules, compiled, origin, (libc, is_linked)),
        }
    }

    /// What follows from a rule; `read` is what a rule was made from that stands in no table.
    fn rule(
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
        for package in &rule.runtime {
            push(
                &mut self.libraries,
                package,
                because("links a library from it"),
            );
        }
        for pattern in &rule.loads {
            push(
                &mut self.loads,
                pattern,
                because("has a library that loads it"),
            );
        }
        for package in &rule.programs {
            push(
                &mut self.programs,
                package,
                because("runs or reads what is in it"),
            );
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

fn push(packages: &mut BTreeMap<String, Vec<Evidence>>, name: &str, evidence: Evidence) {
    add(packages.entry(name.to_owned()).or_default(), evidence);
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
