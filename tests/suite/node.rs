//! Front ends that a stage of Node.js makes.

use serde_json::{Value, json};

use crate::dockerfile::check_context;
use crate::engine::{Image, turn};
use crate::front_ends::{PACKAGE, embedding, found};
use crate::lint::lint;
use crate::project::{Project, manifest};
use crate::stages::Stages;

const PRINTS: &str = "fn main() { print!(\"{}\", include_str!(\"../web/dist/index.html\")); }\n";
const TABLE: &str = "[package.metadata.dockerize]\n";

/// A program that embeds what npm builds, with a script that the stand-in for npm runs.
fn building() -> Project {
    embedding(&[
        ("package.json", PACKAGE),
        ("package-lock.json", "{}"),
        ("build.sh", "mkdir dist && cp page.html dist/index.html\n"),
        ("page.html", "fresh"),
        ("dist/index.html", "stale"),
        ("node_modules/junk", ""),
        (".env.local", "KEY=here"),
    ])
    .file("src/main.rs", PRINTS)
}

/// What the stage is made from: image, command that installs, command that builds.
fn stage(project: &Project) -> [Value; 3] {
    let image = project.image(&[]);
    assert_eq!(found(&image), None);
    ["image", "install", "build"].map(|key| image["front_end"][key]["value"].clone())
}

#[test]
fn a_stage_makes_what_the_program_embeds() {
    let project = building();
    let image = project.image(&[]);
    assert_eq!(found(&image), None);
    let because = &image["front_end"]["sources"]["because"][0];
    assert_eq!(because["origin"]["file"], "src/main.rs");
    assert_eq!(because["origin"]["line"], 1);
    let text = project.instructions(&[]);
    let expected = "FROM node:24-slim AS front-end\nWORKDIR /front-end\n\
                    COPY web/package.json web/package-lock.json ./\nRUN npm ci\n\
                    COPY web ./\nRUN npm run build\n";
    assert!(text.contains(expected), "{text}");
    let (_, build) = text.split_once(" AS build\n").unwrap();
    let dependencies = build
        .find("RUN DOCKERIZE_STUBS=1 RUSTC_WORKSPACE_WRAPPER")
        .unwrap();
    let output = build
        .find("COPY --from=front-end /front-end/dist web/dist\n")
        .unwrap();
    let program = build.rfind("RUN cargo build").unwrap();
    assert!(dependencies < output && output < program, "{text}");
    // The front end's sources are no sources of the program.
    assert!(!build.contains("COPY web"), "{text}");
    check_context(&project, &[], &[]);
    let ignored = project.read("Dockerfile.dockerignore");
    for line in ["!web", "web/node_modules", "web/dist", "**/.env*"] {
        assert!(ignored.lines().any(|other| other == line), "{ignored}");
    }
    assert_eq!(
        Stages::build(&project, &["--libc", "glibc"]).output(),
        "fresh"
    );
}

/// Stands in for the official image, which not every machine can pull; with the certificates of Rust's.
const NODE: &str = "FROM rust:1-slim-trixie\n\
                    RUN apt-get update && apt-get install --yes --no-install-recommends nodejs npm\n";

#[test]
#[ignore = "needs a Docker engine, and the registry of npm"]
fn the_image_embeds_what_npm_built() {
    let _turn = turn();
    let node = Project::empty().file("Dockerfile", NODE);
    let node = Image::build(&node, "node", &[]);
    let lock = "{ \"name\": \"web\", \"lockfileVersion\": 3, \"requires\": true, \"packages\": {\n\
                \"\": { \"name\": \"web\", \"devDependencies\": { \"ms\": \"2.1.3\" } },\n\
                \"node_modules/ms\": { \"version\": \"2.1.3\", \"dev\": true, \"integrity\": \"sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==\" } } }";
    let package = "{ \"name\": \"web\", \"private\": true, \"scripts\": { \"build\": \"node build.js\" },\n\
                   \"devDependencies\": { \"ms\": \"2.1.3\" } }";
    let script = "const fs = require('fs');\nfs.mkdirSync('dist');\n\
                  fs.writeFileSync('dist/index.html', `a day is ${require('ms')('1d')} ms`);\n";
    let project = embedding(&[
        ("package.json", package),
        ("package-lock.json", lock),
        ("build.js", script),
        ("dist/index.html", "stale"),
    ])
    .file("src/main.rs", PRINTS)
    .with_registry();
    for strategy in ["layers", "hybrid", "mounts"] {
        project.write("web/build.js", script);
        let arguments = ["--force", "--libc", "glibc", "--strategy", strategy];
        project.generate(&arguments);
        let context = format!("node:24-slim=docker-image://{}", node.tag);
        let options = ["--build-context", context.as_str()];
        let name = format!("front-end-{strategy}");
        let image = Image::build(&project, &name, &options);
        assert_eq!(image.prints(&[]), "a day is 86400000 ms", "{strategy}");
        // Only its sources changed: no package is installed again, and the program is another.
        project.write("web/build.js", &script.replace("a day", "A day"));
        let image = Image::build(&project, &name, &options);
        assert_eq!(image.prints(&[]), "A day is 86400000 ms", "{strategy}");
        let install = image
            .log
            .lines()
            .find(|line| line.contains("RUN npm ci"))
            .unwrap();
        let (step, _) = install.split_once(' ').unwrap();
        assert!(
            image.log.contains(&format!("{step} CACHED")),
            "{}",
            image.log
        );
    }
}

