//! Dataloaders for reports, their amendments and callbacks.

use std::collections::HashMap;

use domain::id::{HazardId, ReportId, UnitId};
use entity::{amendment, callback, report, unit};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::reading::visible;
use crate::dataloader::{LoadContext, Loader};
use crate::error::ApiResult;
use crate::grouping::{grouped, grouped_by};
use crate::identity::bars;
use crate::page::Page;

/// Loads the amendments of a report, oldest first. Officers see those that are published; the author sees all.
#[derive(Debug)]
pub(crate) struct AmendmentsOfReport;

impl Loader for AmendmentsOfReport {
    type Key = ReportId;
    type Value = Vec<amendment::Model>;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows = amendment::Entity::find().filter(amendment::COLUMN.report_id.is_in(ids.iter().copied()));
        let seen = reader.caller.officer().is_ok().then(|| amendment::COLUMN.published.eq(true));
        let rows = rows.filter(Condition::all().add_option(seen)).order_by_asc(amendment::COLUMN.received_at);
        let rows = rows.all(reader.app.db()).await?;
        Ok(grouped_by(rows, |row| row.report_id))
    }
}

/// Loads the units that a report accuses, by code. The resolver of the report has checked that the caller may read it.
#[derive(Debug)]
pub(crate) struct AccusedUnits;

impl Loader for AccusedUnits {
    type Key = ReportId;
    type Value = Vec<unit::Model>;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rules = reader.app.rules_to_read().await?;
        let units = rules.units.iter().map(|unit| unit.id);
        let accused = bars::accused_by(reader.app.db(), &reader.app.keys, ids, units).await?;
        let known = |ids: Vec<UnitId>| ids.into_iter().filter_map(|id| rules.unit(id).cloned()).collect();
        Ok(accused.into_iter().map(|(report, units)| (report, known(units))).collect())
    }
}

/// Counts the reports that reference a hazard and that the caller may read. A hazard without any has no entry in the
/// result.
#[derive(Debug)]
pub(crate) struct ReportCountOfHazard;

impl Loader for ReportCountOfHazard {
    type Key = HazardId;
    type Value = i64;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let counts = report::Entity::find()
            .select_only()
            .column(report::Column::HazardId)
            .column_as(report::Column::Id.count(), "reports")
            .filter(visible(&reader.app, reader.caller.officer()?))
            .filter(report::COLUMN.hazard_id.is_in(ids.iter().copied()))
            .group_by(report::Column::HazardId)
            .into_tuple::<(HazardId, i64)>()
            .all(reader.app.db())
            .await?;
        Ok(counts.into_iter().collect())
    }
}

/// Loads one page per hazard of the reports that the caller may read, newest first, plus one extra row that tells
/// whether a next page exists. It executes one statement per distinct page of a query, regardless of the number of
/// hazards.
#[derive(Debug)]
pub(crate) struct ReportsOfHazard;

impl Loader for ReportsOfHazard {
    type Key = (HazardId, Page);
    type Value = Vec<report::Model>;

    async fn load(reader: &LoadContext, keys: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let mut found = HashMap::new();
        for (page, hazards) in grouped(keys.iter().map(|(hazard, page)| (*page, *hazard))) {
            let rows = report::Entity::find()
                .filter(visible(&reader.app, reader.caller.officer()?))
                .filter(report::COLUMN.hazard_id.is_in(hazards));
            let rows = page.of_each(rows, report::Column::HazardId, report::Column::ShownAt, report::Column::Id);
            let rows = reader.app.db().get_database_backend().build(&rows);
            let rows = report::Entity::find().from_raw_sql(rows).all(reader.app.db()).await?;
            found.extend(grouped(rows.into_iter().filter_map(|row| Some(((row.hazard_id?, page), row)))));
        }
        Ok(found)
    }
}

/// Loads the callback 回访 of the latest round of a report.
#[derive(Debug)]
pub(crate) struct NewestCallback;

impl Loader for NewestCallback {
    type Key = ReportId;
    type Value = callback::Model;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows = callback::Entity::find()
            .filter(callback::COLUMN.report_id.is_in(ids.iter().copied()))
            .order_by_asc(callback::COLUMN.round)
            .all(reader.app.db())
            .await?;
        Ok(rows.into_iter().map(|row| (row.report_id, row)).collect()) // the latest round of a report wins
    }
}
