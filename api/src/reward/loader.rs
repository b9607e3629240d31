//! Dataloaders for awards, ledger lines and clocks. [`AwardOfHazard`] and [`AwardById`] check access; for the others the resolver
//! has already done so.

use std::collections::HashMap;

use domain::clock::Clock;
use domain::id::{AwardId, HazardId, ReportId};
use entity::{award, ledger_entry};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::reading::visible;
use crate::dataloader::{LoadContext, Loader};
use crate::error::ApiResult;
use crate::grouping::grouped_by;
use crate::journal::Stream;
use crate::policy::clocks;

/// Loads the award of a hazard if the calling officer may see it, under the same SQL condition as the queries `award`
/// and `awards`.
#[derive(Debug)]
pub(crate) struct AwardOfHazard;

/// Loads the awards of a report, latest proposal first. A report has several if it later joined another hazard.
#[derive(Debug)]
pub(crate) struct AwardsOfReport;

/// Loads the ledger lines of an award in the order of its events, within an event the debit first.
#[derive(Debug)]
pub(crate) struct LinesOfAward;

/// Loads the clocks of an award, in order of their start.
#[derive(Debug)]
pub(crate) struct ClocksOfAward;

/// Loads an award by id if the calling officer may see it.
#[derive(Debug)]
pub(crate) struct AwardById;

impl Loader for AwardById {
    type Key = AwardId;
    type Value = award::Model;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows = award::Entity::find()
            .filter(visible(&reader.app, reader.caller.officer()?))
            .filter(award::COLUMN.id.is_in(ids.iter().copied()))
            .all(reader.app.db())
            .await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

impl Loader for AwardOfHazard {
    type Key = HazardId;
    type Value = award::Model;

    async fn load(reader: &LoadContext, hazards: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows = award::Entity::find()
            .filter(visible(&reader.app, reader.caller.officer()?))
            .filter(award::COLUMN.hazard_id.is_in(hazards.iter().copied()))
            .all(reader.app.db())
            .await?;
        Ok(rows.into_iter().map(|row| (row.hazard_id, row)).collect())
    }
}

impl Loader for AwardsOfReport {
    type Key = ReportId;
    type Value = Vec<award::Model>;

    async fn load(reader: &LoadContext, reports: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows = award::Entity::find()
            .filter(award::COLUMN.report_id.is_in(reports.iter().copied()))
            .order_by_desc(award::COLUMN.proposed_at)
            .all(reader.app.db())
            .await?;
        Ok(grouped_by(rows, |row| row.report_id))
    }
}

impl Loader for LinesOfAward {
    type Key = AwardId;
    type Value = Vec<ledger_entry::Model>;

    async fn load(reader: &LoadContext, awards: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows = ledger_entry::Entity::find()
            .filter(ledger_entry::COLUMN.award_id.is_in(awards.iter().copied()))
            .order_by_asc(ledger_entry::COLUMN.stream_version)
            .order_by_asc(ledger_entry::COLUMN.amount_fen)
            .all(reader.app.db())
            .await?;
        Ok(grouped_by(rows, |row| row.award_id))
    }
}

impl Loader for ClocksOfAward {
    type Key = AwardId;
    type Value = Vec<Clock>;

    async fn load(reader: &LoadContext, awards: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let streams: Vec<Stream> = awards.iter().map(|award| Stream::Award(*award)).collect();
        let mut by_stream = clocks::load_many(reader.app.db(), &streams).await?;
        let clocks = awards
            .iter()
            .filter_map(|award| by_stream.remove(&Stream::Award(*award).to_string()).map(|clocks| (*award, clocks)));
        Ok(clocks.collect())
    }
}
