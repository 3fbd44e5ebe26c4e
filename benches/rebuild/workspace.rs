//! The generated workspace.

use std::fmt::Write;
use std::path::Path;

use crate::{Result, commands};

/// A member: what it is, and what it depends on.
struct Member {
    name: &'static str,
    kind: Kind,
    members: &'static [&'static str],
    externals: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Lib,
    Bin,
}
use Kind::{Bin, Lib};

/// Dependencies from the registry, as every member that has one writes it.
const EXTERNALS: &[(&str, &str)] = &[
    ("anyhow", r#""1""#),
    ("arrayvec", r#""0.7""#),
    ("base64", r#""0.22""#),
    ("bitflags", r#""2""#),
    ("bytes", r#""1""#),
    ("either", r#""1""#),
    ("humantime", r#""2""#),
    ("indexmap", r#""2""#),
    ("itoa", r#""1""#),
    ("log", r#""0.4""#),
    ("memchr", r#""2""#),
    ("pico-args", r#""0.5""#),
    ("regex-lite", r#""0.1""#),
    ("ryu", r#""1""#),
    ("scopeguard", r#""1""#),
    ("smallvec", r#""1""#),
    ("unicode-width", r#""0.2""#),
    ("walkdir", r#""2""#),
];

/// First the shipped service and the ten members that it is made of, then all the others.
#[rustfmt::skip]
const MEMBERS: &[Member] = &[
    Member { name: "base", kind: Lib, members: &[], externals: &["bitflags", "arrayvec"] },
    Member { name: "codec", kind: Lib, members: &["base"], externals: &["bytes", "itoa"] },
    Member { name: "proto", kind: Lib, members: &["base", "codec"], externals: &["bitflags", "ryu"] },
    Member { name: "metrics", kind: Lib, members: &["base"], externals: &["itoa", "log"] },
    Member { name: "store", kind: Lib, members: &["base", "codec"], externals: &["bytes", "indexmap"] },
    Member { name: "cache", kind: Lib, members: &["base", "store"], externals: &["smallvec"] },
    Member { name: "auth", kind: Lib, members: &["base", "store"], externals: &["base64", "bitflags"] },
    Member { name: "search", kind: Lib, members: &["base", "store"], externals: &["regex-lite"] },
    Member { name: "api", kind: Lib, members: &["auth", "metrics", "proto", "search"], externals: &["ryu"] },
    Member { name: "jobs", kind: Lib, members: &["cache", "metrics", "store"], externals: &["humantime"] },
    Member { name: "service", kind: Bin, members: &["api", "base", "jobs"], externals: &["anyhow", "humantime"] },
    Member { name: "report", kind: Lib, members: &["base"], externals: &["unicode-width"] },
    Member { name: "mailer", kind: Lib, members: &["base", "report"], externals: &["base64"] },
    Member { name: "settings", kind: Lib, members: &["base"], externals: &["bitflags", "scopeguard"] },
    Member { name: "tables", kind: Lib, members: &["base"], externals: &["either", "bitflags"] },
    Member { name: "importer", kind: Bin, members: &["proto", "tables"], externals: &["anyhow"] },
    Member { name: "exporter", kind: Bin, members: &["store", "tables"], externals: &["anyhow"] },
    Member { name: "migrate", kind: Bin, members: &["settings", "store"], externals: &["pico-args"] },
    Member { name: "admin", kind: Bin, members: &["auth", "mailer", "settings"], externals: &["pico-args"] },
    Member { name: "replay", kind: Bin, members: &["proto"], externals: &["ryu"] },
    Member { name: "probe", kind: Bin, members: &["metrics"], externals: &[] },
    Member { name: "digest", kind: Bin, members: &["mailer", "search"], externals: &[] },
    Member { name: "fixtures", kind: Lib, members: &["base"], externals: &[] },
    Member { name: "load", kind: Bin, members: &["fixtures", "proto"], externals: &["humantime"] },
    Member { name: "files", kind: Lib, members: &[], externals: &["walkdir"] },
    Member { name: "xtask", kind: Bin, members: &["files"], externals: &["pico-args", "scopeguard"] },
    Member { name: "spell", kind: Bin, members: &["files"], externals: &["regex-lite"] },
    Member { name: "banner", kind: Bin, members: &[], externals: &["unicode-width"] },
    Member { name: "clock", kind: Bin, members: &[], externals: &[] },
    Member { name: "lines", kind: Bin, members: &["files"], externals: &["memchr"] },
];

const ROOT: &str = r#"[workspace]
members = ["crates/*"]
resolver = "3"

[workspace.package]
version = "0.3.0"
edition = "2021"
rust-version = "1.85"
"#;

/// Every member has as many types with derived traits, to be some work for the compiler.
const TYPES: usize = 6;

/// Writes the workspace with its lock file into a folder.
pub(crate) fn write(folder: &Path) -> Result<()> {
    fs_err::write(folder.join("Cargo.toml"), ROOT)?;
    for member in MEMBERS {
        let sources = folder.join("crates").join(member.name).join("src");
        fs_err::create_dir_all(&sources)?;
        fs_err::write(sources.with_file_name("Cargo.toml"), member.manifest()?)?;
        let file = match member.kind {
            Lib => "lib.rs",
            Bin => "main.rs",
        };
        fs_err::write(sources.join(file), member.source()?)?;
    }
    commands::cargo(&["generate-lockfile", "--quiet"], folder)?;
    Ok(())
}

/// Has the member a version of its own? Every other one inherits the workspace's.
fn has_version(name: &str) -> bool {
    let index = MEMBERS.iter().position(|member| member.name == name);
    index.is_some_and(|index| index % 2 == 0)
}

impl Member {
    fn manifest(&self) -> Result<String> {
        let mut text = format!("[package]\nname = \"{}\"\n", self.name);
        text += if has_version(self.name) {
            "version = \"0.1.0\"\n"
        } else {
            "version.workspace = true\n"
        };
        text += "edition.workspace = true\nrust-version.workspace = true\n\n[dependencies]\n";
        for name in self.members {
            // One with a version of its own is asked for with it.
            let version = match has_version(name) {
                true => ", version = \"0.1.0\"",
                false => "",
            };
            writeln!(text, "{name} = {{ path = \"../{name}\"{version} }}")?;
        }
        for name in self.externals {
            let (_, wanted) = EXTERNALS
                .iter()
                .find(|(external, _)| external == name)
                .ok_or_else(|| format!("`{name}` is no external dependency"))?;
            writeln!(text, "{name} = {wanted}")?;
        }
        Ok(text)
    }

    /// Code that calls every member it depends on.
    fn source(&self) -> Result<String> {
        let mut text = format!("//! The member `{}` of a generated workspace.\n", self.name);
        for index in 0..TYPES {
            write!(
                text,
                "
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Record{index} {{
    pub name: String,
    pub values: Vec<u64>,
    pub parent: Option<Box<Record{index}>>,
}}
"
            )?;
        }
        let used: String = self
            .members
            .iter()
            .map(|name| format!(" + {name}::count()"))
            .collect();
        let count = format!("format!(\"{{:?}}\", Record0::default()).len(){used}");
        match self.kind {
            Lib => write!(text, "\npub fn count() -> usize {{\n    {count}\n}}\n")?,
            Bin => write!(
                text,
                "\nfn main() {{\n    println!(\"{{}}\", {count});\n}}\n"
            )?,
        }
        Ok(text)
    }
}
