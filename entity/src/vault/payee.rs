//! Who collects the award of a report, once they have proved who they are.

use domain::id::ReportId;
use sea_orm::entity::prelude::*;

/// Who collects the award of a report, once they have proved who they are.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payee")]
pub struct Model {
    /// The report.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: ReportId,
    /// Name and phone number, sealed.
    pub payee_ct: Vec<u8>,
    /// The key that seals it.
    pub key_id: String,
    /// When.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
