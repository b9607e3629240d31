//! A subject 责任单位: the enterprise, owner or place that is responsible for a hazard.

use domain::id::SubjectId;
use sea_orm::entity::prelude::*;

/// A subject 责任单位: the enterprise, owner or place that is responsible for a hazard.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subject")]
pub struct Model {
    /// The id of the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SubjectId,
    /// The name of the enterprise, owner or place.
    pub name: String,
    /// The unified social credit code 统一社会信用代码 (GB 32100-2015).
    pub uscc: Option<String>,
    /// The contact details, as ciphertext.
    pub contact_ct: Option<Vec<u8>>,
    /// The id of the encryption key.
    pub key_id: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
