//! A strict reader of Dockerfiles and ignore files, after BuildKit's own.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::project::Project;

const KINDS: &[&str] = &[
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "RUN",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// One instruction, its lines joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Instruction {
    pub(crate) kind: String,
    pub(crate) text: String,
}

/// Reads a Dockerfile; panics on everything that the tool has no reason to write.
#[track_caller]
pub(crate) fn parse(text: &str) -> Vec<Instruction> {
    let mut instructions = Vec::new();
    let mut pending: Option<String> = None;
    for line in text.lines() {
        assert!(
            !line.chars().any(|char| char.is_control()
                || matches!(char, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')),
            "a control character in {line:?}"
        );
        if line.trim_start().starts_with('#') {
            let directive = line.trim_start_matches(['#', ' ']).to_lowercase();
            for name in ["syntax", "escape", "check"] {
                let rest = directive.strip_prefix(name).map(str::trim_start);
                assert!(
                    !(rest.is_some_and(|rest| rest.starts_with('=')) && instructions.is_empty()),
                    "a parser directive: {line}"
                );
            }
            continue;
        }
        if line.trim().is_empty() {
            assert!(pending.is_none(), "an empty line inside an instruction");
            continue;
        }
        let joined = pending.take().unwrap_or_default();
        match line.strip_suffix('\\') {
            Some(open) => pending = Some(joined + open),
            None => instructions.push(instruction(&(joined + line))),
        }
    }
    assert!(pending.is_none(), "the last instruction is not finished");
    instructions
}

#[track_caller]
fn instruction(line: &str) -> Instruction {
    let (kind, text) = line.split_once(' ').unwrap_or((line, ""));
    assert!(
        KINDS.contains(&kind),
        "`{kind}` is no instruction here: {line}"
    );
    // BuildKit reads heredocs in these two only, and only where a word starts with it.
    let starts_heredoc = |word: &str| {
        word.trim_start_matches(|c: char| c.is_ascii_digit())
            .starts_with("<<")
    };
    assert!(
        !matches!(kind, "COPY" | "RUN") || !text.split_whitespace().any(starts_heredoc),
        "a heredoc: {line}"
    );
    Instruction {
        kind: kind.to_owned(),
        text: text.trim().to_owned(),
    }
}

/// The kinds in their order, the repeated ones once.
pub(crate) fn kinds(instructions: &[Instruction]) -> Vec<&str> {
    let mut kinds: Vec<&str> = instructions.iter().map(|i| i.kind.as_str()).collect();
    kinds.dedup();
    kinds
}

/// What BuildKit makes of one word: quotes and escapes resolved, no variable left.
pub(crate) fn word(text: &str) -> Result<String, String> {
    let mut word = String::new();
    let mut chars = text.chars();
    let mut quote = None;
    while let Some(char) = chars.next() {
        match (char, quote) {
            ('\'', None) | ('"', None) => quote = Some(char),
            (end, Some(open)) if end == open => quote = None,
            ('\\', None) => word.extend(chars.next()),
            ('\\', Some('"')) => match chars.next() {
                Some(escaped @ ('"' | '$' | '\\')) => word.push(escaped),
                other => {
                    word.push('\\');
                    word.extend(other);
                }
            },
            ('$', None | Some('"')) => return Err(format!("a variable in `{text}`")),
            (other, _) => word.push(other),
        }
    }
    match quote {
        Some(_) => Err(format!("a quote that is not closed in `{text}`")),
        None => Ok(word),
    }
}

/// Splits `name="value" name="value"` as LABEL and ENV do, and resolves the values.
#[track_caller]
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let mut words = Vec::new();
    let mut current = String::new();
    let mut is_quoted = false;
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => {
                current.push(char);
                current.extend(chars.next());
            }
            ' ' if !is_quoted => {
                if !current.is_empty() {
                    words.push(std::mem::take(&mut current));
                }
            }
            _ => {
                is_quoted ^= char == '"';
                current.push(char);
            }
        }
    }
    assert!(!is_quoted, "a quote that is not closed in `{text}`");
    words.extend((!current.is_empty()).then_some(current));
    words
        .iter()
        .map(|pair| {
            let (name, value) = pair.split_once('=').expect("name=value");
            (name.to_owned(), word(value).unwrap())
        })
        .collect()
}

/// One COPY.
#[derive(Debug)]
pub(crate) struct Copy {
    pub(crate) from: Option<String>,
    /// Patterns.
    pub(crate) sources: Vec<String>,
    pub(crate) destination: String,
}

