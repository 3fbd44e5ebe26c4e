//! The settings, one row for each: what is not here is no setting, and what is here is complete.
//!
//! A row reads `name: kind type = example(…)…;`, under the sentences that the reference and `--help` show. The kind
//! says how several sources become one: of a `value` the first counts, a `list` replaces or adds to an inherited one,
//! of `each` all count, and a `map` is merged name by name. What `declare.rs` and the setters of [`crate::Build`] make of it, they make for every row.

/// Hands all rows to another macro.
macro_rules! table {
    ($then:ident) => {
        $then! {
            merged {
                /// The binary to ship.
                bin: value String = example(r#""server""#)
                    .unset("`default-run`, or the only candidate")
                    .tables(Tables::PackageAndImages)
                    .flag("NAME", "Project")
                    .variable(Text::One);
                /// Further binaries of the package that go into the same image. The image starts `bin`.
                extra_bins: list String = example(r#"["ctl"]"#)
                    .no_flag()
                    .variable(Text::Names);
                /// Further names of the program, as links beside it: for one that does what the name says by which
                /// it is called.
                aliases: list String = example(r#"["gzip", "gunzip"]"#)
                    .no_flag()
                    .variable(Text::Paths);
                /// Features to activate, beside the default ones.
                features: list String = example(r#"["tls", "metrics"]"#)
                    .flag("FEATURES", "Project")
                    .called(None, Some('F'))
                    .variable(Text::Names);
                /// Leaves out the package's default features.
                no_default_features: value bool = example("true")
                    .flag("", "Project")
                    .variable(Text::Switch);
                /// Activates all features of the package.
                all_features: value bool = example("true")
                    .flag("", "Project")
                    .variable(Text::Switch);
                /// The cargo profile to build with.
                profile: value String = example(r#""dist""#)
                    .unset("`\"release\"`")
                    .flag("NAME", "Project")
                    .variable(Text::One);
                /// Runtime image: `scratch`, `distroless`, or a reference.
                runtime: value String = example(r#""debian:trixie-slim""#)
                    .unset("`\"auto\"`")
                    .see("[`runtime`](#runtime)")
                    .flag("IMAGE", "Image")
                    .variable(Text::One);
                /// The C library.
                libc: value Libc = example(r#""musl""#)
                    .unset("from the dependencies")
                    .flag("LIBC", "Image")
                    .variable(Text::Word(Libc::WORDS));
                /// How to link.
                linkage: value Linkage = example(r#""dynamic""#)
                    .unset("from the dependencies")
                    .flag("LINKAGE", "Image")
                    .variable(Text::Word(Linkage::WORDS));
                /// The image to build in.
                builder_image: value String = example(r#""rust:1.92-bookworm""#)
                    .unset("the official Rust image")
                    .flag("IMAGE", "Image")
                    .variable(Text::One);
                /// Platforms to build for. They are cross compiled where that is possible. The flag is `--platform`.
                platforms: value Vec<String> = example(r#"["linux/amd64", "linux/arm64"]"#)
                    .unset("the platform of the build machine")
                    .see("[platforms](platforms.md)")
                    .flag("PLATFORM", "Image")
                    // Docker's own flag is in the singular: it is given once for each.
                    .called(Some("platform"), None)
                    .variable(Text::Names);
                /// Ports that the program listens on.
                port: list u16 = example("8080")
                    .unset("from the sources, the files that they read and the web framework")
                    .flag("PORT", "Image")
                    .variable(Text::Numbers);
                /// Tunes the build.
                optimize: value Optimize = example(r#""size""#)
                    .unset("none: the manifest's profile as it is")
                    .no_flag()
                    .variable(Text::Word(Optimize::WORDS));
                /// Where artifacts are cached.
                strategy: value Strategy = example(r#""hybrid""#)
                    .unset("`\"layers\"`")
                    .see("[caching](caching.md)")
                    .flag("STRATEGY", "Image")
                    .variable(Text::Word(Strategy::WORDS));
                /// Local packages that are compiled in layers of their own, the lowest first; `"auto"` finds them.
                layers: value LocalLayers = example(r#"[["core", "proto"], ["api"]]"#)
                    .see("[caching](caching.md#layers-for-local-packages)")
                    .no_flag()
                    .no_variable();
                /// Where the Dockerfile goes. The path is relative to the workspace's root and inside the repository,
                /// that of the flag is relative to the current folder. The ignore file goes beside it.
                output: value String = example(r#""docker/Dockerfile""#)
                    .unset("`\"Dockerfile\"`")
                    .tables(Tables::PackageAndImages)
                    .relative_to(Base::Root)
                    .flag("PATH", "Output")
                    .called(None, Some('o'))
                    .variable(Text::One);
                /// Files or folders, relative to the manifest, that the compile needs and that were not found. Each
                /// must exist.
                include: list String = example(r#"["proto", "data/words.txt"]"#)
                    .no_flag()
                    .variable(Text::Paths);
                /// Files or folders, relative to the manifest, that the program opens when it runs.
                assets: list String = example(r#"["static", "templates"]"#)
                    .see("[assets](#assets)")
                    .no_flag()
                    .variable(Text::Paths);
                /// Whether a stage makes the front end that the program embeds, where it is plain how.
                front_end: value bool = example("false")
                    .unset("`true`")
                    .see("[`front-end`](#front-end)")
                    .no_flag()
                    .variable(Text::Switch);
                /// Debian packages to install in the builder, beside those that were found. Names only, without
                /// versions.
                build_packages: list String = example(r#"["make"]"#)
                    .no_flag()
                    .variable(Text::Names);
                /// Debian packages with programs or data that the program needs at run time. With `runtime = "auto"`
                /// they lead to Debian's image.
                runtime_packages: list String = example(r#"["git"]"#)
                    .no_flag()
                    .variable(Text::Names);
                /// Environment of the program in the image. It is readable by everybody who has the image: no secrets.
                env: map BTreeMap<String, String> = example(r#"{ RUST_LOG = "info" }"#)
                    .no_flag()
                    .no_variable();
                /// Default arguments of the program; those of `docker run` replace them.
                cmd: list String = example(r#"["serve"]"#)
                    .see("[what the program finds](#what-the-program-finds)")
                    .no_flag()
                    .no_variable();
                /// Numbers of the user and the group that the program runs as, never 0. Without a group it has the
                /// user's number.
                user: value User = example(r#""1000:1000""#)
                    .unset("`\"65532:65532\"`")
                    .no_flag()
                    .variable(Text::One);
                /// The working directory of the program, absolute. It belongs to the user, and is the home folder.
                workdir: value String = example(r#""/data""#)
                    .unset("`\"/app\"`, or that of the image")
                    .see("[what the program finds](#what-the-program-finds)")
                    .no_flag()
                    .variable(Text::One);
                /// Folders that the program writes, made in the image for its user; those with `volume = true` are
                /// volumes. Relative paths start from the working directory.
                data: list DataFolder = example(r#"["uploads", { path = "/var/lib/app", volume = true }]"#)
                    .see("[what the program finds](#what-the-program-finds)")
                    .no_flag()
                    .variable(Text::Paths);
                /// How an engine finds out whether the program is healthy: a path that the image asks for over HTTP, or a
                /// command as a list of words.
                healthcheck: value Healthcheck = example(r#""/healthz""#)
                    .unset("none")
                    .see("[health](#health)")
                    .no_flag()
                    .variable(Text::One);
                /// Labels of the image, over those that are made from the manifest.
                labels: map BTreeMap<String, String> = example(r#"{ "org.opencontainers.image.vendor" = "ACME" }"#)
                    .no_flag()
                    .no_variable();
                /// Codes of warnings and notes that were read and need not be shown again.
                allow: list Code = example(r#"["assets", "no-signal"]"#)
                    .see("[diagnostics](diagnostics.md)")
                    .no_flag()
                    .variable(Text::Names);
                /// The template of the Dockerfile, relative to the manifest.
                template: value String = example(r#""docker/service.hbs""#)
                    .unset("the built-in template")
                    .see("[templates](templates.md)")
                    .no_flag()
                    .no_variable();
                /// A folder of partials that replace built-in ones, relative to the manifest.
                partials: each String = example(r#""docker/partials""#)
                    .unset("the built-in partials")
                    .see("[templates](templates.md#partials)")
                    .no_flag()
                    .no_variable();
                /// Lines for places of the built-in templates.
                snippets: snippets Snippets = example(r#"{ before-user = "LABEL team=web" }"#)
                    .shape("table of strings")
                    .see("[templates](templates.md#snippets)")
                    .no_flag()
                    .no_variable();
                /// What crates need that the tool does not know, or knows otherwise.
                crates: rules toml::Table = example(
                        r#"{ foo-sys = { build = ["libfoo-dev", "pkg-config"] } }"#,
                    )
                    .unset("the tool's tables")
                    .shape("table of rules")
                    .see("[crates](crates.md#teach-it-a-crate)")
                    .no_flag()
                    .no_variable();
            }
            of_tables {
                /// Images of the package, each with keys of its own over those of the package.
                images: BTreeMap<String, SettingsTable> = example(r#"{ worker = { bin = "worker" } }"#)
                    .shape("table of tables")
                    .see("[several images](workspaces.md#several-images-of-one-package)")
                    .tables(Tables::Package)
                    .no_flag()
                    .no_variable();
                /// Members that `--workspace` ships, as globs of names or folders.
                members: Vec<String> = example(r#"["services/*"]"#)
                    .unset("all")
                    .see("[workspaces](workspaces.md)")
                    .tables(Tables::Workspace)
                    .no_flag()
                    .no_variable();
                /// Members that `--workspace` does not ship, as globs of names or folders.
                exclude: Vec<String> = example(r#"["*-bench"]"#)
                    .see("[workspaces](workspaces.md)")
                    .tables(Tables::Workspace)
                    .no_flag()
                    .no_variable();
                /// What the bake file says.
                bake: BakeSettings = example(r#"{ registry = "ghcr.io/acme" }"#)
                    .shape("table of strings")
                    .see("[one build for all](workspaces.md#one-build-for-all)")
                    .tables(Tables::Workspace)
                    .no_flag()
                    .no_variable();
            }
        }
    };
}

pub(crate) use table;
