//! Ends uploads: completes the photo of a complete upload, and removes expired uploads.

use domain::photo::PhotoStatus;
use entity::upload;

use super::rows;
use crate::app::App;
use crate::error::ApiResult;
use crate::photo::complete::take_in;
use crate::photo::finish::discard;

/// The number of uploads that one round processes.
const BATCH: u64 = 64;

/// Completes the photo of a complete upload, as if its phone had done so, and then removes the pieces.
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

/// Finishes complete uploads that were left over, because a process stopped or the store did not answer.
pub(crate) async fn finish_whole(app: &App) -> ApiResult<()> {
    for upload in rows::whole(app.db(), BATCH).await? {
        if let Err(error) = finish(app, &upload).await {
            tracing::warn!(cause = %error, photo = %upload.photo_id, "completing an upload failed and will be retried");
        }
    }
    Ok(())
}

/// Removes expired uploads and returns their number. Their photos can be planned and sent again.
pub(crate) async fn sweep(app: &App) -> ApiResult<usize> {
    let over = rows::over(app.db(), app.now(), BATCH).await?;
    for upload in &over {
        remove(app, upload).await?;
    }
    Ok(over.len())
}

/// Removes an upload with its pieces.
pub(super) async fn remove(app: &App, upload: &upload::Model) -> ApiResult<()> {
    let pieces = rows::pieces(app.db(), upload.id).await?;
    let txn = app.begin_write().await?;
    rows::forget(&txn, upload.id).await?;
    app.commit(txn).await?;
    for piece in pieces {
        discard(app, Some(&piece.key)).await; // the sweep of objects removes a piece that is added at the same moment
    }
    Ok(())
}
