//! Rows around hazards, in batches. Says nothing about who may see them: the resolver has decided that already.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use domain::id::{HazardId, SubjectId};
use entity::{assignment, subject, whistle};
use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder};

/// Whistles by hazard, first blown first.
#[derive(Debug)]
pub struct WhistlesOfHazard(pub DatabaseConnection);

impl Loader<HazardId> for WhistlesOfHazard {
    type Value = Vec<whistle::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, ids: &[HazardId]) -> Result<HashMap<HazardId, Self::Value>, Self::Error> {
        let rows = whistle::Entity::find()
            .filter(whistle::COLUMN.hazard_id.is_in(ids.iter().copied()))
            .order_by_asc(whistle::COLUMN.blown_at)
            .order_by_asc(whistle::COLUMN.id)
            .all(&self.0)
            .await?;
        let mut by_hazard: HashMap<HazardId, Vec<_>> = HashMap::new();
        for row in rows {
            by_hazard.entry(row.hazard_id).or_default().push(row);
        }
        Ok(by_hazard)
    }
}

/// Assignments by hazard, first dispatched first, the leading one before those that support.
#[derive(Debug)]
pub struct AssignmentsOfHazard(pub DatabaseConnection);

impl Loader<HazardId> for AssignmentsOfHazard {
    type Value = Vec<assignment::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, ids: &[HazardId]) -> Result<HashMap<HazardId, Self::Value>, Self::Error> {
        let rows = assignment::Entity::find()
            .filter(assignment::COLUMN.hazard_id.is_in(ids.iter().copied()))
            .order_by_asc(assignment::COLUMN.dispatched_at)
            .order_by_asc(assignment::COLUMN.part)
            .order_by_asc(assignment::COLUMN.id)
            .all(&self.0)
            .await?;
        let mut by_hazard: HashMap<HazardId, Vec<_>> = HashMap::new();
        for row in rows {
            by_hazard.entry(row.hazard_id).or_default().push(row);
        }
        Ok(by_hazard)
    }
}

/// Subjects by id.
#[derive(Debug)]
pub struct SubjectById(pub DatabaseConnection);

impl Loader<SubjectId> for SubjectById {
    type Value = subject::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, ids: &[SubjectId]) -> Result<HashMap<SubjectId, Self::Value>, Self::Error> {
        let rows = subject::Entity::find().filter(subject::COLUMN.id.is_in(ids.iter().copied())).all(&self.0).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
