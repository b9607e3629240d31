//! Housekeeping: bytes that nobody completed.

use chrono::TimeDelta;

use super::{resumable, rows};
use crate::app::App;
use crate::error::ApiResult;

/// Removes what came in more than a day ago and was not completed, and says how many objects that were. Their rows
/// stay, and can be sent again; photos that wait for their turn are kept, and pieces of uploads
/// that can be gone on with. Safe if two run.
///
/// # Errors
/// `TRY_LATER` when the database or the store is not answering.
pub(crate) async fn sweep(app: &App) -> ApiResult<usize> {
    resumable::sweep(app).await?;
    let mut keep = rows::stored_keys(app.db()).await?;
    keep.extend(resumable::piece_keys(app.db()).await?);
    Ok(app.photos.sweep(app.now() - TimeDelta::days(1), &keep).await?)
}
