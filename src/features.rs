//! Features of the shipped package, as cargo's flags ask for them.

use std::collections::BTreeSet;

use cargo_metadata::Package;

use crate::settings::Settings;

/// Which features are asked for, as cargo's flags say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Features {
    /// `--features`.
    pub(crate) named: Vec<String>,
    /// `--no-default-features`.
    pub(crate) no_default: bool,
    /// `--all-features`.
    pub(crate) all: bool,
}

impl Features {
    /// The features that the settings ask for.
    pub(crate) fn asked(settings: &Settings) -> Self {
        let is_on = |chosen: &Option<crate::settings::Sourced<bool>>| {
            chosen.as_ref().is_some_and(|chosen| chosen.value)
        };
        Self {
            named: settings
                .features
                .iter()
                .flat_map(|chosen| chosen.value.clone())
                .collect(),
            no_default: is_on(&settings.no_default_features),
            all: is_on(&settings.all_features),
        }
    }
}

/// The package's own features that the settings switch on, with all that they imply.
pub(crate) fn requested(package: &Package, settings: &Settings) -> BTreeSet<String> {
    let features = Features::asked(settings);
    let mut pending: Vec<&str> = if features.all {
        package.features.keys().map(String::as_str).collect()
    } else {
        features.named.iter().map(String::as_str).collect()
    };
    if !features.no_default {
        pending.push("default");
    }
    let mut on = BTreeSet::new();
    while let Some(name) = pending.pop() {
        if let Some(implied) = package.features.get(name) {
            if on.insert(name.to_owned()) {
                pending.extend(implied.iter().map(String::as_str));
            }
        }
    }
    on
}
