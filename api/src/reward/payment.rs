//! Payments. The order is committed before the provider is called, and the outcome is stored afterwards. While the
//! outcome of an order is uncertain, the server retries under the same key, so that no award is paid twice.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Code;
use domain::award::{AwardStatus, Command};
use domain::id::AwardId;
use domain::money::Fen;
use domain::time::Moment;
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

/// The timeout of a call to the payment provider, after which the outcome is unknown.
const PATIENCE: Duration = Duration::from_secs(5);
/// The minimum age of an open order before the worker retries it, because the request that placed a younger order may
/// still be processing its outcome.
const GRACE: TimeDelta = TimeDelta::seconds(60);
/// The maximum number of orders retried per run of the worker.
const BATCH: u64 = 100;
/// The statuses of an open order, whose outcome is uncertain.
const OPEN: [&str; 2] = [payment::ASKED, payment::UNKNOWN];

/// Executes the open payment order of an award and stores the outcome; does nothing if no order is open. After an error
/// the order stays open.
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

/// Retries the orders that have been open for at least a minute, up to 100 per run, and returns their number. The
/// background worker polls this, possibly in several processes concurrently.
pub(crate) async fn settle_open(app: &App) -> ApiResult<u64> {
    settle_asked_before(app, app.now() - GRACE).await
}

/// Retries the open orders that were placed at or before `moment`.
pub(super) async fn settle_asked_before(app: &App, moment: DateTime<Utc>) -> ApiResult<u64> {
    // The least recently tried order comes first, so that orders whose outcome stays unknown do not starve the others.
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

/// Calls the provider outside any transaction, then stores the outcome in one.
async fn ask(app: &App, order: &payment::Model) -> ApiResult<()> {
    let amount: Fen = reading::row(app, order.award_id).await?.amount_fen;
    let asked = tokio::time::timeout(PATIENCE, app.payer.pay(order.id, amount)).await;
    let outcome = asked.unwrap_or(Outcome::Unknown);
    retry(|| write_answer(app, order, &outcome).boxed()).await
}

/// Stores the outcome, unless a concurrent process has already stored a definitive one.
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
        // The award already has the status `Unknown`, so only the time of the last attempt changes.
        Outcome::Unknown if loaded.award.status == AwardStatus::Unknown => (payment::UNKNOWN, None, None),
        Outcome::Unknown => (payment::UNKNOWN, None, Some(Command::PaymentUnknown { attempt })),
    };
    if let Some(command) = command {
        let rules = app.rules(&txn).await?;
        deciding::follow(&txn, &rules, &loaded, command, Moment::exact(now)).await?;
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
