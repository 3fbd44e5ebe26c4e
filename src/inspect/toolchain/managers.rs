//! Files of version managers that name a version of Rust.
//!
//! mise, <https://mise.jdx.dev/configuration.html>, and asdf, <https://asdf-vm.com/manage/configuration.html>.

use std::path::Path;

use toml::Value;

use super::file::ToolchainFile;
use crate::limits;

/// Files of mise, the one that overrides the others first.
const MISE: [&str; 6] = [
    "mise.toml",
    ".mise.toml",
    "mise/config.toml",
    ".mise/config.toml",
    ".config/mise.toml",
    ".config/mise/config.toml",
];

/// The file of a folder that names a version of Rust; mise's counts before asdf's, which mise reads too.
pub(super) fn find(folder: &Path) -> Option<ToolchainFile> {
    let mut mise = MISE.iter().map(|name| folder.join(name));
    mise.find_map(|path| of_mise(&path, &text(&path)?))
        .or_else(|| {
            let path = folder.join(".tool-versions");
            of_asdf(&path, &text(&path)?)
        })
}

fn text(path: &Path) -> Option<String> {
    // A file of another tool that cannot be read says nothing.
    limits::read(path, limits::TEXT).ok()
}

/// `rust = "1.88"`, `rust = { version = "1.88", components = "rust-src" }` under `[tools]`.
fn of_mise(path: &Path, text: &str) -> Option<ToolchainFile> {
    let table: toml::Table = toml::from_str(text).ok()?;
    let tool = table.get("tools")?.get("rust")?;
    let first = tool.as_array().and_then(|list| list.first());
    let tool = first.unwrap_or(tool);
    let version = tool.as_str().or_else(|| tool.get("version")?.as_str())?;
    let list = |key: &str| -> Vec<String> {
        let words = tool.get(key).map(|value| match value {
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
            other => other.as_str().unwrap_or_default().split(',').collect(),
        });
        let words: Vec<&str> = words.unwrap_or_default();
        let words = words.into_iter().map(str::trim);
        words
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let line = text.lines().position(|line| {
        let key = line.trim_start().trim_start_matches("tools.");
        key.starts_with("rust ") || key.starts_with("rust=") || key.starts_with("[tools.rust]")
    });
    Some(ToolchainFile {
        path: path.to_path_buf(),
        channel: Some(channel(version)?),
        line: line.map_or(1, |at| at + 1),
        targets: list("targets"),
        components: list("components"),
        profile: tool
            .get("profile")
            .and_then(Value::as_str)
            .map(str::to_owned),
    })
}

/// `rust 1.88.0 1.85.0`: the first one that is there counts.
fn of_asdf(path: &Path, text: &str) -> Option<ToolchainFile> {
    let mut lines = text.lines().enumerate();
    lines.find_map(|(at, line)| {
        let mut words = line.split('#').next()?.split_whitespace();
        let is_rust = words.next() == Some("rust");
        Some(ToolchainFile {
            path: path.to_path_buf(),
            channel: Some(channel(words.next().filter(|_| is_rust)?)?),
            line: at + 1,
            ..ToolchainFile::default()
        })
    })
}

/// The channel that a version means to rustup; none for what names no release: `latest`, `system`, `path:…`.
fn channel(version: &str) -> Option<String> {
    let version = version.strip_prefix("prefix:").unwrap_or(version);
    let is_named = ["stable", "beta", "nightly"].iter().any(|name| {
        version
            .strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    });
    (is_named || crate::version::parse(version).is_some()).then(|| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let mise = |text: &str| {
            let file = of_mise(Path::new("mise.toml"), text)?;
            Some((file.channel?, file.line, file.components))
        };
        for (text, expected) in [
            (
                "[tools]\nnode = '22'\nrust = '1.88'\n",
                Some(("1.88", 3, vec![])),
            ),
            (
                "[tools]\nrust = { version = 'nightly-2026-01-31', components = 'rust-src,clippy' }\n",
                Some(("nightly-2026-01-31", 2, vec!["rust-src", "clippy"])),
            ),
            (
                "[tools.rust]\nversion = '1.90.0'\ncomponents = ['rust-src']\n",
                Some(("1.90.0", 1, vec!["rust-src"])),
            ),
            (
                "[tools]\nrust = ['1.89', 'nightly']\n",
                Some(("1.89", 2, vec![])),
            ),
            ("[tools]\nrust = 'latest'\n", None),
            ("[tools]\nnode = '22'\n", None),
            ("rust = '1.88'\n", None),
            ("tools = 1\n", None),
            ("[[", None),
        ] {
            let expected = expected.map(|(channel, line, components): (&str, _, Vec<&str>)| {
                let components = components.into_iter().map(str::to_owned).collect();
                (channel.to_owned(), line, components)
            });
            assert_eq!(mise(text), expected, "{text}");
        }
        let asdf = |text: &str| of_asdf(Path::new(".tool-versions"), text)?.channel;
        for (text, expected) in [
            ("nodejs 22.1.0\nrust 1.88.0\n", Some("1.88.0")),
            ("rust 1.88.0 1.85.0 # both\n", Some("1.88.0")),
            ("rust nightly\n", Some("nightly")),
            ("# rust 1.88.0\n", None),
            ("rust-analyzer 1.0.0\n", None),
            ("rust system\n", None),
            ("rust\n", None),
        ] {
            assert_eq!(asdf(text).as_deref(), expected, "{text}");
        }
    }
}
