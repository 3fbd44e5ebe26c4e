//! Build scripts that write these very files: inside of an image build they have nothing to do.

use crate::decision::{Decision, Evidence};
use crate::inspect::Workspace;
use crate::plan::Variable;
use cargo_metadata::DependencyKind;

/// The package whose builder a build script calls.
const OWN: &str = env!("CARGO_PKG_NAME");

/// Switches them off, where a package that is compiled has this crate as a build dependency.
pub(super) fn switched_off(workspace: &Workspace) -> Option<Decision<Variable>> {
    let mut because = Vec::new();
    for id in workspace.sources.keys() {
        let package = workspace.package_of(id);
        let mut dependencies = package.dependencies.iter();
        if !dependencies.any(|on| on.name == OWN && on.kind == DependencyKind::Build) {
            continue;
        }
        let text = workspace.manifests.get(id).map(|facts| facts.text.as_str());
        let mut lines = text.unwrap_or_default().lines();
        let line = lines.position(|line| line.contains(OWN));
        because.push(Evidence::file(
            workspace.display(package.manifest_path.as_std_path()),
            line.map(|at| at + 1),
            "the build script that keeps this file current has nothing to do in here",
        ));
    }
    let variable = Variable {
        name: "CARGO_DOCKERIZE".to_owned(),
        value: "off".to_owned(),
    };
    (!because.is_empty()).then_some(Decision {
        value: variable,
        because,
    })
}