#[test]
#[ignore = "needs hadolint"]
fn hadolint_has_nothing_to_say() {
    for (package, lock, text) in [
        (PACKAGE, "package-lock.json", "{}"),
        (PACKAGE, "yarn.lock", "# yarn lockfile v1\n"),
        (
            "{ \"packageManager\": \"pnpm@9.1.0\", \"scripts\": { \"build\": \"x\", \"prepare\": \"x\" } }",
            "pnpm-lock.yaml",
            "",
        ),
    ] {
        lint(&embedding(&[("package.json", package), (lock, text)]), &[]);
    }
}

#[test]
fn what_is_there_beside_the_output_is_copied_without_it() {
    let project = building().file(
        "src/main.rs",
        "fn main() { print!(\"{}{}\", include_str!(\"../web/page.html\"), include_str!(\"../web/dist/index.html\")); }\n",
    );
    project.write(
        "web/build.sh",
        "mkdir dist && echo -n built > dist/index.html\n",
    );
    assert_eq!(
        Stages::build(&project, &["--libc", "glibc"]).output(),
        "freshbuilt"
    );
}

#[test]
fn local_packages_in_layers_embed_it_too() {
    let table = format!("[workspace]\n{TABLE}layers = [[\"ui\"]]\n");
    let text = format!(
        "{}{table}[dependencies]\nui = {{ path = \"ui\" }}\n",
        manifest("app")
    );
    let project = Project::empty()
        .file("Cargo.toml", &text)
        .library("ui", "ui")
        .file(
            "ui/src/lib.rs",
            "pub const PAGE: &str = include_str!(\"../../web/dist/index.html\");\n",
        )
        .file("src/main.rs", "fn main() { print!(\"{}\", ui::PAGE); }\n")
        .file("web/package.json", PACKAGE)
        .file("web/package-lock.json", "{}")
        .file(
            "web/build.sh",
            "mkdir dist && echo -n layered > dist/index.html\n",
        )
        .locked();
    assert_eq!(
        Stages::build(&project, &["--libc", "glibc"]).output(),
        "layered"
    );
}

#[test]
fn an_asset_comes_from_the_stage() {
    let serves = "fn main() {}\nfn a() { ServeDir::new(\"web/dist\"); }\n";
    let project = Project::with(&format!("{TABLE}assets = [\"web/dist\"]"))
        .file("src/main.rs", serves)
        .file("web/package.json", PACKAGE)
        .file("web/package-lock.json", "{}");
    let text = project.instructions(&[]);
    let expected = "COPY --chown=65532:65532 --from=front-end /front-end/dist web/dist\n";
    assert!(text.contains(expected), "{text}");
    assert_eq!(text.matches("--from=front-end").count(), 1, "{text}");
    // Nobody makes it.
    let text = format!("{TABLE}front-end = false\nassets = [\"web/dist\"]");
    let project = Project::with(&text)
        .file("src/main.rs", serves)
        .file("web/package.json", PACKAGE)
        .file("web/package-lock.json", "{}");
    project
        .run(&[])
        .refuses("asset-missing")
        .says("before the image: (cd web && npm ci && npm run build)");
}

