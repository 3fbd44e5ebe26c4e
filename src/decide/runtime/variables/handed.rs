//! Variables that are read by a function of the project, or fill the fields of a type.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use cargo_metadata::Package;

use crate::decide::runtime::test_files::is_test;
use crate::inspect::{Asking, Workspace};
use crate::source::{Fill, Function};

/// Words in the name of a function that does not take no for an answer.
const STRICT: &[&str] = &["expect", "must", "require", "required"];
/// Functions that hand a name on are not nested deeper.
const ROUNDS: usize = 4;

/// A variable, with the file and the line that need it.
type Needed = (String, PathBuf, usize);

/// Variables that are needed, each with its place.
pub(super) fn decide(workspace: &Workspace, locals: &[&Package]) -> Vec<Needed> {
    let sources = workspace.sources_of(locals);
    let all: Vec<&Asking> = sources
        .flat_map(|sources| &sources.asking)
        .filter(|asking| !is_test(workspace, &asking.file))
        .collect();
    let mut needed = read(&all);
    for asking in &all {
        for fill in &asking.fills {
            needed.extend(filled(&all, fill, asking));
        }
    }
    needed
}

/// What a function reads by the name that it is given.
fn read(all: &[&Asking]) -> Vec<Needed> {
    let functions: Vec<&Function> = all.iter().flat_map(|asking| &asking.functions).collect();
    let readers = readers(&functions);
    let mut needed = Vec::new();
    for asking in all {
        for call in &asking.calls {
            let Some((at, is_strict, count)) = readers.get(call.function.as_str()) else {
                continue;
            };
            let named = call.arguments.get(*at).and_then(|name| name.whole());
            let is_needed = match is_strict {
                Strictness::Ends => true,
                Strictness::Refuses => call.fails,
                Strictness::Asks => false,
            };
            if let Some(name) = named.filter(|_| is_needed && *count == call.arguments.len()) {
                needed.push((name.to_owned(), asking.file.clone(), call.line));
            }
        }
    }
    needed
}

/// What a function does where the variable is not set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strictness {
    /// It ends the program.
    Ends,
    /// It gives an error.
    Refuses,
    /// It gives something else.
    Asks,
}

/// The functions that read a variable: the position of its name, and the number of parameters.
fn readers<'a>(functions: &[&'a Function]) -> BTreeMap<&'a str, (usize, Strictness, usize)> {
    let mut readers = BTreeMap::new();
    // Two of one name are not told apart.
    let mut names = BTreeSet::new();
    let doubled: BTreeSet<&str> = functions
        .iter()
        .filter(|function| !names.insert(function.name.as_str()))
        .map(|function| function.name.as_str())
        .collect();
    let single = || {
        let functions = functions.iter();
        functions.filter(|function| !doubled.contains(function.name.as_str()))
    };
    for function in single() {
        if let Some(at) = function.reads {
            let refuses = function.refuses && has_result(function);
            let strictness = match (function.is_strict, refuses) {
                (true, _) => Strictness::Ends,
                (false, true) => Strictness::Refuses,
                (false, false) => Strictness::Asks,
            };
            let reader = (at, strictness, function.parameters.len());
            readers.insert(function.name.as_str(), reader);
        }
    }
    for _ in 0..ROUNDS {
        for function in single() {
            if readers.contains_key(function.name.as_str()) {
                continue;
            }
            let handed = function.hands.iter().find_map(|(callee, there, here)| {
                let (at, strictness, _) = readers.get(callee.as_str())?;
                (at == there).then_some((*here, *strictness))
            });
            let Some((at, inner)) = handed else {
                continue;
            };
            let mut words = function.name.split('_');
            let strictness = match words.any(|word| STRICT.contains(&word)) {
                true if has_result(function) => Strictness::Refuses,
                true => Strictness::Ends,
                false if inner == Strictness::Ends => inner,
                false => Strictness::Asks,
            };
            let reader = (at, strictness, function.parameters.len());
            readers.insert(function.name.as_str(), reader);
        }
    }
    readers
}

/// Whether a function gives an error where it has no value.
fn has_result(function: &Function) -> bool {
    let mut returns = function.returns.iter();
    returns.next().is_some_and(|kind| kind == "Result")
        && returns.next().is_none_or(|inner| inner != "Option")
}

/// The variables of the fields that have to be filled.
fn filled<'a>(all: &'a [&Asking], fill: &'a Fill, asking: &'a Asking) -> Vec<Needed> {
    let named = |name: &String| {
        let mut here = asking.records.iter();
        let mut others = all.iter().flat_map(|asking| &asking.records);
        here.find(|record| record.name == *name)
            .or_else(|| others.find(|record| record.name == *name))
    };
    let Some(record) = fill.kinds.iter().find_map(named) else {
        return Vec::new();
    };
    let place = all.iter().find(|asking| {
        asking
            .records
            .iter()
            .any(|other| std::ptr::eq(other, record))
    });
    let file = place.map_or(&asking.file, |place| &place.file);
    let required = record.fields.iter().filter(|field| field.is_required);
    required
        .filter_map(|field| {
            let name = match (&field.variable, &fill.prefix) {
                (Some(name), _) => name.clone(),
                (None, Some(prefix)) => format!("{prefix}{}", field.name.to_uppercase()),
                (None, None) => return None,
            };
            Some((name, file.clone(), field.line))
        })
        .collect()
}
