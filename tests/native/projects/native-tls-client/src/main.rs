//! Shakes hands with the server at the given port of this machine, and prints its first line.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use native_tls::TlsConnector;

fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = std::env::args().nth(1).ok_or("which port?")?.parse()?;
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    let mut stream = TlsConnector::new()?.connect("localhost", stream)?;
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    println!("answer: {}", line.trim_end());
    Ok(())
}
