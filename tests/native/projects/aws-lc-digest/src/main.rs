//! Prints a digest, and what becomes of a right and of a wrong signature.

use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

fn main() {
    let digest = digest::digest(&digest::SHA256, b"abc");
    let hex: String = digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("a key");
    let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).expect("the same key");
    let signature = pair.sign(b"message");
    let key = UnparsedPublicKey::new(&ED25519, pair.public_key().as_ref());
    let right = key.verify(b"message", signature.as_ref()).is_ok();
    let wrong = key.verify(b"another", signature.as_ref()).is_ok();
    println!("{hex}, verified {right}, forged {wrong}");
}
