//! Removes the bytes of photos that nobody completed.

use chrono::TimeDelta;

use super::{resumable, rows};
use crate::app::App;
use crate::error::ApiResult;

/// Removes objects that arrived more than a day ago and were not completed, and returns how many were removed. The
/// photo rows stay, so that a phone can send the photos again. Objects that wait for the darkroom are kept, and so are
/// the pieces of uploads that can still continue. Several processes may run this concurrently.
pub(crate) async fn sweep(app: &App) -> ApiResult<usize> {
    resumable::sweep(app).await?;
    let mut keep = rows::stored_keys(app.db()).await?;
    keep.extend(resumable::piece_keys(app.db()).await?);
    Ok(app.photos.sweep(app.now() - TimeDelta::days(1), &keep).await?)
}
