//! The Dockerfiles that are compared.

use std::path::Path;

use crate::Result;
use crate::commands;
use crate::projects::Project;

/// The column that the others are compared with.
pub(crate) const LAYERS: &str = "layers";

/// The runtime stage of everyone but us.
const RUNTIME: &str = "debian:trixie-slim";

/// One way to write a Dockerfile.
pub(crate) struct Column {
    pub(crate) name: &'static str,
    author: Author,
    /// It differs from another column only where there are several members.
    needs_members: bool,
}

enum Author {
    /// Written once, from the project and the image to build in.
    Peer(fn(&Project, &str) -> String),
    /// Written by the tool before each build.
    Ours(Ours),
}

struct Ours {
    strategy: &'static str,
    /// The tool prepares the skeleton outside of the build.
    has_skeleton: bool,
    /// Some members have layers of their own.
    has_local_layers: bool,
}

pub(crate) const COLUMNS: &[Column] = &[
    Column::peer("naive single stage", single_stage),
    Column::peer("naive multi-stage", multi_stage),
    Column::peer("cargo-chef", |project, image| {
        cargo_chef(project, image, "")
    }),
    Column {
        needs_members: true,
        ..Column::peer("cargo-chef --bin", |project, image| {
            cargo_chef(project, image, &format!(" --bin {}", project.ship))
        })
    },
    Column::peer("docker init", docker_init),
    Column::ours(LAYERS, "layers"),
    Column {
        author: Author::Ours(Ours {
            has_skeleton: true,
            ..Ours::new("layers")
        }),
        ..Column::ours("layers + skeleton", "layers")
    },
    Column {
        author: Author::Ours(Ours {
            has_local_layers: true,
            ..Ours::new("layers")
        }),
        needs_members: true,
        ..Column::ours("layers + local layers", "layers")
    },
    Column::ours("mounts", "mounts"),
    Column::ours("hybrid", "hybrid"),
    Column {
        author: Author::Ours(Ours {
            has_skeleton: true,
            ..Ours::new("hybrid")
        }),
        ..Column::ours("hybrid + skeleton", "hybrid")
    },
];

impl Column {
    const fn peer(name: &'static str, write: fn(&Project, &str) -> String) -> Self {
        Self {
            name,
            author: Author::Peer(write),
            needs_members: false,
        }
    }

    const fn ours(name: &'static str, strategy: &'static str) -> Self {
        Self {
            name,
            author: Author::Ours(Ours::new(strategy)),
            needs_members: false,
        }
    }

    pub(crate) fn suits(&self, project: &Project) -> bool {
        !self.needs_members || project.is_workspace()
    }

    /// Writes what is there before the first build.
    pub(crate) fn set_up(&self, project: &Project, folder: &Path, image: &str) -> Result<()> {
        match &self.author {
            Author::Peer(write) => {
                fs_err::write(folder.join("Dockerfile"), write(project, image))?;
                fs_err::write(folder.join(".dockerignore"), ".git\ntarget\n")?;
            }
            Author::Ours(ours) if ours.has_local_layers => {
                for edit in project.local_layers {
                    edit.apply(folder)?;
                }
            }
            Author::Ours(_) => {}
        }
        Ok(())
    }

    /// Writes what a build needs anew after an edit, and returns the skeleton if there is one.
    pub(crate) fn refresh<'a>(
        &self,
        project: &Project,
        folder: &Path,
        skeleton: &'a Path,
    ) -> Result<Option<&'a Path>> {
        let Author::Ours(ours) = &self.author else {
            return Ok(None);
        };
        let strategy = format!("--strategy={}", ours.strategy);
        ours.run(project, folder, &["--output=Dockerfile", &strategy])?;
        if !ours.has_skeleton {
            return Ok(None);
        }
        let output = format!("--output={}", skeleton.to_string_lossy());
        ours.run(project, folder, &["skeleton", &output])?;
        Ok(Some(skeleton))
    }
}

impl Ours {
    const fn new(strategy: &'static str) -> Self {
        Self {
            strategy,
            has_skeleton: false,
            has_local_layers: false,
        }
    }

    /// Runs the tool in the project, for what it ships.
    fn run(&self, project: &Project, folder: &Path, arguments: &[&str]) -> Result<String> {
        let mut words = vec!["dockerize"];
        words.extend(arguments);
        words.extend(["--package", project.ship, "--bin", project.ship]);
        // The C library of the others' images.
        words.push("--libc=glibc");
        commands::run(env!("CARGO_BIN_EXE_cargo-dockerize"), &words, folder)
    }
}

fn single_stage(project: &Project, image: &str) -> String {
    format!(
        r#"FROM {image}
WORKDIR /app
COPY . .
RUN cargo build --release --locked
CMD ["/app/target/release/{ship}"]
"#,
        ship = project.ship
    )
}

fn multi_stage(project: &Project, image: &str) -> String {
    format!(
        r#"FROM {image} AS build
WORKDIR /app
COPY . .
RUN cargo build --release --locked --bin {ship}

FROM {RUNTIME}
COPY --from=build /app/target/release/{ship} /usr/local/bin/
CMD ["{ship}"]
"#,
        ship = project.ship
    )
}

/// The one of cargo-chef's README for an image without cargo-chef; `prepare` gets more arguments.
fn cargo_chef(project: &Project, image: &str, arguments: &str) -> String {
    format!(
        r#"FROM {image} AS chef
RUN cargo install --locked cargo-chef
WORKDIR /app

FROM chef AS planner
COPY . .
RUN cargo chef prepare{arguments} --recipe-path recipe.json

FROM chef AS builder
COPY --from=planner /app/recipe.json recipe.json
RUN cargo chef cook --release --recipe-path recipe.json
COPY . .
RUN cargo build --release --bin {ship}

FROM {RUNTIME} AS runtime
WORKDIR /app
COPY --from=builder /app/target/release/{ship} /usr/local/bin
ENTRYPOINT ["/usr/local/bin/{ship}"]
"#,
        ship = project.ship
    )
}

/// The one that `docker init` writes, as Docker's guide for Rust shows it, with a mount for each folder.
fn docker_init(project: &Project, image: &str) -> String {
    let mounts: String = project
        .folders
        .iter()
        .map(|folder| format!("--mount=type=bind,source={folder},target={folder} \\\n    "))
        .collect();
    format!(
        r#"FROM {image} AS build
ARG APP_NAME={ship}
WORKDIR /app
RUN {mounts}--mount=type=bind,source=Cargo.toml,target=Cargo.toml \
    --mount=type=bind,source=Cargo.lock,target=Cargo.lock \
    --mount=type=cache,target=/app/target/ \
    --mount=type=cache,target=/usr/local/cargo/registry/ \
    <<EOF
set -e
cargo build --locked --release
cp ./target/release/$APP_NAME /bin/server
EOF

FROM {RUNTIME} AS final
COPY --from=build /bin/server /bin/
CMD ["/bin/server"]
"#,
        ship = project.ship
    )
}
