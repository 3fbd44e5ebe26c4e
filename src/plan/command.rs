//! Where the files go, and the command that writes them again.

use cargo_metadata::Package;

use super::quote;
use super::{Context, Files};
use crate::config::{Libc, Linkage, Strategy, Wish};
use crate::decision::Origin;
use crate::inspect::Workspace;

/// The files of an image.
pub(crate) fn files(workspace: &Workspace, package: &Package, context: &Context) -> Files {
    let dockerfile = workspace.display(&workspace.dockerfile);
    Files {
        ignore_file: format!("{dockerfile}.dockerignore"),
        context: workspace.display(&context.root),
        command: command(workspace, package, &dockerfile),
        dockerfile,
    }
}

/// The command that writes the same files from the workspace's root.
fn command(workspace: &Workspace, package: &Package, dockerfile: &str) -> String {
    let settings = &workspace.settings;
    let mut words = Words(vec!["cargo dockerize".to_owned()]);
    if settings.is_of_build_script() {
        words = Words(vec!["cargo build".to_owned()]);
        if workspace.has_members() {
            words.flag("-p", &package.name);
        }
        // Which one of several images of a package it is; cargo knows the argument, too.
        let bin = settings.bin.as_ref();
        if let Some(wish) = bin.filter(|w| matches!(w.origin, Origin::BuildScript { .. })) {
            words.flag("--bin", &wish.value);
        }
        return words.0.join(" ");
    }
    if workspace.is_one_of_all {
        words.0.push("--workspace".to_owned());
    } else if workspace.has_members() {
        words.flag("-p", &package.name);
    }
    if let Some(image) = workspace
        .image
        .as_ref()
        .filter(|_| !workspace.is_one_of_all)
    {
        words.flag("--image", image);
    }
    words.text("--bin", &settings.bin);
    for wish in settings.features.iter().filter(|wish| is_flag(wish)) {
        words.flag("--features", &wish.value.join(","));
    }
    words.switch("--no-default-features", &settings.no_default_features);
    words.switch("--all-features", &settings.all_features);
    words.text("--profile", &settings.profile);
    words.text("--runtime", &settings.runtime);
    words.text("--builder-image", &settings.builder_image);
    words.word("--libc", &settings.libc, |libc| match libc {
        Libc::Glibc => "glibc",
        Libc::Musl => "musl",
    });
    words.word("--linkage", &settings.linkage, |linkage| match linkage {
        Linkage::Static => "static",
        Linkage::Dynamic => "dynamic",
    });
    words.word(
        "--strategy",
        &settings.strategy,
        |strategy| match strategy {
            Strategy::Layers => "layers",
            Strategy::Mounts => "mounts",
            Strategy::Hybrid => "hybrid",
        },
    );
    let platforms = settings.platforms.iter().filter(|wish| is_flag(wish));
    for platform in platforms.flat_map(|wish| &wish.value) {
        words.flag("--platform", platform);
    }
    for port in settings
        .port
        .iter()
        .filter(|wish| is_flag(wish))
        .flat_map(|wish| &wish.value)
    {
        words.flag("--port", &port.to_string());
    }
    if settings.output.as_ref().is_some_and(is_flag) {
        words.flag("--output", dockerfile);
    }
    words.0.join(" ")
}

fn is_flag<T>(wish: &Wish<T>) -> bool {
    matches!(wish.origin, Origin::Flag { .. })
}

/// The words of a command; of wishes only those that flags make.
struct Words(Vec<String>);

impl Words {
    fn flag(&mut self, name: &str, value: &str) {
        self.0.push(format!("{name} {}", quote::shell(value)));
    }

    fn text(&mut self, name: &str, wish: &Option<Wish<String>>) {
        self.word(name, wish, String::as_str);
    }

    fn word<T>(&mut self, name: &str, wish: &Option<Wish<T>>, text: impl Fn(&T) -> &str) {
        if let Some(wish) = wish.as_ref().filter(|wish| is_flag(wish)) {
            self.flag(name, text(&wish.value));
        }
    }

    fn switch(&mut self, name: &str, wish: &Option<Wish<bool>>) {
        if wish
            .as_ref()
            .is_some_and(|wish| wish.value && is_flag(wish))
        {
            self.0.push(name.to_owned());
        }
    }
}
