//! Where the files go, and the command that writes them again.

use std::path::Path;

use cargo_metadata::Package;
use serde_json::Value;

use crate::decision::Origin;
use crate::inspect::Workspace;
use crate::paths::normalize;
use crate::plan::Files;
use crate::settings::{Base, Row, Sourced};
use crate::shell::ShellText;

/// The files of an image.
pub(crate) fn files(workspace: &Workspace, package: &Package, context: &Path) -> Files {
    let dockerfile = workspace.display(&workspace.dockerfile);
    Files {
        ignore_file: format!("{dockerfile}.dockerignore"),
        context: workspace.display(context),
        command: command(workspace, package),
        dockerfile,
    }
}

/// The command that writes the same files from the workspace's root.
fn command(workspace: &Workspace, package: &Package) -> ShellText {
    let settings = &workspace.settings;
    let mut words = Words(vec![ShellText::ours("cargo dockerize")]);
    if settings.is_of_build_script() {
        words = Words(vec![ShellText::ours("cargo build")]);
        if workspace.has_members() {
            words.flag("-p", &package.name);
        }
        // Which one of several images of a package it is; cargo knows the argument, too.
        let bin = settings.bin.as_ref();
        if let Some(bin) = bin.filter(|bin| matches!(bin.origin, Origin::BuildScript { .. })) {
            words.flag("--bin", &bin.value);
        }
        return ShellText::command(&words.0);
    }
    if workspace.is_one_of_all {
        words.0.push(ShellText::ours("--workspace"));
        for member in &workspace.excluded {
            words.flag("--exclude", member);
        }
    } else if workspace.has_members() {
        words.flag("-p", &package.name);
    }
    if let Some(image) = workspace
        .image
        .as_ref()
        .filter(|_| !workspace.is_one_of_all)
    {
        words.flag("--image", image);
    }
    for (row, sourced) in settings.of_flags() {
        words.setting(workspace, row, &sourced);
    }
    ShellText::command(&words.0)
}

/// The words of a command.
struct Words(Vec<ShellText>);

impl Words {
    fn flag(&mut self, name: &str, value: &str) {
        let name = ShellText::word(name).and(&ShellText::ours(" "));
        self.0.push(name.and(&ShellText::word(value)));
    }

    /// The flag of a setting, with the value that it was given.
    fn setting(&mut self, workspace: &Workspace, row: &Row, sourced: &Sourced<Value>) {
        let Some(flag) = row.flag_name() else {
            return;
        };
        match &sourced.value {
            Value::Bool(true) => self.0.push(ShellText::word(&flag)),
            Value::Bool(false) | Value::Null => {}
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(text).collect();
                self.flag(&flag, &items.join(","));
            }
            // The command is typed in the root, whatever folder the flag was typed in.
            path if row.base == Base::Root => {
                let path = normalize(&sourced.folder.join(text(path)));
                self.flag(&flag, &workspace.display(&path));
            }
            one => self.flag(&flag, &text(one)),
        }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
