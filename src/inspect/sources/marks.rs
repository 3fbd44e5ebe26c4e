//! What code does that matters to an image: addresses, threads, signals, the allocator.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::lexer::Tokens;
use super::{Address, Mark, Scan, SourceMark};

/// Parts of the C library, which every program links.
const C_LIBRARY: &[&str] = &["c", "dl", "m", "pthread", "rt", "util"];

impl Scan {
    /// Libraries that a build script or a `#[link]` names; one that is said to be static is compiled.
    pub(super) fn links(&mut self, file: &Path, tokens: &Tokens, is_build_script: bool) {
        let named = tokens.texts.iter().find(|text| {
            let is_printed =
                text.value.contains("rustc-link-lib") && !text.value.contains("static");
            let is_attribute = text.argument_of.as_deref() == Some("#link")
                && !C_LIBRARY.contains(&text.value.as_str())
                && !tokens
                    .texts
                    .iter()
                    .any(|other| other.line == text.line && other.value == "static");
            is_printed || is_attribute
        });
        let mark = |line: usize| SourceMark {
            path: file.to_path_buf(),
            line,
        };
        let named = named.map(|text| (Mark::Links, mark(text.line)));
        self.facts.marks.extend(named);
        if !is_build_script {
            return;
        }
        let mut texts = tokens.texts.iter();
        let archive = texts.find(|text| {
            text.value.contains("rustc-link-lib") || text.value.contains("rustc-link-arg")
        });
        let archive = archive.map(|text| (Mark::LinksArchive, mark(text.line)));
        let headers = tokens.idents.iter().find(|(name, _)| name == "bindgen");
        let headers = headers.map(|(_, line)| (Mark::ReadsHeaders, mark(*line)));
        self.facts.marks.extend(archive.into_iter().chain(headers));
    }

    pub(super) fn marks(&mut self, file: &Path, tokens: &Tokens) {
        const AROUND: usize = 1;
        let listens = |line: usize| {
            let is_near = |at: usize| at.abs_diff(line) <= AROUND;
            let verbs = ["bind", "listen", "serve", "TcpListener", "UdpSocket"];
            tokens
                .idents
                .iter()
                .any(|(name, at)| is_near(*at) && verbs.contains(&name.as_str()))
        };
        let mark = |line: usize| SourceMark {
            path: file.to_path_buf(),
            line,
        };
        let facts = &mut self.facts;
        let mut marked = BTreeMap::new();
        for (name, line) in &tokens.idents {
            let kind = match name.as_str() {
                "TcpListener" | "UdpSocket" => Mark::Listener,
                "global_allocator" => Mark::GlobalAllocator,
                "ctrl_c" => Mark::CtrlC,
                "SIGTERM" | "terminate" => Mark::Sigterm,
                _ => continue,
            };
            marked.entry(kind).or_insert(*line);
        }
        for (path, line) in &tokens.paths {
            if matches!(
                path.as_str(),
                "thread::spawn" | "thread::scope" | "thread::Builder"
            ) {
                marked.entry(Mark::Threads).or_insert(*line);
            }
        }
        facts
            .marks
            .extend(marked.into_iter().map(|(kind, line)| (kind, mark(line))));
        for text in &tokens.texts {
            if let Some((port, is_loopback)) = address(&text.value) {
                facts.addresses.push(Address {
                    text: text.value.clone(),
                    port,
                    is_loopback,
                    is_bound: listens(text.line),
                    reach: None,
                    found_at: mark(text.line),
                });
            }
        }
        for (host, port, line) in &tokens.tuples {
            let is_loopback = matches!(*host, "127.0.0.1" | "[::1]");
            if *port == Some(0) || (port.is_none() && !is_loopback) {
                continue;
            }
            facts.addresses.push(Address {
                text: match port {
                    Some(port) => format!("{host}:{port}"),
                    None => (*host).to_owned(),
                },
                port: *port,
                is_loopback,
                is_bound: listens(*line),
                reach: None,
                found_at: mark(*line),
            });
        }
    }
}

/// Port and reach of `0.0.0.0:8080`, `127.0.0.1:{}`, `[::]:80`, `localhost:3000`.
pub(super) fn address(text: &str) -> Option<(Option<u16>, bool)> {
    let (host, port) = text.rsplit_once(':')?;
    let is_loopback = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
    if !is_loopback && !matches!(host, "0.0.0.0" | "[::]") {
        return None;
    }
    if port.starts_with('{') && port.ends_with('}') {
        return Some((None, is_loopback));
    }
    let port: u16 = port.parse().ok()?;
    (port > 0).then_some((Some(port), is_loopback))
}
