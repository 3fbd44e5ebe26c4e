//! What every generated file says about itself: who wrote it, with which command, and a digest.

use semver::Version;

/// The first line of every file that the tool writes.
const FIRST: &str = "# Written by cargo-dockerize ";
/// The line with the digest of all that follows it.
const DIGEST: &str = "# digest ";

/// What a generated file says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The version of the tool that wrote it.
    pub(crate) version: String,
    /// The digest that was written.
    digest: String,
    /// The digest of the text as it is.
    actual: String,
    /// The command that regenerates the file.
    pub(crate) command: String,
}

impl Header {
    /// Reads the header; `None` for a file that is not ours.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.replace("\r\n", "\n");
        let rest = text.strip_prefix(FIRST)?;
        let (first, rest) = rest.split_once('\n')?;
        let version = first.split([' ', ';', ',']).next()?;
        let (command, rest) = rest.split_once('\n')?;
        let (digest_line, body) = rest.split_once('\n')?;
        Some(Self {
            version: version.to_owned(),
            digest: digest_line.strip_prefix(DIGEST)?.to_owned(),
            actual: digest(body),
            command: command.trim_start_matches('#').trim().to_owned(),
        })
    }

    /// Whether a newer version of the tool wrote the file.
    pub fn is_newer(&self) -> bool {
        let ours = Version::parse(env!("CARGO_PKG_VERSION"));
        let theirs = Version::parse(&self.version);
        matches!((ours, theirs), (Ok(ours), Ok(theirs)) if theirs > ours)
    }

    /// Whether somebody changed the file after it was written.
    pub fn is_edited(&self) -> bool {
        self.digest != self.actual
    }
}

/// Puts the header before a rendered text.
pub(crate) fn with_header(body: &str, command: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let command = crate::shown::line(command);
    let body = format!("\n{body}");
    format!(
        "{FIRST}{version}; change what it is made from and run\n#   {command}\n{DIGEST}{}\n{body}",
        digest(&body)
    )
}

/// FNV-1a, 64 bits: enough to notice an edit, and no promise beyond that.
pub(crate) fn digest(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}
