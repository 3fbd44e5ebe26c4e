//! The features that the program is compiled with.

use crate::features;
use crate::inspect::Workspace;

/// Features that the chosen binaries require and that the settings do not give.
pub(crate) fn required_features(workspace: &Workspace) -> Vec<String> {
    let package = workspace.package();
    let on = features::requested(package, &workspace.settings);
    package
        .targets
        .iter()
        .filter(|target| {
            target.is_bin()
                && workspace
                    .selected
                    .binaries()
                    .any(|name| name == target.name)
        })
        .flat_map(|target| &target.required_features)
        .filter(|feature| !on.contains(*feature))
        .cloned()
        .collect()
}
