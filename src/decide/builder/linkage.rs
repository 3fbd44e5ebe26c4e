//! The flag that links glibc statically.

use crate::decide::flags;
use crate::decide::target::{Route, Target};
use crate::decision::{Decision, Evidence};
use crate::inspect::Workspace;
use crate::plan::Variable;
use crate::platform::{MACHINES, Target as Platform};
use crate::settings::Libc;

/// The compiler's flag for it.
/// See <https://doc.rust-lang.org/reference/linkage.html#static-and-dynamic-c-runtimes>.
const STATIC: &str = "-C target-feature=+crt-static";

/// The variables that add the flag to those of the project's own configuration.
///
/// cargo joins a variable with the key of the same name. Flags of a target hide those of `build`, so
/// the variable is that of the key that the project uses.
pub(super) fn flags(workspace: &Workspace, target: &Target) -> Vec<Decision<Variable>> {
    if target.route.value != Route::StaticGlibc {
        return Vec::new();
    }
    let names: Vec<String> = match has_target_flags(workspace) {
        true => MACHINES
            .iter()
            .map(|machine| {
                let machine = machine.to_ascii_uppercase();
                format!("CARGO_TARGET_{machine}_UNKNOWN_LINUX_GNU_RUSTFLAGS")
            })
            .collect(),
        false => vec!["CARGO_BUILD_RUSTFLAGS".to_owned()],
    };
    let because = Evidence::default("glibc itself is linked statically");
    let decision = |name| {
        let variable = Variable {
            name,
            value: STATIC.to_owned(),
        };
        Decision::new(variable, because.clone())
    };
    names.into_iter().map(decision).collect()
}

/// Whether cargo's configuration has flags for a target that the program can have.
fn has_target_flags(workspace: &Workspace) -> bool {
    let platforms = MACHINES.map(|machine| Platform::linux(machine, Libc::Glibc));
    workspace.cargo_configs.iter().any(|config| {
        flags::tables(config, &platforms).any(|(_, table)| table.get("rustflags").is_some())
    })
}
