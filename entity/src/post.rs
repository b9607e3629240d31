//! A post 岗位: a role in a unit, for an area and all below it, with dates. A deputy 代理 has a post as well.

use domain::id::{AreaId, OfficerId, PostId, UnitId};
use domain::staff::Role;
use sea_orm::entity::prelude::*;

/// A post 岗位: a role in a unit, for an area and all below it, with dates. A deputy 代理 has a post as well.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "post")]
pub struct Model {
    /// The id, which never changes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PostId,
    /// The officer who holds it.
    pub officer_id: OfficerId,
    /// The role.
    pub role: Role,
    /// The unit.
    pub unit_id: UnitId,
    /// The area, with all below it.
    pub area_id: AreaId,
    /// The post whose deputy this is, if it is one.
    pub deputy_of: Option<PostId>,
    /// The first day on which it applies.
    pub valid_from: Date,
    /// The first day on which it no longer applies.
    pub valid_to: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}
