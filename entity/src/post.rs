//! A post 岗位: role + unit + area subtree + dates. Deputies 代理 are posts too.

use domain::id::{AreaId, OfficerId, PostId, UnitId};
use domain::staff::Role;
use sea_orm::entity::prelude::*;

/// A post 岗位: role + unit + area subtree + dates. Deputies 代理 are posts too.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "post")]
pub struct Model {
    /// Its name for ever.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PostId,
    /// Who holds it.
    pub officer_id: OfficerId,
    /// The role.
    pub role: Role,
    /// For which unit.
    pub unit_id: UnitId,
    /// Over which area and all below.
    pub area_id: AreaId,
    /// The post it stands in for.
    pub deputy_of: Option<PostId>,
    /// First day.
    pub valid_from: Date,
    /// First day on which it is no longer.
    pub valid_to: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}
