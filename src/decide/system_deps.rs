//! What a crate asks pkg-config for, as it declares it in `[package.metadata.system-deps]`.
//!
//! The rules are those of the crate system-deps (<https://docs.rs/system-deps>): a key is a module, with a
//! version as text or a table with `version`, `name`, `fallback-names`, `feature` and `optional`; a table
//! `v…` in it counts where the feature of that name is on, and the highest of them wins.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Package};
use serde_json::{Map, Value};

use super::teach;
use crate::decision::Origin;
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::Workspace;
use crate::knowledge::pkg_config::{self, Module};
use crate::knowledge::{Knowledge, Musl, Release, Rule};
use crate::platform::Target;

/// A module that a build script does not do without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The name that pkg-config is asked for.
    pub(crate) name: String,
    /// The lowest version that will do.
    pub(crate) floor: Option<String>,
    /// The first version that is too high.
    pub(crate) ceiling: Option<String>,
    /// The feature that raised the floor.
    pub(crate) feature: Option<String>,
    /// Other names of the module, in the order in which they are tried.
    fallbacks: Vec<String>,
}

impl Wanted {
    /// The module in a release of Debian, under its name or the first other one that is there.
    pub(crate) fn module(&self, release: &str) -> Option<&'static Module> {
        std::iter::once(&self.name)
            .chain(&self.fallbacks)
            .find_map(|name| pkg_config::module(release, name))
    }

    /// Whether a version of the module will do.
    pub(crate) fn accepts(&self, version: &str) -> bool {
        let is = |bound: &str, order| compare(version, bound) == order;
        self.floor
            .as_ref()
            .is_none_or(|floor| !is(floor, Ordering::Less))
            && self
                .ceiling
                .as_ref()
                .is_none_or(|ceiling| is(ceiling, Ordering::Less))
    }

    /// The versions that will do, in words.
    pub(crate) fn versions(&self) -> String {
        match (&self.floor, &self.ceiling) {
            (Some(floor), Some(ceiling)) => format!("{floor} or later, below {ceiling}"),
            (Some(floor), None) => format!("{floor} or later"),
            (None, Some(ceiling)) => format!("below {ceiling}"),
            (None, None) => "any".to_owned(),
        }
    }
}

/// The modules that a crate wants with these features on this target; none where it does not use
/// system-deps.
pub(crate) fn wanted(
    package: &Package,
    features: &BTreeSet<String>,
    target: &Target,
) -> Option<Vec<Wanted>> {
    let is_used = package.dependencies.iter().any(|dependency| {
        dependency.kind == DependencyKind::Build && dependency.name == "system-deps"
    });
    let table = package.metadata.get("system-deps")?.as_object()?;
    is_used.then(|| {
        let mut all = Vec::new();
        for (key, value) in table {
            match (key.starts_with("cfg("), value) {
                (true, Value::Object(table)) if is_active(key, target) => {
                    all.extend(
                        table
                            .iter()
                            .filter_map(|(key, value)| one(key, value, features)),
                    );
                }
                (true, _) => {}
                (false, _) => all.extend(one(key, value, features)),
            }
        }
        all
    })
}

fn is_active(cfg: &str, target: &Target) -> bool {
    target.matches_text(cfg)
}

fn one(key: &str, value: &Value, features: &BTreeSet<String>) -> Option<Wanted> {
    let empty = Map::new();
    let table = value.as_object().unwrap_or(&empty);
    let is_on = |name: &str| features.iter().any(|feature| plain(feature) == plain(name));
    let text = |table: &Map<String, Value>, key: &str| Some(table.get(key)?.as_str()?.to_owned());
    if text(table, "feature").is_some_and(|feature| !is_on(&feature)) {
        return None;
    }
    let raised = table
        .iter()
        .filter(|(name, _)| name.starts_with('v') && is_on(name))
        .filter_map(|(name, value)| Some((name, value.as_object()?)))
        .max_by(|(_, left), (_, right)| {
            let floor = |table| bounds(&text(table, "version").unwrap_or_default()).0;
            compare(
                &floor(left).unwrap_or_default(),
                &floor(right).unwrap_or_default(),
            )
        });
    let own = |key: &str| {
        let raised = raised.and_then(|(_, table)| table.get(key));
        raised.or_else(|| table.get(key))
    };
    if own("optional").and_then(Value::as_bool) == Some(true) {
        return None;
    }
    let version = own("version").unwrap_or(value).as_str().unwrap_or_default();
    let (floor, ceiling) = bounds(version);
    let fallbacks = own("fallback-names").and_then(Value::as_array);
    Some(Wanted {
        name: own("name")
            .and_then(Value::as_str)
            .unwrap_or(key)
            .to_owned(),
        floor,
        ceiling,
        feature: raised.map(|(name, _)| name.clone()),
        fallbacks: fallbacks
            .into_iter()
            .flatten()
            .filter_map(|name| Some(name.as_str()?.to_owned()))
            .collect(),
    })
}

