//! Private code: what the files ask for, and where a token can never be.
//!
//! The real thing is in `private_registry.rs` and `private_ssh.rs`.

use crate::dockerfile::{Ignore, parse};
use crate::lint::lint;
use crate::plans::case;
use crate::project::{Project, Ran, copy_tree};

const TOKEN: &str = "CARGO_REGISTRIES_ACME_TOKEN";
const CONFIG: &str = ".cargo/config.toml";

/// A program with a crate of a registry and one that is fetched over ssh.
fn private() -> Project {
    case("private").0
}

/// The same with another line in its configuration, at the end.
fn configured(lines: &str) -> Project {
    let project = private();
    let config = project.read(CONFIG);
    project.file(CONFIG, &format!("{config}{lines}\n"))
}

/// The same with a text of its configuration replaced, there and in cargo's home.
fn replaced(from: &str, to: &str) -> Project {
    let project = private();
    let config = project.read(CONFIG);
    assert!(config.contains(from), "{config}");
    project.file(CONFIG, &config.replace(from, to))
}

#[track_caller]
fn refuses(project: &Project, code: &str) -> Ran {
    let ran = project.run(&[]).refuses(code);
    assert!(!project.has("Dockerfile"));
    ran
}

#[test]
fn keys_and_tokens_are_there_for_one_line_that_compiles_nothing() {
    for strategy in ["layers", "mounts", "hybrid"] {
        let project = private();
        let instructions = parse(&project.dockerfile(&["--strategy", strategy]));
        let with_secret: Vec<&str> = instructions
            .iter()
            .filter(|line| line.text.contains("type=secret") || line.text.contains("type=ssh"))
            .map(|line| line.text.as_str())
            .collect();
        let [fetch] = with_secret[..] else {
            panic!("{strategy}: {with_secret:?}");
        };
        for part in [
            "--mount=type=ssh",
            "--mount=type=secret,id=CARGO_REGISTRIES_ACME_TOKEN",
            "export CARGO_REGISTRIES_ACME_CREDENTIAL_PROVIDER=cargo:token",
            "cargo fetch --locked --target",
        ] {
            assert!(fetch.contains(part), "{strategy}: no `{part}` in {fetch}");
        }
        assert!(!fetch.contains("cargo build"), "{fetch}");
        // What was fetched is not hidden behind a mount later.
        let mounts = instructions
            .iter()
            .filter(|line| line.text.contains("type=cache"));
        for mount in mounts {
            assert!(!mount.text.contains("/usr/local/cargo"), "{}", mount.text);
        }
        for line in instructions.iter().filter(|line| line.kind != "RUN") {
            assert!(!line.text.contains("TOKEN"), "{} {}", line.kind, line.text);
        }
    }
}

#[test]
fn mounts_fetch_before_the_sources_are_copied() {
    let text = private().instructions(&["--strategy", "mounts"]);
    let at = |part: &str| {
        text.find(part)
            .unwrap_or_else(|| panic!("no `{part}` in\n{text}"))
    };
    assert!(at("COPY --from=skeleton /build/ /src/") < at("cargo fetch"));
    assert!(at("cargo fetch") < at("COPY src src"));
}

#[test]
fn the_next_line_hands_them_over() {
    let ran = private().run(&[]).exits(0);
    let next = format!("docker build --ssh default --secret id={TOKEN} -t app .");
    ran.says(&next)
        .says("ssh git.example.com (Cargo.lock:")
        .says(&format!("secret {TOKEN} (Cargo.lock:"))
        .keeps_quiet_about("warning[unknown-host]")
        .keeps_quiet_about("cargo vendor");
}

#[test]
fn what_is_public_needs_nothing() {
    let image = Project::single().image(&[]);
    assert!(image["private"].is_null());
    // What stands in for them is a folder of the project.
    let project = private();
    let config = fs_err::read_to_string(project.cargo_home().join("config.toml")).unwrap();
    copy_tree(
        &project.cargo_home().join("vendor"),
        &project.path("vendor"),
    );
    let config = config.replace(".cargo-home/vendor", "vendor") + &project.read(CONFIG);
    let project = project.file(CONFIG, &config);
    fs_err::remove_file(project.cargo_home().join("config.toml")).unwrap();
    let ran = project.run(&[]).exits(0);
    ran.keeps_quiet_about("--secret")
        .keeps_quiet_about("warning");
    assert!(!project.read("Dockerfile").contains("--mount"));
}

