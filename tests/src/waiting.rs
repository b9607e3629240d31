//! Waiting for what a server does in the background: by asking again, never by guessing how long it takes.

use std::{cell::RefCell, fmt::Debug, time::Duration};

use tokio::time::{sleep, timeout};

use crate::process::PATIENCE;

/// Time between two questions.
const PAUSE: Duration = Duration::from_millis(20);

/// Asks until the answer is good, and gives it. `ask` gives what it saw instead while it is not.
///
/// # Panics
/// Panics if it is not good within [`PATIENCE`]; with what was seen last.
pub async fn until<T, S: Debug>(wanted: &str, ask: impl AsyncFn() -> Result<T, S>) -> T {
    let last = RefCell::new(None);
    let asking = async {
        loop {
            match ask().await {
                Ok(good) => return good,
                Err(seen) => drop(last.replace(Some(seen))),
            }
            sleep(PAUSE).await;
        }
    };
    let answered = timeout(PATIENCE, asking).await;
    answered.unwrap_or_else(|_elapsed| panic!("waited in vain for {wanted}; seen last: {:?}", last.borrow()))
}
