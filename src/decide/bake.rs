//! All images of a workspace in one build: a bake file, and what several programs have in common.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::decision::{Decision, Evidence};
use crate::inspect::Project;
use crate::paths::{is_in, normalize, relative, slashed};
use crate::plan::{
    Bake, BakeTarget, Builder, Files, Image, Shared, Skeleton, TemplateFile, Variable,
};
use crate::shell::ShellText;

/// The bake file, relative to the workspace's root.
const FILE: &str = "docker-bake.hcl";
/// What the shared stages are called in each Dockerfile.
const STAGE: &str = "dependencies";

/// Puts the images of a workspace together.
pub(crate) fn decide(project: &Project, images: &[Image]) -> Bake {
    let chosen = project
        .table
        .bake
        .as_ref()
        .map(|bake| bake.get_ref().clone());
    let chosen = chosen.unwrap_or_default();
    let mut names = BTreeSet::new();
    let mut tags = BTreeSet::new();
    let own_names = own_names(images);
    let mut targets: Vec<BakeTarget> = images
        .iter()
        .zip(own_names)
        .map(|(image, name)| BakeTarget {
            name: target_name(name, &mut names),
            tag: unique(tag(name), &mut tags),
            context: image.files.context.clone(),
            dockerfile: within(project, &image.files, &image.files.dockerfile),
            platforms: platforms(image),
            shared: None,
            private: image.private.clone(),
            arguments: arguments(image),
        })
        .collect();
    let groups = groups(images);
    let mut shared = Vec::new();
    for group in &groups {
        let libc = images[group[0]].build.libc.value.to_string();
        let wanted = match groups.len() {
            1 => STAGE.to_owned(),
            _ => format!("{STAGE}-{libc}"),
        };
        let name = target_name(&wanted, &mut names);
        for at in group {
            targets[*at].shared = Some(name.clone());
            targets[*at].private = None;
        }
        shared.push(merge(project, name, group, images, &targets));
    }
    Bake {
        file: FILE.to_owned(),
        // All of them are written by one command.
        command: match images.first() {
            Some(image) => image.files.command.clone(),
            None => ShellText::ours("cargo dockerize --workspace"),
        },
        registry: match chosen.registry {
            Some(registry) => format!("{}/", registry.trim_end_matches('/')),
            None => String::new(),
        },
        cache: chosen.cache.unwrap_or_default(),
        ssh: images
            .iter()
            .filter_map(|image| image.private.as_ref())
            .any(|private| !private.hosts.is_empty()),
        arguments: images
            .iter()
            .flat_map(arguments)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        targets,
        shared,
    }
}

/// The build arguments that the bake file hands on; it has variables of its own with some names.
fn arguments(image: &Image) -> Vec<String> {
    let names = image
        .builder
        .arguments
        .iter()
        .map(|argument| argument.value.clone());
    names
        .filter(|name| !["CACHE", "REGISTRY", "TAG"].contains(&name.as_str()))
        .collect()
}

/// The name of each image; that of its package, where images of several packages have the same.
fn own_names(images: &[Image]) -> Vec<&str> {
    let mut packages: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for image in images {
        let of_tag = packages.entry(tag(&image.name)).or_default();
        of_tag.insert(&image.package.name);
    }
    let is_shared = |image: &Image| {
        let of_tag = packages.get(&tag(&image.name));
        of_tag.is_some_and(|packages| packages.len() > 1)
    };
    let name = |image| match is_shared(image) {
        true => image.package.name.as_str(),
        false => image.name.as_str(),
    };
    images.iter().map(name).collect()
}

/// A name that a bake file takes, and that no other target has.
fn target_name(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let plain = |char: char| char.is_ascii_alphanumeric() || "_-".contains(char);
    let name: String = wanted
        .chars()
        .map(|char| if plain(char) { char } else { '-' })
        .collect();
    unique(name, taken)
}

