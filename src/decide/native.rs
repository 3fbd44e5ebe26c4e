//! The graphs of the shipped package, and what their crates need.

mod blockers;
mod findings;
mod protoc;
mod scripts;
#[cfg(test)]
mod tests;
mod unknown;

use std::collections::BTreeSet;

use cargo_metadata::{Package, PackageId};

pub(crate) use self::blockers::Blocker;
pub(crate) use self::findings::Findings;
pub(crate) use self::unknown::code;
use super::rules::{Compiled, Rules};
use crate::decision::Origin;
use crate::features::Features;
use crate::graph::{self, Graph};
use crate::inspect::Workspace;
use crate::platform::{MACHINES, Target};
use crate::settings::Libc;

/// The graphs of the shipped package, one for each platform that the image can have.
pub(crate) struct Graphs {
    glibc: Vec<Graph>,
    musl: Vec<Graph>,
    findings_glibc: Findings,
    findings_musl: Findings,
}

impl Graphs {
    /// Works out all of them.
    pub(crate) fn resolve(workspace: &Workspace, rules: &Rules, index: &graph::Index<'_>) -> Self {
        let is_unified = workspace.unifies_features();
        let mut asked = Features::asked(&workspace.settings);
        asked
            .named
            .extend(super::features::required_features(workspace));
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
}
