//! Files that a compile reads.

use crate::case::Case;

pub(crate) fn cases() -> Vec<Case> {
    let mut all = scripts();
    all.extend(embedded());
    all.extend(workspaces());
    all.extend(absent());
    all
}

const COUNT: &str = "std::fs::read_dir(dir).unwrap().count()";

/// What build scripts read.
fn scripts() -> Vec<Case> {
    vec![
        Case::new("script-pattern-behind-a-format")
            .script(
                "let kind = \"sql\";\n\
                 let pattern = format!(\"{}/defs/{kind}/*.sql\", env!(\"CARGO_MANIFEST_DIR\"));\n\
                 let (dir, _) = pattern.rsplit_once('/').unwrap();\n\
                 std::fs::read_dir(dir).unwrap().count()",
            )
            .file("defs/sql/a.sql", "")
            .file("defs/sql/b.sql", "")
            .needs(&["defs/sql/a.sql", "defs/sql/b.sql"])
            .prints("2"),
        Case::new("script-list-in-a-file")
            .script(
                "let list = std::fs::read_to_string(\"wanted.txt\").unwrap();\n\
                 list.lines().map(|name| std::fs::read_to_string(name).unwrap()).collect::<String>()",
            )
            .file("wanted.txt", "one/a.in\ntwo/b.in\n")
            .file("one/a.in", "a")
            .file("two/b.in", "b")
            .needs(&["wanted.txt", "one/a.in", "two/b.in"])
            .prints("ab"),
        Case::new("script-folder-of-a-variable")
            .script(
                "let dir = std::env::var(\"RULES_DIR\").unwrap_or_else(|_| \"rules\".into());\n\
                 std::fs::read_dir(dir).unwrap().count()",
            )
            .file("rules/a.toml", "")
            .needs(&["rules/a.toml"])
            .takes(&["RULES_DIR"])
            .prints("1"),
        Case::new("script-of-modules")
            .manifest("build = \"build/main.rs\"\n")
            .file(
                "build/main.rs",
                "mod gen;\n#[path = \"../tools/names.rs\"] mod names;\nfn main() { println!(\"cargo:rustc-env=MADE={}{}\", gen::read(), names::NAME); }\n",
            )
            .file("build/gen/mod.rs", "mod deep;\npub fn read() -> String { deep::read() }\n")
            .file(
                "build/gen/deep.rs",
                "pub fn read() -> String { std::fs::read_to_string(\"spec/api.txt\").unwrap() }\n",
            )
            .file("tools/names.rs", "pub const NAME: &str = \"x\";\n")
            .file("spec/api.txt", "api")
            .made()
            .needs(&["build/gen/deep.rs", "tools/names.rs", "spec/api.txt"])
            .prints("apix"),
        Case::new("script-that-includes-rust")
            .file(
                "build.rs",
                "include!(\"support/common.rs\");\nfn main() { println!(\"cargo:rustc-env=MADE={}\", common()); }\n",
            )
            .file(
                "support/common.rs",
                "fn common() -> String { std::fs::read_to_string(\"data/v.txt\").unwrap() }\n",
            )
            .file("data/v.txt", "v")
            .made()
            .needs(&["support/common.rs", "data/v.txt"])
            .prints("v"),
        Case::new("script-that-walks-by-itself")
            .file(
                "build.rs",
                "use std::path::Path;\nfn visit(dir: &Path) -> usize {\n    let mut n = 0;\n    \
                 for entry in std::fs::read_dir(dir).unwrap() {\n        let path = entry.unwrap().path();\n        \
                 n += if path.is_dir() { visit(&path) } else { 1 };\n    }\n    n\n}\n\
                 fn main() { println!(\"cargo:rustc-env=MADE={}\", visit(Path::new(\"locales\"))); }\n",
            )
            .file("locales/de/a.ftl", "")
            .file("locales/en/a.ftl", "")
            .made()
            .needs(&["locales/de/a.ftl", "locales/en/a.ftl"])
            .prints("2"),
        Case::new("script-that-changes-its-folder")
            .script(
                "std::env::set_current_dir(\"schemas\").unwrap();\nstd::fs::read_to_string(\"main.json\").unwrap()",
            )
            .file("schemas/main.json", "{}")
            .needs(&["schemas/main.json"])
            .prints("{}"),
        Case::new("script-with-a-path-in-a-field")
            .file(
                "build.rs",
                "struct Input { path: &'static str }\nconst ALL: &[Input] = &[Input { path: \"in/a.txt\" }, Input { path: \"more/b.txt\" }];\n\
                 fn main() {\n    let all: String = ALL.iter().map(|one| std::fs::read_to_string(one.path).unwrap()).collect();\n    \
                 println!(\"cargo:rustc-env=MADE={all}\");\n}\n",
            )
            .file("in/a.txt", "a")
            .file("more/b.txt", "b")
            .made()
            .needs(&["in/a.txt", "more/b.txt"])
            .prints("ab"),
        Case::new("script-that-opens-what-a-function-is-given")
            .file(
                "build.rs",
                "use std::path::PathBuf;\nfn load(root: &PathBuf, name: &str) -> String { std::fs::read_to_string(root.join(name).with_extension(\"txt\")).unwrap() }\n\
                 fn main() {\n    let root = PathBuf::from(std::env::var(\"CARGO_MANIFEST_DIR\").unwrap()).join(\"texts\");\n    \
                 println!(\"cargo:rustc-env=MADE={}\", load(&root, \"hello\"));\n}\n",
            )
            .file("texts/hello.txt", "hi")
            .made()
            .needs(&["texts/hello.txt"])
            .prints("hi"),
        Case::new("script-above-the-package")
            .file("Cargo.toml", "[workspace]\nmembers = [\"apps/web\"]\nresolver = \"2\"\n")
            .file("apps/web/Cargo.toml", &crate::project::manifest("web"))
            .file(
                "apps/web/build.rs",
                "use std::path::Path;\nfn main() {\n    let root = Path::new(env!(\"CARGO_MANIFEST_DIR\")).parent().unwrap().parent().unwrap();\n    \
                 let version = std::fs::read_to_string(root.join(\"VERSION\")).unwrap();\n    \
                 let api = std::fs::read_to_string(root.join(\"api\").join(\"v1\").join(\"a.json\")).unwrap();\n    \
                 println!(\"cargo:rustc-env=MADE={}{}\", version.trim(), api);\n}\n",
            )
            .file("apps/web/src/main.rs", "fn main() { println!(\"{}\", env!(\"MADE\")); }\n")
            .file("VERSION", "7\n")
            .file("api/v1/a.json", "{}")
            .needs(&["VERSION", "api/v1/a.json"])
            .prints("7{}"),
        Case::new("script-with-relative-variables-of-cargo")
            .file(".cargo/config.toml", "[env]\nMODELS = { value = \"../models\", relative = true }\nGREETING = \"hi\"\n")
            .script("let dir = std::env::var(\"MODELS\").unwrap();\nstd::fs::read_dir(dir).unwrap().count()")
            .main("fn main() { println!(\"{}{}\", env!(\"MADE\"), env!(\"GREETING\")); }\n")
            .file("src/../.gitignore", "/target\n")
            .takes(&[])
            .needs(&[]),
        Case::new("script-that-reads-a-note-and-a-test")
            .script(
                "let a = std::fs::read_to_string(\"CHANGELOG.md\").unwrap();\n\
                 let b = std::fs::read_to_string(\"tests/data/seed.txt\").unwrap();\nformat!(\"{}{}\", a.len(), b)",
            )
            .file("CHANGELOG.md", "abc")
            .file("tests/data/seed.txt", "s")
            .needs(&["CHANGELOG.md", "tests/data/seed.txt"])
            .prints("3s"),
        Case::new("script-for-each-of-a-list")
            .script(&format!(
                "let mut n = 0;\nfor dir in [\"a\", \"b\"].iter().map(|one| std::path::Path::new(\"data\").join(one)) {{ n += {COUNT}; }}\nn"
            ))
            .file("data/a/1", "")
            .file("data/b/1", "")
            .needs(&["data/a/1", "data/b/1"])
            .prints("2"),
    ]
}

