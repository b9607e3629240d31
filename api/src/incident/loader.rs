//! Dataloaders for incidents and their reports. [`IncidentById`] and [`IncidentsOfHazard`] check access; for the reports the
//! resolver of the incident has already done so.

use std::collections::HashMap;

use domain::id::{HazardId, IncidentId};
use entity::{hazard, incident, situation_report};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::reading::visible;
use crate::dataloader::{LoadContext, Loader};
use crate::error::ApiResult;
use crate::grouping::{grouped, grouped_by};

/// The greatest number of merges of hazards that are followed, one into the next.
const MERGES_FOLLOWED: usize = 8;

/// Loads an incident by id if the calling officer may see it.
#[derive(Debug)]
pub(crate) struct IncidentById;

impl Loader for IncidentById {
    type Key = IncidentId;
    type Value = incident::Model;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows = incident::Entity::find()
            .filter(visible(&reader.app, reader.caller.officer()?))
            .filter(incident::COLUMN.id.is_in(ids.iter().copied()))
            .all(reader.app.db())
            .await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// Loads the incidents of a hazard, and of those that were merged into it, that the calling officer may see, in the order in which
/// they were opened.
#[derive(Debug)]
pub(crate) struct IncidentsOfHazard;

impl Loader for IncidentsOfHazard {
    type Key = HazardId;
    type Value = Vec<incident::Model>;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let standing = merged_into(reader, ids).await?;
        let rows = incident::Entity::find()
            .filter(visible(&reader.app, reader.caller.officer()?))
            .filter(incident::COLUMN.hazard_id.is_in(standing.keys().copied()))
            .order_by_asc(incident::COLUMN.opened_at)
            .order_by_asc(incident::COLUMN.id)
            .all(reader.app.db())
            .await?;
        let of_each = rows.into_iter().flat_map(|row| {
            let hazards = row.hazard_id.and_then(|id| standing.get(&id)).cloned().unwrap_or_default();
            hazards.into_iter().map(move |hazard| (hazard, row.clone())).collect::<Vec<_>>()
        });
        Ok(grouped(of_each))
    }
}

/// Returns these hazards and those that were merged into them, each with the hazards of `ids` under which it is found.
async fn merged_into(reader: &LoadContext, ids: &[HazardId]) -> ApiResult<HashMap<HazardId, Vec<HazardId>>> {
    let mut found: HashMap<HazardId, Vec<HazardId>> = ids.iter().map(|id| (*id, vec![*id])).collect();
    let mut edge = ids.to_vec();
    for _ in 0..MERGES_FOLLOWED {
        if edge.is_empty() {
            break;
        }
        let rows: Vec<(HazardId, Option<HazardId>)> = hazard::Entity::find()
            .select_only()
            .columns([hazard::Column::Id, hazard::Column::MergedInto])
            .filter(hazard::COLUMN.merged_into.is_in(edge.iter().copied()))
            .into_tuple()
            .all(reader.app.db())
            .await?;
        edge.clear();
        for (id, into) in rows {
            let above = into.and_then(|into| found.get(&into)).cloned().unwrap_or_default();
            found.entry(id).or_default().extend(above);
            edge.push(id);
        }
    }
    Ok(found)
}

/// Loads the reports of an incident with their corrections, in the order in which they were sent.
#[derive(Debug)]
pub(crate) struct ReportsOfIncident;

impl Loader for ReportsOfIncident {
    type Key = IncidentId;
    type Value = Vec<situation_report::Model>;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows = situation_report::Entity::find()
            .filter(situation_report::COLUMN.incident_id.is_in(ids.iter().copied()))
            .order_by_asc(situation_report::COLUMN.number)
            .all(reader.app.db())
            .await?;
        Ok(grouped_by(rows, |row| row.incident_id))
    }
}
