//! What becomes of a plan on a command line: words that are quoted for a shell, with paths from the folder that the
//! command is typed in.

use std::path::Path;

use crate::paths::{normalize, relative, slashed};
use crate::plan::{Image, Plan};
use crate::quote::shell;

/// The workspace, and the folder that a command is typed in; both absolute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) root: &'a Path,
    pub(crate) here: &'a Path,
}

impl Place<'_> {
    /// A path of the plan, which is relative to the root, as it is typed here.
    fn path(&self, path: &str) -> String {
        slashed(&relative(&normalize(&self.root.join(path)), self.here))
    }

    /// As a word that no program takes for a flag.
    fn word(&self, path: &str) -> String {
        let path = self.path(path);
        match path.starts_with('-') {
            true => shell(&format!("./{path}")),
            false => shell(&path),
        }
    }
}

/// The commands that build the images of a plan.
pub(crate) fn builds(plan: &Plan, place: Place<'_>) -> Vec<String> {
    match &plan.bake {
        Some(bake) => vec![bake_all(&bake.file, place)],
        None => plan
            .images
            .iter()
            .map(|image| build(image, place))
            .collect(),
    }
}

/// The commands that bring the files of a plan up to date, each once.
pub(crate) fn regenerates(plan: &Plan, place: Place<'_>) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    for image in &plan.images {
        let command = match place.path(".").as_str() {
            "." => image.files.command.clone(),
            _ => format!("(cd {} && {})", place.word("."), image.files.command),
        };
        if !commands.contains(&command) {
            commands.push(command);
        }
    }
    commands
}

/// Builds one image.
fn build(image: &Image, place: Place<'_>) -> String {
    let mut words = match &image.platforms {
        Some(platforms) => {
            let names = shell(&platforms.names.value.join(","));
            vec![format!("docker buildx build --platform {names}")]
        }
        None => vec!["docker build".to_owned()],
    };
    let private = image.private.iter();
    words.extend(private.flat_map(|private| private.flags.clone()));
    words.extend(image.builder.argument_options.iter().cloned());
    let (file, context) = (&image.files.dockerfile, &image.files.context);
    // Where it is looked for without a flag: in the context.
    let usual = Path::new(context).join("Dockerfile");
    if place.path(file) != place.path(&slashed(&usual)) {
        words.push(format!("-f {}", place.word(file)));
    }
    words.push(format!("-t {}", shell(&image.name.to_lowercase())));
    words.push(place.word(context));
    words.join(" ")
}

/// Builds all images of a bake file, whose paths start from the folder that it is called in.
fn bake_all(file: &str, place: Place<'_>) -> String {
    let command = match file {
        "docker-bake.hcl" => "docker buildx bake".to_owned(),
        other => format!("docker buildx bake -f {}", shell(other)),
    };
    match place.path(".").as_str() {
        "." => command,
        _ => format!("(cd {} && {command})", place.word(".")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_folder() {
        let from = |here: &'static str| Place {
            root: Path::new("/a b/work"),
            here: Path::new(here),
        };
        for (here, path, word) in [
            ("/a b/work", "Dockerfile", "Dockerfile"),
            ("/a b/work", "..", ".."),
            ("/a b/work/crates/x", "Dockerfile", "../../Dockerfile"),
            ("/a b/work/crates/x", "crates/x", "."),
            (
                "/other",
                "my files/Dockerfile",
                "'../a b/work/my files/Dockerfile'",
            ),
            ("/a b/work/docker", "docker/-f", "./-f"),
        ] {
            assert_eq!(from(here).word(path), word, "{here} {path}");
        }
        let bake = |here| bake_all("docker-bake.hcl", from(here));
        assert_eq!(bake("/a b/work"), "docker buildx bake");
        assert_eq!(bake("/a b/work/x"), "(cd .. && docker buildx bake)");
        assert_eq!(bake("/"), "(cd 'a b/work' && docker buildx bake)");
    }
}
