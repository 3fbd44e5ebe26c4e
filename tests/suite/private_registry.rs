//! Builds with a registry that needs a token.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;

use crate::engine::{Image, docker_ok, turn};
use crate::project::{Project, manifest};
use crate::secrets::{CONFIG, GREETING, assert_nowhere, generate, library, main, ok, program};
use crate::stale::{RUST, fresh_word};

/// A registry with one crate, for those who know the token.
struct Registry {
    address: String,
    token: String,
}

impl Registry {
    /// Listens on an address of this machine.
    fn new(host: &str) -> Self {
        let token = format!("Bearer-{}-{}", fresh_word(), std::process::id());
        let package = library("inside");
        ok(Command::new(env!("CARGO"))
            .args(["package", "--offline", "--no-verify", "--allow-dirty"])
            .env("CARGO_HOME", package.cargo_home())
            .env_remove("CARGO_TARGET_DIR")
            .current_dir(package.root()));
        let path = package.path("target/package/inside-0.1.0.crate");
        let sum = ok(Command::new("sha256sum").arg(&path));
        let sum = sum.split(' ').next().unwrap();
        let line = serde_json::json!({
            "name": "inside", "vers": "0.1.0", "deps": [], "cksum": sum, "features": {}, "yanked": false,
        });
        let listener = TcpListener::bind((host, 0)).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let here = format!("http://{address}");
        let config =
            serde_json::json!({ "dl": format!("{here}/dl"), "api": here, "auth-required": true });
        let answers = Arc::new((
            token.clone(),
            config.to_string().into_bytes(),
            line.to_string().into_bytes(),
            fs_err::read(path).unwrap(),
        ));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let answers = Arc::clone(&answers);
                std::thread::spawn(move || {
                    let (token, config, line, package) = &*answers;
                    let _ = answer(stream, token, |path| match path {
                        "/index/config.json" => Some(config),
                        "/index/in/si/inside" => Some(line),
                        path if path.starts_with("/dl/inside/") => Some(package),
                        _ => None,
                    });
                });
            }
        });
        Self { address, token }
    }

    fn config(&self) -> String {
        format!(
            "[registries.acme-inc]\nindex = \"sparse+http://{}/index/\"\ncredential-provider = \"cargo:libsecret\"\n",
            self.address
        )
    }
}

/// Answers one request, with a refusal where the token is missing.
fn answer<'a>(
    mut stream: TcpStream,
    token: &str,
    find: impl Fn(&str) -> Option<&'a Vec<u8>>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or_default();
    let mut is_known = false;
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        let header = line.split_once(": ").unwrap_or_default();
        is_known |= header.0.eq_ignore_ascii_case("authorization") && header.1 == token;
    }
    let nothing = Vec::new();
    let (status, body) = match (is_known, find(path)) {
        (false, _) => ("401 Unauthorized", &nothing),
        (true, Some(body)) => ("200 OK", body),
        (true, None) => ("404 Not Found", &nothing),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)
}

#[test]
#[ignore = "needs a Docker engine"]
fn a_token_is_found_nowhere_in_the_image() {
    let _turn = turn();
    let registry = Registry::new("127.0.0.1");
    let secret = "CARGO_REGISTRIES_ACME_INC_TOKEN";
    let dependency = "{ version = \"0.1\", registry = \"acme-inc\" }";
    for strategy in ["layers", "mounts", "hybrid"] {
        let project = program(dependency, &registry.config());
        let provider = "CARGO_REGISTRIES_ACME_INC_CREDENTIAL_PROVIDER";
        let variables = [(secret, registry.token.as_str()), (provider, "cargo:token")];
        let said = generate(&project, &["--strategy", strategy], &variables);
        assert!(
            said.contains(&format!("--secret id={secret} -t app .")),
            "{said}"
        );
        // Without the secret cargo says what is missing.
        let log = Image::try_build(&project, "token-none", &[RUST, "--no-cache"]);
        let log = log.err().expect("no token is no build");
        assert!(log.contains("no token found for `acme-inc`"), "{log}");
        assert!(log.contains(secret), "{log}");

        let folder = TempDir::with_prefix("token-").unwrap();
        let token = folder.path().join("token");
        fs_err::write(&token, &registry.token).unwrap();
        let flag = format!("--secret=id={secret},src={}", token.display());
        let image = Image::build(&project, "token", &[RUST, &flag]);
        assert_eq!(image.prints(&[]), format!("{GREETING} 1"), "{strategy}");
        let secrets = [registry.token.clone()];
        assert_nowhere(&image, &secrets, Some(GREETING));
        let stage = Image::build(&project, "token-stage", &[RUST, &flag, "--target=build"]);
        assert_nowhere(&stage, &secrets, Some("pub fn greeting()"));
        // Once all is fetched, nobody is asked again.
        project.write("src/main.rs", &main(2));
        let image = Image::build(&project, "token", &[RUST]);
        assert_eq!(image.prints(&[]), format!("{GREETING} 2"), "{strategy}");
    }
}

#[test]
#[ignore = "needs a Docker engine with buildx"]
fn a_stage_that_images_share_gets_the_token_from_a_variable() {
    let _turn = turn();
    // Bake has no flag for the network: the registry is where containers see this machine.
    let format = "{{(index .IPAM.Config 0).Gateway}}";
    let gateway = docker_ok(&["network", "inspect", "bridge", "--format", format]);
    let registry = Registry::new(gateway.trim());
    let member = |name: &str| {
        let dependency = "inside = { version = \"0.1\", registry = \"acme-inc\" }";
        format!("{}[dependencies]\n{dependency}\n", manifest(name))
    };
    let project = Project::empty()
        .with_registry()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"one\", \"two\"]\nresolver = \"2\"\n",
        )
        .file("one/Cargo.toml", &member("one"))
        .file("one/src/main.rs", &main(1))
        .file("two/Cargo.toml", &member("two"))
        .file("two/src/main.rs", &main(2))
        .file(CONFIG, &registry.config());
    fs_err::create_dir_all(project.cargo_home()).unwrap();
    let provider = "CARGO_REGISTRIES_ACME_INC_CREDENTIAL_PROVIDER";
    let secret = "CARGO_REGISTRIES_ACME_INC_TOKEN";
    let variables = [(secret, registry.token.as_str()), (provider, "cargo:token")];
    generate(&project, &["--workspace"], &variables);
    let bake = || {
        let mut command = Command::new("docker");
        command
            .args([
                "buildx",
                "bake",
                "--progress=plain",
                "--set=*.args.RUST_VERSION=1",
            ])
            .env("REGISTRY", "dockerize-test-")
            .env("TAG", "bake")
            .current_dir(project.root());
        command
    };
    let output = bake().env_remove(secret).output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(log.contains("no token found for `acme-inc`"), "{log}");
    let output = bake().env(secret, &registry.token).output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{log}");
    for (name, version) in [("one", 1), ("two", 2)] {
        let image = Image {
            tag: format!("dockerize-test-{name}:bake"),
            log: log.clone(),
        };
        assert_eq!(image.prints(&[]), format!("{GREETING} {version}"));
        assert_nowhere(
            &image,
            std::slice::from_ref(&registry.token),
            Some(GREETING),
        );
    }
}