/// The name, or the name with the first number that nothing else has.
fn unique(name: String, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.clone()).chain(numbered);
    // There is always a number that is free.
    let free = names.find(|name| !taken.contains(name)).unwrap_or(name);
    taken.insert(free.clone());
    free
}

/// A name that a registry takes.
fn tag(name: &str) -> String {
    let plain = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit();
    let name: String = name
        .to_lowercase()
        .chars()
        .map(|char| {
            if plain(char) || "_.-".contains(char) {
                char
            } else {
                '-'
            }
        })
        .collect();
    let trimmed = name.trim_matches(|char| !plain(char));
    match trimmed.is_empty() {
        true => "app".to_owned(),
        false => trimmed.to_owned(),
    }
}

/// A path below the workspace's root, as seen from the build context.
fn within(project: &Project, files: &Files, path: &str) -> String {
    slashed(&relative(
        &normalize(&project.root.join(path)),
        &normalize(&project.root.join(&files.context)),
    ))
}

/// Images whose dependencies are compiled alike, at least two in each group.
fn groups(images: &[Image]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, image) in images.iter().enumerate() {
        if !image.caching.is_shareable {
            continue;
        }
        match groups
            .iter_mut()
            .find(|group| fits(&images[group[0]], image))
        {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// Whether what was compiled for one image is fresh for the other.
fn fits<'a>(left: &'a Image, right: &'a Image) -> bool {
    let builder = |image: &Image| {
        let builder = &image.builder;
        let toolchain = builder.toolchain.as_ref().map(|toolchain| &toolchain.value);
        let targets: Vec<_> = builder.targets.iter().map(|target| &target.value).collect();
        let components = builder.components.iter();
        let components: Vec<_> = components.map(|component| &component.value).collect();
        let rust = builder.rust_version.as_ref().map(|version| &version.value);
        (
            builder.image.value.clone(),
            rust.cloned(),
            toolchain.cloned(),
            format!("{targets:?} {components:?}"),
        )
    };
    let build = |image: &Image| {
        let env: Vec<_> = image
            .build
            .env
            .iter()
            .map(|variable| variable.value.clone())
            .collect();
        (
            image.build.target.clone(),
            image.build.profile.value.clone(),
            image.build.adds_target,
            env,
        )
    };
    let skeleton = |image: &'a Image| {
        let Skeleton {
            manifests,
            is_gathered,
            masks,
            stubs,
            has_stubs,
            is_needed_later: _,
        } = &image.skeleton;
        (manifests, is_gathered, masks, stubs, has_stubs)
    };
    let place = |image: &'a Image| {
        let context = &image.context;
        (&image.files.context, &context.workdir, &context.vendored)
    };
    builder(left) == builder(right)
        && build(left) == build(right)
        && left.caching.is_wrapped == right.caching.is_wrapped
        && place(left) == place(right)
        && left.builder.platforms == right.builder.platforms
        && platforms(left) == platforms(right)
        && skeleton(left) == skeleton(right)
        && agree(&left.builder, &right.builder)
        && templates(left) == templates(right)
}

/// The platforms that an image is built for, as Docker names them.
fn platforms(image: &Image) -> Vec<String> {
    let platforms = image.platforms.iter();
    platforms
        .flat_map(|platforms| platforms.names.value.clone())
        .collect()
}

/// The templates of the project that the shared stage is rendered with.
fn templates(image: &Image) -> Vec<&TemplateFile> {
    let is_shared = |file: &TemplateFile| {
        [
            "skeleton",
            "toolchain",
            "platforms",
            "builder",
            "before-dependencies",
            "dependencies",
        ]
        .contains(&file.name.as_str())
    };
    let files = image.templates.iter().map(|template| &template.value);
    files.filter(|file| is_shared(file)).collect()
}