#[test]
fn a_mirror_with_a_name_gets_a_token_and_one_without_has_none() {
    let lock = "version = 4\n\n[[package]]\nname = \"acme-log\"\nversion = \"1.2.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"9ae8cc04fd0b8a4cbba8ec9cf1cb2e2aa1a4b5a7a4d5ad5d0d6e5a1c5dd1a0e3\"\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"acme-log\",\n]\n";
    let index = "\"sparse+https://cargo.example.com/index/\"";
    let mirror = |config: &str| {
        let app = crate::project::manifest("app") + "[dependencies]\nacme-log = \"1\"\n";
        let project = Project::empty()
            .file("Cargo.toml", &app)
            .file("src/main.rs", "fn main() {}\n")
            .file("Cargo.lock", lock)
            .file(CONFIG, config);
        copy_tree(&private().cargo_home(), &project.cargo_home());
        project.run(&[]).exits(0)
    };
    let replacement = "[source.crates-io]\nreplace-with = \"acme\"\n";
    mirror(&format!(
        "{replacement}[registries.acme]\nindex = {index}\n"
    ))
    .says(&format!("--secret id={TOKEN}"));
    mirror(&format!("{replacement}[source.acme]\nregistry = {index}\n"))
        .keeps_quiet_about("--secret")
        .keeps_quiet_about("warning");
}

#[test]
fn a_registry_that_nothing_names_is_warned_of() {
    let project = private();
    let manifest = project.read("Cargo.toml").replace(
        "registry = \"acme\"",
        "registry-index = \"sparse+https://cargo.example.com/index/\"",
    );
    let project = project.file("Cargo.toml", &manifest).file(CONFIG, "");
    let ran = project.run(&[]).exits(0);
    ran.says("warning[registry-unnamed]")
        .says("registries.NAME.index = \"sparse+https://cargo.example.com/index/\"")
        .keeps_quiet_about("--secret");
}

#[test]
fn a_host_that_nothing_knows_is_warned_of() {
    let project = replaced("[\"git.example.com ", "[\"other.example.com ");
    project
        .run(&[])
        .exits(0)
        .says("warning[unknown-host]: nothing in the project knows the key of `git.example.com`")
        .says("ssh-keyscan git.example.com");
}

#[test]
fn git_is_installed_where_the_configuration_leaves_fetching_to_it() {
    let project = configured("[net]\ngit-fetch-with-cli = true");
    let text = project.instructions(&[]);
    assert!(
        text.contains("--no-install-recommends git openssh-client"),
        "{text}"
    );
    let known = "printf '%s\\n' 'git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJVbGqTtMZyYl0QVUvfBzjI1nYB4rLSkOd0cGyoI6xpV' > /etc/ssh/ssh_known_hosts";
    assert!(text.contains(known), "{text}");
    let text = private().instructions(&[]);
    assert!(!text.contains("apt-get"), "{text}");
}

#[test]
fn host_keys_are_keys_or_refused() {
    for line in [
        "git.example.com ssh-ed25519 AAAA\\nRUN id",
        "git.example.com ssh-ed25519 '$(id)'",
        "git.example.com <<EOF AAAA",
        "git.example.com",
        "",
    ] {
        let project = configured("[net]\ngit-fetch-with-cli = true");
        let config = project.read(CONFIG);
        let at = config.find("known-hosts").unwrap();
        let end = config[at..].find('\n').unwrap() + at;
        let config = format!(
            "{}known-hosts = [\"{line}\"]{}",
            &config[..at],
            &config[end..]
        );
        let project = project.file(CONFIG, &config);
        let ran = project.run(&[]);
        if ran.code == 101 {
            ran.refuses("host-key");
            continue;
        }
        // Words behind a key are a comment, and stay out.
        let text = project.instructions(&[]);
        assert!(
            text.contains("'git.example.com ssh-ed25519 AAAA' > /etc"),
            "{line}: {text}"
        );
    }
}

#[test]
fn registries_that_no_variable_can_name_are_refused() {
    for name in [
        "a.b",
        "a b",
        "ü",
        "a\\nRUN id",
        "$(id)",
        "a;id",
        "a,target=/x",
    ] {
        let project = replaced("[registries.acme]", &format!("[registries.\"{name}\"]"));
        let manifest = project.read("Cargo.toml").replace(
            "registry = \"acme\"",
            "registry-index = \"sparse+https://cargo.example.com/index/\"",
        );
        let project = project.file("Cargo.toml", &manifest);
        refuses(&project, "registry-name");
    }
}

#[test]
fn a_token_in_the_project_is_refused_and_never_shown() {
    for lines in [
        "[registries.other]\ntoken = \"hush-0815\"",
        "[registries.other]\nsecret-key = \"hush-0815\"",
        "[registry]\ntoken = \"hush-0815\"",
        "[registry]\ntoken = 815",
    ] {
        for project in [
            configured(lines),
            Project::single().file(CONFIG, &format!("{lines}\n")),
        ] {
            let ran = refuses(&project, "token-in-project");
            let line = project.read(CONFIG).lines().count();
            let said = ran.says(&format!("{CONFIG}:{line}")).says("cargo login");
            assert!(!said.stderr.contains("hush"), "{}", said.stderr);
            assert!(!said.stderr.contains("815"), "{}", said.stderr);
        }
    }
}

