//! The timer of the supervision ladder 督办: it sets the rungs that are due because of the time.
//!
//! Each todo of a hazard says when somebody has to look at it next (`look_at`), so that an index finds what is due. A process
//! leases the todos that it takes by moving that time ahead: if the process ends before it has looked, another one takes
//! them when the lease is over. What is decided under the lock of the hazard is exactly once in any case, because a rung that
//! is set is not due any more, and the id of a rung follows from what it was set for.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::access::By;
use domain::hazard::{Case, Command, Context, looks_again};
use domain::id::HazardId;
use domain::time::Moment;
use domain::todo::of_case;
use entity::todo::{self, Matter};
use futures::FutureExt;
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use tokio::sync::watch;
use uuid::Uuid;

use super::command_handler::carry_out;
use super::facts::{Acting, CaseFacts};
use crate::app::App;
use crate::error::{ApiError, ApiResult, is_conflict};
use crate::hazard::rows;
use crate::journal::Author;
use crate::policy::todos;
use crate::retry::retry;

/// The number of todos that a process leases at once. It is small, so that several processes share what is due.
const BATCH: u64 = 16;
/// How long a process has to look at what it leased. Looking takes some milliseconds.
const LEASE: TimeDelta = TimeDelta::seconds(5);
/// The longest pause between two looks: todos that other processes write are found after it.
const IDLE: Duration = Duration::from_secs(1);

/// Sets the rungs that are due in a loop until `stop` changes.
pub(crate) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        let pause = match round(&app, || app.now()).await {
            Ok(next) => pause(next, app.now()),
            Err(error) if is_conflict(&error) => Duration::ZERO,
            Err(error) => {
                tracing::warn!(cause = ?error, "looking for what is due failed and will be retried");
                IDLE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => return,
        }
    }
}

/// Returns how long to wait until the next todo is due.
fn pause(next: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Duration {
    next.map_or(IDLE, |next| (next - now).to_std().unwrap_or_default()).min(IDLE)
}

/// Sets all rungs that are due by this clock, and returns when the next todo has to be looked at.
async fn round(app: &App, clock: impl Fn() -> DateTime<Utc> + Send + Sync) -> ApiResult<Option<DateTime<Utc>>> {
    loop {
        let hazards = lease(app, clock()).await?;
        if hazards.is_empty() {
            return Ok(todo::next_look(app.db()).await?);
        }
        for hazard in hazards {
            if let Err(error) = retry(|| look(app, hazard, clock()).boxed()).await {
                tracing::error!(%hazard, cause = ?error, "what is due was not set and will be tried again");
            }
        }
    }
}

/// Leases some of the todos that are due, and returns their hazards.
async fn lease(app: &App, now: DateTime<Utc>) -> ApiResult<BTreeSet<HazardId>> {
    // This reads outside a transaction, so that a look at nothing never occupies the single writer.
    let due = todo::Entity::find().filter(todo::to_look_at(now)).order_by_asc(todo::COLUMN.look_at).limit(BATCH);
    let due: Vec<Uuid> = due.select_only().column(todo::Column::Id).into_tuple().all(app.db()).await?;
    if due.is_empty() {
        return Ok(BTreeSet::new());
    }
    let txn = app.begin_write().await?;
    let free = todo::Entity::find().filter(todo::COLUMN.id.is_in(due)).filter(todo::to_look_at(now));
    let free = free.order_by_asc(todo::COLUMN.id).lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked);
    let taken = free.all(&txn).await?;
    if !taken.is_empty() {
        todo::Entity::update_many()
            .col_expr(todo::Column::LookAt, Expr::value(now + LEASE))
            .filter(todo::COLUMN.id.is_in(taken.iter().map(|row| row.id)))
            .exec(&txn)
            .await?;
    }
    txn.commit().await?;
    Ok(taken.into_iter().filter_map(|row| row.hazard_id).collect())
}

/// Sets the rungs of one hazard that are due, and notes when its todos have to be looked at next.
async fn look(app: &App, id: HazardId, now: DateTime<Utc>) -> ApiResult<()> {
    let txn = app.begin_write().await?;
    let Some(before) = rows::load_locked(&txn, id).await?.map(|loaded| loaded.case) else { return Ok(()) };
    let rules = app.rules(&txn).await?;
    let facts = CaseFacts::gather(app, &txn, &rules, &before, &Command::Climb, None).await?;
    let acting = Acting { by: By::System, in_area: true, moment: Moment::exact(now) };
    let context = facts.context(&rules, &before, acting)?;
    let after = match domain::hazard::decide(&before, Command::Climb, &context) {
        Ok(events) => carry_out(app, &txn, &rules, &before, &events, Author::default()).await?,
        Err(refusal) if refusal.rule == Some("supervision.due") => before,
        Err(refusal) => return Err(ApiError::from(refusal)),
    };
    looked(&txn, &after, &context, now).await?;
    app.commit(txn).await
}

/// Notes when each todo of a hazard has to be looked at next.
async fn looked(txn: &DatabaseTransaction, case: &Case, context: &Context<'_>, now: DateTime<Utc>) -> ApiResult<()> {
    let rows = todo::Entity::find().filter(Matter::Hazard(case.id).todos()).all(txn).await?;
    let waiting = of_case(case);
    for row in rows {
        let of_row = waiting.iter().find(|todo| todos::is_of(todo, &row));
        let next = of_row.and_then(|todo| looks_again(case, todo, context.timing.calendar, now));
        if next != row.look_at {
            note(txn, row.id, next).await?;
        }
    }
    Ok(())
}

async fn note<C: ConnectionTrait>(txn: &C, id: Uuid, next: Option<DateTime<Utc>>) -> ApiResult<()> {
    let row = todo::ActiveModel { id: Set(id), look_at: Set(next), ..Default::default() };
    todo::Entity::update(row).exec_without_returning(txn).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