#[track_caller]
pub(crate) fn copy(text: &str) -> Copy {
    // Assets belong to the user that runs.
    let text = text.strip_prefix("--chown=65532:65532 ").unwrap_or(text);
    let (from, rest) = match text.strip_prefix("--from=") {
        Some(rest) => {
            let (from, rest) = rest.split_once(' ').unwrap();
            (Some(from.to_owned()), rest)
        }
        None => (None, text),
    };
    assert!(!rest.starts_with("--"), "another flag: {text}");
    let words: Vec<String> = if rest.starts_with('[') {
        serde_json::from_str(rest).unwrap_or_else(|error| panic!("{error}: {rest}"))
    } else {
        rest.split_whitespace().map(str::to_owned).collect()
    };
    let mut words: Vec<String> = words
        .iter()
        .map(|text| word(text).unwrap_or_else(|error| panic!("COPY {rest}: {error}")))
        .collect();
    let destination = words.pop().unwrap();
    assert!(!words.is_empty(), "COPY without a source: {text}");
    // Seen with Docker 26: the sources become include patterns, where `!` takes out.
    let is_negated = from.is_none() && words.iter().any(|word| word.starts_with('!'));
    assert!(!is_negated, "a negation for BuildKit: {text}");
    Copy {
        from,
        sources: words,
        destination,
    }
}

/// Go's `filepath.Match`, with `**` of the ignore file where `deep`.
#[track_caller]
pub(crate) fn matches(pattern: &str, path: &str, deep: bool) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let path: Vec<char> = path.chars().collect();
    glob(&pattern, &path, deep)
}

fn glob(pattern: &[char], path: &[char], deep: bool) -> bool {
    match pattern {
        [] => path.is_empty(),
        // `**/` stands for no folder too.
        ['*', '*', '/', rest @ ..] if deep => (0..=path.len())
            .filter(|at| *at == 0 || path[at - 1] == '/')
            .any(|at| glob(rest, &path[at..], deep)),
        ['*', '*', rest @ ..] if deep => (0..=path.len()).any(|at| glob(rest, &path[at..], deep)),
        ['*', rest @ ..] => {
            let end = path
                .iter()
                .position(|char| *char == '/')
                .unwrap_or(path.len());
            (0..=end).any(|at| glob(rest, &path[at..], deep))
        }
        ['?', rest @ ..] => {
            path.first().is_some_and(|char| *char != '/') && glob(rest, &path[1..], deep)
        }
        ['\\', char, rest @ ..] => path.first() == Some(char) && glob(rest, &path[1..], deep),
        ['[', rest @ ..] => {
            let mut set = Vec::new();
            let mut at = 0;
            loop {
                match rest.get(at) {
                    None => panic!("a pattern that Docker refuses: {pattern:?}"),
                    Some(']') if at > 0 => break,
                    Some('\\') => {
                        at += 1;
                        set.extend(rest.get(at));
                    }
                    Some(char) => set.push(*char),
                }
                at += 1;
            }
            path.first().is_some_and(|char| set.contains(char))
                && glob(&rest[at + 1..], &path[1..], deep)
        }
        [char, rest @ ..] => path.first() == Some(char) && glob(rest, &path[1..], deep),
    }
}

/// An ignore file, read as Docker does.
pub(crate) struct Ignore {
    /// Pattern, and whether it lets in.
    patterns: Vec<(String, bool)>,
}

impl Ignore {
    pub(crate) fn parse(text: &str) -> Self {
        let patterns = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(|line| match line.strip_prefix('!') {
                Some(pattern) => (pattern.trim().to_owned(), true),
                None => (line.to_owned(), false),
            })
            .map(|(pattern, lets_in)| {
                let clean = pattern.trim_matches('/').trim_start_matches("./");
                (if clean == "." { "." } else { clean }.to_owned(), lets_in)
            })
            .collect();
        Self { patterns }
    }

    /// Whether a file is part of the context; the path is relative to the context.
    ///
    /// As BuildKit does it, folder by folder from the top: a pattern that matched a folder holds for all below,
    /// and a pattern that would change nothing is not asked, so it does not hold below either.
    pub(crate) fn lets_in(&self, path: &str) -> bool {
        let parts: Vec<&str> = path.split('/').collect();
        let mut held = vec![false; self.patterns.len()];
        let mut is_hidden = false;
        for end in 1..=parts.len() {
            let here = parts[..end].join("/");
            is_hidden = false;
            for (holds, (pattern, lets_in)) in held.iter_mut().zip(&self.patterns) {
                if !*holds && *lets_in == is_hidden {
                    *holds = matches(pattern, &here, true);
                }
                if *holds {
                    is_hidden = !lets_in;
                }
            }
        }
        !is_hidden
    }
}

/// The build context as the engine gets it.
pub(crate) struct Context {
    pub(crate) root: PathBuf,
    /// Files and symlinks that are let in, relative.
    pub(crate) files: Vec<String>,
}

