//! A TLS server of an authority that nobody else knows.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Result;
use crate::engine::Ran;

/// How long the server may take to listen.
const PATIENCE: Duration = Duration::from_secs(10);

const CONFIG: &str = "\
[req]
distinguished_name = name
x509_extensions = authority
[name]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[server]
basicConstraints = CA:false
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
";

/// A new certificate authority, and a certificate that it made for this machine.
pub(crate) struct Authority {
    folder: TempDir,
}

impl Authority {
    pub(crate) fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        fs_err::write(folder.path().join("config"), CONFIG)?;
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -config config";
        for command in [
            format!("req -x509 {key} -subj /CN=authority -days 2 -keyout ca.key -out ca.pem"),
            format!("req -new {key} -subj /CN=localhost -keyout server.key -out server.csr"),
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
             -extfile config -extensions server -out server.pem"
                .to_owned(),
        ] {
            openssl(&command, folder.path())?;
        }
        Ok(Self { folder })
    }

    /// The file with the authority's certificate.
    pub(crate) fn bundle(&self) -> Result<String> {
        let path = self.folder.path().join("ca.pem");
        let path = path.to_str().ok_or("the temporary folder is no UTF-8")?;
        Ok(path.to_owned())
    }
}

fn openssl(command: &str, folder: &Path) -> Result<()> {
    let output = Command::new("openssl")
        .args(command.split_whitespace())
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run `openssl`: {error}"))?;
    let ran = Ran::from(output);
    match ran.is_success {
        true => Ok(()),
        false => Err(format!("`openssl {command}` failed:\n{}", ran.stderr).into()),
    }
}

/// A server that answers on the loopback interface until it is dropped.
pub(crate) struct Server {
    process: Child,
    pub(crate) port: u16,
}

impl Server {
    pub(crate) fn start(authority: &Authority) -> Result<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let process = Command::new("openssl")
            .args(["s_server", "-quiet", "-www", "-cert", "server.pem"])
            .args(["-key", "server.key", "-accept"])
            .arg(format!("127.0.0.1:{port}"))
            .current_dir(authority.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Self { process, port };
        let start = Instant::now();
        while let Err(error) = TcpStream::connect(("127.0.0.1", port)) {
            if start.elapsed() > PATIENCE {
                return Err(format!("`openssl s_server` does not listen: {error}").into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
