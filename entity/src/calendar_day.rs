//! A day that is not what its weekday says: a holiday, or a make-up day 调休.

use domain::time::DayKind;
use sea_orm::entity::prelude::*;

/// A day that is not what its weekday says: a holiday, or a make-up day 调休.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_day")]
pub struct Model {
    /// The day.
    #[sea_orm(primary_key, auto_increment = false)]
    pub date: Date,
    /// What it is.
    pub kind: DayKind,
    /// Why.
    pub name: String,
}

impl ActiveModelBehavior for ActiveModel {}
