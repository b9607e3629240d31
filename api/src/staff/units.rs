//! Units by id, in batches, and the unit as the published schema shows it.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Object;
use async_graphql::dataloader::Loader;
use domain::id::{AreaId, UnitId};
use domain::staff::UnitKind;
use entity::unit;
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

/// A unit 单位: an organisation that can hold a duty.
#[derive(Debug)]
pub struct Unit(pub unit::Model);

#[Object]
impl Unit {
    /// The unit.
    async fn id(&self) -> UnitId {
        self.0.id
    }

    /// The key by which files name it.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its Chinese name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What kind of organisation it is.
    async fn kind(&self) -> UnitKind {
        self.0.kind
    }

    /// The area it serves.
    async fn area_id(&self) -> AreaId {
        self.0.area_id
    }
}
