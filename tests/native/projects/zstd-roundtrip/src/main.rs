//! Compresses a million bytes, and takes them back.

fn main() -> std::io::Result<()> {
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|n| (n / 1000) as u8).collect();
    let packed = zstd::encode_all(&bytes[..], 19)?;
    let same = zstd::decode_all(&packed[..])? == bytes;
    println!("small {}, same {same}", packed.len() < 10_000);
    Ok(())
}