impl Context {
    /// Reads the context of a project whose files were generated.
    pub(crate) fn read(project: &Project, image: &Value) -> Self {
        let file = |key: &str| image["files"][key].as_str().unwrap().to_owned();
        let root = fs_err::canonicalize(project.root().join(file("context"))).unwrap();
        let ignore = Ignore::parse(&project.read(&file("ignore_file")));
        let mut files = Vec::new();
        walk(&root, &root, &mut files);
        files.retain(|path| ignore.lets_in(path));
        files.sort();
        Self { root, files }
    }

    /// The paths, files or folders, that a source stands for.
    pub(crate) fn resolve(&self, pattern: &str) -> Vec<String> {
        let pattern = pattern.trim_matches('/').trim_start_matches("./");
        if pattern == "." || pattern.is_empty() {
            return vec![".".to_owned()];
        }
        let mut found: Vec<String> = self
            .files
            .iter()
            .flat_map(|file| {
                Path::new(file)
                    .ancestors()
                    .filter(|path| path.as_os_str() != "")
                    .map(|path| path.to_str().unwrap().to_owned())
            })
            .filter(|path| matches(pattern, path, false))
            .collect();
        found.sort();
        found.dedup();
        found
    }

    /// The files of a path that was resolved.
    pub(crate) fn below(&self, path: &str) -> Vec<&String> {
        self.files
            .iter()
            .filter(|file| path == "." || Path::new(file).starts_with(path))
            .collect()
    }
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<String>) {
    for entry in fs_err::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            walk(root, &path, files);
        } else {
            files.push(
                path.strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned(),
            );
        }
    }
}

/// Asserts that every COPY source exists in the context and is let in, and that all of `needed`
/// (relative to the context) is let in and copied.
#[track_caller]
pub(crate) fn check_context(project: &Project, arguments: &[&str], needed: &[&str]) -> Context {
    let plan = project.plan(arguments);
    project.generate(arguments);
    project.has_the_files_of(&plan);
    let images = plan["images"].as_array().unwrap();
    assert_eq!(images.len(), 1);
    let image = images[0].clone();
    let context = Context::read(project, &image);
    let path = image["files"]["dockerfile"].as_str().unwrap();
    let mut copied: Vec<String> = Vec::new();
    for instruction in parse(&project.read(path)) {
        if instruction.kind != "COPY" {
            continue;
        }
        let copy = copy(&instruction.text);
        if copy.from.is_some() {
            continue;
        }
        for source in &copy.sources {
            let found = context.resolve(source);
            assert_eq!(
                found.len(),
                1,
                "COPY source `{source}` stands for {found:?} of {:?}",
                context.files
            );
            copied.extend(found.iter().flat_map(|path| context.below(path)).cloned());
        }
    }
    for path in needed {
        assert!(
            context.root.join(path).symlink_metadata().is_ok(),
            "the test names `{path}`, which is not there"
        );
        assert!(
            copied.iter().any(|file| Path::new(file).starts_with(path)),
            "`{path}` is needed and not copied; copied: {copied:?}"
        );
    }
    context
}

#[test]
fn the_reader_of_ignore_files_is_docker_s() {
    let text = "# no\n*\n!src\n!a/b.txt\n!we\\[ird\\]\nsrc/target\n**/.env\n!src/a/.env\n\\#a\n";
    let ignore = Ignore::parse(text);
    for path in [
        "src/main.rs",
        "src/a/b/c",
        "a/b.txt",
        "we[ird]/x",
        "src/a/.env",
        "src/x.env",
    ] {
        assert!(ignore.lets_in(path), "{path}");
    }
    // The second `!vendor` changes nothing about the folder, and so nothing about what is in it.
    let twice = Ignore::parse("*\n!vendor\n**/*.key\n!vendor\n");
    assert!(!twice.lets_in("vendor/a/b.key"));
    let below = Ignore::parse("*\n!vendor\n**/*.key\n!vendor/**\n");
    assert!(below.lets_in("vendor/a/b.key"));
    for path in [
        "Cargo.lock",
        "a/c.txt",
        "src/target/debug/x",
        "weird",
        ".env",
        "src/b/.env/x",
    ] {
        assert!(!ignore.lets_in(path), "{path}");
    }
}

#[test]
fn the_reader_of_words_is_buildkit_s() {
    assert_eq!(word(r"a\$b").as_deref(), Ok("a$b"));
    assert_eq!(word(r#""a \"b\" \$c""#).as_deref(), Ok(r#"a "b" $c"#));
    assert!(word("it's").is_err());
    assert!(word("$HOME").is_err());
}
