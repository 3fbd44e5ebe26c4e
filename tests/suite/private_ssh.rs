//! Builds with a repository that is fetched over ssh.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::engine::{Image, turn};
use crate::secrets::{CONFIG, GREETING, assert_nowhere, generate, library, main, ok, program};
use crate::stale::RUST;

/// A server of ssh with one repository, and an agent with the only key that it knows.
struct Server {
    folder: TempDir,
    port: u16,
    processes: Vec<Child>,
}

impl Server {
    fn new() -> Self {
        let folder = TempDir::with_prefix("ssh-").unwrap();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        for name in ["host", "key"] {
            let words = ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"];
            ok(Command::new("ssh-keygen").args(words).arg(at(name)));
        }
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nStrictModes no\nUsePAM no\n\
             PermitRootLogin prohibit-password\nPasswordAuthentication no\nPidFile none\n",
            at("host"),
            at("key.pub")
        );
        fs_err::write(at("sshd_config"), config).unwrap();
        // Where it lets go of its privileges.
        fs_err::create_dir_all("/run/sshd").unwrap();
        let server = Command::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f", &at("sshd_config")])
            .stderr(fs_err::File::create(at("sshd.log")).unwrap().into_parts().0)
            .spawn()
            .expect("sshd is installed (Debian: openssh-server)");
        let agent = Command::new("ssh-agent")
            .args(["-D", "-a", &at("agent")])
            .stdout(Stdio::null())
            .spawn()
            .expect("ssh-agent is on PATH");
        let repository = library("inside");
        let git = |words: &[&str]| {
            let who = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
            ok(Command::new("git")
                .args(who)
                .args(words)
                .current_dir(repository.root()));
        };
        git(&["init", "--quiet", "--initial-branch=main"]);
        git(&["add", "."]);
        git(&["commit", "--quiet", "--message=first"]);
        git(&["clone", "--quiet", "--bare", ".", &at("inside.git")]);
        let server = Self {
            port,
            processes: vec![server, agent],
            folder,
        };
        for _ in 0..100 {
            let is_up = TcpStream::connect(("127.0.0.1", port)).is_ok();
            if is_up && Path::new(&server.at("agent")).exists() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        ok(Command::new("ssh-add")
            .args(["-q", &server.at("key")])
            .env("SSH_AUTH_SOCK", server.at("agent")));
        server
    }

    fn at(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// What a project says of the server: the address of the repository, and the host's key.
    fn dependency(&self) -> String {
        let user = ok(Command::new("id").arg("-un"));
        let path = self.at("inside.git");
        format!("{{ git = \"ssh://{user}@127.0.0.1:{}{path}\" }}", self.port)
    }

    fn config(&self) -> String {
        let key = fs_err::read_to_string(self.at("host.pub")).unwrap();
        format!(
            "[net.ssh]\nknown-hosts = [\"[127.0.0.1]:{} {}\"]\n",
            self.port,
            key.trim()
        )
    }

    /// The lines of the private key; the first is the same in every key.
    fn secrets(&self) -> Vec<String> {
        let key = fs_err::read_to_string(self.at("key")).unwrap();
        let lines = key.lines().skip(2).filter(|line| line.len() > 40);
        lines.map(str::to_owned).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

#[track_caller]
fn assert_builds_over_ssh(strategy: &str, config: &str) {
    let server = Server::new();
    let project = program(&server.dependency(), &(server.config() + config));
    let agent = server.at("agent");
    let plain = server.config();
    // The machine that plans may have no `known_hosts`: cargo itself fetches there.
    project.write(CONFIG, &plain);
    let variables = [("SSH_AUTH_SOCK", agent.as_str())];
    generate(&project, &["--strategy", strategy], &variables);
    project.write(CONFIG, &(plain + config));
    let said = generate(&project, &["--strategy", strategy], &variables);
    assert!(
        said.contains("docker build --ssh default -t app ."),
        "{said}"
    );
    let log = Image::try_build(&project, "ssh-none", &[RUST, "--no-cache"]);
    let log = log.err().expect("no key is no build");
    assert!(
        log.contains("failed to authenticate") || log.contains("Permission denied"),
        "{log}"
    );

    let flag = format!("--ssh=default={agent}");
    let image = Image::build(&project, "ssh", &[RUST, &flag]);
    assert_eq!(image.prints(&[]), format!("{GREETING} 1"), "{strategy}");
    let secrets = server.secrets();
    assert!(secrets.len() > 2);
    assert_nowhere(&image, &secrets, Some(GREETING));
    // Who fetches makes no difference to what stays: the builder, which is large, is searched for cargo itself.
    if config.is_empty() {
        let stage = Image::build(&project, "ssh-stage", &[RUST, &flag, "--target=build"]);
        assert_nowhere(&stage, &secrets, Some("pub fn greeting()"));
    }
    project.write("src/main.rs", &main(2));
    let image = Image::build(&project, "ssh", &[RUST]);
    assert_eq!(image.prints(&[]), format!("{GREETING} 2"), "{strategy}");
}

#[test]
#[ignore = "needs a Docker engine, and sshd"]
fn a_key_is_found_nowhere_in_the_image() {
    let _turn = turn();
    for strategy in ["layers", "mounts", "hybrid"] {
        assert_builds_over_ssh(strategy, "");
    }
}

#[test]
#[ignore = "needs a Docker engine, sshd, and the mirror of Debian"]
fn a_key_is_found_nowhere_in_the_image_where_git_fetches() {
    let _turn = turn();
    assert_builds_over_ssh("layers", "[net]\ngit-fetch-with-cli = true\n");
}
