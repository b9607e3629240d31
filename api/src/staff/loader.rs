//! Dataloaders that batch queries of units and posts by id. Resolvers that use them have checked that the caller may see them.

use std::collections::HashMap;

use domain::id::{PostId, UnitId};
use domain::staff::Role;
use entity::{officer, post, unit};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationDef};

use crate::dataloader::{LoadContext, Loader};
use crate::error::ApiResult;

/// Loads units by id.
#[derive(Debug)]
pub(crate) struct UnitById;

impl Loader for UnitById {
    type Key = UnitId;
    type Value = unit::Model;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows = unit::Entity::find().filter(unit::COLUMN.id.is_in(ids.iter().copied())).all(reader.app.db()).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// A post with the officer who holds it.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct PostHolder {
    /// The post.
    pub id: PostId,
    /// Its role.
    pub role: Role,
    /// Its unit.
    pub unit_id: UnitId,
    /// The name of the officer.
    pub name: String,
    /// The staff number of the officer.
    pub staff_no: String,
}

/// Loads posts with their officers by id, whether they are in force or not.
#[derive(Debug)]
pub(crate) struct PostById;

impl Loader for PostById {
    type Key = PostId;
    type Value = PostHolder;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let to_officer: RelationDef =
            post::Entity::belongs_to(officer::Entity).from(post::Column::OfficerId).to(officer::Column::Id).into();
        let rows: Vec<PostHolder> = post::Entity::find()
            .select_only()
            .columns([post::Column::Id, post::Column::Role, post::Column::UnitId])
            .columns([officer::Column::Name, officer::Column::StaffNo])
            .join(JoinType::InnerJoin, to_officer)
            .filter(post::COLUMN.id.is_in(ids.iter().copied()))
            .into_model()
            .all(reader.app.db())
            .await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
