//! A notice to the author of a report, read in the app.

use domain::id::ReportId;
use sea_orm::entity::prelude::*;

/// A notice to the author of a report, read in the app.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbox_entry")]
pub struct Model {
    /// The id of the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The report.
    pub report_id: ReportId,
    /// The kind of the notice, as a code.
    pub kind: String,
    /// The facts for the text, as JSON.
    pub facts: String,
    /// The time.
    pub at: DateTimeUtc,
    /// When it was read.
    pub read_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
