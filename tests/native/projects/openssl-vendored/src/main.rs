//! Prints the version of OpenSSL and a digest.

use openssl::sha::sha256;

fn main() {
    let digest = sha256(b"abc").map(|byte| format!("{byte:02x}")).concat();
    println!("{}: {digest}", openssl::version::version());
}
