//! The files of a package, found as rustc finds modules, and read on all cores.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::path::{Path, PathBuf};

use super::cfg::Conditions;
use super::cores::on_all_cores;
use super::facts::Call;
use super::facts::{Draught, Fact, FileFacts, Handed, Module, Named, Otherwise, Place, Reading};
use super::known::Base;
use super::outline::{Outline, outline};
use super::read::Reader;
use super::value::{Constants, Value};
use crate::limits;

/// Where a target begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Root {
    /// The file, absolute.
    pub(crate) path: PathBuf,
    pub(crate) is_build_script: bool,
}

/// What is read.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) roots: Vec<Root>,
    pub(crate) conditions: Conditions,
    /// The folder of its manifest, absolute.
    pub(crate) folder: PathBuf,
    /// Whether its code runs while another package compiles: all of it can matter then.
    pub(crate) is_run_early: bool,
}

/// How the text of a file is read: none where there is no such file, or why it cannot be read.
pub(crate) type Files<'a> = &'a (dyn Fn(&Path) -> Option<Result<String, String>> + Sync);

/// The files of a package.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sources {
    /// Those that are compiled, by path; also those with nothing to say.
    pub(crate) files: Vec<FileFacts>,
}

/// One file to read: the first of the candidates that is there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Job {
    candidates: Vec<PathBuf>,
    is_build_script: bool,
    /// Whether its modules lie beside it: `main.rs`, `mod.rs`, and what `#[path]` names.
    is_root: bool,
}

struct Done {
    path: PathBuf,
    is_build_script: bool,
    is_root: bool,
    outline: Outline,
    reading: Reading,
    is_read: bool,
}

/// Constants that are made of constants in files that nothing else is read from.
const ROUNDS: usize = 4;

/// Reads the files of a package.
pub(crate) fn read(package: &Package, files: Files<'_>) -> std::io::Result<Sources> {
    let mut jobs: Vec<Job> = package.roots.iter().map(job_of).collect();
    let mut seen: HashSet<Job> = jobs.iter().cloned().collect();
    let mut paths = BTreeSet::new();
    let mut done: Vec<Done> = Vec::new();
    while !jobs.is_empty() {
        let wave = on_all_cores(&jobs, |job| read_one(job, package, files))?;
        jobs = Vec::new();
        for file in wave {
            if paths.insert(file.path.clone()) {
                let children = children(&file, &package.folder);
                jobs.extend(children.filter(|job| seen.insert(job.clone())));
                done.push(file);
            }
        }
    }
    done.sort_by(|one, two| one.path.cmp(&two.path));
    look_up(&mut done, &package.conditions, files)?;
    let mut constants = Constants::default();
    for (at, file) in done.iter_mut().enumerate() {
        for (name, value) in std::mem::take(&mut file.reading.constants) {
            constants.add(at, name, value);
        }
    }
    let resolved = done.into_iter().enumerate();
    Ok(Sources {
        files: resolved
            .map(|(at, file)| resolve(at, file, &constants))
            .collect(),
    })
}

fn job_of(root: &Root) -> Job {
    Job {
        candidates: vec![root.path.clone()],
        is_build_script: root.is_build_script,
        is_root: true,
    }
}

