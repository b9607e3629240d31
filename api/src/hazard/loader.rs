//! Dataloaders for hazards and for what belongs to them. A hazard is loaded if the calling officer may see it; the others do not
//! check access, because the resolver of the hazard has already done so.

use std::collections::HashMap;

use domain::access::Action;
use domain::id::{HazardId, SubjectId};
use entity::{assignment, hazard, subject, supervision, whistle};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::dataloader::{LoadContext, Loader};
use crate::error::ApiResult;
use crate::grouping::grouped_by;
use crate::hazard::scope;

/// Loads the whistles of a hazard, in the order in which they were blown.
#[derive(Debug)]
pub(crate) struct WhistlesOfHazard;

impl Loader for WhistlesOfHazard {
    type Key = HazardId;
    type Value = Vec<whistle::Model>;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows = whistle::Entity::find()
            .filter(whistle::COLUMN.hazard_id.is_in(ids.iter().copied()))
            .order_by_asc(whistle::COLUMN.blown_at)
            .order_by_asc(whistle::COLUMN.id)
            .all(reader.app.db())
            .await?;
        Ok(grouped_by(rows, |row| row.hazard_id))
    }
}

/// Loads the assignments of a hazard in order of dispatch, the leading unit before the supporting units.
#[derive(Debug)]
pub(crate) struct AssignmentsOfHazard;

impl Loader for AssignmentsOfHazard {
    type Key = HazardId;
    type Value = Vec<assignment::Model>;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows = assignment::Entity::find()
            .filter(assignment::COLUMN.hazard_id.is_in(ids.iter().copied()))
            .order_by_asc(assignment::COLUMN.dispatched_at)
            .order_by_asc(assignment::COLUMN.part)
            .order_by_asc(assignment::COLUMN.id)
            .all(reader.app.db())
            .await?;
        Ok(grouped_by(rows, |row| row.hazard_id))
    }
}

/// Loads the supervisions 督办 of a hazard, in the order in which they were set.
#[derive(Debug)]
pub(crate) struct SupervisionsOfHazard;

impl Loader for SupervisionsOfHazard {
    type Key = HazardId;
    type Value = Vec<supervision::Model>;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows = supervision::Entity::find()
            .filter(supervision::COLUMN.hazard_id.is_in(ids.iter().copied()))
            .order_by_asc(supervision::COLUMN.at)
            .order_by_asc(supervision::COLUMN.id)
            .all(reader.app.db())
            .await?;
        Ok(grouped_by(rows, |row| row.hazard_id))
    }
}

/// Loads a hazard by id if the calling officer may see it.
#[derive(Debug)]
pub(crate) struct HazardById;

impl Loader for HazardById {
    type Key = HazardId;
    type Value = hazard::Model;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows = hazard::Entity::find()
            .filter(scope::visible(&reader.app, reader.caller.officer()?, Action::ReadHazard))
            .filter(hazard::COLUMN.id.is_in(ids.iter().copied()))
            .all(reader.app.db())
            .await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// Loads subjects 责任单位, the responsible parties, by id.
#[derive(Debug)]
pub(crate) struct SubjectById;

impl Loader for SubjectById {
    type Key = SubjectId;
    type Value = subject::Model;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows =
            subject::Entity::find().filter(subject::COLUMN.id.is_in(ids.iter().copied())).all(reader.app.db()).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
