use std::collections::BTreeSet;
use std::path::PathBuf;

use super::*;

fn read(code: &str, features: &[&str]) -> Script {
    let files = [ScriptFile {
        path: PathBuf::from("build.rs"),
        text: code.to_owned(),
    }];
    let features = features.iter().map(|name| (*name).to_owned());
    let conditions = Conditions {
        features: BTreeSet::from_iter(features),
    };
    script(&files, &conditions)
}

/// What a `main` with this body does, with its lines.
fn acts(body: &str) -> Vec<(Does, usize)> {
    let script = read(
        &format!("use std::{{env, process::Command}};\nfn main() {{\n{body}\n}}"),
        &[],
    );
    assert_eq!(script.unread, None, "{body}");
    let acts = script.acts.into_iter();
    acts.map(|act| (act.does, act.line - 2)).collect()
}

fn runs(program: &str) -> Does {
    Does::Runs(Some(program.to_owned()))
}

#[test]
fn conditions_on_the_target_are_evaluated() {
    for body in [
        "if cfg!(windows) { @; }",
        "#[cfg(target_os = \"macos\")]\n@;",
        "if env::var(\"CARGO_CFG_TARGET_OS\").unwrap() == \"windows\" { @; }",
        "if std::env::var(\"CARGO_CFG_TARGET_OS\").as_deref() == Ok(\"windows\") { @; }",
        "if env::var_os(\"CARGO_CFG_WINDOWS\").is_some() { @; }",
        "let target = env::var(\"TARGET\").unwrap();\nif target.contains(\"windows\") { @; }",
        "let target = env::var(\"TARGET\").unwrap();\nif !target.contains(\"linux\") { @; }",
        "let t = env::var(\"TARGET\").unwrap();\nif t.ends_with(\"msvc\") && t.starts_with(\"x\") { @; }",
        "if !env::var(\"TARGET\").unwrap().contains(\"apple\") { return; }\n@;",
        "if !env::var(\"TARGET\").unwrap().contains(\"apple\") { std::process::exit(0); }\n@;",
        "match env::var(\"CARGO_CFG_TARGET_OS\").unwrap_or_default().as_str() { \"android\" => { @; } _ => {} }",
        "match env::var(\"CARGO_CFG_TARGET_OS\").as_deref() { Ok(\"android\" | \"ios\") => { @; } _ => {} }",
        "match env::var(\"CARGO_CFG_TARGET_OS\").unwrap().as_ref() { \"linux\" => return, _ => {} }\n@;",
        "if let Ok(\"macos\") = env::var(\"CARGO_CFG_TARGET_OS\").as_deref() { @; }",
        "if matches!(env::var(\"CARGO_CFG_TARGET_OS\").as_deref(), Ok(\"macos\" | \"ios\")) { @; }",
        "if [\"macos\", \"ios\"].contains(&env::var(\"CARGO_CFG_TARGET_OS\").unwrap().as_str()) { @; }",
        "let os = env::var(\"TARGET\").unwrap();\nlet os = os.split('-').nth(2).unwrap();\nif os == \"darwin\" { @; }",
        "if env::var_os(\"CARGO_FEATURE_BUNDLED\").is_some() { @; }",
        "if cfg!(feature = \"bundled\") { @; }",
        "let is_windows = env::var(\"TARGET\").unwrap().contains(\"windows\");\nif is_windows { @; }",
        "fn never() { @; }",
        "fn is_mac() -> bool { env::var(\"CARGO_CFG_TARGET_OS\").unwrap() == \"macos\" }\nif is_mac() { @; }",
        "fn build(os: &str) { if os != \"windows\" { return; } @; }\nbuild(&env::var(\"CARGO_CFG_TARGET_OS\").unwrap());",
    ] {
        let code = body.replace('@', "cc::Build::new().file(\"a.c\").compile(\"a\")");
        assert_eq!(acts(&code), [], "{body}");
        let script = read(
            &format!("use std::env;\nfn main() {{\n{code}\n}}"),
            &["bundled"],
        );
        let is_feature = body.contains("bundled") || body.contains("BUNDLED");
        assert_eq!(script.acts.len(), usize::from(is_feature), "{body}");
        assert_eq!(script.elsewhere.is_some(), !is_feature, "{body}");
    }
}

