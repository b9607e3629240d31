//! Callbacks 回访: after a hazard is closed, every reporter is asked for an opinion on the result. The answers are
//! stored unmodified.

use chrono::{DateTime, Utc};
use domain::Code;
use domain::callback::Satisfaction;
use domain::id::{HazardId, ReportId};
use domain::refusal::Refusal;
use entity::{batch, callback};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;

use super::rows;
use crate::database::locked;
use crate::error::ApiResult;

/// The answer of a reporter to the three questions 三率. The idempotency key hashes this struct as JSON, so renaming a
/// field would invalidate stored keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct CallbackAnswer {
    /// Whether an officer contacted the reporter 是否联系.
    pub contacted: Option<bool>,
    /// Whether the problem is solved 是否解决.
    pub solved: bool,
    /// How satisfied the reporter is 是否满意.
    pub satisfaction: Option<Satisfaction>,
}

/// Inserts a callback row for every true report (confirmed or merged) of a hazard that was closed in this round.
pub(crate) async fn ask<C: ConnectionTrait>(txn: &C, hazard: HazardId, round: i32, at: DateTime<Utc>) -> ApiResult<()> {
    let asked: Vec<_> = rows::true_report_ids(txn, hazard)
        .await?
        .into_iter()
        .map(|report| question(report, hazard, round, at))
        .collect();
    batch::insert(txn, asked).await?;
    Ok(())
}

/// Inserts a callback row for one report that was found to be true after its hazard had been closed. A report that was
/// asked in this round already is not asked again.
pub(crate) async fn ask_one<C: ConnectionTrait>(
    txn: &C,
    report: ReportId,
    hazard: HazardId,
    round: i32,
    at: DateTime<Utc>,
) -> ApiResult<()> {
    let key = [callback::Column::ReportId, callback::Column::Round, callback::Column::HazardId];
    let there = OnConflict::columns(key).do_nothing().to_owned();
    let row = question(report, hazard, round, at);
    callback::Entity::insert(row).on_conflict(there).exec_without_returning(txn).await?;
    Ok(())
}

fn question(report: ReportId, hazard: HazardId, round: i32, at: DateTime<Utc>) -> callback::ActiveModel {
    callback::ActiveModel {
        report_id: Set(report),
        round: Set(round),
        hazard_id: Set(hazard),
        asked_at: Set(at),
        reopened: Set(false),
        contacted: Set(None),
        solved: Set(None),
        satisfaction: Set(None),
        answered_at: Set(None),
    }
}

/// Locks and returns the latest callback of a report; `None` if the author has never been asked.
pub(crate) async fn newest_locked<C: ConnectionTrait>(txn: &C, report: ReportId) -> ApiResult<Option<callback::Model>> {
    let of_report = callback::Entity::find().filter(callback::COLUMN.report_id.eq(report));
    let newest = of_report.order_by_desc(callback::COLUMN.asked_at).order_by_desc(callback::COLUMN.round);
    Ok(locked(newest).one(txn).await?)
}

/// Stores an answer. Each callback accepts a single answer.
///
/// # Errors
/// `ILLEGAL_MOVE` if the callback has already been answered.
pub(crate) async fn store_answer<C: ConnectionTrait>(
    txn: &C,
    asked: &callback::Model,
    answer: CallbackAnswer,
    reopened: bool,
    at: DateTime<Utc>,
) -> ApiResult<()> {
    let written = callback::Entity::update_many()
        .set(callback::ActiveModel {
            contacted: Set(answer.contacted),
            solved: Set(Some(answer.solved)),
            satisfaction: Set(answer.satisfaction),
            answered_at: Set(Some(at)),
            reopened: Set(reopened),
            ..callback::ActiveModel::default()
        })
        .filter(callback::COLUMN.report_id.eq(asked.report_id))
        .filter(callback::COLUMN.round.eq(asked.round))
        .filter(callback::COLUMN.hazard_id.eq(asked.hazard_id))
        .filter(callback::COLUMN.answered_at.is_null())
        .exec(txn)
        .await?;
    if written.rows_affected == 1 { Ok(()) } else { Err(Refusal::illegal("callback.once").into()) }
}

/// Builds the `ILLEGAL_MOVE` refusal for a report without a callback.
#[must_use]
pub(crate) fn not_asked() -> Refusal {
    Refusal::new(Code::IllegalMove).with_rule("callback.asked")
}

#[cfg(test)]
mod tests {
    use domain::report::ReportStatus;
    use entity::report;
    use sea_orm::{IntoActiveModel, PaginatorTrait};

    use super::*;
    use crate::database::Engine;
    use crate::testing::{World, received_report};

    /// A statement of SQLite takes 32,766 values, and a callback has nine.
    #[tokio::test]
    async fn thousands_of_reporters_are_asked_when_a_hazard_is_closed() {
        let world = World::on(Engine::Sqlite).await;
        let (hazard, at) = (world.hazard().await, world.app.now());
        let row = |_| report::Model {
            status: ReportStatus::Merged,
            hazard_id: Some(hazard),
            ..received_report(world.township_unit, at)
        };
        let rows: Vec<_> = (0..4_000).map(row).map(IntoActiveModel::into_active_model).collect();
        world
            .write(async |txn| {
                batch::insert(txn, rows.clone()).await.unwrap();
                ask(txn, hazard, 1, at).await.unwrap();
            })
            .await;
        assert_eq!(callback::Entity::find().count(world.app.db()).await.unwrap(), 4_000);
    }
}
