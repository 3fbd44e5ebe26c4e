//! Which members of a workspace are shipped, and which images a package has.

use std::collections::BTreeMap;
use std::path::Path;

use cargo_metadata::Package;

use super::candidates;
use super::package::folder;
use super::project::Project;
use super::request::Request;
use super::select::Selected;
use super::workspace::Workspace;
use crate::decision::{Evidence, Origin};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::error::{Error, Result};
use crate::names::nearest;
use crate::paths::{relative, slashed};
use crate::settings::SettingsTable;

/// The members that have a program to ship, in the order of their names.
pub(super) fn shipped(request: &Request<'_>, project: &Project) -> Result<Vec<Selected>> {
    let members: Vec<&Package> = project.members().collect();
    let globs = Globs::of(request, project);
    let is_helper = |package: &Package| candidates::is_helper_package(package, &project.root);
    let mut programs = members
        .iter()
        .filter(|package| candidates::has_program(package));
    // Where all of them are helpers, they are what there is to ship.
    let has_others = programs.any(|package| !is_helper(package));
    let mut shipped: Vec<Selected> = members
        .iter()
        .filter(|package| candidates::has_program(package))
        .filter_map(|package| {
            let because = globs.evidence(project, package, has_others && is_helper(package))?;
            Some(Selected {
                package: package.id.clone(),
                binary: String::new(),
                extra: Vec::new(),
                because: vec![because],
            })
        })
        .collect();
    globs.check(project, &members)?;
    if shipped.is_empty() {
        return Err(candidates::no_binary(
            project.metadata.workspace_root.as_str(),
            &members,
        ));
    }
    shipped.sort_by(|left, right| {
        let name = |selected: &Selected| &project.package_of(&selected.package).name;
        name(left).cmp(name(right))
    });
    Ok(shipped)
}

/// What is said of a member that cannot be decided; the others of its workspace are written all the same.
pub(super) fn left_out(
    request: &Request<'_>,
    project: &Project,
    selected: &Selected,
    error: &Error,
) -> Option<Diagnostic> {
    let refused = error.diagnostic()?;
    if !request.whole_workspace || refused.code != candidates::SEVERAL {
        return None;
    }
    let package = project.package_of(&selected.package);
    let manifest = project.display(package.manifest_path.as_std_path());
    let message = format!("`{}` is left out: {}", package.name, refused.message);
    let lines =
        |name: &str| format!("add to {manifest}: [package.metadata.dockerize] bin = \"{name}\"");
    let warning = Diagnostic::warning(candidates::SEVERAL, message).at_line(manifest.clone(), 1);
    let names = package.targets.iter().filter(|target| target.is_bin());
    Some(names.fold(warning, |warning, target| warning.help(lines(&target.name))))
}

/// A pattern that names members, and the place it comes from.
struct Glob {
    pattern: String,
    origin: Origin,
}

/// Which members are wanted, and which are not.
struct Globs {
    /// None means all with a program that is no helper.
    members: Vec<Glob>,
    exclude: Vec<Glob>,
}

impl Globs {
    fn of(request: &Request<'_>, project: &Project) -> Self {
        let key = |name: &str, list: &Option<toml::Spanned<Vec<String>>>| -> Vec<Glob> {
            let manifest = Path::new("Cargo.toml");
            let patterns = list.iter().flat_map(|list| {
                let origin = Origin::Key {
                    key: format!("workspace.metadata.dockerize.{name}"),
                    file: slashed(manifest),
                    line: Location::new(manifest, &project.root_manifest.text, list.span()).line,
                };
                list.get_ref()
                    .iter()
                    .map(move |pattern| (pattern, origin.clone()))
            });
            patterns
                .map(|(pattern, origin)| Glob {
                    pattern: pattern.clone(),
                    origin,
                })
                .collect()
        };
        let mut exclude = key("exclude", &project.table.exclude);
        exclude.extend(request.exclude.iter().map(|pattern| Glob {
            pattern: pattern.clone(),
            origin: Origin::Flag {
                flag: "--exclude".to_owned(),
            },
        }));
        Self {
            members: key("members", &project.table.members),
            exclude,
        }
    }

    /// Why a member is shipped; none where it is not.
    fn evidence(&self, project: &Project, package: &Package, is_helper: bool) -> Option<Evidence> {
        if self.exclude.iter().any(|glob| glob.names(project, package)) {
            return None;
        }
        match self
            .members
            .iter()
            .find(|glob| glob.names(project, package))
        {
            Some(glob) => Some(Evidence::new(glob.origin.clone(), "this member is shipped")),
            None if !self.members.is_empty() || is_helper => None,
            None => Some(Evidence::cargo("a member with a program")),
        }
    }

    /// Refuses patterns that name no member: a typing error would go unseen.
    fn check(&self, project: &Project, members: &[&Package]) -> Result<()> {
        let mut globs = self.members.iter().chain(&self.exclude);
        let Some(glob) =
            globs.find(|glob| !members.iter().any(|member| glob.names(project, member)))
        else {
            return Ok(());
        };
        let pattern = glob.pattern.escape_debug();
        let error = Diagnostic::error(
            Code::UnknownMember,
            format!("no member is named `{pattern}`"),
        )
        .note(glob.origin.to_string());
        let names = members.iter().map(|member| member.name.as_str());
        let near = nearest(&glob.pattern, names);
        Err(near
            .into_iter()
            .fold(error, |error, name| {
                error.help(format!("there is `{name}`"))
            })
            .into())
    }
}

