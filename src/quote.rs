//! Text of others in files of ours: every value from a manifest passes through here.

use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::inspect::Workspace;
use crate::plan::{Context, Copy};
use crate::shell::{self, ShellText};
use crate::shown;

/// Text that can be written as it is, in the one kind of place that its type stands for.
///
/// Only functions of this module make one: what a template writes through a helper, or a command line
/// is made of, cannot be a value that nobody quoted.
macro_rules! quoted {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub(crate) struct $name(String);

            impl AsRef<str> for $name {
                fn as_ref(&self) -> &str {
                    &self.0
                }
            }

            impl From<$name> for Written {
                fn from(quoted: $name) -> Self {
                    Self(quoted.0)
                }
            }
        )*
    };
}

quoted! {
    /// A value of `LABEL` or `ENV`, in double quotes.
    DockerfileValue;
    /// Source or destination of a `COPY`, without the quotes of its JSON form.
    CopyWord;
    /// The path of a `WORKDIR`.
    Workdir;
    /// A part of an extended regular expression of `sed`.
    SedText;
    /// A line of an ignore file.
    IgnoreLine;
    /// A string of a bake file.
    HclString;
    /// A string of a JSON form.
    JsonString;
    /// Text of a comment.
    Comment;
}

/// What a helper of the templates writes: quoted text, or several of it.
pub(crate) struct Written(String);

impl Written {
    /// Text of the program itself.
    pub(crate) fn ours(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// What the author of a template writes unquoted on purpose.
    pub(crate) fn verbatim(text: String) -> Self {
        Self(text)
    }

    /// The text with another directly behind it.
    pub(crate) fn and(mut self, other: impl Into<Self>) -> Self {
        self.0.push_str(&other.into().0);
        self
    }

    /// One behind the other.
    pub(crate) fn join(parts: impl IntoIterator<Item = Self>, between: &'static str) -> Self {
        let parts: Vec<String> = parts.into_iter().map(|part| part.0).collect();
        Self(parts.join(between))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

impl From<&'static str> for Written {
    fn from(text: &'static str) -> Self {
        Self::ours(text)
    }
}

impl From<ShellText> for Written {
    fn from(text: ShellText) -> Self {
        Self(text.to_string())
    }
}

/// A value of `LABEL` or `ENV`: one line, in double quotes, in which nothing is expanded.
pub(crate) fn dockerfile(value: &str) -> DockerfileValue {
    let mut quoted = String::from("\"");
    for char in value.chars() {
        match char {
            '"' | '\\' | '$' => quoted.extend(['\\', char]),
            // Nothing that is refused where it counts may end the line.
            '\n' | '\r' | '\t' => quoted.push(' '),
            active if shown::deceives(active) => {}
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    DockerfileValue(quoted)
}

/// A path as the source of a `COPY`: no pattern, no variable.
pub(crate) fn copy_source(path: &str) -> CopyWord {
    let mut quoted = String::new();
    for char in path.chars() {
        match char {
            '[' => quoted.push_str("[[]"),
            '$' => quoted.push_str("\\$"),
            other => quoted.push(other),
        }
    }
    CopyWord(quoted)
}

/// A path as the destination of a `COPY`: no variable, and no quote.
pub(crate) fn argument(path: &str) -> CopyWord {
    let mut quoted = String::new();
    for char in path.chars() {
        if matches!(char, '\\' | '$' | '"' | '\'') {
            quoted.push('\\');
        }
        quoted.push(char);
    }
    CopyWord(quoted)
}

/// The arguments of a `COPY`: in the JSON form where one would not be a word of its own.
pub(crate) fn copy_words(words: Vec<CopyWord>) -> Written {
    let is_json = |word: &CopyWord| word.0.contains(' ') || word.0.starts_with("--");
    match words.iter().any(is_json) {
        true => {
            let words: Vec<String> = words.into_iter().map(|word| word.0).collect();
            Written(serde_json::Value::from(words).to_string())
        }
        false => Written::join(words.into_iter().map(Written::from), " "),
    }
}

/// The name of a stage, which is of letters, digits and hyphens; anything else in it is left out.
pub(crate) fn stage(name: &str) -> CopyWord {
    let is_safe = |char: &char| char.is_ascii_alphanumeric() || "-_.".contains(*char);
    CopyWord(name.chars().filter(is_safe).collect())
}

/// A path of `WORKDIR`, in double quotes where it has to be.
pub(crate) fn workdir(path: &str) -> Workdir {
    if shell::is_plain(path) {
        return Workdir(path.to_owned());
    }
    let escaped = path.replace('\\', r"\\").replace('"', "\\\"");
    Workdir(format!("\"{}\"", escaped.replace('$', r"\$")))
}

/// A string of a JSON form.
pub(crate) fn json(text: &str) -> JsonString {
    JsonString(serde_json::Value::from(text).to_string())
}

/// Text of a comment: it stays on its line, and reads as it is.
pub(crate) fn comment(text: &str) -> Comment {
    let blank = |char: char| if char.is_control() { ' ' } else { char };
    Comment(shown::line(&text.chars().map(blank).collect::<String>()))
}

/// A path as a pattern of `find` that only it fits.
pub(crate) fn find_pattern(path: &str) -> String {
    let mut quoted = String::new();
    for char in path.chars() {
        if matches!(char, '*' | '?' | '[' | '\\') {
            quoted.push('\\');
        }
        quoted.push(char);
    }
    quoted
}

/// A text in an extended regular expression of `sed`, between slashes and single quotes of a shell.
pub(crate) fn alternative(text: &str) -> SedText {
    let mut quoted = String::new();
    for char in text.chars() {
        match char {
            '\'' => quoted.push_str(r"'\''"),
            special if r"\/.[]()*+?{}|^$".contains(special) => quoted.extend(['\\', special]),
            other => quoted.push(other),
        }
    }
    SedText(quoted)
}

/// A path as a line of an ignore file: no pattern, no comment, no negation.
pub(crate) fn ignore(path: &str) -> IgnoreLine {
    let mut quoted = String::new();
    if path.starts_with('#') {
        quoted.push('\\');
    }
    for char in path.chars() {
        if matches!(char, '*' | '?' | '[' | '\\') {
            quoted.push('\\');
        }
        quoted.push(char);
    }
    IgnoreLine(quoted)
}

/// A string of a bake file; nothing in it is a template of HCL.
pub(crate) fn hcl(text: &str) -> HclString {
    let mut quoted = String::from("\"");
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '"' | '\\' => quoted.extend(['\\', char]),
            // Behind another one, two of them would be read as that one's escape.
            '$' | '%' if chars.peek() == Some(&'{') && quoted.ends_with(char) => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(char)));
            }
            '$' | '%' if chars.peek() == Some(&'{') => quoted.extend([char, char]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            active if shown::is_active(active) => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(active)));
            }
            _ => quoted.push(char),
        }
    }
    quoted.push('"');
    HclString(quoted)
}

