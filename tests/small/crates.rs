//! What crates of the registry read while their users compile.

use crate::case::Case;

/// A package with these dependencies, and those of its build script.
fn with(name: &'static str, dependencies: &str, build: &str) -> Case {
    let lines = format!("[dependencies]\n{dependencies}\n[build-dependencies]\n{build}\n");
    Case::new(name).manifest(&lines).with_registry()
}

pub(crate) fn cases() -> Vec<Case> {
    let mut all = templates();
    all.extend(assets());
    all.extend(databases());
    all.extend(interfaces());
    all.extend(languages());
    all.extend(versions());
    all
}

fn templates() -> Vec<Case> {
    vec![
        with("askama-of-another-configuration", "askama = \"0.12\"", "")
            .main(
                "use askama::Template;\n#[derive(Template)]\n#[template(path = \"hi.txt\", config = \"conf/askama.toml\")]\nstruct Hi;\n\
                 fn main() { println!(\"{}\", Hi.render().unwrap()); }\n",
            )
            .file("conf/askama.toml", "[general]\ndirs = [\"pages\"]\n")
            .file("pages/hi.txt", "hi{% include \"foot.txt\" %}")
            .file("pages/foot.txt", "!")
            .needs(&["conf/askama.toml", "pages/foot.txt"]),
        with("minijinja-embedded", "minijinja = \"2\"\nminijinja-embed = \"2\"", "minijinja-embed = \"2\"")
            .file("build.rs", "fn main() { minijinja_embed::embed_templates!(\"views\"); }\n")
            .main("fn main() { println!(\"ok\"); }\n")
            .file("views/a.html", "")
            .needs(&["views/a.html"]),
        with("maud-and-a-stylesheet", "grass = { version = \"0.13\", features = [\"macro\"] }", "")
            .main("const CSS: &str = grass::include!(\"styles/main.scss\");\nfn main() { println!(\"{CSS}\"); }\n")
            .file("styles/main.scss", "@use \"part\";\n")
            .file("styles/_part.scss", "a { b: c; }\n")
            .needs(&["styles/_part.scss"]),
        with("tera-of-a-script", "", "tera = { version = \"1\", default-features = false }")
            .script("let tera = tera::Tera::new(\"tpl/**/*.txt\").unwrap();\ntera.render(\"a.txt\", &tera::Context::new()).unwrap()")
            .file("tpl/a.txt", "a")
            .needs(&["tpl/a.txt"]),
    ]
}

fn assets() -> Vec<Case> {
    vec![
        with("rust-embed-of-the-workspace", "rust-embed = \"8\"", "")
            .file("Cargo.toml", "[workspace]\nmembers = [\"web\"]\nresolver = \"2\"\n")
            .file("web/Cargo.toml", "[package]\nname = \"web\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nrust-embed = { version = \"8\", features = [\"interpolate-folder-path\"] }\n")
            .file("web/src/main.rs", "#[derive(rust_embed::RustEmbed)]\n#[folder = \"$CARGO_MANIFEST_DIR/../ui/static\"]\n#[include = \"*.css\"]\nstruct Files;\nfn main() { println!(\"{}\", Files::iter().count()); }\n")
            .file("ui/static/a.css", "")
            .needs(&["ui/static/a.css"]),
        with("include-dir-of-another-folder", "include_dir = \"0.7\"", "")
            .main("static ALL: include_dir::Dir = include_dir::include_dir!(\"$CARGO_MANIFEST_DIR/resources/images\");\nfn main() { println!(\"{}\", ALL.files().count()); }\n")
            .file("resources/images/a.svg", "")
            .needs(&["resources/images/a.svg"]),
        with("static-files-of-a-script", "static-files = \"0.2\"", "static-files = \"0.2\"")
            .file("build.rs", "fn main() -> std::io::Result<()> { static_files::resource_dir(\"./public\").build() }\n")
            .main("include!(concat!(env!(\"OUT_DIR\"), \"/generated.rs\"));\nfn main() { println!(\"{}\", generate().len()); }\n")
            .file("public/a.js", "")
            .needs(&["public/a.js"]),
        with("memory-serve-of-a-folder", "memory-serve = { version = \"0.6\", default-features = false }", "")
            .main("fn main() { let _ = memory_serve::load_assets!(\"static\"); println!(\"ok\"); }\n")
            .file("static/index.html", "")
            .needs(&["static/index.html"]),
        with("compressed-at-compile-time", "include-flate = \"0.3\"", "")
            .main("include_flate::flate!(static TEXT: str from \"texts/long.txt\");\nfn main() { println!(\"{}\", *TEXT); }\n")
            .file("texts/long.txt", "t")
            .needs(&["texts/long.txt"]),
        with("toml-as-a-constant", "static-toml = \"1\"", "")
            .main("static_toml::static_toml! { static CONFIG = include_toml!(\"defaults/app.toml\"); }\nfn main() { println!(\"{}\", CONFIG.port); }\n")
            .file("defaults/app.toml", "port = 1\n")
            .needs(&["defaults/app.toml"]),
    ]
}

