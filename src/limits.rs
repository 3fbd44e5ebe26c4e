//! Bounds on what is read: regular files only, and never more or deeper than a reader can take.
//!
//! A parser that recurses ends the program when its input is nested deeply enough, and a name in a project may be
//! that of a pipe that never says anything. So files are opened here, and nesting is measured before it is parsed.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::thread::{Scope, ScopedJoinHandle};

use proc_macro2::{Delimiter, TokenStream, TokenTree, token_stream};

use crate::diagnostic::{Code, Diagnostic};

/// Bytes of a source file that is read. Tokens take a hundred times the room of their text.
pub(crate) const SOURCE: u64 = 1 << 20;
/// Bytes of a manifest, a configuration file, or a file that we wrote.
pub(crate) const TEXT: u64 = 4 << 20;
/// Bytes of a lock file, and of what cargo prints.
pub(crate) const LOCK: u64 = 64 << 20;
/// Brackets in each other; rustc itself stops at 128 in most places.
const BRACKETS: usize = 128;
/// Tokens that a parser can have in each other, brackets or not: `!!!!x`, `a.b().c()`, `if x {} else if y {}`.
const TOKENS: usize = 4096;
/// Bytes of stack for [`TOKENS`]; only what is used of it takes memory.
const STACK: usize = 128 << 20;

/// Why a file or a text is not read.
#[derive(Debug)]
pub(crate) enum Unread {
    /// The system refuses.
    Io(std::io::Error),
    /// A folder, a pipe, a socket, a device, or a link to one.
    Special(PathBuf),
    /// It has more than this many bytes.
    Large(PathBuf, u64),
    /// It is not UTF-8.
    Binary(PathBuf),
}

impl fmt::Display for Unread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(formatter),
            Self::Special(path) => write!(formatter, "`{}` is not a regular file", path.display()),
            Self::Large(path, limit) => {
                let (path, limit) = (path.display(), limit >> 20);
                write!(formatter, "`{path}` has more than {limit} MiB")
            }
            Self::Binary(path) => write!(formatter, "`{}` is not UTF-8", path.display()),
        }
    }
}

impl Unread {
    /// What is wrong with the file, without its name.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Io(error) => error.kind().to_string(),
            Self::Special(_) => "it is not a regular file".to_owned(),
            Self::Large(_, limit) => format!("it has more than {} MiB", limit >> 20),
            Self::Binary(_) => "it is not UTF-8".to_owned(),
        }
    }

    /// Whether there is nothing at the path.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == std::io::ErrorKind::NotFound)
    }
}

impl From<Unread> for crate::Error {
    fn from(unread: Unread) -> Self {
        let message = unread.to_string();
        match unread {
            Unread::Io(error) => error.into(),
            Unread::Special(_) => Diagnostic::error(Code::SpecialFile, message)
                .help("replace it by a file, or remove it")
                .into(),
            Unread::Large(..) => Diagnostic::error(Code::FileTooLarge, message)
                .help("keep generated data out of it")
                .into(),
            Unread::Binary(_) => Diagnostic::error(Code::FileEncoding, message)
                .help("save it as UTF-8")
                .into(),
        }
    }
}

/// Reads a regular file of at most `limit` bytes as text.
///
/// # Errors
///
/// Everything else: see [`Unread`].
pub(crate) fn read(path: &Path, limit: u64) -> Result<String, Unread> {
    let bytes = read_bytes(path, limit)?;
    String::from_utf8(bytes).map_err(|_| Unread::Binary(path.to_path_buf()))
}

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
///
/// Everything else: see [`Unread`].
#[allow(
    clippy::disallowed_methods,
    reason = "the one place that opens files to read"
)]
pub(crate) fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, Unread> {
    let check = |file: std::fs::Metadata| match file.is_file() {
        true if file.len() > limit => Err(Unread::Large(path.to_path_buf(), limit)),
        true => Ok(file.len()),
        false => Err(Unread::Special(path.to_path_buf())),
    };
    // To open a pipe is to wait for whoever writes to it.
    let length = check(fs_err::metadata(path).map_err(Unread::Io)?)?;
    let mut bytes = Vec::new();
    // The kernel's own files say that they are empty; some of them never end, and others wait.
    if length == 0 {
        return Ok(bytes);
    }
    let file = fs_err::File::open(path).map_err(Unread::Io)?;
    check(file.metadata().map_err(Unread::Io)?)?;
    let mut file = file.take(limit + 1);
    file.read_to_end(&mut bytes).map_err(Unread::Io)?;
    match bytes.len() as u64 > limit {
        true => Err(Unread::Large(path.to_path_buf(), limit)),
        false => Ok(bytes),
    }
}

