//! Every rule of every row, from what `cargo metadata` prints to what is found and planned.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use cargo_metadata::Metadata;
use semver::Version;
use serde_json::{Value, json};

use super::protoc::OWN_PROTOC;
use super::{Findings, Graphs};
use crate::decide::rules::Rules;
use crate::decide::{builder, conditions};
use crate::decision::{Evidence, Origin};
use crate::graph;
use crate::inspect::{ManifestFacts, PackageIndex, Project, Selected, Workspace};
use crate::knowledge::{Compiles, Knowledge, Musl, Need, Rule};
use crate::settings::{Libc, Settings, SettingsTable, Sourced};

/// A crate that a rule is meant for.
struct Example<'a> {
    name: &'a str,
    version: Version,
    features: BTreeSet<String>,
    rule: &'a Rule,
}

/// An example for each rule: a version and features for which no earlier rule holds.
fn examples() -> Vec<Example<'static>> {
    let versions: Vec<Version> = (0..400)
        .flat_map(|n| {
            [
                (n, 0, 0),
                (0, n, 0),
                (0, n % 20, n / 20),
                (n % 20, n / 20, 99),
            ]
        })
        .map(|(major, minor, patch)| Version::new(major, minor, patch))
        .collect();
    let mut examples = Vec::new();
    for name in Knowledge::shipped().names() {
        let (_, rules) = Knowledge::shipped().row(name).expect("it has a name");
        for (at, rule) in rules.iter().enumerate() {
            let mut own: BTreeSet<String> = rule.features.iter().cloned().collect();
            own.extend(rule.any_feature.first().cloned());
            // With what earlier rules exclude, and without.
            let excluded = rules.iter().flat_map(|other| &other.no_feature);
            let excluded = excluded.filter(|feature| !rule.no_feature.contains(feature));
            let wide: BTreeSet<String> = own.iter().chain(excluded).cloned().collect();
            let example = [own, wide].into_iter().find_map(|features| {
                let version = versions.iter().find(|version| {
                    let first = rules.iter().position(|rule| rule.holds(version, &features));
                    first == Some(at)
                })?;
                Some((version.clone(), features))
            });
            let Some((version, features)) = example else {
                panic!("a rule of {name} is never the first to hold: {rule:?}");
            };
            examples.push(Example {
                name,
                version,
                features,
                rule,
            });
        }
    }
    examples
}

/// What `cargo metadata` prints of one package.
fn package(name: &str, version: &str, target: &str, dependencies: Value, features: Value) -> Value {
    json!({
        "name": name, "version": version, "id": format!("{name} {version}"), "source": null,
        "license": null, "license_file": null, "description": null, "readme": null,
        "repository": null, "homepage": null, "documentation": null, "links": null,
        "default_run": null, "rust_version": null, "publish": null, "metadata": null,
        "edition": "2021", "authors": [], "categories": [], "keywords": [],
        "manifest_path": format!("/project/{name}/Cargo.toml"),
        "dependencies": dependencies, "features": features,
        "targets": [{
            "kind": [target], "crate_types": [target], "name": name,
            "src_path": format!("/project/{name}/src/main.rs"), "edition": "2021",
            "doc": true, "doctest": false, "test": true,
        }],
    })
}

