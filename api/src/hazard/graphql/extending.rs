//! Extension 延期 in the schema: the payloads, and the request that an assignment shows.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use domain::hazard::AskedExtension;
use domain::id::PostId;

use super::Hazard;
use super::parts::Assignment;

/// A request for more time 申请延期 that awaits its decision.
#[derive(Debug, SimpleObject)]
pub(crate) struct ExtensionRequest {
    /// The due time that the unit asks for.
    until: DateTime<Utc>,
    /// The time at which the unit asked.
    asked_at: DateTime<Utc>,
    /// The id of the post whose holder asked.
    asked_by_post_id: PostId,
}

impl ExtensionRequest {
    pub(super) const fn of(asked: &AskedExtension) -> Self {
        let AskedExtension { until, officer: _, post, at } = *asked;
        Self { until, asked_at: at, asked_by_post_id: post }
    }
}

/// The result of `askExtension`.
#[derive(SimpleObject)]
pub(crate) struct AskExtensionPayload {
    /// The assignment, with the request.
    pub(super) assignment: Option<Assignment>,
    /// The hazard, with its clocks.
    pub(super) hazard: Option<Hazard>,
}

/// The result of `grantExtension`.
#[derive(SimpleObject)]
pub(crate) struct GrantExtensionPayload {
    /// The assignment, without the request.
    pub(super) assignment: Option<Assignment>,
    /// The hazard, with its clocks.
    pub(super) hazard: Option<Hazard>,
}

/// The result of `refuseExtension`.
#[derive(SimpleObject)]
pub(crate) struct RefuseExtensionPayload {
    /// The assignment, without the request.
    pub(super) assignment: Option<Assignment>,
    /// The hazard, with its clocks.
    pub(super) hazard: Option<Hazard>,
}
