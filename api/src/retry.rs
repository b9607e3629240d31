//! Retries transactions that lost a race: a deadlock, a serialisation failure, or a unique key that another transaction
//! inserted first. The retry then sees the rows that the other transaction committed.

use futures::future::BoxFuture;

use crate::error::{ApiResult, is_race};

/// The number of retries after the first attempt.
const AGAIN: usize = 3;

/// Runs `attempt`, and repeats it up to three times if it loses a race. Returns the error of the last attempt.
pub(crate) async fn retry<'a, T>(attempt: impl Fn() -> BoxFuture<'a, ApiResult<T>> + Send + Sync) -> ApiResult<T> {
    for _ in 0..AGAIN {
        match attempt().await {
            Err(error) if is_race(&error) => {}
            done => return done,
        }
    }
    attempt().await
}
