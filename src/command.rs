//! What becomes of a plan on a command line: words that are quoted for a shell, with paths from the folder that the
//! command is typed in.

use std::path::Path;

use crate::paths::{normalize, relative, slashed};
use crate::plan::{Image, Plan};
use crate::shell::ShellText;

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
    fn word(&self, path: &str) -> ShellText {
        let path = self.path(path);
        match path.starts_with('-') {
            true => ShellText::word(&format!("./{path}")),
            false => ShellText::word(&path),
        }
    }

    /// A command of the root, as it is typed here.
    fn in_root(&self, command: ShellText) -> ShellText {
        match self.path(".").as_str() {
            "." => command,
            _ => command.within(&self.word(".")),
        }
    }
}

/// The commands that build the images of a plan.
pub(crate) fn builds(plan: &Plan, place: Place<'_>) -> Vec<ShellText> {
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
pub(crate) fn regenerates(plan: &Plan, place: Place<'_>) -> Vec<ShellText> {
    let mut commands: Vec<ShellText> = Vec::new();
    for image in &plan.images {
        let command = place.in_root(image.files.command.clone());
        if !commands.contains(&command) {
            commands.push(command);
        }
    }
    commands
}

/// Runs an image, with the ports that it listens on, the variables that it needs and its volumes.
#[cfg(feature = "cli")]
pub(crate) fn run(image: &Image) -> ShellText {
    let runtime = &image.runtime;
    let mut words = vec![ShellText::ours("docker run --rm")];
    let names = runtime.required_env.iter();
    words.extend(names.map(|name| {
        let name = ShellText::option("-e", &ShellText::word(&name.value));
        name.and(&ShellText::ours("=…"))
    }));
    let tcp = runtime.ports.iter().map(|port| (port.value, ""));
    let udp = runtime.udp_ports.iter().map(|port| (port.value, "/udp"));
    words.extend(tcp.chain(udp).map(|(port, protocol)| {
        let ports = ShellText::word(&format!("{port}:{port}{protocol}"));
        ShellText::option("-p", &ports)
    }));
    // What is written there outlives the container.
    words.extend(runtime.volumes.iter().map(|volume| {
        let folder = volume.value.rsplit('/').next().unwrap_or_default();
        let name = format!("{}-{folder}:{}", image.name.to_lowercase(), volume.value);
        ShellText::option("-v", &ShellText::word(&name))
    }));
    words.push(tag(image));
    ShellText::command(&words)
}

/// The tag of an image that is built by itself.
fn tag(image: &Image) -> ShellText {
    ShellText::word(&image.name.to_lowercase())
}

/// Builds one image.
fn build(image: &Image, place: Place<'_>) -> ShellText {
    let mut words = match &image.platforms {
        Some(platforms) => {
            let names = ShellText::word(&platforms.names.value.join(","));
            let build = ShellText::ours("docker buildx build");
            vec![build, ShellText::option("--platform", &names)]
        }
        None => vec![ShellText::ours("docker build")],
    };
    let private = image.private.iter();
    words.extend(private.flat_map(|private| private.flags.clone()));
    words.extend(image.builder.argument_options.iter().cloned());
    let (file, context) = (&image.files.dockerfile, &image.files.context);
    // Where it is looked for without a flag: in the context.
    let usual = Path::new(context).join("Dockerfile");
    if place.path(file) != place.path(&slashed(&usual)) {
        words.push(ShellText::option("-f", &place.word(file)));
    }
    words.push(ShellText::option("-t", &tag(image)));
    words.push(place.word(context));
    ShellText::command(&words)
}

/// Builds all images of a bake file, whose paths start from the folder that it is called in.
fn bake_all(file: &str, place: Place<'_>) -> ShellText {
    let mut words = vec![ShellText::ours("docker buildx bake")];
    if file != "docker-bake.hcl" {
        words.push(ShellText::option("-f", &ShellText::word(file)));
    }
    place.in_root(ShellText::command(&words))
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
            assert_eq!(from(here).word(path).as_str(), word, "{here} {path}");
        }
        let bake = |here| bake_all("docker-bake.hcl", from(here)).to_string();
        assert_eq!(bake("/a b/work"), "docker buildx bake");
        assert_eq!(bake("/a b/work/x"), "(cd .. && docker buildx bake)");
        assert_eq!(bake("/"), "(cd 'a b/work' && docker buildx bake)");
    }
}
