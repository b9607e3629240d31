//! A calendar day that deviates from its weekday: a holiday, or a make-up working day 调休.

use domain::time::DayKind;
use sea_orm::entity::prelude::*;

/// A calendar day that deviates from its weekday: a holiday, or a make-up working day 调休.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_day")]
pub struct Model {
    /// The date in China.
    #[sea_orm(primary_key, auto_increment = false)]
    pub date: Date,
    /// Whether it is a working day or a day off.
    pub kind: DayKind,
    /// The name, such as that of the holiday.
    pub name: String,
}

impl ActiveModelBehavior for ActiveModel {}
