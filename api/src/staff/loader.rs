//! Officers and posts by id, many at once. Says nothing about who may see them: the resolver has decided that already.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::{DataLoader, Loader};
use domain::id::{OfficerId, PostId};
use entity::{officer, post};
use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter};

use crate::app::App;

/// Officers by id.
#[derive(Debug)]
pub struct OfficersById(DatabaseConnection);

/// A loader of officers for the schema; it keeps nothing between requests.
#[must_use]
pub fn officers(app: &App) -> DataLoader<OfficersById> {
    DataLoader::new(OfficersById(app.db().clone()), tokio::spawn)
}

impl Loader<OfficerId> for OfficersById {
    type Value = officer::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, ids: &[OfficerId]) -> Result<HashMap<OfficerId, officer::Model>, Arc<DbErr>> {
        let rows = officer::Entity::find().filter(officer::COLUMN.id.is_in(ids.iter().copied())).all(&self.0).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// Posts by id.
#[derive(Debug)]
pub struct PostsById(DatabaseConnection);

/// A loader of posts for the schema; it keeps nothing between requests.
#[must_use]
pub fn posts(app: &App) -> DataLoader<PostsById> {
    DataLoader::new(PostsById(app.db().clone()), tokio::spawn)
}

impl Loader<PostId> for PostsById {
    type Value = post::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, ids: &[PostId]) -> Result<HashMap<PostId, post::Model>, Arc<DbErr>> {
        let rows = post::Entity::find().filter(post::COLUMN.id.is_in(ids.iter().copied())).all(&self.0).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
