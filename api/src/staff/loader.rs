//! Units, officers and posts by id, many at once. Says nothing about who may see them: the resolver has decided that
//! already. Nothing is kept between requests.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use domain::id::{OfficerId, PostId, UnitId};
use entity::{officer, post, unit};
use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter};

/// Units by id.
#[derive(Debug)]
pub struct UnitById(pub DatabaseConnection);

impl Loader<UnitId> for UnitById {
    type Value = unit::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, ids: &[UnitId]) -> Result<HashMap<UnitId, unit::Model>, Arc<DbErr>> {
        let rows = unit::Entity::find().filter(unit::COLUMN.id.is_in(ids.iter().copied())).all(&self.0).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// Officers by id.
#[derive(Debug)]
pub struct OfficerById(pub DatabaseConnection);

impl Loader<OfficerId> for OfficerById {
    type Value = officer::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, ids: &[OfficerId]) -> Result<HashMap<OfficerId, officer::Model>, Arc<DbErr>> {
        let rows = officer::Entity::find().filter(officer::COLUMN.id.is_in(ids.iter().copied())).all(&self.0).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// Posts by id.
#[derive(Debug)]
pub struct PostById(pub DatabaseConnection);

impl Loader<PostId> for PostById {
    type Value = post::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, ids: &[PostId]) -> Result<HashMap<PostId, post::Model>, Arc<DbErr>> {
        let rows = post::Entity::find().filter(post::COLUMN.id.is_in(ids.iter().copied())).all(&self.0).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
