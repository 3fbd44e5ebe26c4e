//! Schemas of protobuf that a build script compiles, and what they import.

use std::path::{Path, PathBuf};

use cargo_metadata::Package;

use super::path_texts::as_paths;
use super::said::{Schemas, SourceMark};
use super::scan::Scan;
use super::tree::files_with;
use crate::inspect::package::is_compiled;
use crate::limits;
use crate::source::FileFacts;

/// Where the messages are that come with protoc, as a schema imports them.
const GOOGLE: &str = "google/protobuf/";

impl Scan {
    /// Remembers which folders and schemas a build script names.
    pub(super) fn script_names(&mut self, file: &FileFacts) {
        for text in &file.texts {
            let mark = SourceMark {
                path: file.path.clone(),
                line: text.line,
            };
            self.named.push((as_paths(&text.value), mark));
        }
    }

    /// Reads the schemas.
    pub(super) fn schemas(&mut self, package: &Package) {
        let mut targets = package.targets.iter().filter(|target| is_compiled(target));
        if !targets.any(cargo_metadata::Target::is_custom_build) {
            return;
        }
        let mut files = Vec::new();
        let needed = self.facts.needed.iter().map(|needed| &needed.path);
        for path in needed.filter(|path| self.is_inside(path)) {
            files_with("proto", path, &self.root, &mut files);
        }
        files.sort();
        files.dedup();
        let mut schemas = Schemas {
            count: files.len(),
            ..Schemas::default()
        };
        let is_schema = |path: &&PathBuf| path.extension().is_some_and(|name| name == "proto");
        let is_seen = |path: &Path| files.iter().any(|file| file.ends_with(normal(path)));
        for (candidates, mark) in &self.named {
            let mut candidates = candidates.iter().filter(is_schema).peekable();
            let Some(first) = candidates.peek().map(|path| path.display().to_string()) else {
                continue;
            };
            // A sentence may end with the name of one.
            let last = first.split_whitespace().next_back();
            let is_sentence = last.is_some_and(|last| is_seen(Path::new(last)));
            if !first.contains('*') && !is_sentence && !candidates.any(|path| is_seen(path)) {
                schemas.unseen.push((first, mark.clone()));
            }
        }
        for file in &files {
            self.imports(file, &files, &mut schemas);
        }
        self.facts.schemas = schemas;
    }

    fn imports(&self, file: &Path, files: &[PathBuf], schemas: &mut Schemas) {
        let Ok(text) = limits::read(file, limits::SOURCE) else {
            return;
        };
        for (import, line) in imports(&text) {
            let is_google = import.starts_with(GOOGLE);
            let is_seen = files.iter().any(|file| {
                // protoc finds its own messages in the project only where it is told to look.
                file.ends_with(&import) && (!is_google || self.is_include(file, &import))
            });
            let mark = SourceMark {
                path: file.to_path_buf(),
                line,
            };
            match (is_seen, is_google) {
                (true, _) => {}
                (false, true) => schemas.google.push((import, mark)),
                (false, false) => schemas.unseen.push((import, mark)),
            }
        }
    }

    /// Whether the build script names the folder that an import is relative to.
    fn is_include(&self, file: &Path, import: &str) -> bool {
        let depth = Path::new(import).components().count();
        let Some(folder) = file.ancestors().nth(depth) else {
            return false;
        };
        let mut named = self.named.iter().flat_map(|(paths, _)| paths);
        named.any(|path| crate::paths::normalize(&self.root.join(path)) == folder)
    }
}

/// A path without `.` and without `..` at its head.
fn normal(path: &Path) -> PathBuf {
    let path = crate::paths::normalize(path);
    let is_up = |part: &std::path::Component<'_>| part.as_os_str() == "..";
    path.components().skip_while(is_up).collect()
}

/// What a schema imports, each with its line.
fn imports(text: &str) -> Vec<(String, usize)> {
    let mut imports = Vec::new();
    let mut import: Option<(String, usize)> = None;
    let mut is_first = true;
    for (token, line) in Words::new(text) {
        match (&mut import, token) {
            (None, Word::Name("import")) if is_first => import = Some((String::new(), line)),
            (Some((path, _)), Word::Text(part)) => path.push_str(part),
            (Some(_), Word::End) => imports.extend(import.take()),
            _ => {}
        }
        is_first = matches!(token, Word::End);
    }
    imports
}

/// What matters of the language: comments are no words.
#[derive(Clone, Copy)]
enum Word<'a> {
    Name(&'a str),
    Text(&'a str),
    /// The end of a statement, or of a block.
    End,
}

struct Words<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Words<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text.trim_start_matches('\u{feff}'),
            line: 1,
        }
    }

    /// Takes this many bytes.
    fn take(&mut self, count: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(count.min(self.rest.len()));
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    /// Takes what comes before a text, and the text.
    fn take_until(&mut self, end: &str) {
        let count = self.rest.find(end).map(|at| at + end.len());
        self.take(count.unwrap_or(self.rest.len()));
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = (Word<'a>, usize);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let first = self.rest.chars().next()?;
            let line = self.line;
            if self.rest.starts_with("//") {
                self.take_until("\n");
            } else if self.rest.starts_with("/*") {
                self.take_until("*/");
            } else if matches!(first, '"' | '\'') {
                self.take(1);
                // A path of a schema has no escapes.
                let end = self.rest.find([first, '\n']).unwrap_or(self.rest.len());
                let text = self.take(end);
                self.take(usize::from(self.rest.starts_with(first)));
                return Some((Word::Text(text), line));
            } else if matches!(first, ';' | '{' | '}') {
                self.take(1);
                return Some((Word::End, line));
            } else if first.is_alphanumeric() || first == '_' {
                let is_name = |char: char| char.is_alphanumeric() || char == '_';
                let end = self.rest.find(|char| !is_name(char));
                let name = self.take(end.unwrap_or(self.rest.len()));
                return Some((Word::Name(name), line));
            } else {
                self.take(first.len_utf8());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::imports;

    #[test]
    fn imports_are_statements() {
        let text = "syntax = \"proto3\";\n// import \"a.proto\";\n/* import \"b.proto\"; */\n\
                    import public \"c.proto\"; import 'd' \"/e.proto\";\nmessage M {\n  \
                    string import = 1; // \"f.proto\"\n  option (x) = \"import \\\"g.proto\\\";\";\n}\n\
                    import\n  weak \"h.proto\"\n;\nimport \"never";
        let expected = [("c.proto", 4), ("d/e.proto", 4), ("h.proto", 9)];
        let expected = expected.map(|(path, line)| (path.to_owned(), line));
        assert_eq!(imports(text), expected);
        for odd in [
            "",
            "import",
            "import \"",
            "import '\u{fffd}",
            "/*",
            "//",
            "\u{feff}ü;\"ü",
        ] {
            assert_eq!(imports(odd), []);
        }
    }
}
