//! Schemas of protobuf: what protoc gets beside itself.
//!
//! The crates only have the names of real ones: the tables go by the name.

use serde_json::Value;

use crate::project::{Project, manifest};

const MAIN: &str = "fn main() {}\n";
const SCRIPT: &str = "fn main() {\n    prost_build::compile_protos(&[\"proto/a.proto\"], &[\"proto\"])\n        .expect(\"cannot compile a.proto\");\n}\n";
const PLAIN: &str = "syntax = \"proto3\";\nmessage M { string name = 1; }\n";
const GOOGLE: &str = "syntax = \"proto3\";\n\nimport \"google/protobuf/any.proto\";\n";

/// A program whose build script calls a `prost-build`.
fn project(script: &str) -> Project {
    let fake = manifest("prost-build").replace("0.1.0", "0.14.1");
    let text = format!(
        "{}[workspace]\n[build-dependencies]\nprost-build = {{ path = \"fake\" }}\n",
        manifest("app")
    );
    Project::empty()
        .file("Cargo.toml", &text)
        .file("src/main.rs", MAIN)
        .file("build.rs", script)
        .file("fake/Cargo.toml", &fake)
        .file("fake/src/lib.rs", "")
        .locked()
}

/// The packages that the builder installs, and why it installs Google's messages: `file:line fact`.
fn packages(project: &Project) -> (Vec<String>, Vec<String>) {
    let image = project.image(&[]);
    let packages = image["builder"]["packages"].as_array().unwrap();
    let names = packages.iter().map(|package| text(&package["value"]));
    let messages = packages.iter().find(|p| p["value"] == "libprotobuf-dev");
    let because = messages.map_or(&[][..], |package| package["because"].as_array().unwrap());
    let because = because.iter().map(|evidence| {
        let (origin, fact) = (&evidence["origin"], text(&evidence["fact"]));
        format!("{}:{} {fact}", text(&origin["file"]), origin["line"])
    });
    (names.collect(), because.collect())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[test]
fn messages_of_google_are_installed_where_a_schema_imports_them() {
    let project = project(SCRIPT).file("proto/a.proto", PLAIN);
    assert_eq!(packages(&project).0, ["protobuf-compiler"]);

    project.write("proto/a.proto", GOOGLE);
    let (names, because) = packages(&project);
    assert_eq!(names, ["libprotobuf-dev", "protobuf-compiler"]);
    let expected = "proto/a.proto:3 imports `google/protobuf/any.proto`";
    assert_eq!(because[0], expected);

    // Through another schema, and not in a comment.
    project.write(
        "proto/a.proto",
        "import \"b/b.proto\";\n// import \"google/protobuf/any.proto\";\n",
    );
    project.write("proto/b/b.proto", PLAIN);
    assert_eq!(packages(&project).0, ["protobuf-compiler"]);
    project.write("proto/b/b.proto", GOOGLE);
    let (_, because) = packages(&project);
    assert!(because[0].starts_with("proto/b/b.proto:3 imports"));

    project.write(
        "proto/b/b.proto",
        "import \"google/protobuf/compiler/plugin.proto\";\n",
    );
    let expected = ["libprotobuf-dev", "libprotoc-dev", "protobuf-compiler"];
    assert_eq!(packages(&project).0, expected);
}

#[test]
fn messages_of_google_may_be_the_project_s_own() {
    let project = project(SCRIPT)
        .file("proto/a.proto", GOOGLE)
        .file("proto/google/protobuf/any.proto", PLAIN);
    assert_eq!(packages(&project).0, ["protobuf-compiler"]);
    // protoc is not told to look there.
    let project = self::project(SCRIPT)
        .file("proto/a.proto", GOOGLE)
        .file("proto/vendor/google/protobuf/any.proto", PLAIN);
    assert_eq!(
        packages(&project).0,
        ["libprotobuf-dev", "protobuf-compiler"]
    );
}

#[test]
fn what_is_not_seen_may_import_them() {
    for (script, schema, expected) in [
        // A name that the script puts together.
        (
            "fn main() { prost_build::compile(std::env::var(\"P\")); }",
            "x/a.proto",
            "Cargo.toml:null compiles schemas that are not seen",
        ),
        (
            "fn main() { prost_build::compile(\"proto/other.proto\", \"proto\"); }",
            "proto/a.proto",
            "build.rs:1 names a schema that is not seen: `proto/other.proto`",
        ),
    ] {
        let project = project(script).file(schema, PLAIN);
        let (names, because) = packages(&project);
        assert_eq!(names, ["libprotobuf-dev", "protobuf-compiler"], "{script}");
        assert_eq!(because[0], expected);
    }
    let project = project(SCRIPT).file("proto/a.proto", "import \"google/api/http.proto\";\n");
    let (names, because) = packages(&project);
    assert_eq!(names, ["libprotobuf-dev", "protobuf-compiler"]);
    let expected = "proto/a.proto:1 names a schema that is not seen: `google/api/http.proto`";
    assert_eq!(because[0], expected);
}

#[test]
fn odd_schemas_do_no_harm() {
    for text in [
        "",
        "import",
        "import \"",
        "import \"google/protobuf/\u{1b}[31m.proto\";",
        "/*",
        "\u{feff}\"ü",
    ] {
        let project = project(SCRIPT).file("proto/a.proto", text);
        let ran = project.run(&["plan"]).exits(0);
        assert!(!ran.stdout.contains('\u{1b}'), "{}", ran.stdout);
    }
    let project = project(SCRIPT);
    fs_err::create_dir_all(project.path("proto/a.proto")).unwrap();
    assert_eq!(
        packages(&project).0,
        ["libprotobuf-dev", "protobuf-compiler"]
    );
}
