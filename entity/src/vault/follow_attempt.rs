//! A wrong follow-up code.

use domain::id::ReportId;
use sea_orm::entity::prelude::*;

/// A wrong follow-up code.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow_attempt")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tried on.
    pub report_id: ReportId,
    /// When.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
