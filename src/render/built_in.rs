//! The templates that are compiled in. The comment at the beginning of each says what it is.

/// A template that is compiled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltIn {
    /// The name that others include it by.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! built_in {
    ($($name:literal $path:literal),* $(,)?) => {
        &[$(BuiltIn { name: $name, text: include_str!(concat!("../../templates/", $path, ".hbs")) }),*]
    };
}

/// The whole files first, then the partials in the order in which the Dockerfile has them, then the places
/// for snippets.
const ALL: &[BuiltIn] = built_in![
    "Dockerfile" "Dockerfile",
    "dockerignore" "dockerignore",
    "front-end" "partials/front-end",
    "skeleton" "partials/skeleton",
    "build" "partials/build",
    "toolchain" "partials/toolchain",
    "platforms" "partials/platforms",
    "builder" "partials/builder",
    "builder-files" "partials/builder-files",
    "fetch" "partials/fetch",
    "dependencies" "partials/dependencies",
    "local-layers" "partials/local-layers",
    "probe" "partials/probe",
    "files" "partials/files",
    "program" "partials/program",
    "compare" "partials/compare",
    "libraries" "partials/libraries",
    "glibc" "partials/glibc",
    "runtime" "partials/runtime",
    "assets" "partials/assets",
    "before-dependencies" "snippets/before-dependencies",
    "before-build" "snippets/before-build",
    "after-build" "snippets/after-build",
    "stages" "snippets/stages",
    "before-user" "snippets/before-user",
    "bake" "bake",
    "shared" "shared",
];

/// All of them.
pub fn built_in() -> &'static [BuiltIn] {
    ALL
}

impl BuiltIn {
    /// What it is: the comment that it begins with.
    pub fn summary(&self) -> &'static str {
        let comment = self.text.strip_prefix("{{!--").unwrap_or_default();
        comment.split("--}}").next().unwrap_or_default().trim()
    }
}
