//! Rows around reports, in batches. Says nothing about who may see them: the resolver has decided that already.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use domain::id::{HazardId, ReportId};
use entity::{amendment, report};
use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder};

/// Amendments by report, oldest first.
#[derive(Debug)]
pub struct AmendmentsOfReport(pub DatabaseConnection);

impl Loader<ReportId> for AmendmentsOfReport {
    type Value = Vec<amendment::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, ids: &[ReportId]) -> Result<HashMap<ReportId, Self::Value>, Self::Error> {
        let rows = amendment::Entity::find()
            .filter(amendment::COLUMN.report_id.is_in(ids.iter().copied()))
            .order_by_asc(amendment::COLUMN.received_at)
            .all(&self.0)
            .await?;
        let mut by_report: HashMap<ReportId, Vec<_>> = HashMap::new();
        for row in rows {
            by_report.entry(row.report_id).or_default().push(row);
        }
        Ok(by_report)
    }
}

/// Reports that point to a hazard, first shown first. The resolver still has to leave out what the caller may not see.
#[derive(Debug)]
pub struct ReportsOfHazard(pub DatabaseConnection);

impl Loader<HazardId> for ReportsOfHazard {
    type Value = Vec<report::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, ids: &[HazardId]) -> Result<HashMap<HazardId, Self::Value>, Self::Error> {
        let rows = report::Entity::find()
            .filter(report::COLUMN.hazard_id.is_in(ids.iter().copied()))
            .order_by_asc(report::COLUMN.shown_at)
            .order_by_asc(report::COLUMN.id)
            .all(&self.0)
            .await?;
        let mut by_hazard: HashMap<HazardId, Vec<_>> = HashMap::new();
        for row in rows {
            if let Some(hazard) = row.hazard_id {
                by_hazard.entry(hazard).or_default().push(row);
            }
        }
        Ok(by_hazard)
    }
}
