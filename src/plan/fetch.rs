//! Sources that a build in a container cannot reach by itself.

use std::collections::BTreeMap;

use cargo_metadata::Package;

use crate::diagnostic::Diagnostic;

/// Warns of packages that are fetched over ssh or from a registry that may want a token.
pub(crate) fn check<'a>(packages: impl Iterator<Item = &'a Package>) -> Vec<Diagnostic> {
    let mut found: BTreeMap<(bool, &str), &str> = BTreeMap::new();
    for package in packages {
        let Some(source) = &package.source else {
            continue;
        };
        let is_ssh = source.repr.starts_with("git+ssh:");
        let is_registry = ["registry+", "sparse+"]
            .iter()
            .any(|kind| source.repr.starts_with(kind));
        if is_ssh || is_registry && !source.is_crates_io() {
            found.entry((is_ssh, &source.repr)).or_insert(&package.name);
        }
    }
    let warning = |((is_ssh, source), package): ((bool, &str), &str)| {
        let (code, message) = match is_ssh {
            true => (
                "git-over-ssh",
                "is fetched over ssh, and the build has no key",
            ),
            false => (
                "private-registry",
                "comes from another registry, and the build has no token",
            ),
        };
        Diagnostic::warning(code, format!("the crate `{package}` {message}"))
            .note(format!("`Cargo.lock` says {}", shown(source)))
            .help("vendor the dependencies: `cargo vendor`, with the configuration it prints in `.cargo/config.toml`")
    };
    found.into_iter().map(warning).collect()
}

/// The source without a password that somebody may have put into the address.
fn shown(source: &str) -> String {
    let source = source.split(['?', '#']).next().unwrap_or_default();
    match (source.split_once("://"), source.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://{rest}"),
        _ => source.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn no_password_is_shown() {
        assert_eq!(
            shown("git+ssh://git:secret@host/a.git?tag=v1#abc"),
            "git+ssh://host/a.git"
        );
        assert_eq!(
            shown("sparse+https://host/index/"),
            "sparse+https://host/index/"
        );
    }
}
