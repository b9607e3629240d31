//! Waits for background work of a server by polling, never by a fixed sleep.

use std::{cell::RefCell, fmt::Debug, time::Duration};

use tokio::time::{sleep, timeout};

use crate::process::PATIENCE;

/// The polling interval.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Polls `ask` until it returns `Ok`, and returns that value. Until then `ask` returns the observed state as `Err`.
///
/// # Panics
/// Panics with the last observed state if `ask` does not return `Ok` within [`PATIENCE`].
pub async fn until<T, S: Debug>(wanted: &str, ask: impl AsyncFn() -> Result<T, S>) -> T {
    let last = RefCell::new(None);
    let asking = async {
        loop {
            match ask().await {
                Ok(good) => return good,
                Err(seen) => drop(last.replace(Some(seen))),
            }
            sleep(POLL_INTERVAL).await;
        }
    };
    let answered = timeout(PATIENCE, asking).await;
    answered
        .unwrap_or_else(|_elapsed| panic!("timed out waiting for {wanted}; the last state was: {:?}", last.borrow()))
}
