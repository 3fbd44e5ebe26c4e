//! Keys of hosts that are reached over ssh.

use crate::decision::{Decision, Evidence};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Result;
use crate::inspect::Workspace;

/// The host whose keys cargo brings along
/// (<https://doc.rust-lang.org/cargo/appendix/git-authentication.html#ssh-known-hosts>).
const KNOWN_TO_CARGO: &str = "github.com";

/// The lines of `net.ssh.known-hosts`, for the program ssh: it does not read cargo's configuration.
///
/// # Errors
///
/// A line that is not a host key.
pub(super) fn known(workspace: &Workspace) -> Result<Vec<Decision<String>>> {
    let mut known: Vec<Decision<String>> = Vec::new();
    for (line, evidence) in configured(workspace) {
        // Every byte of such a line is one of these; the comment behind the key is not needed.
        let words: Vec<&str> = line.split_whitespace().collect();
        let words = &words[..words.len().min(if line.starts_with('@') { 4 } else { 3 })];
        let is_plain =
            |char: char| char.is_ascii_alphanumeric() || "@.,:[]|=+/-_*?!".contains(char);
        let is_fine = words.len() > 2 && words.iter().all(|word| word.chars().all(is_plain));
        if !is_fine {
            return Err(Diagnostic::error(
                Code::HostKey,
                format!("`{}` is not a host key", line.escape_debug()),
            )
            .note(evidence.to_string())
            .help("write it as `ssh-keyscan HOST` prints it: host, kind and key")
            .into());
        }
        let line = words.join(" ");
        if known.iter().all(|known| known.value != line) {
            known.push(Decision::new(line, evidence));
        }
    }
    Ok(known)
}

/// Warns of hosts whose key nothing in the project knows: the build refuses to talk to them.
pub(super) fn unknown<'a>(
    workspace: &Workspace,
    hosts: impl Iterator<Item = &'a String>,
    with_git: bool,
) -> Vec<Diagnostic> {
    let lines = configured(workspace);
    let is_known = |host: &str| {
        (host == KNOWN_TO_CARGO && !with_git)
            || lines.iter().any(|(line, _)| names(line, &pattern(host)))
    };
    hosts
        .filter(|host| !is_known(host))
        .map(|host| {
            let scan = match host.split_once(':') {
                Some((host, port)) => format!("ssh-keyscan -p {port} {host}"),
                None => format!("ssh-keyscan {host}"),
            };
            Diagnostic::warning(
                Code::UnknownHost,
                format!("nothing in the project knows the key of `{host}`, so the build cannot trust it"),
            )
            .note("a build has no `~/.ssh/known_hosts`; it reads `net.ssh.known-hosts` of cargo's configuration")
            .help(format!(
                "in `.cargo/config.toml`: `net.ssh.known-hosts = [\"{} …\"]`, with what `{scan}` prints, compared with what the host publishes",
                pattern(host)
            ))
        })
        .collect()
}

fn configured(workspace: &Workspace) -> Vec<(&str, Evidence)> {
    let mut lines = Vec::new();
    for config in &workspace.cargo_configs {
        let keys = config.get(&["net", "ssh", "known-hosts"]);
        let keys = keys.and_then(toml::Value::as_array).into_iter().flatten();
        for line in keys.filter_map(toml::Value::as_str) {
            let evidence = Evidence::file(
                workspace.display(&config.path),
                config.line_in(&["net", "ssh", "known-hosts"], line),
                "a host key that cargo's configuration gives",
            );
            lines.push((line, evidence));
        }
    }
    lines
}

/// A host as `known_hosts` writes it.
fn pattern(host: &str) -> String {
    match host.split_once(':') {
        Some((host, "22")) => host.to_owned(),
        Some((host, port)) => format!("[{host}]:{port}"),
        None => host.to_owned(),
    }
}

/// Whether a line may be about this host; hashed names and patterns may be about any.
fn names(line: &str, host: &str) -> bool {
    let mut words = line.split_whitespace();
    let first = words
        .find(|word| !word.starts_with('@'))
        .unwrap_or_default();
    let mut names = first.split(',');
    names.any(|name| name == host || name.starts_with('|') || name.contains(['*', '?']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_name_hosts() {
        assert!(names("a,host ssh-ed25519 AAAA", &pattern("host")));
        assert!(names("host ssh-ed25519 AAAA", &pattern("host:22")));
        assert!(names("[host]:2222 ssh-rsa AAAA", &pattern("host:2222")));
        assert!(names(
            "@cert-authority *.host ssh-rsa A",
            &pattern("a.host")
        ));
        assert!(names("|1|x|y ssh-rsa AAAA", &pattern("host")));
        assert!(!names("host ssh-ed25519 AAAA", &pattern("host:2222")));
        assert!(!names("other ssh-ed25519 host", &pattern("host")));
    }
}