/// Names with line breaks or other control characters have no place in a Dockerfile.
pub(crate) fn refuse_control_characters(workspace: &Workspace) -> Result<()> {
    let package = workspace.package();
    let features = workspace
        .settings
        .features
        .iter()
        .flat_map(|chosen| &chosen.value);
    let names = workspace.selected.binaries();
    let names = names.chain([package.name.as_str()]);
    let paths = workspace
        .sources
        .values()
        .flat_map(|sources| &sources.needed)
        .chain(&workspace.assets);
    let paths: Vec<String> = paths
        .map(|needed| workspace.display(&needed.path))
        .collect();
    let settings = [&workspace.settings.profile, &workspace.settings.output];
    let chosen = settings.into_iter().flatten().map(|chosen| &chosen.value);
    let bad = names
        .chain(features.chain(chosen).chain(&paths).map(String::as_str))
        .find(|name| name.chars().any(shown::deceives));
    match bad {
        Some(name) => Err(Diagnostic::error(
            Code::ControlCharacter,
            format!("the name {name:?} has a control character in it"),
        )
        .note("a Dockerfile is made of lines; such a name cannot be written down safely")
        .help("rename it")
        .into()),
        None => Ok(()),
    }
}

/// Whether every form of `COPY` and every line of an ignore file can name the path.
pub(crate) fn is_copyable(path: &str) -> bool {
    !(path.contains(['\'', '"', '\\', '*', '?'])
        || path.starts_with(['!', ' '])
        || path.contains("<<")
        || path.ends_with(' '))
}

