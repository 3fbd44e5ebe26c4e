//! What no table may have: doubled rows, rows out of order, and values that no Dockerfile can take.

use std::collections::BTreeSet;

use super::{CRATES, Crates, Frameworks, Rule};
use crate::quote;
use crate::shell;

/// Names that are doubled, or not in the order of the alphabet.
fn out_of_order<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let pairs = names.clone().zip(names.skip(1));
    let wrong = pairs.filter(|(before, behind)| before >= behind);
    wrong
        .map(|(before, behind)| match before == behind {
            true => format!("`{behind}` is there twice"),
            false => format!("`{behind}` stands behind `{before}`"),
        })
        .collect()
}

/// Whether it can be the name of a crate.
fn is_crate(name: &str) -> bool {
    let is_safe = |char: char| char.is_ascii_alphanumeric() || "-_".contains(char);
    !name.is_empty() && name.chars().all(is_safe)
}

/// What is wrong with a rule of a crate.
fn malformed(name: &str, rule: &Rule) -> Vec<String> {
    let packages = [&rule.build, &rule.runtime, &rule.programs];
    let packages = packages.into_iter().chain(&rule.musl_build).flatten();
    let packages = packages.filter(|package| !quote::is_package(package));
    let loads = rule.loads.iter().filter(|path| !shell::is_pattern(path));
    let variables = rule.env.keys().filter(|name| !quote::is_variable(name));
    let features = [&rule.features, &rule.any_feature, &rule.no_feature];
    let features = features.into_iter().flatten();
    let features = features.filter(|feature| feature.is_empty() || feature.contains(' '));
    let wrong = packages.chain(loads).chain(variables).chain(features);
    wrong.map(|text| format!("`{name}` has `{text}`")).collect()
}

/// What is wrong with tables of crates: no crate may have a row in two of them.
fn faults(tables: &[&str]) -> Vec<String> {
    let (mut faults, mut seen) = (Vec::new(), BTreeSet::new());
    for text in tables {
        let table: Crates = toml::from_str(text).expect("a table of crates");
        faults.extend(out_of_order(
            table.crates.iter().map(|row| row.name.as_str()),
        ));
        for row in &table.crates {
            if !is_crate(&row.name) {
                faults.push(format!("`{}` is not the name of a crate", row.name));
            }
            faults.extend(row.rule.iter().flat_map(|rule| malformed(&row.name, rule)));
        }
        let names: BTreeSet<String> = table.crates.into_iter().map(|row| row.name).collect();
        let shared = names.iter().filter(|name| seen.contains(*name));
        faults.extend(shared.map(|name| format!("`{name}` has a row in two tables")));
        seen.extend(names);
    }
    faults
}

#[test]
fn the_tables_are_well_formed() {
    assert_eq!(faults(&CRATES), [""; 0]);
    let frameworks: Frameworks =
        toml::from_str(include_str!("frameworks.toml")).expect("a table of frameworks");
    let names = frameworks.framework.iter().map(|row| row.name.as_str());
    let mut distinct = BTreeSet::new();
    for row in &frameworks.framework {
        let key = (&row.name, &row.features);
        assert!(distinct.insert(key), "{key:?} is there twice");
    }
    let ordered = out_of_order(names);
    let ordered: Vec<&String> = ordered.iter().filter(|it| it.contains("behind")).collect();
    assert!(ordered.is_empty(), "{ordered:?}");
}

#[test]
fn what_is_wrong_with_a_table_is_seen() {
    let row = |name: &str, rule: &str| {
        format!("[[crate]]\nname = \"{name}\"\nsource = \"read\"\n[[crate.rule]]\n{rule}\n")
    };
    let table = |rows: &[(&str, &str)]| -> String {
        rows.iter().map(|(name, rule)| row(name, rule)).collect()
    };
    let fine = table(&[("a-sys", "build = [\"make\"]"), ("b_sys", "")]);
    assert_eq!(faults(&[&fine]), [""; 0]);
    for (rows, fault) in [
        (vec![("a", ""), ("a", "")], "`a` is there twice"),
        (vec![("b", ""), ("a", "")], "`a` stands behind `b`"),
        (vec![("a b", "")], "`a b` is not the name of a crate"),
        (vec![("a", "build = [\"lib a\"]")], "`a` has `lib a`"),
        (vec![("a", "musl-build = [\"A\"]")], "`a` has `A`"),
        (vec![("a", "runtime = [\"\"]")], "`a` has ``"),
        (vec![("a", "loads = [\"usr\"]")], "`a` has `usr`"),
        (vec![("a", "env = { \"A-B\" = \"\" }")], "`a` has `A-B`"),
    ] {
        assert_eq!(faults(&[&table(&rows)]), [fault]);
    }
    assert_eq!(
        faults(&[&fine, &row("b_sys", "")]),
        ["`b_sys` has a row in two tables"]
    );
}

#[test]
fn a_rule_of_the_tool_means_what_it_means_in_a_manifest() {
    use super::Musl;
    for (rule, musl) in [
        ("runtime = [\"libfoo1\"]", Musl::Impossible),
        ("build = [\"libfoo-dev\"]", Musl::Impossible),
        ("build = [\"libclang-dev\", \"make\"]", Musl::Fine),
        ("runtime = [\"libfoo1\"]\nmusl = \"ok\"", Musl::Fine),
    ] {
        let rule: Rule = toml::from_str(rule).expect("a rule");
        assert_eq!(rule.musl(), musl, "{rule:?}");
    }
}
