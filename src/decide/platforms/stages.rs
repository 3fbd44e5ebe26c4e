//! What the stage of each platform adds to the common one.

use crate::decide::native::Findings;
use crate::decide::target::Target;
use crate::decision::{Decision, Evidence};
use crate::inspect::Workspace;
use crate::knowledge::cross::Cross;
use crate::plan::layout::TARGET_VARIABLE;
use crate::plan::{Libraries, PlatformStage, Variable};
use crate::platform::{ImagePlatform, PLATFORMS};
use crate::settings::Libc;

/// The stage of each platform, and of the builder's packages those that all of them have.
///
/// There are none where the machine that builds compiles for itself.
pub(crate) fn stages(
    packages: Vec<Decision<String>>,
    workspace: &Workspace,
    target: &Target,
    findings: &Findings,
    copied: Option<&Libraries>,
) -> (Vec<Decision<String>>, Vec<PlatformStage>) {
    if !target.is_cross {
        return (packages, Vec::new());
    }
    let libraries = libraries(&packages, workspace, findings, copied);
    let is_common = |package: &Decision<String>| {
        let name = &package.value;
        // Nothing else uses them: musl's own compiler knows one machine.
        name != "musl-tools"
            && (findings.host_build.contains(name)
                || !libraries.iter().any(|library| library.value == *name))
    };
    // Every machine that `docker build .` runs on has its stage, whatever was asked for.
    let stages = PLATFORMS
        .iter()
        .map(|platform| stage(platform, target, &libraries, findings))
        .collect();
    (packages.into_iter().filter(is_common).collect(), stages)
}

/// Debian packages that have to be of the target's architecture.
fn libraries(
    packages: &[Decision<String>],
    workspace: &Workspace,
    findings: &Findings,
    copied: Option<&Libraries>,
) -> Vec<Decision<String>> {
    let cross = Cross::shipped();
    let asked = workspace.settings.build_packages.iter();
    let asked: Vec<&String> = asked.flat_map(|chosen| &chosen.value).collect();
    let packages = packages.iter().filter(|package| {
        let name = &package.value;
        cross.is_library(name)
            && (findings.linked_build.contains_key(name) || asked.contains(&name))
    });
    let copied = copied.into_iter().flat_map(|copied| &copied.packages);
    packages.chain(copied).cloned().collect()
}

fn stage(
    platform: &ImagePlatform,
    target: &Target,
    libraries: &[Decision<String>],
    findings: &Findings,
) -> PlatformStage {
    let architecture = platform.architecture;
    let env = match target.libc() {
        Libc::Glibc => "gnu",
        Libc::Musl => "musl",
    };
    let triple = format!("{}-unknown-linux-{env}", platform.machine);
    let of_platform = |name: &str, because: Vec<Evidence>| Decision {
        value: format!("{name}:{architecture}"),
        because,
    };
    let links = vec![Evidence::default("every program is linked with it")];
    // Rust brings musl with its standard library.
    let c_library = (target.libc() == Libc::Glibc).then(|| of_platform("libc6-dev", links));
    let others = libraries
        .iter()
        .map(|library| of_platform(&library.value, library.because.clone()));
    PlatformStage {
        platform: platform.docker.to_owned(),
        architecture: architecture.to_owned(),
        env: variables(platform, &triple, !libraries.is_empty()),
        target: triple,
        libraries: c_library.into_iter().chain(others).collect(),
        compilers: compilers(platform, findings),
    }
}

fn compilers(platform: &ImagePlatform, findings: &Findings) -> Vec<Decision<String>> {
    let name = |language: &str| format!("{language}-{}", platform.compiler_package);
    let because = Evidence::default(format!("links for {}", platform.docker));
    let mut compilers = vec![Decision::new(name("gcc"), because)];
    if let Some(because) = findings.linked_build.get("g++") {
        compilers.push(Decision {
            value: name("g++"),
            because: because.clone(),
        });
    }
    compilers
}

/// The crate `cc` finds Debian's cross compilers by the target; cargo has to be told of the linker, and
/// the crate `pkg-config` of the folders.
fn variables(platform: &ImagePlatform, triple: &str, has_libraries: bool) -> Vec<Variable> {
    let machine = platform.machine;
    let in_names = triple.replace('-', "_");
    let variable = |name: String, value: String| Variable { name, value };
    let mut variables = vec![
        variable(TARGET_VARIABLE.to_owned(), triple.to_owned()),
        variable(
            format!("CARGO_TARGET_{}_LINKER", in_names.to_ascii_uppercase()),
            format!("{machine}-linux-gnu-gcc"),
        ),
    ];
    if has_libraries {
        variables.push(variable(
            format!("PKG_CONFIG_ALLOW_CROSS_{in_names}"),
            "1".to_owned(),
        ));
        variables.push(variable(
            format!("PKG_CONFIG_LIBDIR_{in_names}"),
            format!("/usr/lib/{machine}-linux-gnu/pkgconfig:/usr/share/pkgconfig"),
        ));
    }
    variables
}
