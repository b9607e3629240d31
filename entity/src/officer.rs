//! The table of officers 工作人员.

use domain::id::{OfficerId, UnitId};
use sea_orm::entity::prelude::*;

/// An officer 工作人员: a person who works for a unit. The phone number is not here: it is encrypted in the
/// [vault](crate::vault).
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "officer")]
pub struct Model {
    /// The id, which never changes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OfficerId,
    /// The staff number, which is unique across all units and identifies the officer in imports.
    pub staff_no: String,
    /// The name, in plain text. Colleagues see it.
    pub name: String,
    /// The unit for which the officer works.
    pub unit_id: UnitId,
    /// Whether the officer may use the system. If false, existing sessions are refused too.
    pub active: bool,
}

impl ActiveModelBehavior for ActiveModel {}
