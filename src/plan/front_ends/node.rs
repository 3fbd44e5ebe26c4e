//! How a stage builds a package of npm.

use std::path::Path;

use crate::decision::{Decision, Evidence};
use crate::inspect::{NodePackage, Workspace};
use crate::plan::knowledge::Knowledge;

/// Scripts that run while packages are installed, and may read what is not there yet.
const WHILE_INSTALLING: [&str; 4] = ["install", "postinstall", "preinstall", "prepare"];
/// The oldest Node.js that a range is looked up from.
const OLDEST: u32 = 10;

/// How a stage builds it.
pub(super) struct Recipe {
    pub(super) image: Decision<String>,
    /// Files that its packages hang on.
    pub(super) manifests: Vec<&'static str>,
    pub(super) needs_sources: bool,
    pub(super) install: Decision<String>,
    pub(super) build: Decision<String>,
}

/// Works it out, or says why it is not plain.
pub(super) fn recipe(
    workspace: &Workspace,
    manifest: &Path,
    package: &NodePackage,
) -> Result<Recipe, String> {
    let file = workspace.display(manifest);
    let because = |fact: &str| Evidence::file(file.clone(), None, fact);
    if !package.scripts.contains("build") {
        return Err("the manifest has no script `build`".to_owned());
    }
    if package.has_workspaces {
        return Err("the manifest has workspaces".to_owned());
    }
    if let Some(name) = &package.local {
        return Err(format!(
            "the package `{}` lies in a folder",
            name.escape_debug()
        ));
    }
    if let Some(name) = package.own_rules {
        return Err(format!("there is `{name}` beside the manifest"));
    }
    if let Some(name) = package.credentials {
        return Err(format!(
            "`{name}` has credentials, which would stay in a layer"
        ));
    }
    let lock = match package.locks.as_slice() {
        [lock] => *lock,
        [] => return Err("there is no lock file beside the manifest".to_owned()),
        [one, other, ..] => return Err(format!("there are both `{one}` and `{other}`")),
    };
    let (install, build) = commands(package, lock)?;
    let image = image(workspace, package);
    if install.starts_with("corepack") && image.0 > Knowledge::shipped().node.last_with_corepack {
        return Err("images of this Node.js have no corepack".to_owned());
    }
    let needs_sources = WHILE_INSTALLING
        .iter()
        .any(|name| package.scripts.contains(*name));
    let mut manifests = vec!["package.json", lock];
    manifests.extend(&package.configuration);
    let lock = workspace.display(&manifest.with_file_name(lock));
    let locked = Evidence::file(lock, None, "the packages are those of this lock file");
    Ok(Recipe {
        image: image.1,
        manifests,
        needs_sources,
        install: Decision::new(install.to_owned(), locked),
        build: Decision::new(build.to_owned(), because("has a script `build`")),
    })
}

/// The commands that install its packages and build it.
fn commands(package: &NodePackage, lock: &str) -> Result<(&'static str, &'static str), String> {
    let manager = package.package_manager.as_deref().unwrap_or_default();
    let is = |name: &str| {
        manager
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with('@'))
    };
    Ok(match lock {
        "npm-shrinkwrap.json" | "package-lock.json" => ("npm ci", "npm run build"),
        "pnpm-lock.yaml" if is("pnpm") => (
            "corepack enable && pnpm install --frozen-lockfile",
            "pnpm run build",
        ),
        "pnpm-lock.yaml" => {
            return Err("`packageManager` does not say which version of pnpm".to_owned());
        }
        "yarn.lock" if package.is_yarn_classic && (manager.is_empty() || is("yarn")) => (
            "corepack enable && yarn install --frozen-lockfile && yarn cache clean",
            "yarn run build",
        ),
        "yarn.lock" if is("yarn") => (
            "corepack enable && yarn install --immutable && yarn cache clean",
            "yarn run build",
        ),
        "yarn.lock" => {
            return Err("`packageManager` does not say which version of Yarn".to_owned());
        }
        _ => return Err(format!("there is no stage for `{lock}`")),
    })
}

/// The major version of Node.js, and its image.
fn image(workspace: &Workspace, package: &NodePackage) -> (u32, Decision<String>) {
    let known = &Knowledge::shipped().node;
    let reference = |version: &str| format!("node:{version}-slim");
    let usual = || {
        let fact = format!("Node.js {} has long-term support", known.lts);
        let image = reference(&known.lts.to_string());
        (known.lts, Decision::new(image, Evidence::default(fact)))
    };
    let Some((wanted, mark)) = &package.node else {
        return usual();
    };
    let said = |fact: String| Evidence::file(workspace.display(&mark.path), Some(mark.line), fact);
    let shown = wanted.escape_debug();
    if let Some((major, version)) = exact(wanted) {
        let because = said(format!("asks for Node.js `{shown}`"));
        return (major, Decision::new(reference(&version), because));
    }
    match allowed(wanted, known.lts) {
        Some(major) => {
            let because = said(format!("allows Node.js {major} with `{shown}`"));
            (major, Decision::new(reference(&major.to_string()), because))
        }
        None => usual(),
    }
}

