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

#[cfg(test)]
mod tests {
    use super::built_in;
    use crate::plan::layout::{STUB, WAITING, WORKDIR};

    /// Templates write these words themselves: one that is changed here only would be missed.
    #[test]
    fn templates_use_the_same_words() {
        let texts = built_in().iter().map(|template| template.text);
        let all: String = texts.collect();
        for words in [
            format!("WORKDIR {WORKDIR}\n"),
            format!("COPY --from=skeleton {WORKDIR}/ {WORKDIR}/"),
            format!("COPY --from=skeleton {WORKDIR}/ {WAITING}/"),
            format!("--preserve=mode {WAITING}/. {WORKDIR} "),
            "DOCKERIZE_STUBS=1".to_owned(),
        ] {
            assert!(all.contains(&words), "no template has `{words}`");
        }
        assert!(STUB[1].contains("\"DOCKERIZE_STUBS\""));
    }
}
