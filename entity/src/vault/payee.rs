//! The payee of the award for a report: the person who collects it, after identity verification.

use domain::id::ReportId;
use sea_orm::entity::prelude::*;

/// The payee of the award for a report: the person who collects it, after identity verification.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payee")]
pub struct Model {
    /// The rewarded report.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: ReportId,
    /// The payee's name and phone number, as ciphertext.
    pub payee_ct: Vec<u8>,
    /// The id of the encryption key.
    pub key_id: String,
    /// When the payee was recorded.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
