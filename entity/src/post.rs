//! A post 岗位: an officer's role in a unit, for an area and its descendants, in a period. A deputy 代理 has a post too.

use domain::id::{AreaId, OfficerId, PostId, UnitId};
use domain::staff::Role;
use sea_orm::entity::prelude::*;

/// A post 岗位: an officer's role in a unit, for an area and its descendants, in a period. A deputy 代理 has a post too.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "post")]
pub struct Model {
    /// The id, which never changes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PostId,
    /// The officer who holds it.
    pub officer_id: OfficerId,
    /// The role, which determines the permissions.
    pub role: Role,
    /// The unit in which the officer acts.
    pub unit_id: UnitId,
    /// The area that the post covers, including its descendants.
    pub area_id: AreaId,
    /// The post that this one deputises for; NULL unless it is a deputy's post.
    pub deputy_of: Option<PostId>,
    /// The first day on which it applies.
    pub valid_from: Date,
    /// The first day on which it no longer applies.
    pub valid_to: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}
