//! What is not said again, because the settings allow it.

use crate::decision::{Decision, Evidence};
use crate::diagnostic::{Diagnostic, Severity};
use crate::settings::Settings;

/// Takes out what `allow` names, each with the setting that does, and leaves the rest.
pub(crate) fn split(
    settings: &Settings,
    all: Vec<Diagnostic>,
) -> (Vec<Decision<Diagnostic>>, Vec<Diagnostic>) {
    let mut allowed = Vec::new();
    let mut rest = Vec::new();
    for diagnostic in all {
        let mut lists = settings.allow.iter();
        let list = lists.find(|list| list.value.contains(&diagnostic.code));
        match list.filter(|_| diagnostic.severity < Severity::Error) {
            Some(list) => {
                let because = Evidence::new(list.origin.clone(), "this code is allowed");
                allowed.push(Decision::new(diagnostic, because));
            }
            None => rest.push(diagnostic),
        }
    }
    (allowed, rest)
}
