//! What the docs show is what the tool prints.

use std::path::Path;

use crate::project::{Project, Ran};

fn doc(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join(path)).expect("there is such a page");
    text.replace("\r\n", "\n")
}

/// The example as it is cloned, without the files that the tool wrote.
fn example() -> Project {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = Project::empty().with_registry();
    for file in ["Cargo.toml", "Cargo.lock"] {
        project.write(file, &doc(&format!("example-app/{file}")));
    }
    for folder in ["src", "static"] {
        crate::project::copy_tree(
            &root.join("example-app").join(folder),
            &project.path(folder),
        );
    }
    project
}

/// Runs the program as users do, with the compiler of the tests.
fn run(project: &Project, arguments: &[&str]) -> Ran {
    let rustc = crate::project::tool("rustc");
    let rustc = rustc.to_str().expect("the path is UTF-8");
    project.run_with(arguments, &[("RUSTC", rustc)])
}

/// What is printed below a command of a page: the tests run another compiler than the docs.
fn shown(page: &str, command: &str) -> String {
    let text = doc(page);
    let begin = format!("```console\n$ {command}\n");
    let (_, rest) = text.split_once(&begin).expect("the page has the command");
    let (block, _) = rest.split_once("```\n").expect("the block ends");
    block.replace("1.95", "1.90")
}

#[test]
fn the_pages_on_commands_show_what_is_printed() {
    let project = example();
    let planned = run(&project, &["plan"]).exits(0);
    let page = "docs/commands.md";
    assert_eq!(planned.stdout, shown(page, "cargo dockerize plan"));
    let ran = run(&project, &[]).exits(0);
    assert_eq!(ran.stderr, shown(page, "cargo dockerize"));
    let main = project.read("src/main.rs");
    project.write("src/main.rs", &main.replace("8080", "9090"));
    let ran = run(&project, &["check"]).exits(1);
    // Two streams of one terminal.
    let block = shown(page, "cargo dockerize check");
    let printed = ran.stderr.lines().chain(ran.stdout.lines());
    // A digest sees another version of Rust.
    let text = |line: &str| {
        line.split_once("# digest ")
            .map_or(line, |(sign, _)| sign)
            .to_owned()
    };
    let mut printed: Vec<String> = printed.map(text).collect();
    let mut block: Vec<String> = block.lines().map(text).collect();
    printed.sort();
    block.sort();
    assert_eq!(printed, block);
}

#[test]
fn the_committed_files_of_the_example_are_those_of_the_tool() {
    let project = example();
    run(&project, &[]).exits(0);
    for file in ["Dockerfile", "Dockerfile.dockerignore"] {
        let committed = doc(&format!("example-app/{file}")).replace("1.95", "1.90");
        // Without the digest, which sees another version of Rust.
        let body = |text: &str| text.split("\n# digest ").next().map(str::to_owned);
        assert_eq!(body(&project.read(file)), body(&committed));
    }
}

#[test]
fn links_between_pages_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join("docs")).expect("there are pages");
    let docs = docs.filter_map(|entry| Some(format!("docs/{}", entry.ok()?.file_name().to_str()?)));
    let tops = ["README.md", "SECURITY.md", "CONTRIBUTING.md"].map(str::to_owned);
    let pages = docs.filter(|page| page.ends_with(".md")).chain(tops);
    let mut count = 0;
    for page in pages {
        let text = doc(&page);
        let folder = root.join(&page);
        let folder = folder.parent().expect("a page lies in a folder");
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split(')').next().unwrap_or_default();
            if target.contains("://") || target.contains(char::is_whitespace) {
                continue;
            }
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let file = if path.is_empty() {
                root.join(&page)
            } else {
                folder.join(path)
            };
            assert!(file.exists(), "{page}: {target} leads nowhere");
            if !heading.is_empty() {
                let there = std::fs::read_to_string(&file).unwrap_or_default();
                let has = there.lines().filter(|line| line.starts_with('#'));
                let has = has.map(anchor).any(|anchor| anchor == heading);
                assert!(has, "{page}: {target} has no such heading");
            }
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
}

/// The anchor of a heading, as renderers of Markdown make it.
fn anchor(line: &str) -> String {
    let text = line.trim_start_matches('#').trim().to_lowercase();
    let kept = text
        .chars()
        .filter(|char| char.is_alphanumeric() || " -_".contains(*char));
    kept.map(|char| if char == ' ' { '-' } else { char })
        .collect()
}
