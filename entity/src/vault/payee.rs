//! The person who collects the award of a report, after proving their identity.

use domain::id::ReportId;
use sea_orm::entity::prelude::*;

/// The person who collects the award of a report, after proving their identity.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payee")]
pub struct Model {
    /// The report.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: ReportId,
    /// The name and phone number, encrypted.
    pub payee_ct: Vec<u8>,
    /// The id of the key that encrypts it.
    pub key_id: String,
    /// The time.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
