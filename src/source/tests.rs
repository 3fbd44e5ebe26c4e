//! Facts of small packages whose files are in memory.

mod odd;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{
    Base, Conditions, Fact, Known, Meaning, Otherwise, Package, Root, read, tree::Sources,
};

fn sources_of(files: &[(&str, &str)]) -> Sources {
    let texts: BTreeMap<PathBuf, String> = files
        .iter()
        .map(|(path, text)| (Path::new("/app").join(path), (*text).to_owned()))
        .collect();
    let roots = [("src/main.rs", false), ("build.rs", true)].map(|(path, is_build_script)| Root {
        path: Path::new("/app").join(path),
        is_build_script,
    });
    let package = Package {
        roots: roots.to_vec(),
        conditions: Conditions {
            features: BTreeSet::from(["web".to_owned()]),
        },
        folder: PathBuf::from("/app"),
        is_run_early: false,
    };
    read(&package, &|path| texts.get(path).cloned().map(Ok)).expect("there is room for a thread")
}

fn facts_of(files: &[(&str, &str)]) -> Vec<Fact> {
    let sources = sources_of(files);
    sources
        .files
        .into_iter()
        .flat_map(|file| file.facts)
        .collect()
}

fn shown(known: &Known) -> String {
    let base = match known.base {
        Base::Itself => "",
        Base::ManifestDir => "$MANIFEST",
        Base::OutDir => "$OUT",
        Base::Home => "$HOME/",
    };
    let variable = known
        .variable
        .as_ref()
        .map_or(String::new(), |name| format!("${name}:"));
    format!("{variable}{base}{}", known.shown())
}

/// What the body of `main` opens.
#[track_caller]
fn opens(body: &str, expected: &[&str]) {
    let code = format!("use std::fs;\nuse std::path::{{Path, PathBuf}};\nfn main() {{ {body} }}\n");
    finds(&code, Meaning::Open, expected);
}

