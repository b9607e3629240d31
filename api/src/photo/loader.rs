//! Photos by parent, in batches.

use std::collections::HashMap;

use entity::photo;
use uuid::Uuid;

use super::rows;
use crate::dataloader::{LoadContext, Loader};
use crate::error::ApiResult;

/// Photos of reports and assignments, by the id of the parent. Says nothing about who may see them: the resolver has
/// decided that already.
pub(crate) struct PhotosOfParent;

impl Loader for PhotosOfParent {
    type Key = Uuid;
    type Value = Vec<photo::Model>;

    async fn load(reader: &LoadContext, parents: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        Ok(rows::by_parents(reader.app.db(), parents, None).await?)
    }
}