/// What macros put into the program.
fn embedded() -> Vec<Case> {
    vec![
        Case::new("macro-rules-around-include")
            .main(
                "macro_rules! asset { ($name:literal) => { include_str!(concat!(\"../assets/\", $name)) }; }\n\
                 fn main() { println!(\"{}\", asset!(\"a.txt\")); }\n",
            )
            .file("assets/a.txt", "a")
            .needs(&["assets/a.txt"])
            .prints("a"),
        Case::new("macro-rules-around-include-from-the-root")
            .main(
                "macro_rules! page { ($name:ident) => { include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/pages/\", stringify!($name), \".html\")) }; }\n\
                 fn main() { println!(\"{}\", page!(index)); }\n",
            )
            .file("pages/index.html", "<p>")
            .needs(&["pages/index.html"])
            .prints("<p>"),
        Case::new("include-of-rust-that-includes")
            .main("include!(\"../gen/tables.rs\");\nfn main() { println!(\"{}\", TEXT); }\n")
            .file("gen/tables.rs", "const TEXT: &str = include_str!(\"raw/t.txt\");\n")
            .file("gen/raw/t.txt", "t")
            .needs(&["gen/tables.rs", "gen/raw/t.txt"])
            .prints("t"),
        Case::new("path-attribute-of-a-folder")
            .main("#[path = \"../common/mod.rs\"]\nmod common;\nfn main() { println!(\"{}\", common::deep::TEXT); }\n")
            .file("common/mod.rs", "pub mod deep;\n")
            .file("common/deep/mod.rs", "pub const TEXT: &str = include_str!(\"note.txt\");\n")
            .file("common/deep/note.txt", "n")
            .needs(&["common/mod.rs", "common/deep/note.txt"])
            .prints("n"),
        Case::new("path-attribute-inside-an-inline-module")
            .main(
                "mod outer { #[path = \"../../shared/inner.rs\"] pub mod inner; }\nfn main() { println!(\"{}\", outer::inner::TEXT); }\n",
            )
            .file("shared/inner.rs", "pub const TEXT: &str = \"in\";\n")
            .file("src/outer/.keep", "")
            .needs(&["shared/inner.rs"])
            .prints("in"),
        Case::new("path-attribute-under-a-condition")
            .main(
                "#[cfg_attr(unix, path = \"../os/unix.rs\")]\n#[cfg_attr(windows, path = \"../os/windows.rs\")]\nmod os;\nfn main() { println!(\"{}\", os::NAME); }\n",
            )
            .file("os/unix.rs", "pub const NAME: &str = \"unix\";\n")
            .file("os/windows.rs", "pub const NAME: &str = \"windows\";\n")
            .needs(&["os/unix.rs"])
            .prints("unix"),
        Case::new("readme-as-documentation")
            .main("#![doc = include_str!(\"../README.md\")]\nfn main() { println!(\"ok\"); }\n")
            .file("README.md", "# app\n")
            .needs(&["README.md"])
            .prints("ok"),
        Case::new("fixture-of-tests-embedded")
            .main("fn main() { println!(\"{}\", include_str!(\"../tests/fixtures/seed.json\")); }\n")
            .file("tests/fixtures/seed.json", "{}")
            .needs(&["tests/fixtures/seed.json"])
            .prints("{}"),
        Case::new("library-in-another-folder")
            .manifest("[lib]\nname = \"app\"\npath = \"lib/all.rs\"\n")
            .file("lib/all.rs", "mod part;\npub const TEXT: &str = part::TEXT;\n")
            .file("lib/part.rs", "pub const TEXT: &str = include_str!(\"../text/p.txt\");\n")
            .file("text/p.txt", "p")
            .main("fn main() { println!(\"{}\", app::TEXT); }\n")
            .needs(&["lib/part.rs", "text/p.txt"])
            .prints("p"),
    ]
}

