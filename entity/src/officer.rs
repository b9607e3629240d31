//! An officer 工作人员: a person who works for a unit. The vault holds the phone number.

use domain::id::{OfficerId, UnitId};
use sea_orm::entity::prelude::*;

/// An officer 工作人员: a person who works for a unit. The vault holds the phone number.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "officer")]
pub struct Model {
    /// The id, which never changes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OfficerId,
    /// The staff number in the unit.
    pub staff_no: String,
    /// The name, which colleagues see.
    pub name: String,
    /// The unit that employs the officer.
    pub unit_id: UnitId,
    /// Whether the officer may log in.
    pub active: bool,
}

impl ActiveModelBehavior for ActiveModel {}
