//! Photo uploads of a submission: the submission announces the photos, and the phone uploads them afterwards. The
//! random submission id acts as a bearer secret, so that photos can be uploaded after the login has expired.

use domain::Code;
use domain::content::submission_key;
use entity::{photo, report};
use sea_orm::{EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::app::App;
use crate::error::ApiResult;
use crate::photo::service::PhotoUploadPlan;

/// Looks up an announced photo by submission id and client-generated photo id; `NOT_FOUND` if either is unknown.
async fn announced(app: &App, submission: Uuid, client_id: Uuid) -> ApiResult<photo::Model> {
    let key = submission_key(submission).0.to_vec();
    let report = report::Entity::find()
        .filter(report::COLUMN.submission_key.eq(key))
        .one(app.db())
        .await?
        .ok_or(Code::NotFound)?;
    let found = photo::Entity::find()
        .filter(photo::COLUMN.parent_id.eq(report.id.0))
        .filter(photo::COLUMN.client_id.eq(client_id))
        .one(app.db())
        .await?;
    Ok(found.ok_or(Code::NotFound)?)
}

/// Returns the photo row with a new upload plan. The row is read again, because planning may change its status.
///
/// # Errors
/// `NOT_FOUND` for an unknown submission or photo, `ILLEGAL_MOVE` if the server already has the photo.
pub(crate) async fn prepare(
    app: &App,
    submission: Uuid,
    client_id: Uuid,
) -> ApiResult<(photo::Model, PhotoUploadPlan)> {
    let row = announced(app, submission, client_id).await?;
    let plan = crate::photo::plan(app, row.id).await?;
    Ok((announced(app, submission, client_id).await?, plan))
}

/// Completes the upload of a photo. The server reads the bytes back, validates them and strips the metadata, either now
/// or in the background.
///
/// # Errors
/// `NOT_FOUND` for an unknown submission or photo, or if its bytes have not arrived.
pub(crate) async fn complete(app: &App, submission: Uuid, client_id: Uuid) -> ApiResult<photo::Model> {
    let row = announced(app, submission, client_id).await?;
    Ok(crate::photo::complete(app, row.id, &app.keys).await?.photo)
}
