//! Small projects, each of a kind that a tool like this gets wrong, with what is right for it.
//!
//! ```console
//! $ cargo test --test cases
//! $ cargo test --test cases -- --ignored
//! $ CASES=glob cargo test --test cases -- --ignored
//! ```
//!
//! The first plans those that need no crate of a registry. The second plans all others, builds every image unedited
//! and runs it; it needs a Docker engine. `CASES` is a part of the names of those that are wanted.

#![allow(clippy::unwrap_used)]

#[path = "../suite/dockerfile.rs"]
#[allow(dead_code)]
mod dockerfile;
#[path = "../suite/engine.rs"]
#[allow(dead_code)]
mod engine;
#[path = "../suite/project.rs"]
#[allow(dead_code)]
mod project;

mod case;
mod crates;
mod files;
mod native;
mod variables;

use case::Case;

fn all() -> Vec<Case> {
    let mut all = files::cases();
    all.extend(variables::cases());
    all.extend(native::cases());
    all.extend(crates::cases());
    let wanted = std::env::var("CASES").unwrap_or_default();
    all.retain(|case| case.name.contains(&wanted));
    assert!(!all.is_empty(), "no case has `{wanted}` in its name");
    all
}

/// Says which cases are wrong, after all of them.
fn report(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_tell_cases_apart() {
    let mut names: Vec<&str> = all().iter().map(|case| case.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
}

/// What is wrong with the plans of some cases, four at a time.
fn plan(cases: Vec<Case>) {
    let wrong = std::sync::Mutex::new(Vec::new());
    let pending = std::sync::Mutex::new(cases);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let next = pending.lock().expect("no other has failed").pop();
                    let Some(case) = next else {
                        return;
                    };
                    let found = std::panic::catch_unwind(|| case.plan());
                    let panicked = |_| vec![format!("{}: panicked, see above", case.name)];
                    let found = found.unwrap_or_else(panicked);
                    wrong.lock().expect("no other has failed").extend(found);
                }
            });
        }
    });
    report(wrong.into_inner().expect("no other has failed"));
}

#[test]
fn planned() {
    plan(
        all()
            .into_iter()
            .filter(|case| !case.has_registry)
            .collect(),
    );
}

#[test]
#[ignore = "asks the registry of crates"]
fn planned_with_crates() {
    plan(all().into_iter().filter(|case| case.has_registry).collect());
}

#[test]
#[ignore = "builds images"]
fn built() {
    report(all().into_iter().flat_map(|case| case.build()).collect());
}
