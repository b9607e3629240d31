//! A dataloader that batches unit queries by id. Resolvers that use it have checked that the caller may see the units.

use std::collections::HashMap;

use domain::id::UnitId;
use entity::unit;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

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