fn workspaces() -> Vec<Case> {
    let manifest = crate::project::manifest;
    let root = "[workspace]\nmembers = [\"svc\", \"codegen\"]\nresolver = \"2\"\n";
    let svc = manifest("svc") + "[build-dependencies]\ncodegen = { path = \"../codegen\" }\n";
    let with_macros = manifest("svc") + "[dependencies]\nmacros = { path = \"../macros\" }\n";
    let macros = manifest("macros") + "[lib]\nproc-macro = true\n";
    let made = "fn main() { println!(\"{}\", env!(\"MADE\")); }\n";
    let uses = "macros::texts!();\nfn main() { println!(\"{}\", TEXTS); }\n";
    vec![
        Case::new("helper-that-reads-beside-itself")
            .file("Cargo.toml", root)
            .file("svc/Cargo.toml", &svc)
            .file("svc/build.rs", "fn main() { println!(\"cargo:rustc-env=MADE={}\", codegen::Generator::default().with(\"templates\").run()); }\n")
            .file("svc/src/main.rs", made)
            .file("codegen/Cargo.toml", &manifest("codegen"))
            .file(
                "codegen/src/lib.rs",
                "#[derive(Default)] pub struct Generator { dir: String }\nimpl Generator {\n    \
                 pub fn with(mut self, dir: &str) -> Self { self.dir = dir.to_owned(); self }\n    \
                 pub fn run(&self) -> usize { std::fs::read_dir(std::path::Path::new(env!(\"CARGO_MANIFEST_DIR\")).join(&self.dir)).unwrap().count() }\n}\n",
            )
            .file("codegen/templates/a.txt", "")
            .needs(&["codegen/templates/a.txt"])
            .prints("1"),
        Case::new("helper-that-embeds")
            .file("Cargo.toml", root)
            .file("svc/Cargo.toml", &svc)
            .file("svc/build.rs", "fn main() { println!(\"cargo:rustc-env=MADE={}\", codegen::text()); }\n")
            .file("svc/src/main.rs", made)
            .file("codegen/Cargo.toml", &manifest("codegen"))
            .file("codegen/src/lib.rs", "pub fn text() -> &'static str { include_str!(\"../../shared/t.txt\") }\n")
            .file("shared/t.txt", "t")
            .needs(&["shared/t.txt"])
            .prints("t"),
        Case::new("helper-that-is-given-the-path")
            .file("Cargo.toml", root)
            .file("svc/Cargo.toml", &svc)
            .file("svc/build.rs", "fn main() { println!(\"cargo:rustc-env=MADE={}\", codegen::read(\"../contracts/v1.json\")); }\n")
            .file("svc/src/main.rs", made)
            .file("codegen/Cargo.toml", &manifest("codegen"))
            .file("codegen/src/lib.rs", "pub fn read(path: impl AsRef<std::path::Path>) -> String { std::fs::read_to_string(path).unwrap() }\n")
            .file("contracts/v1.json", "{}")
            .needs(&["contracts/v1.json"])
            .prints("{}"),
        Case::new("macro-of-the-project-that-is-given-a-path")
            .file("Cargo.toml", "[workspace]\nmembers = [\"svc\", \"macros\"]\nresolver = \"2\"\n")
            .file("svc/Cargo.toml", &with_macros)
            .file("svc/src/main.rs", "fn main() { println!(\"{}\", macros::load!(\"../sql/q.sql\")); }\n")
            .file("macros/Cargo.toml", &macros)
            .file(
                "macros/src/lib.rs",
                "use proc_macro::TokenStream;\n#[proc_macro]\npub fn load(input: TokenStream) -> TokenStream {\n    \
                 let name = input.to_string();\n    let root = std::env::var(\"CARGO_MANIFEST_DIR\").unwrap();\n    \
                 let text = std::fs::read_to_string(std::path::Path::new(&root).join(name.trim_matches('\"'))).unwrap();\n    \
                 format!(\"{text:?}\").parse().unwrap()\n}\n",
            )
            .file("sql/q.sql", "select 1")
            .needs(&["sql/q.sql"])
            .prints("select 1"),
        Case::new("macro-of-the-project-that-looks-above")
            .file("Cargo.toml", "[workspace]\nmembers = [\"svc\", \"macros\"]\nresolver = \"2\"\n")
            .file("svc/Cargo.toml", &with_macros)
            .file("svc/src/main.rs", uses)
            .file("macros/Cargo.toml", &macros)
            .file(
                "macros/src/lib.rs",
                "use proc_macro::TokenStream;\nuse std::path::PathBuf;\nfn folder() -> PathBuf {\n    \
                 let mut path = PathBuf::from(std::env::var_os(\"CARGO_MANIFEST_DIR\").unwrap());\n    path.pop();\n    path.push(\"texts\");\n    path\n}\n\
                 #[proc_macro]\npub fn texts(_: TokenStream) -> TokenStream {\n    \
                 let count = std::fs::read_dir(folder()).unwrap().count();\n    format!(\"const TEXTS: usize = {count};\").parse().unwrap()\n}\n",
            )
            .file("texts/a.txt", "")
            .needs(&["texts/a.txt"])
            .prints("1"),
        Case::new("dependency-of-another-system")
            .manifest(
                "[target.'cfg(target_os = \"macos\")'.dependencies]\nmac = { path = \"platform/mac\" }\n\
                 [target.x86_64-pc-windows-msvc.build-dependencies]\nwin = { path = \"platform/win\", optional = true }\n",
            )
            .main("fn main() { println!(\"ok\"); }\n")
            .file("platform/mac/Cargo.toml", &(manifest("mac") + "[dependencies]\nbase = { path = \"../base\" }\n"))
            .file("platform/mac/src/lib.rs", "")
            .file("platform/win/Cargo.toml", &manifest("win"))
            .file("platform/win/src/lib.rs", "")
            .file("platform/base/Cargo.toml", &(manifest("base") + "[target.'cfg(windows)'.dependencies]\nwin = { path = \"../win\" }\n"))
            .file("platform/base/src/lib.rs", "")
            .needs(&["platform/mac/Cargo.toml", "platform/win/Cargo.toml", "platform/base/Cargo.toml"])
            .leaves(&["platform/mac/src"])
            .prints("ok"),
        Case::new("dependency-of-another-system-outside")
            .file("Cargo.toml", "[workspace]\nmembers = [\"app\"]\nexclude = [\"os\"]\nresolver = \"2\"\n[workspace.dependencies]\nwin = { path = \"os/win\" }\n")
            .file("app/Cargo.toml", &(manifest("app") + "[target.'cfg(windows)'.dependencies]\nwin.workspace = true\n"))
            .file("app/src/main.rs", "fn main() { println!(\"ok\"); }\n")
            .file("os/win/Cargo.toml", "[package]\nname = \"win\"\nversion = \"0.2.0\"\nedition = \"2021\"\nbuild = \"gen.rs\"\n")
            .file("os/win/src/lib.rs", "")
            .file("os/win/gen.rs", "fn main() {}\n")
            .needs(&["os/win/Cargo.toml"])
            .prints("ok"),
    ]
}

