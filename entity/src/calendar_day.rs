//! A named day that differs from its weekday: a holiday, or a make-up day 调休.

use domain::time::DayKind;
use sea_orm::entity::prelude::*;

/// A named day that differs from its weekday: a holiday, or a make-up day 调休.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_day")]
pub struct Model {
    /// The day.
    #[sea_orm(primary_key, auto_increment = false)]
    pub date: Date,
    /// The kind of the day.
    pub kind: DayKind,
    /// The name of the day, such as the holiday.
    pub name: String,
}

impl ActiveModelBehavior for ActiveModel {}
