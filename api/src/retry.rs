//! Trying again when two transactions stood in each other's way.

use futures::future::BoxFuture;

use crate::error::{ApiResult, is_conflict};

/// Tries after the first.
const AGAIN: usize = 3;

/// Runs `attempt`, and again up to three times while it ends in a conflict of transactions (40P01, 40001).
///
/// # Errors
/// What the last try ended in.
pub async fn retry<'a, T>(attempt: impl Fn() -> BoxFuture<'a, ApiResult<T>> + Send + Sync) -> ApiResult<T> {
    for _ in 0..AGAIN {
        match attempt().await {
            Err(error) if is_conflict(&error) => {}
            done => return done,
        }
    }
    attempt().await
}
