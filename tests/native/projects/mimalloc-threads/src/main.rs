//! Allocates in threads, and asks the allocator whether the memory is its own.

use std::thread;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let threads: Vec<_> = (0..8_u8)
        .map(|number| thread::spawn(move || is_own(number)))
        .collect();
    let own = threads
        .into_iter()
        .all(|thread| thread.join().expect("no panic"));
    // SAFETY: reads a number.
    let version = unsafe { libmimalloc_sys::mi_version() };
    println!("mimalloc {version}: all of it is its own: {own}");
}

fn is_own(number: u8) -> bool {
    let bytes = vec![number + 1; 4 << 20];
    assert!(bytes.iter().all(|byte| *byte == number + 1));
    // SAFETY: only looks up the address.
    unsafe { libmimalloc_sys::mi_is_in_heap_region(bytes.as_ptr().cast()) }
}
