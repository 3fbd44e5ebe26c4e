//! Where a package is, and which of its targets are compiled for an image.

use std::path::PathBuf;

use cargo_metadata::{Package, Target, TargetKind};

/// The folder of a package.
pub(crate) fn folder(package: &Package) -> PathBuf {
    let manifest = package.manifest_path.as_std_path();
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// Whether a target is compiled for an image: no test, benchmark or example.
pub(super) fn is_compiled(target: &Target) -> bool {
    !target.kind.iter().any(|kind| {
        matches!(
            kind,
            TargetKind::Test | TargetKind::Bench | TargetKind::Example
        )
    })
}
