//! The secret facts of a report, used only for evidence and by its reporter: the phone's place and the exact capture
//! times.

use domain::id::ReportId;
use sea_orm::entity::prelude::*;

/// The secret facts of a report, used only for evidence and by its reporter: the phone's place and the exact capture
/// times.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report_secret")]
pub struct Model {
    /// The report to which the facts belong.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: ReportId,
    /// The facts as JSON, encrypted.
    pub content_ct: Vec<u8>,
    /// The id of the encryption key.
    pub key_id: String,
}

impl ActiveModelBehavior for ActiveModel {}
