//! What must hold for any text, for `fuzz/` and for the tests here: no crash, and quoted values stay values.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::inspect::parse_metadata;
use crate::plan::{Decision, Evidence, TemplateFile};
use crate::platform::Target;
use crate::render::Templates;
use crate::settings::{ManifestTable, read_table};
use crate::shell::ShellText;
use crate::source;
use crate::{decide, quote};

/// A source file.
pub fn source_file(text: &str) {
    let file = PathBuf::from("/app/src/main.rs");
    let roots = [false, true].map(|is_build_script| source::Root {
        path: file.clone(),
        is_build_script,
    });
    let package = source::Package {
        roots: roots.to_vec(),
        conditions: source::Conditions {
            features: BTreeSet::new(),
        },
        folder: PathBuf::from("/app"),
        is_run_early: false,
    };
    let read = source::read(&package, &|path| {
        (path == file).then(|| Ok(text.to_owned()))
    });
    assert!(read.is_ok(), "there is no room for a thread");
    Target::linux("x86_64", crate::settings::Libc::Glibc).matches_text(text);
}

/// The tables of a manifest.
pub fn settings(text: &str) {
    for table in [ManifestTable::Package, ManifestTable::Workspace] {
        if let Err(error) = read_table(Path::new("Cargo.toml"), text, table) {
            assert!(!error.to_string().is_empty());
        }
    }
}

/// A template of a project.
pub fn template(text: &str) {
    let template = TemplateFile {
        name: "Dockerfile".to_owned(),
        file: "Dockerfile.hbs".to_owned(),
        text: text.to_owned(),
        within: None,
    };
    let template = Decision::new(template, Evidence::default("a template"));
    if let Err(error) = Templates::new(&[template], Path::new("")) {
        assert!(!error.to_string().is_empty());
    }
}

/// What cargo prints.
pub fn metadata(text: &str) {
    if let Ok(metadata) = parse_metadata(text) {
        decide::walk(&metadata);
    }
}

/// A lock file, and names of packages in it.
pub fn lock_file(text: &str) {
    let names = BTreeSet::from(["app", "web"]);
    let masked = crate::skeleton::masked_lock(text, &names);
    // A table stays the same table, but for the versions.
    let packages = |text: &str| -> Option<usize> {
        let table: toml::Table = toml::from_str(text).ok()?;
        Some(table.get("package")?.as_array()?.len())
    };
    if let Some(count) = packages(text) {
        assert_eq!(packages(&masked), Some(count), "{masked}");
    }
}

/// A value in a Dockerfile, in a shell, in a bake file and in an ignore file.
pub fn quoting(text: &str) {
    let label = quote::dockerfile(text);
    let label = label.as_ref();
    assert!(!label.contains(char::is_control), "{label:?}");
    assert!(
        is_one_string(label, &["\\\"", "\\\\", "\\$"], "\"$"),
        "{label}"
    );
    let hcl = quote::hcl(text);
    let hcl = hcl.as_ref();
    assert!(!hcl.contains(char::is_control), "{hcl:?}");
    let escapes = ["\\\"", "\\\\", "\\n", "\\r", "\\u", "$${", "%%{"];
    assert!(is_one_string(hcl, &escapes, "\""), "{hcl}");
    let word = ShellText::word(text);
    assert_eq!(unshell(word.as_str()).as_deref(), Some(text), "{word}");
    assert_eq!(
        quote::ignore(text).as_ref().replace('\\', ""),
        text.replace('\\', "")
    );
}

/// Whether a text in double quotes has none of `special` in it but in `escapes`.
fn is_one_string(text: &str, escapes: &[&str], special: &str) -> bool {
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let Some(mut rest) = inner else {
        return false;
    };
    while let Some(char) = rest.chars().next() {
        let escape = escapes.iter().find(|escape| rest.starts_with(*escape));
        match escape {
            Some(escape) => rest = &rest[escape.len()..],
            None if special.contains(char) || char == '\\' => return false,
            None => rest = &rest[char.len_utf8()..],
        }
    }
    true
}

