//! The author of a report, encrypted. Anonymous reports have a row of the same form.

use domain::id::ReportId;
use sea_orm::entity::prelude::*;

/// The author of a report, encrypted. Anonymous reports have a row of the same form.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "authorship")]
pub struct Model {
    /// The report.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: ReportId,
    /// HMAC-SHA-256(link key, person ‖ n), or random bytes for an anonymous report.
    pub slot: Vec<u8>,
    /// The person and the mode of naming, encrypted with a random nonce.
    pub person_ct: Vec<u8>,
    /// The id of the key that encrypts it.
    pub key_id: String,
}

impl ActiveModelBehavior for ActiveModel {}
