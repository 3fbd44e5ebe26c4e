//! One image: what is in it, how it is built, and why.

use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::build::Build;
use super::builder::Builder;
use super::caching::Caching;
use super::context::Context;
use super::front_end::FrontEnd;
use super::platforms::Platforms;
use super::private::Private;
use super::runtime::Runtime;
use super::skeleton::Skeleton;
use crate::decision::Decision;
use crate::diagnostic::{Diagnostic, Location};
use crate::settings::Setting;
use crate::shell::ShellText;

/// One image: what is in it, how it is built, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Image {
    /// The name to give the image: that of the binary, or the one that the manifest gives it.
    pub name: String,
    /// The package that the binary belongs to.
    pub package: PackageFacts,
    /// The binary that is shipped.
    pub binary: Decision<String>,
    /// The platforms that it is built for, where any are asked for.
    pub platforms: Option<Platforms>,
    /// Where the files go.
    pub files: Files,
    /// The stage that compiles.
    pub builder: Builder,
    /// How cargo is called in it.
    pub build: Build,
    /// What it fetches with a key or a token; none where everything is public.
    pub private: Option<Private>,
    /// Where build artifacts are cached between builds.
    pub caching: Caching,
    /// What the dependency layer depends on.
    pub skeleton: Skeleton,
    /// What it gets from the project.
    pub context: Context,
    /// The stage that makes the front end.
    pub front_end: Option<FrontEnd>,
    /// The stage that runs.
    pub runtime: Runtime,
    /// The settings that are in force, and where they were set.
    pub settings: Vec<Setting>,
    /// Templates and snippets of the project that its files are rendered with.
    pub templates: Vec<Decision<TemplateFile>>,
    /// What there is to say about it.
    pub diagnostics: Vec<Diagnostic>,
    /// What is not said, as the settings allow it; an error is never among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<Decision<Diagnostic>>,
}

/// The package of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Package"))]
#[non_exhaustive]
pub struct PackageFacts {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its manifest, relative to the workspace's root.
    pub manifest: String,
}

/// The files of an image, and what they are built from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Files {
    /// The Dockerfile, relative to the workspace's root.
    pub dockerfile: String,
    /// Its ignore file, relative to the workspace's root.
    pub ignore_file: String,
    /// The build context, relative to the workspace's root.
    pub context: String,
    /// The command that regenerates both, from the workspace's root.
    pub command: ShellText,
}

/// A template or a snippet of the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TemplateFile {
    /// The template or the partial that it stands for.
    pub name: String,
    /// The file that it is written in, relative to the workspace's root.
    pub file: String,
    /// Its text, with `\n` between the lines.
    pub text: String,
    /// The value in that file, where the file is a manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Location>,
}

impl TemplateFile {
    /// The place of a part of the text, in the file that it is written in.
    ///
    /// `path` is that of the file, as it is shown.
    pub(crate) fn location(&self, path: &Path, span: Range<usize>) -> Location {
        let Some(value) = &self.within else {
            return Location::new(path, &self.text, span);
        };
        let literal = value.excerpt.get(value.span.clone());
        let literal = literal.unwrap_or_default();
        // A value with escapes in it has other offsets: then all of it is meant.
        let span = match literal.find(self.text.trim_end()) {
            Some(at) => {
                let begin = value.span.start + at;
                let end = value.span.end;
                (begin + span.start).min(end)..(begin + span.end).min(end)
            }
            None => value.span.clone(),
        };
        Location {
            path: path.to_path_buf(),
            ..value.within(span)
        }
    }
}
