//! Awards by hazard and by report, ledger lines and clocks by award, in batches. They say nothing about who may see
//! them: the resolver has decided that already.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::{DataLoader, Loader};
use domain::clock::Clock;
use domain::id::{AwardId, HazardId, ReportId};
use entity::{award, ledger_entry};
use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder};

use crate::app::App;
use crate::error::ApiError;
use crate::journal::Stream;
use crate::policy::clocks;

/// The one award of a hazard.
#[derive(Debug)]
pub struct AwardOfHazard(DatabaseConnection);

/// The awards of a report, newest first: one, or several where the report joined another hazard later.
#[derive(Debug)]
pub struct AwardsOfReport(DatabaseConnection);

/// The ledger lines of an award, in the order of its events.
#[derive(Debug)]
pub struct LinesOfAward(DatabaseConnection);

/// The clocks of an award, first started first.
#[derive(Debug)]
pub struct ClocksOfAward(DatabaseConnection);

/// Loads awards by hazard.
#[must_use]
pub fn award_of_hazard(app: &App) -> DataLoader<AwardOfHazard> {
    DataLoader::new(AwardOfHazard(app.db().clone()), tokio::spawn)
}

/// Loads awards by report.
#[must_use]
pub fn awards_of_report(app: &App) -> DataLoader<AwardsOfReport> {
    DataLoader::new(AwardsOfReport(app.db().clone()), tokio::spawn)
}

/// Loads ledger lines by award.
#[must_use]
pub fn lines_of_award(app: &App) -> DataLoader<LinesOfAward> {
    DataLoader::new(LinesOfAward(app.db().clone()), tokio::spawn)
}

/// Loads clocks by award.
#[must_use]
pub fn clocks_of_award(app: &App) -> DataLoader<ClocksOfAward> {
    DataLoader::new(ClocksOfAward(app.db().clone()), tokio::spawn)
}

impl Loader<HazardId> for AwardOfHazard {
    type Value = award::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, hazards: &[HazardId]) -> Result<HashMap<HazardId, award::Model>, Arc<DbErr>> {
        let rows =
            award::Entity::find().filter(award::COLUMN.hazard_id.is_in(hazards.iter().copied())).all(&self.0).await?;
        Ok(rows.into_iter().map(|row| (row.hazard_id, row)).collect())
    }
}

impl Loader<ReportId> for AwardsOfReport {
    type Value = Vec<award::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, reports: &[ReportId]) -> Result<HashMap<ReportId, Vec<award::Model>>, Arc<DbErr>> {
        let rows = award::Entity::find()
            .filter(award::COLUMN.report_id.is_in(reports.iter().copied()))
            .order_by_desc(award::COLUMN.proposed_at)
            .all(&self.0)
            .await?;
        let mut by_report: HashMap<ReportId, Vec<_>> = HashMap::new();
        for row in rows {
            by_report.entry(row.report_id).or_default().push(row);
        }
        Ok(by_report)
    }
}

impl Loader<AwardId> for LinesOfAward {
    type Value = Vec<ledger_entry::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, awards: &[AwardId]) -> Result<HashMap<AwardId, Vec<ledger_entry::Model>>, Arc<DbErr>> {
        let rows = ledger_entry::Entity::find()
            .filter(ledger_entry::COLUMN.award_id.is_in(awards.iter().copied()))
            .order_by_asc(ledger_entry::COLUMN.at)
            .order_by_asc(ledger_entry::COLUMN.event_id)
            .order_by_asc(ledger_entry::COLUMN.amount_fen)
            .all(&self.0)
            .await?;
        let mut by_award: HashMap<AwardId, Vec<_>> = HashMap::new();
        for row in rows {
            by_award.entry(row.award_id).or_default().push(row);
        }
        Ok(by_award)
    }
}

impl Loader<AwardId> for ClocksOfAward {
    type Value = Vec<Clock>;
    type Error = ApiError;

    async fn load(&self, awards: &[AwardId]) -> Result<HashMap<AwardId, Vec<Clock>>, ApiError> {
        let streams: Vec<Stream> = awards.iter().map(|award| Stream::Award(*award)).collect();
        let mut by_stream = clocks::load_many(&self.0, &streams).await?;
        let clocks = awards
            .iter()
            .filter_map(|award| by_stream.remove(&Stream::Award(*award).to_string()).map(|clocks| (*award, clocks)));
        Ok(clocks.collect())
    }
}