/// A feature as cargo names it in the environment of a build script.
fn plain(feature: &str) -> String {
    feature.to_uppercase().replace('-', "_")
}

/// `1.2`, `>= 1.2` or `>= 1.2, < 2` as the lowest version and the first that is too high.
fn bounds(version: &str) -> (Option<String>, Option<String>) {
    let (floor, ceiling) = match version.split_once(',') {
        Some((floor, ceiling)) => (floor, Some(ceiling.trim().trim_start_matches('<').trim())),
        None => (version, None),
    };
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let floor = floor.trim().trim_start_matches(">=").trim();
    (some(floor), ceiling.and_then(some))
}

/// Compares versions number by number; what is missing counts as 0.
fn compare(left: &str, right: &str) -> Ordering {
    let numbers = |version: &str| -> Vec<u64> {
        version
            .split('.')
            .map_while(|part| {
                let end = part.find(|char: char| !char.is_ascii_digit());
                part[..end.unwrap_or(part.len())].parse().ok()
            })
            .collect()
    };
    let (mut left, mut right) = (numbers(left), numbers(right));
    let length = left.len().max(right.len());
    left.resize(length, 0);
    right.resize(length, 0);
    left.cmp(&right)
}

/// The rule that follows: the packages with the modules, and no musl, for which Debian has no libraries.
pub(crate) fn rule(wanted: &[Wanted], release: &str) -> Rule {
    if wanted.is_empty() {
        return Rule::default();
    }
    let modules: Vec<&Module> = wanted
        .iter()
        .filter_map(|wanted| wanted.module(release))
        .collect();
    let mut build: BTreeSet<String> = modules.iter().map(|found| found.package.clone()).collect();
    build.insert("pkg-config".to_owned());
    let runtime: BTreeSet<String> = modules
        .iter()
        .flat_map(|found| found.runtime.iter().cloned())
        .collect();
    Rule {
        build: build.into_iter().collect(),
        runtime: runtime.into_iter().collect(),
        musl: Some(Musl::Impossible),
        ..Rule::default()
    }
}

/// Warns of a module that no package is known to have.
pub(crate) fn unknown(
    workspace: &Workspace,
    name: &str,
    wanted: &Wanted,
    origin: &Origin,
) -> Diagnostic {
    let module = wanted.name.escape_debug();
    Diagnostic::warning(
        Code::UnknownNative,
        format!("which Debian package has `{module}`, which the crate `{name}` asks pkg-config for, is not known"),
    )
    .note(format!("{origin}: `package.metadata.system-deps` names it"))
    .help(teach::help(workspace, name))
}

/// Warns of a module that the release of Debian has in a version that will not do.
pub(crate) fn unfit(
    name: &str,
    wanted: &Wanted,
    version: &str,
    release: &Release,
    origin: &Origin,
) -> Diagnostic {
    let module = wanted.name.escape_debug();
    let message = format!(
        "the crate `{name}` needs `{module}` {}, and Debian {} has {version}",
        wanted.versions().escape_debug(),
        release.codename
    );
    let asks = match &wanted.feature {
        Some(feature) => format!("{origin}: the feature `{feature}` asks for it"),
        None => format!("{origin}: `package.metadata.system-deps` asks for it"),
    };
    let warning = Diagnostic::warning(Code::LibraryVersion, message).note(asks);
    let fitting = Knowledge::shipped().releases.iter().find_map(|release| {
        let module = wanted.module(&release.codename)?;
        wanted
            .accepts(&module.version)
            .then_some((&release.codename, &module.version))
    });
    match (fitting, &wanted.feature) {
        (Some((codename, version)), _) => {
            warning.help(format!("use images of Debian {codename}, which has {version}"))
        }
        (None, Some(feature)) => warning.help(format!(
            "do not activate the feature `{feature}` of `{name}`, or build with an image that has the library"
        )),
        (None, None) => warning.help(format!(
            "use another version of `{name}`, or build with an image that has the library"
        )),
    }
}
