//! GraphQL inputs of `answerCallback` and `prepareWorkPhoto`.

use async_graphql::InputObject;
use domain::callback::Satisfaction;
use domain::id::{AssignmentId, ReportId};
use uuid::Uuid;

use crate::hazard::service::evidence::WorkPhoto;

/// The input of `answerCallback`: the reporter's opinion of the result (三率).
#[derive(Debug, InputObject)]
pub(crate) struct AnswerCallbackInput {
    /// The id of the report.
    pub report_id: ReportId,
    /// Whether an officer contacted the reporter 是否联系.
    pub contacted: Option<bool>,
    /// Whether the problem is solved 是否解决. The answer `false` within the reopening window reopens the hazard.
    pub solved: bool,
    /// How satisfied the reporter is with the result 是否满意.
    pub satisfaction: Option<Satisfaction>,
    /// The idempotency key: a UUID that the client creates for each action. A repeated request takes effect only once.
    pub request_id: Uuid,
}

/// The input of `prepareWorkPhoto`: a photo that the worker will send.
#[derive(Debug, InputObject)]
pub(crate) struct PrepareWorkPhotoInput {
    /// The id of the assignment, from `assignments` of its hazard.
    pub assignment_id: AssignmentId,
    /// A UUID that the phone creates for each photo. The same id again refers to the same photo.
    pub client_id: Uuid,
    /// The SHA-256 of the whole file, as 64 hexadecimal digits.
    pub sha256: String,
    /// The size of the whole file in bytes, at most 15 MiB.
    pub bytes: i32,
    /// The media type: `image/jpeg`, `image/png` or `image/webp`.
    pub media_type: String,
    /// Whether the photo was taken before, during or after the work. `finishAssignment` names photos of the stage
    /// `AFTER`.
    pub stage: domain::photo::PhotoStage,
}

impl From<PrepareWorkPhotoInput> for WorkPhoto {
    fn from(input: PrepareWorkPhotoInput) -> Self {
        let PrepareWorkPhotoInput { assignment_id, client_id, sha256, bytes, media_type, stage } = input;
        Self { assignment: assignment_id, client_id, sha256, bytes, media_type, stage }
    }
}
