//! Public projects: the packages that the plan installs, and those that they are known to need.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::engine::Ran;
use crate::{Result, Row, Sink};

pub(crate) const HEADER: &str = "\
| project | flags | needs, as its maintainers say | installed | beyond that | |
|---|---|---|---|---|---|";

/// A public project.
struct Public {
    /// The folder of its clone.
    name: &'static str,
    flags: &'static [&'static str],
    /// Debian packages that its build is known to need, from its documentation and its own Dockerfile.
    needs: &'static [&'static str],
    /// What else its build needs, and who wants it.
    beyond: &'static [(&'static str, &'static str)],
}

const NATIVE_TLS: (&str, &str) = ("pkg-config", "openssl-sys finds OpenSSL with it");

#[rustfmt::skip]
const PUBLIC: &[Public] = &[
    public("mini-redis", &["--bin", "mini-redis-server"], &[], &[]),
    public("dufs", &[], &[], &[]),
    public("static-web-server", &[], &[], &[]),
    public("git-cliff", &[], &[], &[]),
    public("shadowsocks-rust", &["--bin", "ssserver"], &[], &[]),
    public("sozu", &[], &["protobuf-compiler"], &[
        ("make", "jemalloc is built with it"),
        ("musl-tools", "C is compiled for musl"),
    ]),
    public("zero-to-production", &[], &["clang", "lld"], &[]),
    public("binserve", &[], &[], &[]),
    public("parseable", &[], &[], &[("make", "jemalloc is built with it")]),
    public("atuin", &["-p", "atuin-server"], &["libssl-dev"], &[NATIVE_TLS]),
    public("lldap", &["--bin", "lldap"], &[], &[]),
    public("vaultwarden", &["--features", "sqlite,mysql,postgresql"],
        &["default-libmysqlclient-dev", "libpq-dev", "libssl-dev"], &[NATIVE_TLS]),
];

const fn public(
    name: &'static str,
    flags: &'static [&'static str],
    needs: &'static [&'static str],
    beyond: &'static [(&'static str, &'static str)],
) -> Public {
    Public {
        name,
        flags,
        needs,
        beyond,
    }
}

/// Whether there is a project of this name.
pub(crate) fn has(name: &str) -> bool {
    PUBLIC.iter().any(|public| public.name == name)
}

/// Plans each of them, from clones that lie in this folder.
pub(crate) fn rows(folder: &Path, only: &[String], sink: Sink<'_>) -> Result<()> {
    for public in PUBLIC {
        if !only.is_empty() && !only.iter().any(|name| name == public.name) {
            continue;
        }
        let mut cells = vec![public.name.to_owned()];
        cells.push(match public.flags {
            [] => "none".to_owned(),
            flags => format!("`{}`", flags.join(" ")),
        });
        cells.push(words(public.needs));
        let outcome = fill(&mut cells, public, folder);
        sink(Row { cells, outcome })?;
    }
    Ok(())
}

fn fill(cells: &mut Vec<String>, public: &Public, folder: &Path) -> Result<String> {
    let planned = packages(public, &folder.join(public.name))?;
    let planned: Vec<&str> = planned.iter().map(String::as_str).collect();
    cells.push(words(&planned));
    let reason = |name: &str| {
        let mut beyond = public.beyond.iter();
        beyond
            .find(|(known, _)| *known == name)
            .map(|(_, why)| *why)
    };
    let more = planned.iter().filter(|name| !public.needs.contains(name));
    let more = more.map(|name| match reason(name) {
        Some(why) => (true, format!("{name}: {why}")),
        None => (false, format!("{name}: **nothing wants it**")),
    });
    let (known, more): (Vec<bool>, Vec<String>) = more.unzip();
    cells.push(match more.as_slice() {
        [] => "nothing".to_owned(),
        more => more.join(", "),
    });
    let expected = public
        .needs
        .iter()
        .chain(public.beyond.iter().map(|(name, _)| name));
    let missing: Vec<_> = expected.filter(|name| !planned.contains(name)).collect();
    if !missing.is_empty() {
        return Err(format!("{missing:?} is missing").into());
    }
    match known.iter().filter(|is_known| !**is_known).count() {
        0 => Ok("ok".to_owned()),
        count => Err(format!("{count} packages are superfluous").into()),
    }
}

fn words(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        names => names.join(" "),
    }
}

/// The packages that the real binary plans for a copy of the clone.
fn packages(public: &Public, clone: &Path) -> Result<Vec<String>> {
    if !clone.join("Cargo.toml").is_file() {
        return Err(format!("there is no clone in {}", clone.display()).into());
    }
    let copy = tempfile::tempdir()?;
    // Links and all, as it is.
    let copied = Command::new("cp")
        .arg("-a")
        .arg(clone)
        .arg(copy.path())
        .status()?;
    if !copied.success() {
        return Err(format!("cannot copy {}", clone.display()).into());
    }
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-dockerize"))
        .args(["dockerize", "plan", "--format", "json"])
        .args(public.flags)
        .current_dir(copy.path().join(public.name))
        .stdin(Stdio::null())
        .output()?;
    let ran = Ran::from(output);
    if !ran.is_success {
        return Err(format!("`cargo dockerize plan` failed:\n{}", ran.stderr).into());
    }
    let plan: Value = serde_json::from_str(&ran.stdout)?;
    let packages = plan.pointer("/images/0/builder/packages");
    let packages = packages.and_then(Value::as_array);
    let packages = packages.ok_or("the plan has no list of packages")?.iter();
    let name = |package: &Value| package["value"].as_str().map(str::to_owned);
    Ok(packages.filter_map(name).collect())
}
