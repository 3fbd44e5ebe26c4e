//! Puts a blob into a repository in memory.

use git2::{Odb, Repository, Version};

fn main() -> Result<(), git2::Error> {
    let (major, minor, patch) = Version::get().libgit2_version();
    let odb = Odb::new()?;
    odb.add_new_mempack_backend(1)?;
    let repository = Repository::from_odb(odb)?;
    let id = repository.blob(b"hello\n")?;
    let size = repository.find_blob(id)?.size();
    println!("libgit2 {major}.{minor}.{patch}: {id} of {size} bytes");
    Ok(())
}
