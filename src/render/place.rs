//! Where a helper may stand: what is quoted for a label is not quoted for a shell.

use super::fault::Fault;
use crate::diagnostic::Code;

/// What Docker knows.
const INSTRUCTIONS: [&str; 17] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// Where each helper may stand, and what it makes there. Helpers that are not here may stand anywhere.
const PLACES: [(&str, &[&str], &str); 10] = [
    (
        "alternatives",
        &["RUN"],
        "a part of a regular expression in a shell command",
    ),
    ("comment", &["#"], "text of a comment"),
    ("copy", &["ADD", "COPY"], "the arguments of a `COPY`"),
    (
        "json",
        &[
            "ADD",
            "CMD",
            "COPY",
            "ENTRYPOINT",
            "HEALTHCHECK",
            "RUN",
            "SHELL",
            "VOLUME",
        ],
        "a string between the brackets of a JSON form, such as `CMD [\"…\"]`",
    ),
    ("path", &["WORKDIR"], "a path of `WORKDIR`"),
    (
        "quote",
        &["ARG", "ENV", "LABEL"],
        "a value of `LABEL`, `ENV` or `ARG`",
    ),
    (
        "shell",
        &[
            "ARG",
            "CMD",
            "ENTRYPOINT",
            "ENV",
            "HEALTHCHECK",
            "LABEL",
            "RUN",
        ],
        "a word of a shell command",
    ),
    ("stubs", &["RUN"], "shell commands"),
    ("why", &["#"], "text of a comment"),
    (
        "words",
        &["CMD", "ENTRYPOINT", "HEALTHCHECK", "RUN"],
        "words of a shell command",
    ),
];

/// Refuses a helper where its output means something else than it is made for. `before` is the text of
/// the template before it; where that does not tell the instruction, nothing is refused.
pub(super) fn check(helper: &str, before: &str) -> Result<(), Fault> {
    let Some((_, places, makes)) = PLACES.iter().find(|(name, ..)| *name == helper) else {
        return Ok(());
    };
    let Some((instruction, since)) = instruction(before) else {
        return Ok(());
    };
    let is_form = helper != "json" || since.contains('[');
    if instruction == "#" || places.contains(&instruction) && is_form {
        return Ok(());
    }
    let better = PLACES
        .iter()
        .filter(|(name, places, _)| {
            ["quote", "shell"].contains(name) && places.contains(&instruction)
        })
        .map(|(name, ..)| format!("`{name}` is for `{instruction}`"));
    let fault = Fault::new(
        Code::TemplatePlace,
        format!("`{helper}` makes {makes}, and this is `{instruction}`"),
    );
    Err(better.fold(fault.word(helper), Fault::help))
}

/// The instruction that a text ends in, and what is written of it; `#` for a comment.
fn instruction(before: &str) -> Option<(&'static str, &str)> {
    let mut begin = before.rfind('\n').map_or(0, |end| end + 1);
    let line = before[begin..].trim_start();
    if line.starts_with('#') {
        return Some(("#", line));
    }
    // Back over the lines that this one continues.
    while let Some(above) = before[..begin].strip_suffix('\n') {
        let start = above.rfind('\n').map_or(0, |end| end + 1);
        let line = above[start..].trim();
        let is_tag = line.starts_with("{{") && line.ends_with("}}");
        if !line.ends_with('\\') && !is_tag && !line.starts_with('#') {
            break;
        }
        begin = start;
    }
    let lines = before[begin..].lines().map(str::trim_start);
    let mut lines = lines.skip_while(|line| line.starts_with("{{") || line.starts_with('#'));
    let mut words = lines.next()?.split_whitespace();
    let word = words.find(|word| !word.eq_ignore_ascii_case("ONBUILD"))?;
    let known = INSTRUCTIONS
        .into_iter()
        .find(|name| name.eq_ignore_ascii_case(word))?;
    Some((known, &before[begin..]))
}
