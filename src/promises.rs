//! Whether the files keep what the plan promises, where templates of the project have a say in them.
//!
//! A plan says who runs the program, in what image, and that no shell is in between. What is rendered is compared with
//! that, as a template can write anything.

mod dockerfile;
mod ignored;

use std::path::Path;

use self::dockerfile::{Instruction, Stage, chain, stages};
use crate::decide;
use crate::diagnostic::{Code, Diagnostic};
use crate::inspect::Workspace;
use crate::knowledge::Knowledge;
use crate::paths::normalize;
use crate::plan::{Image, Plan};
use crate::render;

/// Adds what there is to say to the plan. Templates that cannot be rendered are left to whoever renders them.
pub(crate) fn check(plan: &mut Plan, views: &[Workspace], root: &Path) {
    if plan.images.iter().all(|image| image.templates.is_empty()) {
        return;
    }
    let Ok(files) = render::render_all(plan, root) else {
        return;
    };
    for (image, view) in plan.images.iter_mut().zip(views) {
        let text = |path: &str| {
            let path = normalize(&root.join(path));
            files.iter().find(|file| file.path == path)
        };
        let (dockerfile, ignore_file) = (
            text(&image.files.dockerfile),
            text(&image.files.ignore_file),
        );
        if image.templates.is_empty() {
            continue;
        }
        if let (Some(dockerfile), Some(ignore_file)) = (dockerfile, ignore_file) {
            let broken = Rendered {
                image,
                root,
                stages: stages(&dockerfile.text),
            }
            .broken(&ignore_file.text);
            let (allowed, said) = decide::allow(&view.settings, broken);
            image.allowed.extend(allowed);
            image.diagnostics.extend(said);
        }
    }
}

/// A Dockerfile, and what it was planned to be.
struct Rendered<'a> {
    image: &'a Image,
    root: &'a Path,
    stages: Vec<Stage>,
}

