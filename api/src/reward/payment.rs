//! Payments. The order is written before the payer is asked, and the answer is written afterwards. If an order has no
//! certain answer, the server asks again under the same key, so that no award is paid twice.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Code;
use domain::award::{AwardStatus, Command};
use domain::id::AwardId;
use domain::money::Fen;
use entity::payment;
use futures::FutureExt;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Func;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::payer::Outcome;
use super::{deciding, reading, rows};
use crate::app::App;
use crate::error::ApiResult;
use crate::retry::retry;

/// How long the server waits for the payer. After that the result is unknown.
const PATIENCE: Duration = Duration::from_secs(5);
/// How old an open order must be before the worker asks again. The answers of younger orders are still being written.
const GRACE: TimeDelta = TimeDelta::seconds(60);
/// The largest number of orders for which one round of the worker asks.
const BATCH: u64 = 100;
/// The statuses of an order that has no certain answer.
const OPEN: [&str; 2] = [payment::ASKED, payment::UNKNOWN];

/// Asks for the result of the open payment of an award and writes it. After an error the payment stays open.
pub(super) async fn settle(app: &App, award: AwardId) -> ApiResult<()> {
    let open = payment::Entity::find()
        .filter(payment::COLUMN.award_id.eq(award))
        .filter(payment::COLUMN.status.is_in(OPEN))
        .order_by_desc(payment::COLUMN.attempt)
        .one(app.db())
        .await?;
    match open {
        Some(order) => ask(app, &order).await,
        None => Ok(()),
    }
}

/// Asks again for every payment that has had no certain answer for a minute, and returns their number. The worker calls
/// this, possibly in several processes at once.
pub(crate) async fn settle_open(app: &App) -> ApiResult<u64> {
    settle_asked_before(app, app.now() - GRACE).await
}

/// Asks again for the payments that were ordered at or before this time.
pub(super) async fn settle_asked_before(app: &App, moment: DateTime<Utc>) -> ApiResult<u64> {
    // The order that was asked for longest ago comes first, so that orders that stay unknown do not delay the others.
    let last_asked = Func::coalesce([payment::Column::AnsweredAt.into_expr(), payment::Column::AskedAt.into_expr()]);
    let open = payment::Entity::find()
        .filter(payment::COLUMN.status.is_in(OPEN))
        .filter(payment::COLUMN.asked_at.lte(moment))
        .order_by_asc(last_asked)
        .limit(BATCH)
        .all(app.db())
        .await?;
    for order in &open {
        if let Err(error) = ask(app, order).await {
            tracing::warn!(cause = ?error, award = %order.award_id, "a payment stays open");
        }
    }
    Ok(open.len() as u64)
}

/// Asks the payer outside any transaction, then writes the answer in one.
async fn ask(app: &App, order: &payment::Model) -> ApiResult<()> {
    let amount: Fen = reading::row(app, order.award_id).await?.amount_fen;
    let asked = tokio::time::timeout(PATIENCE, app.payer.pay(order.id, amount)).await;
    let outcome = asked.unwrap_or(Outcome::Unknown);
    retry(|| write_answer(app, order, &outcome).boxed()).await
}

/// Writes the answer, unless another process has already written a certain one.
async fn write_answer(app: &App, order: &payment::Model, outcome: &Outcome) -> ApiResult<()> {
    let now = app.now();
    let txn = app.begin_write().await?;
    let loaded = rows::load_locked(&txn, order.award_id).await?.ok_or(Code::NotFound)?;
    let stored = payment::Entity::find_by_id(order.id).one(&txn).await?.ok_or(Code::NotFound)?;
    if !OPEN.contains(&stored.status.as_str()) {
        return Ok(());
    }
    let attempt = stored.attempt;
    let (status, reference, command) = match outcome {
        Outcome::Paid { reference } => {
            (payment::PAID, Some(reference.clone()), Some(Command::PaymentSucceeded { attempt }))
        }
        Outcome::Failed => (payment::FAILED, None, Some(Command::PaymentFailed { attempt })),
        // The award already says that the result is unknown, so only the time of the question changes.
        Outcome::Unknown if loaded.award.status == AwardStatus::Unknown => (payment::UNKNOWN, None, None),
        Outcome::Unknown => (payment::UNKNOWN, None, Some(Command::PaymentUnknown { attempt })),
    };
    if let Some(command) = command {
        let rules = app.rules(&txn).await?;
        deciding::follow(&txn, &rules, &loaded, command, now).await?;
    }
    let answered = payment::ActiveModel {
        id: Set(stored.id),
        status: Set(status.to_owned()),
        reference: Set(reference),
        answered_at: Set(Some(now)),
        ..payment::ActiveModel::default()
    };
    payment::Entity::update(answered).exec(&txn).await?;
    app.commit(txn).await
}
