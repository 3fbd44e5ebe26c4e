//! Names that usually hold secrets: one table for what is found, what stays out and what is said about it.

use std::path::{Component, Path};
use std::sync::OnceLock;

use serde::Deserialize;

/// Labels of blocks that everybody may read (RFC 7468), and parameters that are no key.
const PUBLIC_BLOCKS: [&str; 9] = [
    "CERTIFICATE",
    "X509 CERTIFICATE",
    "TRUSTED CERTIFICATE",
    "CERTIFICATE REQUEST",
    "X509 CRL",
    "PKCS7",
    "PUBLIC KEY",
    "RSA PUBLIC KEY",
    "DH PARAMETERS",
];
/// How the names of settings of npm and Yarn end that are credentials, in lower case: `_authToken`, `npmAuthIdent`.
const NPM_CREDENTIALS: [&str; 4] = ["_auth", "authtoken", "authident", "_password"];
/// npm's setting for a private key.
const NPM_KEY: &str = "key";

/// A row of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Secret {
    /// A name, or the last names of a path; `*` stands for any characters but `/`.
    pub(crate) name: String,
    /// Names that it matches and that hold no secret.
    #[serde(default)]
    except: Vec<String>,
    /// What it holds.
    pub(crate) kind: String,
    /// What the content of a file shows that holds no secret.
    cleared: Option<Cleared>,
    /// A folder of this name holds no secret.
    #[serde(default)]
    pub(crate) is_word: bool,
    /// Nothing is said when it stays out.
    #[serde(default)]
    pub(crate) is_quiet: bool,
    #[serde(rename = "source")]
    _source: String,
}

/// What shows that a file holds no secret.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Cleared {
    /// Nothing but certificates and public keys is in it.
    PublicPem,
    /// No setting of npm or Yarn in it is a token, a password or a key.
    NoNpmCredentials,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    secret: Vec<Secret>,
}

/// The table.
pub(crate) fn table() -> &'static [Secret] {
    static TABLE: OnceLock<Vec<Secret>> = OnceLock::new();
    TABLE.get_or_init(|| {
        // A test reads it: what is compiled in parses.
        toml::from_str::<Table>(include_str!("secrets.toml"))
            .expect("the table that is compiled in is valid")
            .secret
    })
}

/// The row that the last names of a path match.
pub(crate) fn of_name(path: &Path) -> Option<&'static Secret> {
    let name = path.file_name()?.to_str()?.as_bytes();
    let mut likely = likely(name).iter().filter(|(last, _)| is_match(last, name));
    let (_, row) = likely.find(|(_, row)| row.matches(path))?;
    Some(row)
}

/// A row, with the last name of its pattern.
type Row = (&'static [u8], &'static Secret);

/// The rows that may match a name, by the byte that it begins with, in the order of the table.
///
/// Nearly every name is none of these: that has to cost next to nothing.
fn likely(name: &[u8]) -> &'static [Row] {
    static BY_FIRST: OnceLock<Vec<Vec<Row>>> = OnceLock::new();
    let all = BY_FIRST.get_or_init(|| {
        let last =
            |row: &'static Secret| row.name.rsplit('/').next().unwrap_or_default().as_bytes();
        let rows: Vec<Row> = table().iter().map(|row| (last(row), row)).collect();
        let of = |byte: u8| {
            let may_match =
                |(last, _): &&Row| matches!(last, [first, ..] if [byte, b'*'].contains(first));
            rows.iter().filter(may_match).copied().collect()
        };
        (0..=u8::MAX).map(of).collect()
    });
    let rows = name.first().and_then(|first| all.get(usize::from(*first)));
    rows.map_or(&[], Vec::as_slice)
}

/// The row that the path itself or a folder above it matches; the path is relative.
pub(crate) fn of_path(path: &Path) -> Option<&'static Secret> {
    let mut above = path.ancestors().skip(1);
    of_name(path).or_else(|| above.find_map(|folder| of_name(folder).filter(|row| !row.is_word)))
}

/// Whether the last names of a path match a pattern of the table.
pub(crate) fn matches(pattern: &str, path: &Path) -> bool {
    let mut names = path.components().rev();
    pattern.rsplit('/').all(|pattern| match names.next() {
        Some(Component::Normal(name)) => name
            .to_str()
            .is_some_and(|name| is_match(pattern.as_bytes(), name.as_bytes())),
        _ => false,
    })
}

impl Secret {
    fn matches(&self, path: &Path) -> bool {
        matches(&self.name, path)
    }

    /// Whether a file that it matches holds no secret, as its name or its content says.
    ///
    /// `read` gives the content; none where it is no text or too long to look at.
    pub(crate) fn is_public(&self, name: &str, read: impl FnOnce() -> Option<String>) -> bool {
        if self.except.iter().any(|except| except == name) {
            return true;
        }
        let Some(cleared) = self.cleared else {
            return false;
        };
        read().is_some_and(|text| match cleared {
            Cleared::PublicPem => has_public_blocks_only(&text),
            Cleared::NoNpmCredentials => !has_npm_credentials(&text),
        })
    }
}

