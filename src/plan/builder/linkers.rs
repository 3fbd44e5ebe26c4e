//! Linkers that the project chose.

use crate::decision::{Decision, Evidence};
use crate::inspect::Workspace;
use crate::plan::flags;
use crate::platform::{MACHINES, Target as Platform};
use crate::settings::Libc;

/// Linkers that cargo's configuration names for the machine that builds.
pub(super) fn named(workspace: &Workspace, libc: Libc) -> Vec<Decision<String>> {
    const KNOWN: [(&str, &str); 3] = [("clang", "clang"), ("lld", "lld"), ("mold", "mold")];
    let mut found = Vec::new();
    // Build scripts are for the host, whatever the program is for.
    let mut platforms: Vec<Platform> = MACHINES
        .iter()
        .map(|machine| Platform::linux(machine, Libc::Glibc))
        .collect();
    platforms.extend(
        MACHINES
            .iter()
            .map(|machine| Platform::linux(machine, libc)),
    );
    for config in &workspace.cargo_configs {
        let tables = flags::tables(config, &platforms);
        let mut values: Vec<&toml::Value> = tables
            .flat_map(|table| ["linker", "rustflags"].map(|key| table.get(key)))
            .flatten()
            .collect();
        values.extend(config.get(&["build", "rustflags"]));
        let texts: Vec<&str> = values.into_iter().flat_map(flags::texts).collect();
        for (word, package) in KNOWN {
            let is_named = texts
                .iter()
                .flat_map(|text| text.split(|char: char| !char.is_alphanumeric() && char != '.'))
                .any(|part| part == word);
            if is_named {
                found.push(Decision::new(
                    package.to_owned(),
                    Evidence::file(
                        workspace.display(&config.path),
                        config.line_of(word),
                        "the linker that the project chose",
                    ),
                ));
            }
        }
    }
    found
}
