//! The rows of the table of calls.

use super::super::facts::Meaning;
use super::facts_of;
use crate::source::table;

#[test]
fn every_row_finds_its_call() {
    for row in table::file().call {
        let arguments = "\"a0\", \"a1\"";
        let expected = row.argument.iter().map(|at| match at {
            -1 => "a1".to_owned(),
            at => format!("a{at}"),
        });
        let mut expected = expected.collect::<Vec<_>>().join(" ");
        let path = row.path.as_str();
        let code = if let Some(name) = path.strip_prefix('.') {
            format!("fn main() {{ x.{name}({arguments}); }}")
        } else if let Some(name) = path.strip_prefix("#!") {
            format!("#![{name}(a0)]\nfn main() {{}}")
        } else if let Some(name) = path.strip_prefix('#') {
            let is_pair = !row.argument.is_empty();
            format!(
                "#[{name}{}] struct A;\nfn main() {{}}",
                if is_pair { " = \"a0\"" } else { "" }
            )
        } else if let Some(name) = path.strip_prefix('=') {
            format!("fn main() {{ x::{name}; }}")
        } else {
            format!("fn main() {{ x::{path}({arguments}); }}")
        };
        // Only build scripts have such calls, and all of their files are read.
        let code = match row.means {
            Meaning::CompileRead => format!("{code}\nfn other() {{ Command::new(\"x\"); }}"),
            _ => code,
        };
        if row.argument.is_empty() {
            expected = String::new();
        }
        let code = match row.after.first() {
            Some(before) => code.replacen("x.", &format!("x.{before}(true)."), 1),
            None => code,
        };
        let facts = facts_of(&[("src/main.rs", &code)]);
        let fact = facts.iter().find(|fact| fact.row == path);
        let fact = fact.unwrap_or_else(|| panic!("`{path}` does not match in {code}"));
        let found: Vec<String> = fact
            .arguments
            .iter()
            .map(|known| known.text.clone())
            .collect();
        assert_eq!(
            (fact.meaning, found.join(" ")),
            (row.means, expected),
            "{code}"
        );
    }
}

#[test]
fn rows_are_in_order_and_documented() {
    let file = table::file();
    let rows = file.call;
    for alias in file.alias {
        assert!(
            alias.source.starts_with("https://"),
            "`{}` has no source",
            alias.name
        );
    }
    for pair in rows.windows(2) {
        assert!(
            pair[0].path < pair[1].path,
            "`{}` is behind `{}`",
            pair[1].path,
            pair[0].path
        );
    }
    for row in &rows {
        assert!(
            row.source.starts_with("https://"),
            "`{}` has no source",
            row.path
        );
        let name = row
            .path
            .trim_start_matches(['.', '#', '='])
            .trim_start_matches('!')
            .trim_end_matches('!');
        let is_path = name.split("::").all(|part| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|char| char.is_alphanumeric() || char == '_')
        });
        assert!(is_path, "`{}` is no path", row.path);
    }
}
