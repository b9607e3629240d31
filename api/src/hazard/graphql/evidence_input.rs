//! What the mutations around the work take: callbacks and photos of the work.

use async_graphql::InputObject;
use domain::callback::Satisfaction;
use domain::id::{AssignmentId, ReportId};
use uuid::Uuid;

use crate::hazard::service::evidence::WorkPhoto;

/// What a reporter says of the result 三率.
#[derive(Debug, InputObject)]
pub struct AnswerCallbackInput {
    /// The report.
    pub report_id: ReportId,
    /// Was anybody in contact 是否联系.
    pub contacted: Option<bool>,
    /// Is it solved 是否解决. "No" within the window opens the hazard again.
    pub solved: bool,
    /// Are you satisfied 是否满意.
    pub satisfaction: Option<Satisfaction>,
    /// Made by the client: the same id twice has one effect.
    pub request_id: Uuid,
}

/// The photo that a worker is about to send.
#[derive(Debug, InputObject)]
pub struct PrepareWorkPhotoInput {
    /// The assignment.
    pub assignment_id: AssignmentId,
    /// A UUID made by the phone, new for each photo: the same id twice is the same photo.
    pub client_id: Uuid,
    /// SHA-256 of the whole file, 64 hexadecimal digits.
    pub sha256: String,
    /// Size of the whole file, at most 15 MiB.
    pub bytes: i32,
    /// `image/jpeg`, `image/png` or `image/webp`.
    pub media_type: String,
    /// Before, during or after the work: finishing names photos `AFTER` it.
    pub stage: domain::photo::PhotoStage,
}

impl From<PrepareWorkPhotoInput> for WorkPhoto {
    fn from(input: PrepareWorkPhotoInput) -> Self {
        let PrepareWorkPhotoInput { assignment_id, client_id, sha256, bytes, media_type, stage } = input;
        Self { assignment: assignment_id, client_id, sha256, bytes, media_type, stage }
    }
}
