//! Housekeeping: photos that were not completed, and bytes that nobody completed.

use std::collections::HashSet;

use chrono::TimeDelta;

use super::complete::complete;
use super::rows;
use super::seal::Wrap;
use crate::app::App;
use crate::error::ApiResult;

/// Photos that one sweep completes, at most.
const RESUMED_MAX: u64 = 100;

/// What a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Photos that stood at STORED because a server ended in the middle, and were looked at now.
    pub completed: usize,
    /// Objects that came in more than a day ago and were never completed. Their rows stay, and can be sent again.
    pub removed: usize,
}

/// Completes what was left at STORED, and removes what came in more than a day ago. Safe if two run.
///
/// # Errors
/// `TRY_LATER` when the database or the store is not answering.
pub async fn sweep(app: &App, wrap: &dyn Wrap) -> ApiResult<Swept> {
    let mut completed = 0;
    for photo in rows::stored(app.db(), RESUMED_MAX).await? {
        match complete(app, photo.id, wrap).await {
            Ok(_) => completed += 1,
            Err(error) => tracing::warn!(cause = %error, photo = %photo.id, "a stored photo could not be completed"),
        }
    }
    let still_stored = rows::stored(app.db(), u64::from(u16::MAX)).await?;
    let keep: HashSet<String> = still_stored.into_iter().filter_map(|photo| photo.incoming_key).collect();
    let removed = app.photos.sweep(app.now() - TimeDelta::days(1), &keep).await?;
    Ok(Swept { completed, removed })
}
