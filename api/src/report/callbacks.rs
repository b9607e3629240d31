//! Callbacks 回访: after a hazard is closed, every reporter is asked for an opinion on the result. The answers are
//! stored unmodified, and become events of the reports at a boundary of the time veil.

use chrono::{DateTime, Utc};
use domain::Code;
use domain::callback::Satisfaction;
use domain::id::{HazardId, ReportId};
use domain::refusal::Refusal;
use domain::report::{Event, Report};
use domain::time::Moment;
use entity::{batch, callback};
use futures::FutureExt;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;

use super::rows;
use crate::app::App;
use crate::database::locked;
use crate::error::{ApiError, ApiResult};
use crate::journal::Author;
use crate::policy::rulebook::RuleBook;
use crate::retry::retry;

/// The maximum number of answers published per round of the background worker.
const PUBLISH_BATCH: u64 = 100;

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
        publish_at: Set(None),
    }
}

/// Locks and returns the latest callback of a report; `None` if the author has never been asked.
pub(crate) async fn newest_locked<C: ConnectionTrait>(txn: &C, report: ReportId) -> ApiResult<Option<callback::Model>> {
    let of_report = callback::Entity::find().filter(callback::COLUMN.report_id.eq(report));
    let newest = of_report.order_by_desc(callback::COLUMN.asked_at).order_by_desc(callback::COLUMN.round);
    Ok(locked(newest).one(txn).await?)
}

/// Stores an answer, and returns the answered callback. Each callback accepts a single answer. It waits for the told time
/// of its moment to become an event ([`publish`]).
///
/// # Errors
/// `ILLEGAL_MOVE` if the callback has already been answered.
pub(crate) async fn store_answer<C: ConnectionTrait>(
    txn: &C,
    asked: callback::Model,
    answer: CallbackAnswer,
    reopened: bool,
    moment: Moment,
) -> ApiResult<callback::Model> {
    let answered = callback::Model {
        contacted: answer.contacted,
        solved: Some(answer.solved),
        satisfaction: answer.satisfaction,
        answered_at: Some(moment.exact),
        reopened,
        publish_at: Some(moment.told),
        ..asked
    };
    let written = callback::Entity::update_many()
        .set(callback::ActiveModel {
            contacted: Set(answered.contacted),
            solved: Set(answered.solved),
            satisfaction: Set(answered.satisfaction),
            answered_at: Set(answered.answered_at),
            reopened: Set(answered.reopened),
            publish_at: Set(answered.publish_at),
            ..callback::ActiveModel::default()
        })
        .filter(this(&answered))
        .filter(callback::COLUMN.answered_at.is_null())
        .exec(txn)
        .await?;
    if written.rows_affected == 1 { Ok(answered) } else { Err(Refusal::illegal("callback.once").into()) }
}

fn this(one: &callback::Model) -> Condition {
    Condition::all()
        .add(callback::COLUMN.report_id.eq(one.report_id))
        .add(callback::COLUMN.round.eq(one.round))
        .add(callback::COLUMN.hazard_id.eq(one.hazard_id))
}

/// Publishes the answers whose boundary has passed: adds their events to the history of their reports, each in its own
/// transaction, and returns their number. The background worker polls this, possibly in several processes concurrently.
///
/// An answer takes effect at once, but its event changes the version of the report. Written at once, it would tell
/// whoever watches the version when the author had the phone in their hand.
pub(crate) async fn publish(app: &App) -> ApiResult<u64> {
    let due = callback::Entity::find()
        .filter(callback::COLUMN.publish_at.lte(app.now()))
        .order_by_asc(callback::COLUMN.publish_at)
        .order_by_asc(callback::COLUMN.report_id)
        .limit(PUBLISH_BATCH)
        .all(app.db())
        .await?;
    let mut published = 0;
    for row in due {
        match retry(|| publish_one(app, &row).boxed()).await {
            Ok(one) => published += one,
            Err(error) => tracing::warn!(cause = ?error, report = %row.report_id, "an answer could not be published"),
        }
    }
    Ok(published)
}

async fn publish_one(app: &App, row: &callback::Model) -> ApiResult<u64> {
    let txn = app.begin_write().await?;
    let loaded = rows::load_locked(&txn, row.report_id).await?.ok_or(Code::NotFound)?;
    let rules = app.rules(&txn).await?;
    let published = publish_answer(app, &txn, &rules, &loaded.report, row).await?;
    app.commit(txn).await?;
    Ok(published)
}

/// Adds the event of an answer to the history of its locked report, unless another process has done so. Returns the number
/// of events.
pub(crate) async fn publish_answer<C: ConnectionTrait>(
    app: &App,
    txn: &C,
    rules: &RuleBook,
    report: &Report,
    answered: &callback::Model,
) -> ApiResult<u64> {
    let mark = callback::ActiveModel { publish_at: Set(None), ..callback::ActiveModel::default() };
    let waiting = callback::Entity::update_many().set(mark).filter(this(answered));
    let marked = waiting.filter(callback::COLUMN.publish_at.is_not_null()).exec(txn).await?.rows_affected;
    if marked == 1 {
        rows::carry_out(app, txn, rules, report, &[event_of(answered)?], Author::default()).await?;
    }
    Ok(marked)
}

fn event_of(answered: &callback::Model) -> ApiResult<Event> {
    let (Some(solved), Some(at)) = (answered.solved, answered.publish_at) else {
        return Err(ApiError::internal("a callback without an answer waits for its event"));
    };
    Ok(Event::CallbackAnswered {
        hazard: answered.hazard_id,
        round: answered.round,
        contacted: answered.contacted,
        solved,
        satisfaction: answered.satisfaction,
        reopened: answered.reopened,
        at,
    })
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
