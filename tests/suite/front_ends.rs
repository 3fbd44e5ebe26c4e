//! Folders that a tool for the browser makes.

use serde_json::Value;

use crate::project::Project;

pub(crate) fn found(image: &Value) -> Option<&Value> {
    let mut diagnostics = image["diagnostics"].as_array().unwrap().iter();
    diagnostics.find(|diagnostic| diagnostic["code"] == "front-end")
}

pub(crate) const PACKAGE: &str = "{ \"scripts\": { \"build\": \"vite build\" } }";
const EMBEDS: &str = "fn main() {}\n#[derive(Embed)] #[folder = \"web/dist\"] struct A;\n";
const TABLE: &str = "[package.metadata.dockerize]\n";

/// A program that embeds a front end, with these files in `web`.
pub(crate) fn embedding(files: &[(&str, &str)]) -> Project {
    let project = Project::single().file("src/main.rs", EMBEDS);
    files.iter().fold(project, |project, (path, text)| {
        project.file(&format!("web/{path}"), text)
    })
}

#[test]
fn an_output_that_no_stage_makes_is_warned_about() {
    for (code, lock, command) in [
        (
            "#[derive(Embed)] #[folder = \"web/dist\"] struct A;",
            "package-lock.json",
            "npm ci && npm run build",
        ),
        (
            "static A: D = include_dir!(\"$CARGO_MANIFEST_DIR/web/dist\");",
            "pnpm-lock.yaml",
            "pnpm install --frozen-lockfile && pnpm run build",
        ),
        (
            "const A: &str = include_str!(\"../web/dist/index.html\");",
            "yarn.lock",
            "yarn install --immutable && yarn run build",
        ),
        (
            "fn a() { ServeDir::new(\"web/dist/assets\"); }",
            "bun.lock",
            "bun install --frozen-lockfile && bun run build",
        ),
        (
            "fn a() { Files::new(\"/\", \"./web/build\"); }",
            "package-lock.json",
            "npm ci && npm run build",
        ),
    ] {
        let project = Project::with(&format!("{TABLE}front-end = false"))
            .file("src/main.rs", &format!("fn main() {{}}\n{code}\n"))
            .file("web/package.json", PACKAGE)
            .file(&format!("web/{lock}"), "");
        let image = project.image(&[]);
        let warning = found(&image).unwrap_or_else(|| panic!("nothing for {code}"));
        assert_eq!(warning["severity"], "warning");
        assert_eq!(warning["location"]["line"], 2);
        assert_eq!(
            warning["help"][0],
            format!("before the image: (cd web && {command})")
        );
        // No command where the manifest does not say one.
        project.write("web/package.json", "{}");
        let image = project.image(&[]);
        assert_eq!(
            found(&image).unwrap()["help"][0],
            "make it before the image is built"
        );
        project.write("web/Trunk.toml", "[build]\n");
        let help = project.image(&[]);
        let help = &found(&help).unwrap()["help"][0];
        assert_eq!(*help, "before the image: (cd web && trunk build --release)");
    }
}

#[test]
fn an_output_that_is_there_is_noted() {
    let project = Project::single()
        .file(
            "src/main.rs",
            "fn main() {}\n#[derive(Embed)] #[folder = \"web/dist\"] struct A;\n",
        )
        .file("web/package.json", PACKAGE)
        .file("web/dist/index.html", "<p>");
    let image = project.image(&[]);
    assert_eq!(found(&image).unwrap()["severity"], "note");
}

#[test]
fn what_no_tool_makes_is_no_front_end() {
    for (code, manifest) in [
        // No manifest beside the output, or of the output.
        ("#[folder = \"web/dist\"] struct A;", "package.json"),
        ("#[folder = \"web/src\"] struct A;", "web/package.json"),
        // Not embedded, not served.
        ("const A: &str = \"web/dist\";", "web/package.json"),
        (
            "/// See `web/dist`.\nfn a() { println!(\"web/dist\"); }",
            "web/package.json",
        ),
        (
            "#[cfg(test)] mod tests { fn a() { ServeDir::new(\"web/dist\"); } }",
            "web/package.json",
        ),
    ] {
        let project = Project::single()
            .file("src/main.rs", &format!("fn main() {{}}\n{code}\n"))
            .file(manifest, PACKAGE)
            .file("web/src/a.js", "");
        assert_eq!(found(&project.image(&[])), None, "{code}");
    }
}