/// A program that depends on the example, which is a "lib", or a "proc-macro" that the compiler loads.
fn workspace(example: &Example<'_>, kind: &str, libc: Libc) -> Workspace {
    let Example {
        name,
        version,
        features,
        ..
    } = example;
    let id = format!("{name} {version}");
    let dependency = json!([{
        "name": name, "source": null, "req": "*", "kind": null, "rename": null,
        "optional": false, "uses_default_features": false, "features": features,
        "target": null, "registry": null,
    }]);
    let table: BTreeMap<&String, [&str; 0]> = features.iter().map(|name| (name, [])).collect();
    let metadata: Metadata = serde_json::from_value(json!({
        "packages": [
            package("the-app", "1.0.0", "bin", dependency, json!({})),
            package(name, &version.to_string(), kind, json!([]), json!(table)),
        ],
        "workspace_members": ["the-app 1.0.0"],
        "workspace_default_members": ["the-app 1.0.0"],
        "resolve": {
            "root": "the-app 1.0.0",
            "nodes": [
                {
                    "id": "the-app 1.0.0", "dependencies": [id], "features": [],
                    "deps": [{
                        "name": name.replace('-', "_"), "pkg": id,
                        "dep_kinds": [{ "kind": null, "target": null }],
                    }],
                },
                { "id": id, "dependencies": [], "deps": [], "features": features },
            ],
        },
        "target_directory": "/project/target", "version": 1,
        "workspace_root": "/project", "metadata": null,
    }))
    .expect("it is what cargo prints");
    let chosen = Sourced {
        value: libc,
        origin: Origin::Default,
        folder: PathBuf::new(),
    };
    let project = Project {
        index: PackageIndex::of(&metadata),
        root: PathBuf::from("/project"),
        lock_file: Some(String::new()),
        is_lock_file_outdated: false,
        bounds: PathBuf::from("/project"),
        locked: None,
        toolchain: None,
        compiler: None,
        cargo_configs: Vec::new(),
        member_configs: Vec::new(),
        programs: Vec::new(),
        manifests: BTreeMap::new(),
        table: SettingsTable::default(),
        root_manifest: ManifestFacts {
            text: String::new(),
            table: toml::Table::new(),
            resolver: Some("2".to_owned()),
            is_workspace_root: true,
            listed_targets: Vec::new(),
            patches: Vec::new(),
            profiles: Vec::new(),
        },
        repository: None,
        foreign_roots: Vec::new(),
        metadata,
    };
    Workspace {
        selected: Selected {
            package: project.metadata.packages[0].id.clone(),
            binary: "the-app".to_owned(),
            extra: Vec::new(),
            because: vec![Evidence::cargo("the only binary")],
        },
        project: Arc::new(project),
        image: None,
        settings: Settings {
            libc: Some(chosen),
            ..Settings::default()
        },
        sources: BTreeMap::new(),
        scripts: Arc::default(),
        ignored: BTreeSet::new(),
        secrets: Vec::new(),
        assets: Vec::new(),
        templates: Vec::new(),
        previous: None,
        dockerfile: PathBuf::from("/project/Dockerfile"),
        is_one_of_all: false,
        excluded: Vec::new(),
        undecided: Vec::new(),
    }
}

fn graphs(workspace: &Workspace) -> Graphs {
    let release = builder::release(workspace);
    let rules = Rules::read(workspace, release.value).expect("there are no rules");
    Graphs::resolve(workspace, &rules, &graph::Index::new(&workspace.metadata))
}

fn set<'a>(names: impl IntoIterator<Item = &'a String>) -> BTreeSet<&'a str> {
    names.into_iter().map(String::as_str).collect()
}

/// The packages that the builder needs for a rule.
fn expected_packages<'a>(example: &Example<'a>, for_musl: bool) -> BTreeSet<&'a str> {
    let rule = example.rule;
    let mut packages = match (&rule.musl_build, for_musl) {
        (Some(packages), true) => set(packages),
        _ => set(&rule.build),
    };
    if for_musl && rule.compiles != Compiles::Nothing {
        packages.insert("musl-tools");
    }
    if OWN_PROTOC.contains(&example.name) {
        packages.retain(|package| !["libprotobuf-dev", "protobuf-compiler"].contains(package));
    }
    packages
}

