//! What the two `awk` programs of the template `reduce` make of a workspace, line by line as they do.

use std::collections::BTreeSet;

/// The manifest of the root: this list of members, and the dependencies that `manifests` can inherit.
pub(super) fn manifest(members: &[String], manifests: &[&str], root: &str) -> String {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut table = String::new();
    for line in manifests.iter().flat_map(|text| text.lines()) {
        let key = read(line, &mut table);
        if !table.starts_with("workspace") {
            let last = table.rsplit('.').next().unwrap_or_default();
            names.insert(last.to_owned());
            names.insert(named(&table, key).to_owned());
        }
    }
    let list: Vec<String> = members.iter().map(|path| format!("\"{path}\"")).collect();
    let mut text = String::new();
    let mut is_kept = false;
    table.clear();
    for line in root.lines() {
        let key = read(line, &mut table);
        let start = line.trim_start_matches([' ', '\t']);
        if start.is_empty() || start.starts_with('#') {
            continue;
        }
        if line.starts_with('[') || !key.is_empty() {
            is_kept = true;
        }
        let is_list = ["members", "default-members"].contains(&key);
        let name = named(&table, key);
        let is_dependency = table.starts_with("workspace.dependencies") && !name.is_empty();
        if (table == "workspace" && is_list) || (is_dependency && !names.contains(name)) {
            is_kept = false;
        }
        if table == "workspace" && key == "members" {
            text.push_str(&format!("members = [{}]\n", list.join(", ")));
        }
        if is_kept {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// The key of a line, and in `table` the name of the table that it begins.
fn read<'a>(line: &'a str, table: &mut String) -> &'a str {
    if line.starts_with('[') {
        let end = line.find(']').unwrap_or(line.len());
        *table = line[..end].replace(['"', '[', ' '], "");
    }
    let start = line.trim_start_matches([' ', '\t']);
    let is_word = |char: char| char.is_ascii_alphanumeric() || "_-".contains(char);
    let rest = start.trim_start_matches(is_word);
    let key = &start[..start.len() - rest.len()];
    match rest.trim_start_matches([' ', '\t']).starts_with(['.', '=']) {
        true => key,
        false => "",
    }
}

/// The dependency that a line of the workspace's could be about.
fn named<'a>(table: &'a str, key: &'a str) -> &'a str {
    table.strip_prefix("workspace.dependencies.").unwrap_or(key)
}

/// A paragraph of the lock file.
#[derive(Default)]
struct Paragraph<'a> {
    text: String,
    name: &'a str,
    full: String,
    needs: Vec<&'a str>,
}

/// The lock file: what these packages reach through `dependencies`, and all that is no package.
pub(super) fn lock(packages: &[String], text: &str) -> String {
    let paragraphs = paragraphs(text);
    let mut wanted: BTreeSet<&str> = packages.iter().map(String::as_str).collect();
    let mut kept = vec![false; paragraphs.len()];
    loop {
        let mut has_more = false;
        for (paragraph, is_kept) in paragraphs.iter().zip(&mut kept) {
            let is_wanted =
                wanted.contains(paragraph.name) || wanted.contains(paragraph.full.as_str());
            if !*is_kept && is_wanted {
                *is_kept = true;
                has_more = true;
                wanted.extend(&paragraph.needs);
            }
        }
        if !has_more {
            break;
        }
    }
    let stays = |(paragraph, is_kept): &(Paragraph<'_>, bool)| {
        *is_kept || !paragraph.text.starts_with("[[package]]")
    };
    let paragraphs = paragraphs.into_iter().zip(kept).filter(stays);
    let texts: Vec<String> = paragraphs.map(|(paragraph, _)| paragraph.text).collect();
    texts.join("\n")
}

fn paragraphs(text: &str) -> Vec<Paragraph<'_>> {
    let mut paragraphs: Vec<Paragraph<'_>> = Vec::new();
    let mut is_new = true;
    for line in text.split('\n') {
        if line.is_empty() {
            is_new = true;
            continue;
        }
        if is_new {
            paragraphs.push(Paragraph::default());
            is_new = false;
        }
        let Some(paragraph) = paragraphs.last_mut() else {
            continue;
        };
        paragraph.text.push_str(line);
        paragraph.text.push('\n');
        let value = quoted(line);
        if line.starts_with("name = ") {
            paragraph.name = value;
        }
        if line.starts_with("version = ") {
            paragraph.full = format!("{} {value}", paragraph.name);
        }
        if line.starts_with(" \"") {
            paragraph.needs.push(value);
        }
    }
    paragraphs
}

