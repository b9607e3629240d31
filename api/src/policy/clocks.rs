//! Loads and saves clocks 时限, the deadlines of workflow steps. One table holds the clocks of all event streams.

use std::collections::HashMap;

use domain::clock::{Clock, ClockKey, ClockState};
use domain::id::AssignmentId;
use entity::{JsonList, clock};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::error::ApiResult;
use crate::grouping::grouped;
use crate::journal::Stream;

/// Loads the clocks of one stream, in order of their start times.
pub(crate) async fn load<C: ConnectionTrait>(db: &C, stream: Stream) -> ApiResult<Vec<Clock>> {
    Ok(load_many(db, &[stream]).await?.remove(&stream.to_string()).unwrap_or_default())
}

/// Loads the clocks of many streams with one query, keyed by the text form of the stream.
pub(crate) async fn load_many<C: ConnectionTrait>(
    db: &C,
    streams: &[Stream],
) -> ApiResult<HashMap<String, Vec<Clock>>> {
    let rows = clock::Entity::find()
        .filter(clock::COLUMN.stream.is_in(streams.iter().map(ToString::to_string)))
        .order_by_asc(clock::COLUMN.start)
        .order_by_asc(clock::COLUMN.kind)
        .order_by_asc(clock::COLUMN.owner_unit)
        .order_by_asc(clock::COLUMN.assignment_id)
        .all(db)
        .await?;
    Ok(grouped(rows.iter().map(|row| (row.stream.clone(), of_row(row)))))
}

/// Writes only the clocks that differ: all new ones with one INSERT, each changed one with its own UPDATE, and each one that
/// left the stream with its own DELETE.
pub(crate) async fn save<C: ConnectionTrait>(
    txn: &C,
    stream: Stream,
    before: &[Clock],
    after: &[Clock],
) -> ApiResult<()> {
    let is_new = |clock: &&Clock| domain::clock::find(before, clock.key).is_none();
    let new: Vec<_> = after.iter().filter(is_new).map(|clock| to_row(stream, clock)).collect();
    if !new.is_empty() {
        clock::Entity::insert_many(new).exec_without_returning(txn).await?;
    }
    let changed =
        after.iter().filter(|clock| domain::clock::find(before, clock.key).is_some_and(|seen| seen != *clock));
    for clock in changed {
        clock::Entity::update_many().set(changing(clock)).filter(one(stream, clock.key)).exec(txn).await?;
    }
    for left in before.iter().filter(|clock| domain::clock::find(after, clock.key).is_none()) {
        clock::Entity::delete_many().filter(one(stream, left.key)).exec(txn).await?;
    }
    Ok(())
}

fn one(stream: Stream, key: ClockKey) -> Condition {
    let ClockKey { kind, round, owner_unit, .. } = key;
    Condition::all()
        .add(clock::COLUMN.stream.eq(stream.to_string()))
        .add(clock::COLUMN.kind.eq(kind))
        .add(clock::COLUMN.round.eq(round))
        .add(clock::COLUMN.owner_unit.eq(owner_unit))
        .add(clock::COLUMN.assignment_id.eq(part(key)))
}

/// Returns the assignment, the supervision or the order of a key as the column holds it.
fn part(key: ClockKey) -> AssignmentId {
    let supervision = key.supervision.map(|supervision| AssignmentId(supervision.0));
    let order = key.order.map(|order| AssignmentId(order.0));
    key.assignment.or(supervision).or(order).unwrap_or(clock::NO_ASSIGNMENT)
}

/// Builds the row for a new clock.
#[must_use]
pub(crate) fn to_row(stream: Stream, clock: &Clock) -> clock::ActiveModel {
    clock::ActiveModel {
        stream: Set(stream.to_string()),
        kind: Set(clock.key.kind),
        round: Set(clock.key.round),
        owner_unit: Set(clock.key.owner_unit),
        assignment_id: Set(part(clock.key)),
        ..changing(clock)
    }
}

/// Returns all columns but the key. A clock that comes back from a merge stands in the place of another one.
fn changing(clock: &Clock) -> clock::ActiveModel {
    let paused = clock.open_pause().filter(|_| clock.state == ClockState::Paused);
    clock::ActiveModel {
        owner_post: Set(clock.owner_post),
        start: Set(clock.start),
        due: Set(clock.due),
        warn_at: Set(clock.warn_at),
        state: Set(clock.state),
        stopped_at: Set(clock.stopped_at),
        paused_by: Set(paused.map(|pause| pause.reason)),
        rule_version: Set(clock.rule_version),
        counted_from: Set(clock.counted_from),
        span: Set(clock.span.map(String::from)),
        original_due: Set(clock.original_due),
        extensions: Set(JsonList(clock.extensions.clone())),
        pauses: Set(JsonList(clock.pauses.clone())),
        ..clock::ActiveModel::default()
    }
}

/// Builds the clock from its row.
#[must_use]
pub(crate) fn of_row(row: &clock::Model) -> Clock {
    Clock {
        key: row.key(),
        owner_post: row.owner_post,
        start: row.start,
        due: row.due,
        warn_at: row.warn_at,
        state: row.state,
        stopped_at: row.stopped_at,
        rule_version: row.rule_version,
        counted_from: row.counted_from,
        span: row.span.as_deref().and_then(|span| span.parse().ok()),
        original_due: row.original_due,
        extensions: row.extensions.0.clone(),
        pauses: row.pauses.0.clone(),
    }
}
