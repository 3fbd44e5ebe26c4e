//! Asks the given address over TLS, and prints the status.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).ok_or("which address?")?;
    let response = reqwest::blocking::Client::builder()
        .build()?
        .get(address)
        .send()?;
    println!("answer: {}", response.status());
    Ok(())
}