fn databases() -> Vec<Case> {
    let sqlx = "sqlx = { version = \"0.8\", default-features = false, features = [\"macros\", \"migrate\", \"sqlite\", \"runtime-tokio\"] }";
    vec![
        with("migrations-in-another-folder", sqlx, "")
            .main("static M: sqlx::migrate::Migrator = sqlx::migrate!(\"db/changes\");\nfn main() { println!(\"{}\", M.iter().count()); }\n")
            .file("db/changes/1_a.sql", "select 1;")
            .needs(&["db/changes/1_a.sql"]),
        with("migrations-of-the-default-folder", sqlx, "")
            .main("static M: sqlx::migrate::Migrator = sqlx::migrate!();\nfn main() { println!(\"{}\", M.iter().count()); }\n")
            .file("migrations/1_a.sql", "select 1;")
            .needs(&["migrations/1_a.sql"]),
        with("migrations-of-refinery", "refinery = \"0.8\"", "")
            .main("mod embedded { refinery::embed_migrations!(\"sql/steps\"); }\nfn main() { println!(\"{}\", embedded::migrations::runner().get_migrations().len()); }\n")
            .file("sql/steps/V1__a.sql", "select 1;")
            .needs(&["sql/steps/V1__a.sql"]),
        with("migrations-of-diesel-above", "diesel = { version = \"2\", default-features = false }\ndiesel_migrations = \"2\"", "")
            .file("Cargo.toml", "[workspace]\nmembers = [\"svc\"]\nresolver = \"2\"\n")
            .file("svc/Cargo.toml", "[package]\nname = \"svc\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\ndiesel = { version = \"2\", default-features = false }\ndiesel_migrations = \"2\"\n")
            .file("svc/src/main.rs", "use diesel_migrations::{EmbeddedMigrations, embed_migrations};\nconst M: EmbeddedMigrations = embed_migrations!(\"../schema/migrations\");\nfn main() { let _ = &M; println!(\"ok\"); }\n")
            .file("schema/migrations/1_a/up.sql", "")
            .needs(&["schema/migrations/1_a/up.sql"]),
        with("queries-in-files", "sqlx = { version = \"0.8\", default-features = false, features = [\"macros\"] }", "")
            .main("fn main() { println!(\"{}\", include_str!(\"../queries/a.sql\")); }\n")
            .file("queries/a.sql", "select 1")
            .needs(&["queries/a.sql"]),
    ]
}