/// Whether some line sets a credential: `//host/:_authToken=…`, `npmAuthToken: …`, `https://user:password@host`.
pub(crate) fn has_npm_credentials(text: &str) -> bool {
    let is_name = |word: &str| {
        let word = word.to_ascii_lowercase();
        word == NPM_KEY || NPM_CREDENTIALS.iter().any(|end| word.ends_with(end))
    };
    let has_user = |line: &str| {
        let mut addresses = line.split("://").skip(1);
        addresses.any(|rest| {
            rest.split('/')
                .next()
                .is_some_and(|host| host.contains('@'))
        })
    };
    let lines = text.lines().map(str::trim);
    let mut lines = lines.filter(|line| !line.starts_with(['#', ';']));
    lines.any(|line| {
        let mut words = line.split(|c: char| "=:\"".contains(c) || c.is_whitespace());
        words.any(is_name) || has_user(line)
    })
}

/// Whether a text has blocks of PEM, and none that is private.
fn has_public_blocks_only(text: &str) -> bool {
    let mut labels = text.split("-----BEGIN ").skip(1).peekable();
    labels.peek().is_some()
        && labels.all(|rest| {
            let label = rest.split("-----").next().unwrap_or_default();
            PUBLIC_BLOCKS.contains(&label)
        })
}

/// Whether a name matches a pattern in which `*` stands for any characters.
fn is_match(pattern: &[u8], name: &[u8]) -> bool {
    match pattern {
        [] => name.is_empty(),
        // Most patterns with one end in plain text.
        [b'*', rest @ ..] if !rest.contains(&b'*') => name.ends_with(rest),
        [b'*', rest @ ..] => (0..=name.len()).any(|at| is_match(rest, &name[at..])),
        [first, rest @ ..] => name.first() == Some(first) && is_match(rest, &name[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_sound() {
        let mut last = "";
        for row in table() {
            let name = row.name.as_str();
            assert!(last < name, "{name} is doubled or out of order");
            last = name;
            assert!(!row._source.is_empty() && !row.kind.is_empty(), "{name}");
            // It is written into ignore files as it is, and matches only what is meant.
            let is_plain = |char: char| char.is_ascii_alphanumeric() || "._-*/".contains(char);
            assert!(name.chars().all(is_plain), "{name}");
            assert!(!name.contains("**") && name.matches('*').count() < 3);
            assert!(name.chars().filter(char::is_ascii_alphanumeric).count() > 1);
            let shortest = name.replace('*', "");
            let path = Path::new("a").join(&shortest);
            assert!(row.matches(&path), "{name}");
            assert!(
                of_path(&path.join("below")).is_some_and(|found| !found.is_word) != row.is_word
            );
            for except in &row.except {
                assert!(row.matches(Path::new(except)), "{name}: {except}");
                assert!(row.is_public(except, || None));
            }
            // No module and no manifest is taken for a secret.
            for file in [
                "main.rs",
                "Cargo.toml",
                "Cargo.lock",
                "config.toml",
                "package.json",
            ] {
                assert!(!row.matches(Path::new(file)), "{name} matches {file}");
            }
            // A name that a module can have needs the mark.
            let bare = name.trim_start_matches('*');
            let is_module = bare
                .chars()
                .all(|char| char.is_alphanumeric() || char == '_');
            assert_eq!(row.is_word, is_module, "{name}");
        }
    }

    #[test]
    fn content_tells_certificates_from_keys() {
        let row = of_name(Path::new("certs/a.pem")).expect("it has a row");
        let block = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
        let is_public = |text: String| row.is_public("a.pem", || Some(text));
        assert!(is_public(block("CERTIFICATE") + &block("CERTIFICATE")));
        for key in [
            "PRIVATE KEY",
            "RSA PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "ODD",
        ] {
            assert!(!is_public(block("CERTIFICATE") + &block(key)), "{key}");
        }
        assert!(!is_public("k".to_owned()));
        assert!(!row.is_public("a.pem", || None));
    }

    #[test]
    fn names_count_at_any_depth() {
        for path in [
            ".env",
            "a/b/.env.local",
            "a/dev.kubeconfig",
            "Secrets.dev.toml",
            "a/.ssh/config",
            "x/.docker/config.json",
            "credentials",
        ] {
            assert!(of_path(Path::new(path)).is_some(), "{path}");
        }
        for path in [
            "env",
            "src/credentials/mod.rs",
            "docker/config.json",
            "ca.crt",
            "id_rsa.pub",
        ] {
            assert!(of_path(Path::new(path)).is_none(), "{path}");
        }
    }
}
