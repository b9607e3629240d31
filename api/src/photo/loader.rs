//! Photos by parent, in batches.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::photo;
use sea_orm::{DatabaseConnection, DbErr};
use uuid::Uuid;

use super::rows;

/// Photos of reports and assignments, by the id of the parent. Says nothing about who may see them: the resolver has
/// decided that already.
pub struct PhotosOfParent(pub DatabaseConnection);

impl Loader<Uuid> for PhotosOfParent {
    type Value = Vec<photo::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, parents: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Self::Error> {
        Ok(rows::by_parents(&self.0, parents, None).await?)
    }
}
