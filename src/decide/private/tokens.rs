//! Tokens and passwords in files that a build copies.

use super::sources::Source;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::error::Result;
use crate::inspect::{CargoConfig, Workspace};

/// Keys of `[registry]` and `[registries.NAME]` that are nobody's business.
const SECRET: [&str; 2] = ["token", "secret-key"];

/// Refuses a token in cargo's configuration, which goes into a layer of the builder.
pub(super) fn refuse(workspace: &Workspace) -> Result<()> {
    for config in &workspace.cargo_configs {
        let registry = config.table.get("registry").map(|table| (None, table));
        let registries = config
            .table
            .get("registries")
            .and_then(toml::Value::as_table);
        let named = registries.into_iter().flatten();
        let named = named.map(|(name, table)| (Some(name.as_str()), table));
        for (name, table) in registry.into_iter().chain(named) {
            for key in SECRET {
                if table.get(key).is_some() {
                    return Err(refused(workspace, config, name, key).into());
                }
            }
        }
    }
    Ok(())
}

fn refused(
    workspace: &Workspace,
    config: &CargoConfig,
    name: Option<&str>,
    key: &str,
) -> Diagnostic {
    let table = match name {
        Some(name) => format!("registries.{}", name.escape_debug()),
        None => "registry".to_owned(),
    };
    let line = match name {
        Some(name) => config.line_at(&["registries", name, key]),
        None => config.line_at(&["registry", key]),
    };
    let location = unshown(config.path.clone(), line.unwrap_or(1));
    let flag = name.map_or(String::new(), |name| {
        format!(" --registry {}", name.escape_debug())
    });
    Diagnostic::error(
        Code::TokenInProject,
        format!("`{table}.{key}` is in a file that the build copies into a layer"),
    )
    .at(location)
    .note(format!(
        "`{}` is cargo's configuration, which every build of the project reads",
        workspace.display(&config.path)
    ))
    .help(format!(
        "remove the line, and revoke the token if the file was ever committed; `cargo login{flag}` keeps it in your home, and the build takes it as a secret"
    ))
}

/// How names of variables end that hold secrets, in upper case.
const NAMES: [&str; 9] = [
    "ACCESS_KEY",
    "API_KEY",
    "APIKEY",
    "CREDENTIALS",
    "PASSWD",
    "PASSWORD",
    "PRIVATE_KEY",
    "SECRET",
    "TOKEN",
];

/// Warns of passwords in cargo's configuration, which goes into a layer of the builder: those of addresses,
/// and variables of `[env]` that are named like secrets.
pub(super) fn in_configuration(workspace: &Workspace) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for config in &workspace.cargo_configs {
        let top = config.table.iter();
        let mut queue: Vec<(Vec<&str>, &toml::Value)> = top
            .map(|(name, value)| (vec![name.as_str()], value))
            .collect();
        while let Some((keys, value)) = queue.pop() {
            match value {
                toml::Value::Table(table) => {
                    for (name, value) in table {
                        queue.push(([keys.as_slice(), &[name]].concat(), value));
                    }
                }
                toml::Value::Array(values) => {
                    queue.extend(values.iter().map(|value| (keys.clone(), value)));
                }
                toml::Value::String(text) if is_secret(&keys.join("."), text) => {
                    let line = config.line_at(&keys).unwrap_or(1);
                    found.push((&config.path, line, keys.join(".")));
                }
                _ => {}
            }
        }
    }
    found.sort();
    found.dedup();
    found
        .into_iter()
        .map(|(path, line, key)| {
            let message = format!(
                "the value of `{}` looks like a password, and the file is copied into a layer of the builder",
                key.escape_debug()
            );
            Diagnostic::warning(Code::PasswordInConfiguration, message)
                .at(unshown(workspace.display(path).into(), line))
                .help("keep it in the configuration of your home, or give it to the build as a secret, and revoke it if it was committed")
        })
        .collect()
}

fn is_secret(key: &str, text: &str) -> bool {
    let name = key
        .strip_prefix("env.")
        .map(|name| name.strip_suffix(".value").unwrap_or(name));
    let is_named = name.is_some_and(|name| {
        let name = name.to_ascii_uppercase();
        NAMES.iter().any(|end| name.ends_with(end))
    });
    // A proxy needs no scheme.
    let address = match key == "http.proxy" && !text.contains("://") {
        true => format!("http://{text}"),
        false => text.to_owned(),
    };
    let password = super::sources::user(&address).and_then(|user| user.split_once(':'));
    (is_named && !text.is_empty()) || password.is_some_and(|(_, password)| !password.is_empty())
}

/// A line that is not shown: what is printed ends up in logs.
fn unshown(path: std::path::PathBuf, line: usize) -> Location {
    Location::line(path, line)
}

/// Warns of passwords in addresses: lock file and manifests go into layers of the builder.
pub(super) fn in_addresses(sources: &[Source]) -> Vec<Diagnostic> {
    let bad = sources.iter().filter(|source| source.has_password);
    bad.map(|source| {
        Diagnostic::warning(
            Code::PasswordInAddress,
            format!(
                "the address of {} has a password in it, which ends up in layers of the builder",
                source.crates()
            ),
        )
        .help("use an address of ssh, or a registry with a token, and revoke the password")
    })
    .collect()
}
