//! Where the lock file and cargo's configuration say that packages come from.

use crate::decision::Evidence;
use crate::inspect::Workspace;

/// Replacements of replacements that are followed; cargo refuses a circle.
const MOST_REPLACEMENTS: usize = 8;

/// Where packages come from.
pub(super) struct Source {
    /// As the lock file has it, without a password.
    shown: String,
    /// Whether the address has a password in it.
    pub(super) has_password: bool,
    /// The packages.
    packages: Vec<String>,
    /// The file that says so, and its first line that does.
    said_by: Option<usize>,
    /// Where they are fetched from in the end.
    pub(super) place: Place,
    /// Whether the configuration puts something else in its place.
    pub(super) is_replaced: bool,
    /// What the configuration has to do with it.
    configured: Vec<Evidence>,
}

/// What is behind a source.
pub(super) enum Place {
    /// A registry that is not crates.io, by its index.
    Registry(String),
    /// A git repository.
    Git(String),
    /// crates.io, or files of the project.
    Public,
}

impl Source {
    /// The facts, in the words `… come {how}`.
    pub(super) fn evidence(&self, how: &str) -> Vec<Evidence> {
        let verb = match self.packages.len() {
            1 => "comes",
            _ => "come",
        };
        let fact = format!("{} {verb} {how}, {}", self.crates(), self.shown);
        let own = match self.said_by {
            Some(line) => Evidence::file("Cargo.lock", Some(line), fact),
            None => Evidence::cargo(fact),
        };
        std::iter::once(own)
            .chain(self.configured.iter().cloned())
            .collect()
    }

    /// The packages, or the first few of them.
    pub(super) fn crates(&self) -> String {
        let first: Vec<String> = self
            .packages
            .iter()
            .take(3)
            .map(|name| format!("`{name}`"))
            .collect();
        match self.packages.len() - first.len() {
            0 => first.join(", "),
            more => format!("{} and {more} more", first.join(", ")),
        }
    }

    /// The address that git speaks to: a repository, or the index of an older registry.
    pub(super) fn git_address(&self) -> Option<&str> {
        match &self.place {
            Place::Git(address) => Some(address),
            Place::Registry(address) if !address.starts_with("sparse+") => Some(address),
            Place::Registry(_) | Place::Public => None,
        }
    }
}

/// All sources of the lock file: cargo asks each of them, whatever is compiled.
pub(super) fn listed(workspace: &Workspace) -> Vec<Source> {
    let mut sources: Vec<(String, Source)> = Vec::new();
    for (package, address) in packages(workspace) {
        match sources.iter_mut().find(|(known, _)| *known == address) {
            Some((_, source)) => source.packages.push(package),
            None => {
                let source = source(workspace, package, &address);
                sources.push((address, source));
            }
        }
    }
    sources.into_iter().map(|(_, source)| source).collect()
}

/// Names and sources, from the lock file or else from what cargo just resolved.
fn packages(workspace: &Workspace) -> Vec<(String, String)> {
    let Some(lock) = &workspace.locked else {
        let packages = workspace.metadata.packages.iter();
        return packages
            .filter_map(|package| {
                let source = package.source.as_ref()?;
                Some((package.name.to_string(), source.repr.clone()))
            })
            .collect();
    };
    let packages = lock.get("package").and_then(toml::Value::as_array);
    let text = |package: &toml::Value, key| package.get(key)?.as_str().map(str::to_owned);
    packages
        .into_iter()
        .flatten()
        .filter_map(|package| {
            let source = text(package, "source")?;
            Some((text(package, "name")?, source))
        })
        .collect()
}

fn source(workspace: &Workspace, package: String, address: &str) -> Source {
    let line = workspace.lock_file.iter().flat_map(|text| text.lines());
    let said_by = line
        .enumerate()
        .find(|(_, line)| line.starts_with("source = ") && line.contains(address))
        .map(|(at, _)| at + 1);
    let (place, configured) = place(workspace, address);
    Source {
        shown: shown(address),
        has_password: user(address).is_some_and(|user| user.contains(':')),
        packages: vec![package],
        said_by,
        place,
        is_replaced: !configured.is_empty(),
        configured,
    }
}

/// Follows what the configuration puts in the place of a source.
fn place(workspace: &Workspace, address: &str) -> (Place, Vec<Evidence>) {
    let mut at = match address.strip_prefix("git+") {
        Some(git) => Place::Git(git.to_owned()),
        None => Place::Registry(address.to_owned()),
    };
    let mut evidence = Vec::new();
    let mut name = None;
    for _ in 0..MOST_REPLACEMENTS {
        let Some((next, because)) = replacement(workspace, &at, name.as_deref()) else {
            break;
        };
        evidence.push(because);
        let table = |table: &str, key: &str| {
            let mut configs = workspace.cargo_configs.iter();
            configs.find_map(|config| config.get(&[table, &next, key])?.as_str())
        };
        at = if table("source", "directory").is_some()
            || table("source", "local-registry").is_some()
        {
            return (Place::Public, evidence);
        } else if let Some(git) = table("source", "git") {
            Place::Git(git.to_owned())
        } else if let Some(index) =
            table("source", "registry").or_else(|| table("registries", "index"))
        {
            Place::Registry(index.to_owned())
        } else {
            at
        };
        name = Some(next);
    }
    match at {
        Place::Registry(index) if is_crates_io(&index) => (Place::Public, evidence),
        at => (at, evidence),
    }
}