#[track_caller]
fn finds(code: &str, meaning: Meaning, expected: &[&str]) {
    let facts = facts_of(&[("src/main.rs", code)]);
    let facts = facts.iter().filter(|fact| fact.meaning == meaning);
    let found: Vec<String> = facts
        .map(|fact| {
            fact.arguments
                .iter()
                .map(shown)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    assert_eq!(found, expected, "{code}");
}

#[test]
fn values_are_followed() {
    for (body, expected) in [
        ("fs::read(\"a.txt\")", "a.txt"),
        ("std::fs::read(&*\"a.txt\".to_string())", "{}"),
        ("fs::read(Path::new(\"a\").join(\"b.txt\"))", "a/b.txt"),
        (
            "let p = PathBuf::from(\"a.txt\"); fs::read(&p).unwrap()",
            "a.txt",
        ),
        (
            "let p = Path::new(\"a\"); let q = p.join(\"b\"); fs::read(q)?",
            "a/b",
        ),
        ("fs::read(concat!(\"a\", \"/\", \"b\"))", "a/b"),
        ("fs::read(format!(\"a/{}.txt\", \"b\"))", "a/b.txt"),
        ("fs::read(format!(\"a/{name}.txt\"))", "a/{}"),
        (
            "let name = \"b\"; fs::read(format!(\"a/{name}.txt\"))",
            "a/b.txt",
        ),
        ("fs::read(format!(\"a/{x}.txt\", x = \"b\"))", "a/b.txt"),
        (
            "fs::read(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/a\"))",
            "$MANIFEST/a",
        ),
        (
            "fs::read(Path::new(env!(\"CARGO_MANIFEST_DIR\")).join(\"a\"))",
            "$MANIFESTa",
        ),
        (
            "fs::read(Path::new(&std::env::var(\"OUT_DIR\").unwrap()).join(\"a\"))",
            "$OUTa",
        ),
        (
            "fs::read([\"a\", \"b\"].iter().collect::<PathBuf>())",
            "a/b",
        ),
        ("fs::read(A)", "constant.txt"),
        ("fs::read(Self::A)", "constant.txt"),
        ("fs::read(name())", "function.txt"),
        ("fs::read(Path::new(B))", "constant.txt/b"),
        (
            "let p = std::env::var(\"P\").unwrap_or_else(|_| \"a\".into()); fs::read(p)",
            "$P:a",
        ),
        (
            "let p = if let Ok(p) = std::env::var(\"P\") { p } else { \"a\".into() }; fs::read(p)",
            "$P:a",
        ),
        (
            "let p = match std::env::var(\"P\") { Ok(p) => p, Err(_) => \"a\".into() }; fs::read(p)",
            "$P:a",
        ),
        ("fs::read(unknown(1))", "{}"),
        ("let p = \"a\"; let f = |p| fs::read(p); f(\"b\")", "{}"),
        ("let p = \"a\"; if let Some(p) = x { fs::read(p) }", "{}"),
        ("vec![fs::read(\"a.txt\")]", "a.txt"),
        ("select! { x = fs::read(\"a.txt\") => { y } }", "a.txt"),
        ("println!(\"{}\", fs::read(\"a.txt\"))", "a.txt"),
    ] {
        let items = "const A: &str = \"constant.txt\"; const B: &str = concat!(\"constant.txt\", \"/b\"); fn name() -> &'static str { \"function.txt\" }";
        let code = format!(
            "use std::fs;\nuse std::path::{{Path, PathBuf}};\n{items}\nfn main() {{ {body} }}\n"
        );
        finds(&code, Meaning::Open, &[expected]);
    }
}

#[test]
fn imports_say_what_a_path_is() {
    finds(
        "use std::fs::read_to_string;\nfn main() { read_to_string(\"a\"); }",
        Meaning::Open,
        &["a"],
    );
    finds(
        "use fs_err as fs;\nfn main() { fs::read(\"a\"); }",
        Meaning::Open,
        &["a"],
    );
    finds(
        "use std::fs::{self as files};\nfn main() { files::read(\"a\"); }",
        Meaning::Open,
        &["a"],
    );
    finds(
        "use tokio::fs;\nasync fn a() { fs::read(\"a\").await; }",
        Meaning::Open,
        &["a"],
    );
    finds(
        "fn main() { f.read_to_string(&mut text); io::read_to_string(f); }",
        Meaning::Open,
        &[],
    );
}

#[test]
fn conditions_leave_code_out_wherever_they_stand() {
    for body in [
        "#[cfg(test)] fs::read(\"a\");",
        "#[cfg(test)] let a = fs::read(\"a\");",
        "#[cfg(windows)] { fs::read(\"a\"); }",
        "#[cfg(feature = \"admin\")] fn b() { fs::read(\"a\"); }",
        "match n { #[cfg(test)] 0 => fs::read(\"a\"), _ => b }",
        "match n { #[cfg(test)] 0 => { fs::read(\"a\") } _ => b }",
        "A { #[cfg(test)] b: fs::read(\"a\"), c }",
        "f(#[cfg(test)] fs::read(\"a\"), c)",
        "[#[cfg(not(unix))] fs::read(\"a\")]",
        "if cfg!(test) { fs::read(\"a\"); }",
        "if cfg!(unix) { b() } else { fs::read(\"a\"); }",
        "#[cfg(test)] println!(\"{}\", fs::read(\"a\"));",
        "cfg_if! { if #[cfg(windows)] { fs::read(\"a\"); } else if #[cfg(unix)] { b(); } else { fs::read(\"a\"); } }",
        "odd! { x => #[cfg(test)] { fs::read(\"a\") } }",
    ] {
        opens(body, &[]);
    }
    for body in [
        "#[cfg(unix)] fs::read(\"a\");",
        "#[cfg(feature = \"web\")] { fs::read(\"a\"); }",
        "match n { #[cfg(test)] 0 => \"t\", _ => { fs::read(\"a\") } }",
        "#[cfg(tokio_unstable)] fs::read(\"a\");",
        "#[cfg_attr(test, ignore)] fs::read(\"a\");",
        "cfg_if! { if #[cfg(windows)] { b(); } else { fs::read(\"a\"); } }",
    ] {
        opens(body, &["a"]);
    }
    for item in [
        "#[test] fn b() { fs::read(\"a\"); }",
        "#[tokio::test] async fn b() { fs::read(\"a\"); }",
        "#[cfg(test)] mod b { use std::fs; fn c() { fs::read(\"a\"); } }",
        "impl B { #[cfg(test)] fn b() { fs::read(\"a\"); } }",
        "#[cfg(test)] impl B { fn b() { fs::read(\"a\"); } }",
    ] {
        finds(
            &format!("use std::fs;\n{item}\nfn main() {{}}"),
            Meaning::Open,
            &[],
        );
    }
}

#[test]
fn modules_are_found_as_rustc_finds_them() {
    let open = |name: &str| format!("fn a() {{ std::fs::read(\"{name}\"); }}\n");
    let files = [
        ("src/main.rs", "mod a; mod b; mod inline { mod c; #[path = \"d.rs\"] mod odd; }\n#[path = \"../shared/e.rs\"] mod e;\n#[cfg(test)] mod tests; #[cfg_attr(windows, path = \"win.rs\")] #[cfg_attr(unix, path = \"nix.rs\")] mod system; include!(\"part.rs\"); cfg_if::cfg_if! { if #[cfg(unix)] { mod chosen; } }".to_owned()),
        ("src/a.rs", format!("mod deep;{}", open("a"))),
        ("src/a/deep.rs", open("a/deep")),
        ("src/b/mod.rs", format!("mod deep;{}", open("b"))),
        ("src/b/deep.rs", open("b/deep")),
        ("src/inline/c.rs", open("c")),
        ("src/inline/d.rs", open("d")),
        ("shared/e.rs", format!("mod deep;{}", open("e"))),
        ("shared/deep.rs", open("e/deep")),
        ("src/tests.rs", open("tests")),
        ("src/win.rs", open("win")),
        ("src/nix.rs", open("nix")),
        ("src/system.rs", open("system")),
        ("src/part.rs", open("part")),
        ("src/chosen.rs", open("chosen")),
        ("src/orphan.rs", open("orphan")),
    ];
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (*path, text.as_str()))
        .collect();
    let mut found: Vec<String> = facts_of(&files)
        .iter()
        .filter(|fact| fact.meaning == Meaning::Open)
        .flat_map(|fact| &fact.arguments)
        .map(|known| known.text.clone())
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            "a", "a/deep", "b", "b/deep", "c", "chosen", "d", "e", "e/deep", "nix", "part"
        ]
    );
}

