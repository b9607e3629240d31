//! The subject 责任单位 of a hazard.

use domain::id::SubjectId;
use sea_orm::entity::prelude::*;

/// The subject 责任单位 of a hazard.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subject")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SubjectId,
    /// Name.
    pub name: String,
    /// Unified social credit code (GB 32100-2015).
    pub uscc: Option<String>,
    /// How to reach it, sealed.
    pub contact_ct: Option<Vec<u8>>,
    /// The key that seals it.
    pub key_id: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
