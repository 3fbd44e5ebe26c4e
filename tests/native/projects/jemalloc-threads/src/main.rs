//! Allocates in threads, and asks the allocator for what it sees of that.

use std::sync::Barrier;
use std::thread;

use tikv_jemalloc_ctl::{epoch, stats};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const THREADS: usize = 8;
const SIZE: usize = 4 << 20;

fn main() {
    let filled = Barrier::new(THREADS + 1);
    let counted = Barrier::new(THREADS + 1);
    let allocated = thread::scope(|scope| {
        for number in 0..THREADS {
            let (filled, counted) = (&filled, &counted);
            scope.spawn(move || {
                let bytes = vec![number as u8 + 1; SIZE];
                filled.wait();
                counted.wait();
                assert!(bytes.iter().all(|byte| *byte == number as u8 + 1));
            });
        }
        filled.wait();
        epoch::advance().expect("statistics");
        let allocated = stats::allocated::read().expect("statistics");
        counted.wait();
        allocated
    });
    println!("jemalloc sees all of it: {}", allocated >= THREADS * SIZE);
}
