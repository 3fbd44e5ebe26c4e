//! Work that is spread over all cores.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::limits;

/// Runs a function for each job, with a stack of its own, and keeps the order.
pub(super) fn on_all_cores<T: Sync, R: Send>(
    jobs: &[T],
    run: impl Fn(&T) -> Option<R> + Sync,
) -> std::io::Result<Vec<R>> {
    /// Fewer files are no work for another thread.
    const ENOUGH: usize = 8;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut results = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(at) else {
                return results;
            };
            results.extend(run(job).map(|result| (at, result)));
        }
    };
    let mut results = std::thread::scope(|scope| {
        let count = cores.min(jobs.len().div_ceil(ENOUGH)).max(1);
        let threads = (0..count).map(|_| limits::spawn_with_room(scope, work));
        let threads: std::io::Result<Vec<_>> = threads.collect();
        let mut results = Vec::with_capacity(jobs.len());
        for thread in threads? {
            match thread.join() {
                Ok(found) => results.extend(found),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok::<_, std::io::Error>(results)
    })?;
    results.sort_by_key(|(at, _)| *at);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}