/// Whether the variables of two builders can be set for both programs.
fn agree(left: &Builder, right: &Builder) -> bool {
    let of = |builder: &Builder, name: &str| {
        let mut env = builder.env.iter();
        env.find(|variable| variable.value.name == name)
            .map(|variable| variable.value.value.clone())
    };
    // What cargo and rustc read changes how every crate is compiled.
    let is_global = |name: &str| name.starts_with("CARGO_") || name.starts_with("RUST");
    let fits = |variable: &Variable| {
        let (ours, theirs) = (of(left, &variable.name), of(right, &variable.name));
        ours == theirs || (!is_global(&variable.name) && (ours.is_none() || theirs.is_none()))
    };
    let mut all = left.env.iter().chain(&right.env);
    all.all(|variable| fits(&variable.value))
}

/// The stage that serves all images of a group.
fn merge(
    project: &Project,
    name: String,
    group: &[usize],
    images: &[Image],
    targets: &[BakeTarget],
) -> Shared {
    let first = &images[group[0]];
    let members = || group.iter().map(|at| &images[*at]);
    let mut builder = first.builder.clone();
    builder.arguments.clear();
    builder.argument_options.clear();
    for image in members().skip(1) {
        add(&mut builder.packages, &image.builder.packages, |package| {
            package.clone()
        });
        add(&mut builder.env, &image.builder.env, |variable| {
            variable.name.clone()
        });
    }
    builder
        .packages
        .sort_by(|left, right| left.value.cmp(&right.value));
    builder
        .env
        .sort_by(|left, right| left.value.name.cmp(&right.value.name));
    let mut caching = first.caching.clone();
    caching.builds = members()
        .flat_map(|image| image.caching.builds.clone())
        .collect();
    caching.layers.clear();
    caching.mount = None;
    caching.local_clean_arguments.clear();
    let mut seen = BTreeSet::new();
    let cleaned = members().flat_map(|image| &image.caching.clean_arguments);
    caching.clean_arguments = cleaned.filter(|word| seen.insert(*word)).cloned().collect();
    let mut context = first.context.clone();
    let copies = first.skeleton.manifests.iter().chain(&context.vendored);
    context.included = copies.flat_map(|copy| copy.sources.clone()).collect();
    context.included.sort();
    context.included.dedup();
    let vendored = context.vendored.iter().flat_map(|copy| &copy.sources);
    let vendored: BTreeSet<&Path> = vendored.map(Path::new).collect();
    context.excluded.retain(|path| {
        let above = Path::new(path).parent();
        above.is_some_and(|above| is_in(above, |folder| vendored.contains(folder)))
    });
    let included = context.included.clone();
    context
        .secrets
        .keep(|path| included.iter().any(|known| is_below(path, known)));
    context.sources.clear();
    let dockerfile = format!("{name}.Dockerfile");
    Shared {
        first: group[0],
        images: group
            .iter()
            .map(|at| {
                let fact = "its dependencies are compiled alike";
                Decision::new(targets[*at].name.clone(), Evidence::cargo(fact))
            })
            .collect(),
        dockerfile: within(project, &first.files, &dockerfile),
        platforms: platforms(first),
        files: Files {
            ignore_file: format!("{dockerfile}.dockerignore"),
            dockerfile,
            context: first.files.context.clone(),
            command: first.files.command.clone(),
        },
        builder,
        build: first.build.clone(),
        private: first.private.clone(),
        skeleton: first.skeleton.clone(),
        caching,
        context,
        name,
    }
}

/// Whether a path is another, or lies below it.
fn is_below(path: &str, folder: &str) -> bool {
    std::path::Path::new(path).starts_with(folder)
}

fn add<T: Clone, K: PartialEq>(
    to: &mut Vec<Decision<T>>,
    from: &[Decision<T>],
    key: impl Fn(&T) -> K,
) {
    for decision in from {
        if !to
            .iter()
            .any(|known| key(&known.value) == key(&decision.value))
        {
            to.push(decision.clone());
        }
    }
}