/// Refuses paths that no form of `COPY` or no line of an ignore file can name, on every builder.
///
/// Tried with BuildKit: quotes end words in both forms, a backslash is a pattern in both, a leading
/// `!` is a negation and `<<` a heredoc; `?` and `*` are not found when they are escaped.
pub(crate) fn check_paths<'a>(
    context: &'a Context,
    copies: impl Iterator<Item = &'a Copy>,
) -> Result<()> {
    let copied = copies.flat_map(|copy| &copy.sources);
    let is_bad = |path: &&String| !is_copyable(path);
    match copied.chain(&context.included).find(is_bad) {
        Some(path) => Err(Diagnostic::error(
            Code::PathCharacter,
            format!(
                "a Dockerfile cannot name the path `{}`",
                path.escape_debug()
            ),
        )
        .note("quotes, backslashes, `*`, `?`, `<<` and a leading `!` mean something else there")
        .help("rename it")
        .into()),
        None => Ok(()),
    }
}

/// Whether this is the name of a variable, for `ENV` and for every shell.
pub(crate) fn is_variable(name: &str) -> bool {
    name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
        && name
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || char == '_')
}

/// Whether this is the name of a label.
pub(crate) fn is_label(name: &str) -> bool {
    let is_safe = |char: char| char.is_ascii_alphanumeric() || ".-_/".contains(char);
    name.starts_with(|char: char| char.is_ascii_alphanumeric()) && name.chars().all(is_safe)
}

/// Whether this is the name of a Debian package, without a version.
pub(crate) fn is_package(name: &str) -> bool {
    name.len() > 1
        && name
            .chars()
            .all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || "+-.".contains(char))
        && name.starts_with(|char: char| char.is_ascii_alphanumeric())
}

/// Refuses what is not a valid image reference.
pub(crate) fn check_reference(reference: &str, key: &str) -> Result<()> {
    let is_fine = !reference.is_empty()
        && reference
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || "._-/:@${}".contains(char))
        && reference.starts_with(|char: char| char.is_ascii_alphanumeric());
    if is_fine && !reference.contains('$') {
        return Ok(());
    }
    Err(Diagnostic::error(
        Code::ImageReference,
        format!(
            "`{}` is not a valid image reference",
            reference.escape_debug()
        ),
    )
    .note(format!("given as `{key}`"))
    .help("write it as `registry/name:tag`, or `name@sha256:…`")
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_one_line() {
        assert_eq!(
            dockerfile("a\nRUN rm -rf /").as_ref(),
            r#""a RUN rm -rf /""#
        );
        assert_eq!(dockerfile("a  b\t c ").as_ref(), "\"a  b  c \"");
        assert_eq!(
            dockerfile(r#"say "$HOME" \"#).as_ref(),
            r#""say \"\$HOME\" \\""#
        );
    }

    #[test]
    fn a_path_is_no_pattern() {
        assert_eq!(copy_source("a[1]$x").as_ref(), r"a[[]1]\$x");
        assert_eq!(ignore("a*b").as_ref(), r"a\*b");
        assert_eq!(ignore("#a").as_ref(), r"\#a");
        assert_eq!(find_pattern("a[1]*"), r"a\[1]\*");
        assert_eq!(workdir("/build/my $x").as_ref(), r#""/build/my \$x""#);
        assert_eq!(workdir("/build").as_ref(), "/build");
    }

    #[test]
    fn a_string_of_a_bake_file_has_no_template() {
        assert_eq!(hcl("${a} %{b} \"\\").as_ref(), r#""$${a} %%{b} \"\\""#);
        assert_eq!(hcl("$${a}%%{").as_ref(), r#""$\u0024{a}%\u0025{""#);
        assert_eq!(hcl("\n\u{1b}\u{202e}").as_ref(), r#""\n\u001b\u202e""#);
    }

    #[test]
    fn a_name_is_no_regular_expression() {
        assert_eq!(alternative("serde_json-1").as_ref(), "serde_json-1");
        assert_eq!(alternative("a.b/c'd").as_ref(), r"a\.b\/c'\''d");
    }
}
