//! By which subject 责任单位 a unified social credit code is found again.

use domain::id::SubjectId;
use sea_orm::entity::prelude::*;

/// By which subject 责任单位 a unified social credit code is found again.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subject_code")]
pub struct Model {
    /// The unified social credit code 统一社会信用代码, as [`domain::subject::Uscc`] writes it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub uscc: String,
    /// The subject.
    pub subject_id: SubjectId,
}

impl ActiveModelBehavior for ActiveModel {}
