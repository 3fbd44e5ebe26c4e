//! Where a program listens: what its code, and the files that it reads, give as port and address.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::Package;

use super::addresses::{Value, is_variable, reachable, value, words};
use super::said::{Address, SourceMark};
use super::scan::Scan;
use crate::source::{Base, Known, Named, Naming};

/// Words beside `port` and `host` that leave them those of the program itself.
const OWN: &[&str] = &[
    "api",
    "app",
    "application",
    "bind",
    "binding",
    "default",
    "general",
    "graphql",
    "grpc",
    "http",
    "https",
    "listen",
    "listener",
    "listening",
    "main",
    "net",
    "network",
    "public",
    "rest",
    "server",
    "service",
    "site",
    "socket",
    "srv",
    "tcp",
    "udp",
    "web",
    "webserver",
    "websocket",
    "ws",
];
/// Words for what a program talks to, or switches on beside what it is for.
const FOREIGN: &[&str] = &[
    "admin",
    "amqp",
    "backend",
    "broker",
    "cassandra",
    "client",
    "clickhouse",
    "connect",
    "consul",
    "database",
    "db",
    "debug",
    "dns",
    "elastic",
    "elasticsearch",
    "email",
    "endpoint",
    "etcd",
    "example",
    "ftp",
    "gelf",
    "graphite",
    "health",
    "healthcheck",
    "imap",
    "influx",
    "influxdb",
    "jaeger",
    "kafka",
    "ldap",
    "ldaps",
    "mail",
    "mailer",
    "mariadb",
    "meili",
    "meilisearch",
    "memcached",
    "metrics",
    "minio",
    "mock",
    "mongo",
    "mongodb",
    "mqtt",
    "mysql",
    "nats",
    "neo4j",
    "opensearch",
    "otel",
    "otlp",
    "peer",
    "pg",
    "postgres",
    "postgresql",
    "prometheus",
    "proxy",
    "qdrant",
    "rabbit",
    "rabbitmq",
    "redis",
    "remote",
    "s3",
    "scylla",
    "sentry",
    "sftp",
    "smtp",
    "smtps",
    "ssh",
    "statsd",
    "surreal",
    "surrealdb",
    "syslog",
    "target",
    "telemetry",
    "telnet",
    "test",
    "testing",
    "tests",
    "tls",
    "tracing",
    "upstream",
    "uri",
    "url",
    "valkey",
    "vault",
    "zipkin",
    "zookeeper",
];

/// What stands beside the name of a user where a program logs in somewhere.
pub(super) const LOGIN: &[&str] = &[
    "database", "db", "dbname", "pass", "password", "secret", "token",
];

/// What a name says about its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Port,
    /// A host, with or without a port.
    Place,
}

/// The names of the program: words of its package and its binaries.
pub(super) fn own_words(package: &Package, binaries: &[String]) -> BTreeSet<String> {
    let names = binaries.iter().map(String::as_str);
    names
        .chain([package.name.as_str()])
        .flat_map(words)
        .collect()
}

impl Scan {
    /// The addresses of all literals that have a name.
    pub(super) fn listens(&mut self) {
        let values = std::mem::take(&mut self.values);
        let mut found: Vec<Address> = Vec::new();
        let clients = clients(&values);
        for (file, named) in &values {
            if clients.contains(&(file.as_path(), named.owner.as_str())) {
                continue;
            }
            let file_words: Vec<String> = file
                .strip_prefix(&self.root)
                .unwrap_or(file)
                .iter()
                .flat_map(|part| words(part.to_str().unwrap_or_default()))
                .collect();
            let context = words(&named.owner).chain(file_words);
            if context.into_iter().any(|word| self.is_foreign(&word)) {
                continue;
            }
            if let Some(address) = self.address(file, named) {
                if !found.contains(&address) {
                    found.push(address);
                }
            }
        }
        // What is written as an address was seen already, without its names.
        self.facts
            .addresses
            .retain(|seen| !found.iter().any(|named| named.found_at == seen.found_at));
        self.facts.addresses.extend(found);
    }

    fn is_foreign(&self, word: &str) -> bool {
        FOREIGN.contains(&word) && !self.own.contains(word)
    }