#[test]
fn what_is_unclear_gets_no_stage() {
    let lock = ("package-lock.json", "{}");
    for (files, reason) in [
        (&[("package.json", PACKAGE)][..], "there is no lock file"),
        (&[("package.json", "{}"), lock], "no script `build`"),
        (
            &[("package.json", "no json"), lock],
            "only those of a `package.json`",
        ),
        (
            &[("package.json", PACKAGE), lock, ("yarn.lock", "")],
            "both `package-lock.json` and `yarn.lock`",
        ),
        (
            &[("package.json", PACKAGE), ("bun.lock", "")],
            "there is no stage for `bun.lock`",
        ),
        (
            &[("package.json", PACKAGE), ("pnpm-lock.yaml", "")],
            "which version of pnpm",
        ),
        (
            &[("package.json", PACKAGE), ("yarn.lock", "")],
            "which version of Yarn",
        ),
        (
            &[
                ("package.json", PACKAGE),
                ("yarn.lock", "# yarn lockfile v1\n"),
                (".nvmrc", "26"),
            ],
            "no corepack",
        ),
        (
            &[("package.json", PACKAGE), lock, ("patches/a.patch", "")],
            "there is `patches`",
        ),
        (
            &[
                (
                    "package.json",
                    "{ \"workspaces\": [], \"scripts\": { \"build\": \"x\" } }",
                ),
                lock,
            ],
            "has workspaces",
        ),
        (
            &[
                (
                    "package.json",
                    "{ \"dependencies\": { \"a\\u001b\": \"file:../a\" }, \"scripts\": { \"build\": \"x\" } }",
                ),
                lock,
            ],
            "the package `a\\u{1b}` lies in a folder",
        ),
    ] {
        let image = embedding(files).image(&[]);
        assert_eq!(image["front_end"], Value::Null, "{reason}");
        let warning = found(&image).unwrap();
        assert_eq!(warning["severity"], "warning");
        let note = warning["notes"][1].as_str().unwrap();
        assert!(
            note.starts_with("no stage makes it: ") && note.contains(reason),
            "{note}"
        );
    }
}

#[test]
fn who_else_makes_it_or_does_not_want_it_gets_no_stage() {
    let note = |project: &Project| {
        let image = project.image(&[]);
        assert_eq!(image["front_end"], Value::Null);
        found(&image).unwrap()["notes"][1]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let files = [("package.json", PACKAGE), ("package-lock.json", "{}")];
    let script = "fn main() {\n    std::process::Command::new(\"npm\");\n}\n";
    let text = note(&embedding(&files).file("build.rs", script));
    assert!(
        text.ends_with("build.rs:2: a build script makes it"),
        "{text}"
    );

    let web = |project: Project| {
        files.iter().fold(project, |project, (path, text)| {
            project.file(&format!("web/{path}"), text)
        })
    };
    let off = Project::with(&format!("{TABLE}front-end = false")).file("src/main.rs", EMBEDS);
    let text = note(&web(off));
    assert!(text.contains("front-end: no stage was asked for"), "{text}");

    let two =
        "fn main() {}\n#[folder = \"web/dist\"] struct A;\n#[folder = \"other/dist\"] struct B;\n";
    let two = web(Project::single().file("src/main.rs", two)).file("other/package.json", PACKAGE);
    assert!(note(&two).contains("more than one front end"));

    let beside = Project::single()
        .file(
            "src/main.rs",
            "fn main() {}\n#[folder = \"dist\"] struct A;\n",
        )
        .file("package.json", PACKAGE)
        .file("package-lock.json", "{}");
    assert!(note(&beside).contains("packages of Rust as well"));

    let odd = Project::single()
        .file(
            "src/main.rs",
            "fn main() {}\n#[folder = \"we'b/dist\"] struct A;\n",
        )
        .file("we'b/package.json", PACKAGE)
        .file("we'b/package-lock.json", "{}");
    assert!(note(&odd).contains("cannot name its folder"));
}
