//! Why a crate cannot be part of a static program.

use crate::decision::Evidence;
use crate::knowledge::{Musl, Rule};

/// Why no static program loads libraries while it runs.
const OPENS: &str = "loads libraries while the program runs, which a static one cannot";

/// What stands against a static program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Blocker {
    /// The crate, and what it does.
    pub(crate) evidence: Evidence,
    /// The one change that would help, where there is one.
    pub(crate) help: Option<String>,
}

/// Why a crate cannot be part of a static program for musl.
pub(super) fn against_musl(rule: &Rule) -> Option<&'static str> {
    match rule.musl() {
        _ if rule.dlopen => Some(OPENS),
        Musl::Fine => None,
        Musl::NeedsCxx => Some("compiles C++, and Debian has no C++ compiler for musl"),
        Musl::Impossible if rule.runtime.is_empty() => Some("is not known to link with musl"),
        Musl::Impossible => Some("links a system library"),
    }
}

/// Why a crate cannot be part of a static program for glibc.
///
/// C++ is fine: g++ brings a static library of its own.
pub(super) fn against_static_glibc(rule: &Rule) -> Option<&'static str> {
    let links_system = rule.runtime.iter().any(|package| package != "libstdc++6");
    match rule.musl() {
        _ if rule.dlopen => Some(OPENS),
        _ if links_system => Some("links a system library"),
        Musl::Impossible if !rule.crt_static => Some("is not known to link statically"),
        Musl::Fine | Musl::NeedsCxx | Musl::Impossible => None,
    }
}
