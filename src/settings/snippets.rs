//! Lines of the user's for places of the built-in templates.

use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::decision::Origin;
use crate::diagnostic::Location;

/// Lines of a Dockerfile for places of the built-in templates, each rendered as a template itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Snippets {
    /// In the builder, before Debian packages are installed and anything is compiled.
    #[cfg_attr(test, schemars(with = "String"))]
    pub before_dependencies: Option<Spanned<String>>,
    /// In the builder, when the sources are there and before the program is compiled.
    #[cfg_attr(test, schemars(with = "String"))]
    pub before_build: Option<Spanned<String>>,
    /// In the builder, when the program is compiled and lies under `/rootfs`.
    #[cfg_attr(test, schemars(with = "String"))]
    pub after_build: Option<Spanned<String>>,
    /// Stages of their own, before the one that runs.
    #[cfg_attr(test, schemars(with = "String"))]
    pub stages: Option<Spanned<String>>,
    /// In the stage that runs, at its end: before `USER` and `ENTRYPOINT`.
    #[cfg_attr(test, schemars(with = "String"))]
    pub before_user: Option<Spanned<String>>,
}

/// One snippet and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The partial that it fills.
    pub place: &'static str,
    /// The lines.
    pub text: String,
    /// The key.
    pub origin: Origin,
    /// The value in the manifest.
    pub location: Location,
}

/// The snippets of a manifest's table.
pub(super) fn of(
    snippets: Option<&Spanned<Snippets>>,
    table: &str,
    manifest: (&Path, &str),
) -> Vec<Snippet> {
    let Some(snippets) = snippets.map(Spanned::get_ref) else {
        return Vec::new();
    };
    let places = [
        ("before-dependencies", &snippets.before_dependencies),
        ("before-build", &snippets.before_build),
        ("after-build", &snippets.after_build),
        ("stages", &snippets.stages),
        ("before-user", &snippets.before_user),
    ];
    let snippets = places.into_iter().filter_map(|(place, text)| {
        let text = text.as_ref()?;
        let location = Location::new(manifest.0, manifest.1, text.span());
        Some(Snippet {
            place,
            text: text.get_ref().clone(),
            origin: Origin::Key {
                key: format!("{table}.snippets.{place}"),
                file: crate::paths::slashed(manifest.0),
                line: location.line,
            },
            location,
        })
    });
    snippets.collect()
}
