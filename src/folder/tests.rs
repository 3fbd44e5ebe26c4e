//! Nothing outside of a folder changes, whatever paths and links say.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::{Batch, Folder};
use crate::diagnostic::Code;
use crate::header::digest;
use crate::output::{GeneratedFile, replace_folder};

/// A folder with links of all kinds, beside one that must not change.
struct Sandbox {
    dir: tempfile::TempDir,
    folder: Folder,
}

impl Sandbox {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        // Deep enough for every `..` of a test to stay in the temporary folder.
        let deep = dir.path().join("deep/".repeat(24));
        let (root, outside) = (deep.join("inside"), deep.join("outside"));
        for folder in [root.join("a/sub"), root.join(".git"), outside.join("sub")] {
            fs_err::create_dir_all(folder).expect("a folder");
        }
        for file in ["secret", "sub/file"] {
            fs_err::write(outside.join(file), "secret").expect("a file");
        }
        let links = [
            ("out", PathBuf::from("../outside")),
            ("absolute", outside.clone()),
            ("file", PathBuf::from("../outside/secret")),
            ("new", PathBuf::from("../outside/new")),
            ("in", PathBuf::from("a")),
            ("loop", PathBuf::from("loop")),
            ("here", PathBuf::from(".")),
            ("git", PathBuf::from(".git")),
            ("through", PathBuf::from("out/sub")),
            ("a/up", PathBuf::from("../../outside")),
        ];
        for (name, target) in links {
            symlink(target, root.join(name)).expect("a link");
        }
        let folder = Folder::open(&root).expect("it is there");
        Self { dir, folder }
    }

    /// Everything but what is in the folder, with its bytes; and the folder of git.
    fn outside(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        let mut open = vec![self.dir.path().to_path_buf()];
        while let Some(folder) = open.pop() {
            for entry in fs_err::read_dir(folder).expect("a folder").flatten() {
                let path = entry.path();
                let is_folder = entry.file_type().expect("a kind").is_dir();
                if is_folder && path == self.folder.path() {
                    open.push(path.join(".git"));
                } else if is_folder {
                    open.push(path.clone());
                    found.push((path, Vec::new()));
                } else {
                    let bytes = fs_err::read(&path).expect("bytes");
                    found.push((path, bytes));
                }
            }
        }
        found.sort();
        found
    }
}

/// Numbers that look random, and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }
}

const PARTS: &[&str] = &[
    "..", "..", ".", "", "/", "a", "sub", "up", "out", "absolute", "file", "new", "in", "loop",
    "here", "git", ".git", ".GIT", "through", "secret", "outside", "x", "x", "y", "\0", "é\n",
];

fn path(numbers: &mut Numbers, outside: &Path) -> PathBuf {
    let mut path = match numbers.below(8) {
        0 => outside.to_path_buf(),
        _ => PathBuf::new(),
    };
    for _ in 0..=numbers.below(5) {
        // `join` lets an absolute part take the place of all before it.
        match PARTS[numbers.below(PARTS.len())] {
            "/" => path = outside.join(path),
            part => path = path.join(part),
        }
    }
    path
}

#[test]
fn no_path_changes_anything_outside() {
    let sandbox = Sandbox::new();
    let before = sandbox.outside();
    let outside = sandbox.folder.path().with_file_name("outside");
    let mut numbers = Numbers(7);
    let mut written = 0;
    for _ in 0..4_000 {
        let path = path(&mut numbers, &outside);
        let folder = &sandbox.folder;
        match numbers.below(4) {
            0 => {
                // A link that is made may lead anywhere; the next one goes through it.
                let target = self::path(&mut numbers, &outside);
                let _ = folder.link(&path, &target);
            }
            1 => drop(folder.make(&path)),
            2 if path.file_name().is_some_and(|name| name == "x") => drop(folder.remove(&path)),
            _ => {
                let mut batch = Batch::default();
                let added = batch.add(folder, &path, "changed", None);
                written += usize::from(added.and_then(|()| batch.commit()).is_ok());
            }
        }
        if let Ok(Some(bytes)) = folder.read(&path) {
            assert_ne!(bytes, b"secret", "read through {}", path.display());
        }
    }
    assert!(written > 100, "only {written} files were written at all");
    assert!(sandbox.outside() == before, "something outside changed");
}

