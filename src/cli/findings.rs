//! What `check` found, for machines: as JSON, as annotations of GitHub, as a report for GitLab.

use std::path::Path;

use serde::Serialize;
use serde_json::json;

use super::report::Report;
use super::terminal::Text;
use crate::diagnostic::{Diagnostic, Severity};
use crate::error::Result;
use crate::header::digest;
use crate::paths::{normalize, relative, slashed};

/// What a file that is not as planned is called where a finding has a code.
const DRIFT: &str = "drift";

/// One thing that was found, at a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    code: String,
    severity: Severity,
    message: String,
    /// Relative to the folder that the command runs in.
    file: String,
    line: usize,
    help: Vec<String>,
}

impl Finding {
    /// A file that is not as planned; `state` is one word.
    pub(super) fn drift(file: &Path, state: &str, command: &str, here: &Path) -> Self {
        let file = slashed(&relative(file, here));
        Self {
            code: DRIFT.to_owned(),
            severity: Severity::Error,
            message: format!("{file} is {}", state.to_lowercase()),
            file,
            line: 1,
            help: vec![command.to_owned()],
        }
    }

    /// What there is to say of an image: at the line that it is about, or else at its Dockerfile.
    pub(super) fn said(found: &Diagnostic, root: &Path, dockerfile: &Path, here: &Path) -> Self {
        let location = found.location.as_ref();
        let (path, line) = match location {
            Some(at) => (normalize(&root.join(&at.path)), at.line.max(1)),
            None => (dockerfile.to_path_buf(), 1),
        };
        Self {
            code: found.code.to_string(),
            severity: found.severity,
            message: found.message.clone(),
            file: slashed(&relative(&path, here)),
            line,
            help: found.help.clone(),
        }
    }

    fn text(&self) -> String {
        let help = self.help.iter().map(|help| format!("\nhelp: {help}"));
        format!("{}{}", self.message, help.collect::<String>())
    }
}

/// One object: whether anything differs, and all findings.
pub(super) fn json(findings: &[Finding], report: &Report) -> Result<()> {
    let has_drift = findings.iter().any(|found| found.code == DRIFT);
    report.json(&json!({ "drift": has_drift, "findings": findings }))
}

/// A line for each, which GitHub shows at the file's line.
/// See <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>.
pub(super) fn github(findings: &[Finding], report: &Report) {
    for found in findings {
        let name = match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let properties = [
            ("file", found.file.clone()),
            ("line", found.line.to_string()),
            ("title", format!("cargo-dockerize: {}", found.code)),
        ];
        report.text(&Text::new().workflow_command(name, &properties, &found.text()));
    }
}

/// A report of code quality.
/// See <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>.
pub(super) fn gitlab(findings: &[Finding], report: &Report) -> Result<()> {
    let entries = findings.iter().map(|found| {
        let severity = match found.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Note => "info",
        };
        json!({
            "description": found.text(),
            "check_name": found.code,
            "fingerprint": digest(&format!("{} {} {}", found.code, found.file, found.message)),
            "severity": severity,
            "location": { "path": found.file, "lines": { "begin": found.line } },
        })
    });
    report.json(&entries.collect::<Vec<_>>())
}
