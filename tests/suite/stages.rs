//! Runs the stages of a Dockerfile without Docker: files are copied as the engine would copy them, and
//! the commands run in a folder that stands for the stage's file system.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::dockerfile::{self, Context};
use crate::project::Project;

/// File systems of the stages, by name; those of the last build are kept for the next one, as layers
/// are, so that a second build sees the same times.
pub(crate) struct Stages {
    dir: TempDir,
    program: String,
    /// What the commands said.
    pub(crate) log: String,
}

/// A cache mount over `/build`, which lasts from one build to the next.
pub(crate) struct Mount {
    dir: TempDir,
    /// What the list of the builder's files says.
    pub(crate) builder: String,
    /// The values of build arguments.
    pub(crate) arguments: Vec<(String, String)>,
}

impl Mount {
    pub(crate) fn new() -> Self {
        let dir = TempDir::with_prefix("mount-").unwrap();
        Self {
            dir,
            builder: "one\n".to_owned(),
            arguments: Vec::new(),
        }
    }

    /// A file of the mount.
    pub(crate) fn file(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }
}

struct Stage {
    root: PathBuf,
    workdir: String,
    env: Vec<(String, String)>,
}

impl Stages {
    /// Generates, then runs every instruction up to the last stage.
    #[track_caller]
    pub(crate) fn build(project: &Project, arguments: &[&str]) -> Self {
        Self::run(project, arguments, None, |text| text).unwrap_or_else(|log| panic!("{log}"))
    }

    /// The same of a Dockerfile that was edited, or what the command said that failed.
    #[track_caller]
    pub(crate) fn try_build(
        project: &Project,
        arguments: &[&str],
        edit: impl FnOnce(String) -> String,
    ) -> Result<Self, String> {
        Self::run(project, arguments, None, edit)
    }

    /// The same with a cache mount, or what the command said that failed.
    #[track_caller]
    pub(crate) fn build_in(
        mount: &Mount,
        project: &Project,
        arguments: &[&str],
    ) -> Result<Self, String> {
        Self::run(project, arguments, Some(mount), |text| text)
    }

    #[track_caller]
    fn run(
        project: &Project,
        arguments: &[&str],
        mount: Option<&Mount>,
        edit: impl FnOnce(String) -> String,
    ) -> Result<Self, String> {
        let image = project.image(arguments);
        project.generate(arguments);
        let context = Context::read(project, &image);
        let text = edit(project.read(image["files"]["dockerfile"].as_str().unwrap()));
        let dir = TempDir::with_prefix("stages-").unwrap();
        tools(&dir.path().join("bin"));
        let mut stages: BTreeMap<String, Stage> = BTreeMap::new();
        let mut name = String::new();
        let mut log = String::new();
        for instruction in dockerfile::parse(&text) {
            if instruction.kind == "FROM" {
                let (base, own) = match instruction.text.split_once(" AS ") {
                    Some((base, name)) => (base, name.to_owned()),
                    None => (instruction.text.as_str(), "image".to_owned()),
                };
                name = own;
                let root = dir.path().join("stages").join(&name);
                fs_err::create_dir_all(root.join("tmp")).unwrap();
                if let Some(base) = stages.get(base) {
                    crate::project::copy_tree(&base.root, &root);
                }
                stages.insert(
                    name.clone(),
                    Stage {
                        root,
                        workdir: "/".to_owned(),
                        env: Vec::new(),
                    },
                );
                continue;
            }
            let Some(stage) = stages.get(&name) else {
                continue;
            };
            match instruction.kind.as_str() {
                "WORKDIR" => {
                    let stage = stages.get_mut(&name).unwrap();
                    stage.workdir = dockerfile::word(&instruction.text).unwrap();
                    fs_err::create_dir_all(stage.path(".")).unwrap();
                }
                "ENV" => {
                    let env = dockerfile::pairs(&instruction.text);
                    stages.get_mut(&name).unwrap().env.extend(env);
                }
                "COPY" => {
                    let copy = dockerfile::copy(&instruction.text);
                    let target = stage.path(&copy.destination);
                    let is_folder = copy.destination.ends_with('/') || copy.sources.len() > 1;
                    match &copy.from {
                        None => {
                            for source in &copy.sources {
                                for path in context.resolve(source) {
                                    from_context(&context, &path, &target, is_folder);
                                }
                            }
                        }
                        Some(from) => from_stage(&stages[from], &copy, &target, is_folder),
                    }
                }
                "RUN" => log += &stage.run(&instruction.text, &dir.path().join("bin"), mount)?,
                _ => {}
            }
        }
        Ok(Self {
            dir,
            program: image["runtime"]["program"].as_str().unwrap().to_owned(),
            log,
        })
    }

    /// A file of a stage.
    pub(crate) fn file(&self, stage: &str, path: &str) -> PathBuf {
        self.dir
            .path()
            .join("stages")
            .join(stage)
            .join(path.trim_start_matches('/'))
    }

