//! The names of Debian packages in the tables, asked of Debian itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use toml::{Table, Value};

use crate::engine::{docker_ok, turn};

/// The releases that have names of packages in the tables, newest first.
const RELEASES: [&str; 2] = ["trixie", "bookworm"];

/// Says of each argument whether apt can install it in the release `$0`.
const ASK: &str = r#"
key=/usr/share/keyrings/debian-archive-keyring.gpg
mkdir -p /tmp/lists/partial
{
  echo "deb [signed-by=$key] http://deb.debian.org/debian $0 main"
  echo "deb [signed-by=$key] http://deb.debian.org/debian $0-updates main"
  echo "deb [signed-by=$key] http://deb.debian.org/debian-security $0-security main"
} > /tmp/sources.list
options="-o Dir::Etc::sourcelist=/tmp/sources.list -o Dir::Etc::sourceparts=- -o Dir::State::lists=/tmp/lists -o Dir::State::status=/dev/null"
apt-get $options update --quiet --quiet >&2
apt-cache $options policy "$@"
"#;

fn read(name: &str) -> Table {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/knowledge");
    let text = fs_err::read_to_string(folder.join(name)).unwrap();
    toml::from_str(&text).unwrap()
}

fn list<'a>(table: &'a Table, key: &str) -> impl Iterator<Item = &'a Table> {
    let list = table[key].as_array().unwrap();
    list.iter().map(|value| value.as_table().unwrap())
}

fn strings(table: &Table, key: &str) -> Vec<String> {
    let values = table.get(key).and_then(Value::as_array);
    let values = values.into_iter().flatten();
    values
        .map(|value| value.as_str().unwrap().to_owned())
        .collect()
}

/// The names of all packages that a Dockerfile for this release may install.
fn names(codename: &str) -> BTreeSet<String> {
    let images = read("images.toml");
    let release = list(&images, "release")
        .find(|release| release["codename"].as_str() == Some(codename))
        .unwrap();
    let none = Table::new();
    let renamed = release
        .get("renamed")
        .and_then(Value::as_table)
        .unwrap_or(&none);
    let is_old = release["debian"].as_integer() < Some(13);
    let here = |name: String| match renamed.get(&name).and_then(Value::as_str) {
        Some(other) => other.to_owned(),
        None if is_old => name.trim_end_matches("t64").to_owned(),
        None => name,
    };
    let mut names = BTreeSet::from(["ca-certificates".to_owned()]);
    for file in ["native.toml", "runtime.toml"] {
        for row in list(&read(file), "crate") {
            for rule in list(row, "rule") {
                names.extend(strings(rule, "build"));
                names.extend(strings(rule, "musl-build"));
                names.extend(strings(rule, "runtime").into_iter().map(here));
                names.extend(strings(rule, "programs").into_iter().map(here));
            }
        }
    }
    // Programs that build scripts run and that programs start; their rows are about the newest release.
    if !is_old {
        for row in list(&read("programs.toml"), "program") {
            names.extend(strings(row, "packages"));
        }
        let started = read("started.toml");
        let packages = list(&started, "program").filter_map(|row| row.get("package")?.as_str());
        names.extend(packages.map(str::to_owned));
    }
    for release in list(&read("pkg-config.toml"), "release") {
        if release["codename"].as_str() != Some(codename) {
            continue;
        }
        for (name, row) in release["packages"].as_table().unwrap() {
            names.insert(name.clone());
            names.extend(strings(row.as_table().unwrap(), "runtime"));
        }
    }
    names
}

/// The versions that apt would install, of those names that it knows.
fn candidates(codename: &str, names: &BTreeSet<String>) -> BTreeMap<String, String> {
    let mut words = vec![
        "run",
        "--rm",
        "--network=host",
        "debian:trixie-slim",
        "sh",
        "-euc",
        ASK,
        codename,
    ];
    words.extend(names.iter().map(String::as_str));
    let answer = docker_ok(&words);
    let mut found = BTreeMap::new();
    let mut name = String::new();
    for line in answer.lines() {
        match line.strip_prefix("  Candidate: ") {
            Some("(none)") => {}
            Some(version) => {
                found.insert(name.clone(), version.to_owned());
            }
            None if !line.starts_with(' ') => name = line.trim_end_matches(':').to_owned(),
            None => {}
        }
    }
    found
}

#[test]
#[ignore = "needs Docker, and Debian's mirrors"]
fn debian_has_every_package_of_the_tables() {
    let _turn = turn();
    for codename in RELEASES {
        let mut names = names(codename);
        assert!(names.len() > 500, "{codename}: {} names", names.len());
        // The question can be answered with no.
        names.insert("lib-that-is-not-there".to_owned());
        let found = candidates(codename, &names);
        let missing: Vec<&String> = names
            .iter()
            .filter(|name| !found.contains_key(*name))
            .collect();
        assert_eq!(missing, ["lib-that-is-not-there"], "{codename}");
    }
}