/// What the builder gets, in the findings and in the plan.
#[track_caller]
fn assert_builder(
    example: &Example<'_>,
    workspace: &Workspace,
    graphs: &Graphs,
    findings: &Findings,
    for_musl: bool,
) {
    let context = format!("{} {} {:?}", example.name, example.version, example.rule);
    let expected = expected_packages(example, for_musl);
    assert_eq!(set(findings.build.keys()), expected, "{context}");
    for because in findings.build.values().flatten() {
        let Origin::Crate { name, version, .. } = &because.origin else {
            panic!("{context}: {because}");
        };
        assert_eq!(
            (name, version),
            (&example.name.to_owned(), &example.version.to_string())
        );
    }
    let mut env = findings.env.iter();
    assert!(
        env.clone().count() == example.rule.env.len()
            && env.all(|(name, (value, _))| example.rule.env.get(name) == Some(value)),
        "{context}: {:?}",
        findings.env
    );
    assert_eq!(findings.unknown, [], "{context}");
    let release = builder::release(workspace);
    let decided = crate::decide::target::decide(workspace, graphs, false);
    let (target, _) = decided.expect("nothing is refused");
    let mut diagnostics = Vec::new();
    let planned = builder::decide(
        workspace,
        &target,
        findings,
        &release,
        (None, conditions::Arguments::default()),
        &mut diagnostics,
    )
    .expect("nothing is refused");
    assert_eq!(diagnostics, [], "{context}");
    let names: Vec<&str> = planned.packages.iter().map(|p| p.value.as_str()).collect();
    assert_eq!(names, Vec::from_iter(expected), "{context}");
    let variables: BTreeMap<_, _> = planned
        .env
        .iter()
        .map(|variable| (variable.value.name.clone(), variable.value.value.clone()))
        .collect();
    assert_eq!(variables, example.rule.env, "{context}");
}

/// What a linked crate leads to beside packages of the builder.
#[track_caller]
fn assert_linked(example: &Example<'_>, findings: &Findings) {
    let rule = example.rule;
    let context = format!("{} {} {rule:?}", example.name, example.version);
    for (found, said) in [
        (&findings.libraries, &rule.runtime),
        (&findings.programs, &rule.programs),
        (&findings.loads, &rule.loads),
    ] {
        assert_eq!(set(found.keys()), set(said), "{context}");
    }
    let needs: BTreeSet<Need> = findings.needs.keys().copied().collect();
    assert_eq!(needs, rule.needs.iter().copied().collect(), "{context}");
    assert_eq!(
        findings.threads.len(),
        usize::from(rule.threads),
        "{context}"
    );
    assert_eq!(
        findings.allocators.len(),
        usize::from(rule.allocator),
        "{context}"
    );
    assert_eq!(
        findings.compiles_c,
        rule.compiles != Compiles::Nothing,
        "{context}"
    );
    let links_system = rule.runtime.iter().any(|package| package != "libstdc++6");
    let is_unknown = rule.musl() == Musl::Impossible && !rule.crt_static;
    for (blockers, is_blocked) in [
        (
            &findings.musl_blockers,
            rule.dlopen || rule.musl() != Musl::Fine,
        ),
        (
            &findings.glibc_blockers,
            rule.dlopen || links_system || is_unknown,
        ),
    ] {
        assert_eq!(blockers.len(), usize::from(is_blocked), "{context}");
        assert!(
            blockers.iter().all(|blocker| blocker.help == rule.help),
            "{context}"
        );
    }
    assert!(findings.linked.contains_key(example.name), "{context}");
}

#[test]
fn every_rule_leads_to_what_it_says() {
    let examples = examples();
    assert!(examples.len() > 300, "{} rules", examples.len());
    for example in &examples {
        for libc in [Libc::Glibc, Libc::Musl] {
            let workspace = workspace(example, "lib", libc);
            let graphs = graphs(&workspace);
            let findings = graphs.findings(libc);
            assert_builder(example, &workspace, &graphs, findings, libc == Libc::Musl);
            assert_linked(example, findings);
        }
        // A macro is compiled for the builder, and is no part of the program.
        let workspace = workspace(example, "proc-macro", Libc::Musl);
        let graphs = graphs(&workspace);
        let findings = graphs.findings(Libc::Musl);
        assert_builder(example, &workspace, &graphs, findings, false);
        let context = format!("{} {:?}", example.name, example.rule);
        assert!(findings.libraries.is_empty(), "{context}");
        assert!(findings.programs.is_empty(), "{context}");
        assert!(findings.loads.is_empty(), "{context}");
        assert!(findings.needs.is_empty(), "{context}");
        assert!(findings.threads.is_empty(), "{context}");
        assert!(findings.allocators.is_empty(), "{context}");
        assert!(findings.musl_blockers.is_empty(), "{context}");
        assert!(findings.glibc_blockers.is_empty(), "{context}");
        assert!(!findings.compiles_c, "{context}");
        assert!(findings.linked.is_empty(), "{context}");
    }
}