fn read_one(job: &Job, package: &Package, files: Files<'_>) -> Option<Done> {
    let found = job
        .candidates
        .iter()
        .find_map(|path| Some((path, files(path)?)));
    let (path, text) = found?;
    let text = match text {
        Ok(text) => text,
        Err(why) => return Some(unread(job, path, why)),
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let outline = outline(text, &super::words::TELLING);
    let has_attributes = job.is_root && text.contains("feature(");
    let is_read = job.is_build_script
        || package.is_run_early
        || outline.is_interesting
        || outline.has_modules
        || has_attributes;
    let reading = match is_read {
        true => parse(text, &package.conditions),
        false => Reading::default(),
    };
    Some(Done {
        path: path.clone(),
        is_build_script: job.is_build_script,
        is_root: job.is_root || path.ends_with("mod.rs"),
        outline,
        reading,
        is_read,
    })
}

/// A file that is there and cannot be read.
fn unread(job: &Job, path: &Path, why: String) -> Done {
    Done {
        path: path.to_path_buf(),
        is_build_script: job.is_build_script,
        is_root: job.is_root,
        outline: Outline::default(),
        reading: Reading {
            unread: Some(why),
            ..Reading::default()
        },
        is_read: true,
    }
}

/// Parses a file, or looks at its tokens.
fn parse(text: &str, conditions: &Conditions) -> Reading {
    let mut reader = Reader::new(conditions);
    let stream = match text.parse::<proc_macro2::TokenStream>() {
        Ok(stream) => stream,
        Err(_) => {
            reader.out.unread = Some("it does not parse as Rust".to_owned());
            return reader.out;
        }
    };
    if limits::is_shallow(stream.clone()) {
        match syn::parse2::<syn::File>(stream.clone()) {
            Ok(file) => reader.file(&file),
            Err(_) => reader.tokens(stream, None),
        }
    } else {
        reader.out.unread = Some("it is nested too deep".to_owned());
    }
    // The spans were only needed for their places.
    let reading = reader.out;
    proc_macro2::extra::invalidate_current_thread_spans();
    reading
}

/// The modules of a file, and what it includes.
fn children<'a>(file: &'a Done, package: &'a Path) -> impl Iterator<Item = Job> + 'a {
    let folder = file.path.parent().unwrap_or(&file.path).to_path_buf();
    let own = match (file.is_root, file.path.file_stem()) {
        (false, Some(stem)) => folder.join(stem),
        _ => folder.clone(),
    };
    let beside = folder.clone();
    let modules = file.reading.modules.iter().map(move |module| {
        let Module { inline, name, path } = module;
        let inner = inline
            .iter()
            .fold(own.clone(), |folder, name| folder.join(name));
        let candidates = match path {
            Some(path) if inline.is_empty() => vec![beside.join(path)],
            Some(path) => vec![inner.join(path)],
            None => vec![
                inner.join(format!("{name}.rs")),
                inner.join(name).join("mod.rs"),
            ],
        };
        (candidates, path.is_some())
    });
    let constants = Constants::default();
    let included = file.reading.included.iter().filter_map(move |value| {
        let known = constants.resolve(0, value);
        let path = match known.base {
            Base::Itself => folder.join(&known.text),
            Base::ManifestDir => package.join(known.text.trim_start_matches('/')),
            Base::OutDir | Base::Home => return None,
        };
        known.is_whole.then(|| (vec![path], true))
    });
    modules.chain(included).map(|(candidates, is_root)| Job {
        candidates: candidates
            .iter()
            .map(|path| crate::paths::normalize(path))
            .collect(),
        is_build_script: file.is_build_script,
        is_root,
    })
}

/// Reads constants out of files in which nothing else is of interest.
fn look_up(done: &mut [Done], conditions: &Conditions, files: Files<'_>) -> std::io::Result<()> {
    for _ in 0..ROUNDS {
        let defined: HashSet<&str> = done
            .iter()
            .flat_map(|file| &file.reading.constants)
            .map(|(name, _)| name.as_str())
            .collect();
        let mut wanted = HashSet::new();
        for file in done.iter() {
            names(&file.reading, &mut wanted);
        }
        wanted.retain(|name| !defined.contains(name.as_str()));
        let wanted: HashSet<&str> = wanted
            .iter()
            .map(|name| name.trim_end_matches("()"))
            .collect();
        let jobs: Vec<(usize, PathBuf)> = done
            .iter()
            .enumerate()
            .filter(|(_, file)| {
                !file.is_read
                    && wanted
                        .iter()
                        .any(|name| file.outline.defines.contains(*name))
            })
            .map(|(at, file)| (at, file.path.clone()))
            .collect();
        if jobs.is_empty() {
            return Ok(());
        }
        let found = on_all_cores(&jobs, |(at, path)| {
            let text = files(path)?.ok()?;
            Some((*at, parse(&text, conditions).constants))
        })?;
        for (at, path) in &jobs {
            let constants = found.iter().find(|(found, _)| found == at);
            if let Some(file) = done.get_mut(*at).filter(|file| file.path == *path) {
                file.is_read = true;
                file.reading.constants = constants.map(|(_, all)| all.clone()).unwrap_or_default();
            }
        }
    }
    Ok(())
}

/// The names in all values of a file.
fn names(reading: &Reading, found: &mut HashSet<String>) {
    let drafts = reading.drafts.iter().flat_map(|draft| {
        let default = match &draft.otherwise {
            Draught::Default(value) => Some(value),
            _ => None,
        };
        draft.arguments.iter().chain(default)
    });
    let named = reading.named.iter().map(|named| &named.value);
    let calls = reading.calls.iter().flat_map(|call| &call.arguments);
    let constants = reading.constants.iter().map(|(_, value)| value);
    let places = reading.places.iter().map(|(value, ..)| value);
    let handed = reading.handed.iter().flat_map(|call| &call.arguments);
    let values = drafts
        .chain(named)
        .chain(calls)
        .chain(constants)
        .chain(places)
        .chain(handed);
    let mut queue: VecDeque<&Value> = values.collect();
    while let Some(value) = queue.pop_front() {
        match value {
            Value::Name(path) => {
                found.insert(path.rsplit("::").next().unwrap_or(path).to_owned());
            }
            Value::Concat(parts) | Value::Join(parts) | Value::OneOf(parts) => queue.extend(parts),
            Value::Address(host, port) => queue.extend([host.as_ref(), port.as_ref()]),
            Value::Variable(name, default) => {
                queue.push_back(name);
                queue.extend(default.as_deref());
            }
            _ => {}
        }
    }
}

fn resolve(at: usize, file: Done, constants: &Constants) -> FileFacts {
    let known = |value: &Value| constants.resolve(at, value);
    let reading = file.reading;
    let facts = reading.drafts.into_iter().map(|draft| Fact {
        meaning: draft.meaning,
        row: draft.row,
        arguments: draft
            .arguments
            .iter()
            .flat_map(|value| constants.resolve_each(at, value))
            .collect(),
        otherwise: match &draft.otherwise {
            Draught::Handled => Otherwise::Handled,
            Draught::Fails => Otherwise::Fails,
            Draught::Default(value) => Otherwise::Default(known(value)),
        },
        is_build_script: file.is_build_script,
        at: Place {
            file: file.path.clone(),
            line: draft.line,
            column: draft.column,
        },
    });
    let named = reading.named.into_iter().map(|named| Named {
        value: known(&named.value),
        kind: named.kind,
        names: named.names,
        variable: named.variable,
        option: named.option,
        owner: named.owner,
        line: named.line,
    });
    let calls = reading.calls.into_iter().map(|call| Call {
        arguments: call.arguments.iter().map(known).collect(),
        path: call.path,
        line: call.line,
    });
    let places = reading
        .places
        .iter()
        .map(|(place, line, is_pair)| (known(place), *line, *is_pair));
    let places = places.collect();
    let handed = reading.handed.into_iter().map(|call| Handed {
        arguments: call.arguments.iter().map(known).collect(),
        function: call.function,
        owner: call.owner,
        fails: call.fails,
        line: call.line,
    });
    let handed = handed.collect();
    let mut facts: Vec<Fact> = facts.collect();
    facts.sort_by(|one, two| one.at.cmp(&two.at));
    FileFacts {
        facts,
        texts: reading.texts,
        named: named.collect(),
        calls: calls.collect(),
        bound: reading.bound,
        listens_at: reading.listens_at,
        parsers: reading.parsers,
        parsed: reading.parsed,
        demands: reading.demands,
        wrappers: reading.wrappers,
        unread: reading.unread,
        functions: reading.functions,
        records: reading.records,
        fills: reading.fills,
        handed,
        places,
        path: file.path,
        is_build_script: file.is_build_script,
    }
}
