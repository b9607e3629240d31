//! Finishes uploads: completes the photos of complete uploads, and removes expired uploads.

use domain::photo::PhotoStatus;
use entity::upload;

use super::rows;
use crate::app::App;
use crate::error::ApiResult;
use crate::photo::complete::take_in;
use crate::photo::finish::discard;

/// The batch size: how many uploads one run processes.
const BATCH: u64 = 64;

/// Completes the photo of a complete upload, as if its phone had requested it, and then removes the pieces.
pub(super) async fn finish(app: &App, upload: &upload::Model) -> ApiResult<()> {
    let photo = crate::photo::rows::find(app.db(), upload.photo_id).await?;
    let is_expected = photo.incoming_key.as_deref() == Some(upload.incoming_key.as_str());
    if photo.status == PhotoStatus::Receiving && is_expected {
        take_in(app, photo.id, &app.keys).await?;
    }
    let pieces = rows::pieces(app.db(), upload.id).await?;
    let txn = app.begin_write().await?;
    rows::set_done(&txn, upload.id, app.now()).await?;
    app.commit(txn).await?;
    for piece in pieces {
        discard(app, Some(&piece.key)).await;
    }
    Ok(())
}

/// Finishes complete uploads that were left over because a process stopped or the store was unavailable.
pub(crate) async fn finish_whole(app: &App) -> ApiResult<()> {
    for upload in rows::whole(app.db(), BATCH).await? {
        if let Err(error) = finish(app, &upload).await {
            tracing::warn!(cause = %error, photo = %upload.photo_id, "completing an upload failed and will be retried");
        }
    }
    Ok(())
}

/// Removes expired uploads, at most [`BATCH`] per run, and returns how many were removed. Their photos can be planned
/// and sent again.
pub(crate) async fn sweep(app: &App) -> ApiResult<usize> {
    let over = rows::over(app.db(), app.now(), BATCH).await?;
    for upload in &over {
        remove(app, upload).await?;
    }
    Ok(over.len())
}

/// Deletes an upload row with its piece rows, and then the piece objects.
pub(super) async fn remove(app: &App, upload: &upload::Model) -> ApiResult<()> {
    let pieces = rows::pieces(app.db(), upload.id).await?;
    let txn = app.begin_write().await?;
    rows::forget(&txn, upload.id).await?;
    app.commit(txn).await?;
    for piece in pieces {
        discard(app, Some(&piece.key)).await; // the object sweep removes a piece that a concurrent request adds
    }
    Ok(())
}
