//! Folders that a tool for the browser makes.

use serde_json::Value;

use crate::project::Project;

fn found(image: &Value) -> Option<&Value> {
    let mut diagnostics = image["diagnostics"].as_array().unwrap().iter();
    diagnostics.find(|diagnostic| diagnostic["code"] == "front-end")
}

const PACKAGE: &str = "{ \"scripts\": { \"build\": \"vite build\" } }";

#[test]
fn an_output_that_is_missing_is_warned_about() {
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
            "yarn install && yarn run build",
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
        let project = Project::single()
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