fn interfaces() -> Vec<Case> {
    vec![
        with("protobuf-above-the-package", "", "")
            .file("Cargo.toml", "[workspace]\nmembers = [\"svc\"]\nresolver = \"2\"\n")
            .file("svc/Cargo.toml", "[package]\nname = \"svc\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[build-dependencies]\nprost-build = \"0.13\"\n")
            .file(
                "svc/build.rs",
                "fn main() {\n    let mut config = prost_build::Config::new();\n    config.btree_map([\".\"]);\n    \
                 config.compile_protos(&[\"../proto/api/v1/a.proto\"], &[\"../proto\"]).unwrap();\n}\n",
            )
            .file("svc/src/main.rs", "fn main() { println!(\"ok\"); }\n")
            .file("proto/api/v1/a.proto", "syntax = \"proto3\";\npackage a;\nimport \"common/b.proto\";\nmessage A { common.B b = 1; }\n")
            .file("proto/common/b.proto", "syntax = \"proto3\";\npackage common;\nmessage B {}\n")
            .needs(&["proto/api/v1/a.proto", "proto/common/b.proto"])
            .packages(&["protobuf-compiler"]),
        with("protobuf-found-by-a-walk", "", "prost-build = \"0.13\"\nwalkdir = \"2\"")
            .file(
                "build.rs",
                "fn main() {\n    let files: Vec<_> = walkdir::WalkDir::new(\"idl\").into_iter().filter_map(|e| e.ok()).map(|e| e.into_path())\n        \
                 .filter(|p| p.extension().is_some_and(|e| e == \"proto\")).collect();\n    prost_build::compile_protos(&files, &[\"idl\"]).unwrap();\n}\n",
            )
            .main("fn main() { println!(\"ok\"); }\n")
            .file("idl/deep/a.proto", "syntax = \"proto3\";\npackage a;\nmessage A {}\n")
            .needs(&["idl/deep/a.proto"])
            .packages(&["protobuf-compiler"])
            .prints("ok"),
        with("protobuf-compiled-in-rust", "", "prost-build = \"0.13\"\nprotox = \"0.7\"")
            .file(
                "build.rs",
                "fn main() {\n    let set = protox::compile([\"a.proto\"], [\"schemas\"]).unwrap();\n    prost_build::Config::new().compile_fds(set).unwrap();\n}\n",
            )
            .main("fn main() { println!(\"ok\"); }\n")
            .file("schemas/a.proto", "syntax = \"proto3\";\npackage a;\nmessage A {}\n")
            .needs(&["schemas/a.proto"])
            .packages(&[])
            .prints("ok"),
        with("graphql-of-a-client", "graphql_client = \"0.14\"\nserde = { version = \"1\", features = [\"derive\"] }", "")
            .main(
                "use graphql_client::GraphQLQuery;\n#[derive(GraphQLQuery)]\n#[graphql(schema_path = \"api/schema.graphql\", query_path = \"queries/q.graphql\")]\nstruct Q;\n\
                 fn main() { println!(\"{}\", Q::build_query(q::Variables).operation_name); }\n",
            )
            .file("api/schema.graphql", "type Query { a: String }\n")
            .file("queries/q.graphql", "query Q { a }\n")
            .needs(&["api/schema.graphql", "queries/q.graphql"]),
        with("json-schema-as-types", "typify = \"0.3\"\nserde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"", "")
            .main("typify::import_types!(schema = \"schemas/a.json\");\nfn main() { println!(\"ok\"); }\n")
            .file("schemas/a.json", "{\"title\": \"A\", \"type\": \"object\", \"properties\": {\"x\": {\"type\": \"string\"}}}")
            .needs(&["schemas/a.json"]),
        with("components-of-another-folder", "", "")
            .file("Cargo.toml", "[workspace]\nmembers = [\"c\"]\nresolver = \"2\"\n")
            .file("c/Cargo.toml", "[package]\nname = \"c\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nwit-bindgen = \"0.36\"\n")
            .file("c/src/main.rs", "wit_bindgen::generate!({ path: \"../contracts/wit\", world: \"w\" });\nfn main() {}\n")
            .file("contracts/wit/w.wit", "package a:b;\nworld w {}\n")
            .needs(&["contracts/wit/w.wit"]),
        with("grammar-of-pest", "pest = \"2\"\npest_derive = \"2\"", "")
            .main("use pest::Parser;\n#[derive(pest_derive::Parser)]\n#[grammar = \"../grammars/a.pest\"]\nstruct P;\nfn main() { println!(\"{}\", P::parse(Rule::a, \"a\").is_ok()); }\n")
            .file("grammars/a.pest", "a = { \"a\" }\n")
            .needs(&["grammars/a.pest"]),
        with("grammar-of-lalrpop", "lalrpop-util = \"0.22\"", "lalrpop = \"0.22\"")
            .file("build.rs", "fn main() { lalrpop::process_src().unwrap(); }\n")
            .main("lalrpop_util::lalrpop_mod!(calc);\nfn main() { println!(\"ok\"); }\n")
            .file("src/calc.lalrpop", "grammar;\npub N: i32 = <s:r\"[0-9]+\"> => s.parse().unwrap();\n")
            .needs(&["src/calc.lalrpop"]),
    ]
}

fn languages() -> Vec<Case> {
    vec![
        with("texts-of-fluent", "fluent-templates = \"0.11\"", "")
            .main("fluent_templates::static_loader! { static LOCALES = { locales: \"./translations\", fallback_language: \"en-US\" }; }\nfn main() { println!(\"ok\"); }\n")
            .file("translations/en-US/main.ftl", "hello = hi\n")
            .needs(&["translations/en-US/main.ftl"]),
        with("texts-of-rust-i18n", "rust-i18n = \"3\"", "")
            .main("rust_i18n::i18n!(\"lang/app\", fallback = \"en\");\nfn main() { println!(\"{}\", rust_i18n::t!(\"hello\")); }\n")
            .file("lang/app/en.yml", "hello: hi\n")
            .needs(&["lang/app/en.yml"])
            .prints("hi"),
        with("texts-of-rust-i18n-by-default", "rust-i18n = \"3\"", "")
            .main("rust_i18n::i18n!();\nfn main() { println!(\"{}\", rust_i18n::t!(\"hello\")); }\n")
            .file("locales/en.yml", "hello: hi\n")
            .needs(&["locales/en.yml"]),
        with("texts-of-i18n-embed", "i18n-embed = { version = \"0.15\", features = [\"fluent-system\"] }\nrust-embed = \"8\"", "")
            .main("#[derive(rust_embed::RustEmbed)]\n#[folder = \"locale/\"]\nstruct Texts;\nfn main() { println!(\"{}\", Texts::iter().count()); }\n")
            .file("i18n.toml", "fallback_language = \"en\"\n[fluent]\nassets_dir = \"locale\"\n")
            .file("locale/en/app.ftl", "a = b\n")
            .needs(&["i18n.toml", "locale/en/app.ftl"]),
    ]
}

fn versions() -> Vec<Case> {
    vec![
        with("version-of-git-with-a-fallback", "git-version = \"0.3\"", "")
            .main("fn main() { println!(\"{}\", git_version::git_version!(fallback = \"none\")); }\n")
            .prints("none"),
        with("version-of-shadow", "shadow-rs = { version = \"1\", default-features = false }", "shadow-rs = { version = \"1\", default-features = false, features = [\"build\"] }")
            .file("build.rs", "fn main() { shadow_rs::ShadowBuilder::builder().build().unwrap(); }\n")
            .main("shadow_rs::shadow!(build);\nfn main() { println!(\"{}\", build::PKG_VERSION); }\n")
            .prints("0.1.0"),
        with("version-of-built", "", "built = \"0.7\"")
            .file("build.rs", "fn main() { built::write_built_file().unwrap(); }\n")
            .main("mod built { include!(concat!(env!(\"OUT_DIR\"), \"/built.rs\")); }\nfn main() { println!(\"{}\", built::PKG_VERSION); }\n")
            .prints("0.1.0"),
        with("variables-of-dotenvy", "dotenvy_macro = \"0.15\"", "")
            .main("fn main() { println!(\"{}\", dotenvy_macro::dotenv!(\"API_URL\")); }\n")
            .file(".env", "API_URL=http://a\n")
            .leaves(&[".env"])
            .takes(&["API_URL"])
            .warns(&["build-variable"])
            .options(&["--build-arg", "API_URL=http://b"])
            .prints("http://b"),
    ]
}
