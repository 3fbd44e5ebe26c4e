//! Linkers that the project chose.

use crate::decide::flags;
use crate::decision::{Decision, Evidence};
use crate::inspect::Workspace;
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
        for (word, package) in KNOWN {
            let mut texts = flags::named(config, &platforms, &["linker", "rustflags"]);
            let is_part = |char: char| !char.is_alphanumeric() && char != '.';
            let named = texts.find(|(_, text)| text.split(is_part).any(|part| part == word));
            if let Some((keys, text)) = named {
                found.push(Decision::new(
                    package.to_owned(),
                    Evidence::file(
                        workspace.display(&config.path),
                        config.line_in(&keys, text),
                        "the linker that the project chose",
                    ),
                ));
            }
        }
    }
    found
}
