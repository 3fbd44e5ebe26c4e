//! How a stage builds a package of npm.

use std::path::Path;

use semver::{Comparator, Op, VersionReq};

use crate::decision::{Decision, Evidence};
use crate::inspect::{NodePackage, Workspace};
use crate::knowledge::Knowledge;
use crate::shell::ShellText;

/// Scripts that run while packages are installed, and may read what is not there yet.
const WHILE_INSTALLING: [&str; 4] = ["install", "postinstall", "preinstall", "prepare"];
/// What comparators of ranges begin with.
const SIGNS: [char; 5] = ['<', '>', '=', '^', '~'];
/// The oldest Node.js that a range is looked up from.
const OLDEST: u32 = 10;

/// How a stage builds it.
pub(super) struct Recipe {
    pub(super) image: Decision<String>,
    /// Files that the installed packages depend on.
    pub(super) manifests: Vec<&'static str>,
    pub(super) needs_sources: bool,
    pub(super) install: Decision<ShellText>,
    pub(super) build: Decision<ShellText>,
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
    let tool = tool(package, lock).ok_or_else(|| no_stage(lock))?;
    let install = installing(package, &tool, lock)?;
    let image = image(workspace, package);
    let is_in_image = tool.manager == Manager::Npm;
    if !is_in_image && image.0 > Knowledge::shipped().node.last_with_corepack {
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
        install: Decision::new(install, locked),
        build: Decision::new(ShellText::ours(tool.build), because("has a script `build`")),
    })
}

/// What reads a lock file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manager {
    Npm,
    Pnpm,
    Yarn,
    Bun,
}

/// How a package manager is called.
struct Tool {
    manager: Manager,
    /// Installs the packages of the lock file.
    install: &'static str,
    /// Builds then.
    build: &'static str,
}

fn tool(package: &NodePackage, lock: &str) -> Option<Tool> {
    let (manager, install, build) = match lock {
        "npm-shrinkwrap.json" | "package-lock.json" => (Manager::Npm, "npm ci", "npm run build"),
        "pnpm-lock.yaml" => (
            Manager::Pnpm,
            "pnpm install --frozen-lockfile",
            "pnpm run build",
        ),
        "yarn.lock" if package.is_yarn_classic => (
            Manager::Yarn,
            "yarn install --frozen-lockfile",
            "yarn run build",
        ),
        "yarn.lock" => (Manager::Yarn, "yarn install --immutable", "yarn run build"),
        "bun.lock" | "bun.lockb" => (
            Manager::Bun,
            "bun install --frozen-lockfile",
            "bun run build",
        ),
        _ => return None,
    };
    Some(Tool {
        manager,
        install,
        build,
    })
}

/// What to type in its folder to build it by hand, where it has a script for that and a lock file.
pub(super) fn by_hand(package: &NodePackage) -> Option<String> {
    let lock = package.locks.first()?;
    let Tool { install, build, .. } = tool(package, lock)?;
    let has_script = package.scripts.contains("build");
    has_script.then(|| format!("{install} && {build}"))
}

fn no_stage(lock: &str) -> String {
    format!("there is no stage for `{lock}`")
}

/// What installs the packages in a stage: the images of Node.js have npm, and Yarn and pnpm by corepack.
fn installing(package: &NodePackage, tool: &Tool, lock: &str) -> Result<ShellText, String> {
    let manager = package.package_manager.as_deref().unwrap_or_default();
    let name = manager.split_once('@').map_or(manager, |(name, _)| name);
    let unsaid = |tool| {
        Err(format!(
            "`packageManager` does not say which version of {tool}"
        ))
    };
    let install = ShellText::ours(tool.install);
    let by_corepack = || ShellText::ours("corepack enable && ").and(&install);
    match tool.manager {
        Manager::Npm => Ok(install),
        Manager::Pnpm if name == "pnpm" => Ok(by_corepack()),
        Manager::Pnpm => unsaid("pnpm"),
        // The newest classic Yarn is what corepack has where nobody says otherwise.
        Manager::Yarn if name == "yarn" || (package.is_yarn_classic && manager.is_empty()) => {
            Ok(by_corepack().and(&ShellText::ours(" && yarn cache clean")))
        }
        Manager::Yarn => unsaid("Yarn"),
        Manager::Bun => Err(no_stage(lock)),
    }
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
    let parts = text.trim().trim_start_matches('v').split('.');
    let is_plain = |part: &&str| part.bytes().all(|b| b.is_ascii_digit());
    let parts = parts.map(|part| Some(part).filter(is_plain)?.parse().ok());
    let parts: Vec<u32> = parts.collect::<Option<_>>()?;
    let major = *parts.first()?;
    let texts: Vec<String> = parts.iter().map(u32::to_string).collect();
    (parts.len() <= 3 && major > 0).then(|| (major, texts.join(".")))
}

/// The major version that a range allows: the one with long-term support, or else the newest before it.
///
/// Even ones come first: the odd ones have no long-term support. `None` where the range is not understood.
fn allowed(range: &str, lts: u32) -> Option<u32> {
    let majors = (OLDEST..=lts).rev();
    let (even, odd): (Vec<u32>, Vec<u32>) = majors.partition(|major| major % 2 == 0);
    let alternatives = range.split("||").map(requirement);
    let alternatives: Vec<VersionReq> = alternatives.collect::<Option<_>>()?;
    let mut majors = even.into_iter().chain(odd).chain(lts + 1..lts + OLDEST);
    majors.find(|major| {
        let mut alternatives = alternatives.iter();
        alternatives.any(|all| all.comparators.iter().all(|one| has_line(one, *major)))
    })
}

/// What npm writes with spaces, as cargo writes it with commas.
fn requirement(range: &str) -> Option<VersionReq> {
    let mut words: Vec<String> = Vec::new();
    for word in range.split_whitespace() {
        let version = word.trim_start_matches(SIGNS);
        let sign = word.strip_suffix(version).unwrap_or_default();
        let word = format!("{sign}{}", version.trim_start_matches('v'));
        match words.last_mut() {
            // `>= 18` is `>=18`.
            Some(last) if last.ends_with(SIGNS) => last.push_str(&word),
            _ => words.push(word),
        }
    }
    match words.is_empty() {
        true => Some(VersionReq::STAR),
        false => VersionReq::parse(&words.join(",")).ok(),
    }
}

/// Whether some version of a line of Node.js is allowed.
fn has_line(comparator: &Comparator, line: u32) -> bool {
    let (line, major) = (u64::from(line), comparator.major);
    let is_first = comparator.minor.unwrap_or(0) == 0 && comparator.patch.unwrap_or(0) == 0;
    match comparator.op {
        Op::Greater if comparator.minor.is_none() => line > major,
        Op::Greater | Op::GreaterEq => line >= major,
        Op::Less => line < major || (line == major && !is_first),
        Op::LessEq => line <= major,
        _ => line == major,
    }
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
            (">= v18.12 < 21", Some(20)),
            (">20", Some(24)),
            (">24", Some(25)),
            ("20.*", Some(20)),
            ("x", Some(24)),
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