#[test]
fn what_is_not_known_counts() {
    for body in [
        "if env::var(\"FOO_STATIC\").is_ok() { @; }",
        "if env::var(\"CARGO_CFG_TARGET_ENV\").unwrap() == \"musl\" { @; }",
        "if env::var(\"CARGO_CFG_TARGET_ARCH\").unwrap() == \"x86_64\" { @; } else { other() }",
        "match other() { 1 => { @; } _ => {} }",
        "for _ in 0..3 { @; }",
        "let _ = || { @; };",
        "let Ok(_) = env::var(\"FOO\") else { @; return; };",
        "let mut os = env::var(\"CARGO_CFG_TARGET_OS\").unwrap();\nos = other();\nif os == \"macos\" { @; }",
        "if env::var(\"TARGET\").unwrap().contains(\"linux\") { @; }",
        "fn helper() { @; }\n[1].iter().for_each(|_| helper());",
        "fn helper(_: u8) { @; }\n[1].iter().for_each(helper);",
        "struct P;\nimpl P { fn build(&self) { @; } }\nP.build();",
        "match env::var(\"CARGO_CFG_TARGET_OS\").unwrap().as_str() { \"linux\" | \"android\" => { @; } _ => panic!() }",
    ] {
        let code = body.replace('@', "cc::Build::new().compile(\"a\")");
        let acts = acts(&code);
        assert!(
            matches!(acts.as_slice(), [(Does::CompilesC, _)]),
            "{body}: {acts:?}"
        );
    }
}

#[test]
fn calls_say_what_is_done() {
    let links = |name: &str, is_static| Does::Links {
        name: Some(name.to_owned()),
        is_static,
    };
    let asks = |name: &str| Does::AsksPkgConfig(Some(name.to_owned()));
    for (body, expected) in [
        (
            "cc::Build::new().cpp(true).compile(\"a\");",
            vec![Does::CompilesCxx, Does::CompilesC],
        ),
        (
            "cc::Build::new().cpp(false).compile(\"a\");",
            vec![Does::CompilesC],
        ),
        ("cc::Build::new().file(\"a.cc\");", vec![Does::CompilesCxx]),
        (
            "cmake::Config::new(\"native\").build();",
            vec![Does::RunsCmake],
        ),
        ("cmake::build(\"native\");", vec![Does::RunsCmake]),
        (
            "pkg_config::probe_library(\"foo\").unwrap();",
            vec![asks("foo")],
        ),
        (
            "pkg_config::Config::new().atleast_version(\"1\").probe(\"foo\");",
            vec![asks("foo")],
        ),
        (
            "pkg_config::Config::new().probe(&name());",
            vec![Does::AsksPkgConfig(None)],
        ),
        (
            "bindgen::Builder::default().generate();",
            vec![Does::ReadsHeaders],
        ),
        (
            "println!(\"cargo:rustc-link-lib=foo\");",
            vec![links("foo", false)],
        ),
        (
            "println!(\"cargo::rustc-link-lib=static=foo\");",
            vec![links("foo", true)],
        ),
        (
            "println!(\"cargo::rustc-link-arg=-lfoo\");",
            vec![links("foo", false)],
        ),
        (
            "println!(\"cargo:rustc-flags=-L a -l foo\");",
            vec![links("foo", false)],
        ),
        (
            "println!(\"cargo:rustc-link-lib={}\", 1);",
            vec![Does::Links {
                name: None,
                is_static: false,
            }],
        ),
        ("Command::new(\"make\").status();", vec![runs("make")]),
        (
            "assert!(Command::new(\"make\").status().unwrap().success());",
            vec![runs("make")],
        ),
        ("let p = \"make\";\nCommand::new(p);", vec![runs("make")]),
        (
            "Command::new(env::var(\"MAKE\").unwrap_or(\"make\".to_string()));",
            vec![runs("make")],
        ),
        (
            "Command::new(env::var(\"MAKE\").unwrap_or_else(|_| \"make\".into()));",
            vec![runs("make")],
        ),
        (
            "Command::new(env::var(\"RUSTC\").unwrap());",
            vec![runs("rustc")],
        ),
        ("Command::new(other());", vec![Does::Runs(None)]),
        (
            "static_files::NpmBuild::new(\"ui\").install();",
            vec![runs("npm")],
        ),
    ] {
        let found: Vec<Does> = acts(body).into_iter().map(|(does, _)| does).collect();
        assert_eq!(found, expected, "{body}");
    }
}

#[test]
fn what_cannot_be_followed_is_said() {
    assert!(read("fn main() {", &[]).unread.is_some());
    let deep = format!("fn main() {{ {}{} }}", "(".repeat(200), ")".repeat(200));
    assert!(read(&deep, &[]).unread.is_some());
    let script = read(
        "macro_rules! b { () => { cc::Build::new() } }\nfn main() { b!(); }",
        &[],
    );
    assert!(
        matches!(script.acts[0].does, Does::Unclear(_)),
        "{script:?}"
    );
    let chain: String = (0..40)
        .map(|n| format!("fn f{n}() {{ f{}(); }}\n", n + 1))
        .collect();
    let script = read(&format!("fn main() {{ f0() }}\n{chain}fn f40() {{}}"), &[]);
    assert!(
        matches!(script.acts[0].does, Does::Unclear(_)),
        "{script:?}"
    );
    // Calls in a circle have an end.
    assert_eq!(
        read("fn main() { f() }\nfn f() { main(); f() }", &[]),
        Script::default()
    );
}
