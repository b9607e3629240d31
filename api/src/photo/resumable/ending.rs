//! The end of an upload: its photo is taken in, or the upload is over and goes.

use domain::photo::PhotoStatus;
use entity::upload;

use super::rows;
use crate::app::App;
use crate::error::ApiResult;
use crate::photo::complete::take_in;
use crate::photo::finish::discard;

/// Uploads that one round works on.
const A_ROUND: u64 = 64;

/// Takes in the photo of an upload that came whole, as if its phone had completed it; then its pieces go.
///
/// # Errors
/// `TRY_LATER` when the store or the database is not answering.
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

/// Takes in what came whole while nobody was there to do it: a process ended, or the store was not answering.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
pub(crate) async fn finish_whole(app: &App) -> ApiResult<()> {
    for upload in rows::whole(app.db(), A_ROUND).await? {
        if let Err(error) = finish(app, &upload).await {
            tracing::warn!(cause = %error, photo = %upload.photo_id, "completing an upload failed and will be retried");
        }
    }
    Ok(())
}

/// Removes uploads that can no longer be gone on with, and says how many. Their photos can be planned and sent anew.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
pub(crate) async fn sweep(app: &App) -> ApiResult<usize> {
    let over = rows::over(app.db(), app.now(), A_ROUND).await?;
    for upload in &over {
        remove(app, upload).await?;
    }
    Ok(over.len())
}

/// Removes an upload with its pieces.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
pub(super) async fn remove(app: &App, upload: &upload::Model) -> ApiResult<()> {
    let pieces = rows::pieces(app.db(), upload.id).await?;
    let txn = app.begin_write().await?;
    rows::forget(&txn, upload.id).await?;
    app.commit(txn).await?;
    for piece in pieces {
        discard(app, Some(&piece.key)).await; // one that is added at this very moment is left to the sweep of objects
    }
    Ok(())
}
