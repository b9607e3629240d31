//! The facts that only the reporter and the evidence need: the place of the phone and the exact times of capture.

use domain::id::ReportId;
use sea_orm::entity::prelude::*;

/// The facts that only the reporter and the evidence need: the place of the phone and the exact times of capture.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report_secret")]
pub struct Model {
    /// The report.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: ReportId,
    /// The content as JSON, encrypted.
    pub content_ct: Vec<u8>,
    /// The id of the key that encrypts it.
    pub key_id: String,
}

impl ActiveModelBehavior for ActiveModel {}
