//! What only the reporter and the evidence need: device place, exact times of capture.

use domain::id::ReportId;
use sea_orm::entity::prelude::*;

/// What only the reporter and the evidence need: device place, exact times of capture.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report_secret")]
pub struct Model {
    /// The report.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: ReportId,
    /// Sealed JSON.
    pub content_ct: Vec<u8>,
    /// The key that seals it.
    pub key_id: String,
}

impl ActiveModelBehavior for ActiveModel {}
