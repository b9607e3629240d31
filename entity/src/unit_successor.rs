//! The successor 承接单位 that an import named for everything that a unit had when it ended 撤并. What turns up at the unit
//! afterwards follows the same way.

use domain::id::UnitId;
use sea_orm::entity::prelude::*;

/// The successor 承接单位 of a unit that ended 撤并.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_successor")]
pub struct Model {
    /// The unit that ended.
    #[sea_orm(primary_key, auto_increment = false)]
    pub unit_id: UnitId,
    /// The unit that takes over.
    pub successor_id: UnitId,
    /// When the successor was named.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
