//! Which programs of a project may be the one to ship, by their names and their folders.

use std::path::Path;

use cargo_metadata::{Package, Target, TargetKind};

use super::package::folder;
use crate::diagnostic::{Code, Diagnostic};
use crate::names::nearest;

/// Words in a name that mark a program for developers, not one to ship.
const HELPERS: &[&str] = &[
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "codegen",
    "completions",
    "demo",
    "dev",
    "docgen",
    "e2e",
    "example",
    "examples",
    "fuzz",
    "gen",
    "generate",
    "generator",
    "mangen",
    "mock",
    "playground",
    "simulator",
    "test",
    "tests",
    "testing",
    "xtask",
];

/// Words in a name that mark what is run in a container.
const SERVERS: &[&str] = &["daemon", "server", "service"];

/// Folders of packages for developers; a package in one of them is no program to ship while others are.
const HELPER_FOLDERS: &[&str] = &[
    "bench",
    "benches",
    "benchmarks",
    "demo",
    "demos",
    "e2e",
    "example",
    "examples",
    "fuzz",
    "test",
    "tests",
    "tools",
    "xtask",
    "xtasks",
];

/// Files beside a manifest that make a program one for a browser or a desktop.
/// See <https://trunkrs.dev/configuration/> and <https://v2.tauri.app/reference/config/>.
const FOREIGN_FILES: &[&str] = &[
    "Tauri.toml",
    "Trunk.json",
    "Trunk.toml",
    "Trunk.yaml",
    "tauri.conf.json",
    "tauri.conf.json5",
];

/// The code of a choice that nobody has made.
pub(super) const SEVERAL: Code = Code::SeveralBinaries;

/// A binary that may be meant.
pub(super) struct Candidate<'a> {
    pub(super) package: &'a Package,
    pub(super) target: &'a Target,
}

/// The binaries of a package.
pub(super) fn binaries(package: &Package) -> impl Iterator<Item = &Target> {
    package
        .targets
        .iter()
        .filter(|target| target.kind.contains(&TargetKind::Bin))
}

/// Whether a package has a program that may be shipped.
pub(super) fn has_program(package: &Package) -> bool {
    binaries(package).next().is_some()
}

/// Whether a package is not for images: by its name or those of all its programs, by its folder, or because it is for a
/// browser or a desktop.
pub(super) fn is_helper_package(package: &Package, root: &Path) -> bool {
    is_helper(&package.name)
        || binaries(package).all(|target| is_helper(&target.name))
        || is_in_helper_folder(package, root)
        || is_foreign(package)
}

fn is_in_helper_folder(package: &Package, root: &Path) -> bool {
    let folder = folder(package);
    let below = folder.strip_prefix(root).unwrap_or(Path::new(""));
    let mut parts = below.iter().filter_map(|part| part.to_str());
    parts.any(|part| HELPER_FOLDERS.contains(&part))
}

fn is_foreign(package: &Package) -> bool {
    let folder = folder(package);
    let mut files = FOREIGN_FILES.iter();
    files.any(|file| folder.join(file).is_file())
}

/// Whether a name is that of a program for developers.
pub(super) fn is_helper(name: &str) -> bool {
    name.split(['-', '_']).any(|word| HELPERS.contains(&word))
}

/// Sorts the likeliest first: a server, then what has the name of the project, then what may be published.
pub(super) fn unlikely(candidate: &Candidate<'_>, root: &Path) -> (bool, bool, bool) {
    let mut words = candidate.target.name.split(['-', '_']);
    let is_server = words.any(|word| SERVERS.contains(&word));
    let project = root.file_name().and_then(|name| name.to_str());
    let has_its_name = project.is_some_and(|project| {
        candidate.target.name == project || candidate.package.name.as_str() == project
    });
    let is_private = candidate
        .package
        .publish
        .as_ref()
        .is_some_and(Vec::is_empty);
    (!is_server, !has_its_name, is_private)
}

/// Several may be meant: lists them.
pub(super) fn several(candidates: &[Candidate<'_>]) -> crate::Error {
    let one_package = candidates
        .windows(2)
        .all(|pair| pair[0].package.id == pair[1].package.id);
    let mut error = Diagnostic::error(
        SEVERAL,
        match one_package {
            true => format!("found {} binaries; choose one", candidates.len()),
            false => format!(
                "found {} binaries; choose one, or use `--workspace`",
                candidates.len()
            ),
        },
    )
    .note("nothing in the manifests says which one the image is for");
    for Candidate { package, target } in candidates {
        error = error.help(if one_package {
            format!("cargo dockerize --bin {}", target.name)
        } else {
            format!("cargo dockerize -p {} --bin {}", package.name, target.name)
        });
    }
    error.into()
}

/// No package has it: names the nearest.
pub(super) fn unknown_binary(name: &str, packages: &[&Package]) -> crate::Error {
    let known = packages.iter().flat_map(|package| binaries(package));
    let nearest = nearest(name, known.map(|target| target.name.as_str()));
    let place = match packages {
        [package] => format!("package `{}`", package.name),
        _ => "this workspace".to_owned(),
    };
    let error = Diagnostic::error(
        Code::UnknownBinary,
        format!("no binary `{name}` in {place}"),
    );
    nearest
        .into_iter()
        .fold(error, |error, name| {
            error.help(format!("did you mean `--bin {name}`?"))
        })
        .into()
}

pub(super) fn no_binary(place: &str, members: &[&Package]) -> crate::Error {
    let error = Diagnostic::error(Code::NoBinary, "there is no binary to put into an image")
        .note(format!("`{place}` has no binary target"));
    let others: Vec<_> = members
        .iter()
        .flat_map(|package| binaries(package).map(|target| Candidate { package, target }))
        .collect();
    if others.is_empty() {
        return error
            .help("add a `src/main.rs` or a `[[bin]]` section")
            .into();
    }
    others
        .iter()
        .fold(error, |error, Candidate { package, target }| {
            error.help(format!(
                "cargo dockerize -p {} --bin {}",
                package.name, target.name
            ))
        })
        .into()
}