/// `22`, `v22.3`, `22.3.1`: a version that is also a tag.
fn exact(text: &str) -> Option<(u32, String)> {
    let version = text.trim().trim_start_matches('v');
    let parts: Vec<u32> = numbers(version)?;
    let is_plain = version
        .split('.')
        .all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    let major = *parts.first()?;
    let texts: Vec<String> = parts.iter().map(u32::to_string).collect();
    (is_plain && parts.len() <= 3 && major > 0).then(|| (major, texts.join(".")))
}

/// The numbers of a version up to the first that is none.
fn numbers(version: &str) -> Option<Vec<u32>> {
    let parts = version.split('.').map(|part| part.parse().ok());
    let numbers: Vec<u32> = parts.map_while(|part| part).collect();
    (!numbers.is_empty()).then_some(numbers)
}

/// The major version that a range allows: the one with long-term support, or else the newest before it.
///
/// Even ones come first: the odd ones have no long-term support. `None` where the range is not understood.
fn allowed(range: &str, lts: u32) -> Option<u32> {
    let majors = (OLDEST..=lts).rev();
    let (even, odd): (Vec<u32>, Vec<u32>) = majors.partition(|major| major % 2 == 0);
    let alternatives: Option<Vec<Vec<Comparator>>> = range.split("||").map(comparators).collect();
    let alternatives = alternatives?;
    let mut majors = even.into_iter().chain(odd).chain(lts + 1..lts + OLDEST);
    majors.find(|major| {
        let mut alternatives = alternatives.iter();
        alternatives.any(|all| all.iter().all(|comparator| comparator.allows(*major)))
    })
}

/// What one word of a range says.
struct Comparator {
    kind: Kind,
    /// Empty for any.
    version: Vec<u32>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Same,
    AtLeast,
    AtMost,
    Less,
}

impl Comparator {
    /// Whether some version of this line is allowed.
    fn allows(&self, line: u32) -> bool {
        let Some(&major) = self.version.first() else {
            return true;
        };
        let is_first = self.version.iter().skip(1).all(|part| *part == 0);
        match self.kind {
            Kind::Same => line == major,
            Kind::AtLeast => line >= major,
            Kind::AtMost => line <= major,
            Kind::Less => line < major || (line == major && !is_first),
        }
    }
}

/// The words of a range that must all hold.
fn comparators(text: &str) -> Option<Vec<Comparator>> {
    // `>= 18` is `>=18`.
    let text = ["<=", ">=", "<", ">", "^", "~", "="]
        .iter()
        .fold(text.to_owned(), |text, sign| {
            text.replace(&format!("{sign} "), sign)
        });
    text.split_whitespace().map(comparator).collect()
}

fn comparator(word: &str) -> Option<Comparator> {
    let signs = [
        (">=", Kind::AtLeast),
        ("<=", Kind::AtMost),
        (">", Kind::AtLeast),
        ("<", Kind::Less),
        ("^", Kind::Same),
        ("~", Kind::Same),
        ("=", Kind::Same),
    ];
    let found = signs
        .iter()
        .find_map(|(sign, kind)| Some((word.strip_prefix(sign)?, *kind)));
    let (version, kind) = found.unwrap_or((word, Kind::Same));
    let version = version.trim_start_matches('v');
    if matches!(version, "*" | "x" | "X") {
        let version = Vec::new();
        return Some(Comparator { kind, version });
    }
    let version = numbers(version)?;
    Some(Comparator { kind, version })
}

#[cfg(test)]
mod tests {
    use super::{allowed, exact};

    #[test]
    fn a_range_allows_a_line() {
        for (range, expected) in [
            (">=18", Some(24)),
            (">= 18.12.0", Some(24)),
            ("^20.9.0 || >=22", Some(24)),
            ("^18 || ^20", Some(20)),
            ("20.x", Some(20)),
            ("~21.5", Some(21)),
            (">=18 <21", Some(20)),
            (">=18 <=22", Some(22)),
            ("<23", Some(22)),
            ("<22.4", Some(22)),
            ("*", Some(24)),
            ("", Some(24)),
            (">=26", Some(26)),
            ("18 - 20", None),
            ("lts/*", None),
            ("; rm -rf /", None),
            ("999999999999999999999", None),
        ] {
            assert_eq!(allowed(range, 24), expected, "{range}");
        }
    }

    #[test]
    fn a_version_is_a_tag() {
        for (text, expected) in [
            ("22", Some((22, "22"))),
            ("v22.3.1\n", Some((22, "22.3.1"))),
            ("20.x", None),
            ("lts/iron", None),
            ("22 AS x", None),
            ("+22", None),
            ("22.3.1.4", None),
            ("0", None),
            ("", None),
        ] {
            let expected = expected.map(|(major, text)| (major, text.to_owned()));
            assert_eq!(exact(text), expected, "{text}");
        }
    }
}
