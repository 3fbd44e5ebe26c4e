//! The keys of a manifest's table.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Asker, BakeWishes, Libc, Linkage, List, LocalLayers, Optimize, Snippets, Strategy};

/// The wishes of one place: a manifest's table, or the command line.
///
/// The keys of `[package.metadata.dockerize]` and `[workspace.metadata.dockerize]`; `None` means that the place
/// says nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Layer {
    /// The binary to ship.
    #[cfg_attr(test, schemars(
        with = "String",
        extend("x-default" = "`default-run`, or the only binary that can be meant", "examples" = ["server"])
    ))]
    pub bin: Option<Spanned<String>>,
    /// Further binaries of the package that go into the same image. The image starts `bin`.
    #[cfg_attr(test, schemars(with = "List<String>", extend("examples" = [["ctl"]])))]
    pub extra_bins: Option<Spanned<List<String>>>,
    /// Further names of the program, as links beside it: for one that does what the name says by which it is called.
    #[cfg_attr(test, schemars(with = "List<String>", extend("examples" = [["gzip", "gunzip"]])))]
    pub aliases: Option<Spanned<List<String>>>,
    /// Features to activate, beside the default ones.
    #[cfg_attr(test, schemars(with = "List<String>", extend("examples" = [["tls", "metrics"]])))]
    pub features: Option<Spanned<List<String>>>,
    /// Leaves out the package's default features.
    #[cfg_attr(test, schemars(with = "bool", extend("examples" = [true])))]
    pub no_default_features: Option<Spanned<bool>>,
    /// Activates all features of the package.
    #[cfg_attr(test, schemars(with = "bool", extend("examples" = [true])))]
    pub all_features: Option<Spanned<bool>>,
    /// The cargo profile to build with.
    #[cfg_attr(test, schemars(
        with = "String",
        extend("x-default" = "`\"release\"`", "examples" = ["dist"])
    ))]
    pub profile: Option<Spanned<String>>,
    /// The image to run in: `auto`, `scratch`, `distroless`, or an image reference.
    #[cfg_attr(test, schemars(
        with = "String",
        extend("x-default" = "`\"auto\"`", "examples" = ["debian:trixie-slim"], "x-see" = "[`runtime`](#runtime)")
    ))]
    pub runtime: Option<Spanned<String>>,
    /// The C library.
    #[cfg_attr(test, schemars(
        with = "Libc",
        extend("x-default" = "from the dependencies", "examples" = ["musl"])
    ))]
    pub libc: Option<Spanned<Libc>>,
    /// How the program is linked with the C library and others.
    #[cfg_attr(test, schemars(
        with = "Linkage",
        extend("x-default" = "from the dependencies", "examples" = ["dynamic"])
    ))]
    pub linkage: Option<Spanned<Linkage>>,
    /// The image to build in.
    #[cfg_attr(test, schemars(
        with = "String",
        extend("x-default" = "the official Rust image", "examples" = ["rust:1.92-bookworm"])
    ))]
    pub builder_image: Option<Spanned<String>>,
    /// Platforms that the image is built for, cross compiled where that is possible. The flag is `--platform`.
    #[cfg_attr(test, schemars(
        with = "Vec<String>",
        extend(
            "x-default" = "none: the platform of the machine that builds",
            "examples" = [["linux/amd64", "linux/arm64"]],
            "x-see" = "[platforms](platforms.md)"
        )
    ))]
    pub platforms: Option<Spanned<Vec<String>>>,
    /// Ports that the program listens on.
    #[cfg_attr(test, schemars(
        with = "List<u16>",
        extend("x-default" = "from the sources, the files that they read and the web framework", "examples" = [8080])
    ))]
    pub port: Option<Spanned<List<u16>>>,
    /// Tunes the build.
    #[cfg_attr(test, schemars(
        with = "Optimize",
        extend("x-default" = "none: the manifest's profile as it is", "examples" = ["size"])
    ))]
    pub optimize: Option<Spanned<Optimize>>,
    /// How what was compiled lasts until the next build.
    #[cfg_attr(test, schemars(
        with = "Strategy",
        extend("x-default" = "`\"layers\"`", "examples" = ["hybrid"], "x-see" = "[caching](caching.md)")
    ))]
    pub strategy: Option<Spanned<Strategy>>,
    /// Local packages that are compiled in layers of their own, the lowest first; `"auto"` finds them.
    #[cfg_attr(test, schemars(
        with = "LocalLayers",
        extend(
            "examples" = [[["core", "proto"], ["api"]]],
            "x-see" = "[caching](caching.md#layers-for-local-packages)"
        )
    ))]
    pub layers: Option<Spanned<LocalLayers>>,
    /// Where the Dockerfile goes, relative to the workspace's root and inside of the repository. The ignore file goes beside it.
    #[cfg_attr(test, schemars(
        with = "String",
        extend("x-default" = "`\"Dockerfile\"`", "examples" = ["docker/Dockerfile"])
    ))]
    pub output: Option<Spanned<String>>,
    /// Files or folders, relative to the manifest, that the compile needs and that were not found. Each must exist.
    #[cfg_attr(test, schemars(
        with = "List<String>",
        extend("examples" = [["proto", "data/words.txt"]])
    ))]
    pub include: Option<Spanned<List<String>>>,
    /// Files or folders, relative to the manifest, that the program opens when it runs.
    #[cfg_attr(test, schemars(
        with = "List<String>",
        extend("examples" = [["static", "templates"]], "x-see" = "[assets](#assets)")
    ))]
    pub assets: Option<Spanned<List<String>>>,
    /// Whether a stage makes the front end that the program embeds, where it is plain how.
    #[cfg_attr(test, schemars(
        with = "bool",
        extend("x-default" = "`true`", "examples" = [false], "x-see" = "[`front-end`](#front-end)")
    ))]
    pub front_end: Option<Spanned<bool>>,
    /// Debian packages to install in the builder, beside those that were found. Names only, without versions.
    #[cfg_attr(test, schemars(with = "List<String>", extend("examples" = [["make"]])))]
    pub build_packages: Option<Spanned<List<String>>>,
    /// Debian packages with programs or data that the program needs at run time. With `runtime = "auto"` they lead to
    /// Debian's image.
    #[cfg_attr(test, schemars(with = "List<String>", extend("examples" = [["git"]])))]
    pub runtime_packages: Option<Spanned<List<String>>>,
    /// Environment of the program in the image. It is readable by everybody who has the image: no secrets.
    #[cfg_attr(test, schemars(
        with = "BTreeMap<String, String>",
        extend("examples" = [{ "RUST_LOG": "info" }])
    ))]
    pub env: Option<Spanned<BTreeMap<String, String>>>,
    /// The template of the Dockerfile, relative to the manifest.
    #[cfg_attr(test, schemars(
        with = "String",
        extend(
            "x-default" = "the built-in template",
            "examples" = ["docker/service.hbs"],
            "x-see" = "[templates](templates.md)"
        )
    ))]
    pub template: Option<Spanned<String>>,
    /// A folder of partials that stand in the place of built-in ones, relative to the manifest.
    #[cfg_attr(test, schemars(
        with = "String",
        extend(
            "x-default" = "the built-in partials",
            "examples" = ["docker/partials"],
            "x-see" = "[templates](templates.md#partials)"
        )
    ))]
    pub partials: Option<Spanned<String>>,
    /// Lines for places of the built-in templates.
    #[cfg_attr(test, schemars(
        with = "Snippets",
        extend("x-type" = "table of strings", "examples" = [{ "before-user": "LABEL team=web" }], "x-see" = "[templates](templates.md#snippets)")
    ))]
    pub snippets: Option<Spanned<Snippets>>,
    /// Images of the package, each with keys of its own over those of the package.
    #[cfg_attr(test, schemars(
        with = "BTreeMap<String, Layer>",
        extend(
            "x-type" = "table of tables", "examples" = [{ "worker": { "bin": "worker" } }],
            "x-see" = "[several images](workspaces.md#several-images-of-one-package)"
        )
    ))]
    pub images: Option<Spanned<BTreeMap<String, Layer>>>,
    /// Members that `--workspace` ships, as globs of names or folders.
    #[cfg_attr(test, schemars(
        with = "Vec<String>",
        extend("x-default" = "all", "examples" = [["services/*"]], "x-see" = "[workspaces](workspaces.md)")
    ))]
    pub members: Option<Spanned<Vec<String>>>,
    /// Members that `--workspace` does not ship, as globs of names or folders.
    #[cfg_attr(test, schemars(
        with = "Vec<String>",
        extend("examples" = [["*-bench"]], "x-see" = "[workspaces](workspaces.md)")
    ))]
    pub exclude: Option<Spanned<Vec<String>>>,
    /// What the bake file says.
    #[cfg_attr(test, schemars(
        with = "BakeWishes",
        extend(
            "x-type" = "table of strings", "examples" = [{ "registry": "ghcr.io/acme" }],
            "x-see" = "[one build for all](workspaces.md#one-build-for-all)"
        )
    ))]
    pub bake: Option<Spanned<BakeWishes>>,
    /// What crates need that the tool does not know, or knows otherwise.
    #[cfg_attr(test, schemars(
        with = "BTreeMap<String, crate::plan::RuleList>",
        extend(
            "x-default" = "the tool's tables",
            "x-type" = "table of rules", "examples" = [{ "foo-sys": { "build": ["libfoo-dev", "pkg-config"] } }],
            "x-see" = "[crates](crates.md#teach-it-a-crate)"
        )
    ))]
    pub crates: Option<Spanned<toml::Table>>,
    /// Who wishes it, where that is not the manifest.
    #[serde(skip)]
    pub asker: Asker,
}
