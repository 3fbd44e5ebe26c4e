//! What an image has to do when it is run.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::Result;
use crate::engine::{Container, Image, Ran};
use crate::rootfs::Rootfs;
use crate::server::{Authority, Server};

/// Where programs look for certificates.
const BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";
/// The authorities that browsers trust are more than this.
const BUNDLE_SIZE: usize = 50_000;
/// How long a service may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

/// What an image has to do when it is run.
pub(crate) enum Check {
    /// It prints all of these, and has no network.
    Prints(&'static [&'static str]),
    /// It shakes hands with a server whose authority is in the bundle, and with no other.
    Handshake {
        /// What is before the port in the program's argument.
        scheme: &'static str,
        /// A word of the message of a client that does not know the authority.
        refusal: &'static str,
    },
    /// It prints this in UTC, and that with `TZ=Asia/Tokyo`.
    LocalTime {
        utc: &'static str,
        tokyo: &'static str,
    },
    /// It answers with the address and the port of its own environment.
    Serves {
        path: &'static str,
        answer: &'static str,
        /// What it says when it listens.
        launched: &'static str,
    },
}

impl Check {
    /// Runs the image.
    ///
    /// # Errors
    ///
    /// If it does not do what it has to.
    pub(crate) fn run(&self, image: &Image) -> Result<()> {
        match *self {
            Self::Prints(texts) => {
                let ran = image.run(&["--network=none"], &[])?;
                texts.iter().try_for_each(|text| prints(&ran, text))
            }
            Self::LocalTime { utc, tokyo } => {
                let line = |time: &str| format!("{time}\n");
                let ran = image.run(&["--network=none"], &[])?;
                prints(&ran, &line(utc))?;
                let ran = image.run(&["--network=none", "--env=TZ=Asia/Tokyo"], &[])?;
                prints(&ran, &line(tokyo))
            }
            Self::Handshake { scheme, refusal } => shakes_hands(image, scheme, refusal),
            Self::Serves {
                path,
                answer,
                launched,
            } => serves(image, path, answer, launched),
        }
    }
}

fn prints(ran: &Ran, text: &str) -> Result<()> {
    match ran.is_success && ran.stdout.contains(text) {
        true => Ok(()),
        false => Err(format!("no {text:?} in {ran:?}").into()),
    }
}

fn shakes_hands(image: &Image, scheme: &str, refusal: &str) -> Result<()> {
    let size = Rootfs::of(&image.tag)?.read(BUNDLE)?.len();
    if size < BUNDLE_SIZE {
        return Err(format!("`{BUNDLE}` in the image has {size} bytes").into());
    }
    let authority = Authority::new()?;
    let server = Server::start(&authority)?;
    let address = format!("{scheme}{}", server.port);
    let known = format!("--volume={}:{BUNDLE}:ro", authority.bundle()?);
    let ran = image.run(&["--network=host", &known], &[&address])?;
    prints(&ran, "answer: ")?;
    prints(&ran, "200")?;
    let ran = image.run(&["--network=host"], &[&address])?;
    match !ran.is_success && ran.stderr.contains(refusal) {
        true => Ok(()),
        false => Err(format!("without its authority no {refusal:?} in {ran:?}").into()),
    }
}

fn serves(image: &Image, path: &str, answer: &str, launched: &str) -> Result<()> {
    let env = image.env()?;
    let port = env
        .iter()
        .find_map(|line| line.strip_prefix("ROCKET_PORT="));
    let port: u16 = port.unwrap_or("8000").parse()?;
    // Whoever else listens there would answer, too.
    drop(TcpListener::bind(("127.0.0.1", port))?);
    let container = image.start()?;
    let text = get(&container, port, path)?;
    if !text.starts_with("HTTP/1.1 200 ") || !text.contains(answer) {
        return Err(format!("no {answer:?} in {text:?}").into());
    }
    let logs = container.logs()?;
    if !logs.contains(launched) {
        return Err(format!("no {launched:?} in {logs:?}").into());
    }
    match container.stop()? {
        0 => Ok(()),
        code => Err(format!("asked to stop, it exits with {code}").into()),
    }
}

/// The answer to a GET, once the service listens.
fn get(container: &Container, port: u16, path: &str) -> Result<String> {
    let start = Instant::now();
    loop {
        match request(port, path) {
            Ok(answer) => return Ok(answer),
            Err(error) if start.elapsed() > PATIENCE => {
                return Err(format!("no answer: {error}\n{}", container.logs()?).into());
            }
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}

fn request(port: u16, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
