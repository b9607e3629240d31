//! An officer 工作人员: a person who works for a unit. How to reach them lies in the vault.

use domain::id::{OfficerId, UnitId};
use sea_orm::entity::prelude::*;

/// An officer 工作人员: a person who works for a unit. How to reach them lies in the vault.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "officer")]
pub struct Model {
    /// Their name for ever.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OfficerId,
    /// The number by which the unit knows them.
    pub staff_no: String,
    /// Name, shown to colleagues.
    pub name: String,
    /// Where they are employed.
    pub unit_id: UnitId,
    /// Whether they may log in.
    pub active: bool,
}

impl ActiveModelBehavior for ActiveModel {}