#[test]
fn private_sources_need_a_lock_file() {
    let project = private();
    let lock = project.read("Cargo.lock");
    // cargo itself wants one for a vendored repository: only the registry is left.
    let manifest = project.read("Cargo.toml");
    let kept: Vec<&str> = manifest
        .lines()
        .filter(|line| !line.contains("tools"))
        .collect();
    let project = project
        .file("Cargo.toml", &(kept.join("\n") + "\n"))
        .file("src/main.rs", "fn main() {}\n");
    fs_err::remove_file(project.path("Cargo.lock")).unwrap();
    assert!(lock.contains("git+ssh"));
    refuses(&project, "private-lock-file").says("cargo generate-lockfile");
}

#[test]
fn a_password_in_an_address_is_warned_of_and_never_shown() {
    let project = private();
    let change = |path: &str, text: String| {
        let text = text.replace("ssh://git@git", "ssh://git:hush@git");
        fs_err::write(path, text).unwrap();
    };
    let home = project.cargo_home().join("config.toml");
    for path in [home, project.path("Cargo.toml"), project.path("Cargo.lock")] {
        let text = fs_err::read_to_string(&path).unwrap();
        change(path.to_str().unwrap(), text);
    }
    let ran = project.run(&["--verbose"]).exits(0);
    ran.says("warning[password-in-address]")
        .keeps_quiet_about("hush");
    assert!(!project.read("Dockerfile").contains("hush"));
    assert!(!project.plan(&[]).to_string().contains("hush"));
}

#[test]
fn credentials_in_the_project_stay_out_of_the_context() {
    let whole = "[package.metadata.dockerize]\ninclude = [\".\"]";
    for project in [private(), Project::with(whole), Project::single()] {
        let project = project
            .file(".cargo/credentials.toml", "[registry]\ntoken = \"hush\"\n")
            .file(".cargo/credentials", "[registry]\ntoken = \"hush\"\n");
        project.generate(&[]);
        let ignore = Ignore::parse(&project.read("Dockerfile.dockerignore"));
        for path in [".cargo/credentials.toml", ".cargo/credentials"] {
            assert!(!ignore.lets_in(path), "{path}");
        }
        assert!(ignore.lets_in("src/main.rs"));
    }
}

#[test]
fn the_bake_file_hands_them_to_the_stage_that_fetches() {
    let project = private();
    let app = project.read("Cargo.toml");
    let mut project = project.file(
        "Cargo.toml",
        "[workspace]\nmembers = [\"one\", \"two\"]\nresolver = \"2\"\n",
    );
    let mut lock = project.read("Cargo.lock");
    let entry = "[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"acme-log\",\n \"tools\",\n]\n\n";
    assert!(lock.contains(entry));
    lock = lock.replace(entry, "");
    for name in ["one", "two"] {
        lock.push_str(&format!(
            "\n{}",
            entry.trim_end().replace("\"app\"", &format!("\"{name}\""))
        ));
        lock.push('\n');
        let main = project.read("src/main.rs");
        project = project
            .file(
                &format!("{name}/Cargo.toml"),
                &app.replace("\"app\"", &format!("\"{name}\"")),
            )
            .file(&format!("{name}/src/main.rs"), &main);
    }
    let project = project.file("Cargo.lock", &lock);
    project.generate(&["--workspace"]);
    let bake = project.read("docker-bake.hcl");
    let shared = bake.find("target \"dependencies\"").unwrap();
    let one = bake.find("target \"one\"").unwrap();
    for line in [
        "  ssh        = [\"default\"]\n",
        "  secret     = [\"id=CARGO_REGISTRIES_ACME_TOKEN,env=CARGO_REGISTRIES_ACME_TOKEN\"]\n",
    ] {
        assert!(bake[shared..one].contains(line), "no `{line}` in\n{bake}");
        assert!(!bake[one..].contains(line), "{bake}");
    }
    assert!(bake.contains("--allow=ssh"), "{bake}");
    let text = project.read("dependencies.Dockerfile");
    assert_eq!(text.matches("cargo fetch").count(), 1, "{text}");
}

#[test]
#[ignore = "needs hadolint"]
fn hadolint_has_nothing_to_say() {
    for strategy in ["layers", "mounts", "hybrid"] {
        lint(&private(), &["--strategy", strategy]);
        let project = configured("[net]\ngit-fetch-with-cli = true");
        lint(&project, &["--strategy", strategy]);
    }
}
