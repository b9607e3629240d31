//! The evidence photos of an assignment: the unit that has the assignment announces them and completes their upload.

use domain::Code;
use domain::access::{Action, Relation, may};
use domain::content::Digest;
use domain::hazard::AssignmentStatus;
use domain::id::{AssignmentId, PhotoId};
use domain::photo::{PhotoParent, PhotoStage, PhotoStatus};
use domain::refusal::Refusal;
use entity::{assignment, photo};
use sea_orm::{EntityTrait, QueryFilter};
use uuid::Uuid;

use super::reading;
use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiResult;
use crate::photo::service::PhotoUploadPlan;
use crate::photo::{Announced, Announcement, announce};

/// The maximum number of photos per assignment that have arrived, across all its reworks.
const PHOTOS_OF_ASSIGNMENT_MAX: usize = 36;
/// The maximum number of photos per assignment that were announced, whether or not they ever arrived. A phone that
/// announces each attempt as another photo must not use up the places of those that arrive.
const ANNOUNCED_MAX: usize = 400;

/// The announcement of an evidence photo, as the client describes it before the upload.
#[derive(Debug, Clone)]
pub(crate) struct WorkPhoto {
    /// The assignment whose work the photo shows.
    pub assignment: AssignmentId,
    /// The client-generated id of the photo, unique within the assignment. A repeated id refers to the same photo.
    pub client_id: Uuid,
    /// The SHA-256 of the whole file, as 64 hexadecimal digits.
    pub sha256: String,
    /// The size of the whole file in bytes.
    pub bytes: i32,
    /// The media type, such as `image/jpeg`.
    pub media_type: String,
    /// Whether the photo was taken before, during or after the work.
    pub stage: PhotoStage,
}

/// Announces an evidence photo and returns its row with an upload plan. A repeated `client_id` returns the existing row
/// with a new plan.
///
/// # Errors
/// `NOT_FOUND` for an assignment that the caller may not see, `FORBIDDEN` for the assignment of another unit,
/// `ILLEGAL_MOVE` once the assignment is accepted or cancelled or the photo has been received, `INVALID_INPUT` for a
/// malformed digest or a negative size, `CONTENT_CHANGED` for a known `client_id` with another digest, `TOO_LARGE` once
/// the assignment has 36 photos that arrived or 400 that were announced, and the refusals of [`announce`].
pub(crate) async fn prepare(
    app: &App,
    caller: &Caller,
    input: WorkPhoto,
) -> ApiResult<(photo::Model, PhotoUploadPlan)> {
    let assignment = reading::assignment(app, caller, input.assignment).await?;
    works_on(caller, &assignment)?;
    if assignment.status == AssignmentStatus::Accepted || assignment.status.is_gone() {
        return Err(Refusal::illegal("assignment.over").into());
    }
    let sha256: Digest = input.sha256.parse()?;
    let there = photo::Entity::find().filter(photo::COLUMN.parent_id.eq(assignment.id.0)).all(app.db()).await?;
    if let Some(row) = known(&there, input.client_id, sha256)? {
        return Ok((row.clone(), crate::photo::plan(app, row.id).await?));
    }
    if there.len() >= ANNOUNCED_MAX || there.iter().filter(|row| has_arrived(row)).count() >= PHOTOS_OF_ASSIGNMENT_MAX {
        return Err(Refusal::new(Code::TooLarge).with_rule("assignment.photos").into());
    }
    let bytes = u64::try_from(input.bytes).map_err(|_negative| Code::InvalidInput)?;
    let announced = Announced { client_id: input.client_id, sha256: sha256.0, bytes, media_type: input.media_type };
    let announcement = Announcement {
        parent_kind: PhotoParent::Assignment,
        parent_id: assignment.id.0,
        stage: input.stage,
        photos: vec![announced],
    };
    let row = match announce_one(app, announcement).await {
        Ok(row) => row,
        // The same request may have announced it at the same moment.
        Err(refusal) => {
            let there = photo::Entity::find().filter(photo::COLUMN.parent_id.eq(assignment.id.0)).all(app.db()).await?;
            known(&there, input.client_id, sha256)?.cloned().ok_or(refusal)?
        }
    };
    let plan = crate::photo::plan(app, row.id).await?;
    Ok((row, plan))
}

async fn announce_one(app: &App, announcement: Announcement) -> ApiResult<photo::Model> {
    let txn = app.begin_write().await?;
    let rows = announce(&txn, announcement, app.now()).await?;
    app.commit(txn).await?;
    Ok(rows.into_iter().next().ok_or(Code::NotFound)?)
}

/// Returns the photo that was announced with this client id, or `None`.
///
/// # Errors
/// `CONTENT_CHANGED` if it was announced with another digest.
fn known(there: &[photo::Model], client_id: Uuid, sha256: Digest) -> Result<Option<&photo::Model>, Refusal> {
    match there.iter().find(|row| row.client_id == client_id) {
        Some(row) if row.sha256 != sha256.0 => Err(Code::ContentChanged.into()),
        found => Ok(found),
    }
}

fn has_arrived(row: &photo::Model) -> bool {
    match row.status {
        PhotoStatus::Expected | PhotoStatus::Receiving => false,
        PhotoStatus::Stored | PhotoStatus::Verified | PhotoStatus::Rejected => true,
    }
}

/// Completes the upload of an evidence photo. The server reads the bytes back, validates them and strips the metadata,
/// either now or in the background.
///
/// # Errors
/// `NOT_FOUND` for a photo that does not belong to an assignment or whose assignment the caller may not see,
/// `FORBIDDEN` for the assignment of another unit.
pub(crate) async fn complete(app: &App, caller: &Caller, id: PhotoId) -> ApiResult<photo::Model> {
    let row = photo::Entity::find_by_id(id).one(app.db()).await?.ok_or(Code::NotFound)?;
    if row.parent_kind != PhotoParent::Assignment {
        return Err(Code::NotFound.into());
    }
    let assignment = reading::assignment(app, caller, AssignmentId(row.parent_id)).await?;
    works_on(caller, &assignment)?;
    Ok(crate::photo::complete(app, id, &app.keys).await?.photo)
}

fn works_on(caller: &Caller, assignment: &assignment::Model) -> ApiResult<()> {
    caller
        .officer()?
        .acting(|post| post.unit == assignment.unit_id && may(post.role, Action::Sign, Relation::OwnUnit))
        .map(|_| ())
}
