//! A change of the calendar after which running clocks still have to be counted again. The row is deleted when all are.

use sea_orm::entity::prelude::*;

/// A change of the calendar after which running clocks still have to be counted again.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "clock_recount")]
pub struct Model {
    /// The revision that changed the calendar.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    /// The changed days as they were before, as a JSON object: the kind of day, or null for a day that was not named.
    pub days_before: String,
    /// The last stream whose clocks have been counted again; empty at first.
    pub done_to: String,
}

impl ActiveModelBehavior for ActiveModel {}
