//! What an ignore file keeps out of the build, as far as that is certain.

/// The sources of a `COPY`, without the destination.
pub(super) fn sources(arguments: &str) -> Vec<String> {
    let mut words: Vec<String> = match arguments.starts_with('[') {
        true => serde_json::from_str(arguments).unwrap_or_default(),
        false => arguments.split_whitespace().map(str::to_owned).collect(),
    };
    words.pop();
    words
}

/// Whether nothing of a path gets into the build.
pub(super) fn is_kept_out(source: &str, ignore_file: &str) -> bool {
    let lines = ignore_file.lines().map(str::trim);
    let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    // Without it everything comes in that no other line names.
    if !matches!(lines.next(), Some("*" | "**")) {
        return false;
    }
    // Variables, patterns at the beginning, addresses and heredocs can be anything.
    let (source, is_pattern) = plain(source);
    let is_unclear =
        source.contains(['$', '{']) || source.contains("://") || source.starts_with("<<");
    if is_unclear || source.is_empty() {
        return false;
    }
    let let_in = lines.filter_map(|line| line.strip_prefix('!'));
    let mut let_in = let_in.map(|line| plain(line.trim()));
    !let_in.any(|(path, is_cut)| {
        path.is_empty() || is_within(source, path, is_cut) || is_within(path, source, is_pattern)
    })
}

/// A path up to its first wildcard, without what says that it is relative, and whether there is one.
fn plain(path: &str) -> (&str, bool) {
    let end = path.find(['*', '?', '[', '\\']);
    let plain = &path[..end.unwrap_or(path.len())];
    let plain = plain.trim_start_matches("./").trim_start_matches('/');
    let plain = if end.is_some() {
        plain
    } else {
        plain.trim_end_matches('/')
    };
    (if plain == "." { "" } else { plain }, end.is_some())
}

/// Whether a path is another one, or in it, or may be where that is the beginning of a pattern.
fn is_within(path: &str, folder: &str, is_pattern: bool) -> bool {
    let rest = path.strip_prefix(folder);
    rest.is_some_and(|rest| is_pattern || rest.is_empty() || rest.starts_with('/'))
}
