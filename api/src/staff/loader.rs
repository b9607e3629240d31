//! Loads units by id, many with one statement. A resolver that uses the loader has checked that the caller may see
//! them.

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