/// The word that a shell takes a text for; none where it is not one plain word.
fn unshell(text: &str) -> Option<String> {
    let mut word = String::new();
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '\'' => loop {
                match chars.next()? {
                    '\'' => break,
                    other => word.push(other),
                }
            },
            '\\' => word.push(chars.next()?),
            char if char.is_ascii_alphanumeric() || "_-./=+:@%,".contains(char) => word.push(char),
            _ => return None,
        }
    }
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pieces that texts are put together from, beside those of the seeds.
    const PIECES: &[&str] = &[
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "\"",
        "'",
        "\\",
        "\n",
        "\r",
        "\0",
        "#",
        "$",
        "${",
        "%{",
        "{{",
        "}}",
        "{{#if a}}",
        "{{/if}}",
        "{{else}}",
        "{{> build}}",
        "{{{",
        "}}}",
        "//",
        "/*",
        "*/",
        "r#\"",
        "'a",
        "b'",
        "=",
        ".",
        ",",
        ";",
        "::",
        "!",
        "é",
        "\u{feff}",
        "\u{202e}",
        "𝕏",
        "\u{1b}[31m",
        "0",
        "1",
        "true",
        "null",
        "fn f",
        "const A: u8 = ",
        "include_str!",
        "#[a]",
        "cfg(all(unix, ",
        "not(",
        "[package]",
        "[[package]]",
        "name = \"app\"",
        "version = \"1.0.0\"",
        "dependencies = [\"web 1.0.0\"]",
        " ",
        "\t",
        "\"a\":",
        "-",
    ];

    /// A generator of numbers that are the same each time.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, end: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 % end.max(1) as u64) as usize
        }
    }

    /// Gives a property texts that are like the seed, and texts of pieces.
    fn holds(property: fn(&str), seed: &str, count: usize) {
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        let seed: Vec<char> = seed.chars().collect();
        for at in 0..count {
            let mut text: Vec<char> = match at % 2 {
                0 => seed.clone(),
                _ => Vec::new(),
            };
            for _ in 0..1 + numbers.below(12) {
                let place = numbers.below(text.len() + 1);
                match numbers.below(4) {
                    0 if !text.is_empty() => {
                        let end = (place + numbers.below(20)).min(text.len());
                        text.drain(place..end);
                    }
                    1 => {
                        let repeated = PIECES[numbers.below(PIECES.len())];
                        let repeated = repeated.repeat(1 + numbers.below(40));
                        text.splice(place..place, repeated.chars());
                    }
                    _ => {
                        let piece = PIECES[numbers.below(PIECES.len())];
                        text.splice(place..place, piece.chars());
                    }
                }
            }
            let text: String = text.into_iter().collect();
            property(&text);
        }
    }

    #[test]
    fn any_source() {
        holds(source_file, include_str!("paths.rs"), 300);
        // As deep as is let through, with the stack that there is in a test.
        let deep = |open: &str, close: &str, count| {
            format!(
                "fn f() {{ x({}1{}); }}",
                open.repeat(count),
                close.repeat(count)
            )
        };
        source_file(&deep("(", ")", 120));
        source_file(&deep("!(-", ")", 120));
        for chain in [
            "!",
            "a + ",
            "&",
            "*-",
            "|| ",
            "if a {} else ",
            "x as u8 + ",
            "return ",
            "a = ",
        ] {
            source_file(&deep(chain, "", 4000 / chain.split(' ').count().max(2)));
        }
        source_file(&deep("", ".f()", 1200));
        source_file(&format!(
            "type A = {}u8{};",
            "Vec<".repeat(1000),
            ">".repeat(1000)
        ));
        holds(source_file, "fn default_port() -> u16 { (8080) }\n", 3000);
    }

    #[test]
    fn any_settings() {
        let seed = "[package.metadata.dockerize]\nruntime = \"scratch\"\nenv = { A = \"b\" }\n\
                    port = [8080]\n[workspace.metadata.dockerize]\nmembers = [\"a*\"]\n";
        holds(settings, seed, 3000);
    }

    #[test]
    fn any_template() {
        holds(
            template,
            "FROM {{builder.image.value}}\n{{#each x}}{{this}}{{/each}}\n",
            400,
        );
    }

    #[test]
    fn any_metadata() {
        let seed = r#"{"packages":[{"name":"app","version":"1.0.0","id":"a","source":null,"dependencies":[],
            "targets":[],"features":{"x":["dep:b","c?/d"]},"manifest_path":"/a/Cargo.toml"}],
            "workspace_members":["a"],"resolve":{"root":"a","nodes":[{"id":"a","dependencies":[],"deps":[],
            "features":[]}]},"target_directory":"/a/target","version":1,"workspace_root":"/a"}"#;
        holds(metadata, seed, 3000);
    }

    #[test]
    fn any_lock_file() {
        let seed = "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"web\",\n]\n\n\
                    [[package]]\nname = \"web\"\nversion = \"0.2.0\"\n";
        holds(lock_file, seed, 3000);
    }

    #[test]
    fn any_value() {
        holds(quoting, "it's ${HOME} and \\ \"that\"", 4000);
    }
}