#[test]
fn a_list_that_somebody_else_wrote_removes_nothing_outside() {
    let sandbox = Sandbox::new();
    let files = [GeneratedFile {
        path: PathBuf::from("build/Cargo.toml"),
        text: "text".to_owned(),
    }];
    let folder = Folder::typed(sandbox.folder.path(), Path::new("a/skeleton")).expect("it is made");
    replace_folder(&folder, &files).expect("it is empty");
    let tag = folder.path().join("CACHEDIR.TAG");
    let head = fs_err::read_to_string(&tag).expect("a list");
    let before = sandbox.outside();
    let mut numbers = Numbers(11);
    let outside = sandbox.folder.path().with_file_name("outside");
    for _ in 0..500 {
        let listed = path(&mut numbers, &outside);
        let text = format!("{head}# {} {}\n", digest("secret"), listed.display());
        fs_err::write(&tag, text).expect("a list");
        replace_folder(&folder, &files).expect("what is not there is not removed");
    }
    assert!(sandbox.outside() == before, "something outside changed");
}

#[test]
fn a_path_that_leads_out_is_refused_by_every_function() {
    let sandbox = Sandbox::new();
    let files = |path: &str| {
        vec![GeneratedFile {
            path: PathBuf::from(path),
            text: String::new(),
        }]
    };
    for path in [
        "../victim/file",
        "..",
        "out/x",
        "/",
        "/x",
        "a/../../x",
        ".git/hooks/x",
        "git/x",
        "",
    ] {
        let refused = sandbox.folder.locate(Path::new(path)).expect_err(path);
        let diagnostic = refused.diagnostic().expect("a finding");
        assert_eq!(diagnostic.code, Code::OutputOutside, "{path}");
        let folder = Folder::typed(sandbox.folder.path(), Path::new("a/s")).expect("it is made");
        let links = ["out/x", "git/x"].contains(&path);
        assert!(
            links || replace_folder(&folder, &files(path)).is_err(),
            "{path}"
        );
    }
    Folder::typed(sandbox.folder.path(), Path::new("out/new")).expect_err("a link leads away");
    Folder::open(Path::new(".")).expect_err("it is relative");
}

#[test]
fn a_link_that_stays_inside_is_kept() {
    let sandbox = Sandbox::new();
    let root = sandbox.folder.path();
    symlink("a/real", root.join("Dockerfile")).expect("a link");
    let mut batch = Batch::default();
    for path in ["Dockerfile", "in/second"] {
        batch
            .add(&sandbox.folder, Path::new(path), path, None)
            .expect(path);
    }
    batch.commit().expect("it is written");
    assert_eq!(
        fs_err::read_to_string(root.join("a/real")).expect("text"),
        "Dockerfile"
    );
    assert_eq!(
        fs_err::read_to_string(root.join("a/second")).expect("text"),
        "in/second"
    );
    assert!(root.join("Dockerfile").is_symlink() && root.join("in").is_symlink());
}

#[test]
fn what_is_not_committed_leaves_nothing() {
    let sandbox = Sandbox::new();
    let mut batch = Batch::default();
    let path = Path::new("new-folder/below/file");
    batch
        .add(&sandbox.folder, path, "text", None)
        .expect("it can be written");
    drop(batch);
    assert!(!sandbox.folder.path().join("new-folder").exists());
}

#[test]
fn what_was_written_before_an_error_is_named() {
    let sandbox = Sandbox::new();
    let mut batch = Batch::default();
    for path in ["first", "second", "third"] {
        batch
            .add(&sandbox.folder, Path::new(path), path, None)
            .expect(path);
    }
    fs_err::create_dir(sandbox.folder.path().join("second")).expect("it takes the place");
    let error = batch.commit().expect_err("a folder is there");
    let diagnostic = error.diagnostic().expect("a finding");
    assert!(
        diagnostic.message.contains("inside/second`: "),
        "{}",
        diagnostic.message
    );
    assert!(
        !diagnostic.message.contains(".cargo-dockerize-"),
        "{}",
        diagnostic.message
    );
    let note = &diagnostic.notes[0];
    assert!(
        note.contains("inside/first`") && !note.contains("third"),
        "{note}"
    );
    let names = sandbox.folder.entries().expect("they are there");
    assert!(names.contains(&PathBuf::from("first")) && !names.contains(&PathBuf::from("third")));
    let left = fs_err::read_dir(sandbox.folder.path())
        .expect("a folder")
        .flatten();
    let temporary = left.filter(|entry| entry.file_name().to_string_lossy().ends_with(".tmp"));
    assert_eq!(temporary.count(), 0);
}