    fn address(&self, file: &Path, named: &Named<Known>) -> Option<Address> {
        if named.value.base != Base::Itself {
            return None;
        }
        let shown = named.value.shown();
        let is_bound = |name: &String| {
            let is_local = named.kind == Naming::Binding && name.starts_with(char::is_lowercase);
            let files = self.bound.get(name);
            files.is_some_and(|files| !is_local || files.contains(file))
        };
        let variable = named.variable.as_ref().or(named.value.variable.as_ref());
        let variable = variable.map(String::as_str);
        let is_alien =
            |name: &String| words(name).any(|word| self.is_foreign(&word)) && !is_bound(name);
        if named.names.iter().any(is_alien)
            || variable.is_some_and(|name| is_alien(&name.to_owned()))
        {
            return None;
        }
        let means = |meaning| {
            named
                .names
                .iter()
                .find(|name| self.meaning(name) == Some(meaning))
        };
        let bound = named.names.iter().find(|name| is_bound(name));
        let (text, port, is_loopback) = match value(&shown)? {
            Value::Port(port) => {
                let ends = |name: &&String| words(name).last().is_some_and(|word| word == "port");
                let name = means(Meaning::Port).or(bound.filter(ends))?;
                (
                    format!("{} = {port}", variable.unwrap_or(name)),
                    Some(port),
                    false,
                )
            }
            Value::Place(port, is_loopback) => {
                let means = means(Meaning::Place).filter(|_| named.kind == Naming::Default);
                means.or(bound)?;
                (shown.clone(), port, is_loopback)
            }
        };
        let is_whole = !text.contains('{');
        let reach = variable.filter(|name| is_loopback && is_whole && is_variable(name));
        let option = named.option.as_ref().filter(|_| is_loopback && is_whole);
        let found_at = SourceMark {
            path: file.to_path_buf(),
            line: named.line,
        };
        Some(Address {
            reach: reach.map(|name| (name.to_owned(), reachable(&text))),
            option: option.map(|name| (name.clone(), reachable(&text))),
            ..Address::bound(text, port, is_loopback, found_at)
        })
    }

    /// What a name says, if it is about the program itself.
    fn meaning(&self, name: &str) -> Option<Meaning> {
        let words: Vec<String> = words(name).collect();
        let (last, rest) = words.split_last()?;
        let meaning = match last.as_str() {
            "port" => Meaning::Port,
            "addr" | "address" | "bind" | "binding" | "host" | "inet" | "interface" | "ip"
            | "listen" => Meaning::Place,
            _ => return None,
        };
        let is_own = |word: &String| {
            OWN.contains(&word.as_str())
                || ["addr", "address"].contains(&word.as_str())
                || self.own.contains(word)
        };
        // What listens, or is bound, is the program's own, whatever it is for.
        let listens = |word: &String| {
            ["bind", "binding", "listen", "listener", "listening"].contains(&word.as_str())
        };
        let is_plain = rest.iter().all(is_own)
            || (words.iter().any(listens) && !words.iter().any(|word| self.is_foreign(word)));
        is_plain.then_some(meaning)
    }

    /// An address under a key of a file that the program reads.
    pub(super) fn configured(
        &self,
        keys: &[String],
        text: &str,
        file: PathBuf,
        line: usize,
    ) -> Option<Address> {
        let (last, sections) = keys.split_last()?;
        let is_own = |section: &String| {
            words(section).all(|word| OWN.contains(&word.as_str()) || self.own.contains(&word))
        };
        // A key that says so itself listens, whatever the section is called.
        let is_plain =
            ["bind", "binding", "inet", "listen"].contains(&last.to_lowercase().as_str());
        let is_fine = |section: &String| {
            is_own(section) || (is_plain && !words(section).any(|word| self.is_foreign(&word)))
        };
        let meaning = self
            .meaning(last)
            .filter(|_| sections.iter().all(is_fine))?;
        let (text, port, is_loopback) = match (value(text)?, meaning) {
            (Value::Port(port), Meaning::Port) => {
                (format!("{} = {port}", keys.join(".")), Some(port), false)
            }
            (Value::Place(port, is_loopback), Meaning::Place) => {
                (text.to_owned(), port, is_loopback)
            }
            _ => return None,
        };
        let found_at = SourceMark { path: file, line };
        Some(Address::bound(text, port, is_loopback, found_at))
    }
}

/// What is made with the name of a user and a password or a database, file and item: something that the program talks to.
fn clients(values: &[(PathBuf, Named<Known>)]) -> BTreeSet<(&Path, &str)> {
    let places = |wanted: &'static [&str]| -> BTreeSet<(&Path, &str)> {
        let has = |named: &Named<Known>| {
            named
                .names
                .iter()
                .any(|name| wanted.contains(&name.as_str()))
        };
        let values = values
            .iter()
            .filter(|(_, named)| named.kind == Naming::Default && has(named));
        values
            .map(|(file, named)| (file.as_path(), named.owner.as_str()))
            .collect()
    };
    let users = places(&["user", "username", "login"]);
    let secrets = places(LOGIN);
    users.intersection(&secrets).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        let split = |name| words(name).collect::<Vec<_>>().join(" ");
        assert_eq!(split("HttpPort"), "http port");
        assert_eq!(split("DEFAULT_HTTP_PORT"), "default http port");
        assert_eq!(split("server.port"), "server port");
        assert_eq!(split("RedisConfig"), "redis config");
    }

    #[test]
    fn an_open_address_keeps_its_port() {
        assert_eq!(reachable("127.0.0.1:8080"), "0.0.0.0:8080");
        assert_eq!(reachable("[::1]:50051"), "[::]:50051");
        assert_eq!(reachable("::1"), "::");
        assert_eq!(reachable("localhost"), "0.0.0.0");
    }
}