#[test]
fn constants_of_other_modules_are_followed() {
    let files = [
        (
            "src/main.rs",
            "mod a;\nfn main() { std::fs::read(a::names::FILE); std::fs::read(a::names::file()); }",
        ),
        ("src/a.rs", "pub mod names;"),
        // Nothing here would be read for itself.
        (
            "src/a/names.rs",
            "pub const FILE: &str = OTHER; const OTHER: &str = \"x\"; pub fn file() -> String { OTHER.to_owned() }",
        ),
    ];
    let found: Vec<String> = facts_of(&files)
        .iter()
        .map(|fact| shown(&fact.arguments[0]))
        .collect();
    assert_eq!(found, ["x", "x"]);
    // Two of one name are not told apart.
    let files = [
        (
            "src/main.rs",
            "mod a; mod b;\nfn main() { std::fs::read(a::FILE); }",
        ),
        ("src/a.rs", "pub const FILE: &str = \"x\";"),
        ("src/b.rs", "pub const FILE: &str = \"y\";"),
    ];
    assert_eq!(shown(&facts_of(&files)[0].arguments[0]), "{}");
    // One that is made of itself has no value, and an end.
    let files = [(
        "src/main.rs",
        "const A: &str = B; const B: &str = A;\nfn main() { std::fs::read(A); }",
    )];
    assert_eq!(shown(&facts_of(&files)[0].arguments[0]), "{}");
}

#[test]
fn what_happens_without_a_result_is_known() {
    for (body, expected) in [
        ("env::var(\"A\").expect(\"no A\")", Otherwise::Fails),
        ("env::var(\"A\").unwrap().parse::<u16>()", Otherwise::Fails),
        ("env::var(\"A\").context(\"no A\")?", Otherwise::Fails),
        ("env::var(\"A\").ok()", Otherwise::Handled),
        (
            "if let Ok(a) = env::var(\"A\") { b(a).unwrap() }",
            Otherwise::Handled,
        ),
        ("f(env::var(\"A\").is_ok()).unwrap()", Otherwise::Handled),
    ] {
        let code = format!("use std::env;\nfn main() {{ {body}; }}");
        let facts = facts_of(&[("src/main.rs", &code)]);
        assert_eq!(facts[0].otherwise, expected, "{body}");
        assert_eq!(
            (facts[0].at.line, facts[0].at.column),
            (2, 13 + body.find("env").unwrap_or(0) + 5),
            "{body}"
        );
    }
    let code = "fn main() { std::env::var(\"A\").ok().unwrap_or_else(|| \"b\".to_owned()); }";
    let facts = facts_of(&[("src/main.rs", code)]);
    assert!(matches!(&facts[0].otherwise, Otherwise::Default(known) if known.text == "b"));
}

#[test]
fn what_is_not_there_and_what_is_not_certain_are_facts_too() {
    let script = r#"
use std::{env, fs, path::PathBuf};
fn main() {
    let profile = env::var("APP_PROFILE").unwrap_or_else(|_| "developer".to_string());
    let path: PathBuf = ["./", format!("{profile}.toml").as_str()].iter().collect();
    fs::read_to_string(&path).unwrap();
    fs::read(format!("../api/{}", name(1)));
    env::var("RELEASE_TAG").expect("RELEASE_TAG must be set");
}
"#;
    let main = "#[derive(RustEmbed)]\n#[folder = \"dist/\"]\nstruct A;\nfn main() { env!(\"GIT_SHA\"); option_env!(\"BUILD_TIME\").unwrap_or(\"none\"); }\n";
    let facts = facts_of(&[("build.rs", script), ("src/main.rs", main)]);
    let all: Vec<String> = facts
        .iter()
        .map(|fact| {
            let otherwise = match &fact.otherwise {
                Otherwise::Handled => String::new(),
                Otherwise::Fails => " or fails".to_owned(),
                Otherwise::Default(known) => format!(" or {}", shown(known)),
            };
            let arguments: Vec<String> = fact.arguments.iter().map(shown).collect();
            let script = if fact.is_build_script { "script: " } else { "" };
            format!(
                "{script}{:?} {}{otherwise}",
                fact.meaning,
                arguments.join(" ")
            )
        })
        .collect();
    assert_eq!(
        all,
        [
            "script: ReadVariable APP_PROFILE or developer",
            // The variable decides, so nobody knows all of the path.
            "script: Open $APP_PROFILE:./developer.toml or fails",
            "script: Open ../api/{}",
            "script: ReadVariable RELEASE_TAG or fails",
            "Embed dist/",
            "ReadVariableAtCompileTime GIT_SHA",
            "ReadVariableAtCompileTime BUILD_TIME or none",
        ]
    );
}
