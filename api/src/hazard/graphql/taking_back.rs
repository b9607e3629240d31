//! The payload of `takeBackAssignment`.

use async_graphql::SimpleObject;

use super::Hazard;
use super::parts::Assignment;

/// The result of `takeBackAssignment`.
#[derive(SimpleObject)]
pub(crate) struct TakeBackAssignmentPayload {
    /// The assignment that was taken back.
    pub(super) assignment: Option<Assignment>,
    /// The hazard, with all its assignments.
    pub(super) hazard: Option<Hazard>,
}
