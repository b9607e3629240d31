//! The author of a report, as ciphertext. Anonymous reports have a row of the same form, so that it does not reveal
//! them.

use domain::id::ReportId;
use sea_orm::entity::prelude::*;

/// The author of a report, as ciphertext. Anonymous reports have a row of the same form, so that it does not reveal
/// them.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "authorship")]
pub struct Model {
    /// The report whose author the row stores.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: ReportId,
    /// HMAC-SHA-256(link key, person ‖ n), or random bytes for an anonymous report.
    pub slot: Vec<u8>,
    /// The person and the naming mode, as ciphertext with a random nonce.
    pub person_ct: Vec<u8>,
    /// The id of the encryption key.
    pub key_id: String,
}

impl ActiveModelBehavior for ActiveModel {}
