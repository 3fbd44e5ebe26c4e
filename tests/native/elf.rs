//! What a program's own bytes say of how it is linked.

use crate::Result;
use crate::projects::Linkage;

/// The segment with the path of a loader: <https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html>.
const INTERPRETER: u32 = 3;
/// Glibc reads this variable at every start, musl never.
const OF_GLIBC: &[u8] = b"GLIBC_TUNABLES";

/// Reads what a program for 64-bit little-endian machines is linked to.
pub(crate) fn linkage(bytes: &[u8]) -> Result<Linkage> {
    if !bytes.starts_with(b"\x7fELF\x02\x01") {
        return Err("the program is no 64-bit ELF".into());
    }
    let offset = usize::try_from(u64::from_le_bytes(field(bytes, 32)?))?;
    let size = usize::from(u16::from_le_bytes(field(bytes, 54)?));
    let count = usize::from(u16::from_le_bytes(field(bytes, 56)?));
    for index in 0..count {
        let kind = u32::from_le_bytes(field(bytes, offset + index * size)?);
        if kind == INTERPRETER {
            return Ok(Linkage::Dynamic);
        }
    }
    let is_glibc = bytes
        .windows(OF_GLIBC.len())
        .any(|window| window == OF_GLIBC);
    Ok(match is_glibc {
        true => Linkage::StaticGlibc,
        false => Linkage::Musl,
    })
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N]> {
    let field = bytes.get(at..at + N).ok_or("the program is cut off")?;
    Ok(field.try_into()?)
}
