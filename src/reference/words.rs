//! Text that users meet is plain: words that made a reader stop once do not come back.

use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde::Deserialize;

use super::path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    names: Vec<String>,
    word: Vec<Word>,
}

/// Words, and what is written instead.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    text: String,
    better: String,
}

fn list() -> List {
    toml::from_str(include_str!("words.toml")).expect("the list is TOML")
}

#[test]
fn odd_words_do_not_come_back() {
    let list = list();
    let mut found = Vec::new();
    for (place, text) in texts() {
        let text = text.to_lowercase();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in list.word.iter().filter(|word| text.contains(&word.text)) {
            let (text, better) = (&word.text, &word.better);
            found.push(format!("{place}: `{text}`, better `{better}`"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn nothing_is_named_by_them() {
    let list = list();
    let mut files = Vec::new();
    collect(&path("src"), &mut files);
    let mut found = Vec::new();
    for file in files
        .iter()
        .filter(|file| file.extension().is_some_and(|it| it == "rs"))
    {
        let text = fs_err::read_to_string(file).expect("the file is text");
        let mut names = Vec::new();
        identifiers(text.parse().expect("the code has tokens"), &mut names);
        let names = names.iter().filter(|name| list.names.contains(name));
        found.extend(names.map(|name| format!("{}: `{name}`", file.display())));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn identifiers(tokens: TokenStream, names: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => names.push(name.to_string().to_lowercase()),
            TokenTree::Group(group) => identifiers(group.stream(), names),
            TokenTree::Literal(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// All texts, each with its file: documents and templates line by line, and what the code has in quotes.
fn texts() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for folder in ["docs", "src", "templates", "tests/cases"] {
        collect(&path(folder), &mut files);
    }
    files.extend(
        [
            "CHANGELOG.md",
            "CONTRIBUTING.md",
            "README.md",
            "SECURITY.md",
        ]
        .map(path),
    );
    let mut texts = Vec::new();
    for file in files {
        let text = fs_err::read_to_string(&file).expect("the file is text");
        let name = file.display().to_string();
        if file.extension().is_some_and(|extension| extension == "rs") {
            let tokens = text.parse().expect("the code has tokens");
            let mut quoted = Vec::new();
            literals(tokens, &mut quoted);
            texts.extend(quoted.into_iter().map(|text| (name.clone(), text)));
        } else {
            // A phrase may go on in the next line of a document.
            texts.push((name, text));
        }
    }
    assert!(texts.len() > 1000, "{} texts", texts.len());
    texts
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs_err::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_text = ["rs", "md", "hbs"].iter().any(|end| name.ends_with(end));
        if path.is_dir() {
            collect(&path, files);
        } else if is_text || name.contains("Dockerfile") {
            files.push(path);
        }
    }
}

/// The texts in quotes, without the comments of the documentation: what is public of it is in `docs/`.
fn literals(tokens: TokenStream, texts: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Literal(literal) => texts.push(literal.to_string()),
            TokenTree::Group(group) => {
                let mut inner = group.stream().into_iter();
                let is_attribute = group.delimiter() == Delimiter::Bracket
                    && matches!(inner.next(), Some(TokenTree::Ident(name)) if name == "doc");
                if !is_attribute {
                    literals(group.stream(), texts);
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}