/// The name of what replaces a source, and where that is said.
fn replacement(
    workspace: &Workspace,
    at: &Place,
    name: Option<&str>,
) -> Option<(String, Evidence)> {
    for config in &workspace.cargo_configs {
        let tables = config.table.get("source").and_then(toml::Value::as_table);
        for (key, table) in tables.into_iter().flatten() {
            let text = |key: &str| table.get(key).and_then(toml::Value::as_str);
            let is_meant = match at {
                Place::Registry(index) => {
                    (key == "crates-io" && is_crates_io(index))
                        || text("registry").is_some_and(|own| canonical(own) == canonical(index))
                }
                Place::Git(git) => text("git").is_some_and(|own| canonical(own) == canonical(git)),
                Place::Public => false,
            };
            if let Some(next) = text("replace-with").filter(|_| is_meant || name == Some(key)) {
                let line = config.line_at(&["source", key, "replace-with"]);
                let fact = format!("`{}` stands in for `{}`", shown(next), shown(key));
                let file = workspace.display(&config.path);
                return Some((next.to_owned(), Evidence::file(file, line, fact)));
            }
        }
    }
    None
}

/// The name that the configuration gives to the registry with this index.
pub(super) fn registry_name(workspace: &Workspace, address: &str) -> Option<(String, Evidence)> {
    workspace.cargo_configs.iter().find_map(|config| {
        let registries = config.table.get("registries")?.as_table()?;
        registries.iter().find_map(|(name, table)| {
            let index = table.get("index")?.as_str()?;
            let evidence = Evidence::file(
                workspace.display(&config.path),
                config.line_at(&["registries", name, "index"]),
                format!("`{name}` is the name of the registry"),
            );
            (canonical(index) == canonical(address)).then(|| (name.clone(), evidence))
        })
    })
}

/// Where the configuration says that cargo leaves fetching to git.
pub(super) fn fetches_with_git(workspace: &Workspace) -> Option<Evidence> {
    let mut configs = workspace.cargo_configs.iter();
    let (config, is_on) = configs.find_map(|config| {
        let is_on = config.get(&["net", "git-fetch-with-cli"])?.as_bool()?;
        Some((config, is_on))
    })?;
    is_on.then(|| {
        Evidence::file(
            workspace.display(&config.path),
            config.line_at(&["net", "git-fetch-with-cli"]),
            "cargo fetches with the program git",
        )
    })
}

/// The host of an address of ssh, with its port where it has one.
pub(super) fn ssh_host(address: &str) -> Option<&str> {
    let address = address.strip_prefix("registry+").unwrap_or(address);
    let rest = address.strip_prefix("ssh://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    (!host.is_empty()).then_some(host)
}

fn is_crates_io(index: &str) -> bool {
    [
        "https://github.com/rust-lang/crates.io-index",
        "sparse+https://index.crates.io",
    ]
    .contains(&canonical(index).as_str())
}

/// An address as cargo compares it.
fn canonical(address: &str) -> String {
    let address = address.strip_prefix("registry+").unwrap_or(address);
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let address = address.trim_end_matches('/');
    let address = address.strip_suffix(".git").unwrap_or(address);
    // GitHub takes names in any case.
    match address.to_ascii_lowercase() {
        lower if lower.contains("://github.com/") => lower,
        _ => address.to_owned(),
    }
}

/// The user of an address, with the password where it has one.
pub(super) fn user(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    authority.rsplit_once('@').map(|(user, _)| user)
}

/// An address without its user, who may have a password, and without what picks a commit.
pub(super) fn shown(address: &str) -> String {
    let short = address.split(['?', '#']).next().unwrap_or_default();
    match user(short) {
        Some(user) => short.replacen(&format!("{user}@"), "", 1),
        None => short.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        assert_eq!(
            shown("git+ssh://git:secret@host/a.git?tag=v1#abc"),
            "git+ssh://host/a.git"
        );
        assert_eq!(
            shown("sparse+https://host/index/"),
            "sparse+https://host/index/"
        );
        assert_eq!(shown("https://a:b@c@host/x@y"), "https://host/x@y");
    }

    #[test]
    fn addresses_are_compared_as_cargo_does() {
        let same = [
            ("registry+https://host/index.git", "https://host/index"),
            (
                "https://GitHub.com/Acme/Index/",
                "https://github.com/acme/index",
            ),
            ("ssh://git@host/a?branch=b#c", "ssh://git@host/a.git"),
        ];
        for (left, right) in same {
            assert_eq!(canonical(left), canonical(right));
        }
        assert_ne!(canonical("sparse+https://h/i/"), canonical("https://h/i/"));
    }

    #[test]
    fn hosts_of_ssh() {
        assert_eq!(ssh_host("ssh://git@host:22/a"), Some("host:22"));
        assert_eq!(ssh_host("registry+ssh://host/a@b"), Some("host"));
        assert_eq!(ssh_host("https://git@host/a"), None);
        assert_eq!(ssh_host("ssh:///a"), None);
    }
}
