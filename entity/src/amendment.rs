//! An amendment 补充: a text that the reporter added later.

use domain::id::{AmendmentId, ReportId};
use sea_orm::entity::prelude::*;

/// An amendment 补充: a text that the reporter added later.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "amendment")]
pub struct Model {
    /// The id of the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AmendmentId,
    /// The amended report.
    pub report_id: ReportId,
    /// The text that was added.
    pub text: String,
    /// The exact time of receipt, which officers never see.
    pub received_at: DateTimeUtc,
    /// The time of receipt as officers see it: a boundary of the veil, or the end of the minute for an emergency.
    pub shown_at: DateTimeUtc,
    /// Whether the amendment is part of the report's history, and visible to officers. It is published at `shown_at`,
    /// or at once if there is no veil.
    pub published: bool,
}

impl ActiveModelBehavior for ActiveModel {}
