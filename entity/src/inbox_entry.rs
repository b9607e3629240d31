//! An inbox entry: an in-app notice to the author of a report.

use domain::id::ReportId;
use sea_orm::entity::prelude::*;

/// An inbox entry: an in-app notice to the author of a report.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbox_entry")]
pub struct Model {
    /// The id of the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The report that the notice is about; its author is the recipient.
    pub report_id: ReportId,
    /// The notice kind, as a code.
    pub kind: String,
    /// The values for the notice text, as JSON.
    pub facts: String,
    /// When the notice was created.
    pub at: DateTimeUtc,
    /// When the author read the notice; NULL while it is unread.
    pub read_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
