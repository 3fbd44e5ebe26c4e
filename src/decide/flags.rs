//! What cargo's configuration says about targets: linkers and flags of the compiler.

use crate::inspect::CargoConfig;
use crate::platform::Target;

/// The tables `[target.…]` of a configuration that hold for one of the platforms, each with its key.
pub(super) fn tables<'a>(
    config: &'a CargoConfig,
    platforms: &'a [Target],
) -> impl Iterator<Item = (&'a str, &'a toml::Value)> {
    let tables = config.table.get("target").and_then(toml::Value::as_table);
    let ours = tables
        .into_iter()
        .flatten()
        .filter(|(key, _)| platforms.iter().any(|platform| platform.matches_text(key)));
    ours.map(|(key, table)| (key.as_str(), table))
}

/// The text, or the texts of the list.
pub(super) fn texts(value: &toml::Value) -> Vec<&str> {
    match value {
        toml::Value::Array(values) => values.iter().filter_map(toml::Value::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    }
}

/// The flags and, where asked for, the linkers of a configuration for these platforms: the keys that lead to each text,
/// and the text.
pub(super) fn named<'a>(
    config: &'a CargoConfig,
    platforms: &'a [Target],
    keys: &'a [&'a str],
) -> impl Iterator<Item = (Vec<&'a str>, &'a str)> {
    let of_targets = tables(config, platforms).flat_map(move |(target, table)| {
        let values = keys.iter().map(move |key| (*key, table.get(*key)));
        values.filter_map(move |(key, value)| Some((vec!["target", target, key], value?)))
    });
    let of_build = config.get(&["build", "rustflags"]);
    let of_build = of_build.map(|value| (vec!["build", "rustflags"], value));
    let values = of_targets.chain(of_build);
    values.flat_map(|(keys, value)| {
        texts(value)
            .into_iter()
            .map(move |text| (keys.clone(), text))
    })
}
