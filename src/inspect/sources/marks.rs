//! What code does that matters to an image: addresses, threads, signals, the allocator.

use super::addresses::{address, is_variable, reachable};
use super::said::{Address, Mark, SourceMark};
use super::scan::{Scan, of_kind};
use crate::source::{FileFacts, Meaning};

/// Parts of the C library, which every program links.
const C_LIBRARY: &[&str] = &["c", "dl", "m", "pthread", "rt", "util"];

impl Scan {
    /// Libraries that a build script or a `#[link]` names; one that is said to be static is compiled.
    pub(super) fn links(&mut self, file: &FileFacts) {
        let texts = &file.texts;
        let named = texts.iter().find(|text| {
            let is_printed =
                text.value.contains("rustc-link-lib") && !text.value.contains("static");
            let is_attribute = text.argument_of.as_deref() == Some("#link")
                && !C_LIBRARY.contains(&text.value.as_str())
                && !texts
                    .iter()
                    .any(|other| other.line == text.line && other.value == "static");
            is_printed || is_attribute
        });
        let mark = |line: usize| SourceMark {
            path: file.path.clone(),
            line,
        };
        let named = named.map(|text| (Mark::Links, mark(text.line)));
        self.facts.marks.extend(named);
        if !file.is_build_script {
            return;
        }
        let archive = texts.iter().find(|text| {
            text.value.contains("rustc-link-lib") || text.value.contains("rustc-link-arg")
        });
        let archive = archive.map(|text| (Mark::LinksArchive, mark(text.line)));
        let headers = of_kind(file, Meaning::BuildHeaders).next();
        let headers = headers.map(|(_, at)| (Mark::ReadsHeaders, at));
        self.facts.marks.extend(archive.into_iter().chain(headers));
    }

    /// The first place of each thing that a file does, and the addresses in it.
    pub(super) fn marks(&mut self, file: &FileFacts) {
        for (meaning, mark) in [
            (Meaning::Allocator, Mark::GlobalAllocator),
            (Meaning::Threads, Mark::Threads),
            (Meaning::Listener, Mark::Listener),
            (Meaning::CtrlC, Mark::CtrlC),
            (Meaning::Sigterm, Mark::Sigterm),
        ] {
            let first = of_kind(file, meaning).next();
            self.facts.marks.extend(first.map(|(_, at)| (mark, at)));
        }
        self.literals(file);
    }

    /// `sqlite:data/app.db?mode=rwc`
    pub(super) fn databases(&mut self, file: &FileFacts) {
        if self.is_test(&file.path) {
            return;
        }
        for text in &file.texts {
            let Some(path) = text.value.strip_prefix("sqlite:") else {
                continue;
            };
            let path = path.split('?').next().unwrap_or(path);
            let path = path.strip_prefix("//").unwrap_or(path);
            let is_path = !path.is_empty()
                && !path.starts_with(':')
                && !path.contains(['{', ' ', '<', '\0'])
                && path.contains(['.', '/']);
            if is_path {
                let at = SourceMark {
                    path: file.path.clone(),
                    line: text.line,
                };
                self.facts.databases.push((path.to_owned(), at));
            }
        }
    }

    /// Addresses that are written out, or put together from a host and a port.
    fn literals(&mut self, file: &FileFacts) {
        const AROUND: usize = 1;
        let is_bound = |line: usize| file.listens_at.iter().any(|at| at.abs_diff(line) <= AROUND);
        let found_at = |line: usize| SourceMark {
            path: file.path.clone(),
            line,
        };
        for text in file.texts.iter().filter(|text| !text.is_connected) {
            if let Some((port, is_loopback)) = address(&text.value) {
                self.facts.addresses.push(Address {
                    is_bound: is_bound(text.line),
                    ..Address::bound(text.value.clone(), port, is_loopback, found_at(text.line))
                });
            }
        }
        for (place, line, is_pair) in &file.places {
            let text = place.shown();
            let Some((port, is_loopback)) = address(&text) else {
                continue;
            };
            // Two values beside each other are an address only where something listens on them.
            if *is_pair && !is_bound(*line) {
                continue;
            }
            if port.is_some() || is_loopback {
                self.facts.addresses.push(Address {
                    is_bound: is_bound(*line),
                    ..Address::bound(
                        text.trim_end_matches(":{}").to_owned(),
                        port,
                        is_loopback,
                        found_at(*line),
                    )
                });
            }
        }
    }

    /// What is listened on by a value that was followed to the call: it is bound wherever it is written.
    pub(super) fn binds(&mut self) {
        let facts = std::mem::take(&mut self.facts.facts);
        let binds = facts
            .iter()
            .filter(|fact| fact.meaning.listens() && !fact.is_build_script);
        for fact in binds {
            let is_udp = fact.meaning == Meaning::BindDatagram;
            let Some(place) = fact.arguments.first() else {
                continue;
            };
            let text = place.shown();
            let Some((port, is_loopback)) = address(&text) else {
                continue;
            };
            let is_same = |seen: &Address| seen.port == port && seen.is_loopback == is_loopback;
            let addresses = &mut self.facts.addresses;
            if let Some(seen) = addresses
                .iter_mut()
                .find(|seen| seen.is_bound && is_same(seen))
            {
                seen.is_udp |= is_udp;
                continue;
            }
            let variable = place.variable.clone();
            let variable = variable.filter(|name| is_loopback && is_variable(name));
            let mut seen = addresses.iter_mut().filter(|_| variable.is_none());
            match (seen.find(|seen| is_same(seen)), port) {
                (Some(seen), _) => {
                    seen.is_bound = true;
                    seen.is_udp = is_udp;
                }
                (None, Some(_)) => self.facts.addresses.push(Address {
                    reach: variable.map(|name| (name, reachable(&text))),
                    is_udp,
                    ..Address::bound(text, port, is_loopback, SourceMark::from(&fact.at))
                }),
                (None, None) => {}
            }
        }
        self.facts.facts = facts;
    }
}