#[test]
fn the_lock_file_says_who_installs() {
    for (files, install, build) in [
        (
            &[("package.json", PACKAGE), ("npm-shrinkwrap.json", "{}")][..],
            "npm ci",
            "npm run build",
        ),
        (
            &[
                (
                    "package.json",
                    "{ \"packageManager\": \"pnpm@9.1.0\", \"scripts\": { \"build\": \"x\" } }",
                ),
                ("pnpm-lock.yaml", ""),
            ],
            "corepack enable && pnpm install --frozen-lockfile",
            "pnpm run build",
        ),
        (
            &[
                ("package.json", PACKAGE),
                ("yarn.lock", "# yarn lockfile v1\n"),
            ],
            "corepack enable && yarn install --frozen-lockfile && yarn cache clean",
            "yarn run build",
        ),
        (
            &[
                (
                    "package.json",
                    "{ \"packageManager\": \"yarn@4.1.0\", \"scripts\": { \"build\": \"x\" } }",
                ),
                ("yarn.lock", "__metadata:\n"),
            ],
            "corepack enable && yarn install --immutable && yarn cache clean",
            "yarn run build",
        ),
    ] {
        let expected = [json!("node:24-slim"), json!(install), json!(build)];
        assert_eq!(stage(&embedding(files)), expected);
    }
    let project = embedding(&[
        (
            "package.json",
            "{ \"scripts\": { \"build\": \"x\", \"prepare\": \"x\" } }",
        ),
        ("package-lock.json", "{}"),
        (".npmrc", ""),
    ]);
    let text = project.instructions(&[]);
    assert!(
        text.contains("COPY web ./\nRUN npm ci && npm run build\n"),
        "{text}"
    );
    project.write("web/package.json", PACKAGE);
    let text = project.instructions(&[]);
    assert!(
        text.contains("COPY web/package.json web/package-lock.json web/.npmrc ./\n"),
        "{text}"
    );
}

#[test]
fn it_is_made_once_for_all_platforms() {
    let project = building();
    let text = project.instructions(&["--platform", "linux/amd64,linux/arm64"]);
    let expected = "FROM --platform=$BUILDPLATFORM node:24-slim AS front-end\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn credentials_get_into_no_layer() {
    for (name, text, is_secret) in [
        (".npmrc", "//npm.example.com/:_authToken=abc\n", true),
        (
            ".npmrc",
            "//npm.example.com/:_authToken = ${NPM_TOKEN}\n",
            true,
        ),
        (".npmrc", "_auth=YTpi\n", true),
        (
            ".npmrc",
            "# _auth=YTpi\nregistry=https://npm.example.com\n",
            false,
        ),
        (".npmrc", "always-auth=true\n", false),
        (".npmrc", "key=\"-----BEGIN\"\n", true),
        (".npmrc", "keyfile=/etc/key.pem\n", false),
        (
            ".npmrc",
            "registry=https://me:secret@npm.example.com/\n",
            true,
        ),
        (
            ".npmrc",
            "@me:registry=https://npm.example.com/@me\n",
            false,
        ),
        (".yarnrc.yml", "npmAuthToken: abc\n", true),
        (".yarnrc.yml", "nodeLinker: node-modules\n", false),
        (".yarnrc", "\"//npm.example.com/:_authToken\" abc\n", true),
    ] {
        let project = building().file(&format!("web/{name}"), text);
        let run = project.run(&["--force"]).exits(0);
        let reason =
            format!("no stage makes it: `{name}` has credentials, which would stay in a layer");
        assert_eq!(run.stderr.contains(&reason), is_secret, "{text}");
        let instructions = project.read("Dockerfile");
        assert_eq!(instructions.contains("front-end"), !is_secret, "{text}");
    }
}

#[test]
fn the_version_of_node_has_evidence() {
    let engines =
        "{\n \"engines\": {\n  \"node\": \"^20.9\"\n },\n \"scripts\": { \"build\": \"x\" }\n}";
    let project = embedding(&[("package.json", engines), ("package-lock.json", "{}")]);
    let image = project.image(&[]);
    assert_eq!(image["front_end"]["image"]["value"], "node:20-slim");
    let origin = &image["front_end"]["image"]["because"][0]["origin"];
    assert_eq!(
        (&origin["file"], &origin["line"]),
        (&json!("web/package.json"), &json!(3))
    );
    project.write("web/.nvmrc", "v22.3\n");
    assert_eq!(stage(&project)[0], "node:22.3-slim");
    project.write("web/.nvmrc", "lts/*\n");
    assert_eq!(stage(&project)[0], "node:24-slim");
    for hostile in ["22 AS x", "22\nRUN true", "22-slim; true", "$(id)"] {
        project.write("web/.nvmrc", hostile);
        assert_eq!(stage(&project)[0], "node:24-slim", "{hostile}");
    }
}

#[test]
fn odd_folders_reach_the_stage() {
    for name in ["we b", "we$b", "we[b", "--from=x", "#web"] {
        let code = format!(
            "fn main() {{ print!(\"{{}}\", include_str!(\"../{name}/dist/index.html\")); }}\n"
        );
        let project = Project::single()
            .file("src/main.rs", &code)
            .file(&format!("{name}/package.json"), PACKAGE)
            .file(&format!("{name}/package-lock.json"), "{}")
            .file(
                &format!("{name}/build.sh"),
                "mkdir dist && echo -n odd > dist/index.html\n",
            );
        assert_eq!(
            Stages::build(&project, &["--libc", "glibc"]).output(),
            "odd",
            "{name}"
        );
    }
}
