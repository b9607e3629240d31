//! Who wrote a report, as far as anybody may know. Anonymous reports have a row of the same form.

use domain::id::ReportId;
use sea_orm::entity::prelude::*;

/// Who wrote a report, as far as anybody may know. Anonymous reports have a row of the same form.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "authorship")]
pub struct Model {
    /// The report.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: ReportId,
    /// HMAC-SHA-256(link key, person ‖ n); random bytes for an anonymous report.
    pub slot: Vec<u8>,
    /// Person and mode of naming, sealed under a random nonce.
    pub person_ct: Vec<u8>,
    /// The key that seals it.
    pub key_id: String,
}

impl ActiveModelBehavior for ActiveModel {}