/// What is in the quotes of a line, without a source in parentheses.
fn quoted(line: &str) -> &str {
    let line = line.split_once('"').map_or(line, |(_, value)| value);
    let line = line.rsplit_once('"').map_or(line, |(value, _)| value);
    line.split_once(" (").map_or(line, |(value, _)| value)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::process::Command;

    use super::*;

    /// The programs of the template, in the order in which they are there, as a shell gets them.
    fn programs() -> Vec<String> {
        let text = include_str!("../../../templates/partials/reduce.hbs");
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'));
        let text: Vec<&str> = lines.map(|line| line.trim_end_matches('\\')).collect();
        let text = text.join("");
        let programs = text.split("}}' '").skip(1);
        programs
            .map(|rest| rest.split('\'').next().unwrap_or_default().to_owned())
            .collect()
    }

    fn awk(program: &str, members: &str, arguments: &[&std::ffi::OsStr]) -> String {
        let mut command = Command::new("awk");
        command
            .arg("-v")
            .arg(format!("members={members}"))
            .arg(program);
        let output = command.args(arguments).output().expect("awk runs");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    }

    const MEMBER: &str = "[package]\nname = \"app\"\nversion.workspace = true\n\n[dependencies]\n\
        serde.workspace = true\nanyhow = { workspace = true }\n[target.'cfg(unix)'.dependencies.libc]\n\
        workspace = true\n";

    const ROOT: &str = "# A comment.\n[workspace]\ndefault-members = [\"other\"]\nmembers = [\n    # one\n    \
        \"app\",\n    \"other\", # two\n]\nresolver = \"2\"\n\n[workspace.package]\nversion = \"1.0.0\"\n\n\
        [workspace.dependencies]\nanyhow = \"1\" # kept\nitoa = \"1\"\n  serde = { version = \"1\", features = [\n    \
        \"derive\",\n] }\nryu.version = \"1\"\n[workspace.dependencies.libc]\nversion = \"0.2\"\n\
        [workspace.dependencies.log]\nversion = \"0.4\"\nfeatures = [\"std\"]\n[profile.release]\nlto = true\n";

    #[test]
    fn the_manifest_is_what_awk_makes_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let (all, root) = (folder.path().join("all"), folder.path().join("root"));
        fs_err::write(&all, format!("{ROOT}{MEMBER}")).unwrap();
        fs_err::write(&root, ROOT).unwrap();
        let arguments = [all.as_os_str(), "is_root=1".as_ref(), root.as_os_str()];
        let made = awk(&programs()[0], "\"app\"", &arguments);
        assert_eq!(made, manifest(&["app".to_owned()], &[ROOT, MEMBER], ROOT));
        let expected = "[workspace]\nmembers = [\"app\"]\nresolver = \"2\"\n[workspace.package]\n\
            version = \"1.0.0\"\n[workspace.dependencies]\nanyhow = \"1\" # kept\n  serde = { version = \"1\", \
            features = [\n    \"derive\",\n] }\n[workspace.dependencies.libc]\nversion = \"0.2\"\n\
            [profile.release]\nlto = true\n";
        assert_eq!(made, expected);
    }

    #[test]
    fn the_lock_file_is_what_awk_makes_of_it() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
        let text = fs_err::read_to_string(&path).unwrap();
        for package in ["clap", "toml", "nothing"] {
            let made = awk(&programs()[1], package, &[path.as_os_str()]);
            assert_eq!(made, lock(&[package.to_owned()], &text), "{package}");
            assert!(!made.contains("name = \"memchr\""), "{package}");
            assert_eq!(
                made.contains(&format!("name = \"{package}\"")),
                package != "nothing"
            );
        }
    }

    #[test]
    fn two_versions_of_a_crate_are_told_apart() {
        let text = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\n \"x 0.1.0\",\n]\n\n\
            [[package]]\nname = \"x\"\nversion = \"0.1.0\"\nsource = \"s\"\n\n\
            [[package]]\nname = \"x\"\nversion = \"0.2.0\"\nsource = \"s\"\n";
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        fs_err::write(&path, text).unwrap();
        let made = awk(&programs()[1], "a", &[path.as_os_str()]);
        assert_eq!(made, lock(&["a".to_owned()], text));
        assert!(made.contains("0.1.0") && !made.contains("0.2.0"), "{made}");
    }
}
