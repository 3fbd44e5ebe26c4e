//! Addresses that are handed to a function which listens on them.

use super::addresses::{Value, address, value, words};
use super::said::{Address, Asking, SourceMark};
use super::scan::Scan;
use crate::source::{Function, Handed, Known};

/// Names that functions of many types have.
const COMMON: &[&str] = &["build", "from", "new", "open", "run", "start", "with"];

fn is_port(name: &str) -> bool {
    words(name).last().is_some_and(|word| word == "port")
}

impl Scan {
    /// What is written out in a call of a function that listens on that parameter.
    pub(super) fn handed(&mut self) {
        let asking = std::mem::take(&mut self.facts.asking);
        for file in &asking {
            for call in &file.calls {
                let found = asking.iter().find_map(|other| {
                    let mut functions = other.functions.iter();
                    functions.find_map(|function| self.listened_on(other, function, call))
                });
                if let Some(address) = found {
                    self.listened(
                        address,
                        SourceMark {
                            path: file.file.clone(),
                            line: call.line,
                        },
                    );
                }
            }
        }
        self.facts.asking = asking;
    }

    /// The address that a function listens on, if it is the one that is called.
    fn listened_on(
        &self,
        file: &Asking,
        function: &Function,
        call: &Handed<Known>,
    ) -> Option<(String, Option<u16>, bool)> {
        let is_same = function.name == call.function
            && function.parameters.len() == call.arguments.len()
            && (call.owner == function.owner
                || !COMMON.contains(&function.name.as_str())
                || (call.owner == "Self" && !function.owner.is_empty()));
        // A type listens on what it was made with.
        let listens = function.listens
            || (!function.owner.is_empty()
                && file
                    .functions
                    .iter()
                    .any(|other| other.listens && other.owner == function.owner));
        if !is_same || !listens {
            return None;
        }
        let (mut host, mut port) = (None, None);
        for (name, argument) in function.parameters.iter().zip(&call.arguments) {
            let is_bound = self
                .bound
                .get(name)
                .is_some_and(|files| files.contains(&file.file));
            let text = argument.whole().filter(|_| is_bound);
            match text.and_then(|text| Some((text, value(text)?))) {
                // What is bound may be a parameter of SQL, too.
                Some((_, Value::Port(number))) if is_port(name) => port = Some(number),
                Some((_, Value::Port(_))) | None => {}
                Some((text, Value::Place(number, is_loopback))) => {
                    host = Some((text, is_loopback));
                    port = port.or(number);
                }
            }
        }
        match (host, port) {
            (Some((host, is_loopback)), port) => {
                let has_port = address(host).is_some();
                let text = match port.filter(|_| !has_port) {
                    Some(port) => format!("{host}:{port}"),
                    None => host.to_owned(),
                };
                Some((text, port, is_loopback))
            }
            (None, Some(port)) => Some((format!("port = {port}"), Some(port), false)),
            (None, None) => None,
        }
    }

    /// Adds an address that is listened on, unless it is known from the same line.
    fn listened(&mut self, (text, port, is_loopback): (String, Option<u16>, bool), at: SourceMark) {
        let mut seen = self.facts.addresses.iter_mut();
        if let Some(seen) = seen.find(|seen| seen.found_at == at && seen.port == port) {
            seen.is_bound = true;
            return;
        }
        let address = Address::bound(text, port, is_loopback, at);
        self.facts.addresses.push(address);
    }
}