/// Whether a parser of expressions can take tokens in the stack that [`spawn_with_room`] gives it.
///
/// Lexing does not recurse; parsing, printing and dropping what was parsed do: per bracket, and per token that
/// an expression or a type can be continued with. What ends one, ends the count.
pub(crate) fn is_shallow(stream: TokenStream) -> bool {
    let mut open = vec![Level::new(stream)];
    let mut total = 0;
    while let Some(level) = open.last_mut() {
        let Some(tree) = level.rest.next() else {
            total -= level.run;
            open.pop();
            continue;
        };
        if level.ends(&tree) {
            total -= level.run;
            level.run = 0;
        }
        level.run += 1;
        total += 1;
        if let TokenTree::Group(group) = tree {
            open.push(Level::new(group.stream()));
        }
        if open.len() > BRACKETS + 1 || total > TOKENS {
            return false;
        }
    }
    true
}

/// An open group, or the file.
struct Level {
    rest: token_stream::IntoIter,
    /// Tokens since the last one that ends an expression.
    run: usize,
    is_behind_block: bool,
    is_behind_equals: bool,
}

impl Level {
    fn new(stream: TokenStream) -> Self {
        Self {
            rest: stream.into_iter(),
            run: 0,
            is_behind_block: false,
            is_behind_equals: false,
        }
    }

    /// Whether what stands before a token ends there.
    fn ends(&mut self, tree: &TokenTree) -> bool {
        let is = |tree: &TokenTree, chars: &[char]| matches!(tree, TokenTree::Punct(punct) if chars.contains(&punct.as_char()));
        let ends = match tree {
            TokenTree::Ident(ident) => self.is_behind_block && ident != "else" && ident != "as",
            TokenTree::Literal(_) => self.is_behind_block,
            // The arrow of a `match`.
            TokenTree::Punct(_) if self.is_behind_equals => is(tree, &[';', ',', '#', '>']),
            TokenTree::Punct(_) => is(tree, &[';', ',', '#']),
            TokenTree::Group(_) => false,
        };
        self.is_behind_equals = is(tree, &['=']);
        self.is_behind_block =
            matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        ends
    }
}

/// Starts a thread for what recurses per token, with the stack for what [`is_shallow`] lets through.
pub(crate) fn spawn_with_room<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    recurse: impl FnOnce() -> T + Send + 'scope,
) -> std::io::Result<ScopedJoinHandle<'scope, T>> {
    let thread = std::thread::Builder::new().stack_size(STACK);
    thread.spawn_scoped(scope, recurse)
}

/// Whether the brackets of a small language such as `cfg(all(unix, …))` are nested as people nest them.
pub(crate) fn has_few_brackets(text: &str) -> bool {
    let mut depth = 0_usize;
    text.bytes().all(|byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth <= BRACKETS
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_taken(text: &str) -> bool {
        is_shallow(text.parse().expect("it lexes"))
    }

    #[test]
    fn nesting_is_bounded_whatever_it_is_made_of() {
        let many = |text: &str| text.repeat(100_000);
        let brackets = |open: &str, close: &str| format!("{}1{}", many(open), many(close));
        for deep in [
            brackets("(", ")"),
            brackets("#[a(", ")]"),
            brackets("{ let x = f([", "]); }"),
            many("!"),
            many("a + "),
            many("x.f()"),
            many("if x {} else "),
            many("fn() -> "),
            many("Vec<"),
            many("|| "),
            many("match x {}.f"),
        ] {
            assert!(!is_taken(&deep), "{}", &deep[..40]);
        }
    }

    #[test]
    fn long_is_not_deep() {
        for long in [
            "fn f() { g(1, [2], (3)); }\n",
            "a, ",
            "let x = a.b().c();\n",
            "#[a] struct S { #[b] c: Vec<Option<u8>> }\n",
            "if a {} else if b {} else {}\n",
            "Some(1) => {}\n",
            "(A, B) => {}\n",
        ] {
            assert!(is_taken(&long.repeat(10_000)), "{long}");
        }
    }

    #[test]
    fn brackets_of_cfg_are_counted() {
        assert!(has_few_brackets(&"all(unix, not(windows)) ".repeat(1000)));
        assert!(!has_few_brackets(&"not(".repeat(100_000)));
    }

    #[test]
    #[cfg(unix)]
    fn only_regular_files_are_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("link");
        std::os::unix::fs::symlink("/dev/zero", &path).expect("a link");
        let said = read(&path, TEXT).expect_err("a device").to_string();
        assert!(said.ends_with("link` is not a regular file"), "{said}");
        assert!(read(&folder.path().join("none"), TEXT).is_err_and(|error| error.is_missing()));
        assert!(read(folder.path(), TEXT).is_err());
    }
}
