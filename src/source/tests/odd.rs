//! Files that are no Rust, or more of it than anybody writes.

use super::{facts_of, finds};
use crate::source::Meaning;

#[test]
fn no_file_makes_it_fail() {
    let deep = format!("fn a() {{ {}1{} }}", "(".repeat(9_999), ")".repeat(9_999));
    let long = format!("fn a() {{ std::fs::read(1{}); }}", " + 1".repeat(99_999));
    let unary = format!("fn a() {{ std::fs::read({}1); }}", "!".repeat(3_000));
    for text in [
        "",
        "fn main( {",
        "\"\\",
        "{{name}}",
        "fn main() { let x = \"a\" ",
        "#!",
        "#",
        "mod main;",
        "mod a { mod a { mod a; } }",
        "\u{feff}fn main() {}",
        "macro_rules! a { ($b:tt) => { std::fs::read($b) }; }",
        &deep,
        &long,
        &unary,
    ] {
        facts_of(&[("src/main.rs", text), ("build.rs", text)]);
    }
    // A template, and an edition that nobody knows: what can be understood is.
    finds(
        "fn main() { let {{name}} = 1; std::fs::read(\"a\"); }",
        Meaning::Open,
        &["a"],
    );
    finds(
        "fn main() { gen gen gen; std::fs::read(\"a\"); }",
        Meaning::Open,
        &["a"],
    );
    finds(
        "#[cfg(test)] mod a { fn b() { gen gen; std::fs::read(\"a\"); } } fn main() { gen gen; }",
        Meaning::Open,
        &[],
    );
}

#[test]
fn what_nests_as_deep_as_is_parsed_stays_within_the_stack() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("f(", ")"),
        ("x.f(", ")"),
        ("if a {", "}"),
        ("S { a: ", "}"),
        ("|a| (", ")"),
        ("vec![", "]"),
        ("match a { _ => ", "}"),
    ] {
        let text = format!(
            "fn a() {{ std::fs::read(\"b\"); {}1{} }}",
            open.repeat(110),
            close.repeat(110)
        );
        finds(&text, Meaning::Open, &["b"]);
    }
    for (head, part, tail) in [
        ("", "!", "1"),
        ("1", " + 1", ""),
        ("x", ".f()", ""),
        ("", "a = ", "1"),
        ("", "&", "a"),
        ("", "|a| ", "1"),
        ("1", " as u8", ""),
        ("", "return ", "1"),
        ("if a {}", " else if a {}", ""),
    ] {
        let text = format!(
            "fn a() {{ std::fs::read(\"b\"); {head}{}{tail}; }}",
            part.repeat(1000)
        );
        finds(&text, Meaning::Open, &["b"]);
    }
}
