//! What a reporter added later.

use domain::id::{AmendmentId, ReportId};
use sea_orm::entity::prelude::*;

/// What a reporter added later.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "amendment")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AmendmentId,
    /// To which report.
    pub report_id: ReportId,
    /// What was added.
    pub text: String,
    /// Exact receipt, never shown to a handler.
    pub received_at: DateTimeUtc,
    /// End of the hour of receipt.
    pub shown_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
