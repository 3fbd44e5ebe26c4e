//! What a manifest teaches about crates, with the keys of the shipped tables.
//!
//! `[package.metadata.dockerize.crates.NAME]` is one rule, `[[package.metadata.dockerize.crates.NAME]]` is
//! a list of rules of which the first counts whose conditions hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use cargo_metadata::Metadata;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::decision::{Evidence, Origin, Place};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::error::Result;
use crate::inspect::Workspace;
use crate::knowledge::Rule;
use crate::names::nearest;
use crate::quote;
use crate::settings::{Sourced, wrong_key};
use crate::shell;

/// Rules of the manifest, by the name of the crate.
#[derive(Debug, Default)]
pub(crate) struct ManifestRules(BTreeMap<String, Vec<PlacedRule>>);

/// A rule, and the line that it begins on.
#[derive(Debug)]
pub(crate) struct PlacedRule {
    pub(crate) rule: Rule,
    pub(crate) place: Place,
}

impl ManifestRules {
    /// Reads the rules of the manifests, and refuses those with unsafe values.
    pub(crate) fn read(workspace: &Workspace) -> Result<Self> {
        let mut rules = Self::default();
        for chosen in &workspace.settings.crates {
            // Those of the package stand behind those of the workspace, and take their place.
            rules.0.extend(Self::parse(chosen)?.0);
        }
        Ok(rules)
    }

    /// Reads the rules of one manifest.
    fn parse(chosen: &Sourced<String>) -> Result<Self> {
        let (Origin::Key { file, key, .. }, text) = (&chosen.origin, &chosen.value) else {
            return Ok(Self::default());
        };
        let path = chosen.folder.join("Cargo.toml");
        let is_of_workspace = key.starts_with("workspace.");
        let manifest: Manifest =
            toml::from_str(text).map_err(|error| wrong_key(&path, text, &error, key))?;
        let holder = if is_of_workspace {
            manifest.workspace
        } else {
            manifest.package
        };
        let mut rules = BTreeMap::new();
        for (name, list) in holder.metadata.dockerize.crates {
            let header = name.span();
            let list_of: &mut Vec<PlacedRule> = rules.entry(name.into_inner()).or_default();
            for (span, rule) in list.0 {
                let location = Location::new(&path, text, span.unwrap_or_else(|| header.clone()));
                check(&rule, &location)?;
                let place = Place {
                    file: file.to_owned(),
                    line: location.line,
                };
                list_of.push(PlacedRule { rule, place });
            }
        }
        Ok(Self(rules))
    }

    /// Warns of rules about crates that are not there, such as a name with a typing error.
    pub(crate) fn unused(&self, metadata: &Metadata) -> Vec<Diagnostic> {
        let names: BTreeSet<&str> = metadata
            .packages
            .iter()
            .map(|package| package.name.as_str())
            .collect();
        let unused = self
            .0
            .iter()
            .filter(|(name, _)| !names.contains(name.as_str()));
        unused
            .filter_map(|(name, rules)| Some((name, rules.first()?)))
            .map(|(name, first)| {
                let message = format!("no crate `{}` is in the graph", name.escape_debug());
                let warning = Diagnostic::warning(Code::UnusedRule, message)
                    .note(format!("{} has a rule about it", first.place));
                match nearest(name, names.iter().copied()).first() {
                    Some(nearest) => warning.help(format!("did you mean `{nearest}`?")),
                    None => warning.help("remove the rule"),
                }
            })
            .collect()
    }

    /// The names of the crates that have rules.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The rules for a crate, the first that holds counts.
    pub(crate) fn rules(&self, name: &str) -> &[PlacedRule] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}

/// The lines that teach what a crate needs, to be filled in.
pub(crate) fn lesson(name: &str) -> String {
    let is_bare = name
        .chars()
        .all(|char| char.is_ascii_alphanumeric() || "-_".contains(char));
    let key = match is_bare {
        true => name.to_owned(),
        false => format!("{name:?}"),
    };
    format!("[package.metadata.dockerize.crates.{key}]\nbuild = [\"…\"]\nruntime = [\"…\"]")
}

/// Where the lines go, and the lines.
pub(crate) fn help(workspace: &Workspace, name: &str) -> String {
    let manifest = workspace.package().manifest_path.as_std_path();
    format!(
        "say in {} which Debian packages it needs, a list may be empty:\n{}",
        workspace.display(manifest),
        lesson(name)
    )
}

/// Warns of a crate with native code of which nothing is known.
pub(crate) fn unknown(workspace: &Workspace, name: &str, because: &Evidence) -> Diagnostic {
    let message = format!("what the crate `{name}` needs is not known");
    Diagnostic::warning(Code::UnknownNative, message)
        .note(because.to_string())
        .help(help(workspace, name))
}

/// Refuses what is no package, no path and no variable.
fn check(rule: &Rule, location: &Location) -> Result<()> {
    let lists = [
        ("build", Some(&rule.build)),
        ("musl-build", rule.musl_build.as_ref()),
        ("runtime", Some(&rule.runtime)),
        ("programs", Some(&rule.programs)),
    ];
    for (key, names) in lists {
        let bad = names
            .into_iter()
            .flatten()
            .find(|name| !quote::is_package(name));
        if let Some(name) = bad {
            return Err(refused(
                Code::DebianPackage,
                format!(
                    "`{}` is not the name of a Debian package",
                    name.escape_debug()
                ),
                location,
                key,
            )
            .help("use names as `apt-get install` takes them, without versions")
            .into());
        }
    }
    if let Some(pattern) = rule
        .loads
        .iter()
        .find(|pattern| !shell::is_pattern(pattern))
    {
        let message = format!("`{}` is not an absolute path", pattern.escape_debug());
        return Err(refused(Code::PathPattern, message, location, "loads")
            .help("begin with `/`; `*` stands for any name")
            .into());
    }
    match rule.env.keys().find(|name| !quote::is_variable(name)) {
        Some(name) => Err(refused(
            Code::VariableName,
            format!("`{}` is not the name of a variable", name.escape_debug()),
            location,
            "env",
        )
        .help("use letters, digits and `_`")
        .into()),
        None => Ok(()),
    }
}

fn refused(code: Code, message: String, location: &Location, key: &str) -> Diagnostic {
    let label = format!("in `{key}` of this rule");
    Diagnostic::error(code, message).at(location.clone().label(label))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Manifest {
    package: Holder,
    workspace: Holder,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Holder {
    metadata: MetadataTable,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct MetadataTable {
    dockerize: Table,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Table {
    crates: BTreeMap<Spanned<String>, RuleList>,
}

/// One rule or several, each with the place of its own header where it has one.
#[derive(Default)]
pub(crate) struct RuleList(Vec<(Option<Range<usize>>, Rule)>);

impl<'de> Deserialize<'de> for RuleList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rules;

        impl<'de> Visitor<'de> for Rules {
            type Value = RuleList;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a rule, or a list of rules")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RuleList, A::Error> {
                let rule = Rule::deserialize(MapAccessDeserializer::new(map))?;
                Ok(RuleList(vec![(None, rule)]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<RuleList, A::Error> {
                let mut rules = Vec::new();
                while let Some(rule) = list.next_element::<Spanned<Rule>>()? {
                    rules.push((Some(rule.span()), rule.into_inner()));
                }
                Ok(RuleList(rules))
            }
        }

        deserializer.deserialize_any(Rules)
    }
}