/// What is named and not there, or in no clone.
fn absent() -> Vec<Case> {
    vec![
        Case::new("embedded-file-is-made-first")
            .main("fn main() { println!(\"{}\", include_str!(\"../dist/index.html\")); }\n")
            .warns(&["input-missing"])
            .fails(),
        Case::new("lock-file-is-ignored")
            .main("fn main() { println!(\"ok\"); }\n")
            .file(".gitignore", "/target\nCargo.lock\n")
            .git("init -q")
            .warns(&["ignored-by-git"]),
        Case::new("embedded-file-is-ignored")
            .main("fn main() { println!(\"{}\", include_str!(\"../out/page.html\")); }\n")
            .file("out/page.html", "p")
            .file(".gitignore", "/target\n/out\n")
            .git("init -q")
            .warns(&["ignored-by-git"])
            .needs(&["out/page.html"])
            .prints("p"),
        Case::new("submodule-of-a-script")
            .script("std::fs::read_dir(\"third_party/defs\").unwrap().count()")
            .file(".gitmodules", "[submodule \"defs\"]\n\tpath = third_party/defs\n\turl = https://example.com/defs\n")
            .git("init -q")
            .warns(&["input-missing"]),
        Case::new("program-in-the-root")
            .manifest("autobins = false\n[[bin]]\nname = \"app\"\npath = \"app.rs\"\n")
            .file("app.rs", "mod parts;\nfn main() { println!(\"{}\", parts::TEXT); }\n")
            .file("parts.rs", "pub const TEXT: &str = include_str!(\"banner.txt\");\n")
            .file("banner.txt", "b")
            .file(".env", "SECRET=1")
            .file("notes/private.txt", "")
            .needs(&["app.rs", "parts.rs", "banner.txt"])
            .leaves(&[".env", "notes"])
            .prints("b"),
    ]
}
