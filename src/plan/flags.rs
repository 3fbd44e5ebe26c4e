//! What cargo's configuration says about targets: linkers and flags of the compiler.

use crate::inspect::CargoConfig;
use crate::platform::Target;

/// The tables `[target.…]` of a configuration that hold for one of the platforms.
pub(super) fn tables<'a>(
    config: &'a CargoConfig,
    platforms: &'a [Target],
) -> impl Iterator<Item = &'a toml::Value> {
    let tables = config.table.get("target").and_then(toml::Value::as_table);
    let ours = tables
        .into_iter()
        .flatten()
        .filter(|(key, _)| platforms.iter().any(|platform| platform.matches_text(key)));
    ours.map(|(_, table)| table)
}

/// The text, or the texts of the list.
pub(super) fn texts(value: &toml::Value) -> Vec<&str> {
    match value {
        toml::Value::Array(values) => values.iter().filter_map(toml::Value::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    }
}
