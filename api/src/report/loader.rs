//! Dataloaders for reports, their amendments and callbacks.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::id::{HazardId, ReportId, UnitId};
use entity::{amendment, callback, report, unit};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::reading::visible;
use crate::dataloader::{LoadContext, Loader};
use crate::error::ApiResult;
use crate::grouping::grouped;
use crate::identity::bars;
use crate::page::Page;

/// The reader of a list, which determines the time that its order and its cursors may tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ReadBy {
    /// The author, who knows the exact times.
    Author,
    /// An officer, who knows the rounded times.
    Officer,
}

impl ReadBy {
    /// Returns the time of an amendment that this reader may know.
    #[must_use]
    pub(crate) const fn time_of(self, row: &amendment::Model) -> DateTime<Utc> {
        match self {
            Self::Author => row.received_at,
            Self::Officer => row.shown_at,
        }
    }

    const fn column(self) -> amendment::Column {
        match self {
            Self::Author => amendment::Column::ReceivedAt,
            Self::Officer => amendment::Column::ShownAt,
        }
    }
}

/// Loads one page per report of its amendments, newest first, plus one extra row that tells whether a next page exists.
/// Officers see those that are published; the author sees all.
/// It executes one statement per distinct page of a query, regardless of the number of reports.
#[derive(Debug)]
pub(crate) struct AmendmentsOfReport;

impl Loader for AmendmentsOfReport {
    type Key = (ReportId, Page, ReadBy);
    type Value = Vec<amendment::Model>;

    async fn load(reader: &LoadContext, keys: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let mut found = HashMap::new();
        for ((page, by), reports) in grouped(keys.iter().map(|(report, page, by)| ((*page, *by), *report))) {
            let seen = (by == ReadBy::Officer).then(|| amendment::COLUMN.published.eq(true));
            let rows = amendment::Entity::find().filter(amendment::COLUMN.report_id.is_in(reports));
            let rows = rows.filter(Condition::all().add_option(seen));
            let rows = page.of_each(rows, amendment::Column::ReportId, by.column(), amendment::Column::Id);
            let rows = reader.app.db().get_database_backend().build(&rows);
            let rows = amendment::Entity::find().from_raw_sql(rows).all(reader.app.db()).await?;
            found.extend(grouped(rows.into_iter().map(|row| ((row.report_id, page, by), row))));
        }
        Ok(found)
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

/// Loads the latest callback 回访 of a report.
#[derive(Debug)]
pub(crate) struct NewestCallback;

impl Loader for NewestCallback {
    type Key = ReportId;
    type Value = callback::Model;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows = callback::Entity::find()
            .filter(callback::COLUMN.report_id.is_in(ids.iter().copied()))
            .order_by_asc(callback::COLUMN.asked_at)
            .order_by_asc(callback::COLUMN.round)
            .all(reader.app.db())
            .await?;
        Ok(rows.into_iter().map(|row| (row.report_id, row)).collect()) // the latest one of a report wins
    }
}