impl Rendered<'_> {
    fn broken(&self, ignore_file: &str) -> Vec<Diagnostic> {
        let chain = chain(&self.stages);
        let mut broken: Vec<Diagnostic> = self.other_image(&chain).into_iter().collect();
        broken.extend(self.other_user(&chain));
        broken.extend(self.shells(&chain));
        let all = self.stages.iter().flat_map(|stage| &stage.instructions);
        for instruction in all {
            broken.extend(self.kept_out(instruction, ignore_file));
        }
        broken
    }

    /// Another image than the one that was planned for.
    fn other_image(&self, chain: &[&Stage]) -> Option<Diagnostic> {
        let planned = &self.image.runtime.image.value;
        let from = &chain.last()?.from;
        if from == planned {
            return None;
        }
        let message = format!(
            "a template makes the image from `{}`, and the plan is made for `{planned}`",
            from.escape_debug()
        );
        let warning = self.warning(Code::TemplateRuntime, message, None);
        Some(
            warning
                .note("libraries, files, user and glibc are those that the planned image needs")
                .help(format!(
                    "under [package.metadata.dockerize], without the template: runtime = {}",
                    toml::Value::from(from.as_str())
                )),
        )
    }

    /// Another user than the one that was planned.
    fn other_user(&self, chain: &[&Stage]) -> Option<Diagnostic> {
        let planned = &self.image.runtime.user.value;
        let mut instructions = chain
            .iter()
            .flat_map(|stage| stage.instructions.iter().rev());
        let set = instructions.find(|instruction| instruction.name == "USER");
        let name = set.map(|set| set.rest.trim_matches('"'));
        if name == Some(planned) {
            return None;
        }
        let user = name.map(|name| name.split(':').next().unwrap_or_default());
        let of_image = || {
            let image = chain.last().and_then(|stage| {
                let knowledge = Knowledge::shipped();
                knowledge.image(&stage.from)
            });
            image.is_some_and(|image| image.user.is_some())
        };
        let is_root = match user {
            Some(user) => matches!(user, "0" | "root" | ""),
            None => !of_image(),
        };
        let message = match (is_root, name) {
            (true, Some(name)) => format!(
                "the program runs as root: a template sets `USER {}`",
                name.escape_debug()
            ),
            (true, None) => "the program runs as root: no template sets a `USER`".to_owned(),
            (false, name) => format!(
                "the program runs as `{}`, and its folders belong to {planned}",
                name.unwrap_or("the user of the image").escape_debug()
            ),
        };
        let warning = self.warning(Code::TemplateUser, message, set);
        Some(warning.note(format!("the plan has `USER {planned}`")).help(
            "under [package.metadata.dockerize]: user = 1000, or another number; folders follow it",
        ))
    }

    /// Commands that a shell runs.
    fn shells(&self, chain: &[&Stage]) -> Vec<Diagnostic> {
        let image = chain.last().map(|stage| stage.from.as_str());
        let known = image.and_then(|image| Knowledge::shipped().image(image));
        let has_shell = image != Some("scratch") && known.is_none_or(|image| image.apt);
        // Where one is repeated, the last one counts.
        let last = |name: &str| {
            let mut all = chain
                .iter()
                .flat_map(|stage| stage.instructions.iter().rev());
            all.find(|instruction| instruction.name == name)
        };
        let commands = ["ENTRYPOINT", "CMD", "HEALTHCHECK"].into_iter();
        let found = commands.filter_map(|name| {
            let instruction = last(name)?;
            let command = match name {
                "HEALTHCHECK" => instruction.arguments().strip_prefix("CMD")?.trim_start(),
                _ => instruction.rest.as_str(),
            };
            let is_harmless = name == "HEALTHCHECK" && has_shell;
            if is_harmless || command.starts_with('[') {
                return None;
            }
            let message = match (has_shell, name) {
                (true, _) => format!(
                    "`{name}` is in shell form: the shell is process 1, and gets the signals that stop the program"
                ),
                (false, _) => format!("`{name}` is in shell form, and the image has no shell"),
            };
            let warning = self.warning(Code::TemplateShellForm, message, Some(instruction));
            Some(warning.help(format!("write a list of words: {}[\"…\", \"…\"]", match name {
                "HEALTHCHECK" => "HEALTHCHECK CMD ".to_owned(),
                name => format!("{name} "),
            })))
        });
        found.collect()
    }

    /// Files that the ignore file keeps out of the build.
    fn kept_out(&self, instruction: &Instruction, ignore_file: &str) -> Option<Diagnostic> {
        let is_copy = matches!(instruction.name.as_str(), "ADD" | "COPY");
        if !is_copy || instruction.has_option("--from") {
            return None;
        }
        let sources = ignored::sources(instruction.arguments());
        let mut missing = sources.iter();
        let missing = missing.find(|source| ignored::is_kept_out(source, ignore_file))?;
        let missing = missing.escape_debug();
        let message =
            format!("`{missing}` is copied, and the ignore file keeps it out of the build");
        let warning = self.warning(Code::TemplateCopy, message, Some(instruction));
        Some(warning.help(format!(
            "under [package.metadata.dockerize], relative to the manifest: include = [\"{missing}\"]"
        )))
    }

    /// A warning about an instruction: at its line where a template has it.
    fn warning(&self, code: Code, message: String, of: Option<&Instruction>) -> Diagnostic {
        let warning = Diagnostic::warning(code, message);
        let mut templates = self.image.templates.iter();
        let place = of.and_then(|instruction| {
            templates.find_map(|template| {
                let template = &template.value;
                let begin = template.text.find(&instruction.line)?;
                let path = normalize(&self.root.join(&template.file));
                Some(template.location(&path, begin..begin + instruction.line.len()))
            })
        });
        match place {
            Some(place) => warning.at(place),
            None => {
                let names = self.image.templates.iter().map(|template| {
                    let template = &template.value;
                    format!("`{}` of {}", template.name, template.file)
                });
                let names: Vec<String> = names.collect();
                warning.note(format!("templates of the project: {}", names.join(", ")))
            }
        }
    }
}
