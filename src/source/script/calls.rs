//! Calls of build scripts that have to do with native code.

use super::acts::Does;
use super::values::Value;

/// Crates whose calls compile, look for, or link native code.
pub(super) const TOOLS: &[&str] = &[
    "autotools",
    "bindgen",
    "cc",
    "cmake",
    "cxx_build",
    "meson",
    "nasm_rs",
    "pkg_config",
    "system_deps",
    "vcpkg",
];
/// Ends of the names of C++ files.
const CXX: &[&str] = &[".C", ".c++", ".cc", ".cpp", ".cxx"];
/// Methods of `cc::Build` that run the compiler.
const COMPILE: &[&str] = &[
    "compile",
    "compile_intermediates",
    "expand",
    "try_compile",
    "try_compile_intermediates",
    "try_expand",
];
/// Methods of `pkg_config::Config` that ask for a module.
const PROBE: &[&str] = &["find", "probe"];
/// Its functions that do.
const PROBE_FUNCTIONS: &[&str] = &["pkg_config::find_library", "pkg_config::probe_library"];

/// What a function does that is called by its full path.
pub(super) fn function(path: &str, first: Option<&Value>) -> Option<Does> {
    let text = || first.and_then(Value::only_text).map(str::to_owned);
    let head = path.split("::").next().unwrap_or_default();
    Some(match path {
        _ if PROBE_FUNCTIONS.contains(&path) => Does::AsksPkgConfig(text()),
        "cmake::build" | "cmake::Config::new" => Does::RunsCmake,
        "bindgen::builder" | "bindgen::Builder::default" => Does::ReadsHeaders,
        "cxx_build::bridge" | "cxx_build::bridges" => Does::CompilesCxx,
        _ if path.ends_with("NpmBuild::new") => Does::Runs(Some("npm".to_owned())),
        "std::process::Command::new" | "process::Command::new" | "Command::new" => {
            Does::Runs(text())
        }
        _ => match head {
            "autotools" => Does::Runs(Some("autoreconf".to_owned())),
            "meson" => Does::Runs(Some("meson".to_owned())),
            "nasm_rs" => Does::Runs(Some("nasm".to_owned())),
            "duct" | "xshell" => Does::Unclear("runs programs in a way that is not followed"),
            _ => return None,
        },
    })
}

/// What a method does in a script that uses these of the [`TOOLS`].
pub(super) fn method(name: &str, arguments: &[Value], used: &[&str]) -> Option<Does> {
    let uses = |tool: &str| used.contains(&tool);
    let first = arguments.first();
    match name {
        "cpp" if uses("cc") && first.and_then(Value::holds) != Some(false) => {
            Some(Does::CompilesCxx)
        }
        "cuda" if uses("cc") && first.and_then(Value::holds) != Some(false) => {
            Some(Does::Unclear("compiles for CUDA"))
        }
        "compiler" if uses("cc") => Some(Does::Runs(
            first.and_then(Value::only_text).map(str::to_owned),
        )),
        name if uses("cc") && COMPILE.contains(&name) => Some(Does::CompilesC),
        name if uses("pkg_config") && PROBE.contains(&name) && arguments.len() == 1 => {
            let module = first.and_then(Value::only_text).map(str::to_owned);
            // `text.find(char)` has the same name.
            (name == "probe" || module.as_ref().is_some_and(|name| name.len() > 2))
                .then_some(Does::AsksPkgConfig(module))
        }
        _ => None,
    }
}

/// What a literal says: a line for cargo, or the name of a C++ file.
pub(super) fn text(text: &str, used: &[&str]) -> Option<Does> {
    if used.contains(&"cc")
        && CXX
            .iter()
            .any(|end| text.len() > end.len() && text.ends_with(end))
    {
        return Some(Does::CompilesCxx);
    }
    let line = text.trim_start();
    let line = line
        .strip_prefix("cargo::")
        .or_else(|| line.strip_prefix("cargo:"))?;
    if let Some(library) = line.strip_prefix("rustc-link-lib=") {
        return Some(library_of(library));
    }
    if let Some(library) = line.strip_prefix("rustc-link-arg=-l") {
        return Some(library_of(library));
    }
    let flags = line.strip_prefix("rustc-flags=")?;
    let mut words = flags.split_whitespace();
    while let Some(word) = words.next() {
        match word.strip_prefix("-l") {
            Some("") => return Some(library_of(words.next().unwrap_or_default())),
            Some(library) => return Some(library_of(library)),
            None => {}
        }
    }
    None
}

/// `kind:modifiers=name:rename`
fn library_of(text: &str) -> Does {
    let (kind, name) = match text.split_once('=') {
        Some((kind, name)) => (kind, name),
        None => ("", text),
    };
    let name = name.trim().split(':').next().unwrap_or_default();
    let is_known = !name.is_empty() && !name.contains(['{', '}']);
    Does::Links {
        name: is_known.then(|| name.to_owned()),
        is_static: kind.starts_with("static"),
    }
}