impl Glob {
    /// Whether it is the name or the folder of a member.
    fn names(&self, project: &Project, package: &Package) -> bool {
        let folder = slashed(&relative(&folder(package), &project.root));
        matches(&self.pattern, &package.name)
            || matches(
                self.pattern.trim_start_matches("./").trim_end_matches('/'),
                &folder,
            )
    }
}

/// `*` stands for any characters but `/`, `**` for any folders, `?` for one character.
fn matches(pattern: &str, text: &str) -> bool {
    let mut plain = String::new();
    for char in pattern.chars() {
        // Names of packages have none of them; in a folder they mean themselves.
        if "{}[]!\\".contains(char) {
            plain.push('\\');
        }
        plain.push(char);
    }
    fast_glob::glob_match(plain, text)
}

/// The images that a package's table names, as far as the request wants them; none where it has no names.
pub(super) fn images<'a>(
    request: &Request<'_>,
    table: &'a SettingsTable,
    package: &Package,
    (manifest, text): (&Path, &str),
) -> Result<Option<Vec<(&'a str, &'a SettingsTable)>>> {
    let Some(images) = &table.images else {
        return match &request.image {
            Some(name) => Err(unknown_image(name, package, std::iter::empty())),
            None => Ok(None),
        };
    };
    let span = images.span();
    let images = images.get_ref();
    if let Some(name) = images.keys().find(|name| !is_image_name(name)) {
        let message = format!("`{}` is not the name of an image", name.escape_debug());
        return Err(Diagnostic::error(Code::ImageName, message)
            .at(Location::new(manifest, text, span).label("in this table"))
            .help("use small letters, digits, `-`, `_` and `.`, with a letter or a digit at both ends")
            .into());
    }
    let named: Vec<(&str, &SettingsTable)> = match (&request.image, &request.overrides.bin) {
        (Some(name), _) => match images.get_key_value(name) {
            Some((name, table)) => vec![(name, table)],
            None => return Err(unknown_image(name, package, images.keys())),
        },
        // The binary by itself, and not one of the images.
        (None, Some(_)) => return Ok(None),
        (None, None) => images
            .iter()
            .map(|(name, table)| (name.as_str(), table))
            .collect(),
    };
    Ok(Some(named))
}

fn is_image_name(name: &str) -> bool {
    let is_plain = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit();
    name.chars()
        .all(|char| is_plain(char) || "-_.".contains(char))
        && name.starts_with(is_plain)
        && name.ends_with(is_plain)
}

fn unknown_image<'a>(
    name: &str,
    package: &Package,
    known: impl Iterator<Item = &'a String>,
) -> crate::Error {
    let message = format!(
        "the package `{}` has no image `{}`",
        package.name,
        name.escape_debug()
    );
    let error = Diagnostic::error(Code::UnknownImage, message);
    let near = nearest(name, known.map(String::as_str));
    match near.is_empty() {
        true => error.help(format!("add [package.metadata.dockerize.images.{name}]")),
        false => near.into_iter().fold(error, |error, name| {
            error.help(format!("cargo dockerize --image {name}"))
        }),
    }
    .into()
}

/// Refuses two images that would be written to the same file.
pub(super) fn check_places(images: &[Workspace]) -> Result<()> {
    let mut places: BTreeMap<&Path, &Workspace> = BTreeMap::new();
    for image in images {
        if let Some(other) = places.insert(&image.dockerfile, image) {
            let error = Diagnostic::error(
                Code::SameDockerfile,
                format!(
                    "two images would have the Dockerfile `{}`",
                    image.display(&image.dockerfile)
                ),
            );
            let name = |image: &Workspace| match &image.image {
                Some(name) => format!("the image `{name}` of `{}`", image.package().name),
                None => format!("the image of `{}`", image.package().name),
            };
            return Err(error
                .note(name(other))
                .note(name(image))
                .help("give one of them an `output` of its own")
                .into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn globs() {
        for (pattern, text, expected) in [
            ("api", "api", true),
            ("api", "apis", false),
            ("api-*", "api-users", true),
            ("services/*", "services/api", true),
            ("services/*", "services/api/worker", false),
            ("services/**", "services/api/worker", true),
            ("*", "services/api", false),
            ("a?i", "api", true),
            ("a?i", "a/i", false),
            ("ä*", "äöü", true),
            ("a{b,c}", "ab", false),
            ("a[b]", "a[b]", true),
            ("!a", "b", false),
            ("", "", true),
            ("**", "", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn many_stars_take_no_time() {
        let started = std::time::Instant::now();
        let text = "a".repeat(60);
        assert!(!matches(&("*a".repeat(30) + "b"), &text));
        assert!(!matches(&("*a".repeat(30) + "/b"), &format!("{text}/c")));
        assert!(!matches(&("**/a*".repeat(20) + "b"), &"a/".repeat(60)));
        assert!(started.elapsed().as_secs() < 5);
    }
}
