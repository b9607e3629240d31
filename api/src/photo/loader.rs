//! A dataloader that batches photo queries by parent.

use std::collections::HashMap;

use entity::photo;
use uuid::Uuid;

use super::rows;
use crate::dataloader::{LoadContext, Loader};
use crate::error::ApiResult;

/// Loads the photos of reports and assignments by parent id. The resolver has already checked that the caller may see
/// them.
pub(crate) struct PhotosOfParent;

impl Loader for PhotosOfParent {
    type Key = Uuid;
    type Value = Vec<photo::Model>;

    async fn load(reader: &LoadContext, parents: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        Ok(rows::by_parents(reader.app.db(), parents, None).await?)
    }
}