    /// What the program of the image prints.
    #[track_caller]
    pub(crate) fn output(&self) -> String {
        let path = self.file("image", &self.program);
        let output = Command::new(&path)
            .output()
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// Stand-ins for programs that change the machine; links, as a file that was just written may not be
/// run while another thread forks.
fn tools(folder: &Path) {
    fs_err::create_dir_all(folder).unwrap();
    for name in ["apt-get", "rustup"] {
        std::os::unix::fs::symlink("/bin/true", folder.join(name)).unwrap();
    }
    std::os::unix::fs::symlink(crate::project::tool("npm"), folder.join("npm")).unwrap();
}

impl Stage {
    fn path(&self, path: &str) -> PathBuf {
        let path = Path::new(&self.workdir).join(path);
        self.root.join(path.strip_prefix("/").unwrap())
    }

    /// The command with the paths of this machine.
    fn here(&self, command: &str, mount: Option<&Mount>) -> String {
        let root = self.root.to_str().unwrap();
        let mut names = vec![
            ("/rootfs", format!("{root}/rootfs")),
            ("/tmp/", format!("{root}/tmp/")),
            ("rm -rf /var/lib/apt/lists/*", "true".to_owned()),
        ];
        if let Some(mount) = mount {
            let build = mount.dir.path().to_str().unwrap().to_owned();
            names.push(("/builder.txt", format!("{root}/builder.txt")));
            names.push(("/buildah", "/buildah".to_owned()));
            names.push(("/build", build));
            names.push((" /src", format!(" {root}/src")));
        }
        // What is put in must not be taken for a name itself.
        let mut here = command.replace("target/builder.txt", "\u{1}");
        for (at, (name, _)) in names.iter().enumerate() {
            here = here.replace(name, &format!("\u{2}{at}\u{3}"));
        }
        for (at, (_, path)) in names.iter().enumerate() {
            here = here.replace(&format!("\u{2}{at}\u{3}"), path);
        }
        here.replace('\u{1}', "target/builder.txt")
    }

    /// Runs a command; what it said.
    fn run(&self, command: &str, tools: &Path, mount: Option<&Mount>) -> Result<String, String> {
        let mut command = command.trim_start();
        if let (Some(mount), true) = (mount, command.starts_with("find / ")) {
            fs_err::write(self.root.join("builder.txt"), &mount.builder).unwrap();
            return Ok(String::new());
        }
        while let Some(rest) = command.strip_prefix("--mount=") {
            assert!(mount.is_some(), "a mount: {command}");
            command = rest.split_once(' ').unwrap().1.trim_start();
        }
        let path = std::env::join_paths(
            std::iter::once(tools.to_path_buf())
                .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
        )
        .unwrap();
        let mut shell = Command::new("/bin/sh");
        shell
            .arg("-c")
            .arg(self.here(command, mount))
            .current_dir(self.path("."));
        for (name, _) in std::env::vars_os() {
            let name = name.to_str().unwrap_or_default();
            if name.starts_with("CARGO_") && name != "CARGO_HOME" || name.starts_with("RUSTC") {
                shell.env_remove(name);
            }
        }
        shell
            .env("PATH", path)
            .env("CARGO_NET_OFFLINE", "true")
            .env_remove("RUSTFLAGS")
            .envs(self.env.iter().cloned())
            .envs(mount.into_iter().flat_map(|mount| mount.arguments.clone()));
        let output = shell.output().unwrap();
        let log = format!(
            "RUN {command}\n{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        match output.status.success() {
            true => Ok(log),
            false => Err(log),
        }
    }
}

fn from_context(context: &Context, path: &str, target: &Path, is_folder: bool) {
    let source = context.root.join(path);
    if source.is_dir() {
        for file in context.below(path) {
            let inside = if path == "." {
                Path::new(file)
            } else {
                Path::new(file).strip_prefix(path).unwrap()
            };
            copy_file(&context.root.join(file), &target.join(inside));
        }
    } else if is_folder || target.is_dir() {
        copy_file(&source, &target.join(source.file_name().unwrap()));
    } else {
        copy_file(&source, target);
    }
}

fn from_stage(stage: &Stage, copy: &dockerfile::Copy, target: &Path, is_folder: bool) {
    for source in &copy.sources {
        // The only pattern that is written.
        let source = stage.path(&source.replace("[[]", "["));
        if !source.exists()
            && (source.ends_with("etc/ssl/certs/ca-certificates.crt")
                || source.ends_with("usr/share/zoneinfo"))
        {
            continue; // the base image's, which is not here
        }
        if source.is_dir() {
            crate::project::copy_tree(&source, target);
        } else if is_folder {
            copy_file(&source, &target.join(source.file_name().unwrap()));
        } else {
            copy_file(&source, target);
        }
    }
}

/// Copies a file or a symlink with its time, as COPY does.
fn copy_file(from: &Path, to: &Path) {
    fs_err::create_dir_all(to.parent().unwrap()).unwrap();
    if from.symlink_metadata().unwrap().is_symlink() {
        let _ = fs_err::remove_file(to);
        std::os::unix::fs::symlink(fs_err::read_link(from).unwrap(), to).unwrap();
        return;
    }
    crate::project::copy_file(from, to);
    let time = fs_err::metadata(from).unwrap().modified().unwrap();
    // To write a time it need not be open for writing.
    let file = fs_err::File::open(to).unwrap();
    file.file().set_modified(time).unwrap();
}
