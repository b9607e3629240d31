//! Trying again when two transactions stood in each other's way: a deadlock, a serialization failure, or a unique key
//! that the other one took first. The second try sees what the first one wrote.

use futures::future::BoxFuture;

use crate::error::{ApiResult, is_race};

/// Tries after the first.
const AGAIN: usize = 3;

/// Runs `attempt`, and again up to three times while it ends in a race.
///
/// # Errors
/// What the last try ended in.
pub(crate) async fn retry<'a, T>(attempt: impl Fn() -> BoxFuture<'a, ApiResult<T>> + Send + Sync) -> ApiResult<T> {
    for _ in 0..AGAIN {
        match attempt().await {
            Err(error) if is_race(&error) => {}
            done => return done,
        }
    }
    attempt().await
}
