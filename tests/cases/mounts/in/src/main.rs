//! Answers every connection with a line.

use std::io::Write;
use std::net::TcpListener;

const GREETING: &str = include_str!("../static/greeting.txt");

fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:7000")?;
    for stream in listener.incoming() {
        let mut stream = stream?;
        std::thread::spawn(move || stream.write_all(GREETING.as_bytes()));
    }
    Ok(())
}
