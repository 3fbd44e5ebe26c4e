//! Files that are no part of what ships, by their names.

use std::path::Path;

use crate::inspect::Workspace;

/// Whether a file is a test or an example by its name.
pub(super) fn is_test(workspace: &Workspace, file: &Path) -> bool {
    let inside = file.strip_prefix(&workspace.root).unwrap_or(file);
    let parts = inside.iter().filter_map(|part| part.to_str());
    let mut words = parts.flat_map(|part| part.split(['.', '_', '-']));
    words.any(|word| {
        [
            "bench", "benches", "example", "examples", "fixtures", "mock", "mocks", "test",
            "testing", "tests", "xtask",
        ]
        .contains(&word)
    })
}
