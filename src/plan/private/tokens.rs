//! Tokens and passwords in files that a build copies.

use super::sources::Source;
use crate::diagnostic::{Diagnostic, Location};
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
    // The line itself is not shown: what is printed ends up in logs.
    let location = Location {
        path: config.path.clone(),
        line: line.unwrap_or(1),
        text: String::new(),
        span: 0..0,
        label: String::new(),
    };
    let flag = name.map_or(String::new(), |name| {
        format!(" --registry {}", name.escape_debug())
    });
    Diagnostic::error(
        "token-in-project",
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

/// Warns of passwords in addresses: lock file and manifests go into layers of the builder.
pub(super) fn in_addresses(sources: &[Source]) -> Vec<Diagnostic> {
    let bad = sources.iter().filter(|source| source.has_password);
    bad.map(|source| {
        Diagnostic::warning(
            "password-in-address",
            format!(
                "the address of {} has a password in it, which ends up in layers of the builder",
                source.crates()
            ),
        )
        .help("use an address of ssh, or a registry with a token, and revoke the password")
    })
    .collect()
}
